"""Rows for the rules about node groups and what their nodes are told when they boot."""

import base64
from typing import Any, Final

from tests.policies.rows.making import NOTHING, entry, four
from tests.policies.rows.row import UNKNOWN, UNKNOWN_LIST, Row

_NODES: Final = "aws:eks/nodeGroup:NodeGroup"
_CLUSTER: Final = "aws:eks/cluster:Cluster"
_ASSOCIATION: Final = "aws:ec2/routeTableAssociation:RouteTableAssociation"
_ROUTE: Final = "aws:ec2/route:Route"
_TABLE: Final = "aws:ec2/routeTable:RouteTable"
_TAINT: Final = {"taints": [{"key": "node-role", "effect": "NO_SCHEDULE"}]}
_PASSING: Final = {"taints": [{"key": "node.cilium.io/agent-not-ready", "effect": "NO_EXECUTE"}]}


def _told(text: str) -> dict[str, Any]:
    return {"userData": base64.b64encode(text.encode()).decode()}


def _size(minimum: Any, **more: Any) -> list[dict[str, Any]]:
    return [entry(_NODES, "nodes", {"scalingConfig": {"minSize": minimum}, **more})]


def _subnet(route: dict[str, Any], subnet: Any = "subnet-1", kind: str = _NODES) -> list[dict[str, Any]]:
    inputs = {"subnetIds": [subnet]} if kind == _NODES else {"vpcConfig": {"subnetIds": [subnet]}}
    return [
        entry(kind, "nodes", inputs),
        entry(_ASSOCIATION, "association", {"subnetId": "subnet-1", "routeTableId": "rtb-1"}),
        entry(_ROUTE, "route", {"routeTableId": "rtb-1", **route}),
    ]


_KUBELET: Final = (
    ("anonymous requests, as a flag", "--anonymous-auth=true", "answers anybody"),
    ("anonymous requests, as JSON", '{"authentication": {"anonymous": {"enabled": true}}}', "answers anybody"),
    ("anonymous requests, as YAML", "anonymous:\n  enabled: true", "answers anybody"),
    ("no authorization", "--authorization-mode AlwaysAllow", "lets everybody"),
    ("a port that asks nobody", "readOnlyPort: 10255", "asks nobody"),
    ("connections without an end", 'streamingConnectionIdleTimeout: "0s"', "for ever"),
    ("no firewall chains", "makeIPTablesUtilChains = false", "chains"),
    ("no new certificates", "rotateCertificates: false", "never renewed"),
    ("no serving certificate", "server-tls-bootstrap = false", "its own"),
    ("a kernel of its own", "protectKernelDefaults: false", "kernel"),
)

