"""Outputs: every one the SDK declares, true where AWS answers, recognisable where nobody does."""

import base64
import json
from typing import Any

from rehearsal.aws.attributes import fill
from rehearsal.aws.rows import ROWS
from rehearsal.aws.sdk import declared
from tests.rehearsal.aws.world import REGION, World


def _declared_outputs(token: str) -> tuple[set[str], set[str]]:
    known = declared(f"aws:{token}")
    assert known is not None
    return set(known.outputs), set(known.optional)


def test_every_output_that_must_be_there_is_there(world: World) -> None:
    for resource, _, outputs in world.made.values():
        there, optional = _declared_outputs(resource.type.removeprefix("aws:"))
        assert there - optional - set(outputs) == set(), resource.type
        json.dumps(outputs)


def test_a_network_answers_for_itself(world: World) -> None:
    identifier = world.identifier("vpc")
    outputs = world.outputs("vpc")

    assert outputs["arn"] == f"arn:aws:ec2:{REGION}:{world.account}:vpc/{identifier}"
    assert outputs["ownerId"] == world.account
    assert outputs["mainRouteTableId"].startswith("rtb-")
    assert outputs["defaultSecurityGroupId"].startswith("sg-")
    assert outputs["defaultNetworkAclId"].startswith("acl-")
    assert outputs["enableDnsHostnames"] is True
    assert outputs["ipv6AssociationId"] == "<vpc.ipv6AssociationId>"


def test_a_cluster_answers_what_programs_wire_on(world: World) -> None:
    outputs = world.outputs("cluster")

    assert outputs["endpoint"].startswith("https://")
    assert outputs["identities"][0]["oidcs"][0]["issuer"].startswith(f"https://oidc.eks.{REGION}.amazonaws.com/id/")
    assert b"certificate" in base64.b64decode(outputs["certificateAuthority"]["data"])
    assert outputs["vpcConfig"]["vpcId"] == world.identifier("vpc")
    assert outputs["vpcConfig"]["subnetIds"] == world.subnets
    assert outputs["arn"] == f"arn:aws:eks:{REGION}:{world.account}:cluster/platform"


def test_a_rule_can_be_put_on_the_security_group_that_eks_makes(world: World) -> None:
    group = world.outputs("cluster")["vpcConfig"]["clusterSecurityGroupId"]

    world.make(
        "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "from-cluster",
        securityGroupId=group,
        ipProtocol="-1",
        referencedSecurityGroupId=group,
    )
    world.delete("from-cluster")


def test_a_node_group_has_an_auto_scaling_group_and_the_clusters_version(world: World) -> None:
    outputs = world.outputs("nodes")

    assert outputs["resources"][0]["autoscalingGroups"][0]["name"].startswith("eks-")
    assert outputs["version"] == "1.34"
    assert world.identifier("nodes") == f"platform:{outputs['nodeGroupName']}"


def test_a_nat_gateway_and_its_address_agree(world: World) -> None:
    assert world.outputs("nat")["publicIp"] == world.outputs("eip")["publicIp"]
    assert world.outputs("nat")["allocationId"] == world.identifier("eip")


def test_an_invention_has_the_declared_type_and_says_whose_it_is() -> None:
    known = declared("aws:eks/cluster:Cluster")
    assert known is not None

    outputs = fill("control-plane", known, {"name": "platform", "tags": None}, {})

    assert outputs["endpoint"] == "<control-plane.endpoint>"
    assert outputs["certificateAuthority"] == {}
    assert outputs["identities"] == [{}]
    assert outputs["deletionProtection"] is False
    assert outputs["tagsAll"] == {}
    assert "tags" not in outputs
    assert "encryptionConfig" not in outputs


def test_an_answer_takes_the_form_that_the_sdk_declares() -> None:
    known = declared("aws:eks/cluster:Cluster")
    assert known is not None
    answered: dict[str, Any] = {
        "identities": {"oidc": {"issuer": "https://issuer"}},
        "vpcConfig": {"vpcId": "vpc-1", "subnetIds": ["ignored"]},
    }

    outputs = fill("c", known, {"vpcConfig": {"subnetIds": ["subnet-1"], "endpointPublicAccess": None}}, answered)

    assert outputs["identities"] == [{"oidcs": [{"issuer": "https://issuer"}]}]
    assert outputs["vpcConfig"] == {"vpcId": "vpc-1", "subnetIds": ["subnet-1"]}


def test_the_sdk_is_read_for_every_type_of_the_tables() -> None:
    for token in ROWS:
        known = declared(token)
        assert known is not None
        assert known.inputs
        assert {"id", "urn"} & set(known.outputs) == set()


def test_a_type_whose_arguments_have_another_name_is_read_too() -> None:
    known = declared("aws:s3/bucketVersioning:BucketVersioning")
    assert known is not None

    assert {"bucket", "versioningConfiguration"} <= set(known.inputs)


def test_a_folder_of_the_sdk_may_end_in_an_underscore() -> None:
    assert declared("aws:lambda/function:Function") is not None
    assert declared("aws:nowhere/thing:Thing") is None
