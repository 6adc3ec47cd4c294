"""Runtime detection: Falco watches what containers and nodes do, by this platform's rules, and tells somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from components.compute.cluster import ClusterOutputs
from components.foundation.account import AccountSettings
from components.foundation.encryption import EncryptionOutputs
from components.kit import chart, flows, identity, placement
from components.kit.flows import Flow, Port, Workload
from components.kit.layer import Layer
from components.kit.settings import Settings
from components.security.detection import falco_routes, falco_rules
from components.security.detection.falco_language import Priority
from components.security.detection.falco_routes import SIDEKICK, SIDEKICK_PORT, FalcoRoutes
from components.security.namespaces import PLATFORM

CHART: Final = "falco"
_SIDEKICK: Final = f"{CHART}-falcosidekick"
_RULES_FILE: Final = "platform-rules.yaml"

_WEB_PORT: Final = 8765
FALCO: Final = Workload(
    namespace=chart.pinned()[CHART].namespace,
    name=CHART,
    labels={"app.kubernetes.io/instance": CHART, "app.kubernetes.io/name": CHART},
    ports=(Port(name="web", number=_WEB_PORT),),
)
"""The agents, one on each node. They call falcosidekick and nobody else."""

# The chart's 2.32.0 calls AWS without credentials, whatever role its pods have:
# https://github.com/falcosecurity/falcosidekick/issues/1191, mended in 2.33.0 (outputs/aws.go).
_SIDEKICK_TAG: Final = "2.33.0"
_SIDEKICK_USER: Final = 1234


class FalcoSettings(Settings):
    """Detection of what should not happen while it happens."""

    enabled: bool = True
    """Whether Falco runs on every node."""

    priority: Priority = Priority.NOTICE
    """The least grave events that are told at all. Routes may be stricter, not laxer."""

    routes: FalcoRoutes = FalcoRoutes()
    """Where alerts go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FalcoOutputs:
    """Where the alerts are kept; nothing without the route `cloudwatch_logs`."""

    log_group_name: pulumi.Output[str | None]


class Falco(Layer, kind="platform:security:Falco"):
    """Falco on every node, and two falcosidekicks that carry its alerts on."""

    def __init__(
        self,
        name: str,
        settings: FalcoSettings,
        *,
        account: AccountSettings,
        cluster: ClusterOutputs,
        cluster_name: str,
        keys: EncryptionOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        routes = settings.routes
        group = (
            aws.cloudwatch.LogGroup(
                f"{name}-alerts",
                name=log_group(cluster_name),
                retention_in_days=routes.cloudwatch_logs.retention_days,
                kms_key_id=keys.logs_key_arn,
                opts=self.child(),
            )
            if routes.cloudwatch_logs
            else None
        )
        role = (
            identity.pod_role(
                self,
                "falcosidekick",
                account=account,
                service_account=chart.service_account(CHART, cluster.name, _SIDEKICK),
                permissions=identity.Permissions(
                    statements=falco_routes.permissions(routes, account, log_group(cluster_name))
                ),
            )
            if routes.in_aws
            else None
        )
        # Before the pods: what is drained first is bounded already.
        budget = kubernetes.policy.v1.PodDisruptionBudget(
            f"{name}-falcosidekick",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=_SIDEKICK, namespace=SIDEKICK.namespace),
            spec=kubernetes.policy.v1.PodDisruptionBudgetSpecArgs(
                min_available=1,
                unhealthy_pod_eviction_policy=placement.UNREADY_MAY_GO,
                selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels={**SIDEKICK.labels}),
            ),
            opts=self.child(),
        )
        chart.install(
            self,
            CHART,
            values(
                settings,
                region=account.region,
                log_group_name=log_group(cluster_name),
                namespaces=[namespace.name for namespace in PLATFORM],
            ),
            depends_on=[budget, *([group] if group else []), *(role.complete if role else ())],
        )
        self.outputs = self.publish(
            FalcoOutputs(log_group_name=pulumi.Output.from_input(group.name if group else None))
        )


def log_group(cluster_name: str) -> str:
    """Return the name of the log group with a cluster's alerts, beside that of its control plane."""
    return f"/aws/eks/{cluster_name}/falco"


