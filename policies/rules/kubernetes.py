"""Rules about objects in the cluster that decide for all others: namespaces and storage classes."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Final

from policies.rule import Finding, ResourceRule, StackRule
from policies.values import Properties, Unknown, flag, read

ENFORCE: Final = "pod-security.kubernetes.io/enforce"
REASON: Final = "platform/pod-security-reason"
REVIEW_BY: Final = "platform/pod-security-review-by"
# Kubernetes takes either for a yes (kubernetes/pkg/volume/util: IsDefaultAnnotation).
_DEFAULT_CLASS: Final = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)
_STORAGE_CLASS: Final = ("kubernetes:storage.k8s.io/v1:StorageClass",)


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


def _encrypted(storage_class: Properties) -> Iterator[Finding]:
    provisioner = read(storage_class, "provisioner")
    if isinstance(provisioner, Unknown):
        yield provisioner
    if provisioner != "ebs.csi.aws.com":
        return
    encrypted = flag(read(storage_class, "parameters", "encrypted", default=False))
    if isinstance(encrypted, Unknown):
        yield encrypted
    elif not encrypted:
        yield 'volumes of this class are not encrypted; set parameters.encrypted to "true"'


def _one_default(storage_classes: Mapping[str, Properties]) -> Iterator[tuple[str, Finding]]:
    defaults = []
    for urn, storage_class in sorted(storage_classes.items()):
        marks = [flag(read(storage_class, "metadata", "annotations", name)) for name in _DEFAULT_CLASS]
        if True in marks:
            defaults.append(urn)
        else:
            # Where the annotations as a whole are unknown both names lead to the same place.
            yield from ((urn, mark) for mark in dict.fromkeys(marks) if isinstance(mark, Unknown))
    for urn in defaults[1:]:
        first = defaults[0].rpartition("::")[2]
        yield (
            urn,
            f"{first} is the default storage class already; remove the annotation {_DEFAULT_CLASS[0]} from all but one",
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
    ResourceRule(
        name="encrypted-storage-class",
        why="The storage class decides for every volume claimed from it, also those nobody here wrote.",
        types=_STORAGE_CLASS,
        check=_encrypted,
        references=("AWS Security Hub: EC2.3", "hardeneks: use_encryption_with_ebs"),
    ),
    StackRule(
        name="default-storage-class",
        why="With two default classes the newer one wins, so that where data lands depends on the order of creation.",
        types=_STORAGE_CLASS,
        check=_one_default,
        references=("Kubernetes documentation: Storage Classes, default StorageClass",),
    ),
)
