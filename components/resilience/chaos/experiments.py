"""Experiments as Schedules of Chaos Mesh, paused unless settings say otherwise, and its rights where they happen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.kit import custom_object, rights
from components.kit.layer import Layer
from components.resilience.chaos import permissions
from components.resilience.chaos.settings import (
    ACCOUNT,
    NAMESPACE,
    ChaosSettings,
    Experiment,
    NetworkDelay,
    NodeLoss,
    PodCrash,
    VolumeLoss,
    ZoneLoss,
)

API: Final = "chaos-mesh.org/v1alpha1"

PAUSE: Final = "experiment.chaos-mesh.org/pause"
"""The annotation of a Schedule that starts nothing.

On an experiment itself it would not do: one that kills pods starts at once in spite of it, and the duration of any
other is counted from when it was made, so that it is over before anybody lets it go.
https://github.com/chaos-mesh/chaos-mesh/blob/v2.8.3/controllers/common/desiredphase/controller.go
"""

# Whoever resumes a Schedule minutes after its hour means that hour. Without a limit it would make up for the last one
# it missed, whenever that was. https://chaos-mesh.org/docs/define-scheduling-rules/
_STARTS_WITHIN_SECONDS: Final = 300
_KEPT: Final = 3

# The field of a Schedule that holds what it starts, by its kind.
_FIELDS: Final = {"PodChaos": "podChaos", "NetworkChaos": "networkChaos", "IOChaos": "ioChaos"}

_ZONE: Final = "topology.kubernetes.io/zone"
# EIO, as a disk answers that is gone: https://man7.org/linux/man-pages/man3/errno.3.html
_IO_ERROR: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ChaosExperimentsOutputs:
    """The alert that each experiment must raise, by ``<namespace>/<name>`` of its Schedule."""

    alerts: pulumi.Output[dict[str, str]]


class ChaosExperiments(Layer, kind="platform:resilience:ChaosExperiments"):
    """What Chaos Mesh may do in each namespace that is open to it, and a Schedule for each experiment."""

    def __init__(
        self,
        name: str,
        settings: ChaosSettings,
        *,
        pages: Mapping[str, str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        granted = {namespace: self._rights(namespace) for namespace in settings.namespaces}
        for title, experiment in settings.experiments.items():
            custom_object.create(
                self,
                title,
                schedule(title, experiment, pages[experiment.alert]),
                # Chaos Mesh must be able to end what it began for as long as the Schedule is there.
                depends_on=granted[experiment.namespace],
            )
        self.outputs = self.publish(
            ChaosExperimentsOutputs(
                alerts=pulumi.Output.from_input(
                    {f"{each.namespace}/{title}": each.alert for title, each in settings.experiments.items()}
                )
            )
        )

    def _rights(self, namespace: str) -> Sequence[pulumi.Resource]:
        return rights.in_namespace(
            self,
            namespace,
            name="chaos-mesh",
            namespace=namespace,
            rules=permissions.where_it_happens(),
            accounts=[(NAMESPACE, ACCOUNT)],
        )


def schedule(name: str, experiment: Experiment, page: str) -> dict[str, Any]:
    """Return the Schedule of an experiment.

    Args:
        name: The experiment's.
        experiment: What happens.
        page: The address of the page of its alert.

    """
    of_kind, fault = _fault(experiment)
    return {
        "apiVersion": API,
        "kind": "Schedule",
        "metadata": {
            "name": name,
            "namespace": experiment.namespace,
            "labels": {"app.kubernetes.io/managed-by": "pulumi"},
            "annotations": {
                PAUSE: "true" if experiment.paused else "false",
                "platform/alert": experiment.alert,
                "platform/runbook": page,
            },
        },
        "spec": {
            "schedule": experiment.schedule,
            "startingDeadlineSeconds": _STARTS_WITHIN_SECONDS,
            "concurrencyPolicy": "Forbid",
            "historyLimit": _KEPT,
            "type": of_kind,
            _FIELDS[of_kind]: {**fault, "duration": f"{experiment.minutes}m"},
        },
    }


def kind(experiment: Experiment) -> str:
    """Return what Chaos Mesh calls the fault of an experiment."""
    return _fault(experiment)[0]


def _fault(experiment: Experiment) -> tuple[str, dict[str, Any]]:
    (fault,) = (getattr(experiment, each) for each in experiment.faults)
    match fault:
        case PodCrash(percent=None):
            return "PodChaos", {"action": "pod-failure", **_pods(experiment, "one")}
        case PodCrash(percent=percent):
            return "PodChaos", {
                "action": "pod-failure",
                **_pods(experiment, "fixed-percent"),
                "value": str(percent),
            }
        case NodeLoss():
            return "PodChaos", {"action": "pod-failure", **_pods(experiment, "all", fault.node_labels)}
        case ZoneLoss():
            # Without a target everything is dropped, the kubelet's probes included.
            return "NetworkChaos", {
                "action": "partition",
                **_pods(experiment, "all", {_ZONE: fault.zone}),
                "direction": "both",
            }
        case NetworkDelay():
            return "NetworkChaos", {
                "action": "delay",
                **_pods(experiment, "all"),
                "direction": "to",
                "delay": {"latency": f"{fault.milliseconds}ms", "jitter": f"{fault.jitter_milliseconds}ms"},
            }
        case VolumeLoss():
            return "IOChaos", {
                "action": "fault",
                **_pods(experiment, "one"),
                "volumePath": fault.path,
                "errno": _IO_ERROR,
                "percent": 100,
                **({"containerNames": [fault.container]} if fault.container else {}),
            }
        case _:
            raise TypeError(f"{type(fault).__name__} is no fault")


def _pods(experiment: Experiment, mode: str, nodes: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {
        "mode": mode,
        "selector": {
            "namespaces": [experiment.namespace],
            "labelSelectors": {**experiment.labels},
            # Of what has ended or was evicted nothing is left to be disturbed, and the one that is chosen may be such.
            "podPhaseSelectors": ["Running"],
            **({"nodeSelectors": {**nodes}} if nodes else {}),
        },
    }
