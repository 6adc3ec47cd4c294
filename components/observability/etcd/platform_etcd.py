"""An etcd for what the platform itself remembers: members that outlive a zone, known to each other by certificates."""

from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from components.compute.cluster import ClusterOutputs
from components.foundation.account import AccountSettings
from components.foundation.encryption import EncryptionSettings, administration
from components.kit import custom_object, iam, object_clients, object_store
from components.kit.identity import ServiceAccount
from components.kit.layer import Layer
from components.kit.monitoring import Instance, watched_by
from components.kit.object_clients import Access, Bucket
from components.kit.spec import as_given
from components.observability.etcd import certificates, jobs, member
from components.observability.etcd.flows import MEMBER
from components.observability.etcd.settings import (
    CLIENT_PORT,
    MAINTENANCE_ACCOUNT,
    MEMBERS_SERVICE,
    NAME,
    NAMESPACE,
    EtcdSettings,
    LockMode,
)

_MODES: Final = {
    LockMode.GOVERNANCE: object_store.LockMode.GOVERNANCE,
    LockMode.COMPLIANCE: object_store.LockMode.COMPLIANCE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformEtcdOutputs:
    """Where it is, and where its snapshots are.

    Attributes:
        address: Of any member, ``https://etcd.platform-etcd.svc:2379``.
        snapshot_bucket: The bucket with the snapshots.

    """

    address: pulumi.Output[str]
    snapshot_bucket: pulumi.Output[str]


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
            spec=as_given({"maxUnavailable": 1, "selector": {"matchLabels": dict(MEMBER.labels)}}),
            opts=self.child(),
        )
        custom_object.create(self, "monitor", monitor(), depends_on=[])
        bucket, settled = self._snapshots(
            settings, account=account, encryption=encryption, cluster=cluster, retain_data=retain_data
        )
        self._jobs(
            {
                "snapshot": jobs.snapshot(settings, region=account.region, cluster=cluster.name, bucket=bucket),
                "defragmentation": jobs.defragmentation(settings),
            },
            after=[*settled, members],
        )
        self.outputs = self.publish(
            PlatformEtcdOutputs(
                address=pulumi.Output.from_input(f"https://{NAME}.{NAMESPACE}.svc:{CLIENT_PORT}"),
                snapshot_bucket=bucket,
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

    def _snapshots(
        self,
        settings: EtcdSettings,
        *,
        account: AccountSettings,
        encryption: EncryptionSettings,
        cluster: ClusterOutputs,
        retain_data: bool,
    ) -> tuple[pulumi.Output[str], list[pulumi.Resource]]:
        """Make the place for snapshots and the right to add to it; return its name and what jobs must wait for."""
        name = self.pulumi_resource_name
        key = aws.kms.Key(
            f"{name}-key",
            description="Snapshots of the platform's etcd",
            enable_key_rotation=True,
            deletion_window_in_days=encryption.deletion_window_days,
            policy=iam.document([administration(account)]),
            tags={"Name": f"{name}-key"},
            opts=self.child(protect=retain_data),
        )
        aws.kms.Alias(f"{name}-key", target_key_id=key.key_id, opts=self.child())
        days = settings.snapshots.retention_days
        store = object_store.create(
            self,
            "snapshots",
            key_arn=key.arn,
            lifecycle=object_store.Lifecycle(expire_after_days=days, recover_days=1),
            lock=object_store.Lock(mode=_MODES[settings.snapshots.lock], days=days),
            retain_data=retain_data,
        )
        role = object_clients.pod_role(
            self,
            "maintenance",
            account=account,
            service_account=ServiceAccount(cluster=cluster.name, namespace=NAMESPACE, name=MAINTENANCE_ACCOUNT),
            bucket=Bucket(name=store.name, arn=store.arn, key_arn=key.arn),
            access=Access.ADD,
        )
        return store.name, [*role.complete, *store.settled]

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
