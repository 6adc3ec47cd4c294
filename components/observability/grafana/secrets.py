"""Where Grafana's Secrets come from: what nobody need know the cluster makes, the rest is kept in Secrets Manager."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from components.kit import custom_object, iam
from components.kit.external_secret import API, external_secret
from components.kit.layer import Layer
from components.kit.postgres import Postgres
from components.observability.dashboards.panels import Grafana
from components.observability.grafana.instances import NAMESPACE, release
from components.observability.grafana.settings import GrafanaSettings
from components.observability.grafana.sign_in import Provider

GENERATOR_API: Final = "generators.external-secrets.io/v1alpha1"
_GENERATOR: Final = "grafana-keys"

AUTHORITY_SECRET: Final = "grafana-authority"  # noqa: S105 - a Secret's name
"""The Secret of a certificate whose signer is the authority inside the cluster; nothing else of it is used."""

_DATABASE: Final = "database"
"""The secret of whoever may make databases in the PostgreSQL that is there already."""

STORE: Final = "grafana"
"""The ClusterSecretStore of what people keep for Grafanas."""
CLIENTS_STORE: Final = "grafana-clients"
"""The ClusterSecretStore of what Grafanas prove themselves by where people sign in."""
DATABASE_STORE: Final = "grafana-database"
"""The ClusterSecretStore of the secret that RDS makes, and the Secret of whoever may make databases."""

DATABASE_PASSWORD: Final = "database-password"  # noqa: S105 - a key's name
_KEYS: Final = ("secret-key", "admin-password", DATABASE_PASSWORD)
# 190 bits of letters and digits.
_LENGTH: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where Secrets come from.

    Attributes:
        region: Of Secrets Manager.
        prefix: What the names of Grafana's own in it begin with.
        reader: The IAM role that the operator has which copies them.
        issuer: The ClusterIssuer of certificates inside the cluster.

    """

    region: str
    prefix: str
    reader: pulumi.Input[str]
    issuer: pulumi.Input[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class GrafanaSecretsOutputs:
    """The secrets that people keep in Secrets Manager, each with its keys."""

    required: pulumi.Output[dict[str, list[str]]]


class GrafanaSecrets(Layer, kind="platform:observability:GrafanaSecrets"):
    """What Grafanas encrypt with and prove themselves by; a layer of its own, which alone waits for who copies it."""

    def __init__(
        self,
        name: str,
        settings: GrafanaSettings,
        *,
        sources: Sources,
        provider: Provider | None,
        database: Postgres | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        made_by = _generator(self)
        for each in settings.instances:
            _generated(self, each, made_by)
        if provider:
            self._clients(settings.instances, provider, sources)
        if database or settings.database.existing:
            self._administrator(database, sources)
        self.outputs = self.publish(
            GrafanaSecretsOutputs(required=pulumi.Output.from_input(required(settings, provider, sources.prefix)))
        )

    def _clients(self, grafanas: Sequence[Grafana], provider: Provider, sources: Sources) -> None:
        """Bring in what each proves itself by where people sign in, and whom it trusts there."""
        store = _store_of(self, CLIENTS_STORE, prefix=provider.store, region=sources.region)
        for each in grafanas:
            _copied(self, client(each), provider.secrets[each], from_store=CLIENTS_STORE, after=store)
        if provider.private:
            kubernetes.apiextensions.CustomResource(
                f"{self.pulumi_resource_name}-authority",
                api_version="cert-manager.io/v1",
                kind="Certificate",
                metadata=kubernetes.meta.v1.ObjectMetaArgs(name=AUTHORITY_SECRET, namespace=NAMESPACE),
                spec={
                    "secretName": AUTHORITY_SECRET,
                    "dnsNames": [f"{NAMESPACE}.svc"],
                    "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": sources.issuer},
                    "privateKey": {"rotationPolicy": "Always"},
                },
                opts=self.child(),
            )

    def _administrator(self, made: Postgres | None, sources: Sources) -> None:
        """Bring in who may make databases."""
        key: pulumi.Input[str]
        if made:
            name, key = DATABASE_STORE, made.secret_arn
            store = _store_of_rds(self, made.secret_arn, region=sources.region, reader=sources.reader)
        else:
            name, key = STORE, _DATABASE
            store = _store_of(self, name, prefix=sources.prefix, region=sources.region)
        _copied(self, DATABASE_STORE, key, from_store=name, after=store)


def required(settings: GrafanaSettings, provider: Provider | None, prefix: str) -> dict[str, list[str]]:
    """Return the secrets that people keep in Secrets Manager, each with its keys."""
    found = {f"{prefix}{_DATABASE}": ["username", "password"]} if settings.database.existing else {}
    if provider:
        found |= {f"{provider.store}{provider.secrets[each]}": ["client_secret"] for each in settings.instances}
    return found


def keys(grafana: Grafana) -> str:
    """Return the Secret of what the cluster made for a Grafana."""
    return f"{release(grafana)}-keys"


def client(grafana: Grafana) -> str:
    """Return the Secret of what a Grafana proves itself by."""
    return f"{release(grafana)}-client"


def _generator(layer: Layer) -> pulumi.Resource:
    """Have the operator make passwords; they are in no state, no store and no file."""
    manifest = {
        "apiVersion": GENERATOR_API,
        "kind": "Password",
        "metadata": {"name": _GENERATOR, "namespace": NAMESPACE},
        "spec": {
            "length": _LENGTH,
            "digits": 8,
            # One of them stands in SQL, another in an address.
            "symbols": 0,
            "noUpper": False,
            "allowRepeat": True,
            "secretKeys": [*_KEYS],
        },
    }
    return custom_object.create(layer, "generator", manifest, depends_on=[])


def _generated(layer: Layer, grafana: Grafana, made_by: pulumi.Resource) -> pulumi.Resource:
    """Make a Grafana's keys once: whoever made them anew would lock it out of what it has encrypted."""
    reference = {"apiVersion": GENERATOR_API, "kind": "Password", "name": _GENERATOR}
    manifest = {
        "apiVersion": API,
        "kind": "ExternalSecret",
        "metadata": {"name": keys(grafana), "namespace": NAMESPACE},
        "spec": {
            "refreshPolicy": "CreatedOnce",
            "target": {"name": keys(grafana)},
            "dataFrom": [{"sourceRef": {"generatorRef": reference}}],
        },
    }
    return custom_object.create(layer, f"{grafana}-keys", manifest, depends_on=[made_by])


def _store_of(layer: Layer, name: str, *, prefix: str, region: str) -> pulumi.Resource:
    """Let Grafana's namespace ask for what lies behind a prefix, and for nothing beside."""
    return _store(layer, name, {"region": region, "prefix": prefix}, after=[])


def _store_of_rds(
    layer: Layer, secret_arn: pulumi.Output[str], *, region: str, reader: pulumi.Input[str]
) -> pulumi.Resource:
    """Let the operator read the secret of RDS, and Grafana's namespace ask for it.

    RDS calls it as it likes, so no store with a prefix can name it.
    """
    statement = iam.Statement(
        sid="ReadTheDatabasesPassword",
        actions=["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
        resources=[secret_arn],
    )
    reads = aws.iam.RolePolicy(
        f"{layer.pulumi_resource_name}-database",
        role=reader,
        policy=iam.document([statement]),
        opts=layer.child(),
    )
    return _store(layer, DATABASE_STORE, {"region": region}, after=[reads])


def _copied(
    layer: Layer, name: str, key: pulumi.Input[str], *, from_store: str, after: pulumi.Resource
) -> pulumi.Resource:
    """Make the ExternalSecret of a Secret that a store has."""
    manifest = external_secret(name=name, namespace=NAMESPACE, store=from_store, key=key)
    return custom_object.create(layer, name.removeprefix("grafana-"), manifest, depends_on=[after])


def _store(layer: Layer, name: str, told: dict[str, Any], *, after: list[pulumi.Resource]) -> pulumi.Resource:
    manifest = {
        "apiVersion": API,
        "kind": "ClusterSecretStore",
        "metadata": {"name": name},
        "spec": {
            "conditions": [{"namespaces": [NAMESPACE]}],
            "provider": {"aws": {"service": "SecretsManager", **told}},
        },
    }
    return custom_object.create(layer, f"{name.removeprefix('grafana-')}-store", manifest, depends_on=after)
