"""Rows for the rules about money."""

from typing import Any, Final

from tests.policies.rows.platform.stack import entry
from tests.policies.rows.row import UNKNOWN, UNKNOWN_NUMBER, Row

_CLUSTER: Final = "aws:eks/cluster:Cluster"
_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
_SUBNET: Final = entry("aws:ec2/subnet:Subnet", "subnet", availabilityZone="us-east-1a")
_PLANE: Final = entry(_CLUSTER, "plane", version="1.36")
# 73 USD the control plane; 70.08 USD each m5.large and 1.60 its disk.
_TWO: Final = "the stack will cost some 216 USD a month, 16 more than its budget of 200"


def _nodes(number: Any, kind: str = "m5.large") -> dict[str, Any]:
    return entry(_GROUP, "nodes", instanceTypes=[kind], scalingConfig={"desiredSize": number})


def _budget(usd: float) -> dict[str, Any]:
    return {"parameters": {"usd": usd}}


ROWS: Final[tuple[Row, ...]] = (
    Row("monthly-budget", "good", "nobody set one", [_SUBNET, _PLANE, _nodes(1000)]),
    Row("monthly-budget", "good", "within it", [_SUBNET, _PLANE, _nodes(2)], **_budget(217)),
    Row("monthly-budget", "bad", "above it", [_SUBNET, _PLANE, _nodes(2)], [_TWO], **_budget(200)),
    Row(
        "monthly-budget",
        "bad",
        "the dearest are named",
        [_SUBNET, _PLANE, _nodes(10)],
        ["most of it for nodes (instances, 701), plane (control plane, 73), nodes (disks, 16); lower these"],
        **_budget(1),
    ),
    Row("monthly-budget", "absent", "no size: one node", [_SUBNET, _PLANE, _nodes(None)], **_budget(150)),
    Row(
        "monthly-budget",
        "unknown",
        "the size",
        [_SUBNET, _PLANE, _nodes(UNKNOWN_NUMBER)],
        unknown=["scalingConfig.desiredSize"],
        **_budget(100),
    ),
    Row(
        "monthly-budget",
        "unknown",
        "the type, and too much without it",
        [_SUBNET, _PLANE, _nodes(2, UNKNOWN)],
        ["the stack will cost some 73 USD a month"],
        ["instanceTypes[0]"],
        **_budget(70),
    ),
    Row("prices-read-lately", "good", "within years", [_PLANE], parameters={"days": 36500}),
    Row(
        "prices-read-lately",
        "bad",
        "of yesterday, where only today's do",
        [_PLANE],
        ["the oldest was read on"],
        parameters={"days": 0},
    ),
    Row("prices-read-lately", "absent", "nothing that costs", [_SUBNET], parameters={"days": 0}),
)
