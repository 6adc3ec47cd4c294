"""What Grafana's tests share: settings, providers, and a stack's Grafanas on the recording engine."""

from collections.abc import Mapping
from typing import Any, Final

import pulumi

from components.kit.postgres import Postgres
from components.observability.dashboards.panels import Grafana
from components.observability.grafana.databases import Database
from components.observability.grafana.grafana import Door, Grafanas
from components.observability.grafana.instances import Role
from components.observability.grafana.secrets import GrafanaSecrets, Sources
from components.observability.grafana.settings import GrafanaSettings
from components.observability.grafana.sign_in import Provider
from components.observability.grafana.values import Surroundings
from tests.components import examples
from tests.components.recording import Recording, build

SECRET_ARN: Final = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:rds!db-1234"  # noqa: S105 - its name
RDS: Final[Mapping[str, Any]] = {"replicas": 2, "database": {"rds": {}}}
EXISTING: Final[Mapping[str, Any]] = {"replicas": 2, "database": {"existing": {"host": "pg.example.com", "port": 6432}}}
EVERY: Final = [each.value for each in Grafana]


def provider(*, private: bool = False) -> Provider:
    return Provider(
        name="Platform",
        authorization_url="https://sso.example.com/auth",
        token_url="https://keycloak.keycloak.svc:8443/token",  # noqa: S106 - an address
        userinfo_url="https://keycloak.keycloak.svc:8443/userinfo",
        sign_out_url="https://sso.example.com/logout",
        groups_claim="groups",
        roles={
            Role.ADMIN: ["platform:admin"],
            Role.EDITOR: ["platform:power-user"],
            Role.VIEWER: ["platform:developer", "platform:viewer"],
        },
        clients={each: f"client-{each}" for each in Grafana},
        secrets={each: f"secret-{each}" for each in Grafana},
        store="platform-test/keycloak/clients/",
        private=private,
    )


def settings(**given: Any) -> GrafanaSettings:
    return examples.parsed(GrafanaSettings, **{"instances": ["main"], **given})


def surroundings(**given: Any) -> Surroundings:
    chosen: dict[str, Any] = {
        "replicas": 2,
        "volume_gib": 5,
        "database": Database(host="db.example.com", port=5432),
        "provider": provider(),
        "thanos": True,
        "domain": "internal.example.com",
    }
    return Surroundings(**{**chosen, **given})


def built(*, by: Provider | None = None, door: bool = True, thanos: bool = True, **given: Any) -> Recording:
    """Return the recording of a stack's Grafanas."""
    chosen = settings(**given)

    def program() -> None:
        made = Postgres(
            host=pulumi.Output.from_input("db.example.com"), secret_arn=pulumi.Output.from_input(SECRET_ARN)
        )
        entry = Door(
            domain="internal.example.com",
            gateway="internal",
            namespace="internal-entry",
            api="gateway.networking.k8s.io/v1",
        )
        database = made if chosen.database.rds else None
        grafanas = Grafanas(
            "grafana",
            chosen,
            account=examples.account(),
            door=entry if door else None,
            provider=by,
            database=database,
            thanos=thanos,
            runbooks="https://example.com/runbooks",
        )
        secrets = GrafanaSecrets(
            "grafana-secrets",
            chosen,
            sources=Sources(region="eu-central-1", prefix="platform-test/grafana/", reader="reader", issuer="private"),
            provider=by,
            database=database,
        )
        pulumi.export("urls", grafanas.outputs.urls)
        pulumi.export("secrets", secrets.outputs.required)

    return build(program)
