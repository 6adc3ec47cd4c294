"""One site for all trials of a program small enough for seconds: a network with a cluster, and a namespace in it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
import pytest

from rehearsal.drill.site import Site
from rehearsal.drill.trials import undisturbed
from rehearsal.drill.world import World

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        }
    ],
}


def _program() -> None:
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", tags={"Name": "drill"})
    subnets = [
        aws.ec2.Subnet(
            f"subnet-{zone}",
            vpc_id=vpc.id,
            cidr_block=f"10.0.{number}.0/24",
            availability_zone=f"us-east-1{zone}",
            tags={"Name": zone},
        )
        for number, zone in enumerate("ab")
    ]
    aws.ec2.Eip("address", domain="vpc", tags={"Name": "drill"})
    key = aws.kms.Key("key", description="drill", deletion_window_in_days=7)
    role = aws.iam.Role("role", assume_role_policy=json.dumps(_TRUST))
    permission = aws.iam.RolePolicyAttachment(
        "permission", role=role.name, policy_arn="arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
    )
    cluster = aws.eks.Cluster(
        "cluster",
        name="drill",
        role_arn=role.arn,
        encryption_config=aws.eks.ClusterEncryptionConfigArgs(
            resources=["secrets"], provider=aws.eks.ClusterEncryptionConfigProviderArgs(key_arn=key.arn)
        ),
        vpc_config=aws.eks.ClusterVpcConfigArgs(subnet_ids=[subnet.id for subnet in subnets]),
        opts=pulumi.ResourceOptions(depends_on=[permission]),
    )
    kubernetes.core.v1.Namespace(
        "namespace", metadata={"name": "drilled"}, opts=pulumi.ResourceOptions(depends_on=[cluster])
    )


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    stacks = tmp_path_factory.mktemp("stacks")
    (stacks / "Pulumi.test.yaml").write_text("config: {}\n", encoding="utf-8")
    with Site("test", tmp_path_factory.mktemp("site"), stacks=stacks, program=_program) as opened:
        yield opened


@pytest.fixture(scope="session")
def expected(site: Site) -> World:
    return undisturbed(site)[0]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "lost"
