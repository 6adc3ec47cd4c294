"""The control plane: private, encrypted, audited, and open to named principals only."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.compute.cluster import Cluster, ClusterSettings
from components.kit import versions
from tests.components import examples
from tests.components.recording import Recording, build

_ACCESS = {"deployer": examples.DEPLOYER, "admin": examples.ADMIN}


def _settings(**values: Any) -> ClusterSettings:
    return examples.parsed(ClusterSettings, **{"name": "platform-test", "access": _ACCESS, **values})


def _built(*, retain: bool = True, **values: Any) -> Recording:
    return build(
        lambda: Cluster(
            "cluster",
            _settings(**values),
            account=examples.account(),
            network=examples.network(),
            keys=examples.keys(),
            retain_data=retain,
        )
    )


def _cluster(**values: Any) -> dict[str, Any]:
    return _built(**values).one("aws:eks/cluster:Cluster", "cluster-control-plane").inputs


def test_the_cluster_is_of_the_pinned_minor() -> None:
    assert _cluster()["version"] == versions.pinned().kubernetes


def test_nothing_is_installed_in_it_by_aws() -> None:
    assert _cluster()["bootstrapSelfManagedAddons"] is False


def test_only_access_entries_let_anyone_in() -> None:
    assert _cluster()["accessConfig"] == {
        "authenticationMode": "API",
        "bootstrapClusterCreatorAdminPermissions": False,
    }


def test_the_deployer_and_the_admin_administer_the_cluster() -> None:
    recording = _built()

    entries = {made.name: made.inputs["principalArn"] for made in recording.of("aws:eks/accessEntry:AccessEntry")}
    policies = recording.of("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
    assert entries == {"cluster-deployer": examples.DEPLOYER, "cluster-admin": examples.ADMIN}
    assert {made.inputs["principalArn"] for made in policies} == set(entries.values())
    assert {made.inputs["policyArn"] for made in policies} == {
        "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
    }


def test_the_api_server_answers_inside_the_vpc_only_unless_told_otherwise() -> None:
    private = _cluster()["vpcConfig"]
    public = _cluster(public_access_cidrs=["198.51.100.0/24"])["vpcConfig"]

    assert (private["endpointPrivateAccess"], private["endpointPublicAccess"]) == (True, False)
    assert (public["endpointPublicAccess"], public["publicAccessCidrs"]) == (True, ["198.51.100.0/24"])


def test_the_control_plane_lives_in_its_own_subnets() -> None:
    assert _cluster()["vpcConfig"]["subnetIds"] == ["subnet-control-plane-a", "subnet-control-plane-b"]


def test_secrets_are_encrypted_under_their_own_key() -> None:
    assert _cluster()["encryptionConfig"] == {"provider": {"keyArn": "arn:key/secrets"}, "resources": ["secrets"]}


def test_all_five_logs_go_to_a_group_the_program_owns() -> None:
    recording = _built(log_retention_days=365)

    group = recording.one("aws:cloudwatch/logGroup:LogGroup", "cluster-logs").inputs
    cluster = recording.one("aws:eks/cluster:Cluster", "cluster-control-plane")
    assert group["name"] == "/aws/eks/platform-test/cluster"
    assert (group["retentionInDays"], group["kmsKeyId"]) == (365, "arn:key/logs")
    assert len(cluster.inputs["enabledClusterLogTypes"]) == 5
    assert "cluster-logs" in cluster.dependencies


def test_the_control_plane_has_its_permissions_from_its_first_moment() -> None:
    recording = _built()

    attachment = recording.one("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "cluster-control-plane-policy")
    assert attachment.inputs["role"] == "<cluster-control-plane.name>"
    assert attachment.inputs["policyArn"] == "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
    assert attachment.name in recording.one("aws:eks/cluster:Cluster", "cluster-control-plane").dependencies


def test_an_old_version_never_slides_into_paid_extended_support() -> None:
    assert _cluster()["upgradePolicy"] == {"supportType": "STANDARD"}


@pytest.mark.parametrize("retain", [True, False])
def test_the_cluster_is_protected_where_data_is_retained(retain: bool) -> None:  # noqa: FBT001 - the row's value
    made = _built(retain=retain).one("aws:eks/cluster:Cluster", "cluster-control-plane")

    assert made.protect is retain


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
        ({"access": {"deployer": examples.ADMIN, "admin": examples.ADMIN}}, "another"),
    ],
    ids=str,
)
def test_impossible_clusters_are_refused(values: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        _settings(**values)
