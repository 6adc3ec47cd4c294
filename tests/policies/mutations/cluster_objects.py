"""What a careless change does to budgets, jobs, volumes and releases, and which rule must object."""

from collections.abc import Callable
from typing import Any, Final

from tests.policies.mutations.mutation import REMOVED, Mutation

_SETS: Final = "kubernetes:apps/v1:StatefulSet"
_CRON_JOB: Final = "kubernetes:batch/v1:CronJob"
_JOB: Final = "kubernetes:batch/v1:Job"
_PROMETHEUS: Final = "kubernetes:monitoring.coreos.com/v1:Prometheus"
_ALERTMANAGER: Final = "kubernetes:monitoring.coreos.com/v1:Alertmanager"
_CONFIG_MAP: Final = "kubernetes:core/v1:ConfigMap"
_SECRET: Final = "kubernetes:core/v1:Secret"  # noqa: S105 - a type token
_CLAIM: Final = "kubernetes:core/v1:PersistentVolumeClaim"
_BUDGET: Final = "kubernetes:policy/v1:PodDisruptionBudget"
_CLASS: Final = "kubernetes:storage.k8s.io/v1:StorageClass"
_ADMISSION: Final = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy"
_RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_PROVIDED: Final = "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass"
_SET_POD: Final = "spec.template.spec"


def _with(**more: Any) -> Callable[[Any], dict[str, Any]]:
    """Return what adds keys to a mapping."""
    return lambda old: {**(old or {}), **more}


def _named(key: str, value: Any) -> Callable[[Any], dict[str, Any]]:
    """Return what sets a key that has dots in it."""
    return lambda old: {**(old or {}), key: value}


_HOST: Final = {"name": "runtime", "hostPath": {"path": "/run/containerd/containerd.sock"}}
_EVERYTHING: Final = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}

_AVAILABILITY: Final = (
    Mutation("no budget", _BUDGET, "", REMOVED, "disruption-budget-present", "alerting-servers"),
    Mutation(
        "a budget of other pods",
        _BUDGET,
        "spec.selector.matchLabels",
        {"app": "other"},
        "disruption-budget-present",
        "prometheus-*",
    ),
    Mutation(
        "a budget that lets none go",
        _BUDGET,
        "spec",
        _with(maxUnavailable=0, minAvailable=None),
        "disruption-budget-drains",
    ),
    Mutation(
        "a budget of all", _BUDGET, "spec", _with(minAvailable="100%", maxUnavailable=None), "disruption-budget-drains"
    ),
    Mutation(
        "all on one node",
        _SETS,
        f"{_SET_POD}.topologySpreadConstraints",
        REMOVED,
        "replicas-spread",
        "platform-etcd-members",
    ),
    Mutation(
        "all on one node, Alertmanager",
        _ALERTMANAGER,
        "spec",
        lambda old: {
            key: value
            for key, value in {**old, "replicas": 3}.items()
            if key not in {"topologySpreadConstraints", "affinity"}
        },
        "replicas-spread",
    ),
    Mutation("one run beside the other", _CRON_JOB, "spec.concurrencyPolicy", REMOVED, "cron-job-bounds"),
    Mutation("a missed run at any time", _CRON_JOB, "spec.startingDeadlineSeconds", REMOVED, "cron-job-bounds"),
    Mutation("runs for ever", _CRON_JOB, "spec.jobTemplate.spec.activeDeadlineSeconds", REMOVED, "job-ends"),
    Mutation("a job for ever", _JOB, "spec.activeDeadlineSeconds", REMOVED, "job-ends"),
    Mutation("a policy that nothing binds", f"{_ADMISSION}Binding", "", REMOVED, "admission-policy-bound"),
    Mutation(
        "a policy that does nothing", f"{_ADMISSION}Binding", "spec.validationActions", [], "admission-policy-bound"
    ),
)

_STORAGE: Final = (
    Mutation("volumes in the clear", _CLASS, "parameters.encrypted", "false", "encrypted-storage-class"),
    Mutation(
        "two defaults",
        _CLASS,
        "metadata.annotations",
        _named("storageclass.kubernetes.io/is-default-class", "true"),
        "default-storage-class",
        "storage-io2",
    ),
    Mutation("in any zone", _CLASS, "volumeBindingMode", REMOVED, "storage-class-zone", "storage-*"),
    Mutation(
        "a class that is not there",
        _SETS,
        "spec.volumeClaimTemplates.*.spec.storageClassName",
        "gp2",
        "claim-storage-class",
    ),
    Mutation(
        "a class that is not there, Prometheus",
        _PROMETHEUS,
        "spec.storage.volumeClaimTemplate.spec.storageClassName",
        "gp2",
        "claim-storage-class",
    ),
    Mutation("a claim of another", _CLAIM, "spec.storageClassName", "gp2", "claim-storage-class"),
    Mutation("another's role of Vault", _PROVIDED, "spec.parameters.roleName", "misspelt", "vault-paths-granted"),
    Mutation("in no namespace", _CONFIG_MAP, "metadata.namespace", REMOVED, "default-namespace"),
    Mutation("a Secret in the default one", _SECRET, "metadata.namespace", "default", "default-namespace"),
    Mutation("a release in the default one", _RELEASE, "namespace", "default", "default-namespace"),
)

_RELEASES: Final = (
    Mutation(
        "privileged by values",
        _RELEASE,
        "values.securityContext",
        {"privileged": True},
        "release-privileges",
        "certificates-cert-manager",
    ),
    Mutation(
        "the node's network by values",
        _RELEASE,
        "values.hostNetwork",
        True,
        "release-privileges",
        "external-secrets-external-secrets",
    ),
    Mutation(
        "a path of the node by values", _RELEASE, "values.extraVolumes", [_HOST], "release-privileges", "vault-vault"
    ),
    Mutation("latest by values", _RELEASE, "values.image", {"tag": "latest"}, "release-image-pinned"),
    Mutation("a password by values", _RELEASE, "values.adminPassword", "hunter2", "release-secret-literals"),
    Mutation("a port of every node by values", _RELEASE, "values.service", {"type": "NodePort"}, "release-exposure"),
    Mutation("for the world by values", _RELEASE, "values.service", {"type": "LoadBalancer"}, "release-exposure"),
    Mutation("every verb by values", _RELEASE, "values.extraRules", [_EVERYTHING], "release-wildcards"),
)

MUTATIONS: Final[tuple[Mutation, ...]] = (*_AVAILABILITY, *_STORAGE, *_RELEASES)
