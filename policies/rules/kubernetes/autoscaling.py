"""The rule about autoscalers in the cluster: no two of them may turn the same screw."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.rule import Finding, StackRule
from policies.values import Properties, Unknown, read

_HORIZONTAL: Final = "HorizontalPodAutoscaler"
_VERTICAL: Final = "VerticalPodAutoscaler"
# What a VerticalPodAutoscaler decides unless it is told less, and what HPA goes by when no metric is named.
# https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/api.md
# https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/
_BOTH: Final = frozenset({"cpu", "memory"})
_DEFAULT_METRIC: Final = frozenset({"cpu"})


def conflicts(horizontal: Properties, vertical: Properties) -> frozenset[str]:
    """Return the metrics by which one adds pods while the other changes what each of them requests; known ones only."""
    if _target(horizontal, "scaleTargetRef") != _target(vertical, "targetRef"):
        return frozenset()
    return _scaled_by(horizontal) & _set_by(vertical)


def _one_for_each_metric(autoscalers: Mapping[str, Properties]) -> Iterator[tuple[str, Finding]]:
    horizontals = {urn: each for urn, each in autoscalers.items() if each.get("kind") == _HORIZONTAL}
    for urn, vertical in sorted(autoscalers.items()):
        if vertical.get("kind") != _VERTICAL:
            continue
        for asked in (
            read(vertical, "spec", "updatePolicy", "updateMode"),
            read(vertical, "spec", "targetRef", "name"),
        ):
            if isinstance(asked, Unknown):
                yield urn, asked
        for other, horizontal in sorted(horizontals.items()):
            metrics = " and ".join(sorted(conflicts(horizontal, vertical)))
            if metrics:
                first = other.rpartition("::")[2]
                fault = f"{first} scales the same pods by {metrics}, and each undoes what the other does; "
                yield urn, fault + "set updatePolicy.updateMode to Off, or leave that metric out of one of the two"


def _target(autoscaler: Properties, reference: str) -> tuple[Any, ...]:
    found = read(autoscaler, "spec", reference, default={})
    return read(autoscaler, "metadata", "namespace", default="default"), read(found, "kind"), read(found, "name")


def _scaled_by(horizontal: Properties) -> frozenset[str]:
    metrics = read(horizontal, "spec", "metrics", default=[])
    if isinstance(metrics, Unknown):
        return frozenset()
    if not metrics:
        return _DEFAULT_METRIC
    named = (read(metric, kind, "name") for metric in metrics for kind in ("resource", "containerResource"))
    return frozenset(name for name in named if isinstance(name, str))


def _set_by(vertical: Properties) -> frozenset[str]:
    # Its default is to act.
    if read(vertical, "spec", "updatePolicy", "updateMode", default="Recreate") == "Off":
        return frozenset()
    policies = read(vertical, "spec", "resourcePolicy", "containerPolicies", default=[])
    if isinstance(policies, Unknown):
        return frozenset()
    decided: set[str] = set()
    for policy in policies:
        if read(policy, "mode", default="Auto") != "Off":
            resources = read(policy, "controlledResources", default=sorted(_BOTH))
            decided |= frozenset() if isinstance(resources, Unknown) else {each for each in resources if each in _BOTH}
    # Containers that no policy names are decided in full.
    everyone = any(read(policy, "containerName") == "*" for policy in policies)
    return frozenset(decided) if everyone else _BOTH


RULES: Final = (
    StackRule(
        name="one-autoscaler-for-each-metric",
        why="An autoscaler that adds pods by the use of what they request, and one that changes what they request by "
        "their use, drive each other on without end.",
        types=(
            "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
            "kubernetes:autoscaling.k8s.io/v1:VerticalPodAutoscaler",
        ),
        check=_one_for_each_metric,
        references=(
            "Vertical Pod Autoscaler: known limitations, not to be used with HPA on the same resource metric",
            "AWS EKS Best Practices Guide: Cluster Services, Vertical Pod Autoscaler",
        ),
    ),
)
