"""Rows for the rules about keys, subnets and security groups."""

from typing import Any, Final

from tests.policies.rows.row import UNKNOWN, UNKNOWN_BOOLEAN, UNKNOWN_LIST, Row

_GROUP_RULE: Final = "aws:ec2/securityGroupRule:SecurityGroupRule"
_INGRESS_RULE: Final = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


def _inline(**rule: Any) -> dict[str, Any]:
    return {"ingress": [{"protocol": "tcp", "fromPort": 443, "toPort": 443, **rule}]}


ROWS: Final = (
    Row("key-rotation", "good", "rotated", {"enableKeyRotation": True}),
    Row("key-rotation", "good", "a signing key cannot be rotated", {"customerMasterKeySpec": "ECC_NIST_P256"}),
    Row("key-rotation", "bad", "not rotated", {"enableKeyRotation": False}, ["never rotated"]),
    Row(
        "key-rotation",
        "bad",
        "symmetric and said so",
        {"customerMasterKeySpec": "SYMMETRIC_DEFAULT", "enableKeyRotation": False},
        ["never rotated"],
    ),
    Row("key-rotation", "absent", "unset is not rotated", {}, ["never rotated"]),
    Row(
        "key-rotation",
        "unknown",
        "whether it is rotated",
        {"enableKeyRotation": UNKNOWN_BOOLEAN},
        unknown=["enableKeyRotation"],
    ),
    Row(
        "key-rotation",
        "unknown",
        "what kind of key",
        {"customerMasterKeySpec": UNKNOWN},
        unknown=["customerMasterKeySpec"],
    ),
    Row("public-subnets", "good", "no public addresses", {"mapPublicIpOnLaunch": False}),
    Row("public-subnets", "bad", "public addresses", {"mapPublicIpOnLaunch": True}, ["public address"]),
    Row("public-subnets", "absent", "unset gives none", {}),
    Row(
        "public-subnets",
        "unknown",
        "whether it gives them",
        {"mapPublicIpOnLaunch": UNKNOWN_BOOLEAN},
        unknown=["mapPublicIpOnLaunch"],
    ),
    Row(
        "security-group-open",
        "good",
        "a named network",
        _inline(cidrBlocks=["10.0.0.0/8"], ipv6CidrBlocks=["2001:db8::/32"]),
    ),
    Row("security-group-open", "good", "another group", _inline(securityGroups=["sg-1"])),
    Row(
        "security-group-open",
        "good",
        "a rule for egress",
        {"type": "egress", "cidrBlocks": ["0.0.0.0/0"]},
        type=_GROUP_RULE,
    ),
    Row("security-group-open", "good", "what is no CIDR block is not this rule's", _inline(cidrBlocks=["everyone"])),
    Row(
        "security-group-open",
        "bad",
        "inline",
        _inline(cidrBlocks=["10.0.0.0/8", "0.0.0.0/0"]),
        ["(0.0.0.0/0) may connect to port 443;"],
    ),
    Row(
        "security-group-open",
        "bad",
        "inline over IPv6",
        _inline(ipv6CidrBlocks=["::/0"], toPort=444),
        ["(::/0) may connect to ports 443 to 444;"],
    ),
    Row(
        "security-group-open",
        "bad",
        "however it is written",
        _inline(ipv6CidrBlocks=["0:0::/0"], protocol="-1", fromPort=0, toPort=0),
        ["(0:0::/0) may connect to any port;"],
    ),
    Row(
        "security-group-open",
        "bad",
        "a rule of its own",
        {"cidrIpv4": "0.0.0.0/0", "ipProtocol": "-1"},
        ["any port"],
        type=_INGRESS_RULE,
    ),
    Row("security-group-open", "bad", "an address before the mask", _inline(cidrBlocks=["10.0.0.1/0"]), ["10.0.0.1/0"]),
    Row(
        "security-group-open",
        "bad",
        "a rule of its own over IPv6",
        {"cidrIpv6": "::/0", "fromPort": 22, "toPort": 22},
        ["port 22"],
        type=_INGRESS_RULE,
    ),
    Row(
        "security-group-open",
        "bad",
        "a rule of the older kind",
        {"type": "ingress", "cidrBlocks": ["0.0.0.0/0"]},
        ["any port"],
        type=_GROUP_RULE,
    ),
    Row(
        "security-group-open",
        "bad",
        "the VPC's default group",
        _inline(cidrBlocks=["0.0.0.0/0"]),
        ["port 443"],
        type="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    ),
    Row("security-group-open", "absent", "a group with no rules", {}),
    Row(
        "security-group-open",
        "absent",
        "a rule that names a group",
        {"referencedSecurityGroupId": "sg-1"},
        type=_INGRESS_RULE,
    ),
    Row("security-group-open", "unknown", "all rules", {"ingress": UNKNOWN_LIST}, unknown=["ingress"]),
    Row(
        "security-group-open",
        "unknown",
        "one source beside an open one",
        _inline(cidrBlocks=[UNKNOWN, "0.0.0.0/0"]),
        ["port 443"],
        ["ingress[0].cidrBlocks[0]"],
    ),
    Row(
        "security-group-open",
        "unknown",
        "a rule's source",
        {"cidrIpv4": UNKNOWN},
        unknown=["cidrIpv4"],
        type=_INGRESS_RULE,
    ),
    Row(
        "security-group-open",
        "unknown",
        "a rule's direction",
        {"type": UNKNOWN, "cidrBlocks": ["0.0.0.0/0"]},
        unknown=["type"],
        type=_GROUP_RULE,
    ),
)
