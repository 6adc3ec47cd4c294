"""The layers of chaos on the recording engine."""

from typing import Any

from components.resilience.chaos.chaos import Chaos
from components.resilience.chaos.experiments import ChaosExperiments
from components.resilience.chaos.settings import ChaosSettings
from tests.components import examples
from tests.components.recording import Recording, build

PAGE = "https://runbooks.example.com/kube-deployment-replicas-missing.md"
FAULTS: dict[str, dict[str, Any]] = {
    "pod_crash": {},
    "node_loss": {},
    "zone_loss": {"zone": "eu-central-1a"},
    "network_delay": {"milliseconds": 2000},
    "volume_loss": {"path": "/data"},
}
"""Each fault with as little as it takes."""


def settings(experiments: dict[str, dict[str, Any]], namespaces: tuple[str, ...] = ("example",)) -> ChaosSettings:
    return examples.parsed(ChaosSettings, enabled=True, namespaces=[*namespaces], experiments=experiments)


def experiment(fault: str, about: dict[str, Any] | None = None, **values: Any) -> dict[str, Any]:
    return {
        "namespace": "example",
        "labels": {"app": "api"},
        "alert": "KubeDeploymentReplicasMissing",
        fault: FAULTS[fault] if about is None else about,
        **values,
    }


def chaos(*, host_network: bool = False, agent_image: str | None = None) -> Recording:
    return build(lambda: Chaos("chaos", host_network=host_network, agent_image=agent_image))


def experiments(wanted: dict[str, dict[str, Any]], namespaces: tuple[str, ...] = ("example",)) -> Recording:
    given = settings(wanted, namespaces)
    pages = {each.alert: PAGE for each in given.experiments.values()}
    return build(lambda: ChaosExperiments("chaos-experiments", given, pages=pages))
