"""Rules about who may enter the cluster from AWS: access entries and the policies they are given."""

from collections.abc import Iterator, Mapping
from typing import Final

from policies.rule import Finding, Parameters, ResourceRule, StackRule
from policies.values import Properties, Unknown, read, split

_ASSOCIATION: Final = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
_ENTRY: Final = "aws:eks/accessEntry:AccessEntry"
# https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html: what may do anything.
_ADMINISTRATORS: Final = ("AmazonEKSClusterAdminPolicy", "AmazonEKSAdminPolicy")


class Administrators(Parameters):
    """How many may do anything."""

    most: int = 4
    """How many principals may have an administrator's policy for the whole cluster."""
    least: int = 2
    """How many must have it, so that one who is gone does not lock everybody out."""


def _broad(principal: str) -> str:
    """Return why a principal is more than one role that somebody takes; empty for one that is not."""
    if "*" in principal:
        return "a pattern"
    if principal.endswith(":root"):
        return "a whole account"
    if ":user/" in principal:
        return "an IAM user, whose keys do not expire"
    if ":assumed-role/" in principal or ":sts:" in principal:
        return "a session, which is over in hours"
    return ""


def _principal(entry: Properties) -> Iterator[Finding]:
    principal = read(entry, "principalArn", default="")
    if isinstance(principal, Unknown):
        yield principal
    elif broad := _broad(str(principal)):
        yield f"{principal} is {broad}; name an IAM role in principalArn"


def _groups(entry: Properties) -> Iterator[Finding]:
    groups, unknown = split(read(entry, "kubernetesGroups"))
    yield from unknown
    for group in groups:
        if str(group).startswith("system:"):
            yield f"{group} is a group of Kubernetes' own, above every rule here; name a group of RBAC's instead"


def _administrators(
    associations: Mapping[str, Properties], administrators: Administrators
) -> Iterator[tuple[str, Finding]]:
    found: dict[str, list[str]] = {}
    hidden = False
    for urn, association in sorted(associations.items()):
        policy, scope = read(association, "policyArn"), read(association, "accessScope", "type")
        cluster = read(association, "clusterName")
        unknown = [each for each in (policy, scope, cluster) if isinstance(each, Unknown)]
        yield from ((urn, each) for each in unknown)
        hidden = hidden or bool(unknown)
        if not unknown and str(policy).rpartition("/")[2] in _ADMINISTRATORS and scope == "cluster":
            found.setdefault(str(cluster), []).append(urn)
    for cluster, urns in found.items():
        if len(urns) > administrators.most:
            yield (
                urns[administrators.most],
                f"{len(urns)} principals may do anything in {cluster}, the most is {administrators.most}; remove some",
            )
        elif len(urns) < administrators.least and not hidden:
            yield (
                urns[0],
                f"only {len(urns)} principal may administer {cluster}; add a second one, or one lost role locks it",
            )


RULES: Final = (
    ResourceRule(
        name="access-entry-principal",
        why="Whoever enters the cluster must be a role that one group of people takes, for a time that ends.",
        types=(_ENTRY, _ASSOCIATION),
        check=_principal,
        references=("CIS Amazon EKS Benchmark 1.8.0: 4.1.1, 4.1.7",),
    ),
    ResourceRule(
        name="access-entry-groups",
        why="Members of a system group pass by RBAC, so that nobody can see or take back what they may do.",
        types=(_ENTRY,),
        check=_groups,
        references=("CIS Amazon EKS Benchmark 1.8.0: 4.1.1",),
    ),
    StackRule(
        name="cluster-administrators",
        why="Every administrator is one more way in to everything, and with a single one the cluster is lost with it.",
        types=(_ASSOCIATION,),
        check=_administrators,
        parameters=Administrators(),
        references=("CIS Amazon EKS Benchmark 1.8.0: 4.1.1",),
    ),
)
