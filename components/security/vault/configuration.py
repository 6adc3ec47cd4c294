"""Vault's configuration as code: policies, roles and engines, applied in the cluster by a Job that may run again."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.foundation.account import AccountSettings
from components.kit import flows, placement, python_program
from components.kit.flows import Flow, Fqdn, Workload
from components.kit.layer import Layer
from components.security.vault import access as vault_access
from components.security.vault import flows as vault_flows
from components.security.vault import wanted as vault_wanted
from components.security.vault.access_settings import VaultAccessSettings
from components.security.vault.settings import (
    AUDIENCE,
    BOOTSTRAP_ACCOUNT,
    CA_KEY,
    NAMESPACE,
    SERVER_ADDRESS,
)
from components.security.vault.vault import VaultOutputs

BOOTSTRAP: Final = Workload(
    namespace=NAMESPACE, name=BOOTSTRAP_ACCOUNT, labels={"app.kubernetes.io/name": BOOTSTRAP_ACCOUNT}
)
"""The Job's pods."""

_PROGRAM: Final = Path(__file__).parent / "bootstrap"
# Nodes, volumes and certificates of the servers take ten minutes on a new cluster; half an hour is beyond doubt.
_DEADLINE_SECONDS: Final = 1800
_DEADLINE_MINUTES: Final = 35
# The status by which the program says that another run is of no use (bootstrap/failures.py).
_ASK_A_PERSON: Final = 3
_HASH_DIGITS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultConfigurationOutputs:
    """What Vault grants, for whoever proves that nobody asks for more.

    Attributes:
        policies: Name to path to capabilities.
        roles: Name to ``namespace``, ``service_accounts`` and ``policies``.
        secrets_mount: Where the key-value engine is.
        auth_mount: Where service accounts sign in.

    """

    policies: pulumi.Output[dict[str, Any]]
    roles: pulumi.Output[dict[str, Any]]
    secrets_mount: pulumi.Output[str]
    auth_mount: pulumi.Output[str]


class VaultConfiguration(Layer, kind="platform:security:VaultConfiguration"):
    """A Job that initialises Vault once and brings it to the wanted state whenever that changes."""

    def __init__(
        self,
        name: str,
        settings: VaultAccessSettings,
        *,
        replicas: int,
        external_secrets: bool,
        account: AccountSettings,
        vault: VaultOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        granted = vault_access.roles(settings, external_secrets=external_secrets)
        files = program() | {
            "wanted.json": _json(vault_wanted.wanted(settings, granted, replicas=replicas)),
            "place.json": _json(place(replicas, account.region)),
        }
        # A Job runs once, and its pods cannot be changed: another content is another Job, made before the old one goes.
        run = f"{BOOTSTRAP_ACCOUNT}-{hashlib.sha256(_json(files).encode()).hexdigest()[:_HASH_DIGITS]}"
        service_account = kubernetes.core.v1.ServiceAccount(
            f"{name}-account",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=BOOTSTRAP_ACCOUNT, namespace=NAMESPACE),
            automount_service_account_token=False,
            opts=self.child(),
        )
        content = kubernetes.core.v1.ConfigMap(
            f"{name}-program",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=run, namespace=NAMESPACE),
            data=files,
            # A pod that starts again sees what it saw.
            immutable=True,
            opts=self.child(),
        )
        kubernetes.batch.v1.Job(
            f"{name}-run",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=run,
                namespace=NAMESPACE,
                # One that failed is made anew by the next up, and its refusal told again.
                annotations={"pulumi.com/replaceUnready": "true"},
            ),
            spec=job(content.metadata.name, secret=vault.init_secret_arn, ca_secret=vault.ca_secret),
            opts=self.child(
                depends_on=[service_account],
                custom_timeouts=pulumi.CustomTimeouts(create=f"{_DEADLINE_MINUTES}m", update=f"{_DEADLINE_MINUTES}m"),
            ),
        )
        data = vault_access.plain(granted)
        self.outputs = self.publish(
            VaultConfigurationOutputs(
                policies=pulumi.Output.from_input(data["policies"]),
                roles=pulumi.Output.from_input(data["roles"]),
                secrets_mount=pulumi.Output.from_input(vault_access.KV),
                auth_mount=pulumi.Output.from_input("kubernetes"),
            )
        )


