"""The control plane: private, encrypted, audited, and open to named principals only."""

from collections.abc import Sequence
from ipaddress import IPv4Network
from typing import Any

import botocore.session
import pytest
from pydantic import ValidationError

from components.compute.cluster import Cluster, ClusterSettings, private_clients
from components.foundation.network_settings import NetworkSettings
from components.kit import versions
from tests.components import examples
from tests.components.recording import Recording, build

_ACCESS = {"deployer": examples.DEPLOYER, "admin": examples.ADMIN}


def _settings(**values: Any) -> ClusterSettings:
    return examples.parsed(
        ClusterSettings, **{"name": "platform-test", "access": _ACCESS, "access_path": "vpn", **values}
    )


def _built(*, retain: bool = True, clients: Sequence[str] = (), **values: Any) -> Recording:
    return build(
        lambda: Cluster(
            "cluster",
            _settings(**values),
            account=examples.account(),
            network=examples.network(),
            keys=examples.keys(),
            clients=[IPv4Network(block) for block in clients],
            retain_data=retain,
        )
    )


def _cluster(**values: Any) -> dict[str, Any]:
    return _built(**values).one("aws:eks/cluster:Cluster", "cluster-control-plane").inputs


def test_the_cluster_is_of_the_pinned_minor() -> None:
    assert _cluster()["version"] == versions.pinned().kubernetes


def test_a_stack_may_stay_on_the_minor_below_until_it_is_upgraded() -> None:
    assert _cluster(version="1.35")["version"] == "1.35"


def test_nothing_is_installed_in_it_by_aws() -> None:
    assert _cluster()["bootstrapSelfManagedAddons"] is False


def test_only_access_entries_let_anyone_in() -> None:
    assert _cluster()["accessConfig"] == {
        "authenticationMode": "API",
        "bootstrapClusterCreatorAdminPermissions": False,
    }


def test_the_layer_lets_in_whom_its_settings_name() -> None:
    recording = _built(access={**_ACCESS, "break_glass": "arn:aws:iam::111122223333:role/break-glass"})

    entries = recording.of("aws:eks/accessEntry:AccessEntry")
    assert {made.name for made in entries} == {"cluster-deployer", "cluster-admin", "cluster-break-glass"}
    assert {made.inputs["clusterName"] for made in entries} == {"platform-test"}
    assert all("cluster-control-plane" in made.dependencies for made in entries)


def test_the_api_server_answers_inside_the_vpc_only_unless_told_otherwise() -> None:
    private = _cluster()["vpcConfig"]
    public = _cluster(public_access_cidrs=["198.51.100.0/24"])["vpcConfig"]

    assert (private["endpointPrivateAccess"], private["endpointPublicAccess"]) == (True, False)
    assert (public["endpointPublicAccess"], public["publicAccessCidrs"]) == (True, ["198.51.100.0/24"])


def test_the_control_plane_lives_in_its_own_subnets() -> None:
    assert _cluster()["vpcConfig"]["subnetIds"] == ["subnet-control-plane-a", "subnet-control-plane-b"]


def test_no_security_group_is_added_to_the_one_eks_makes() -> None:
    recording = _built()

    assert (
        "securityGroupIds" not in recording.one("aws:eks/cluster:Cluster", "cluster-control-plane").inputs["vpcConfig"]
    )
    assert not [made for made in recording.resources if "ecurityGroup" in made.type]


def test_secrets_are_encrypted_under_their_own_key() -> None:
    assert _cluster()["encryptionConfig"] == {"provider": {"keyArn": "arn:key/secrets"}, "resources": ["secrets"]}


def test_all_five_logs_go_to_a_group_the_program_owns() -> None:
    recording = _built(log_retention_days=365)

    group = recording.one("aws:cloudwatch/logGroup:LogGroup", "cluster-logs").inputs
    cluster = recording.one("aws:eks/cluster:Cluster", "cluster-control-plane")
    assert group["name"] == "/aws/eks/platform-test/cluster"
    assert (group["retentionInDays"], group["kmsKeyId"]) == (365, "arn:key/logs")
    assert len(cluster.inputs["enabledClusterLogTypes"]) == 5
    # So it is there before EKS would make its own, and goes after the cluster has stopped writing.
    assert "cluster-logs" in cluster.dependencies


