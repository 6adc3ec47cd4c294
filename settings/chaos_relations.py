"""What must hold between chaos, where and when it is allowed, and the alerts that must tell of it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from components.compute.cluster import ClusterSettings
from components.foundation.network_settings import NetworkSettings
from components.networking import example_app
from components.networking.entry_settings import EntrySettings
from components.observability.rules.catalog import about_applications, alerts
from components.observability.settings import ObservabilitySettings
from components.resilience.chaos.settings import (
    LONGEST_MINUTES,
    NOTICED_AFTER_MINUTES,
    PAUSE_IMAGE,
    ChaosSettings,
    Experiment,
)
from components.security.admission.settings import AdmissionSettings
from settings.chaos_times import LONGEST, an_experiment_ends_before_it_begins_again, one_fault_at_a_time
from settings.relations import Conflict, Relation
from settings.suggest import nearest

_EXPERIMENTS: Final = ("chaos", "experiments")
_REGISTRY_RULE: Final = "image-registry"

# What a container needs to fail, and its probe to notice: https://github.com/chaos-mesh/chaos-mesh/issues/3551 (and
# 3867) tell that the container that follows mounts the volume without the fault.
_BEFORE_A_RESTART_MINUTES: Final = 5

# From 1.36 on, the images of both families have Linux 6.18:
# https://github.com/awslabs/amazon-eks-ami/releases/tag/v20260903 ("K8s 1.36": kernel-6.18, "1.33 - 1.35": 6.12)
# https://github.com/bottlerocket-os/bottlerocket/releases/tag/v1.61.0 ("non-FIPS k8s-1.36 variants": kernel-6.18)
# Neither kernel has the legacy tables of iptables any more:
# https://github.com/bottlerocket-os/bottlerocket-kernel-kit/pull/381, https://github.com/replicatedhq/kURL/pull/5963
_NFTABLES_ALONE_FROM: Final = (1, 36)
# Chaos Mesh's image chooses iptables-legacy (images/chaos-daemon/Dockerfile at v2.8.3), and its agent makes its chains
# before anything else of a NetworkChaos, a delay's too: https://github.com/chaos-mesh/chaos-mesh/pull/4959 is open.
_FILTERING: Final = frozenset({"zone_loss", "network_delay"})


def data_is_put_at_risk_by_somebody(chaos: ChaosSettings, *, retain_data: bool) -> Iterator[Conflict]:
    """Yield the chaos that nobody has allowed in a stack that holds data."""
    if chaos.enabled and retain_data and chaos.allowed is None:
        yield Conflict(
            keys=(("chaos", "enabled"), ("chaos", "allowed"), ("retain_data",)),
            why="lets faults be made where data is kept: name in `chaos.allowed` who allows that, why, and until which "
            f"day, at most {LONGEST.days} days ahead",
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
    """Yield the experiments that no alert could tell of: none that tells of them, none in this stack or that time."""
    for name, experiment in chaos.experiments.items() if chaos.enabled else ():
        path = (*_EXPERIMENTS, name, "alert")
        if experiment.alert not in about_applications():
            known = experiment.alert in {alert.name for alert in alerts()}
            yield Conflict(
                keys=(path,),
                why="tells nobody of an application and its namespace, whatever happens there; docs/runbooks/"
                "chaos-drill.md has fitting ones"
                if known
                else "is no alert; docs/runbooks has a page for each",
                remedy=None if known else nearest(experiment.alert, about_applications()),
            )
            continue
        if not observability.enabled:
            yield Conflict(keys=(path, ("observability", "enabled")), why="cannot fire: the stack measures nothing")
        elif experiment.alert in observability.rules.left_out:
            yield Conflict(
                keys=(path, ("observability", "rules", "left_out")), why="cannot fire: the stack does without it"
            )
        yield from _fires_in_time(name, experiment)


def _fires_in_time(name: str, experiment: Experiment) -> Iterator[Conflict]:
    path = (*_EXPERIMENTS, name, "alert")
    waits = -(-about_applications()[experiment.alert].wait // timedelta(minutes=1))
    if experiment.volume_loss and waits > _BEFORE_A_RESTART_MINUTES:
        yield Conflict(
            keys=(path, (*_EXPERIMENTS, name, "volume_loss")),
            why=f"waits {waits} minutes, and a volume's fault is over when its container restarts, which errors of a "
            f"disk make most do: choose one that waits {_BEFORE_A_RESTART_MINUTES} at most",
        )
        return
    least = waits + NOTICED_AFTER_MINUTES
    if experiment.minutes < least:
        reachable = least <= LONGEST_MINUTES
        yield Conflict(
            keys=((*_EXPERIMENTS, name, "minutes"), path),
            why=f"is over before {experiment.alert} fires, which takes {least} minutes with the time until it is "
            f"noticed{'' if reachable else '; choose an alert that is sooner'}",
            remedy=least if reachable else None,
        )


def agents_can_filter_packets(chaos: ChaosSettings, cluster: ClusterSettings) -> Iterator[Conflict]:
    """Yield the faults of the network that Chaos Mesh's own agent cannot make on the nodes, and would never end."""
    minor = tuple(int(part) for part in cluster.version.split("."))
    if not chaos.enabled or chaos.agent_image or minor < _NFTABLES_ALONE_FROM:
        return
    stuck = [
        (*_EXPERIMENTS, name, fault)
        for name, experiment in chaos.experiments.items()
        for fault in experiment.faults
        if fault in _FILTERING
    ]
    if stuck:
        yield Conflict(
            keys=(("chaos", "agent_image"), *stuck, ("cluster", "version")),
            why=f"is Chaos Mesh's own, which brings the iptables that nodes of {cluster.version} have no kernel for: "
            f"{' and '.join(sorted({str(path[-1]) for path in stuck}))} would fail and not end; set an image of yours "
            "with the iptables of nftables (docs/layers/chaos.md), or leave these faults out",
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


RELATIONS: Final[tuple[Relation, ...]] = (
    data_is_put_at_risk_by_somebody,
    chaos_stays_among_applications,
    an_experiment_is_one_fault,
    a_zone_that_is_lost_is_the_stacks,
    every_experiment_has_an_alert_that_can_fire,
    crashed_pods_are_let_in,
    agents_can_filter_packets,
    one_fault_at_a_time,
    an_experiment_ends_before_it_begins_again,
)
