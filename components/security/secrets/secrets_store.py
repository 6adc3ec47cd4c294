"""Secrets as files: the Secrets Store CSI driver, and the provider that has Vault fill a pod's volume."""

from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.kit import chart, custom_object, flows, placement
from components.kit.flows import Flow, Port, Workload
from components.kit.layer import Layer
from components.security.secrets import secret_provider_class
from components.security.secrets.settings import SecretsSettings
from components.security.vault import flows as vault_flows
from components.security.vault.settings import ADDRESS, AUDIENCE, CA_KEY

DRIVER: Final = "secrets-store-csi-driver"
PROVIDER: Final = "vault-csi-provider"
_NAMESPACE: Final = chart.pinned()[DRIVER].namespace

_DRIVER_PORTS: Final = (Port(name="healthz", number=9808), Port(name="metrics", number=8095))
DRIVER_PODS: Final = Workload(
    namespace=_NAMESPACE,
    name=DRIVER,
    labels={"app": DRIVER, "app.kubernetes.io/instance": DRIVER},
    ports=_DRIVER_PORTS,
)
PROVIDER_PODS: Final = Workload(
    namespace=_NAMESPACE,
    name=PROVIDER,
    labels={"app.kubernetes.io/name": PROVIDER, "app.kubernetes.io/instance": PROVIDER},
    ports=(Port(name="health", number=8080),),
)
DEFINITIONS_JOB: Final = Workload(
    namespace=_NAMESPACE, name=f"{DRIVER}-crds", labels={"app.kubernetes.io/component": f"{DRIVER}-crds"}
)
"""The chart's hook that brings the definitions up to its version before each upgrade, which Helm does not."""

# Where the provider's socket lies on the node. A container may write below the kubelet's folder on Bottlerocket too,
# whose SELinux policy keeps it out of /run and /etc: https://github.com/bottlerocket-os/bottlerocket/pull/1544
_SOCKETS: Final = "/var/lib/kubelet/providers/secrets-store"
_TRUST: Final = "vault-ca"
_TRUST_PATH: Final = "/vault/tls"
# Whatever a node is tainted with: a pod that tolerates it would wait for its volume for ever.
_EVERYWHERE: Final = ({"operator": "Exists"},)
_PRIORITY: Final = "system-node-critical"
# One node at a time, the driver's choice, outlasts a release's ten minutes on a few dozen nodes.
_AT_ONCE: Final = "10%"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsStoreOutputs:
    """What a pod's volume needs.

    Attributes:
        driver: The CSI driver's name.
        rotation_minutes: How long a mounted file may be older than Vault's answer, about.

    """

    driver: pulumi.Output[str]
    rotation_minutes: pulumi.Output[int]


class SecretsStore(Layer, kind="platform:security:SecretsStore"):
    """The driver with its definitions, the provider of Vault, and whom that trusts."""

    def __init__(
        self,
        name: str,
        settings: SecretsSettings,
        *,
        issuer: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        chart.install(self, DRIVER, driver_values(settings))
        trust = custom_object.create(self, _TRUST, certificate(issuer), depends_on=())
        # It waits neither for the driver, with which it shares but a folder of the node, nor for Vault: volumes do.
        chart.install(self, PROVIDER, provider_values(), depends_on=[trust])
        self.outputs = self.publish(
            SecretsStoreOutputs(
                driver=pulumi.Output.from_input(secret_provider_class.DRIVER),
                rotation_minutes=pulumi.Output.from_input(settings.rotation_minutes),
            )
        )


def connections() -> tuple[Flow, ...]:
    """Return the connections of the driver and of the provider, which talk to each other over a socket of the node."""
    return (
        *flows.kube_api(DRIVER_PODS),
        *flows.probes(DRIVER_PODS, 9808),
        *flows.scrape(DRIVER_PODS, 8095),
        *flows.kube_api(DEFINITIONS_JOB),
        *flows.dns(PROVIDER_PODS),
        # It keeps the key by which it tells versions of a secret apart in a Secret of its namespace.
        *flows.kube_api(PROVIDER_PODS),
        *flows.probes(PROVIDER_PODS, 8080),
        *vault_flows.calls(PROVIDER_PODS, "reads the secrets that pods mount"),
    )


def certificate(issuer: pulumi.Input[str]) -> dict[str, Any]:
    """Return the Certificate beside which cert-manager puts the authority that signs for Vault too.

    Vault's own Secret is in another namespace, where no pod of this one can mount it from. Nobody presents this one.
    """
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {"name": _TRUST, "namespace": _NAMESPACE},
        "spec": {
            "secretName": _TRUST,
            "commonName": PROVIDER,
            "dnsNames": [f"{PROVIDER}.{_NAMESPACE}.svc"],
            "usages": ["client auth"],
            "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
            "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": issuer},
        },
    }


def driver_values(settings: SecretsSettings) -> dict[str, Any]:
    """Return what differs from the driver's chart's own values."""
    sync = settings.sync
    return {
        "linux": {
            "priorityClassName": _PRIORITY,
            "providersDir": _SOCKETS,
            # Where other providers' charts put their sockets unless told otherwise.
            "additionalProvidersDirs": ["/var/run/secrets-store-csi-providers"],
            "updateStrategy": {"rollingUpdate": {"maxUnavailable": _AT_ONCE}},
            "crds": {"podLabels": {**DEFINITIONS_JOB.labels}, "resources": placement.resources("10m", "64Mi")},
            **({"daemonsetAnnotations": {"platform/sync-secret-reason": sync.reason}} if sync else {}),
        },
        "enableSecretRotation": True,
        "rotationPollInterval": f"{settings.rotation_minutes}m",
        **({"syncSecret": {"enabled": True}} if sync else {}),
        # The kubelet makes the token for the pod that mounts; nobody else can ask for it.
        "tokenRequests": [{"audience": AUDIENCE}],
        "logFormatJSON": True,
    }


def provider_values() -> dict[str, Any]:
    """Return what differs from Vault's chart's own values: of all its parts the CSI provider only."""
    return {
        # Off is not enough for the server: its service account would still be bound to review tokens.
        "global": {"enabled": False, "externalVaultAddr": ADDRESS},
        "server": {"enabled": False},
        "injector": {"enabled": False},
        "csi": {
            "enabled": True,
            "priorityClassName": _PRIORITY,
            "pod": {"tolerations": [*_EVERYWHERE]},
            "daemonSet": {
                "providersDir": _SOCKETS,
                "updateStrategy": {"maxUnavailable": _AT_ONCE},
                "securityContext": {
                    "pod": {"seccompProfile": {"type": "RuntimeDefault"}},
                    "container": {
                        "allowPrivilegeEscalation": False,
                        "readOnlyRootFilesystem": True,
                        # Its agent's socket belongs to another user, and only root passes it by.
                        "capabilities": {"drop": ["ALL"], "add": ["DAC_OVERRIDE"]},
                    },
                },
            },
            "volumes": [{"name": _TRUST, "secret": {"secretName": _TRUST, "items": [{"key": CA_KEY, "path": CA_KEY}]}}],
            "volumeMounts": [{"name": _TRUST, "mountPath": _TRUST_PATH, "readOnly": True}],
            "resources": placement.resources("10m", "96Mi"),
            # It keeps leases: without it every rotation would have Vault make another login to a database.
            "agent": {
                "extraArgs": [f"-ca-cert={_TRUST_PATH}/{CA_KEY}"],
                "logFormat": "json",
                "resources": placement.resources("10m", "128Mi"),
            },
        },
    }