def connections(settings: FalcoSettings, account: AccountSettings) -> tuple[Flow, ...]:
    """Return the connections of Falco and of what carries its alerts on."""
    return (
        *flows.dns(FALCO),
        Flow(client=FALCO, server=SIDEKICK, port=SIDEKICK_PORT, why="tells what it has seen"),
        *flows.probes(FALCO, _WEB_PORT),
        *flows.scrape(FALCO, _WEB_PORT),
        *flows.dns(SIDEKICK),
        *flows.probes(SIDEKICK, SIDEKICK_PORT),
        *flows.scrape(SIDEKICK, SIDEKICK_PORT),
        *falco_routes.connections(settings.routes, account),
    )


def values(settings: FalcoSettings, *, region: str, log_group_name: str, namespaces: Sequence[str]) -> dict[str, Any]:
    """Return what differs from the chart's own values.

    Args:
        settings: What is told, and where.
        region: AWS's.
        log_group_name: The log group of the route `cloudwatch_logs`.
        namespaces: The platform's own.

    """
    off = {"enabled": False}
    return {
        # It is part of Falco itself and needs nothing that would have to fit the node's kernel: no module, no
        # compiler, no download. Kernels from 5.8 on have it, and both images of EKS are beyond.
        # https://falco.org/docs/concepts/event-sources/kernel/#modern-ebpf-probe
        "driver": {"kind": "modern_ebpf"},
        "tolerations": [*placement.EVERY_TAINT],
        "podPriorityClassName": "system-node-critical",
        # One node at a time would take longer than the release waits for.
        "controller": {
            "daemonset": {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "20%"}}}
        },
        # Rules and plug-in are those of the image. What is read-write on every node should not fetch what decides
        # about it from a registry, by a tag that moves.
        "falcoctl": {"artifact": {"install": off, "follow": off}},
        "collectors": _collectors(),
        "customRules": {_RULES_FILE: falco_rules.text(namespaces)},
        "falco": _configuration(settings.priority),
        "metrics": {"enabled": True},
        "falcosidekick": sidekick_values(settings.routes, region, log_group_name),
    }


def sidekick_values(routes: FalcoRoutes, region: str, log_group_name: str) -> dict[str, Any]:
    """Return what differs from the values of the chart within the chart; two replicas are its own choice."""
    return {
        "enabled": True,
        "fullfqdn": True,
        "image": {"tag": _SIDEKICK_TAG},
        "podSecurityContext": {
            **placement.RESTRICTED_POD,
            **dict.fromkeys(("runAsUser", "runAsGroup", "fsGroup"), _SIDEKICK_USER),
        },
        "securityContext": {**placement.RESTRICTED_CONTAINER},
        "nodeSelector": {**placement.GENERAL_NODES},
        "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": _apart()}},
        "resources": placement.resources("20m", "64Mi", memory_limit="128Mi"),
        "config": falco_routes.config(routes, region, log_group_name),
    }


def _collectors() -> dict[str, Any]:
    """Leave containerd: Kubernetes' own, and that of Bottlerocket's host containers, which is the chart's choice."""
    return {
        "containerEngine": {
            "engines": {
                **{name: {"enabled": False} for name in ("docker", "podman", "lxc", "libvirt_lxc", "bpm")},
                "cri": {"sockets": ["/run/containerd/containerd.sock"]},
            }
        }
    }


def _configuration(priority: Priority) -> dict[str, Any]:
    return {
        # The image's own folder loads the plug-in that this configuration loads already.
        "config_files": [],
        # A rule of ours and one of Falco's may fit the same event; with the first alone ours would stay silent.
        "rule_matching": "all",
        "priority": str(priority),
        "json_output": True,
        # There is no syslog in a container.
        "syslog_output": {"enabled": False},
        "log_syslog": False,
    }


def _apart() -> list[dict[str, Any]]:
    return [
        {
            "weight": weight,
            "podAffinityTerm": {"topologyKey": key, "labelSelector": {"matchLabels": {**SIDEKICK.labels}}},
        }
        for key, weight in (("topology.kubernetes.io/zone", 100), ("kubernetes.io/hostname", 50))
    ]
