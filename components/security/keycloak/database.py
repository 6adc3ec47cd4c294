"""Keycloak's PostgreSQL in RDS, whose password AWS makes, keeps and changes: no state and no person ever has it."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pulumi
import pulumi_aws as aws

from components.compute.cluster import ClusterOutputs
from components.foundation.account import AccountSettings
from components.foundation.encryption import EncryptionOutputs
from components.foundation.network import NetworkOutputs
from components.kit.layer import Layer
from components.security.keycloak.settings import RdsSettings

PORT: Final = 5432
DATABASE: Final = "keycloak"

# Keycloak 26.5 takes 13 to 18: https://www.keycloak.org/server/db. RDS chooses the minor, and moves it by itself.
_VERSION: Final = "17"
# RSA, for every client knows it: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
_AUTHORITY: Final = "rds-ca-rsa2048-g1"
_GROWS_TO: Final = 5
# The least that RDS keeps, free of charge: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.html
_INSIGHTS_DAYS: Final = 7

_AUTHORITIES: Final = Path(__file__).parent / "rds_authorities.pem"
"""The root of each region's certificates: https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeycloakDatabaseOutputs:
    """Where the database is, and the secret in Secrets Manager with the keys ``username`` and ``password``."""

    host: pulumi.Output[str]
    secret_arn: pulumi.Output[str]


class KeycloakDatabase(Layer, kind="platform:security:KeycloakDatabase"):
    """An instance with a copy in another zone, which only this cluster's nodes and pods reach."""

    def __init__(
        self,
        name: str,
        settings: RdsSettings,
        *,
        cluster_name: str,
        network: NetworkOutputs,
        keys: EncryptionOutputs,
        cluster: ClusterOutputs,
        retain_data: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        subnets = aws.rds.SubnetGroup(
            name,
            description="The database of Keycloak, where the nodes are",
            subnet_ids=list(network.node_subnet_ids.values()),
            opts=self.child(),
        )
        wall = aws.ec2.SecurityGroup(
            name,
            description="The database of Keycloak, which calls nobody",
            vpc_id=network.vpc_id,
            tags={"Name": name},
            opts=self.child(),
        )
        # The instance does not wait for it, and with it for the cluster: each takes its ten minutes.
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-cluster",
            description="PostgreSQL, from nodes and pods of the cluster",
            security_group_id=wall.id,
            referenced_security_group_id=cluster.security_group_id,
            ip_protocol="tcp",
            from_port=PORT,
            to_port=PORT,
            opts=self.child(),
        )
        instance = aws.rds.Instance(
            name,
            # Network policies name it before it is there.
            identifier=identifier(cluster_name),
            engine="postgres",
            engine_version=_VERSION,
            instance_class=settings.instance_class,
            db_name=DATABASE,
            port=PORT,
            username=DATABASE,
            # Encrypted with AWS's own key for Secrets Manager, which whoever may read the secret may use.
            manage_master_user_password=True,
            allocated_storage=settings.storage_gib,
            max_allocated_storage=settings.storage_gib * _GROWS_TO,
            storage_type="gp3",
            storage_encrypted=True,
            kms_key_id=keys.volumes_key_arn,
            multi_az=settings.multi_az,
            publicly_accessible=False,
            db_subnet_group_name=subnets.name,
            vpc_security_group_ids=[wall.id],
            ca_cert_identifier=_AUTHORITY,
            backup_retention_period=settings.backup_days,
            copy_tags_to_snapshot=True,
            auto_minor_version_upgrade=True,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=keys.volumes_key_arn,
            performance_insights_retention_period=_INSIGHTS_DAYS,
            deletion_protection=retain_data,
            delete_automated_backups=not retain_data,
            skip_final_snapshot=not retain_data,
            final_snapshot_identifier=f"{identifier(cluster_name)}-final",
            opts=self.child(protect=retain_data),
        )
        self.outputs = self.publish(
            KeycloakDatabaseOutputs(
                host=instance.address,
                secret_arn=instance.master_user_secrets.apply(lambda secrets: secrets[0].secret_arn or ""),
            )
        )


def identifier(cluster_name: str) -> str:
    """Return what the instance is called: with a cluster's 32 characters at most, fewer than RDS's 63."""
    return f"{cluster_name}-keycloak"


def endpoint(cluster_name: str, account: AccountSettings) -> str:
    """Return the pattern of the instance's name in DNS, in whose middle RDS puts what is the account's own."""
    suffix = "amazonaws.com.cn" if account.partition == "aws-cn" else "amazonaws.com"
    return f"{identifier(cluster_name)}.*.{account.region}.rds.{suffix}"


@cache
def authorities() -> dict[str, str]:
    """Return the root of RDS's certificates in each region, in PEM; regions that are not in it need a setting."""
    regions = _AUTHORITIES.read_text(encoding="utf-8").split("# ")[1:]
    return {region: pem for region, _, pem in (each.partition("\n") for each in regions)}
