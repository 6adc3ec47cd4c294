"""Wrong inputs are refused in the preview already, in AWS's terms and at the property that is wrong."""

from typing import Any

import pytest

from rehearsal.providers.properties import UNKNOWN
from tests.rehearsal.aws.inputs import (
    ACCESS_POLICY,
    ADDON,
    CLUSTER,
    ENCRYPTION,
    ENDPOINT,
    GOOD_ADDON,
    GOOD_ASSOCIATION,
    GOOD_CLUSTER,
    GOOD_ENDPOINT,
    GOOD_NODES,
    GOOD_ROLE,
    GOOD_SUBNET,
    GOOD_VPC,
    KEY,
    LOG_GROUP,
    NODE_GROUP,
    QUEUE,
    ROLE,
    SUBNET,
    TEMPLATE,
    VPC,
    sized,
)
from tests.rehearsal.aws.world import World

# Each row is one wrong thing in otherwise good inputs: type, inputs, the property that is named, what is said of it.
WRONG: dict[str, tuple[str, dict[str, Any], str, str]] = {
    # Enumerations.
    "tenancy": (
        VPC,
        {**GOOD_VPC, "instanceTenancy": "shared"},
        "instanceTenancy",
        "values are default, dedicated, host",
    ),
    "ami type": (
        NODE_GROUP,
        {**GOOD_NODES, "amiType": "BOTTLEROCKET_ARM64"},
        "amiType",
        "nearest is BOTTLEROCKET_ARM_64",
    ),
    "capacity": (NODE_GROUP, {**GOOD_NODES, "capacityType": "spot"}, "capacityType", "nearest is SPOT"),
    "taint": (
        NODE_GROUP,
        {**GOOD_NODES, "taints": [{"key": "a", "value": "b", "effect": "NoSchedule"}]},
        "taints[0].effect",
        "nearest is NO_SCHEDULE",
    ),
    "authentication mode": (
        CLUSTER,
        {**GOOD_CLUSTER, "accessConfig": {"authenticationMode": "IAM"}},
        "accessConfig.authenticationMode",
        "the values are API, API_AND_CONFIG_MAP, CONFIG_MAP",
    ),
    "conflicts": (
        ADDON,
        {**GOOD_ADDON, "resolveConflictsOnCreate": "FORCE"},
        "resolveConflictsOnCreate",
        "OVERWRITE, NONE",
    ),
    "conflicts at update": (
        ADDON,
        {**GOOD_ADDON, "resolveConflictsOnUpdate": "FORCE"},
        "resolveConflictsOnUpdate",
        "eks UpdateAddon: resolveConflicts has no value 'FORCE'",
    ),
    "volume type": (
        TEMPLATE,
        {"blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"volumeType": "gp4"}}]},
        "blockDeviceMappings[0].ebs.volumeType",
        "nearest is gp",
    ),
    "metadata tokens": (
        TEMPLATE,
        {"metadataOptions": {"httpTokens": "enforced"}},
        "metadataOptions.httpTokens",
        "LaunchTemplateData.MetadataOptions.HttpTokens has no value 'enforced'",
    ),
    "template's instance type": (TEMPLATE, {"instanceType": "m7g.larg"}, "instanceType", "m7g.large"),
    "tagged resource": (
        TEMPLATE,
        {"tagSpecifications": [{"resourceType": "instances", "tags": {"a": "b"}}]},
        "tagSpecifications[0].resourceType",
        "nearest of its",
    ),
    "key usage": (KEY, {"keyUsage": "ENCRYPT"}, "keyUsage", "ENCRYPT_DECRYPT"),
    "key spec": (KEY, {"customerMasterKeySpec": "AES_256"}, "customerMasterKeySpec", "KeySpec has no value 'AES_256'"),
    "log class": (LOG_GROUP, {"logGroupClass": "CHEAP"}, "logGroupClass", "STANDARD, INFREQUENT_ACCESS"),
    "endpoint type": (
        ENDPOINT,
        {**GOOD_ENDPOINT, "vpcEndpointType": "gateway"},
        "vpcEndpointType",
        "nearest is Gateway",
    ),
    "scope": (
        ACCESS_POLICY,
        {**GOOD_ASSOCIATION, "accessScope": {"type": "all"}},
        "accessScope.type",
        "cluster, namespace",
    ),
    "traffic": ("ec2/flowLog:FlowLog", {"vpcId": UNKNOWN, "trafficType": "DENY"}, "trafficType", "ACCEPT, REJECT, ALL"),
    "bucket encryption": (
        ENCRYPTION,
        {"bucket": "b", "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES"}}]},
        "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm",
        "nearest is AES256",
    ),
    # Patterns and lengths.
    "role name": (ROLE, {**GOOD_ROLE, "name": "a b"}, "name", r"RoleName must match [\w+=,.@-]+"),
    "long role name": (ROLE, {**GOOD_ROLE, "name": "r" * 65}, "name", "RoleName takes at most 64 characters, not 65"),
    "role path": (ROLE, {**GOOD_ROLE, "path": "platform"}, "path", "Path must match"),
    "role description": (ROLE, {**GOOD_ROLE, "description": "from → to"}, "description", "Description must match"),
    "cluster name": (CLUSTER, {**GOOD_CLUSTER, "name": "plat.form"}, "name", "name must match ^[0-9A-Za-z]"),
    "log group name": (LOG_GROUP, {"name": "a group"}, "name", "logGroupName must match"),
    "alias without prefix": (
        "kms/alias:Alias",
        {"name": "state", "targetKeyId": UNKNOWN},
        "name",
        "begins with alias/",
    ),
    "alias characters": (
        "kms/alias:Alias",
        {"name": "alias/a.b", "targetKeyId": UNKNOWN},
        "name",
        "AliasName must match",
    ),
    "tag key": (ROLE, {**GOOD_ROLE, "tags": {"a!": "b"}}, "tags.a!", r"Tags[0].Key must match [\p{L}"),
    "taint key": (
        NODE_GROUP,
        {**GOOD_NODES, "taints": [{"key": "k" * 64, "effect": "NO_SCHEDULE"}]},
        "taints[0].key",
        "at most 63 characters",
    ),
    "bucket name": ("s3/bucket:Bucket", {"bucket": "My_Bucket"}, "bucket", "InvalidBucketName"),
    # Numbers.
    "session": (ROLE, {**GOOD_ROLE, "maxSessionDuration": 60}, "maxSessionDuration", "at least 3600, not 60"),
    "rotation": (KEY, {"enableKeyRotation": True, "rotationPeriodInDays": 30}, "rotationPeriodInDays", "at least 90"),
    "window": (KEY, {"deletionWindowInDays": 3}, "deletionWindowInDays", "from 7 to 30, not 3"),
    "retention": (LOG_GROUP, {"retentionInDays": 42}, "retentionInDays", "no value 42: the values are 1, 3, 5"),
    "unavailable share": (
        NODE_GROUP,
        {**GOOD_NODES, "updateConfig": {"maxUnavailablePercentage": 120}},
        "updateConfig.maxUnavailablePercentage",
        "at most 100, not 120",
    ),
    "largest size": (NODE_GROUP, sized(maxSize=0), "scalingConfig.maxSize", "at least 1, not 0"),
    "desired above largest": (
        NODE_GROUP,
        sized(desiredSize=5),
        "scalingConfig.desiredSize",
        "desired capacity 5 is above",
    ),
    "desired below smallest": (NODE_GROUP, sized(desiredSize=0), "scalingConfig.desiredSize", "capacity 0 is below"),
    "smallest above largest": (
        NODE_GROUP,
        sized(minSize=4, desiredSize=UNKNOWN),
        "scalingConfig.minSize",
        "minimum capacity 4 is above",
    ),
    "queue delay": (QUEUE, {"delaySeconds": 901}, "delaySeconds", "from 0 to 900, not 901"),
    "fifo name": (QUEUE, {"name": "jobs", "fifoQueue": True}, "name", "ends in .fifo"),
    # Types.
    "list for text": (
        VPC,
        {"cidrBlock": ["10.0.0.0/16"]},
        "cidrBlock",
        "CidrBlock takes a string, not ['10.0.0.0/16']",
    ),
    "text for list": (
        NODE_GROUP,
        {**GOOD_NODES, "instanceTypes": "m7g.large"},
        "instanceTypes",
        "takes a list of strings",
    ),
    "text for number": (NODE_GROUP, sized(maxSize="many"), "scalingConfig.maxSize", "takes an integer"),
    "fraction": (NODE_GROUP, sized(maxSize=2.5), "scalingConfig.maxSize", "takes an integer, not 2.5"),
    "text for boolean": (
        VPC,
        {**GOOD_VPC, "enableDnsHostnames": "yes"},
        "enableDnsHostnames",
        "takes a boolean, not 'yes'",
    ),
    "list for structure": (
        CLUSTER,
        {**GOOD_CLUSTER, "vpcConfig": ["a", "b"]},
        "vpcConfig",
        "resourcesVpcConfig takes a structure",
    ),
    # Members that are missing or that AWS does not know.
    "no trust policy": (ROLE, {"name": "r"}, "assumeRolePolicy", "iam CreateRole requires AssumeRolePolicyDocument"),
    "no network": (SUBNET, {**GOOD_SUBNET, "vpcId": None}, "vpcId", "ec2 CreateSubnet requires VpcId"),
    "no configuration": (
        CLUSTER,
        {**GOOD_CLUSTER, "vpcConfig": None},
        "vpcConfig",
        "eks CreateCluster requires resourcesVpcConfig",
    ),
    "no role": (CLUSTER, {**GOOD_CLUSTER, "roleArn": None}, "roleArn", "eks CreateCluster requires roleArn"),
    "no add-on": (ADDON, {"clusterName": "p"}, "addonName", "eks CreateAddon requires addonName"),
    "nested": (
        ADDON,
        {**GOOD_ADDON, "podIdentityAssociations": [{"serviceAccount": "aws-node"}]},
        "podIdentityAssociations[0].roleArn",
        "requires podIdentityAssociations[0].roleArn",
    ),
    "misspelt": (VPC, {**GOOD_VPC, "enableDnsHostname": True, "dnsHostnames": True}, "dnsHostnames", "it is misspelt"),
    "misspelt inside": (
        CLUSTER,
        {**GOOD_CLUSTER, "vpcConfig": {"subnetIds": [UNKNOWN, UNKNOWN], "publicAccess": True}},
        "vpcConfig.publicAccess",
        "eks CreateCluster has no member for this input",
    ),
    "misspelt in a list": (
        TEMPLATE,
        {"blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"size": 20}}]},
        "blockDeviceMappings[0].ebs.size",
        "has no member for this input",
    ),
    "not in the tables": (
        "s3/bucket:Bucket",
        {"bucket": "platform-state", "versioning": {"enabled": True}},
        "versioning",
        "is not rehearsed: use aws.s3.BucketVersioning",
    ),
}