def test_the_control_plane_has_its_permissions_from_its_first_moment() -> None:
    recording = _built()

    attachment = recording.one("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "cluster-control-plane-policy")
    assert attachment.inputs["role"] == "<cluster-control-plane.name>"
    assert attachment.inputs["policyArn"] == "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
    assert attachment.name in recording.one("aws:eks/cluster:Cluster", "cluster-control-plane").dependencies


def test_an_old_version_never_slides_into_paid_extended_support() -> None:
    assert _cluster()["upgradePolicy"] == {"supportType": "STANDARD"}
    assert _cluster(support="extended")["upgradePolicy"] == {"supportType": "EXTENDED"}


@pytest.mark.parametrize("enabled", [True, False])
def test_traffic_may_be_shifted_away_from_a_zone(enabled: bool) -> None:  # noqa: FBT001 - the row's value
    assert _cluster(zonal_shift=enabled)["zonalShiftConfig"] == {"enabled": enabled}
    assert _cluster()["zonalShiftConfig"] == {"enabled": True}


def test_the_control_plane_grows_by_itself_unless_its_capacity_is_reserved() -> None:
    assert _cluster()["controlPlaneScalingConfig"] == {"tier": "standard"}
    assert _cluster(scaling_tier="tier-2xl")["controlPlaneScalingConfig"] == {"tier": "tier-2xl"}


def test_every_scaling_tier_of_eks_can_be_chosen() -> None:
    tiers = botocore.session.get_session().get_service_model("eks").shape_for("ProvisionedControlPlaneTier").enum

    assert [_settings(scaling_tier=tier).scaling_tier for tier in tiers] == tiers


@pytest.mark.parametrize("retain", [True, False])
def test_the_cluster_is_protected_where_data_is_retained(retain: bool) -> None:  # noqa: FBT001 - the row's value
    made = _built(retain=retain).one("aws:eks/cluster:Cluster", "cluster-control-plane")

    assert made.protect is retain
    assert made.inputs["deletionProtection"] is retain


@pytest.mark.parametrize("path", ["vpn", "bastion", "runner_in_vpc"])
def test_a_private_api_server_can_be_reached_somehow(path: str) -> None:
    assert _settings(access_path=path).access_path == path


def test_callers_inside_the_vpc_are_let_in_at_the_api_servers_port_alone() -> None:
    recording = _built(clients=["10.20.0.0/16", "10.64.0.0/12"])

    rules = recording.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert {made.name for made in rules} == {"cluster-api-10.20.0.0-16", "cluster-api-10.64.0.0-12"}
    for made in rules:
        assert made.inputs["securityGroupId"] == "<cluster-control-plane.vpcConfig.clusterSecurityGroupId>"
        assert (made.inputs["ipProtocol"], made.inputs["fromPort"], made.inputs["toPort"]) == ("tcp", 443, 443)
    assert {made.inputs["cidrIpv4"] for made in rules} == {"10.20.0.0/16", "10.64.0.0/12"}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"access_path": "vpn"}, ["10.20.0.0/16", "10.64.0.0/12"]),
        ({"access_path": "bastion"}, ["10.20.0.0/16"]),
        ({"access_path": "vpn", "private_access_cidrs": ["10.64.8.0/24"]}, ["10.64.8.0/24"]),
        ({"access_path": None, "public_access_cidrs": ["198.51.100.0/24"]}, []),
    ],
    ids=["vpn", "bastion", "narrowed", "public"],
)
def test_who_calls_the_api_server_inside_the_vpc_follows_from_the_access_path(
    values: dict[str, Any], expected: list[str]
) -> None:
    network = examples.parsed(
        NetworkSettings,
        cidr="10.20.0.0/16",
        zones=["eu-central-1a", "eu-central-1b", "eu-central-1c"],
        transit_gateway={"id": "tgw-0123456789abcdef0", "cidrs": ["10.64.0.0/12"]},
    )

    assert [str(block) for block in private_clients(_settings(**values), network)] == expected


def test_a_public_api_server_needs_no_other_way() -> None:
    assert _settings(access_path=None, public_access_cidrs=["198.51.100.0/24"]).access_path is None


def test_wrong_address_blocks_are_one_fault_not_two() -> None:
    with pytest.raises(ValidationError) as caught:
        _settings(access_path=None, public_access_cidrs=["0.0.0.0/33"])

    assert [error["loc"][0] for error in caught.value.errors()] == ["public_access_cidrs"]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"name": "-prod"}, "pattern"),
        ({"name": "p" * 64}, "pattern"),
        ({"access": {"deployer": examples.DEPLOYER}}, "admin"),
        ({"access": {**_ACCESS, "admin": "arn:aws:iam::1:role/x"}}, "pattern"),
        ({"public_access_cidrs": ["0.0.0.0/33"]}, "not a valid netmask"),
        ({"service_cidr": "100.64.0.0/16"}, "private range"),
        ({"service_cidr": "10.100.0.0/25"}, "/12 to /24"),
        ({"log_retention_days": 31}, "30, 60, 90"),
        ({"access_path": None}, "with 0 blocks in public_access_cidrs .* a private endpoint nobody can reach"),
        ({"access_path": "telephone"}, "'vpn', 'bastion' or 'runner_in_vpc'"),
        ({"version": "1.34"}, r"1\.34 is no minor of this platform"),
        ({"version": 1.36}, "valid string"),
        ({"support": "none"}, "'standard' or 'extended'"),
        ({"scaling_tier": "tier-3xl"}, "tier-xl"),
    ],
    ids=str,
)
def test_impossible_clusters_are_refused(values: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        _settings(**values)
