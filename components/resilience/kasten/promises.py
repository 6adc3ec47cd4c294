"""Shows Prometheus what each class promises to lose at most: what its last backup's age is held against."""

from datetime import timedelta

import pulumi
import pulumi_kubernetes as kubernetes

from components.kit.layer import Layer
from components.kit.spec import as_given
from components.resilience.backup import programs, schedules
from components.resilience.backup.classes import worst_loss
from components.resilience.backup.settings import BackupSettings
from components.resilience.kasten.flows import PROMISES


def create(layer: Layer, settings: BackupSettings) -> pulumi.Resource:
    """Make the pod that shows them, within a layer. It needs no right and calls nobody."""
    (port,) = PROMISES.ports
    config = programs.config_map(layer, PROMISES, ["results"], promises=schedules.as_json(promises(settings)))
    spec = programs.pod(
        "promises",
        ["results"],
        [str(port.number), "/settings/promises.json", "/results"],
        config,
        # Nobody tries restores: there are no results to show.
        volumes={"results": {"emptyDir": {}}},
    )
    (container,) = spec["containers"]
    container["ports"] = [{"name": port.name, "containerPort": port.number}]
    container["readinessProbe"] = {"httpGet": {"path": "/metrics", "port": port.number}}
    del spec["restartPolicy"]
    return kubernetes.apps.v1.Deployment(
        f"{layer.pulumi_resource_name}-promises",
        metadata=kubernetes.meta.v1.ObjectMetaArgs(name=PROMISES.name, namespace=PROMISES.namespace),
        spec=as_given(
            {
                "replicas": 1,
                "selector": {"matchLabels": {**PROMISES.labels}},
                "template": {"metadata": {"labels": {**PROMISES.labels}}, "spec": spec},
            }
        ),
        opts=layer.child(),
    )


def promises(settings: BackupSettings) -> dict[str, dict[str, float]]:
    """Return what each class promises, in seconds; not after how long it is back, which nobody tries."""
    return {
        str(name): {
            "rpo_seconds": timedelta(hours=plan.rpo_hours).total_seconds(),
            "worst_loss_seconds": worst_loss(plan).total_seconds(),
        }
        for name, plan in settings.plans.items()
    }
