"""Whether a resource exists in AWS, and which one a killed engine has made: by what AWS itself describes."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import jmespath

from rehearsal.aws.emulator import Emulator
from rehearsal.aws.table import Row
from rehearsal.aws.templates import render
from rehearsal.providers.standin import RefusedError

# What the codes have in common by which AWS says that there is no such thing: InvalidVpcID.NotFound, NoSuchEntity,
# ResourceNotFoundException, 404 of HeadBucket, AWS.SimpleQueueService.NonExistentQueue, NatGatewayNotFound.
_ABSENT: Final = re.compile(r" refused: \S*(NotFound|NoSuch|NonExistent|404)\S*:")

_CLUSTER: Final = "aws:eks/cluster:Cluster"


@dataclass(frozen=True, slots=True)
class _Look:
    """How a type's resources are described.

    Attributes:
        service: botocore's name of the service.
        operation: The describing operation.
        members: Its members as templates, with which it describes the resource ``{id}``.
        found: A JMESPath, which may hold templates, to the ids of those it described that are alive.
        filters: For a resource whose id AWS chooses: from a filter's name to the input that is its value. Besides them
            the tags must be those of the inputs.
        filtering: The member that takes the filters; empty where none does, so that nothing is found by its inputs.

    """

    service: str
    operation: str
    members: Mapping[str, Any]
    found: str
    filters: Mapping[str, str] = field(default_factory=dict)
    filtering: str = "Filters"


def _ec2(operation: str, ids: str, found: str, **filters: str) -> _Look:
    named = {name.replace("_", "-"): value for name, value in filters.items()}
    return _Look("ec2", operation, {ids: ["{id}"]}, found, named)


def _group_rule(egress: str) -> _Look:
    """Return how a security group's rules are described: by group, direction and whom they let through."""
    return _Look(
        "ec2",
        "DescribeSecurityGroupRules",
        {"Filters": [{"Name": "group-id", "Values": ["{securityGroupId}"]}]},
        f"SecurityGroupRules[?IsEgress==`{egress}` && IpProtocol=='{{ipProtocol}}' && "
        "(CidrIpv4 || '')=='{cidrIpv4}' && (ReferencedGroupInfo.GroupId || '')=='{referencedSecurityGroupId}']"
        ".SecurityGroupRuleId",
        {"group-id": "securityGroupId"},
    )


def _of_bucket(operation: str, member: str) -> _Look:
    """Return how a part of a bucket's configuration is described; where it is not set its member is absent."""
    return _Look("s3", operation, {"Bucket": "{bucket}"}, f"{member} && ['{{id}}']")


_ROUTE: Final = (
    "RouteTables[].Routes[?DestinationCidrBlock=='{destinationCidrBlock}' || "
    "DestinationIpv6CidrBlock=='{destinationIpv6CidrBlock}' || "
    "DestinationPrefixListId=='{destinationPrefixListId}'][] | [?State=='active'].['{id}'][]"
)

