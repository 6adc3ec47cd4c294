"""Faults that are made on purpose: what makes them, and the experiments, as far as the settings ask for them."""

from typing import TYPE_CHECKING

from components.assembly.ground import Ground
from components.assembly.security import Security
from components.assembly.systems import Systems
from components.observability.rules.catalog import kebab
from components.resilience.chaos.chaos import Chaos
from components.resilience.chaos.experiments import ChaosExperiments
from settings import PlatformSettings

if TYPE_CHECKING:
    from components.kit.layer import Layer


def layers(settings: PlatformSettings, ground: Ground, systems: Systems, security: Security) -> "list[Layer]":
    """Make the layers and return them in the order in which they are made."""
    if not settings.chaos.enabled:
        return []
    mesh = Chaos("chaos", host_network=settings.host_network, opts=ground.after(systems.certificates))
    runbooks = settings.observability.rules.runbooks
    experiments = ChaosExperiments(
        "chaos-experiments",
        settings.chaos,
        pages={each.alert: f"{runbooks}/{kebab(each.alert)}.md" for each in settings.chaos.experiments.values()},
        # The namespaces where they happen are these layers'.
        opts=ground.after(mesh, security.rights, *([systems.example] if systems.example else [])),
    )
    return [mesh, experiments]
