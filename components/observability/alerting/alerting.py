"""Alerts reach people: Alertmanager, whom it tells of what, and what it is silent about."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.kit import custom_object, placement
from components.kit.external_secret import external_secret
from components.kit.flows import Flow
from components.kit.layer import Layer
from components.kit.monitoring import ALERTMANAGER, ALERTMANAGER_URL, NAMESPACE
from components.kit.spec import as_given
from components.observability.alerting import alertmanager, configuration, silences
from components.observability.alerting.messages import SECRET
from components.observability.alerting.settings import AlertingSettings

_HASH_DIGITS: Final = 10
_QUORUM: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertingOutputs:
    """Where alerts are taken: an address of any of the servers, and the Alertmanager's name."""

    address: pulumi.Output[str]
    name: pulumi.Output[str]


class Alerting(Layer, kind="platform:observability:Alerting"):
    """Alertmanager with its configuration, its credentials as files, and the job that keeps its silences."""

    def __init__(
        self,
        name: str,
        settings: AlertingSettings,
        *,
        storage_class: pulumi.Input[str],
        zones: int,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        account = kubernetes.core.v1.ServiceAccount(
            f"{name}-account",
            metadata=_metadata(alertmanager.ACCOUNT),
            automount_service_account_token=False,
            opts=self.child(),
        )
        # It names files and holds no credential; a Secret is what the operator reads.
        config = kubernetes.core.v1.Secret(
            f"{name}-configuration",
            metadata=_metadata(alertmanager.CONFIG_SECRET),
            string_data={"alertmanager.yaml": configuration.text(settings)},
            opts=self.child(),
        )
        before: list[pulumi.Resource] = [account, config]
        if settings.credentials:
            copied = external_secret(
                name=SECRET, namespace=NAMESPACE, store=settings.credentials.store, key=settings.credentials.key
            )
            before.append(custom_object.create(self, "credentials", copied, depends_on=[]))
        if settings.servers.replicas > _QUORUM:
            before.append(self._budget())
        custom_object.create(
            self,
            "servers",
            {
                "apiVersion": alertmanager.API,
                "kind": "Alertmanager",
                "metadata": {"name": alertmanager.NAME, "namespace": NAMESPACE},
                "spec": alertmanager.spec(settings, storage_class=storage_class, zones=zones),
            },
            depends_on=before,
        )
        ports = [port.name for port in (ALERTMANAGER.ports[0], ALERTMANAGER.ports[-1])]
        custom_object.create(
            self, "monitor", alertmanager.monitor("alertmanager", {**ALERTMANAGER.labels}, *ports), depends_on=[]
        )
        self._silences(settings)
        self.outputs = self.publish(
            AlertingOutputs(
                address=pulumi.Output.from_input(ALERTMANAGER_URL), name=pulumi.Output.from_input(alertmanager.NAME)
            )
        )

    def _budget(self) -> pulumi.Resource:
        return kubernetes.policy.v1.PodDisruptionBudget(
            f"{self.pulumi_resource_name}-servers",
            metadata=_metadata(f"alertmanager-{alertmanager.NAME}"),
            spec=kubernetes.policy.v1.PodDisruptionBudgetSpecArgs(
                min_available=_QUORUM,
                unhealthy_pod_eviction_policy=placement.UNREADY_MAY_GO,
                selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels={**ALERTMANAGER.labels}),
            ),
            opts=self.child(),
        )

    def _silences(self, settings: AlertingSettings) -> None:
        content = silences.files(settings.silences)
        digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:_HASH_DIGITS]
        config_map = kubernetes.core.v1.ConfigMap(
            f"{self.pulumi_resource_name}-silences",
            metadata=_metadata(f"{silences.NAME}-{digest}"),
            data=content,
            # A run that has begun sees what it saw.
            immutable=True,
            opts=self.child(),
        )
        kubernetes.batch.v1.CronJob(
            f"{self.pulumi_resource_name}-silences",
            metadata=_metadata(silences.NAME),
            spec=as_given(silences.job(config_map.metadata.name)),
            opts=self.child(),
        )


def connections(settings: AlertingSettings) -> tuple[Flow, ...]:
    """Return the connections of Alertmanager and of the job that keeps its silences."""
    return (*alertmanager.connections(settings), *silences.connections())


def _metadata(name: str) -> Any:
    return kubernetes.meta.v1.ObjectMetaArgs(name=name, namespace=NAMESPACE)
