"""What exists in AWS according to the emulator, apart from what AWS puts into every account by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import jmespath

from rehearsal.aws.emulator import Emulator


@dataclass(frozen=True, slots=True)
class _Listing:
    """A listing operation and a JMESPath to the identifiers of what a program made."""

    service: str
    operation: str
    found: str
    members: Mapping[str, Any] = field(default_factory=dict)


# AWS makes a default VPC with subnets, a gateway, and in every VPC a main route table and a default group.
_LISTINGS: Final = (
    _Listing("ec2", "DescribeVpcs", "Vpcs[?!IsDefault].VpcId"),
    _Listing("ec2", "DescribeSubnets", "Subnets[?!DefaultForAz].SubnetId"),
    _Listing("ec2", "DescribeInternetGateways", "InternetGateways[].InternetGatewayId"),
    _Listing("ec2", "DescribeAddresses", "Addresses[].AllocationId"),
    _Listing("ec2", "DescribeNatGateways", "NatGateways[?State!='deleted'].NatGatewayId"),
    _Listing("ec2", "DescribeRouteTables", "RouteTables[?!(Associations[?Main])].RouteTableId"),
    _Listing("ec2", "DescribeVpcEndpoints", "VpcEndpoints[?State!='deleted'].VpcEndpointId"),
    _Listing("ec2", "DescribeSecurityGroups", "SecurityGroups[?GroupName!='default'].GroupId"),
    _Listing("ec2", "DescribeLaunchTemplates", "LaunchTemplates[].LaunchTemplateId"),
    _Listing("ec2", "DescribeFlowLogs", "FlowLogs[].FlowLogId"),
    _Listing("eks", "ListClusters", "clusters[]"),
    _Listing("guardduty", "ListDetectors", "DetectorIds[]"),
    _Listing("iam", "ListRoles", "Roles[].RoleName"),
    _Listing("iam", "ListPolicies", "Policies[].Arn", {"Scope": "Local"}),
    _Listing("iam", "ListInstanceProfiles", "InstanceProfiles[].InstanceProfileName"),
    _Listing("iam", "ListOpenIDConnectProviders", "OpenIDConnectProviderList[].Arn"),
    _Listing("kms", "ListAliases", "Aliases[?!starts_with(AliasName, 'alias/aws/')].AliasName"),
    _Listing("s3", "ListBuckets", "Buckets[].Name"),
    _Listing("sqs", "ListQueues", "QueueUrls[]"),
    _Listing("rds", "DescribeDBInstances", "DBInstances[].DBInstanceIdentifier"),
    _Listing("rds", "DescribeDBSubnetGroups", "DBSubnetGroups[].DBSubnetGroupName"),
    _Listing("events", "ListRules", "Rules[].Name"),
    _Listing("logs", "DescribeLogGroups", "logGroups[].logGroupName"),
)


def existing(emulator: Emulator) -> tuple[str, ...]:
    """Return one line for everything there is, ``ec2 DescribeVpcs: vpc-0a1b2c``."""
    lines = []
    for listing in _LISTINGS:
        answer = emulator.call(listing.service, listing.operation, listing.members)
        lines += [
            f"{listing.service} {listing.operation}: {name}" for name in jmespath.search(listing.found, answer) or ()
        ]
    # AWS makes the keys behind these by itself, and nobody can delete them.
    owned = "Aliases[?starts_with(AliasName, 'alias/aws/')].TargetKeyId"
    of_aws = set(jmespath.search(owned, emulator.call("kms", "ListAliases", {})) or ())
    keys = emulator.call("kms", "ListKeys", {})["Keys"]
    for key in (each for each in keys if each["KeyId"] not in of_aws):
        metadata = emulator.call("kms", "DescribeKey", {"KeyId": key["KeyId"]})["KeyMetadata"]
        if metadata["KeyManager"] == "CUSTOMER" and metadata["KeyState"] != "PendingDeletion":
            lines.append(f"kms ListKeys: {key['KeyId']}")
    return tuple(lines)
