"""The add-ons AWS manages, in two steps: what nodes need to become ready, and what needs ready nodes."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from components.compute.cluster import ClusterOutputs
from components.foundation.account import AccountSettings
from components.foundation.encryption import EncryptionOutputs
from components.kit import iam, identity, placement, versions
from components.kit.layer import Layer

# Every add-on here lives in it; it is EKS's own choice for them.
_NAMESPACE: Final = "kube-system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addon:
    """An add-on, and what it gets from us.

    Attributes:
        why: What fails without it.
        after: Add-ons of the same step that must be there before it.
        values: What differs from the add-on's own defaults, as its configuration schema has it.
        service_account: The service account of its pods that call AWS; empty where none does.
        aws_managed: Names of AWS's policies that these pods need.
        statements: What they need beyond, given the platform's keys.

    """

    why: str
    after: Sequence[str] = ()
    values: Callable[[AccountSettings], Mapping[str, Any]] = lambda _: {}
    service_account: str = ""
    aws_managed: Sequence[str] = ()
    statements: Callable[[EncryptionOutputs], Sequence[iam.Statement]] = lambda _: ()


def dns_values(_: AccountSettings) -> dict[str, Any]:
    """Give each of at least three zones a resolver, and no node two of them if there is another."""
    return {"replicaCount": 3, "topologySpreadConstraints": placement.apart_for_sure({"k8s-app": "kube-dns"})}


def volume_values(account: AccountSettings) -> dict[str, Any]:
    """Tag volumes as everything else in the account, and serve them on tainted nodes too."""
    return {
        # Volumes are made by the driver, not by this program: the provider's default tags do not reach them.
        "controller": {"extraVolumeTags": {**account.tags, "managed-by": "aws-ebs-csi-driver"}},
        "node": {"tolerateAllTaints": True},
    }


def volume_key_use(keys: EncryptionOutputs) -> list[iam.Statement]:
    """Let the driver have EBS encrypt volumes under the volumes' key, and under no other.

    https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html
    """
    return [
        iam.Statement(
            sid="GrantVolumesKeyToEbs",
            actions=["kms:CreateGrant"],
            resources=[keys.volumes_key_arn],
            conditions={"Bool": {"kms:GrantIsForAWSResource": ["true"]}},
        ),
        iam.Statement(
            sid="UseVolumesKey",
            actions=["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
            resources=[keys.volumes_key_arn],
        ),
    ]


ADDONS: Final = {
    "eks-pod-identity-agent": Addon(
        why="without it no pod gets the credentials of its role",
        # Its own default, written down: a tainted node without the agent would leave its pods without credentials.
        values=lambda _: {"tolerations": [{"operator": "Exists"}]},
    ),
    "coredns": Addon(why="without it no pod resolves a name", values=dns_values),
    "snapshot-controller": Addon(why="without it, and the CRDs it brings, no volume can be snapshotted"),
    "aws-ebs-csi-driver": Addon(
        why="without it no volume is made, attached or grown",
        # The driver leaves its own snapshot part out of a cluster that does not know the snapshots' CRDs.
        after=("snapshot-controller",),
        values=volume_values,
        service_account="ebs-csi-controller-sa",
        # The second version reaches only volumes and snapshots that carry the driver's tag.
        # https://github.com/kubernetes-sigs/aws-ebs-csi-driver/issues/2918
        aws_managed=("AmazonEBSCSIDriverPolicyV2",),
        statements=volume_key_use,
    ),
}

BEFORE_NODES: Final = ("eks-pod-identity-agent",)
"""A DaemonSet in the host's network: it starts with the first node, and Cilium's operator waits for it."""

AFTER_NODES: Final = ("coredns",)
"""What every other pod needs, and needs a node to run on itself; EKS waits for it to be healthy."""

STORAGE: Final = ("snapshot-controller", "aws-ebs-csi-driver")
"""What volumes need: apart, for few pods wait for volumes and all others would wait for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddonsOutputs:
    """ARNs of the add-ons, in the order they were named."""

    arns: pulumi.Output[list[str]]


class Addons(Layer, kind="platform:compute:Addons"):
    """EKS add-ons in the versions pinned for a Kubernetes minor, or in EKS's default where none is pinned."""

    def __init__(
        self,
        name: str,
        addons: Sequence[str],
        *,
        minor: str,
        account: AccountSettings,
        keys: EncryptionOutputs,
        cluster: ClusterOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        made: dict[str, aws.eks.Addon] = {}
        for addon in addons:
            data = ADDONS[addon]
            values = data.values(account)
            role = self._role(addon, account, keys, cluster) if data.service_account else None
            made[addon] = aws.eks.Addon(
                f"{name}-{addon}",
                cluster_name=cluster.name,
                addon_name=addon,
                addon_version=versions.pinned().addon(addon, minor),
                configuration_values=json.dumps(values, sort_keys=True) if values else None,
                pod_identity_associations=[
                    aws.eks.AddonPodIdentityAssociationArgs(service_account=data.service_account, role_arn=role.arn)
                ]
                if role
                else None,
                # What someone changed by hand in the cluster yields to what is in git.
                resolve_conflicts_on_create="OVERWRITE",
                resolve_conflicts_on_update="OVERWRITE",
                opts=self.child(
                    depends_on=[*(made[before] for before in data.after), *(role.complete if role else ())]
                ),
            )
        self.outputs = self.publish(
            AddonsOutputs(arns=pulumi.Output.all(*(addon.arn for addon in made.values())).apply(list))
        )

    def _role(
        self, addon: str, account: AccountSettings, keys: EncryptionOutputs, cluster: ClusterOutputs
    ) -> identity.PodRole:
        """Make the role of an add-on's pods; the add-on itself associates it with its service account."""
        data = ADDONS[addon]
        return identity.unassociated_role(
            self,
            addon,
            account=account,
            service_account=identity.ServiceAccount(
                cluster=cluster.name, namespace=_NAMESPACE, name=data.service_account
            ),
            permissions=identity.Permissions(statements=data.statements(keys), aws_managed=data.aws_managed),
        )
