"""What must hold between chaos, where and when it is allowed, and the alerts that must tell of it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Final

from components.compute.cluster import ClusterSettings
from components.foundation.network_settings import NetworkSettings
from components.networking import example_app
from components.networking.entry_settings import EntrySettings
from components.observability.rules.catalog import alerts
from components.observability.settings import ObservabilitySettings
from components.resilience.chaos.settings import LONGEST_MINUTES, PAUSE_IMAGE, ChaosSettings
from components.security.admission.settings import AdmissionSettings
from settings.relations import Conflict, Relation
from settings.suggest import nearest

_LONGEST: Final = timedelta(days=14)
_UNITS: Final = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
# Until pods are seen to fail, and their series are scraped and evaluated.
_NOTICED_AFTER_MINUTES: Final = 10
_EXPERIMENTS: Final = ("chaos", "experiments")
_REGISTRY_RULE: Final = "image-registry"


def data_is_put_at_risk_by_somebody(chaos: ChaosSettings, *, retain_data: bool) -> Iterator[Conflict]:
    """Yield the chaos that nobody has allowed in a stack that holds data."""
    if chaos.enabled and retain_data and chaos.allowed is None:
        yield Conflict(
            keys=(("chaos", "enabled"), ("chaos", "allowed"), ("retain_data",)),
            why="lets faults be made where data is kept: name in `chaos.allowed` who allows that, why, and until which "
            f"day, at most {_LONGEST.days} days ahead",
            remedy=False,
        )


def chaos_stays_among_applications(
    chaos: ChaosSettings, cluster: ClusterSettings, entry: EntrySettings
) -> Iterator[Conflict]:
    """Yield the namespaces that are the platform's, Kubernetes', or none that the stack makes."""
    applications = {*cluster.access.namespaces, *([example_app.NAMESPACE] if entry.example_app else [])}
    for index, namespace in enumerate(chaos.namespaces):
        if namespace not in applications:
            known = f"it makes {', '.join(sorted(applications))}" if applications else "it makes none"
            yield Conflict(
                keys=(("chaos", "namespaces", index), ("cluster", "access", "grants"), ("entry", "example_app")),
                why=f"is no namespace that the stack makes for applications ({known}): experiments are in no other",
                remedy=nearest(namespace, applications),
            )
    for name, experiment in chaos.experiments.items():
        if experiment.namespace not in chaos.namespaces:
            yield Conflict(
                keys=((*_EXPERIMENTS, name, "namespace"), ("chaos", "namespaces")),
                why="is not open to chaos: name it in `chaos.namespaces` too, if it may be disturbed",
                remedy=chaos.namespaces[0] if len(chaos.namespaces) == 1 else None,
            )


def an_experiment_is_one_fault(chaos: ChaosSettings) -> Iterator[Conflict]:
    """Yield the experiments of no fault, or of several: nobody would know which of them was not borne."""
    for name, experiment in chaos.experiments.items():
        if len(experiment.faults) != 1:
            told = f"has {' and '.join(experiment.faults)}" if experiment.faults else "has no fault"
            yield Conflict(
                keys=((*_EXPERIMENTS, name),), why=f"{told}; set exactly one of {', '.join(experiment.FAULTS)}"
            )


def a_zone_that_is_lost_is_the_stacks(chaos: ChaosSettings, network: NetworkSettings) -> Iterator[Conflict]:
    """Yield the zones without nodes, whose loss would show nothing."""
    for name, experiment in chaos.experiments.items():
        if experiment.zone_loss and experiment.zone_loss.zone not in network.zones:
            yield Conflict(
                keys=((*_EXPERIMENTS, name, "zone_loss", "zone"), ("network", "zones")),
                why="is none of the stack's zones: no pod would be chosen",
                remedy=network.zones[0],
            )


def every_experiment_has_an_alert_that_can_fire(
    chaos: ChaosSettings, observability: ObservabilitySettings
) -> Iterator[Conflict]:
    """Yield the experiments that no alert could tell of: none of that name, none in this stack, none in that time."""
    for name, experiment in chaos.experiments.items() if chaos.enabled else ():
        path = (*_EXPERIMENTS, name, "alert")
        if experiment.alert not in waits():
            yield Conflict(
                keys=(path,),
                why="is no alert; docs/runbooks has a page for each",
                remedy=nearest(experiment.alert, waits()),
            )
            continue
        if not observability.enabled:
            yield Conflict(keys=(path, ("observability", "enabled")), why="cannot fire: the stack measures nothing")
        elif experiment.alert in observability.rules.left_out:
            yield Conflict(
                keys=(path, ("observability", "rules", "left_out")), why="cannot fire: the stack does without it"
            )
        least = -(-waits()[experiment.alert] // timedelta(minutes=1)) + _NOTICED_AFTER_MINUTES
        if experiment.minutes < least:
            reachable = least <= LONGEST_MINUTES
            yield Conflict(
                keys=((*_EXPERIMENTS, name, "minutes"), path),
                why=f"is over before {experiment.alert} fires, which takes {least} minutes with the time until it is "
                f"noticed{'' if reachable else '; choose an alert that is sooner'}",
                remedy=least if reachable else None,
            )


def crashed_pods_are_let_in(chaos: ChaosSettings, admission: AdmissionSettings) -> Iterator[Conflict]:
    """Yield the registries among which the one of the image of crashed pods is not: admission would undo the fault."""
    registries = admission.registries
    crashing = [name for name, each in chaos.experiments.items() if each.pod_crash or each.node_loss]
    if not (chaos.enabled and crashing and registries and admission.refuses(_REGISTRY_RULE)):
        return
    if not any(PAUSE_IMAGE.startswith(f"{registry}/") for registry in registries):
        yield Conflict(
            keys=(("admission", "registries"), (*_EXPERIMENTS, crashing[0])),
            why=f"refuses {PAUSE_IMAGE}, which crashed pods have: no such fault could be made; add its registry",
            remedy=[*registries, PAUSE_IMAGE.partition("/")[0]],
        )


def one_fault_at_a_time(chaos: ChaosSettings) -> Iterator[Conflict]:
    """Yield the experiments that begin together with another: what fails then is neither's doing."""
    running = defaultdict(list)
    for name, experiment in chaos.experiments.items():
        if not experiment.paused:
            running[experiment.schedule].append(name)
    for first, *others in running.values():
        for name in others:
            yield Conflict(
                keys=((*_EXPERIMENTS, name, "schedule"), (*_EXPERIMENTS, first, "schedule")),
                why=f"begins together with {first}: nobody could tell which of the two was not borne",
            )


