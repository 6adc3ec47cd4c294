"""The proof that backups can be restored: a canary in each of them, and a job that brings it back and looks at it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.kit.flows import Workload
from components.kit.layer import Layer
from components.kit.spec import as_given
from components.resilience.backup import programs, schedules
from components.resilience.backup.classes import (
    CANARY,
    LABEL,
    BackupClass,
    apps_schedule_name,
    schedule_name,
    worst_loss,
)
from components.resilience.backup.flows import DRILL, METRICS_PORT, RESULTS
from components.resilience.backup.programs import Rule
from components.resilience.backup.settings import DRILL_NAMESPACE, LOCATION, NAMESPACE, SOURCE, BackupSettings
from components.resilience.backup.velero import VeleroOutputs

RESULTS_NAME: Final = "backup-drill-results"
CLAIM: Final = "canary"
MARKER: Final = "canary"
_MARKED: Final = {"says": "what is read here came out of a backup"}

WRITER: Final = Workload(namespace=CANARY, name="canary", labels={"app.kubernetes.io/name": "canary"})
READER: Final = Workload(namespace=DRILL_NAMESPACE, name="reader", labels={"app.kubernetes.io/name": "reader"})

# What writes and what opens networks; Kubernetes makes the last of itself in every namespace.
_EXCLUDED: Final = (
    "pods",
    "jobs.batch",
    "cronjobs.batch",
    "networkpolicies.networking.k8s.io",
    "ciliumnetworkpolicies.cilium.io",
    # Those of pods that are not restored; today's backups hold none, older ones do.
    "ciliumendpoints.cilium.io",
    "serviceaccounts",
)
_MODULES: Final = ("drill", "api")
_CLEAN_SECONDS: Final = 600
_WRITES: Final = "47 * * * *"
_WRITE_SECONDS: Final = 600
_CLASS: Final = "backup-canary"
_CLAIMED: Final = ("get", "list", "delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupDrillOutputs:
    """Where the results of drills are: a ConfigMap, in Velero's namespace."""

    results: pulumi.Output[str]


class BackupDrill(Layer, kind="platform:resilience:BackupDrill"):
    """A canary that every class holds, the job that restores it, and its results for Prometheus."""

    def __init__(
        self,
        name: str,
        settings: BackupSettings,
        *,
        volumes_key_arn: pulumi.Input[str],
        velero: VeleroOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self._canary(volumes_key_arn)
        results = kubernetes.core.v1.ConfigMap(
            f"{name}-results",
            # Each drill writes what it found; nothing here says what that is.
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=RESULTS_NAME, namespace=velero.namespace),
            opts=self.child(),
        )
        self._job(settings, results)
        self._results(settings)
        self.outputs = self.publish(BackupDrillOutputs(results=results.metadata.name))

    def _canary(self, volumes_key_arn: pulumi.Input[str]) -> None:
        name = self.pulumi_resource_name
        storage_class = kubernetes.storage.v1.StorageClass(
            f"{name}-{_CLASS}",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=_CLASS, annotations={"storageclass.kubernetes.io/is-default-class": "false"}
            ),
            provisioner="ebs.csi.aws.com",
            parameters={"type": "gp3", "encrypted": "true", "kmsKeyId": volumes_key_arn},
            # What a drill restores must go again, whatever the stack's own classes keep.
            reclaim_policy="Delete",
            volume_binding_mode="WaitForFirstConsumer",
            opts=self.child(),
        )
        kubernetes.core.v1.PersistentVolumeClaim(
            f"{name}-claim",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=CLAIM,
                namespace=CANARY,
                # Nothing is bound before the writer first runs, up to an hour later.
                annotations={"pulumi.com/skipAwait": "true"},
            ),
            spec=as_given(
                {
                    "accessModes": ["ReadWriteOnce"],
                    "storageClassName": storage_class.metadata.name,
                    "resources": {"requests": {"storage": "1Gi"}},
                }
            ),
            opts=self.child(),
        )
        kubernetes.core.v1.ConfigMap(
            f"{name}-marker",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=MARKER, namespace=CANARY),
            data=_MARKED,
            opts=self.child(),
        )
        config = programs.config_map(self, WRITER, ["canary"])
        volumes = {"canary": {"persistentVolumeClaim": {"claimName": CLAIM}}}
        spec = programs.pod("canary", ["canary"], ["write", "/canary"], config, volumes=volumes)
        kubernetes.batch.v1.CronJob(
            f"{name}-canary",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=WRITER.name, namespace=CANARY),
            spec=as_given(programs.cron_job(_WRITES, _WRITE_SECONDS, WRITER.labels, spec)),
            opts=self.child(),
        )

    def _job(self, settings: BackupSettings, results: kubernetes.core.v1.ConfigMap) -> None:
        name = self.pulumi_resource_name
        reader = programs.config_map(self, READER, ["canary"])
        content = reader.apply(lambda config: schedules.as_json(plan(settings, config)))
        # Its name cannot tell of a content that is not known yet: the reader's own name does, which is part of it.
        config = kubernetes.core.v1.ConfigMap(
            f"{name}-plan",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name="backup-drill-plan", namespace=NAMESPACE),
            data={"plan.json": content},
            opts=self.child(),
        )
        program = programs.config_map(self, DRILL, _MODULES)
        before = [
            programs.account(self, DRILL),
            programs.rights(
                self,
                DRILL,
                NAMESPACE,
                Rule("velero.io", ("backups",), ("list",)),
                Rule("velero.io", ("restores",), ("get", "list", "create", "delete")),
                Rule("", ("configmaps",), ("get", "patch"), (RESULTS_NAME,)),
            ),
            programs.rights(
                self,
                DRILL,
                DRILL_NAMESPACE,
                Rule("", ("pods",), ("create", *_CLAIMED)),
                Rule("", ("persistentvolumeclaims", "configmaps"), _CLAIMED),
                Rule("snapshot.storage.k8s.io", ("volumesnapshots",), _CLAIMED),
            ),
        ]
        volumes = {"plan": {"configMap": {"name": config.metadata.name}}}
        spec = programs.pod(
            "drill", _MODULES, ["/plan/plan.json"], program, calls_the_api_as=DRILL.name, volumes=volumes
        )
        # Each class may take what it promises, and cleaning before and after.
        longest = len(tries(settings)) * (settings.drill.rto_minutes * 60 + 2 * _CLEAN_SECONDS)
        kubernetes.batch.v1.CronJob(
            f"{name}-drill",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=DRILL.name, namespace=NAMESPACE),
            spec=as_given(programs.cron_job(settings.drill.schedule, longest, DRILL.labels, spec)),
            opts=self.child(depends_on=[*before, results]),
        )

    def _results(self, settings: BackupSettings) -> None:
        name = self.pulumi_resource_name
        config = programs.config_map(self, RESULTS, ["results"], promises=schedules.as_json(promises(settings)))
        spec = programs.pod(
            "results",
            ["results"],
            [str(METRICS_PORT), "/settings/promises.json", "/results"],
            config,
            # The kubelet brings what a drill has written: the pod needs no right and calls nobody.
            volumes={"results": {"configMap": {"name": RESULTS_NAME, "optional": True}}},
        )
        (container,) = spec["containers"]
        container["ports"] = [{"name": RESULTS.ports[0].name, "containerPort": METRICS_PORT}]
        container["readinessProbe"] = {"httpGet": {"path": "/metrics", "port": METRICS_PORT}}
        del spec["restartPolicy"]
        kubernetes.apps.v1.Deployment(
            f"{name}-results",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=RESULTS.name, namespace=NAMESPACE),
            spec=as_given(
                {
                    "replicas": 1,
                    "selector": {"matchLabels": {**RESULTS.labels}},
                    "template": {"metadata": {"labels": {**RESULTS.labels}}, "spec": spec},
                }
            ),
            opts=self.child(),
        )


