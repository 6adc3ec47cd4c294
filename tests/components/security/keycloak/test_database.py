"""Keycloak's database outlives a zone, is reached by the cluster only, and its password is known to nobody."""

import base64
from typing import Any

import pytest

from components.kit.maintenance import MaintenanceWindow
from components.kit.postgres import RdsSettings, authorities
from components.security.keycloak import database as keycloak_database
from components.security.keycloak.database import KeycloakDatabase
from tests.components import examples
from tests.components.recording import Recorded, Recording, build


def _built(*, retain_data: bool = True, window: MaintenanceWindow | None = None, **settings: Any) -> Recording:
    return build(
        lambda: KeycloakDatabase(
            "keycloak-database",
            examples.parsed(RdsSettings, **settings),
            cluster_name="platform-test",
            network=examples.network(),
            keys=examples.keys(),
            cluster=examples.cluster(),
            retain_data=retain_data,
            window=window,
        )
    )


def _instance(**settings: Any) -> Recorded:
    return _built(**settings).one("aws:rds/instance:Instance", "keycloak-database")


def test_aws_makes_keeps_and_changes_the_password() -> None:
    made = _instance().inputs

    assert made["manageMasterUserPassword"] is True
    assert "password" not in made
    assert "passwordWo" not in made


def test_it_outlives_a_zone_and_a_mistake() -> None:
    made = _instance().inputs

    assert made["multiAz"] is True
    assert made["backupRetentionPeriod"] == 14
    assert made["copyTagsToSnapshot"] is True


def test_it_is_encrypted_under_the_platforms_key() -> None:
    made = _instance().inputs

    assert made["storageEncrypted"] is True
    assert made["kmsKeyId"] == made["performanceInsightsKmsKeyId"] == "arn:key/volumes"


def test_aws_restarts_it_in_the_window_of_maintenance_only() -> None:
    window = examples.parsed(MaintenanceWindow, days=["saturday"], start="02:00", hours=4)

    made = _built(window=window).one("aws:rds/instance:Instance", "keycloak-database").inputs

    assert (made["maintenanceWindow"], made["backupWindow"]) == ("sat:02:00-sat:06:00", "00:30-01:30")
    assert "maintenanceWindow" not in _built().one("aws:rds/instance:Instance", "keycloak-database").inputs


@pytest.mark.parametrize("retain", [True, False])
def test_it_is_protected_and_leaves_a_snapshot_where_data_is_retained(*, retain: bool) -> None:
    made = _instance(retain_data=retain)

    assert made.protect is retain
    assert made.inputs["deletionProtection"] is retain
    assert made.inputs["skipFinalSnapshot"] is not retain
    assert made.inputs["deleteAutomatedBackups"] is not retain
    assert made.inputs["finalSnapshotIdentifier"] == "platform-test-keycloak-final"


def test_nobody_but_the_cluster_reaches_it_and_it_reaches_nobody() -> None:
    recording = _built()
    made = recording.one("aws:rds/instance:Instance", "keycloak-database").inputs
    wall = recording.one("aws:ec2/securityGroup:SecurityGroup", "keycloak-database").inputs
    (way_in,) = recording.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")

    assert made["publiclyAccessible"] is False
    assert made["vpcSecurityGroupIds"] == ["<keycloak-database.id>"]
    assert "ingress" not in wall
    assert recording.of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule") == []
    assert way_in.inputs["referencedSecurityGroupId"] == "sg-1"
    assert (way_in.inputs["fromPort"], way_in.inputs["toPort"]) == (5432, 5432)
    assert "cidrIpv4" not in way_in.inputs
    group = recording.one("aws:rds/subnetGroup:SubnetGroup", "keycloak-database").inputs
    assert group["subnetIds"] == ["subnet-node-a", "subnet-node-b"]


def test_policies_name_it_before_it_is_there() -> None:
    made = _instance().inputs["identifier"]

    assert keycloak_database.endpoint("platform-test", examples.account()).startswith(f"{made}.*.")


def test_the_longest_name_of_a_cluster_fits() -> None:
    # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html: 63 characters.
    assert len(keycloak_database.identifier("c" * 32)) <= 63


def test_each_region_has_its_own_authority_for_the_certificate_that_is_asked_for() -> None:
    assert _instance().inputs["caCertIdentifier"] == "rds-ca-rsa2048-g1"
    assert len(authorities()) == len(set(authorities().values())) == 27
    for region, pem in authorities().items():
        inner = pem.split("-----BEGIN CERTIFICATE-----")[1].split("-----END")[0]
        assert f"Amazon RDS {region} Root CA RSA2048 G1".encode() in base64.b64decode(inner)
