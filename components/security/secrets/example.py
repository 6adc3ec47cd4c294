"""An app that proves the way of a secret: from Vault, by its own role there, to a file that its container reads."""

from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.kit import custom_object, namespaces, placement
from components.kit.layer import Layer
from components.kit.namespaces import Namespace
from components.kit.spec import as_given
from components.security.secrets import secret_provider_class
from components.security.secrets.secret_provider_class import BoundRole, SecretClass, VaultSecret
from components.security.vault.access import KV
from components.security.vault.access_settings import VaultAccessSettings, VaultRoleSettings

NAMESPACE: Final = "secrets-example"
ROLE: Final = NAMESPACE
_APP: Final = "reader"

# Kubernetes' own test image: a shell's tools, and a process that does nothing.
# renovate: datasource=docker depName=registry.k8s.io/e2e-test-images/agnhost
_IMAGE: Final = "registry.k8s.io/e2e-test-images/agnhost:2.63.0"
# Not root, and nobody else's: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
_USER: Final = 65532

_FOLDER: Final = "/secrets"
FILE: Final = f"{_FOLDER}/message"
"""What the container reads."""

ACCESS: Final = VaultRoleSettings(namespace=NAMESPACE, service_accounts=[_APP], secrets=[NAMESPACE])
"""What the app gets from Vault. Its role and policy there are made of it, and its class and its pod."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsExampleOutputs:
    """The path in Vault whose key ``message`` the app waits for, as the command line names it, and the app's file."""

    secret: pulumi.Output[str]
    file: pulumi.Output[str]


class SecretsExample(Layer, kind="platform:security:SecretsExample"):
    """A namespace that nobody gets into or out of, a class, and a pod that is ready once it has read its secret."""

    def __init__(self, name: str, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        room = namespaces.create(self, Namespace(name=NAMESPACE, purpose="An app that proves the way of a secret"))
        metadata = kubernetes.meta.v1.ObjectMetaArgs(name=_APP, namespace=room.metadata.name, labels=_LABELS)
        closed = kubernetes.networking.v1.NetworkPolicy(
            f"{name}-default-deny",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name="default-deny", namespace=room.metadata.name),
            # The driver, not the pod, talks to Vault: the pod needs no connection at all.
            spec=kubernetes.networking.v1.NetworkPolicySpecArgs(
                pod_selector=kubernetes.meta.v1.LabelSelectorArgs(), policy_types=["Ingress", "Egress"]
            ),
            opts=self.child(),
        )
        account = kubernetes.core.v1.ServiceAccount(
            f"{name}-{_APP}", metadata=metadata, automount_service_account_token=False, opts=self.child()
        )
        reads = custom_object.create(self, "class", secret_class().manifest(), depends_on=[room])
        kubernetes.apps.v1.Deployment(
            f"{name}-{_APP}",
            # It waits for a secret that a person writes (docs/layers/secrets-example.md), which no update can wait for.
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=_APP,
                namespace=room.metadata.name,
                labels=_LABELS,
                annotations={"pulumi.com/skipAwait": "true"},
            ),
            spec=kubernetes.apps.v1.DeploymentSpecArgs(
                replicas=1,
                selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=_LABELS),
                template=kubernetes.core.v1.PodTemplateSpecArgs(
                    metadata=kubernetes.meta.v1.ObjectMetaArgs(labels=_LABELS), spec=as_given(pod())
                ),
            ),
            opts=self.child(depends_on=[closed, account, reads]),
        )
        self.outputs = self.publish(
            SecretsExampleOutputs(
                secret=pulumi.Output.from_input(f"{KV}/{NAMESPACE}"),
                file=pulumi.Output.from_input(FILE),
            )
        )


_LABELS: Final = {"app.kubernetes.io/name": NAMESPACE, "app.kubernetes.io/component": _APP}


def granted(access: VaultAccessSettings) -> VaultAccessSettings:
    """Return what Vault grants, the example's role among it."""
    return access.model_copy(update={"roles": {**access.roles, ROLE: ACCESS}})


def secret_class() -> SecretClass:
    """Return the class: of the first of the secrets that the role gets, the key ``message``."""
    (path,) = ACCESS.secrets
    secret = VaultSecret(path=f"{KV}/data/{path}", key="message", file=FILE.removeprefix(f"{_FOLDER}/"))
    return SecretClass(name=_APP, namespace=ACCESS.namespace, role=ROLE, secrets=(secret,))


def pod() -> dict[str, Any]:
    """Return the pod's spec, as Pod Security's level restricted wants it.

    Raises:
        ValueError: the class, the role and the pod do not fit together.

    """
    made = secret_class()
    mount = made.mount(_FOLDER)
    spec = {
        "serviceAccountName": _APP,
        "automountServiceAccountToken": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _USER,
            "runAsGroup": _USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": _APP,
                "image": _IMAGE,
                "args": ["pause"],
                # Ready means: this user reads the file, and there is something in it.
                "readinessProbe": {"exec": {"command": ["test", "-s", FILE]}, "periodSeconds": 10},
                "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "32Mi"}},
                "securityContext": {**placement.RESTRICTED_CONTAINER},
                "volumeMounts": [mount.volume_mount],
            }
        ],
        "volumes": [mount.volume],
    }
    role = BoundRole(name=ROLE, namespace=ACCESS.namespace, service_accounts=tuple(ACCESS.service_accounts))
    secret_provider_class.check(spec, namespace=NAMESPACE, classes=[made], roles=[role], reads=[FILE])
    return spec
