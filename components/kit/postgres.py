"""PostgreSQL in RDS from one builder: encrypted, backed up, with a password that no state and no person ever has."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.kit.identity import Account
from components.kit.layer import Layer
from components.kit.maintenance import MaintenanceWindow
from components.kit.settings import LogRetention, Settings

PORT: Final = 5432

# What needs a database here takes 17: https://www.keycloak.org/server/db,
# https://grafana.com/docs/grafana/latest/setup-grafana/installation/. RDS chooses the minor, and moves it by itself.
_VERSION: Final = "17"
# RSA, for every client knows it: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
_AUTHORITY: Final = "rds-ca-rsa2048-g1"
_GROWS_TO: Final = 5
# The least that RDS keeps, free of charge: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.html
_INSIGHTS_DAYS: Final = 7
# What PostgreSQL writes in RDS: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.html
_LOGS: Final = ("postgresql", "upgrade")

_AUTHORITIES: Final = Path(__file__).parent / "rds_authorities.pem"
"""The root of each region's certificates: https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem."""


class RdsSettings(Settings):
    """PostgreSQL in RDS, made with the cluster."""

    instance_class: Annotated[str, Field(pattern=r"^db\.[a-z0-9]+\.[a-z0-9]+$")] = "db.t4g.medium"
    """The class of its instances."""

    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html: gp3 from 20 GiB on.
    storage_gib: Annotated[int, Field(ge=20, le=1024)] = 20
    """Its storage at first; it grows by itself to five times as much."""

    multi_az: bool = True
    """Whether a copy in another zone takes over, within a minute or two, when the first is gone."""

    backup_days: Annotated[int, Field(ge=1, le=35)] = 14
    """For how many days it can be restored to any moment."""

    log_retention_days: LogRetention = 365
    """Days its logs are kept in CloudWatch Logs, which knows these numbers only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a database is put.

    Attributes:
        vpc_id: The VPC.
        subnet_ids: Its subnets, in two zones at least.
        callers: The security group of those who reach it.
        key_arn: The KMS key it is encrypted under.
        logs_key_arn: The KMS key its logs are encrypted under.

    """

    vpc_id: pulumi.Input[str]
    subnet_ids: list[pulumi.Input[str]]
    callers: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    logs_key_arn: pulumi.Input[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A database.

    Attributes:
        host: Its name in DNS.
        secret_arn: The secret in Secrets Manager with the keys ``username`` and ``password``.

    """

    host: pulumi.Output[str]
    secret_arn: pulumi.Output[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a database is called.

    Attributes:
        owner: Whose it is, in words: ``Keycloak``.
        database: The database that is there at first, and its user.
        identifier: The instance, which network policies name before it is there.

    """

    owner: str
    database: str
    identifier: str


def create(
    layer: Layer,
    names: Names,
    settings: RdsSettings,
    *,
    place: Place,
    retain_data: bool,
    window: MaintenanceWindow | None = None,
) -> Postgres:
    """Make an instance within a layer, which those of one security group reach and nobody else.

    Args:
        layer: The layer it belongs to, after which its resources are called.
        names: What it is called.
        settings: How large it is, and how well kept.
        place: Where it is put.
        retain_data: Whether it is protected, and leaves a last snapshot.
        window: When AWS may restart it; at a time of AWS's choice unless given.

    """
    instance = aws.rds.Instance(
        layer.pulumi_resource_name,
        identifier=names.identifier,
        engine="postgres",
        engine_version=_VERSION,
        instance_class=settings.instance_class,
        db_name=names.database,
        port=PORT,
        username=names.database,
        # Encrypted with AWS's own key for Secrets Manager, which whoever may read the secret may use.
        manage_master_user_password=True,
        allocated_storage=settings.storage_gib,
        max_allocated_storage=settings.storage_gib * _GROWS_TO,
        storage_type="gp3",
        storage_encrypted=True,
        kms_key_id=place.key_arn,
        performance_insights_kms_key_id=place.key_arn,
        multi_az=settings.multi_az,
        publicly_accessible=False,
        db_subnet_group_name=_subnets(layer, names.owner, place).name,
        vpc_security_group_ids=[_wall(layer, names.owner, place).id],
        ca_cert_identifier=_AUTHORITY,
        **_kept(names, settings, window, retain_data=retain_data),
        auto_minor_version_upgrade=True,
        opts=layer.child(protect=retain_data, depends_on=_logs(layer, names, settings, place)),
    )
    return Postgres(
        host=instance.address,
        secret_arn=instance.master_user_secrets.apply(lambda secrets: secrets[0].secret_arn or ""),
    )


def _kept(
    names: Names, settings: RdsSettings, window: MaintenanceWindow | None, *, retain_data: bool
) -> dict[str, Any]:
    """Return what is kept of it, for how long, and when it is."""
    return {
        "backup_retention_period": settings.backup_days,
        "backup_window": window.of_its_backups if window else None,
        "maintenance_window": window.of_a_database if window else None,
        "copy_tags_to_snapshot": True,
        "enabled_cloudwatch_logs_exports": [*_LOGS],
        "performance_insights_enabled": True,
        "performance_insights_retention_period": _INSIGHTS_DAYS,
        "deletion_protection": retain_data,
        "delete_automated_backups": not retain_data,
        "skip_final_snapshot": not retain_data,
        "final_snapshot_identifier": f"{names.identifier}-final",
    }


def _logs(layer: Layer, names: Names, settings: RdsSettings, place: Place) -> list[aws.cloudwatch.LogGroup]:
    """Make the groups RDS writes to, which it makes itself, without key or end, if they are not there first."""
    return [
        aws.cloudwatch.LogGroup(
            f"{layer.pulumi_resource_name}-{log}",
            name=f"/aws/rds/instance/{names.identifier}/{log}",
            retention_in_days=settings.log_retention_days,
            kms_key_id=place.logs_key_arn,
            opts=layer.child(),
        )
        for log in _LOGS
    ]


def _subnets(layer: Layer, owner: str, place: Place) -> aws.rds.SubnetGroup:
    return aws.rds.SubnetGroup(
        layer.pulumi_resource_name,
        description=f"The database of {owner}, where the nodes are",
        subnet_ids=place.subnet_ids,
        opts=layer.child(),
    )


def _wall(layer: Layer, owner: str, place: Place) -> aws.ec2.SecurityGroup:
    name = layer.pulumi_resource_name
    wall = aws.ec2.SecurityGroup(
        name,
        description=f"The database of {owner}, which calls nobody",
        vpc_id=place.vpc_id,
        tags={"Name": name},
        opts=layer.child(),
    )
    # The instance does not wait for it, and with it for the cluster: each takes its ten minutes.
    aws.vpc.SecurityGroupIngressRule(
        f"{name}-cluster",
        description="PostgreSQL, from nodes and pods of the cluster",
        security_group_id=wall.id,
        referenced_security_group_id=place.callers,
        ip_protocol="tcp",
        from_port=PORT,
        to_port=PORT,
        opts=layer.child(),
    )
    return wall


def endpoint(identifier: str, account: Account) -> str:
    """Return the pattern of an instance's name in DNS, in whose middle RDS puts what is the account's own."""
    suffix = "amazonaws.com.cn" if account.partition == "aws-cn" else "amazonaws.com"
    return f"{identifier}.*.{account.region}.rds.{suffix}"


@cache
def authorities() -> dict[str, str]:
    """Return the root of RDS's certificates in each region, in PEM; regions that are not in it need a setting."""
    regions = _AUTHORITIES.read_text(encoding="utf-8").split("# ")[1:]
    return {region: pem for region, _, pem in (each.partition("\n") for each in regions)}
