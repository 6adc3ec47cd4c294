"""What AWS refuses beyond its definitions is refused in the preview too, each by a rule with its source."""

from typing import Any

import pytest

from rehearsal.providers.properties import UNKNOWN
from tests.rehearsal.aws.inputs import (
    ACCESS_ENTRY,
    ACCESS_POLICY,
    ADDON,
    ARN,
    CLUSTER,
    ENDPOINT,
    GOOD_ADDON,
    GOOD_ASSOCIATION,
    GOOD_CLUSTER,
    GOOD_ENDPOINT,
    GOOD_NODES,
    GOOD_RULE,
    GOOD_SUBNET,
    KEY,
    NODE_GROUP,
    ROLE,
    RULE,
    SUBNET,
    TEMPLATE,
    VPC,
)
from tests.rehearsal.aws.world import World, policy

# Each row is one wrong thing in otherwise good inputs: type, inputs, the property that is named, what is said of it.
WRONG: dict[str, tuple[str, dict[str, Any], str, str]] = {
    # Addresses.
    "large network": (VPC, {"cidrBlock": "10.0.0.0/8"}, "cidrBlock", "must be between /16 and /28"),
    "small subnet": (SUBNET, {**GOOD_SUBNET, "cidrBlock": "10.0.0.0/29"}, "cidrBlock", "InvalidSubnet.Range"),
    "host bits": (VPC, {"cidrBlock": "10.0.0.1/16"}, "cidrBlock", "has host bits set"),
    "no address": (RULE, {**GOOD_RULE, "cidrIpv4": "10.0.0.300/24"}, "cidrIpv4", "does not appear to be an IPv4"),
    "zone of another region": (
        SUBNET,
        {**GOOD_SUBNET, "availabilityZone": "us-east-1a"},
        "availabilityZone",
        "eu-central-1c",
    ),
    "two sources": (RULE, {**GOOD_RULE, "cidrIpv6": "::/0"}, "", "given: cidrIpv4, cidrIpv6"),
    "rule's description": (RULE, {**GOOD_RULE, "description": "it's open"}, "description", "up to 255 characters"),
    "service of another region": (
        ENDPOINT,
        {**GOOD_ENDPOINT, "serviceName": "com.amazonaws.us-east-1.s3"},
        "serviceName",
        "InvalidServiceName",
    ),
    "gateway to an interface service": (
        ENDPOINT,
        {**GOOD_ENDPOINT, "serviceName": "com.amazonaws.eu-central-1.sts"},
        "vpcEndpointType",
        "does not match available service types",
    ),
    # What fits what.
    "unknown instance type": (
        NODE_GROUP,
        {**GOOD_NODES, "instanceTypes": ["m99.large"]},
        "instanceTypes[0]",
        "m99.large is not",
    ),
    "x86 image on ARM": (
        NODE_GROUP,
        {**GOOD_NODES, "amiType": "BOTTLEROCKET_x86_64"},
        "instanceTypes[0]",
        "m7g.large runs arm64",
    ),
    "ARM image on x86": (
        NODE_GROUP,
        {**GOOD_NODES, "instanceTypes": ["m7i.large"]},
        "instanceTypes[0]",
        "m7i.large runs x86_64",
    ),
    "GPU image without GPU": (
        NODE_GROUP,
        {**GOOD_NODES, "amiType": "AL2023_x86_64_NVIDIA", "instanceTypes": ["g6.xlarge", "m7i.large"]},
        "instanceTypes[1]",
        "m7i.large has no NVIDIA GPU",
    ),
    "GPU without GPU image": (
        NODE_GROUP,
        {**GOOD_NODES, "amiType": "BOTTLEROCKET_x86_64", "instanceTypes": ["g6.xlarge"]},
        "instanceTypes[0]",
        "g6.xlarge has NVIDIA GPUs, for which BOTTLEROCKET_x86_64 has no driver",
    ),
    "number and share": (
        NODE_GROUP,
        {**GOOD_NODES, "updateConfig": {"maxUnavailable": 1, "maxUnavailablePercentage": 10}},
        "updateConfig",
        "not both",
    ),
    "no way to the API": (
        CLUSTER,
        {**GOOD_CLUSTER, "vpcConfig": {"subnetIds": [UNKNOWN], "endpointPublicAccess": False}},
        "vpcConfig.endpointPrivateAccess",
        "Private and public endpoint access cannot be false",
    ),
    "Kubernetes version": (
        CLUSTER,
        {**GOOD_CLUSTER, "version": "v1.34.1"},
        "version",
        "unsupported Kubernetes version 'v1.34.1'",
    ),
    "IAM policy for access": (
        ACCESS_POLICY,
        {**GOOD_ASSOCIATION, "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
        "policyArn",
        "is no arn:aws:eks::aws:cluster-access-policy/",
    ),
    "scope without namespaces": (
        ACCESS_POLICY,
        {**GOOD_ASSOCIATION, "accessScope": {"type": "namespace"}},
        "accessScope.namespaces",
        "names its namespaces",
    ),
    "principal": (
        ACCESS_ENTRY,
        {"clusterName": "p", "principalArn": "platform-admin"},
        "principalArn",
        "is not the ARN of",
    ),
    "too many instance types": (
        NODE_GROUP,
        {**GOOD_NODES, "instanceTypes": ["m7g.large"] * 21},
        "instanceTypes",
        "at most 20 elements, not 21",
    ),
    "services outside of the private ranges": (
        CLUSTER,
        {**GOOD_CLUSTER, "kubernetesNetworkConfig": {"serviceIpv4Cidr": "100.64.0.0/16"}},
        "kubernetesNetworkConfig.serviceIpv4Cidr",
        "100.64.0.0/16 must be within 10.0.0.0/8",
    ),
    "kind of access": (
        ACCESS_ENTRY,
        {"clusterName": "p", "principalArn": ARN, "type": "NODE"},
        "type",
        "the values are STANDARD, EC2, EC2_LINUX",
    ),
    "Kubernetes's own group": (
        ACCESS_ENTRY,
        {"clusterName": "p", "principalArn": ARN, "kubernetesGroups": ["viewers", "system:masters"]},
        "kubernetesGroups[1]",
        "it cannot start with system:",
    ),
    "reserved user": (
        ACCESS_ENTRY,
        {"clusterName": "p", "principalArn": ARN, "userName": "eks:admin"},
        "userName",
        "cannot start with",
    ),
    "groups of nodes": (
        ACCESS_ENTRY,
        {"clusterName": "p", "principalArn": ARN, "type": "EC2_LINUX", "kubernetesGroups": ["nodes"]},
        "kubernetesGroups",
        "an entry of type EC2_LINUX takes no groups",
    ),
    "add-on's values": (
        ADDON,
        {**GOOD_ADDON, "configurationValues": "tolerations: ["},
        "configurationValues",
        "not in valid JSON or YAML",
    ),
    "user data": (TEMPLATE, {"userData": "[settings.kubernetes]"}, "userData", "Invalid BASE64"),
    "long user data": (TEMPLATE, {"userData": "YWFh" * 6000}, "userData", "limited to 16384 bytes, not 18000"),
    "flow log of nothing": ("ec2/flowLog:FlowLog", {"trafficType": "ALL"}, "", "exactly one of vpcId, subnetId"),
    # Documents.
    "key policy that locks out": (
        KEY,
        {"policy": policy({"Principal": {"AWS": ARN}, "Action": "kms:Decrypt", "Resource": "*"})},
        "policy",
        "will not allow you to update the key policy in the future",
    ),
    "key policy that is no JSON": (KEY, {"policy": "{"}, "policy", "MalformedPolicyDocumentException"),
    "trust policy that is no JSON": (ROLE, {"assumeRolePolicy": "{"}, "assumeRolePolicy", "MalformedPolicyDocument"),
    "long inline policy": (
        "iam/rolePolicy:RolePolicy",
        {"role": "r", "policy": policy({"Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::" + "b" * 60] * 150})},
        "policy",
        "the quota is 10240",
    ),
}


@pytest.mark.parametrize(("token", "inputs", "path", "reason"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_input_is_refused_where_it_stands(
    world: World, token: str, inputs: dict[str, Any], path: str, reason: str
) -> None:
    _, failures = world.check(token, "thing", **inputs)

    assert [failure for failure in failures if failure.property == path and reason in failure.reason], failures
    assert {failure.property for failure in failures} - {path} <= {"enableDnsHostname"}, "only this is wrong"
