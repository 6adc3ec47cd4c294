"""The rules as Gatekeeper's ConstraintTemplates, judged by its CEL engine, and a Constraint that binds each."""

from collections.abc import Sequence
from typing import Any, Final

from components.security.admission.catalog import Judgement, Scope
from components.security.admission.policies import about
from components.security.admission.settings import AdmissionSettings

TEMPLATE_API: Final = "templates.gatekeeper.sh/v1"
CONSTRAINT_API: Final = "constraints.gatekeeper.sh/v1beta1"

_ENGINE: Final = "K8sNativeValidation"
_TARGET: Final = "admission.k8s.gatekeeper.sh"


def kind_of(rule: str) -> str:
    """Return the kind of a rule's constraints, which Gatekeeper defines itself."""
    return "Platform" + "".join(part.capitalize() for part in rule.split("-"))


def template(judgement: Judgement) -> dict[str, Any]:
    """Return the template of a rule, which judges nothing before a constraint is made of it."""
    kind = kind_of(judgement.rule.name)
    source = {
        # The API server holds what must hold when an expression fails.
        "failurePolicy": "Fail",
        # The platform makes the native policies itself, of the rules that it wants there.
        "generateVAP": False,
        "variables": judgement.named_variables,
        "validations": [{"expression": judgement.expression, "message": judgement.message}],
    }
    return {
        "apiVersion": TEMPLATE_API,
        "kind": "ConstraintTemplate",
        # Gatekeeper takes no other name than its kind's.
        "metadata": {"name": kind.lower(), "annotations": about(judgement)},
        "spec": {
            "crd": {"spec": {"names": {"kind": kind}}},
            "targets": [{"target": _TARGET, "code": [{"engine": _ENGINE, "source": source}]}],
        },
    }


def constraint(judgement: Judgement, settings: AdmissionSettings, platform: Sequence[str]) -> dict[str, Any]:
    """Return what puts the template of a rule into effect, and where."""
    rule = judgement.rule
    out = {*platform, *settings.spared(rule.name)} if rule.group.judges is Scope.TENANTS else set()
    kinds = [{"apiGroups": [*match.groups], "kinds": [*match.kinds]} for match in rule.group.match]
    return {
        "apiVersion": CONSTRAINT_API,
        "kind": kind_of(rule.name),
        "metadata": {"name": rule.name},
        "spec": {
            "enforcementAction": "deny" if settings.refuses(rule.name) else "warn",
            "match": {"kinds": kinds, **({"excludedNamespaces": sorted(out)} if out else {})},
        },
    }
