"""An etcd for what the platform itself remembers: members that outlive a zone, known to each other by certificates."""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.compute.cluster import ClusterOutputs
from components.foundation.account import AccountSettings
from components.foundation.encryption import EncryptionSettings
from components.kit import custom_object, placement
from components.kit.layer import Layer
from components.kit.monitoring import Instance, watched_by
from components.kit.replication_alarms import Topics
from components.kit.spec import as_given
from components.observability.etcd import certificates, jobs, member, snapshots
from components.observability.etcd.flows import MEMBER
from components.observability.etcd.settings import (
    CLIENT_PORT,
    MAINTENANCE_ACCOUNT,
    MEMBERS_SERVICE,
    NAME,
    NAMESPACE,
    EtcdSettings,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformEtcdOutputs:
    """Where it is, and where its snapshots are.

    Attributes:
        address: Of any member, ``https://etcd.platform-etcd.svc:2379``.
        snapshot_bucket: The bucket with the snapshots.
        snapshot_replica_bucket: Its copy in another region; empty where there is none.

    """

    address: pulumi.Output[str]
    snapshot_bucket: pulumi.Output[str]
    snapshot_replica_bucket: pulumi.Output[str]


class PlatformEtcd(Layer, kind="platform:observability:PlatformEtcd"):
    """The members with their authority, what keeps and watches them, and the place for their snapshots."""

    def __init__(
        self,
        name: str,
        settings: EtcdSettings,
        *,
        account: AccountSettings,
        encryption: EncryptionSettings,
        cluster: ClusterOutputs,
        storage_class: pulumi.Input[str],
        root: str,
        copies_region: str | None,
        copies_topics: Topics,
        retain_data: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        signed = self._certificates(settings, root)
        services = self._services()
        members = kubernetes.apps.v1.StatefulSet(
            f"{name}-members",
            metadata=_metadata(NAME),
            spec=as_given(member.stateful_set(settings, storage_class, retain_data=retain_data)),
            opts=self.child(depends_on=[*signed, *services], protect=retain_data or None),
        )
        kubernetes.policy.v1.PodDisruptionBudget(
            f"{name}-members",
            metadata=_metadata(NAME),
            spec=as_given(
                {
                    "maxUnavailable": 1,
                    "unhealthyPodEvictionPolicy": placement.UNREADY_MAY_GO,
                    "selector": {"matchLabels": dict(MEMBER.labels)},
                }
            ),
            opts=self.child(),
        )
        custom_object.create(self, "monitor", monitor(), depends_on=[])
        kept = snapshots.create(
            self,
            settings,
            account=account,
            encryption=encryption,
            cluster=cluster,
            copies_region=copies_region,
            copies_topics=copies_topics,
            retain_data=retain_data,
        )
        self._jobs(
            {
                "snapshot": jobs.snapshot(settings, region=account.region, cluster=cluster.name, bucket=kept.bucket),
                "defragmentation": jobs.defragmentation(settings),
            },
            after=[*kept.settled, members],
        )
        self.outputs = self.publish(
            PlatformEtcdOutputs(
                address=pulumi.Output.from_input(f"https://{NAME}.{NAMESPACE}.svc:{CLIENT_PORT}"),
                snapshot_bucket=kept.bucket,
                snapshot_replica_bucket=kept.replica_bucket,
            )
        )

    def _certificates(self, settings: EtcdSettings, root: str) -> list[pulumi.Resource]:
        def custom(kind: str, role: str, spec: Any, *after: pulumi.Resource) -> pulumi.Resource:
            return kubernetes.apiextensions.CustomResource(
                f"{self.pulumi_resource_name}-{role}",
                api_version=certificates.API,
                kind=kind,
                metadata=kubernetes.meta.v1.ObjectMetaArgs(name=role, namespace=NAMESPACE),
                spec=spec,
                opts=self.child(depends_on=after),
            )

        authority = custom("Certificate", certificates.AUTHORITY, certificates.authority(root))
        issuer = custom("Issuer", certificates.ISSUER, {"ca": {"secretName": certificates.AUTHORITY}}, authority)
        clients = [certificates.MAINTENANCE, *(f"etcd-client-{each.app}" for each in settings.clients)]
        return [
            custom("Certificate", certificates.MEMBER, certificates.member(settings.members), issuer),
            *(custom("Certificate", client, certificates.client(client), issuer) for client in clients),
        ]

    def _services(self) -> list[pulumi.Resource]:
        labels = dict(MEMBER.labels)
        client = {"name": "client", "port": CLIENT_PORT, "targetPort": "client"}
        others = [{"name": port.name, "port": port.number, "targetPort": port.name} for port in MEMBER.ports]
        specs: dict[str, dict[str, Any]] = {
            NAME: {"selector": labels, "ports": [client]},
            # Before a member is ready, the others must find it.
            MEMBERS_SERVICE: {
                "clusterIP": "None",
                "publishNotReadyAddresses": True,
                "selector": labels,
                "ports": others,
            },
        }
        return [
            kubernetes.core.v1.Service(
                f"{self.pulumi_resource_name}-{role}",
                # They are there before any pod: members look each other up before they are ready.
                metadata=_metadata(role, {"pulumi.com/skipAwait": "true"}),
                spec=as_given(spec),
                opts=self.child(),
            )
            for role, spec in specs.items()
        ]

    def _jobs(self, specs: dict[str, dict[str, Any]], after: list[pulumi.Resource]) -> None:
        name = self.pulumi_resource_name
        account = kubernetes.core.v1.ServiceAccount(
            f"{name}-maintenance",
            metadata=_metadata(MAINTENANCE_ACCOUNT),
            automount_service_account_token=False,
            opts=self.child(),
        )
        program = kubernetes.core.v1.ConfigMap(
            f"{name}-maintenance", metadata=_metadata(jobs.PROGRAM), data=jobs.program(), opts=self.child()
        )
        for task, spec in specs.items():
            kubernetes.batch.v1.CronJob(
                f"{name}-{task}",
                metadata=_metadata(f"{NAME}-{task}"),
                spec=as_given(spec),
                opts=self.child(depends_on=[*after, account, program]),
            )


def _metadata(name: str, annotations: dict[str, str] | None = None) -> kubernetes.meta.v1.ObjectMetaArgs:
    return kubernetes.meta.v1.ObjectMetaArgs(
        name=name, namespace=NAMESPACE, labels={"app.kubernetes.io/name": NAME}, annotations=annotations
    )


def monitor() -> dict[str, Any]:
    """Return what has the members watched, each by its own name."""
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": {"name": NAME, "namespace": NAMESPACE, "labels": {**watched_by(Instance.DATABASE)}},
        "spec": {
            "jobLabel": "app.kubernetes.io/name",
            "selector": {"matchLabels": dict(MEMBER.labels)},
            "podMetricsEndpoints": [{"port": "metrics"}],
        },
    }
