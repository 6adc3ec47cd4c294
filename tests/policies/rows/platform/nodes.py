"""Rows for the rules about nodes as the cluster's network sees them."""

from typing import Any, Final

from policies.rules.kubernetes.releases import RELEASE
from policies.rules.platform.nodes import TAINT
from tests.policies.rows.kubernetes.objects import made
from tests.policies.rows.platform.stack import after, entry, release, urn
from tests.policies.rows.row import UNKNOWN, UNKNOWN_LIST, UNKNOWN_NUMBER, Row

_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
_POOL: Final = "kubernetes:karpenter.sh/v1:NodePool"
_LAYER: Final = "platform:compute:Nodes"
_CILIUM: Final = release("cilium", "kube-system", chart="cilium")
_FIRST: Final = urn(RELEASE, "cilium")
_TAINTS: Final = [{"key": TAINT, "value": "true", "effect": "NO_EXECUTE"}]


def _group(**inputs: Any) -> dict[str, Any]:
    return entry(_GROUP, **inputs)


def _pool(**spec: Any) -> dict[str, Any]:
    return made(_POOL, spec=spec)


def _started(taints: Any) -> dict[str, Any]:
    return _pool(template={"spec": {"startupTaints": taints}})


ROWS: Final[tuple[Row, ...]] = (
    Row("cilium-before-nodes", "good", "directly", [after(_group(), _FIRST), _CILIUM]),
    Row(
        "cilium-before-nodes",
        "good",
        "by its layer",
        [after(_group(), parent=urn(_LAYER)), after(entry(_LAYER), _FIRST), _CILIUM],
    ),
    Row(
        "cilium-before-nodes",
        "good",
        "by something between",
        [after(_group(), urn("a:b:C")), after(entry("a:b:C"), _FIRST), _CILIUM],
    ),
    Row("cilium-before-nodes", "good", "another network", [_group()]),
    Row(
        "cilium-before-nodes",
        "bad",
        "after something else",
        [after(_group(), urn("a:b:C")), entry("a:b:C"), _CILIUM],
        ["its nodes may be there before cilium"],
    ),
    Row(
        "cilium-before-nodes", "absent", "after nothing", [_group(), _CILIUM], ["its nodes may be there before cilium"]
    ),
    Row("node-startup-taint", "good", "a group's", [_group(taints=_TAINTS), _CILIUM]),
    Row("node-startup-taint", "good", "a pool's", [_started(_TAINTS), _CILIUM]),
    Row("node-startup-taint", "good", "another network", [_group()]),
    Row(
        "node-startup-taint",
        "bad",
        "another taint",
        [_group(taints=[{"key": "node-role"}]), _CILIUM],
        ["a pod may start before the network's agent"],
    ),
    Row(
        "node-startup-taint",
        "absent",
        "a group without",
        [_group(), _CILIUM],
        ["add node.cilium.io/agent-not-ready to taints"],
    ),
    Row("node-startup-taint", "absent", "a pool without", [_pool(), _CILIUM], ["to spec.template.spec.startupTaints"]),
    Row("node-startup-taint", "unknown", "the taints", [_group(taints=UNKNOWN_LIST), _CILIUM], unknown=["taints"]),
    Row(
        "node-startup-taint",
        "unknown",
        "a taint's key",
        [_group(taints=[{"key": UNKNOWN}]), _CILIUM],
        unknown=["taints[0].key"],
    ),
    Row("node-update-share", "good", "a third", _group(updateConfig={"maxUnavailablePercentage": 33})),
    Row(
        "node-update-share",
        "good",
        "one of six",
        _group(updateConfig={"maxUnavailable": 1}, scalingConfig={"maxSize": 6}),
    ),
    Row(
        "node-update-share", "good", "a pool's tenth", _pool(disruption={"budgets": [{"nodes": "10%"}, {"nodes": "5"}]})
    ),
    Row(
        "node-update-share",
        "bad",
        "all",
        _group(updateConfig={"maxUnavailablePercentage": 100}),
        ["100 % of the group's nodes go at once"],
    ),
    Row(
        "node-update-share",
        "bad",
        "three of four",
        _group(updateConfig={"maxUnavailable": 3}, scalingConfig={"maxSize": 4}),
        ["3 of at most 4 nodes"],
    ),
    Row(
        "node-update-share",
        "bad",
        "all of a pool",
        _pool(disruption={"budgets": [{"nodes": "100%"}]}),
        ["100% of the pool's nodes may go at once"],
    ),
    Row(
        "node-update-share",
        "bad",
        "more than the environment has",
        _group(updateConfig={"maxUnavailablePercentage": 33}),
        ["33 %"],
        parameters={"percent": 20},
    ),
    Row("node-update-share", "absent", "one by one", _group()),
    Row("node-update-share", "absent", "Karpenter's tenth", _pool()),
    Row(
        "node-update-share",
        "unknown",
        "the share",
        _group(updateConfig={"maxUnavailablePercentage": UNKNOWN_NUMBER}),
        unknown=["updateConfig.maxUnavailablePercentage"],
    ),
    Row(
        "node-update-share",
        "unknown",
        "a pool's",
        _pool(disruption={"budgets": [{"nodes": UNKNOWN}]}),
        unknown=["spec.disruption.budgets[0].nodes"],
    ),
)
