"""How the programs beside Velero run: their ConfigMaps, their service accounts and rights, their pods."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.kit import placement, python_program
from components.kit import rights as kit_rights
from components.kit.flows import Workload
from components.kit.layer import Layer
from components.resilience.backup.schedules import as_json

_FOLDER: Final = Path(__file__).parent / "program"
_PACKAGE: Final = "backup_program"
_RBAC: Final = "rbac.authorization.k8s.io"
_HASH_DIGITS: Final = 10


@dataclass(frozen=True, slots=True)
class Rule:
    """Verbs that hold for resources of one API group; for some only, if they are named."""

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    names: tuple[str, ...] = ()


def config_map(layer: Layer, workload: Workload, modules: Sequence[str], **settings: str) -> pulumi.Output[str]:
    """Make a ConfigMap of a program and what it is to do, and return its name, which is another with each content.

    Args:
        layer: The layer it belongs to.
        workload: Whose it is.
        modules: The modules of the program that it needs.
        settings: Files that the program reads, by their name without `.json`.

    """
    files = {name: text for name, text in python_program.files(_FOLDER).items() if name in _files(modules)}
    data = files | {f"{name}.json": text for name, text in settings.items()}
    digest = hashlib.sha256(as_json(data).encode()).hexdigest()[:_HASH_DIGITS]
    made = kubernetes.core.v1.ConfigMap(
        f"{layer.pulumi_resource_name}-{workload.name}",
        metadata=kubernetes.meta.v1.ObjectMetaArgs(name=f"{workload.name}-{digest}", namespace=workload.namespace),
        data=data,
        # A run that has begun sees what it saw.
        immutable=True,
        opts=layer.child(),
    )
    return made.metadata.name


def account(layer: Layer, workload: Workload) -> pulumi.Resource:
    """Make the service account of a program, of its workload's name."""
    return kubernetes.core.v1.ServiceAccount(
        f"{layer.pulumi_resource_name}-{workload.name}",
        metadata=kubernetes.meta.v1.ObjectMetaArgs(name=workload.name, namespace=workload.namespace),
        automount_service_account_token=False,
        opts=layer.child(),
    )


def rights(layer: Layer, workload: Workload, namespace: str, *rules: Rule) -> pulumi.Resource:
    """Give a program rights in one namespace, and return what it must wait for."""
    *_, binding = kit_rights.in_namespace(
        layer,
        f"{workload.name}-{namespace}",
        name=workload.name,
        namespace=namespace,
        rules=_rules(rules),
        accounts=[(workload.namespace, workload.name)],
    )
    return binding


def cluster_rights(layer: Layer, workload: Workload, *rules: Rule) -> pulumi.Resource:
    """Give a program rights in the whole cluster, and return what it must wait for."""
    name = f"{layer.pulumi_resource_name}-{workload.name}-everywhere"
    metadata = kubernetes.meta.v1.ObjectMetaArgs(name=workload.name)
    role = kubernetes.rbac.v1.ClusterRole(name, metadata=metadata, rules=_rules(rules), opts=layer.child())
    return kubernetes.rbac.v1.ClusterRoleBinding(
        name,
        metadata=metadata,
        role_ref=kubernetes.rbac.v1.RoleRefArgs(api_group=_RBAC, kind="ClusterRole", name=workload.name),
        subjects=_subjects(workload),
        opts=layer.child(depends_on=[role]),
    )


def pod(
    name: str,
    modules: Sequence[str],
    arguments: Sequence[str],
    config: Any,
    *,
    calls_the_api_as: str = "",
    volumes: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Return the spec of a pod that runs a module of the program.

    Args:
        name: What its container is called.
        modules: The modules it needs, that which is run first.
        arguments: The module's arguments; `/settings` holds the files of `config_map`.
        config: The name of what `config_map` made.
        calls_the_api_as: Its service account, if it calls the API.
        volumes: Further volumes by name, at ``/<name>``; one of a claim is writable where its mount is.

    """
    sources: dict[str, Mapping[str, Any]] = {
        "program": {
            "configMap": {"name": config, "items": [{"key": f, "path": f"{_PACKAGE}/{f}"} for f in _files(modules)]}
        },
        "settings": {"configMap": {"name": config}},
        **(volumes or {}),
    }
    writable = {each for each, source in sources.items() if "persistentVolumeClaim" in source}
    container = {
        "name": name,
        "image": python_program.IMAGE,
        "command": ["python3", "-m", f"{_PACKAGE}.{modules[0]}", *arguments],
        "env": [{"name": "PYTHONPATH", "value": "/program"}, {"name": "PYTHONDONTWRITEBYTECODE", "value": "1"}],
        "workingDir": "/program",
        "securityContext": {**placement.RESTRICTED_CONTAINER},
        "resources": placement.resources("10m", "64Mi", memory_limit="128Mi"),
        "volumeMounts": [{"name": each, "mountPath": f"/{each}", "readOnly": each not in writable} for each in sources],
    }
    return {
        **({"serviceAccountName": calls_the_api_as} if calls_the_api_as else {}),
        "automountServiceAccountToken": bool(calls_the_api_as),
        "restartPolicy": "Never",
        "nodeSelector": {**placement.GENERAL_NODES},
        "securityContext": {**placement.RESTRICTED_POD},
        "containers": [container],
        "volumes": [{"name": each, **source} for each, source in sources.items()],
    }


def cron_job(schedule: str, deadline_seconds: int, labels: Mapping[str, str], spec: dict[str, Any]) -> dict[str, Any]:
    """Return the spec of a CronJob, in the API's own form."""
    return {
        "schedule": schedule,
        "timeZone": "Etc/UTC",
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": deadline_seconds,
        "successfulJobsHistoryLimit": 1,
        "failedJobsHistoryLimit": 1,
        "jobTemplate": {
            "spec": {
                # The next run begins with what it finds.
                "backoffLimit": 0,
                "activeDeadlineSeconds": deadline_seconds,
                "template": {"metadata": {"labels": {**labels}}, "spec": spec},
            }
        },
    }


def _files(modules: Sequence[str]) -> list[str]:
    return [f"{name}.py" for name in ("__init__", *modules)]


def _rules(rules: Sequence[Rule]) -> list[kubernetes.rbac.v1.PolicyRuleArgs]:
    return [
        kubernetes.rbac.v1.PolicyRuleArgs(
            api_groups=[rule.group],
            resources=[*rule.resources],
            verbs=[*rule.verbs],
            resource_names=[*rule.names] or None,
        )
        for rule in rules
    ]


def _subjects(workload: Workload) -> list[kubernetes.rbac.v1.SubjectArgs]:
    return [kubernetes.rbac.v1.SubjectArgs(kind="ServiceAccount", name=workload.name, namespace=workload.namespace)]
