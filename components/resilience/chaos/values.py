"""What differs from Chaos Mesh's chart's own values."""

from typing import Any, Final

from components.kit import placement
from components.resilience.chaos.flows import CONTROLLER, METRICS_PORT, WEBHOOK_PORT
from components.resilience.chaos.settings import PAUSE_IMAGE

# Bottlerocket's and Amazon Linux' alike; the chart's is Docker's.
_SOCKET: Final = "/run/containerd/containerd.sock"


def values(*, host_network: bool = False, agent_image: str | None = None) -> dict[str, Any]:
    """Return what differs from the chart's own values.

    Args:
        host_network: Whether the webhook is on its node's network, where it is one for each node.
        agent_image: The agents' image, if it is not the chart's.

    """
    return {
        # Profiles on open ports are nobody's business.
        "enableProfiling": False,
        # The layer brings narrower rights.
        "rbac": {"create": False},
        "controllerManager": {
            "replicaCount": placement.REPLICAS,
            "enableFilterNamespace": True,
            # Of machines outside the cluster, of which there are none.
            "chaosdSecurityMode": False,
            "podChaos": {"podFailure": {"pauseImage": PAUSE_IMAGE}},
            "env": {"WEBHOOK_PORT": WEBHOOK_PORT, "METRICS_PORT": METRICS_PORT},
            "securityContext": {**placement.RESTRICTED_POD},
            "resources": placement.resources("25m", "256Mi", memory_limit="512Mi"),
            "nodeSelector": {**placement.GENERAL_NODES},
            "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": _apart()}},
            **({"hostNetwork": True} if host_network else {}),
        },
        "chaosDaemon": {
            "runtime": "containerd",
            "socketPath": _SOCKET,
            **({"image": _parts(agent_image)} if agent_image else {}),
            "resources": placement.resources("20m", "64Mi", memory_limit="512Mi"),
            # Pods may be chosen on any node.
            "tolerations": [*placement.EVERY_TAINT],
            # One node at a time would take longer than the release waits for.
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "20%"}},
        },
        # Experiments come from settings. Its setting `securityMode`, on by itself, holds for the webhooks all the same.
        "dashboard": {"create": False},
        # For faults of DNS, of which there are none here.
        "dnsServer": {"create": False},
        # cert-manager keeps the keys in the cluster; the chart's own would be in the release.
        "webhook": {"certManager": {"enabled": True}},
    }


def _parts(image: str) -> dict[str, str]:
    registry, _, path = image.partition("/")
    # The chart joins them again, so that a digest may follow the tag.
    repository, _, tag = path.partition(":")
    return {"registry": registry, "repository": repository, "tag": tag}


def _apart() -> list[dict[str, Any]]:
    return [
        {
            "weight": weight,
            "podAffinityTerm": {"topologyKey": key, "labelSelector": {"matchLabels": {**CONTROLLER.labels}}},
        }
        for key, weight in (("topology.kubernetes.io/zone", 100), ("kubernetes.io/hostname", 50))
    ]
