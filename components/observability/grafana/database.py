"""The Grafanas' PostgreSQL in RDS, one instance for all of them, whose password AWS makes, keeps and changes."""

from typing import Final

import pulumi

from components.compute.cluster import ClusterOutputs
from components.foundation.account import AccountSettings
from components.foundation.encryption import EncryptionOutputs
from components.foundation.network import NetworkOutputs
from components.kit import postgres
from components.kit.layer import Layer
from components.kit.maintenance import MaintenanceWindow
from components.kit.postgres import RdsSettings

DATABASE: Final = "grafana"


class GrafanaDatabase(Layer, kind="platform:observability:GrafanaDatabase"):
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
        window: MaintenanceWindow | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        made = postgres.create(
            self,
            postgres.Names(owner="Grafana", database=DATABASE, identifier=identifier(cluster_name)),
            settings,
            place=postgres.Place(
                vpc_id=network.vpc_id,
                subnet_ids=list(network.node_subnet_ids.values()),
                callers=cluster.security_group_id,
                key_arn=keys.volumes_key_arn,
                logs_key_arn=keys.logs_key_arn,
            ),
            retain_data=retain_data,
            window=window,
        )
        self.outputs = self.publish(made)


def identifier(cluster_name: str) -> str:
    """Return what the instance is called: with a cluster's 32 characters at most, fewer than RDS's 63."""
    return f"{cluster_name}-grafana"


def endpoint(cluster_name: str, account: AccountSettings) -> str:
    """Return the pattern of the instance's name in DNS."""
    return postgres.endpoint(identifier(cluster_name), account)
