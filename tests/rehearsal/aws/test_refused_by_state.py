"""What AWS refuses because of what exists, or does not, is refused when it is created or deleted."""

from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.providers.standin import RefusedError
from tests.rehearsal.aws.inputs import (
    ACCESS_ENTRY,
    ACCESS_POLICY,
    ADDON,
    ADMIN,
    CLUSTER,
    ENDPOINT,
    LOG_GROUP,
    NODE_GROUP,
    ROLE,
    RULE,
    SUBNET,
    TEMPLATE,
)
from tests.rehearsal.aws.world import REGION, ZONES, World, policy, trust

ASSOCIATION = "ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
NAT = "ec2/natGateway:NatGateway"
ROUTE = "ec2/route:Route"
POD_IDENTITY = "eks/podIdentityAssociation:PodIdentityAssociation"
ATTACHMENT = "iam/rolePolicyAttachment:RolePolicyAttachment"
GONE = "arn:aws:iam::111122223333:role/gone"


def _subnet(world: World, **others: Any) -> dict[str, Any]:
    return {"vpcId": world.identifier("vpc"), "availabilityZone": ZONES[0], "cidrBlock": "10.0.99.0/24", **others}


def _cluster(world: World, **config: Any) -> dict[str, Any]:
    inputs = world.cluster_inputs("second")
    return {**inputs, "vpcConfig": {**inputs["vpcConfig"], **config}}