ROWS: Final = (
    *four("node-ami", "amiType", "BOTTLEROCKET_x86_64", "AL2_x86_64", fault="boot AL2_x86_64"),
    Row("node-ami", "good", "Amazon Linux 2023", {"amiType": "AL2023_ARM_64_STANDARD"}),
    Row("node-ami", "bad", "one of its own", {"amiType": "CUSTOM"}, ["does not patch"]),
    Row("node-ami", "good", "one of its own that is allowed", {"amiType": "CUSTOM"}, parameters={"own": True}),
    *four("node-rollout", "updateConfig.maxUnavailablePercentage", 33, 100, fault="100 %", absent=NOTHING),
    Row(
        "node-rollout",
        "bad",
        "a number that is most of the group",
        {"updateConfig": {"maxUnavailable": 3}, "scalingConfig": {"minSize": 4}},
        ["3 of 4 nodes"],
    ),
    Row(
        "node-rollout",
        "unknown",
        "a number",
        {"updateConfig": {"maxUnavailable": UNKNOWN}},
        unknown=["updateConfig.maxUnavailable"],
    ),
    *four("node-repair", "nodeRepairConfig.enabled", True, False, fault="not replaced"),
    *four("node-group-scaling", "scalingConfig.maxSize", 3, 0, fault="may hold 0 nodes"),
    *four("spot-tainted", "capacityType", "ON_DEMAND", "SPOT", fault="any pod may land", absent=NOTHING),
    Row("spot-tainted", "good", "with a taint", {"capacityType": "SPOT", **_TAINT}),
    Row("spot-tainted", "bad", "a taint that passes", {"capacityType": "SPOT", **_PASSING}, ["any pod may land"]),
    Row("spot-tainted", "unknown", "taints", {"capacityType": "SPOT", "taints": UNKNOWN_LIST}, unknown=["taints"]),
    *four("gpu-tainted", "amiType", "AL2023_x86_64_STANDARD", "AL2023_x86_64_NVIDIA", fault="any pod", absent=NOTHING),
    Row("gpu-tainted", "good", "with a taint", {"amiType": "BOTTLEROCKET_x86_64_NVIDIA", **_TAINT}),
    Row(
        "gpu-tainted",
        "unknown",
        "taints",
        {"amiType": "BOTTLEROCKET_x86_64_NVIDIA", "taints": UNKNOWN_LIST},
        unknown=["taints"],
    ),
    Row("on-demand-nodes", "good", "three", _size(3)),
    Row("on-demand-nodes", "good", "a taint that passes", _size(2, **_PASSING)),
    Row("on-demand-nodes", "bad", "one", _size(1), ["1 are always there"]),
    Row("on-demand-nodes", "bad", "spot", _size(3, capacityType="SPOT"), ["0 are always there"]),
    Row("on-demand-nodes", "bad", "a taint", _size(3, **_TAINT), ["0 are always there"]),
    Row("on-demand-nodes", "bad", "more are wanted", _size(3), ["of 5"], parameters={"least": 5}),
    Row("on-demand-nodes", "absent", "no size", [entry(_NODES, "nodes", {})], ["0 are always there"]),
    Row("on-demand-nodes", "unknown", "size", _size(UNKNOWN), unknown=["scalingConfig.minSize"]),
    Row("node-private-subnets", "good", "behind a NAT gateway", _subnet({"natGatewayId": "nat-1"})),
    Row("node-private-subnets", "good", "a gateway endpoint", _subnet({"gatewayId": "vpce-1"})),
    Row("node-private-subnets", "good", "another subnet", _subnet({"gatewayId": "igw-1"}, "subnet-2")),
    Row("node-private-subnets", "bad", "a public subnet", _subnet({"gatewayId": "igw-1"}), ["subnet-1 leads"]),
    Row(
        "node-private-subnets",
        "bad",
        "a control plane in one",
        _subnet({"gatewayId": "igw-1"}, kind=_CLUSTER),
        ["vpcConfig.subnetIds"],
    ),
    Row(
        "node-private-subnets",
        "bad",
        "a route in its table",
        [
            *_subnet({})[:2],
            entry(_TABLE, "table", {"id": "rtb-1", "routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}]}),
        ],
        ["subnet-1 leads"],
    ),
    Row("node-private-subnets", "absent", "no subnets", [entry(_NODES, "nodes", {})]),
    Row("node-private-subnets", "unknown", "subnet", _subnet({"gatewayId": "igw"}, UNKNOWN), unknown=["subnetIds[0]"]),
    Row(
        "kubelet-settings",
        "good",
        "what the platform says",
        _told("[settings.kubernetes]\nserver-tls-bootstrap = true"),
    ),
    Row("kubelet-settings", "good", "the port is off", _told("--read-only-port=0 --anonymous-auth=false")),
    *(Row("kubelet-settings", "bad", says, _told(text), [fault]) for says, text, fault in _KUBELET),
    Row("kubelet-settings", "bad", "user data that is no base64", {"userData": "--anonymous-auth=true"}, ["anybody"]),
    Row("kubelet-settings", "absent", "no user data", {}),
    Row("kubelet-settings", "unknown", "user data", {"userData": UNKNOWN}, unknown=["userData"]),
    Row(
        "node-admin-container",
        "good",
        "off",
        _told("[settings.host-containers.admin]\nenabled = false\n\n[settings.ntp]\nenabled = true"),
    ),
    Row(
        "node-admin-container",
        "bad",
        "on",
        _told('[settings.host-containers.admin]\nsource = "x"\nenabled = true'),
        ["root shell"],
    ),
    Row("node-admin-container", "absent", "no user data leaves it off", {}),
    Row("node-admin-container", "unknown", "user data", {"userData": UNKNOWN}, unknown=["userData"]),
    Row("user-data-secrets", "good", "settings", _told("max-pods = 110\nAPI_SERVER_URL=https://x")),
    Row("user-data-secrets", "good", "a secret's place", _told("PASSWORD=$(aws secretsmanager get-secret-value)")),
    Row("user-data-secrets", "bad", "an access key", _told("export KEY=AKIAIOSFODNN7EXAMPLE"), ["an access key"]),
    Row("user-data-secrets", "bad", "a password", _told("PASSWORD=hunter22hunter22"), ["reads as a secret"]),
    Row("user-data-secrets", "bad", "a private key", _told("-----BEGIN RSA PRIVATE KEY-----"), ["a private key"]),
    Row("user-data-secrets", "absent", "no user data", {}),
    Row("user-data-secrets", "unknown", "user data", {"userData": UNKNOWN}, unknown=["userData"]),
)
