"""Velero: backups of objects and volumes by class, in a bucket, and the order in which they come back."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.compute.cluster import ClusterOutputs
from components.foundation.account import AccountSettings
from components.kit import chart, custom_object, iam, identity, object_clients
from components.kit.layer import Layer
from components.kit.object_clients import Access, Bucket
from components.resilience.backup import enrolment, schedules
from components.resilience.backup import values as chart_values
from components.resilience.backup.classes import schedule_name
from components.resilience.backup.schedules import IMAGES, STORAGE_CLASSES, VOLUMES
from components.resilience.backup.settings import ACCOUNT, CHART, NAMESPACE, BackupSettings, SourceSettings
from components.resilience.backup.store import BackupStoreOutputs


@dataclass(frozen=True, slots=True, kw_only=True)
class VeleroOutputs:
    """What drills and whoever restores must know.

    Attributes:
        namespace: Where Velero's objects are.
        schedules: The Schedules of the platform's namespaces, by class.

    """

    namespace: pulumi.Output[str]
    schedules: pulumi.Output[dict[str, str]]


class Velero(Layer, kind="platform:resilience:Velero"):
    """Velero with its node agents, a Schedule for each class, and the job that enrols namespaces by their label."""

    def __init__(
        self,
        name: str,
        settings: BackupSettings,
        *,
        platform: Sequence[str],
        account: AccountSettings,
        cluster: ClusterOutputs,
        store: BackupStoreOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        role = identity.pod_role(
            self,
            CHART,
            account=account,
            service_account=chart.service_account(CHART, cluster.name, ACCOUNT),
            permissions=identity.Permissions(statements=permissions(account, store.bucket, settings.source)),
        )
        made = {
            chart_values.AGENT_CONFIG: {"agent.json": schedules.as_json(chart_values.agent_config())},
            VOLUMES: {"policies.yaml": schedules.volume_policies()},
            **({STORAGE_CLASSES: {**settings.storage_classes}} if settings.storage_classes else {}),
            **({IMAGES: images(settings)} if settings.images else {}),
        }
        config_maps = [self._config_map(each, data) for each, data in made.items()]
        release = chart.install(
            self,
            CHART,
            chart_values.values(settings, store.bucket, region=account.region, prefix=cluster.name),
            depends_on=[*role.complete, *config_maps],
        )
        wanted = schedules.of_the_platform(settings, account.region)
        for name_of_class, schedule in zip(settings.plans, wanted, strict=True):
            custom_object.create(self, schedule_name(name_of_class), schedule, depends_on=[release])
        enrolment.create(self, settings, region=account.region, alone=platform, depends_on=[release])
        self.outputs = self.publish(
            VeleroOutputs(
                namespace=pulumi.Output.from_input(NAMESPACE),
                schedules=pulumi.Output.from_input(
                    {str(name): each["metadata"]["name"] for name, each in zip(settings.plans, wanted, strict=True)}
                ),
            )
        )

    def _config_map(self, name: str, data: dict[str, str]) -> pulumi.Resource:
        # Those of restores are known to Velero by their labels. https://velero.io/docs/v1.18/restore-reference/
        plugin = {"velero.io/plugin-config": "", f"velero.io/{name}": "RestoreItemAction"}
        return kubernetes.core.v1.ConfigMap(
            f"{self.pulumi_resource_name}-{name}",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=chart_values.agent_config_name() if name == chart_values.AGENT_CONFIG else name,
                namespace=NAMESPACE,
                labels=plugin if name in (STORAGE_CLASSES, IMAGES) else None,
            ),
            data=data,
            opts=self.child(),
        )


def images(settings: BackupSettings) -> dict[str, str]:
    """Return what restores put in the place of parts of images' names, as Velero reads it: a rule for each key.

    https://github.com/vmware-tanzu/velero/blob/v1.18.1/pkg/restore/actions/change_image_name_action.go
    """
    return {f"rule{number}": f"{old},{new}" for number, (old, new) in enumerate(sorted(settings.images.items()), 1)}


def permissions(account: AccountSettings, bucket: Bucket, source: SourceSettings | None) -> list[iam.Statement]:
    """Let Velero manage its own objects, read another cluster's and note restores beside them; erase no version of any.

    It needs nothing of EC2: snapshots and volumes are made by the CSI driver.
    """
    statements = object_clients.statements(account, bucket, Access.MANAGE)
    return [*statements, *(_reading(account, source) if source else [])]


def _reading(account: AccountSettings, source: SourceSettings) -> list[iam.Statement]:
    arn = f"arn:{account.partition}:s3:::{source.bucket}"
    return [
        iam.Statement(sid="FindTheOthers", actions=["s3:ListBucket"], resources=[arn]),
        iam.Statement(sid="ReadTheOthers", actions=["s3:GetObject"], resources=[f"{arn}/{source.prefix}/*"]),
        # A restore's log, results and open operations are kept beside its backup, in a location that is read only, too:
        # without them it fails in part, and nobody waits for the volumes' data.
        # https://github.com/vmware-tanzu/velero/blob/v1.18.1/pkg/controller/restore_controller.go
        iam.Statement(
            sid="NoteRestores",
            actions=["s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"],
            resources=[f"{arn}/{source.prefix}/restores/*"],
        ),
        iam.Statement(
            sid="OpenTheOthers",
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=[source.key_arn],
            conditions={"StringEquals": {"kms:ViaService": [f"s3.{source.region}.amazonaws.com"]}},
        ),
    ]
