"""The rule about where a control plane's records go: to a group that is there, encrypted and ends."""

from collections.abc import Iterator, Mapping
from typing import Final

from policies.rule import Finding, StackRule
from policies.values import Properties, Unknown, read, split, type_of

_CLUSTER: Final = "aws:eks/cluster:Cluster"
_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"


def _kept(resources: Mapping[str, Properties]) -> Iterator[tuple[str, Finding]]:
    groups = [each for urn, each in resources.items() if type_of(urn) == _GROUP]
    names = [read(group, "name") for group in groups]
    for urn, cluster in sorted(resources.items()):
        if type_of(urn) == _GROUP or not split(read(cluster, "enabledClusterLogTypes"))[0]:
            continue
        name = read(cluster, "name")
        if isinstance(name, Unknown):
            yield urn, name
            continue
        # https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html: where EKS writes them.
        expected = f"/aws/eks/{name}/cluster"
        if expected in names:
            continue
        unknown = [each for each in names if isinstance(each, Unknown)]
        yield from ((urn, each) for each in unknown)
        if not unknown:
            yield (
                urn,
                f"EKS makes the log group {expected} itself, without a key and without an end; add the group before it",
            )


RULES: Final = (
    StackRule(
        name="eks-log-group",
        why="The log group that EKS makes for itself is encrypted with no key of ours, kept for ever, and in no plan.",
        types=(_CLUSTER, _GROUP),
        check=_kept,
        references=("CIS Amazon EKS Benchmark 1.8.0: 2.1.2",),
    ),
)
