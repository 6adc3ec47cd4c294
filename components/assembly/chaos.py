"""Faults that are made on purpose: what makes them, and the experiments, as far as the settings ask for them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from components.assembly.ground import Ground
from components.assembly.security import Security
from components.assembly.systems import Systems
from components.observability.rules import drills
from components.observability.rules.catalog import Group, about_applications, kebab
from components.observability.rules.drills import Drill
from components.resilience.chaos.chaos import Chaos
from components.resilience.chaos.experiments import ChaosExperiments, kind
from components.resilience.chaos.settings import NOTICED_AFTER_MINUTES, ChaosSettings
from settings import PlatformSettings

if TYPE_CHECKING:
    from components.kit.layer import Layer

# The shortest experiment that settings take ends when its alert must have fired: this is told while it is at work.
_BEFORE_THE_END_MINUTES: Final = 2


def layers(settings: PlatformSettings, ground: Ground, systems: Systems, security: Security) -> "list[Layer]":
    """Make the layers and return them in the order in which they are made."""
    if not settings.chaos.enabled:
        return []
    mesh = Chaos(
        "chaos",
        host_network=settings.host_network,
        agent_image=settings.chaos.agent_image,
        opts=ground.after(systems.certificates),
    )
    runbooks = settings.observability.rules.runbooks
    experiments = ChaosExperiments(
        "chaos-experiments",
        settings.chaos,
        pages={each.alert: f"{runbooks}/{kebab(each.alert)}.md" for each in settings.chaos.experiments.values()},
        # The namespaces where they happen are these layers'.
        opts=ground.after(mesh, security.rights, *([systems.example] if systems.example else [])),
    )
    return [mesh, experiments]


def unnoticed(settings: PlatformSettings) -> list[Group]:
    """Return the rules of experiments whose alerts do not tell of them; who evaluates them must see all alerts."""
    if not settings.chaos.enabled:
        return []
    return drills.unnoticed(_drills(settings.chaos), settings.cluster.name)


def forbidden(settings: PlatformSettings) -> Mapping[str, Sequence[Group]]:
    """Return the rules of faults that are at work after the last day on which they are allowed, by theme."""
    chaos = settings.chaos
    return {"chaos": drills.forbidden(chaos.allowed.until)} if chaos.enabled and chaos.allowed else {}


def _drills(chaos: ChaosSettings) -> list[Drill]:
    alike = defaultdict(set)
    for experiment in chaos.experiments.values():
        alike[experiment.namespace, kind(experiment)].add(experiment.alert)
    return [
        Drill(namespace=namespace, kind=of_kind, alerts=tuple(sorted(alerts)), minutes=_minutes(alerts))
        for (namespace, of_kind), alerts in sorted(alike.items())
    ]


def _minutes(alerts: "set[str]") -> int:
    longest = max(about_applications()[alert].wait for alert in alerts)
    return -(-longest // timedelta(minutes=1)) + NOTICED_AFTER_MINUTES - _BEFORE_THE_END_MINUTES
