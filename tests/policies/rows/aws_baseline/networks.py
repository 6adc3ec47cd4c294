"""Rows for the rules about networks, records, load balancers and tags."""

import json
from typing import Any, Final

from policies.rules.aws_baseline.mended import RULES as _MENDED
from tests.policies.rows.making import entry, four
from tests.policies.rows.row import UNKNOWN, UNKNOWN_LIST, UNKNOWN_NUMBER, UNKNOWN_OBJECT, Row

_VPC: Final = "aws:ec2/vpc:Vpc"
_FLOW_LOG: Final = "aws:ec2/flowLog:FlowLog"
_GROUP: Final = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
_NAT: Final = "aws:ec2/natGateway:NatGateway"
_SUBNET: Final = "aws:ec2/subnet:Subnet"
_RULE: Final = "aws:ec2/securityGroupRule:SecurityGroupRule"
_PLACED: Final = (
    "pulumi:providers:aws",
    _VPC,
    "aws:s3/bucket:Bucket",
    "aws:kms/key:Key",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:rds/instance:Instance",
    "aws:eks/cluster:Cluster",
)
_TAGS: Final = {"environment": "dev", "owner": "a@example.com", "managed-by": "pulumi"}
_OURS: Final = {"allowed": ["eu-central-1"]}
_PAYS: Final = {"required": ["cost-center"]}
_OWNED: Final = next(rule.types for rule in _MENDED if rule.name == "resource-tags")


def _vpc(kind: str = "", part: Any = None) -> list[dict[str, Any]]:
    own = entry(_VPC, "vpc", {"id": "vpc-1"})
    return [own, entry(kind, "part", {"vpcId": "vpc-1", **part}, [(_VPC, "vpc")])] if kind else [own]


def _known_by_its_arn(vpc: str) -> list[dict[str, Any]]:
    own = entry(_VPC, "vpc", {"arn": "arn:aws:ec2:eu-central-1:111122223333:vpc/vpc-1"})
    return [own, entry(_FLOW_LOG, "part", {"vpcId": vpc, "trafficType": "ALL"}, [(_VPC, "vpc")])]


def _zones(gateways: int, zones: Any) -> list[dict[str, Any]]:
    return [
        *(entry(_NAT, f"nat-{number}", {"subnetId": "subnet-1"}) for number in range(gateways)),
        *(entry(_SUBNET, f"subnet-{zone}", {"availabilityZone": zone}) for zone in zones),
    ]


def _ports(first: Any, last: Any, **more: Any) -> dict[str, Any]:
    return {"fromPort": first, "toPort": last, "cidrIpv4": "10.0.0.0/8", **more}


def _listener(protocol: str, **action: Any) -> dict[str, Any]:
    return {"protocol": protocol, "defaultActions": [action]}


def _tagged(tags: Any) -> dict[str, Any]:
    return {"defaultTags": json.dumps({"tags": tags})}


def _owned(kind: str) -> tuple[Row, ...]:
    rule = "resource-tags"
    return (
        Row(rule, "good", f"{kind} says who pays", {"tags": {"cost-center": "7"}}, type=kind, parameters=_PAYS),
        Row(rule, "good", f"{kind}, where nobody asks", {"tags": {}}, type=kind),
        Row(
            rule,
            "bad",
            f"{kind} says it is nobody",
            {"tags": {"cost-center": ""}},
            ["cost-center"],
            type=kind,
            parameters=_PAYS,
        ),
        Row(rule, "absent", f"{kind} has no tags", {}, ["cost-center"], type=kind, parameters=_PAYS),
        Row(
            rule, "unknown", f"tags of {kind}", {"tags": UNKNOWN_OBJECT}, unknown=["tags"], type=kind, parameters=_PAYS
        ),
    )


