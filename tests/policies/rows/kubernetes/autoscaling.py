"""Rows for the rule about autoscalers in the cluster."""

from typing import Any, Final

from tests.policies.rows.row import UNKNOWN, UNKNOWN_LIST, Row

_RULE: Final = "one-autoscaler-for-each-metric"
_CPU: Final = {"type": "Resource", "resource": {"name": "cpu"}}
_REQUESTS: Final = {"type": "Pods", "pods": {"metric": {"name": "requests_per_second"}}}
_IN_CONTAINER: Final = {"type": "ContainerResource", "containerResource": {"container": "app", "name": "memory"}}


def _hpa(*metrics: Any, name: str = "shop", namespace: str = "apps") -> dict[str, Any]:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    return {
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"namespace": namespace},
        "spec": {"scaleTargetRef": target, **({"metrics": list(metrics)} if metrics else {})},
    }


def _vpa(mode: Any = None, *policies: dict[str, Any], name: Any = "shop", containers: Any = None) -> dict[str, Any]:
    spec: dict[str, Any] = {"targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}}
    if mode:
        spec["updatePolicy"] = {"updateMode": mode}
    if policies or containers:
        spec["resourcePolicy"] = {"containerPolicies": containers or list(policies)}
    return {"kind": "VerticalPodAutoscaler", "metadata": {"namespace": "apps"}, "spec": spec}


def _only(resource: str, container: str = "*", **more: Any) -> dict[str, Any]:
    return {"containerName": container, "controlledResources": [resource], **more}


ROWS: Final = (
    Row(_RULE, "good", "requests come in, CPU is set", [_hpa(_REQUESTS), _vpa("Recreate")]),
    Row(_RULE, "good", "CPU here, memory there", [_hpa(_CPU), _vpa("Recreate", _only("memory"))]),
    Row(_RULE, "good", "only recommended", [_hpa(_CPU), _vpa("Off")]),
    Row(_RULE, "good", "no container is touched", [_hpa(_CPU), _vpa("Initial", {"containerName": "*", "mode": "Off"})]),
    Row(_RULE, "good", "other pods", [_hpa(_CPU, name="cart"), _vpa()]),
    Row(_RULE, "good", "another namespace", [_hpa(_CPU, namespace="other"), _vpa()]),
    Row(_RULE, "good", "alone", [_vpa()], type="kubernetes:autoscaling.k8s.io/v1:VerticalPodAutoscaler"),
    Row(_RULE, "bad", "both by CPU", [_hpa(_CPU), _vpa("Recreate")], ["row-0 scales the same pods by cpu,"]),
    Row(_RULE, "bad", "a container's memory", [_hpa(_IN_CONTAINER), _vpa("InPlaceOrRecreate")], ["by memory,"]),
    Row(_RULE, "bad", "both metrics", [_hpa(_CPU, _IN_CONTAINER), _vpa("Recreate")], ["by cpu and memory,"]),
    Row(
        _RULE,
        "bad",
        "the containers without a policy of their own",
        [_hpa(_CPU), _vpa("Recreate", _only("memory", "app"))],
        ["by cpu,"],
    ),
    Row(_RULE, "absent", "no metric means CPU, no mode means to act", [_hpa(), _vpa()], ["by cpu,"]),
    Row(
        _RULE,
        "unknown",
        "the mode",
        [_vpa(UNKNOWN, containers=UNKNOWN_LIST)],
        unknown=["spec.updatePolicy.updateMode"],
    ),
    Row(_RULE, "unknown", "whose pods", [_hpa(_CPU), _vpa(name=UNKNOWN)], unknown=["spec.targetRef.name"]),
)