def allowed_until(today: date) -> Relation:
    """Return the relation between the permission of chaos and the day."""

    def the_permission_holds(chaos: ChaosSettings) -> Iterator[Conflict]:
        allowed, path = chaos.allowed, ("chaos", "allowed", "until")
        if allowed is None:
            return
        if allowed.until < today:
            yield Conflict(
                keys=(path, ("chaos", "enabled")),
                why=f"is over: {allowed.owner} allowed chaos until then ({allowed.reason}); turn it off and take the "
                "permission away, or have it allowed anew",
            )
        elif allowed.until - today > _LONGEST:
            yield Conflict(
                keys=(path,),
                why=f"is more than {_LONGEST.days} days away: by then it is how things are, not what was allowed",
                remedy=(today + _LONGEST).isoformat(),
            )

    return the_permission_holds


@cache
def waits() -> Mapping[str, timedelta]:
    """Return how long each alert of the catalogue waits before it fires, by name."""
    return {alert.name: _time(alert.for_ or "0m") for alert in alerts()}


def _time(duration: str) -> timedelta:
    parts = re.findall(r"(\d+)([smhd])", duration)
    return sum((int(number) * _UNITS[unit] for number, unit in parts), start=timedelta())


RELATIONS: Final[tuple[Relation, ...]] = (
    data_is_put_at_risk_by_somebody,
    chaos_stays_among_applications,
    an_experiment_is_one_fault,
    a_zone_that_is_lost_is_the_stacks,
    every_experiment_has_an_alert_that_can_fire,
    crashed_pods_are_let_in,
    one_fault_at_a_time,
)