# Each row is a type, inputs in which one reference or one relation is wrong, and what AWS says of it.
WRONG: dict[str, tuple[str, Callable[[World], dict[str, Any]], str]] = {
    "subnet of no network": (SUBNET, lambda w: _subnet(w, vpcId="vpc-gone"), "InvalidVpcID.NotFound"),
    "subnet outside": (SUBNET, lambda w: _subnet(w, cidrBlock="10.1.0.0/24"), "InvalidSubnet.Range"),
    "overlapping subnet": (SUBNET, lambda w: _subnet(w, cidrBlock="10.0.16.128/25"), "InvalidSubnet.Conflict"),
    "route to no NAT gateway": (
        ROUTE,
        lambda w: {
            "routeTableId": w.identifier("public"),
            "destinationCidrBlock": "10.9.0.0/16",
            "natGatewayId": "nat-gone",
        },
        "natGatewayId: there is no nat gateway nat-gone",
    ),
    "route in no table": (
        ROUTE,
        lambda w: {
            "routeTableId": "rtb-gone",
            "destinationCidrBlock": "0.0.0.0/0",
            "natGatewayId": w.identifier("nat"),
        },
        "InvalidRouteTableID.NotFound",
    ),
    "route twice": (
        ROUTE,
        lambda w: {
            "routeTableId": w.identifier("private"),
            "destinationCidrBlock": "0.0.0.0/0",
            "natGatewayId": w.identifier("nat"),
        },
        "RouteAlreadyExists",
    ),
    "second internet gateway": (
        "ec2/internetGateway:InternetGateway",
        lambda w: {"vpcId": w.identifier("vpc")},
        "Resource.AlreadyAssociated",
    ),
    "NAT gateway without an address": (
        NAT,
        lambda w: {"subnetId": w.identifier(f"public-{ZONES[0]}"), "allocationId": "eipalloc-gone"},
        "InvalidAllocationID.NotFound",
    ),
    "endpoint in no subnet": (
        ENDPOINT,
        lambda w: {
            "vpcId": w.identifier("vpc"),
            "serviceName": f"com.amazonaws.{REGION}.sts",
            "vpcEndpointType": "Interface",
            "subnetIds": ["subnet-gone"],
        },
        "subnetIds[0]: there is no subnet subnet-gone",
    ),
    "rule of no group": (
        RULE,
        lambda _: {"securityGroupId": "sg-gone", "ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"},
        "InvalidGroup.NotFound",
    ),
    "rule from no group": (
        RULE,
        lambda w: {
            "securityGroupId": w.identifier("group"),
            "ipProtocol": "-1",
            "referencedSecurityGroupId": "sg-gone",
        },
        "there is no security group sg-gone",
    ),
    "role that exists": (
        ROLE,
        lambda _: {"name": "platform", "assumeRolePolicy": trust("ec2.amazonaws.com")},
        "EntityAlreadyExists",
    ),
    "malformed trust policy": (
        ROLE,
        lambda _: {"assumeRolePolicy": policy({"Principal": {"Service": "ec2.amazonaws.com"}, "Action": "AssumeRole"})},
        "MalformedPolicyDocument: Actions/Conditions must be prefaced by a vendor",
    ),
    "malformed policy": (
        "iam/policy:Policy",
        lambda _: {"policy": policy({"Action": "s3:GetObject"})},
        "Policy statement must contain resources",
    ),
    "misspelt managed policy": (
        ATTACHMENT,
        lambda _: {"role": "platform", "policyArn": "arn:aws:iam::aws:policy/AmazonEKSClustersPolicy"},
        "NoSuchEntity",
    ),
    "alias of no key": (
        "kms/alias:Alias",
        lambda _: {"name": "alias/state", "targetKeyId": "11111111-2222-3333-4444-555555555555"},
        "NotFoundException",
    ),
    "cluster that exists": (CLUSTER, lambda w: w.cluster_inputs("platform"), "ResourceInUseException"),
    "cluster in no subnet": (
        CLUSTER,
        lambda w: _cluster(w, subnetIds=["subnet-gone", *w.subnets]),
        "vpcConfig.subnetIds[0]: there is no subnet subnet-gone",
    ),
    "cluster in one zone": (
        CLUSTER,
        lambda w: _cluster(w, subnetIds=w.subnets[:1]),
        f"Subnets specified must be in at least two different AZs, these are in {ZONES[0]}",
    ),
    "cluster of no role": (
        CLUSTER,
        lambda w: {**_cluster(w), "roleArn": GONE},
        "roleArn: there is no role",
    ),
    "cluster of no key": (
        CLUSTER,
        lambda w: {
            **_cluster(w),
            "encryptionConfig": {
                "resources": ["secrets"],
                "provider": {"keyArn": f"arn:aws:kms:{REGION}:111122223333:key/11111111-2222-3333-4444-555555555555"},
            },
        },
        "encryptionConfig.provider.keyArn: there is no key",
    ),
    "services in the network": (
        CLUSTER,
        lambda w: {**_cluster(w), "kubernetesNetworkConfig": {"serviceIpv4Cidr": "10.0.128.0/20"}},
        "10.0.128.0/20 overlaps 10.0.0.0/16",
    ),
    "range that overlaps": (
        ASSOCIATION,
        lambda w: {"vpcId": w.identifier("vpc"), "cidrBlock": "100.64.128.0/20"},
        "CidrConflict: 100.64.128.0/20 overlaps 100.64.0.0/16",
    ),
    "range of another kind": (
        ASSOCIATION,
        lambda w: {"vpcId": w.identifier("vpc"), "cidrBlock": "192.168.0.0/20"},
        "is restricted for a VPC whose first range is 10.0.0.0/16",
    ),
    "nodes of no cluster": (
        NODE_GROUP,
        lambda w: w.node_group_inputs(clusterName="gone"),
        "No cluster found for name: gone",
    ),
    "nodes without a way out": (
        NODE_GROUP,
        lambda w: w.node_group_inputs(subnetIds=[w.make(SUBNET, "island", **_subnet(w, cidrBlock="10.0.200.0/24"))]),
        "has no route to 0.0.0.0/0 yet",
    ),
    "nodes of no template": (
        NODE_GROUP,
        lambda w: w.node_group_inputs(launchTemplate={"id": "lt-gone", "version": "1"}),
        "launchTemplate.id: there is no launch template lt-gone",
    ),
    "instance types here and in the template": (
        NODE_GROUP,
        lambda w: w.node_group_inputs(
            launchTemplate={"id": w.make(TEMPLATE, "typed", instanceType="m7g.large"), "version": "1"}
        ),
        "the launch template sets the instance type m7g.large",
    ),
    "disks here and in the template": (
        NODE_GROUP,
        lambda w: w.node_group_inputs(launchTemplate={"id": w.identifier("template"), "version": "1"}, diskSize=50),
        "with a launch template the disk's size is set there",
    ),
    "disks under a key nodes may not use": (
        NODE_GROUP,
        lambda w: w.node_group_inputs(launchTemplate={"id": _encrypted(w), "version": "1"}),
        "does not name the service-linked role AWSServiceRoleForAutoScaling",
    ),
    "add-on of no cluster": (
        ADDON,
        lambda _: {"clusterName": "gone", "addonName": "vpc-cni"},
        "clusterName: there is no cluster gone",
    ),
    "access to no cluster": (
        ACCESS_ENTRY,
        lambda w: {"clusterName": "gone", "principalArn": w.role},
        "clusterName: there is no cluster gone",
    ),
    "policy for who may not enter": (
        ACCESS_POLICY,
        lambda _: {
            "clusterName": "platform",
            "principalArn": GONE,
            "policyArn": ADMIN,
            "accessScope": {"type": "cluster"},
        },
        f"cluster platform has no access entry for {GONE}",
    ),
    "identity of a role pods may not assume": (
        POD_IDENTITY,
        lambda w: {
            "clusterName": "platform",
            "namespace": "kube-system",
            "serviceAccount": "dns",
            "roleArn": _untrusting(w),
        },
        "does not allow pods.eks.amazonaws.com sts:TagSession",
    ),
    "logs under a key they may not use": (
        LOG_GROUP,
        lambda w: {"name": "audit", "kmsKeyId": w.outputs("key")["arn"]},
        f"does not allow logs.{REGION}.amazonaws.com to use it",
    ),
    "bucket under no key": (
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        lambda _: {
            "bucket": "gone",
            "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}],
        },
        "NoSuchBucket",
    ),
}


def _untrusting(world: World) -> str:
    document = trust("pods.eks.amazonaws.com", actions=("sts:AssumeRole",))
    world.make(ROLE, "untrusting", assumeRolePolicy=document)
    return str(world.outputs("untrusting")["arn"])


def _encrypted(world: World) -> str:
    ebs = {"encrypted": "true", "kmsKeyId": world.outputs("key")["arn"], "volumeSize": 20}
    return world.make(TEMPLATE, "encrypted", blockDeviceMappings=[{"deviceName": "/dev/xvdb", "ebs": ebs}])


@pytest.mark.parametrize(("token", "inputs", "reason"), WRONG.values(), ids=WRONG.keys())
def test_what_aws_cannot_make_is_refused(
    world: World, token: str, inputs: Callable[[World], dict[str, Any]], reason: str
) -> None:
    wrong = inputs(world)
    before = world.aws.left_in_aws()

    with pytest.raises(RefusedError) as refusal:
        world.create(token, "thing", **wrong)

    assert reason in str(refusal.value)
    assert str(refusal.value).startswith(f"aws:{token} thing: ")
    assert world.aws.left_in_aws() == before, "nothing is left of a refused creation"
