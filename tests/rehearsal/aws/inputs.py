"""Type tokens and good inputs, for tests that make one thing wrong."""

from typing import Any

from rehearsal.providers.properties import UNKNOWN
from tests.rehearsal.aws.world import trust

VPC = "ec2/vpc:Vpc"
SUBNET = "ec2/subnet:Subnet"
NODE_GROUP = "eks/nodeGroup:NodeGroup"
CLUSTER = "eks/cluster:Cluster"
TEMPLATE = "ec2/launchTemplate:LaunchTemplate"
ROLE = "iam/role:Role"
KEY = "kms/key:Key"
LOG_GROUP = "cloudwatch/logGroup:LogGroup"
RULE = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"
ENDPOINT = "ec2/vpcEndpoint:VpcEndpoint"
ADDON = "eks/addon:Addon"
ACCESS_POLICY = "eks/accessPolicyAssociation:AccessPolicyAssociation"
ACCESS_ENTRY = "eks/accessEntry:AccessEntry"

ARN = "arn:aws:iam::111122223333:role/platform"
ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
GOOD_VPC = {"cidrBlock": "10.0.0.0/16"}
GOOD_SUBNET = {"vpcId": UNKNOWN, "cidrBlock": "10.0.0.0/24", "availabilityZone": "eu-central-1a"}
GOOD_RULE = {"securityGroupId": UNKNOWN, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.0.0/16"}
GOOD_CLUSTER = {
    "name": "platform",
    "roleArn": UNKNOWN,
    "version": "1.34",
    "vpcConfig": {"subnetIds": [UNKNOWN, UNKNOWN]},
}
GOOD_NODES: dict[str, Any] = {
    "clusterName": "platform",
    "nodeRoleArn": UNKNOWN,
    "subnetIds": [UNKNOWN],
    "scalingConfig": {"minSize": 1, "maxSize": 3, "desiredSize": 2},
    "instanceTypes": ["m7g.large"],
    "amiType": "BOTTLEROCKET_ARM_64",
}
GOOD_ROLE = {"assumeRolePolicy": trust("ec2.amazonaws.com")}
GOOD_ADDON = {"clusterName": "platform", "addonName": "vpc-cni"}
GOOD_ASSOCIATION = {"clusterName": "p", "principalArn": ARN, "policyArn": ADMIN, "accessScope": {"type": "cluster"}}
GOOD_ENDPOINT = {"vpcId": UNKNOWN, "serviceName": "com.amazonaws.eu-central-1.s3"}
QUEUE = "sqs/queue:Queue"
ENCRYPTION = "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"


def sized(**scaling: Any) -> dict[str, Any]:
    """Return a good node group but for its sizes."""
    return {**GOOD_NODES, "scalingConfig": {**GOOD_NODES["scalingConfig"], **scaling}}