@dataclass(frozen=True, slots=True)
class Try:
    """One restore that a drill tries.

    Attributes:
        of_class: The class.
        location: Where its backups are.
        schedule: The Schedule that makes them, without a region before its name.
        beside: The Schedule that is always there, if that one is only where a namespace chose the class.

    """

    of_class: BackupClass
    location: str
    schedule: str
    beside: str = ""


def tries(settings: BackupSettings) -> dict[str, Try]:
    """Return each restore that a drill tries, by the name that its results have; program/results.py knows their form.

    Both kinds of backups are tried: what a region's loss is answered with are those of namespaces that chose a class.
    What another cluster left is tried, too: a copy that nobody ever restored from is a hope.
    """
    locations = {"": LOCATION, **({f"{SOURCE}-": SOURCE} if settings.source else {})}
    found: dict[str, Try] = {}
    for mark, location in locations.items():
        for name in settings.plans:
            platform, apps = schedule_name(name), apps_schedule_name(name)
            found[f"{mark}{name}"] = Try(name, location, platform)
            found[f"{mark}{apps}"] = Try(name, location, apps, beside=platform)
    return found


def plan(settings: BackupSettings, reader: str) -> dict[str, Any]:
    """Return what the drill is told.

    Args:
        settings: The classes, and what they promise.
        reader: The ConfigMap of the program that reads what was restored.

    """
    volumes = {"canary": {"persistentVolumeClaim": {"claimName": CLAIM}}}
    return {
        "velero": NAMESPACE,
        "canary": CANARY,
        "scratch": DRILL_NAMESPACE,
        "classes": {
            name: {
                "location": each.location,
                "class": str(each.of_class),
                "schedule": each.schedule,
                **({"beside": each.beside} if each.beside else {}),
                "rpo_seconds": _rpo_seconds(settings, each),
                "rto_seconds": settings.drill.rto_minutes * 60,
            }
            for name, each in tries(settings).items()
        },
        "label": LABEL,
        "excluded": [*_EXCLUDED],
        "operation_timeout": f"{settings.drill.rto_minutes}m0s",
        "clean_seconds": _CLEAN_SECONDS,
        "claim": CLAIM,
        "marker": {"name": MARKER, "data": {**_MARKED}},
        "results": RESULTS_NAME,
        "reader": {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": READER.name,
                "namespace": DRILL_NAMESPACE,
                "labels": {**READER.labels, "platform/drill": "true"},
            },
            "spec": programs.pod("reader", ["canary"], ["read", "/canary"], reader, volumes=volumes),
        },
    }


def promises(settings: BackupSettings) -> dict[str, dict[str, float]]:
    """Return what each class promises, in seconds, for the metrics beside what drills found.

    A class promises the same to the platform's namespaces and to those that chose it.
    """
    return {
        name: {
            "rpo_seconds": _rpo_seconds(settings, each),
            "worst_loss_seconds": worst_loss(settings.plans[each.of_class]).total_seconds(),
            "rto_seconds": settings.drill.rto_minutes * 60,
        }
        for name, each in tries(settings).items()
        if not each.beside
    }


def _rpo_seconds(settings: BackupSettings, tried: Try) -> float:
    return timedelta(hours=settings.plans[tried.of_class].rpo_hours).total_seconds()
