"""What must hold between a stack's Grafanas and what they stand on: secrets, a database, and someone to vouch."""

from collections.abc import Iterator
from typing import Final

from components.foundation.account import AccountSettings
from components.foundation.network_settings import NatMode, NetworkSettings
from components.kit import postgres
from components.networking.cilium import CiliumSettings
from components.observability.grafana import instances
from components.observability.settings import ObservabilitySettings
from components.security.keycloak.settings import Client, IdentitySettings
from components.security.secrets.settings import SecretsSettings
from settings.relations import Conflict, Relation

_GRAFANA: Final = ("observability", "grafana")
_INSTANCES: Final = (*_GRAFANA, "instances")
_DATABASE: Final = (*_GRAFANA, "database")


def grafanas_belong_to_a_monitoring(observability: ObservabilitySettings) -> Iterator[Conflict]:
    """Yield the Grafanas that would have nothing to ask, and those that are named twice."""
    chosen = observability.grafana.instances
    if chosen and not observability.enabled:
        yield Conflict(
            keys=(_INSTANCES, ("observability", "enabled")),
            why="names Grafanas, and the stack has no monitoring that they could ask",
            remedy=[],
        )
    if len(set(chosen)) < len(chosen):
        yield Conflict(
            keys=(_INSTANCES,), why="names a Grafana twice", remedy=[each.value for each in dict.fromkeys(chosen)]
        )


def grafanas_have_their_secrets(observability: ObservabilitySettings, secrets: SecretsSettings) -> Iterator[Conflict]:
    """Yield the store that is missing: its operator makes Grafana's passwords, and copies those that people keep."""
    if observability.grafana.instances and secrets.stores.aws is None:
        yield Conflict(
            keys=(("secrets", "stores", "aws"), _INSTANCES),
            why="is missing: Grafana's passwords are made in the cluster by the operator that this store brings, or "
            "are kept in AWS Secrets Manager. Name the namespaces of your own that may use it too",
        )


def several_pods_share_a_database(observability: ObservabilitySettings) -> Iterator[Conflict]:
    """Yield the pods that would each know other dashboards, and the database beside which there is a second."""
    grafana = observability.grafana
    if grafana.replicas > 1 and not grafana.database.any:
        yield Conflict(
            keys=((*_GRAFANA, "replicas"), _DATABASE),
            why="is more than one, and without a database each pod would have people and dashboards of its own; have "
            "one made in observability.grafana.database.rds, or name one that is there already",
            remedy=1,
        )
    if grafana.database.rds and grafana.database.existing:
        yield Conflict(
            keys=((*_DATABASE, "existing"), (*_DATABASE, "rds")),
            why="is a second database beside the one in RDS; leave one of the two out",
        )


def grafanas_database_is_who_it_says(
    observability: ObservabilitySettings, account: AccountSettings
) -> Iterator[Conflict]:
    """Yield the authority that is missing where the region's is not among those that are known."""
    database = observability.grafana.database
    if database.any and not database.authority and account.region not in postgres.authorities():
        yield Conflict(
            keys=((*_DATABASE, "authority"), ("account", "region")),
            why=f"is missing: RDS's authority of {account.region} is not known here. It is among those of "
            "https://truststore.pki.rds.amazonaws.com",
        )


def every_grafana_is_known_where_people_sign_in(
    observability: ObservabilitySettings, identity: IdentitySettings
) -> Iterator[Conflict]:
    """Yield the clients that Keycloak lacks, if it is whom Grafanas ask."""
    grafana = observability.grafana
    if grafana.oidc or not identity.enabled:
        return
    wanted = [Client(instances.client(each)) for each in grafana.instances]
    if missing := [each for each in wanted if each not in identity.clients]:
        yield Conflict(
            keys=(("identity", "clients"), _INSTANCES),
            why=f"leaves {', '.join(missing)} out, where nobody could sign in",
            remedy=[str(each) for each in (*identity.clients, *missing)],
        )


def a_provider_gives_somebody_a_role(observability: ObservabilitySettings) -> Iterator[Conflict]:
    """Yield the provider none of whose groups administers."""
    oidc = observability.grafana.oidc
    if oidc and not oidc.roles.admins:
        yield Conflict(
            keys=((*_GRAFANA, "oidc", "roles", "admins"),),
            why="is empty, and there is no other administrator: name the group of those who administer",
        )


def a_closed_network_has_its_provider_inside(
    observability: ObservabilitySettings, network: NetworkSettings
) -> Iterator[Conflict]:
    """Yield the provider that a VPC without a way out does not reach."""
    if observability.grafana.oidc and network.nat is NatMode.NONE and not network.transit_gateway:
        yield Conflict(
            keys=((*_GRAFANA, "oidc"), ("network", "nat")),
            why="must be asked who people are, and nat none leads nobody outside",
        )


def nobody_reads_on_the_way_to_grafana(
    observability: ObservabilitySettings, cilium: CiliumSettings
) -> Iterator[Conflict]:
    """Yield the encryption that is off between the Gateway's node and Grafana's, where TLS has ended."""
    if observability.grafana.instances and cilium.encryption == "none":
        yield Conflict(
            keys=(("cilium", "encryption"), _INSTANCES),
            why="leaves people's sessions in Grafana readable between nodes: TLS ends at the Gateway",
            remedy="pods",
        )


RELATIONS: Final[tuple[Relation, ...]] = (
    grafanas_belong_to_a_monitoring,
    grafanas_have_their_secrets,
    several_pods_share_a_database,
    grafanas_database_is_who_it_says,
    every_grafana_is_known_where_people_sign_in,
    a_provider_gives_somebody_a_role,
    a_closed_network_has_its_provider_inside,
    nobody_reads_on_the_way_to_grafana,
)
