"""Rules about objects that a later cluster refuses, or that nobody would look for where they are."""

from collections.abc import Iterator, Mapping
from typing import Final

from policies.rule import Finding, ResourceRule
from policies.rules.kubernetes.pods import EVERY
from policies.values import Properties, Unknown, read

# https://kubernetes.io/docs/reference/using-api/deprecation-guide/: since which minor it is not served, and by what.
REMOVED: Final[Mapping[str, tuple[str, str]]] = {
    "kubernetes:admissionregistration.k8s.io/v1beta1:MutatingWebhookConfiguration": ("1.22", "v1"),
    "kubernetes:admissionregistration.k8s.io/v1beta1:ValidatingWebhookConfiguration": ("1.22", "v1"),
    "kubernetes:apiextensions.k8s.io/v1beta1:CustomResourceDefinition": ("1.22", "v1"),
    "kubernetes:autoscaling/v2beta1:HorizontalPodAutoscaler": ("1.25", "v2"),
    "kubernetes:autoscaling/v2beta2:HorizontalPodAutoscaler": ("1.26", "v2"),
    "kubernetes:batch/v1beta1:CronJob": ("1.25", "v1"),
    "kubernetes:extensions/v1beta1:Ingress": ("1.22", "networking.k8s.io/v1"),
    "kubernetes:flowcontrol.apiserver.k8s.io/v1beta3:FlowSchema": ("1.32", "v1"),
    "kubernetes:flowcontrol.apiserver.k8s.io/v1beta3:PriorityLevelConfiguration": ("1.32", "v1"),
    "kubernetes:networking.k8s.io/v1beta1:Ingress": ("1.22", "v1"),
    "kubernetes:policy/v1beta1:PodDisruptionBudget": ("1.25", "v1"),
    "kubernetes:policy/v1beta1:PodSecurityPolicy": ("1.25", "Pod Security Standards"),
    "kubernetes:rbac.authorization.k8s.io/v1beta1:ClusterRoleBinding": ("1.22", "v1"),
    "kubernetes:rbac.authorization.k8s.io/v1beta1:RoleBinding": ("1.22", "v1"),
}

NAMESPACED: Final = (
    *EVERY,
    "kubernetes:core/v1:ConfigMap",
    "kubernetes:core/v1:PersistentVolumeClaim",
    "kubernetes:core/v1:Secret",
    "kubernetes:core/v1:Service",
    "kubernetes:core/v1:ServiceAccount",
    "kubernetes:helm.sh/v3:Release",
)
"""Types that people make most of, whose objects land in a namespace whether one is named or not."""


def _served(resource: Properties) -> Iterator[Finding]:
    version, kind = read(resource, "apiVersion"), read(resource, "kind")
    if isinstance(version, Unknown):
        yield version
        return
    group = version if version and "/" in version else f"core/{version}"
    since, instead = REMOVED.get(f"kubernetes:{group}:{kind}", ("", ""))
    if since:
        yield f"no API server serves {kind} of {version} since Kubernetes {since}; write it in {instead}"


def _placed(resource: Properties) -> Iterator[Finding]:
    # A release says where it goes on its own, an object in its metadata.
    release = "chart" in resource
    name = read(resource, "namespace") if release else read(resource, "metadata", "namespace")
    if isinstance(name, Unknown):
        yield name
    elif name in (None, "", "default"):
        yield (
            "it lands in the namespace default, which has no owner, no policies and no limits; "
            f"name another in {'namespace' if release else 'metadata.namespace'}"
        )


RULES: Final = (
    ResourceRule(
        name="api-version-served",
        why="An object of a version that the cluster does not serve fails the update that was to bring something else.",
        types=tuple(REMOVED),
        check=_served,
        references=("Kubernetes documentation: Deprecated API Migration Guide",),
    ),
    ResourceRule(
        name="default-namespace",
        why="What is in the default namespace belongs to nobody, and no policy of a namespace holds it.",
        types=NAMESPACED,
        check=_placed,
        references=("CIS Amazon EKS Benchmark 1.8.0: 4.5.1, 4.5.2",),
    ),
)
