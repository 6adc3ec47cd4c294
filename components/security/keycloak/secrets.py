"""Where Keycloak's Secrets come from: AWS Secrets Manager, copied by the External Secrets Operator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import pulumi
import pulumi_aws as aws

from components.kit import custom_object, iam
from components.kit.external_secret import API
from components.kit.layer import Layer
from components.security.keycloak import realms as keycloak_realms
from components.security.keycloak.configuration import ADMIN_KEY
from components.security.keycloak.flows import NAMESPACE
from components.security.keycloak.settings import IdentitySettings

STORE: Final = "keycloak"
"""The ClusterSecretStore of what people keep for Keycloak."""

RDS_STORE: Final = "keycloak-database"
"""The ClusterSecretStore of the secret that RDS makes."""

_REFRESH: Final = "1h"

Keys: TypeAlias = Sequence[tuple[pulumi.Input[str], Mapping[str, str]]]
"""The secrets that a Secret is made of; of each the keys that are called otherwise in the Secret, and how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Where Secrets come from.

    Attributes:
        prefix: What the names of secrets in Secrets Manager begin with that the operator may read.
        reader: The IAM role that the operator has.
        issuer: The ClusterIssuer of certificates inside the cluster.

    """

    prefix: str
    reader: pulumi.Input[str]
    issuer: pulumi.Input[str]

    @property
    def own(self) -> str:
        """What the names of Keycloak's begin with."""
        return f"{self.prefix}keycloak/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Where the database's ``username`` and ``password`` are: a secret in a store, by its name there."""

    secret: pulumi.Input[str]
    store: pulumi.Resource
    name: str

    @property
    def keys(self) -> Keys:
        """The one secret, whose keys are called in the Secret as there."""
        return [(self.secret, {})]


def store(layer: Layer, *, prefix: str, region: str) -> pulumi.Resource:
    """Let Keycloak's namespace ask for what people keep for it, and for nothing beside."""
    return _store(layer, STORE, {"region": region, "prefix": prefix}, after=[])


def _store(
    layer: Layer, name: str, aws_store: Mapping[str, Any], *, after: Sequence[pulumi.Resource]
) -> pulumi.Resource:
    manifest = {
        "apiVersion": API,
        "kind": "ClusterSecretStore",
        "metadata": {"name": name},
        "spec": {
            "conditions": [{"namespaces": [NAMESPACE]}],
            "provider": {"aws": {"service": "SecretsManager", **aws_store}},
        },
    }
    return custom_object.create(layer, _role(f"{name}-store"), manifest, depends_on=after)


def sync(
    layer: Layer,
    name: str,
    keys: Keys,
    *,
    store: pulumi.Resource,
    store_name: str = STORE,
    every: str = _REFRESH,
) -> pulumi.Resource:
    """Make the ExternalSecret of a Secret, looked at again as often as `every` says."""
    return custom_object.create(
        layer, _role(name), external_secret(name, keys, store=store_name, every=every), depends_on=[store]
    )


def store_of_rds(
    layer: Layer, secret_arn: pulumi.Output[str], *, region: str, reader: pulumi.Input[str]
) -> pulumi.Resource:
    """Let the operator read the secret of RDS, and Keycloak's namespace ask for it.

    RDS calls it as it likes, so no store with a prefix can name it.
    """
    reads = aws.iam.RolePolicy(
        f"{layer.pulumi_resource_name}-database",
        role=reader,
        policy=iam.document(
            [
                iam.Statement(
                    sid="ReadTheDatabasesPassword",
                    actions=["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
                    resources=[secret_arn],
                )
            ]
        ),
        opts=layer.child(),
    )
    return _store(layer, RDS_STORE, {"region": region}, after=[reads])


def required(settings: IdentitySettings, prefix: str) -> dict[str, list[str]]:
    """Return the secrets that people keep in Secrets Manager behind Keycloak's prefix, each with its keys."""
    found = {f"{prefix}admin": [ADMIN_KEY]}
    if settings.database.existing:
        found[f"{prefix}{settings.database.existing.secret_name}"] = ["username", "password"]
    return found | {f"{prefix}{each.name}": [each.key] for each in keycloak_realms.wanted(settings)}


def external_secret(name: str, keys: Keys, *, store: str, every: str) -> dict[str, Any]:
    """Return an ExternalSecret of a Secret of the same name."""
    return {
        "apiVersion": API,
        "kind": "ExternalSecret",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "refreshInterval": every,
            "secretStoreRef": {"kind": "ClusterSecretStore", "name": store},
            "target": {"name": name},
            "dataFrom": [_extracted(secret, names) for secret, names in keys],
        },
    }


def _extracted(secret: pulumi.Input[str], names: Mapping[str, str]) -> dict[str, Any]:
    """Return all keys of a secret; `data` would name each under `secretKey`, which reads like a secret in a state."""
    called = [{"regexp": {"source": f"^{there}$", "target": here}} for there, here in names.items()]
    return {"extract": {"key": secret}, **({"rewrite": called} if called else {})}


def _role(name: str) -> str:
    """Return the end of a logical name, which begins with the layer's."""
    return name.removeprefix("keycloak-")
