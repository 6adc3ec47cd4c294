"""The order in which things are made and deleted, how many there may be, and what is left of a failure."""

import pytest

from rehearsal.providers.standin import RefusedError
from tests.rehearsal.aws.inputs import ACCESS_ENTRY, ADDON, CLUSTER, KEY, ROLE, SUBNET
from tests.rehearsal.aws.world import ZONES, World, policy, trust

NAT = "ec2/natGateway:NatGateway"
ATTACHMENT = "iam/rolePolicyAttachment:RolePolicyAttachment"


def test_a_nat_gateway_needs_an_internet_gateway_first(empty: World) -> None:
    vpc = empty.make("ec2/vpc:Vpc", "vpc", cidrBlock="10.0.0.0/16")
    subnet = empty.make(SUBNET, "s", vpcId=vpc, cidrBlock="10.0.0.0/24", availabilityZone=ZONES[0])
    address = empty.make("ec2/eip:Eip", "eip", domain="vpc")

    with pytest.raises(RefusedError, match=f"Network {vpc} has no Internet gateway attached"):
        empty.create(NAT, "nat", subnetId=subnet, allocationId=address)


def test_a_default_quota_is_kept_and_said(empty: World) -> None:
    for number in range(5):
        empty.make("ec2/eip:Eip", f"eip{number}", domain="vpc")

    with pytest.raises(RefusedError, match="AddressLimitExceeded: AWS's default quota is 5 EC2-VPC Elastic IPs"):
        empty.create("ec2/eip:Eip", "eip5", domain="vpc")

    empty.delete("eip0")
    empty.make("ec2/eip:Eip", "eip5", domain="vpc")


def test_a_quota_is_counted_for_what_it_is_of(empty: World) -> None:
    arn = "arn:aws:iam::aws:policy/"
    policies = ("ReadOnlyAccess", "AmazonEKSClusterPolicy")
    for role in ("a", "b"):
        empty.make(ROLE, role, name=role, assumeRolePolicy=trust("ec2.amazonaws.com"))
        for policy_name in policies:
            empty.make(ATTACHMENT, f"{role}-{policy_name}", role=role, policyArn=arn + policy_name)

    resource, identifier, outputs = empty.made["a-ReadOnlyAccess"]
    empty.aws.update(resource, identifier, outputs, {"role": "a", "policyArn": arn + "ReadOnlyAccess"})


def test_a_cluster_that_knows_no_access_entries_refuses_one(world: World) -> None:
    inputs = {**world.cluster_inputs("old"), "accessConfig": {"authenticationMode": "CONFIG_MAP"}}
    world.make(CLUSTER, "old", **inputs)

    with pytest.raises(RefusedError, match="authentication mode is CONFIG_MAP"):
        world.create(ACCESS_ENTRY, "entry", clusterName="old", principalArn=world.role)

    world.delete("old")


def test_what_is_modelled_exists_once(world: World) -> None:
    world.make(ADDON, "cni", clusterName="platform", addonName="vpc-cni")

    with pytest.raises(RefusedError, match="eks CreateAddon refused: ResourceInUseException"):
        world.create(ADDON, "again", clusterName="platform", addonName="vpc-cni")

    world.delete("cni")


def test_a_cluster_under_deletion_protection_stays_until_that_is_turned_off(world: World) -> None:
    guarded = {**world.cluster_inputs("guarded"), "deletionProtection": True}
    world.make(CLUSTER, "guarded", **guarded)

    with pytest.raises(RefusedError, match="InvalidRequestException: deletion protection is on for guarded"):
        world.delete("guarded")
    world.make(CLUSTER, "other", **world.cluster_inputs("other"))
    world.delete("other")
    resource, identifier, outputs = world.made["guarded"]
    world.aws.update(resource, identifier, outputs, {**guarded, "deletionProtection": False})

    world.delete("guarded")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("vpc", "DependencyViolation"),
        (f"private-{ZONES[0]}", "is used by aws:eks/cluster:Cluster platform"),
        (f"public-{ZONES[0]}", "is used by aws:ec2/natGateway:NatGateway"),
        ("eip", "is used by aws:ec2/natGateway:NatGateway"),
        ("igw", "has some mapped public address"),
        ("cluster", "ResourceInUseException"),
        ("private", "DependencyViolation"),
    ],
)
def test_what_is_in_use_cannot_be_deleted(world: World, name: str, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        world.delete(name)


def test_a_failing_later_call_leaves_nothing_behind(empty: World) -> None:
    with pytest.raises(RefusedError, match="AttachRolePolicy refused: NoSuchEntity"):
        empty.create(
            ROLE,
            "role",
            assumeRolePolicy=trust("ec2.amazonaws.com"),
            inlinePolicies=[{"name": "read", "policy": policy({"Action": "s3:GetObject", "Resource": "*"})}],
            managedPolicyArns=["arn:aws:iam::aws:policy/NoSuchPolicy"],
        )

    assert empty.aws.left_in_aws() == ()
    assert empty.aws.summary().emulated == 0


def test_a_key_of_a_program_that_locks_out_is_accepted_when_it_insists(world: World) -> None:
    document = policy({"Principal": {"AWS": world.role}, "Action": "kms:Decrypt", "Resource": "*"})

    _, failures = world.check(KEY, "key", policy=document, bypassPolicyLockoutSafetyCheck=True)

    assert failures == []
