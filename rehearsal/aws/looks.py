"""How AWS is asked whether a resource exists, by its type."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_CLUSTER: Final = "aws:eks/cluster:Cluster"


@dataclass(frozen=True, slots=True)
class Look:
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


def _ec2(operation: str, ids: str, found: str, **filters: str) -> Look:
    named = {name.replace("_", "-"): value for name, value in filters.items()}
    return Look("ec2", operation, {ids: ["{id}"]}, found, named)


def _group_rule(egress: str) -> Look:
    """Return how a security group's rules are described: by group, direction and whom they let through."""
    return Look(
        "ec2",
        "DescribeSecurityGroupRules",
        {"Filters": [{"Name": "group-id", "Values": ["{securityGroupId}"]}]},
        f"SecurityGroupRules[?IsEgress==`{egress}` && IpProtocol=='{{ipProtocol}}' && "
        "(CidrIpv4 || '')=='{cidrIpv4}' && (ReferencedGroupInfo.GroupId || '')=='{referencedSecurityGroupId}']"
        ".SecurityGroupRuleId",
        {"group-id": "securityGroupId"},
    )


def _of_bucket(operation: str, member: str) -> Look:
    """Return how a part of a bucket's configuration is described; where it is not set its member is absent."""
    return Look("s3", operation, {"Bucket": "{bucket}"}, f"{member} && ['{{id}}']")


_ROUTE: Final = (
    "RouteTables[].Routes[?DestinationCidrBlock=='{destinationCidrBlock}' || "
    "DestinationIpv6CidrBlock=='{destinationIpv6CidrBlock}' || "
    "DestinationPrefixListId=='{destinationPrefixListId}'][] | [?State=='active'].['{id}'][]"
)

LOOKS: Final[Mapping[str, Look]] = {
    "aws:ec2/vpc:Vpc": _ec2("DescribeVpcs", "VpcIds", "Vpcs[].VpcId", cidr="cidrBlock"),
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": Look(
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
    "aws:ec2/natGateway:NatGateway": Look(
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
    "aws:ec2/route:Route": Look("ec2", "DescribeRouteTables", {"RouteTableIds": ["{routeTableId}"]}, _ROUTE),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Look(
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
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Look(
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
    _CLUSTER: Look("eks", "DescribeCluster", {"name": "{id}"}, "cluster.[name]"),
    "aws:eks/nodeGroup:NodeGroup": Look(
        "eks",
        "DescribeNodegroup",
        {"clusterName": "{clusterName}", "nodegroupName": "{nodeGroupName}"},
        "nodegroup.['{id}']",
    ),
    "aws:iam/role:Role": Look("iam", "GetRole", {"RoleName": "{id}"}, "Role.[RoleName]"),
    "aws:iam/rolePolicy:RolePolicy": Look(
        "iam", "GetRolePolicy", {"RoleName": "{role}", "PolicyName": "{name}"}, "@ && ['{id}']"
    ),
    "aws:iam/policy:Policy": Look("iam", "GetPolicy", {"PolicyArn": "{id}"}, "Policy.[Arn]"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Look(
        "iam",
        "ListAttachedRolePolicies",
        {"RoleName": "{role}"},
        "AttachedPolicies[?PolicyArn=='{policyArn}'].['{id}'][]",
    ),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": Look(
        "iam", "GetOpenIDConnectProvider", {"OpenIDConnectProviderArn": "{id}"}, "@ && ['{id}']", filtering=""
    ),
    "aws:iam/instanceProfile:InstanceProfile": Look(
        "iam", "GetInstanceProfile", {"InstanceProfileName": "{id}"}, "InstanceProfile.[InstanceProfileName]"
    ),
    "aws:kms/key:Key": Look(
        "kms", "DescribeKey", {"KeyId": "{id}"}, "[KeyMetadata][?KeyState!='PendingDeletion'].KeyId"
    ),
    "aws:kms/replicaKey:ReplicaKey": Look(
        "kms", "DescribeKey", {"KeyId": "{id}"}, "[KeyMetadata][?KeyState!='PendingDeletion'].KeyId"
    ),
    "aws:kms/alias:Alias": Look("kms", "ListAliases", {}, "Aliases[?AliasName=='{id}'].AliasName"),
    "aws:cloudwatch/logGroup:LogGroup": Look(
        "logs", "DescribeLogGroups", {"logGroupNamePrefix": "{id}"}, "logGroups[?logGroupName=='{id}'].logGroupName"
    ),
    "aws:s3/bucket:Bucket": Look("s3", "HeadBucket", {"Bucket": "{id}"}, "@ && ['{id}']"),
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
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": _of_bucket(
        "GetObjectLockConfiguration", "ObjectLockConfiguration.Rule"
    ),
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": _of_bucket(
        "GetBucketReplication", "ReplicationConfiguration"
    ),
    "aws:secretsmanager/secret:Secret": Look(
        "secretsmanager", "DescribeSecret", {"SecretId": "{id}"}, "[@][?!DeletedDate].ARN", filtering=""
    ),
    "aws:secretsmanager/secretPolicy:SecretPolicy": Look(
        "secretsmanager", "GetResourcePolicy", {"SecretId": "{id}"}, "ResourcePolicy && ['{id}']", filtering=""
    ),
    "aws:guardduty/detector:Detector": Look("guardduty", "ListDetectors", {}, "DetectorIds[?@=='{id}']", filtering=""),
    "aws:budgets/budget:Budget": Look(
        "budgets",
        "DescribeBudget",
        {"AccountId": "{account}", "BudgetName": "{name}"},
        "Budget && ['{id}']",
        filtering="",
    ),
    # Every registry has one; what a new account has holds no rule.
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": Look(
        "ecr", "GetRegistryScanningConfiguration", {}, "scanningConfiguration.rules[0] && ['{id}']"
    ),
    "aws:rds/subnetGroup:SubnetGroup": Look(
        "rds", "DescribeDBSubnetGroups", {}, "DBSubnetGroups[?DBSubnetGroupName=='{id}'].DBSubnetGroupName"
    ),
    "aws:rds/instance:Instance": Look(
        "rds",
        "DescribeDBInstances",
        {},
        "DBInstances[?DbiResourceId=='{id}' && DBInstanceStatus!='deleting'].DbiResourceId",
        filtering="",
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Look(
        "cloudwatch", "DescribeAlarms", {"AlarmNames": ["{id}"]}, "MetricAlarms[].AlarmName", filtering=""
    ),
    "aws:cloudwatch/eventRule:EventRule": Look("events", "DescribeRule", {"Name": "{id}"}, "[Name]", filtering=""),
    "aws:cloudwatch/eventTarget:EventTarget": Look(
        "events", "ListTargetsByRule", {"Rule": "{rule}"}, "Targets[?Id=='{targetId}'].['{id}'][]", filtering=""
    ),
    "aws:sqs/queuePolicy:QueuePolicy": Look(
        "sqs",
        "GetQueueAttributes",
        {"QueueUrl": "{id}", "AttributeNames": ["Policy"]},
        "Attributes.Policy && ['{id}']",
        filtering="",
    ),
    "aws:sqs/queue:Queue": Look(
        "sqs",
        "GetQueueAttributes",
        {"QueueUrl": "{id}", "AttributeNames": ["QueueArn"]},
        "Attributes && ['{id}']",
        filtering="",
    ),
}
