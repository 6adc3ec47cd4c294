"""How a namespace chooses its class: by a label, which the API server judges and a job acts on."""

from collections.abc import Sequence
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.kit import custom_object
from components.kit.layer import Layer
from components.kit.spec import as_given
from components.resilience.backup import programs, schedules
from components.resilience.backup.classes import CANARY, LABEL, BackupClass, Choice, apps_schedule_name
from components.resilience.backup.flows import ENROLMENT
from components.resilience.backup.programs import Rule
from components.resilience.backup.settings import NAMESPACE, REGION, BackupSettings

_RULE: Final = "platform-backup-class"
_MODULES: Final = ("enrolment", "api")
# What a new namespace waits for; the first backup of any class is further away.
_SCHEDULE: Final = "*/10 * * * *"
_DEADLINE_SECONDS: Final = 300


def create(
    layer: Layer,
    settings: BackupSettings,
    *,
    region: str,
    alone: Sequence[str],
    depends_on: Sequence[pulumi.Resource],
) -> None:
    """Make the rule, and the job with no more rights than it needs, within a layer.

    Args:
        layer: The layer they belong to.
        settings: The classes.
        region: The stack's own.
        alone: The platform's namespaces, whose classes are no matter of labels.
        depends_on: What brings the definition of a Schedule.

    """
    judge(layer)
    before = [
        programs.account(layer, ENROLMENT),
        programs.rights(
            layer, ENROLMENT, NAMESPACE, Rule("velero.io", ("schedules",), ("list", "create", "patch", "delete"))
        ),
        programs.cluster_rights(layer, ENROLMENT, Rule("", ("namespaces",), ("list",))),
    ]
    content = schedules.as_json(plan(settings, region=region, alone=alone))
    config = programs.config_map(layer, ENROLMENT, _MODULES, plan=content)
    spec = programs.pod("enrolment", _MODULES, ["/settings/plan.json"], config, calls_the_api_as=ENROLMENT.name)
    kubernetes.batch.v1.CronJob(
        f"{layer.pulumi_resource_name}-enrolment",
        metadata=kubernetes.meta.v1.ObjectMetaArgs(name=ENROLMENT.name, namespace=NAMESPACE),
        spec=as_given(programs.cron_job(_SCHEDULE, _DEADLINE_SECONDS, ENROLMENT.labels, spec)),
        opts=layer.child(depends_on=[*before, *depends_on]),
    )


def plan(settings: BackupSettings, *, region: str, alone: Sequence[str]) -> dict[str, Any]:
    """Return what the job is told.

    Args:
        settings: The classes.
        region: The stack's own, with which its Schedules' names begin where it reads another cluster's backups.
        alone: The platform's namespaces.

    """
    return {
        "label": LABEL,
        "namespace": NAMESPACE,
        "alone": sorted(alone),
        "canary": CANARY,
        "schedules": schedules.of_apps(settings, region),
        # With a region before them or without: `backup.source` comes and goes.
        "names": f"(?:{REGION}-)?(?:{'|'.join(apps_schedule_name(name) for name in BackupClass)})",
    }


def judge(layer: Layer) -> None:
    """Have the API server refuse a label that names no class, within a layer."""
    policy = custom_object.create(layer, "class-rule", rule(), depends_on=())
    custom_object.create(layer, "class-rule-binding", binding(), depends_on=[policy])


def rule() -> dict[str, Any]:
    """Return what the API server refuses: a namespace whose label names no class."""
    classes = ", ".join(f"'{choice}'" for choice in Choice)
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": _RULE},
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {
                "resourceRules": [
                    {
                        "apiGroups": [""],
                        "apiVersions": ["v1"],
                        "operations": ["CREATE", "UPDATE"],
                        "resources": ["namespaces"],
                    }
                ],
                "objectSelector": {"matchExpressions": [{"key": LABEL, "operator": "Exists"}]},
            },
            "validations": [
                {
                    "expression": f"object.metadata.labels['{LABEL}'] in [{classes}]",
                    "messageExpression": f"'there is no class of backup ' + object.metadata.labels['{LABEL}'] + "
                    f"'; choose one of {', '.join(Choice)}'",
                    "reason": "Invalid",
                }
            ],
        },
    }


def binding() -> dict[str, Any]:
    """Return that the rule holds everywhere."""
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": _RULE},
        "spec": {"policyName": _RULE, "validationActions": ["Deny"]},
    }