def program() -> dict[str, str]:
    """Return the program's files by name, as they are tested."""
    return python_program.files(_PROGRAM)


def place(replicas: int, region: str) -> dict[str, Any]:
    """Return where the program finds what it needs."""
    return {
        "servers": [SERVER_ADDRESS.format(number) for number in range(replicas)],
        "ca": f"/authority/{CA_KEY}",
        "jwt": "/token/token",
        "region": region,
    }


def connections(settings: VaultAccessSettings, account: AccountSettings) -> tuple[Flow, ...]:
    """Return the connections of the Job, and of Vault to the databases it makes credentials in."""
    databases = (
        Flow(client=vault_flows.VAULT, server=Fqdn(each.host), port=each.port, why=f"makes credentials in {name}")
        for name, each in sorted(settings.databases.items())
    )
    return (
        *flows.dns(BOOTSTRAP),
        *flows.pod_identity(BOOTSTRAP),
        *flows.aws_api(BOOTSTRAP, account.region, "secretsmanager"),
        *vault_flows.calls(BOOTSTRAP, "initialises and configures Vault"),
        *databases,
    )


def job(config_map: pulumi.Input[str], *, secret: pulumi.Input[str], ca_secret: pulumi.Input[str]) -> Any:
    """Return the spec of the Job, in the API's own form, which the SDK takes although its types do not say so.

    It has no time to live: a Job that Kubernetes deletes would be missed by the next refresh, and made again.
    """
    return {
        "backoffLimit": 6,
        "activeDeadlineSeconds": _DEADLINE_SECONDS,
        "podFailurePolicy": {
            "rules": [
                {
                    "action": "FailJob",
                    "onExitCodes": {"containerName": "bootstrap", "operator": "In", "values": [_ASK_A_PERSON]},
                },
                # A node that goes is no failure of the program.
                {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
            ]
        },
        "template": {
            "metadata": {"labels": dict(BOOTSTRAP.labels)},
            "spec": _pod(config_map, secret=secret, ca_secret=ca_secret),
        },
    }


def _pod(config_map: pulumi.Input[str], *, secret: pulumi.Input[str], ca_secret: pulumi.Input[str]) -> dict[str, Any]:
    token = {"serviceAccountToken": {"path": "token", "audience": AUDIENCE, "expirationSeconds": 3600}}
    modules = [{"key": name, "path": f"vault_bootstrap/{name}"} for name in program()]
    settings = [{"key": name, "path": name} for name in ("wanted.json", "place.json")]
    volumes: dict[str, dict[str, Any]] = {
        "program": {"configMap": {"name": config_map, "items": modules}},
        "settings": {"configMap": {"name": config_map, "items": settings}},
        "authority": {"secret": {"secretName": ca_secret, "items": [{"key": CA_KEY, "path": CA_KEY}]}},
        "token": {"projected": {"sources": [token]}},
    }
    return {
        "serviceAccountName": BOOTSTRAP_ACCOUNT,
        "automountServiceAccountToken": False,
        "restartPolicy": "Never",
        "nodeSelector": {"node-role": "general"},
        "securityContext": {**placement.RESTRICTED_POD},
        "containers": [
            {
                "name": "bootstrap",
                "image": python_program.IMAGE,
                "command": ["python3", "-m", "vault_bootstrap", "/settings", secret],
                # The second is where the image keeps AWS's SDK for functions, which this is none of.
                "env": [
                    {"name": "PYTHONPATH", "value": "/program:/var/runtime"},
                    {"name": "PYTHONDONTWRITEBYTECODE", "value": "1"},
                ],
                "workingDir": "/program",
                "securityContext": {**placement.RESTRICTED_CONTAINER},
                "resources": {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
                "volumeMounts": [{"name": volume, "mountPath": f"/{volume}", "readOnly": True} for volume in volumes],
            }
        ],
        "volumes": [{"name": volume, **source} for volume, source in volumes.items()],
    }


def _json(content: object) -> str:
    # In the order it is written in: the program goes by it.
    return json.dumps(content, indent=1)
