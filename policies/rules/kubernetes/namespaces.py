"""Rules about namespaces: which pods they admit, and until when that was thought right."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Final

from policies.rule import Finding, ResourceRule
from policies.rules.kubernetes.levels import ENFORCE
from policies.values import Properties, Unknown, read

REASON: Final = "platform/pod-security-reason"
REVIEW_BY: Final = "platform/pod-security-review-by"


def _pod_security(namespace: Properties) -> Iterator[Finding]:
    enforced = read(namespace, "metadata", "labels", ENFORCE)
    if isinstance(enforced, Unknown):
        yield enforced
    elif not enforced:
        yield (
            "the namespace admits any pod, privileged ones too; "
            f"set the label {ENFORCE} to restricted, or to the strictest standard its pods can meet"
        )
    elif enforced == "privileged":
        reason = read(namespace, "metadata", "annotations", REASON, default="")
        if isinstance(reason, Unknown):
            yield reason
        elif not str(reason).strip():
            yield (
                "the namespace admits privileged pods and does not say why; "
                f"set the annotation {REASON} to the reason, or lower the label {ENFORCE}"
            )


def _reviewed(namespace: Properties) -> Iterator[Finding]:
    day = read(namespace, "metadata", "annotations", REVIEW_BY, default="")
    if isinstance(day, Unknown):
        yield day
    elif day and date.fromisoformat(str(day)) < datetime.now(UTC).date():
        yield (
            f"its Pod Security level was to be looked at anew by {day}; set the label {ENFORCE} to a higher level, or "
            f"the annotation {REVIEW_BY} to a later day if the reason still holds"
        )


RULES: Final = (
    ResourceRule(
        name="namespace-pod-security",
        why="A namespace without a Pod Security Standard lets whoever may create a pod in it take over the node.",
        types=("kubernetes:core/v1:Namespace",),
        check=_pod_security,
        references=(
            "Kubernetes Pod Security Standards: enforced with namespace labels",
            "CIS Amazon EKS Benchmark 1.8.0: 4.2.1 to 4.2.5",
            "hardeneks: ensure_namespace_psa_exist",
        ),
    ),
    ResourceRule(
        name="namespace-pod-security-review",
        why="A level that was lowered for a reason stays low when the reason is gone.",
        types=("kubernetes:core/v1:Namespace",),
        check=_reviewed,
        references=("Kubernetes Pod Security Standards: exemptions",),
        # The day comes without anybody having changed anything: it is told, and stops no deployment.
        level="advisory",
    ),
)
