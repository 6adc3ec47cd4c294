"""The storage and snapshot classes: encrypted, placed where their pod is, able to grow and to be backed up."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Final

import pulumi
import pulumi_kubernetes as kubernetes
from pydantic import Field

from components.foundation.encryption import EncryptionOutputs
from components.kit import custom_object
from components.kit.layer import Layer
from components.kit.settings import Settings

_DRIVER: Final = "ebs.csi.aws.com"

LOCAL: Final = "local-nvme"
"""The class of local disks."""


class ReclaimPolicy(StrEnum):
    """What becomes of a volume whose claim is deleted."""

    DELETE = "delete"
    RETAIN = "retain"


class StorageSettings(Settings):
    """The storage classes."""

    reclaim_policy: ReclaimPolicy = ReclaimPolicy.DELETE
    """What becomes of a volume whose claim is deleted. Volumes keep what they were made with."""

    io2_iops_per_gib: Annotated[int, Field(ge=1, le=1000)] = 50
    """I/O operations per second that the io2 class buys for each GiB (AWS allows up to 1000)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageClassesOutputs:
    """Names of the classes."""

    default: pulumi.Output[str]
    high_io: pulumi.Output[str]
    snapshots: pulumi.Output[str]


class StorageClasses(Layer, kind="platform:capacity:StorageClasses"):
    """gp3 for everyone, io2 for databases, local disks where nodes mount them; and one class of snapshots."""

    def __init__(
        self,
        name: str,
        settings: StorageSettings,
        *,
        keys: EncryptionOutputs,
        local_volumes: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)

        def storage_class(kind: str, *, default: bool, **parameters: str) -> pulumi.Output[str]:
            made = kubernetes.storage.v1.StorageClass(
                f"{name}-{kind}",
                metadata=kubernetes.meta.v1.ObjectMetaArgs(
                    name=kind,
                    annotations={"storageclass.kubernetes.io/is-default-class": str(default).lower()},
                ),
                provisioner=_DRIVER,
                parameters={"type": kind, "encrypted": "true", "kmsKeyId": keys.volumes_key_arn, **parameters},
                reclaim_policy=settings.reclaim_policy.capitalize(),
                # A volume is bound to a zone: it must wait for the scheduler to choose its pod's.
                volume_binding_mode="WaitForFirstConsumer",
                allow_volume_expansion=True,
                # Kubernetes refuses to change either; the provider replaces a class for its parameters only.
                opts=self.child(replace_on_changes=["reclaimPolicy", "volumeBindingMode"], delete_before_replace=True),
            )
            return made.metadata.name

        if local_volumes:
            kubernetes.storage.v1.StorageClass(
                f"{name}-{LOCAL}",
                metadata=kubernetes.meta.v1.ObjectMetaArgs(
                    name=LOCAL, annotations={"storageclass.kubernetes.io/is-default-class": "false"}
                ),
                # A disk cannot be made; `local_volumes` registers each that is mounted.
                provisioner="kubernetes.io/no-provisioner",
                # A disk is bound to a node: more than ever, the scheduler chooses first.
                volume_binding_mode="WaitForFirstConsumer",
                opts=self.child(replace_on_changes=["volumeBindingMode"], delete_before_replace=True),
            )
        snapshots = custom_object.create(self, "snapshots", snapshot_class(), depends_on=())
        self.outputs = self.publish(
            StorageClassesOutputs(
                snapshots=snapshots.urn.apply(lambda _: snapshot_class()["metadata"]["name"]),
                default=storage_class("gp3", default=True),
                high_io=storage_class("io2", default=False, iopsPerGB=str(settings.io2_iops_per_gib)),
            )
        )


def snapshot_class() -> dict[str, Any]:
    """Return the class of snapshots: the default one, and that of Velero and of Kasten.

    A snapshot outlives the object that asked for it: a namespace that is lost would otherwise take the snapshots of its
    volumes along, whereas Velero deletes one with its backup. https://velero.io/docs/main/csi/
    """
    return {
        "apiVersion": "snapshot.storage.k8s.io/v1",
        "kind": "VolumeSnapshotClass",
        "metadata": {
            "name": "ebs",
            "labels": {"velero.io/csi-volumesnapshot-class": "true"},
            "annotations": {
                "snapshot.storage.kubernetes.io/is-default-class": "true",
                # https://docs.kasten.io/latest/install/storage/
                "k10.kasten.io/is-snapshot-class": "true",
            },
        },
        "driver": _DRIVER,
        "deletionPolicy": "Retain",
    }
