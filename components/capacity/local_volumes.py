"""Local disks as volumes: finds the disks that storage nodes mount, and registers each as a PersistentVolume."""

import json
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.capacity.storage_classes import LOCAL
from components.kit import placement
from components.kit.layer import Layer

_NAME: Final = "local-volume-provisioner"
_NAMESPACE: Final = "kube-system"

# renovate: datasource=docker depName=registry.k8s.io/sig-storage/local-volume-provisioner
_IMAGE: Final = "registry.k8s.io/sig-storage/local-volume-provisioner:v2.9.0"

# Where nodeadm mounts each disk: https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/#localstorageoptions
_DISKS: Final = "/mnt/k8s-disks"
# https://github.com/kubernetes-sigs/sig-storage-local-static-provisioner/blob/v2.9.0/docs/provisioner.md
_CONFIGURATION: Final = "/etc/provisioner/config"
_PORT: Final = 8080
_LABELS: Final = {"app.kubernetes.io/name": _NAME}


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalVolumesOutputs:
    """The class that its volumes are of."""

    storage_class: pulumi.Output[str]


class LocalVolumes(Layer, kind="platform:capacity:LocalVolumes"):
    """The static provisioner on every storage node, made of plain objects, which the API server judges one by one."""

    def __init__(self, name: str, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        metadata = kubernetes.meta.v1.ObjectMetaArgs(name=_NAME, namespace=_NAMESPACE, labels=_LABELS)
        account = kubernetes.core.v1.ServiceAccount(f"{name}-account", metadata=metadata, opts=self.child())
        role = kubernetes.rbac.v1.ClusterRole(
            f"{name}-role",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=_NAME, labels=_LABELS),
            rules=rules(),
            opts=self.child(),
        )
        binding = kubernetes.rbac.v1.ClusterRoleBinding(
            f"{name}-binding",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=_NAME, labels=_LABELS),
            role_ref=kubernetes.rbac.v1.RoleRefArgs(
                api_group="rbac.authorization.k8s.io", kind="ClusterRole", name=role.metadata.name
            ),
            subjects=[kubernetes.rbac.v1.SubjectArgs(kind="ServiceAccount", name=_NAME, namespace=_NAMESPACE)],
            opts=self.child(depends_on=[account]),
        )
        configuration = kubernetes.core.v1.ConfigMap(
            f"{name}-configuration", metadata=metadata, data=configured(), opts=self.child()
        )
        kubernetes.apps.v1.DaemonSet(
            f"{name}-provisioner",
            metadata=metadata,
            spec=daemon_set(),
            opts=self.child(depends_on=[configuration, binding]),
        )
        self.outputs = self.publish(LocalVolumesOutputs(storage_class=pulumi.Output.from_input(LOCAL)))


def rules() -> list[Any]:
    """Return what the provisioner may do: make and remove volumes, and read its own node."""
    return [
        {
            "apiGroups": [""],
            "resources": ["persistentvolumes"],
            "verbs": ["get", "list", "watch", "create", "delete"],
        },
        {"apiGroups": ["storage.k8s.io"], "resources": ["storageclasses"], "verbs": ["get", "list", "watch"]},
        {"apiGroups": [""], "resources": ["nodes"], "verbs": ["get"]},
        {
            "apiGroups": ["", "events.k8s.io"],
            "resources": ["events"],
            "verbs": ["watch", "create", "update", "patch"],
        },
    ]


def configured() -> dict[str, str]:
    """Return its files."""
    return {
        # The part of YAML that is JSON.
        "storageClassMap": json.dumps({LOCAL: {"hostDir": _DISKS, "mountDir": _DISKS, "volumeMode": "Filesystem"}}),
        "useNodeNameOnly": "true",
        # A volume whose node is gone is garbage: it goes with the node, as soon as no claim holds it.
        "setPVOwnerRef": "true",
    }


def daemon_set() -> Any:
    """Return the spec of the agents: one on each storage node, retiring ones too, whose volumes it still cleans."""
    node = {"fieldRef": {"fieldPath": "spec.nodeName"}}
    namespace = {"fieldRef": {"fieldPath": "metadata.namespace"}}
    probe = {"httpGet": {"path": "/ready", "port": _PORT}}
    container = {
        "name": "provisioner",
        "image": _IMAGE,
        "env": [
            {"name": "MY_NODE_NAME", "valueFrom": node},
            {"name": "MY_NAMESPACE", "valueFrom": namespace},
            {"name": "JOB_CONTAINER_IMAGE", "value": _IMAGE},
        ],
        "ports": [{"name": "metrics", "containerPort": _PORT}],
        "readinessProbe": probe,
        "resources": placement.resources("10m", "64Mi"),
        # Root, for files on a volume that was given back belong to whoever wrote them; nothing else of privileges.
        "securityContext": {
            "runAsUser": 0,
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"], "add": ["DAC_OVERRIDE", "FOWNER"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "volumeMounts": [
            {"name": "configuration", "mountPath": _CONFIGURATION, "readOnly": True},
            # A disk that is mounted later must show up in the container.
            {"name": "disks", "mountPath": _DISKS, "mountPropagation": "HostToContainer"},
        ],
    }
    return {
        "selector": {"matchLabels": _LABELS},
        "updateStrategy": {"rollingUpdate": {"maxUnavailable": 1}},
        "template": {
            "metadata": {"labels": _LABELS},
            "spec": {
                "serviceAccountName": _NAME,
                "priorityClassName": "system-node-critical",
                "nodeSelector": {**placement.STORAGE_NODES},
                "tolerations": [*placement.EVERY_TAINT],
                "containers": [container],
                "volumes": [
                    {"name": "configuration", "configMap": {"name": _NAME}},
                    {"name": "disks", "hostPath": {"path": _DISKS, "type": "Directory"}},
                ],
            },
        },
    }
