"""The rules as ValidatingAdmissionPolicies: the API server judges by them itself, without a webhook that could fail."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from components.security.admission.catalog import Judgement, Scope, judgements
from components.security.admission.settings import AdmissionSettings, Engine

API: Final = "admissionregistration.k8s.io/v1"

SYSTEM: Final = ("kube-node-lease", "kube-public", "kube-system")
"""Kubernetes' own namespaces: what runs there is what the cluster runs by."""

_NAME: Final = "kubernetes.io/metadata.name"


def held_natively(settings: AdmissionSettings, platform: Sequence[str]) -> Iterator[Judgement]:
    """Yield the rules that the API server holds: all of them where no engine does."""
    for judgement in judgements({**settings.parameters, "platform": platform}):
        if judgement.rule.native or settings.engine is Engine.NONE:
            yield judgement


def held_by_an_engine(settings: AdmissionSettings, platform: Sequence[str]) -> Iterator[Judgement]:
    """Yield the rules that an engine holds."""
    for judgement in judgements({**settings.parameters, "platform": platform}):
        if not judgement.rule.only_native:
            yield judgement


def name_of(rule: str) -> str:
    """Return the name of a rule's policy in the cluster."""
    return f"platform-{rule}"


def actions(settings: AdmissionSettings, rule: str) -> list[str]:
    """Return what becomes of an object that breaks a rule; the API server takes no warning with a refusal."""
    return ["Deny"] if settings.refuses(rule) else ["Warn", "Audit"]


def namespace_selector(judgement: Judgement, settings: AdmissionSettings, platform: Sequence[str]) -> dict[str, Any]:
    """Return in which namespaces a rule judges, by names, which nobody can give away as a label."""
    match judgement.rule.group.judges:
        case Scope.ALL:
            return {}
        case Scope.PLATFORM:
            return {"matchExpressions": [{"key": _NAME, "operator": "In", "values": [*platform]}]}
        case Scope.TENANTS:
            out = sorted({*platform, *settings.spared(judgement.rule.name)})
            return {"matchExpressions": [{"key": _NAME, "operator": "NotIn", "values": out}]}


def policy(judgement: Judgement) -> dict[str, Any]:
    """Return the policy of a rule, which does nothing before it is bound."""
    rule = judgement.rule
    return {
        "apiVersion": API,
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": name_of(rule.name), "annotations": about(judgement)},
        "spec": {
            # No network lies between the API server and its answer: what fails is the expression, and then nobody
            # knows whether the object may enter.
            "failurePolicy": "Fail",
            "matchConstraints": {"resourceRules": [match.resource_rule for match in rule.group.match]},
            "variables": judgement.named_variables,
            "validations": [{"expression": judgement.expression, "message": judgement.message, "reason": "Forbidden"}],
        },
    }


def binding(judgement: Judgement, settings: AdmissionSettings, platform: Sequence[str]) -> dict[str, Any]:
    """Return what puts the policy of a rule into effect, and where."""
    name = name_of(judgement.rule.name)
    selector = namespace_selector(judgement, settings, platform)
    return {
        "apiVersion": API,
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": name},
        "spec": {
            "policyName": name,
            "validationActions": actions(settings, judgement.rule.name),
            **({"matchResources": {"namespaceSelector": selector}} if selector else {}),
        },
    }


def about(judgement: Judgement) -> dict[str, str]:
    """Return the annotations that say in the cluster what a rule is for."""
    rule = judgement.rule
    return {"platform/rule-set": str(rule.set), "platform/severity": str(rule.severity), "platform/why": rule.why}
