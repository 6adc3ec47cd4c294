"""References that AWS follows and the emulator does not: a subnet, role, key or cluster that must exist."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.aws.facts import Facts
from rehearsal.aws.rules.values import texts
from rehearsal.aws.table import Row
from rehearsal.providers.standin import Failure, RefusedError


@dataclass(frozen=True, slots=True)
class _Lookup:
    """How to ask AWS for a thing: the operation, the member its identifier goes to, and whether that is a list."""

    service: str
    operation: str
    member: str
    many: bool = False


_LOOKUPS: Final[Mapping[str, _Lookup]] = {
    "subnet": _Lookup("ec2", "DescribeSubnets", "SubnetIds", many=True),
    "vpc": _Lookup("ec2", "DescribeVpcs", "VpcIds", many=True),
    "security group": _Lookup("ec2", "DescribeSecurityGroups", "GroupIds", many=True),
    "nat gateway": _Lookup("ec2", "DescribeNatGateways", "NatGatewayIds", many=True),
    "route table": _Lookup("ec2", "DescribeRouteTables", "RouteTableIds", many=True),
    "launch template": _Lookup("ec2", "DescribeLaunchTemplates", "LaunchTemplateIds", many=True),
    "role": _Lookup("iam", "GetRole", "RoleName"),
    "key": _Lookup("kms", "DescribeKey", "KeyId"),
    "cluster": _Lookup("eks", "DescribeCluster", "name"),
}


def dangling(row: Row, inputs: Mapping[str, Any], facts: Facts) -> Iterator[Failure]:
    """Yield one fault for every reference to something that AWS does not have, in the emulator's words."""
    for path, kind in row.references.items():
        lookup = _LOOKUPS[kind]
        for place, value in texts(inputs, path):
            identifier = _identifier(kind, value, facts)
            if identifier is None:
                continue
            members = {lookup.member: [identifier] if lookup.many else identifier}
            try:
                answer = facts.ask(lookup.service, lookup.operation, members)
            except RefusedError as refusal:
                yield Failure(place, f"there is no {kind} {value}: {refusal}")
                continue
            # Where AWS would refuse, the emulator sometimes answers with an empty list.
            if not any(answer.values()):
                yield Failure(place, f"there is no {kind} {value}: {lookup.service} {lookup.operation} finds none")


def _identifier(kind: str, value: str, facts: Facts) -> str | None:
    """Return what to look for; nothing for a role of another account or one that AWS makes by itself."""
    if kind != "role" or not value.startswith("arn:"):
        return value
    account, _, name = value.split(":")[4], None, value.rpartition("/")[2]
    return None if account != facts.account or ":role/aws-service-role/" in value else name