@pytest.mark.parametrize(("token", "inputs", "path", "reason"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_input_is_refused_where_it_stands(
    world: World, token: str, inputs: dict[str, Any], path: str, reason: str
) -> None:
    _, failures = world.check(token, "thing", **inputs)

    assert [failure for failure in failures if failure.property == path and reason in failure.reason], failures
    assert {failure.property for failure in failures} - {path} <= {"enableDnsHostname"}, "only this is wrong"


def test_all_faults_are_named_at_once(world: World) -> None:
    _, failures = world.check(NODE_GROUP, "nodes", **{**sized(maxSize=0), "amiType": "x", "capacityType": "y"})

    assert {"scalingConfig.maxSize", "amiType", "capacityType"} <= {failure.property for failure in failures}


def test_a_type_the_sdk_does_not_have_is_refused(world: World) -> None:
    _, failures = world.check("ec2/vpc:Vcp", "vpc", cidrBlock="10.0.0.0/16")

    assert "declares no type aws:ec2/vpc:Vcp" in failures[0].reason


def test_a_misspelt_input_of_a_type_without_a_row_is_refused(world: World) -> None:
    _, failures = world.check("sns/topic:Topic", "alarms", displayNam="alarms")

    assert [failure.property for failure in failures] == ["displayNam"]


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        pytest.param(VPC, {"cidrBlock": UNKNOWN, "enableDnsHostnames": UNKNOWN, "tags": UNKNOWN}, id="network"),
        pytest.param(CLUSTER, {**GOOD_CLUSTER, "version": UNKNOWN, "vpcConfig": UNKNOWN}, id="cluster"),
        pytest.param(
            NODE_GROUP,
            {**GOOD_NODES, "instanceTypes": [UNKNOWN], "scalingConfig": UNKNOWN, "taints": UNKNOWN},
            id="node group",
        ),
        pytest.param(
            NODE_GROUP,
            {
                **GOOD_NODES,
                "amiType": UNKNOWN,
                "labels": {"a": UNKNOWN},
                "launchTemplate": {"id": UNKNOWN, "version": "1"},
            },
            id="node group with a template",
        ),
        pytest.param(KEY, {"policy": UNKNOWN, "deletionWindowInDays": UNKNOWN}, id="key"),
        pytest.param(ROLE, {"assumeRolePolicy": UNKNOWN, "inlinePolicies": [UNKNOWN]}, id="role"),
        pytest.param("ec2/routeTable:RouteTable", {"vpcId": UNKNOWN, "routes": UNKNOWN}, id="route table"),
    ],
)
def test_what_is_not_known_yet_is_neither_good_nor_bad(world: World, token: str, inputs: dict[str, Any]) -> None:
    _, failures = world.check(token, "thing", **inputs)

    assert failures == []


def test_numbers_and_booleans_may_be_texts_as_the_provider_takes_them(world: World) -> None:
    ebs = {"volumeSize": "20", "encrypted": "true", "deleteOnTermination": "true"}
    _, failures = world.check(TEMPLATE, "t", blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": ebs}])

    assert failures == []