_LOOKS: Final[Mapping[str, _Look]] = {
    "aws:ec2/vpc:Vpc": _ec2("DescribeVpcs", "VpcIds", "Vpcs[].VpcId", cidr="cidrBlock"),
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": _Look(
        "ec2",
        "DescribeVpcs",
        {"VpcIds": ["{vpcId}"]},
        "Vpcs[].CidrBlockAssociationSet[?CidrBlock=='{cidrBlock}'][] | [?CidrBlockState.State=='associated']"
        ".AssociationId",
        {"vpc-id": "vpcId"},
    ),
    "aws:ec2/subnet:Subnet": _ec2(
        "DescribeSubnets", "SubnetIds", "Subnets[].SubnetId", vpc_id="vpcId", cidr_block="cidrBlock"
    ),
    "aws:ec2/internetGateway:InternetGateway": _ec2(
        "DescribeInternetGateways", "InternetGatewayIds", "InternetGateways[].InternetGatewayId"
    ),
    "aws:ec2/eip:Eip": _ec2("DescribeAddresses", "AllocationIds", "Addresses[].AllocationId"),
    "aws:ec2/natGateway:NatGateway": _Look(
        "ec2",
        "DescribeNatGateways",
        {"NatGatewayIds": ["{id}"]},
        "NatGateways[?State!='deleted' && State!='deleting' && State!='failed'].NatGatewayId",
        {"subnet-id": "subnetId"},
        filtering="Filter",
    ),
    "aws:ec2/routeTable:RouteTable": _ec2(
        "DescribeRouteTables", "RouteTableIds", "RouteTables[].RouteTableId", vpc_id="vpcId"
    ),
    "aws:ec2/route:Route": _Look("ec2", "DescribeRouteTables", {"RouteTableIds": ["{routeTableId}"]}, _ROUTE),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _Look(
        "ec2",
        "DescribeRouteTables",
        {"RouteTableIds": ["{routeTableId}"]},
        "RouteTables[].Associations[?SubnetId=='{subnetId}'][].RouteTableAssociationId",
        {"route-table-id": "routeTableId"},
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _ec2(
        "DescribeVpcEndpoints",
        "VpcEndpointIds",
        "VpcEndpoints[?State!='deleted' && State!='deleting'].VpcEndpointId",
        vpc_id="vpcId",
        service_name="serviceName",
    ),
    "aws:ec2/securityGroup:SecurityGroup": _ec2(
        "DescribeSecurityGroups", "GroupIds", "SecurityGroups[].GroupId", group_name="name", vpc_id="vpcId"
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": _Look(
        "ec2",
        "DescribeSecurityGroups",
        {"GroupIds": ["{id}"]},
        "SecurityGroups[?GroupName=='default'].GroupId",
        {"vpc-id": "vpcId"},
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _group_rule("false"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _group_rule("true"),
    "aws:ec2/launchTemplate:LaunchTemplate": _ec2(
        "DescribeLaunchTemplates",
        "LaunchTemplateIds",
        "LaunchTemplates[].LaunchTemplateId",
        launch_template_name="name",
    ),
    "aws:ec2/flowLog:FlowLog": _ec2("DescribeFlowLogs", "FlowLogIds", "FlowLogs[].FlowLogId", resource_id="vpcId"),
    _CLUSTER: _Look("eks", "DescribeCluster", {"name": "{id}"}, "cluster.[name]"),
    "aws:eks/nodeGroup:NodeGroup": _Look(
        "eks",
        "DescribeNodegroup",
        {"clusterName": "{clusterName}", "nodegroupName": "{nodeGroupName}"},
        "nodegroup.['{id}']",
    ),
    "aws:iam/role:Role": _Look("iam", "GetRole", {"RoleName": "{id}"}, "Role.[RoleName]"),
    "aws:iam/rolePolicy:RolePolicy": _Look(
        "iam", "GetRolePolicy", {"RoleName": "{role}", "PolicyName": "{name}"}, "@ && ['{id}']"
    ),
    "aws:iam/policy:Policy": _Look("iam", "GetPolicy", {"PolicyArn": "{id}"}, "Policy.[Arn]"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _Look(
        "iam",
        "ListAttachedRolePolicies",
        {"RoleName": "{role}"},
        "AttachedPolicies[?PolicyArn=='{policyArn}'].['{id}'][]",
    ),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": _Look(
        "iam", "GetOpenIDConnectProvider", {"OpenIDConnectProviderArn": "{id}"}, "@ && ['{id}']", filtering=""
    ),
    "aws:iam/instanceProfile:InstanceProfile": _Look(
        "iam", "GetInstanceProfile", {"InstanceProfileName": "{id}"}, "InstanceProfile.[InstanceProfileName]"
    ),
    "aws:kms/key:Key": _Look(
        "kms", "DescribeKey", {"KeyId": "{id}"}, "[KeyMetadata][?KeyState!='PendingDeletion'].KeyId"
    ),
    "aws:kms/alias:Alias": _Look("kms", "ListAliases", {}, "Aliases[?AliasName=='{id}'].AliasName"),
    "aws:cloudwatch/logGroup:LogGroup": _Look(
        "logs", "DescribeLogGroups", {"logGroupNamePrefix": "{id}"}, "logGroups[?logGroupName=='{id}'].logGroupName"
    ),
    "aws:s3/bucket:Bucket": _Look("s3", "HeadBucket", {"Bucket": "{id}"}, "@ && ['{id}']"),
    "aws:s3/bucketVersioning:BucketVersioning": _of_bucket("GetBucketVersioning", "Status"),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _of_bucket(
        "GetBucketEncryption", "ServerSideEncryptionConfiguration"
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _of_bucket(
        "GetPublicAccessBlock", "PublicAccessBlockConfiguration"
    ),
    "aws:s3/bucketPolicy:BucketPolicy": _of_bucket("GetBucketPolicy", "Policy"),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _of_bucket(
        "GetBucketLifecycleConfiguration", "Rules"
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _of_bucket(
        "GetBucketOwnershipControls", "OwnershipControls"
    ),
    "aws:cloudwatch/eventRule:EventRule": _Look("events", "DescribeRule", {"Name": "{id}"}, "[Name]", filtering=""),
    "aws:cloudwatch/eventTarget:EventTarget": _Look(
        "events", "ListTargetsByRule", {"Rule": "{rule}"}, "Targets[?Id=='{targetId}'].['{id}'][]", filtering=""
    ),
    "aws:sqs/queuePolicy:QueuePolicy": _Look(
        "sqs",
        "GetQueueAttributes",
        {"QueueUrl": "{id}", "AttributeNames": ["Policy"]},
        "Attributes.Policy && ['{id}']",
        filtering="",
    ),
    "aws:sqs/queue:Queue": _Look(
        "sqs",
        "GetQueueAttributes",
        {"QueueUrl": "{id}", "AttributeNames": ["QueueArn"]},
        "Attributes && ['{id}']",
        filtering="",
    ),
}

# Whose id is AWS's answer in the table, and their name all the same.
_NAMED: Final[Mapping[str, str]] = {
    _CLUSTER: "{name}",
    "aws:iam/instanceProfile:InstanceProfile": "{name}",
    "aws:iam/policy:Policy": "arn:{partition}:iam::{account}:policy/{name}",
    "aws:iam/role:Role": "{name}",
}


@dataclass(frozen=True, slots=True)
class Presence:
    """Looks into one region of one account.

    Attributes:
        emulator: AWS.
        row: The row of the resource type asked about.
        context: What templates may name: the resource's inputs, region, account.

    """

    emulator: Emulator
    row: Row
    context: Mapping[str, Any]

    def exists(self, identifier: str) -> bool | None:
        """Tell whether the resource is there; None where AWS was not asked, because nothing is known to ask it by.

        Raises:
            RefusedError: AWS refuses to say.

        """
        cluster = self.context.get("clusterName")
        if cluster and not self._described(_CLUSTER, {**self.context, "id": cluster}):
            # What belongs to a cluster ends with it.
            return False
        look = _LOOKS.get(self.row.type)
        if look is None or not self.row.emulated:
            return None
        return identifier in self._described(self.row.type, {**self.context, "id": identifier})

    def search(self) -> tuple[str, ...]:
        """Return the ids of what has these inputs, as far as AWS describes it.

        Where the id follows from the inputs that id is returned only if the resource exists.
        """
        if "{" in self.row.identifier or self.row.type in _NAMED:
            identifier = str(render(_NAMED.get(self.row.type, self.row.identifier), self.context))
            return (identifier,) if self.exists(identifier) is not False else ()
        if self.row.type == "aws:kms/key:Key":
            return self._keys()
        look = _LOOKS.get(self.row.type)
        return self._filtered(look) if look is not None and look.filtering else ()

    def _described(self, token: str, context: Mapping[str, Any]) -> list[str]:
        look = _LOOKS[token]
        return self._ask(look, render(look.members, context), context)

    def _filtered(self, look: _Look) -> tuple[str, ...]:
        values = {name: self.context.get(given) for name, given in look.filters.items()}
        values |= {f"tag:{key}": value for key, value in (self.context.get("tags") or {}).items()}
        filters = [{"Name": name, "Values": [str(value)]} for name, value in values.items() if value]
        return tuple(self._ask(look, {look.filtering: filters}, self.context))

    def _keys(self) -> tuple[str, ...]:
        """Return the keys with the description that the inputs give."""
        described = (
            self._call("kms", "DescribeKey", {"KeyId": key["KeyId"]})["KeyMetadata"]
            for key in self._call("kms", "ListKeys", {})["Keys"]
        )
        return tuple(
            key["KeyId"]
            for key in described
            if key["KeyState"] != "PendingDeletion" and key["Description"] == self.context.get("description")
        )

    def _ask(self, look: _Look, members: Mapping[str, Any], context: Mapping[str, Any]) -> list[str]:
        answer: dict[str, Any] = {}
        with absence_forgiven():
            answer = self._call(look.service, look.operation, members)
        return jmespath.search(str(render(look.found, context)), answer) or []

    def _call(self, service: str, operation: str, members: Mapping[str, Any]) -> dict[str, Any]:
        return self.emulator.call(service, operation, members, str(self.context["region"]))


@contextmanager
def absence_forgiven() -> Iterator[None]:
    """Let pass that AWS refuses because there is no such thing."""
    try:
        yield
    except RefusedError as refusal:
        if not _ABSENT.search(str(refusal)):
            raise