ROWS: Final = (
    Row("vpc-flow-logs", "good", "everything", _vpc(_FLOW_LOG, {"trafficType": "ALL"})),
    Row("vpc-flow-logs", "good", "of a VPC that is known by its ARN", _known_by_its_arn("vpc-1")),
    Row("vpc-flow-logs", "bad", "of another VPC", _known_by_its_arn("vpc-2"), ["nobody can tell"]),
    Row("vpc-flow-logs", "bad", "some", _vpc(_FLOW_LOG, {"trafficType": "ACCEPT"}), ["(ACCEPT)"]),
    Row("vpc-flow-logs", "absent", "no log", _vpc(), ["nobody can tell"]),
    Row("vpc-flow-logs", "absent", "no type", _vpc(_FLOW_LOG, {}), ["(none)"]),
    Row("vpc-flow-logs", "unknown", "type", _vpc(_FLOW_LOG, {"trafficType": UNKNOWN}), unknown=["trafficType"]),
    Row("default-security-group", "good", "empty", _vpc(_GROUP, {"ingress": [], "egress": []})),
    Row("default-security-group", "bad", "outward", _vpc(_GROUP, {"egress": [{"protocol": "-1"}]}), ["(egress)"]),
    Row("default-security-group", "bad", "inward", _vpc(_GROUP, {"ingress": [{"self": True}]}), ["(ingress)"]),
    Row("default-security-group", "absent", "rules are taken away", _vpc(_GROUP, {})),
    Row("default-security-group", "absent", "AWS's own is left", _vpc(), ["may talk to its like"]),
    Row("default-security-group", "unknown", "rules", _vpc(_GROUP, {"ingress": UNKNOWN_LIST}), unknown=["ingress"]),
    Row("nat-per-zone", "good", "one each", _zones(3, "abc")),
    Row("nat-per-zone", "bad", "one for three", _zones(1, "abc"), ["of 3 zones only 1"]),
    Row("nat-per-zone", "absent", "no way out at all", _zones(0, "abc")),
    Row("nat-per-zone", "unknown", "zone", _zones(1, [UNKNOWN]), unknown=["availabilityZone"]),
    Row("no-remote-login", "good", "HTTPS", _ports(443, 443)),
    Row("no-remote-login", "good", "outward", _ports(22, 22, type="egress"), type=_RULE),
    Row("no-remote-login", "bad", "SSH", _ports(22, 22), ["(port 22)"]),
    Row("no-remote-login", "bad", "a range", _ports(0, 65535, type="ingress"), ["(port 22, 23, 3389)"], type=_RULE),
    Row("no-remote-login", "absent", "all protocols, between groups", {"ipProtocol": "-1"}),
    Row("no-remote-login", "unknown", "port", _ports(UNKNOWN_NUMBER, 22), unknown=["fromPort"]),
    *(Row("allowed-regions", "good", f"{kind} anywhere", {"region": "us-east-1"}, type=kind) for kind in _PLACED),
    Row("allowed-regions", "good", "here", {"region": "eu-central-1"}, parameters=_OURS),
    Row("allowed-regions", "bad", "elsewhere", {"region": "us-east-1"}, ["us-east-1 is no region"], parameters=_OURS),
    Row("allowed-regions", "absent", "the provider's", {}, parameters=_OURS),
    Row("allowed-regions", "unknown", "region", {"region": UNKNOWN}, unknown=["region"], parameters=_OURS),
    *four("allowed-accounts", "allowedAccountIds", '["111122223333"]', "[]", fault="whatever account"),
    *four("vpc-endpoint-policy", "policy", "{}", "", fault="every account's"),
    *four("log-encrypted", "kmsKeyId", "arn:key", "", fault="no key of ours"),
    *four("trail-validated", "enableLogFileValidation", True, False, fault="was edited"),
    *four("trail-encrypted", "kmsKeyId", "arn:key", "", fault="key of Amazon's"),
    *four("trail-everywhere", "isMultiRegionTrail", True, False, fault="one region only"),
    Row("listener-redirects", "good", "TLS", {"protocol": "HTTPS"}),
    Row("listener-redirects", "good", "a redirect", _listener("HTTP", redirect={"protocol": "HTTPS"})),
    Row("listener-redirects", "bad", "plain", _listener("HTTP", type="forward"), ["read on the way"]),
    Row("listener-redirects", "absent", "HTTP by default", {}, ["read on the way"]),
    Row("listener-redirects", "unknown", "protocol", {"protocol": UNKNOWN}, unknown=["protocol"]),
    *four(
        "listener-ciphers",
        "sslPolicy",
        "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "ELBSecurityPolicy-2015-05",
        fault="(ELBSecurityPolicy-2015-05)",
        absent="(ELBSecurityPolicy-2016-08)",
        base={"protocol": "HTTPS"},
    ),
    *four("load-balancer-headers", "dropInvalidHeaderFields", True, False, fault="malformed headers"),
    *four("load-balancer-protected", "enableDeletionProtection", True, False, fault="one call deletes"),
    *four("log-retention", "retentionInDays", 90, 7, fault="for 7 days", absent="for ever"),
    Row("log-retention", "good", "what cannot be changed", {"logGroupClass": "DELIVERY", "retentionInDays": 2}),
    Row("log-retention", "bad", "too long", {"retentionInDays": 3653}, ["731 or less"]),
    Row("log-retention", "bad", "too short here", {"retentionInDays": 90}, ["365"], parameters={"minimum_days": 200}),
    Row("default-tags", "good", "all", _tagged(_TAGS)),
    Row("default-tags", "bad", "one is missing", _tagged({**_TAGS, "owner": ""}), ["say its owner"]),
    Row("default-tags", "absent", "none", {}, ["environment, owner, managed-by"]),
    Row("default-tags", "unknown", "tags", {"defaultTags": UNKNOWN}, unknown=["defaultTags"]),
    *(row for kind in _OWNED for row in _owned(kind)),
)
