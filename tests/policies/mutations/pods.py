"""What a careless change does to pods and their containers, and which rule must object."""

from collections.abc import Callable
from typing import Any, Final

from tests.policies.mutations.mutation import REMOVED, Mutation

_DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"
_SETS: Final = "kubernetes:apps/v1:StatefulSet"
_CRON_JOB: Final = "kubernetes:batch/v1:CronJob"
_JOB: Final = "kubernetes:batch/v1:Job"
_PROMETHEUS: Final = "kubernetes:monitoring.coreos.com/v1:Prometheus"
_ALERTMANAGER: Final = "kubernetes:monitoring.coreos.com/v1:Alertmanager"
_NAMESPACE: Final = "kubernetes:core/v1:Namespace"
_ENFORCE: Final = "pod-security.kubernetes.io/enforce"

_SET_POD: Final = "spec.template.spec"
_CRON_POD: Final = "spec.jobTemplate.spec.template.spec"
_COMPACTOR: Final = "thanos-compactor"
_SILENCES: Final = "alerting-silences"
_VAULT: Final = "vault-configuration-run"


def _and(item: Any) -> Callable[[Any], list[Any]]:
    """Return what adds an item to a list."""
    return lambda old: [*(old or []), item]


def _tag(tag: str) -> Callable[[Any], str]:
    """Return what gives an image another tag."""
    return lambda old: f"{str(old).rpartition(':')[0]}{tag}"


def _named(key: str, value: Any) -> Callable[[Any], dict[str, Any]]:
    """Return what sets a key that has dots in it."""
    return lambda old: {**(old or {}), key: value}


_HOST: Final = {"name": "runtime", "hostPath": {"path": "/run/containerd/containerd.sock"}}
_NFS: Final = {"name": "share", "nfs": {"server": "files.example.com", "path": "/"}}
_PASSWORD: Final = {"name": "DATABASE_PASSWORD", "value": "hunter2"}
_SIDECAR: Final = {"name": "debug", "image": "busybox", "securityContext": {"privileged": True}}

_PODS: Final = (
    Mutation(
        "a privileged container",
        _SETS,
        f"{_SET_POD}.containers.*.securityContext.privileged",
        True,
        "pod-privileged",
        _COMPACTOR,
    ),
    Mutation(
        "a privileged job",
        _CRON_JOB,
        f"{_CRON_POD}.containers.0.securityContext.privileged",
        True,
        "pod-privileged",
        _SILENCES,
    ),
    Mutation("a privileged sidecar of Prometheus", _PROMETHEUS, "spec.containers", _and(_SIDECAR), "pod-privileged"),
    Mutation("the node's network", _SETS, f"{_SET_POD}.hostNetwork", True, "pod-host-namespaces", _COMPACTOR),
    Mutation("the node's network for Prometheus", _PROMETHEUS, "spec.hostNetwork", True, "pod-host-namespaces"),
    Mutation("the node's processes", _JOB, f"{_SET_POD}.hostPID", True, "pod-host-namespaces", _VAULT),
    Mutation("the node's memory", _CRON_JOB, f"{_CRON_POD}.hostIPC", True, "pod-host-namespaces", _SILENCES),
    Mutation("the runtime's socket", _SETS, f"{_SET_POD}.volumes", _and(_HOST), "pod-volumes", _COMPACTOR),
    Mutation("the runtime's socket for Alertmanager", _ALERTMANAGER, "spec.volumes", _and(_HOST), "pod-volumes"),
    Mutation("a volume of NFS", _JOB, f"{_SET_POD}.volumes", _and(_NFS), "pod-volumes", _VAULT),
    Mutation(
        "a port of the node", _SETS, f"{_SET_POD}.containers.0.ports.0.hostPort", 9090, "pod-host-ports", _COMPACTOR
    ),
    Mutation(
        "SYS_ADMIN",
        _SETS,
        f"{_SET_POD}.containers.*.securityContext.capabilities.add",
        ["SYS_ADMIN"],
        "pod-capabilities",
        _COMPACTOR,
    ),
    Mutation(
        "the runtime's capabilities",
        _CRON_JOB,
        f"{_CRON_POD}.containers.*.securityContext.capabilities",
        REMOVED,
        "pod-capabilities",
        _SILENCES,
    ),
    Mutation(
        "no word on escalation",
        _JOB,
        f"{_SET_POD}.containers.*.securityContext.allowPrivilegeEscalation",
        REMOVED,
        "pod-privilege-escalation",
        _VAULT,
    ),
    Mutation(
        "escalation",
        _SETS,
        f"{_SET_POD}.containers.*.securityContext.allowPrivilegeEscalation",
        True,
        "pod-privilege-escalation",
        _COMPACTOR,
    ),
    Mutation(
        "no security context at all",
        _SETS,
        f"{_SET_POD}.containers.*.securityContext",
        REMOVED,
        "pod-privilege-escalation",
        _COMPACTOR,
    ),
    Mutation("root", _SETS, f"{_SET_POD}.securityContext.runAsUser", 0, "pod-non-root", _COMPACTOR),
    Mutation(
        "perhaps root", _CRON_JOB, f"{_CRON_POD}.securityContext.runAsNonRoot", REMOVED, "pod-non-root", _SILENCES
    ),
    Mutation("perhaps root, Alertmanager", _ALERTMANAGER, "spec.securityContext.runAsNonRoot", False, "pod-non-root"),
    Mutation("no profile of system calls", _PROMETHEUS, "spec.securityContext.seccompProfile", REMOVED, "pod-seccomp"),
    Mutation(
        "every system call",
        _JOB,
        f"{_SET_POD}.securityContext.seccompProfile.type",
        "Unconfined",
        "pod-seccomp",
        _VAULT,
    ),
    Mutation(
        "a sysctl of the node",
        _SETS,
        f"{_SET_POD}.securityContext.sysctls",
        [{"name": "kernel.msgmax", "value": "1"}],
        "pod-kernel-confinement",
        _COMPACTOR,
    ),
    Mutation(
        "a namespace's level lowered by the way",
        _NAMESPACE,
        "metadata.labels",
        _named(_ENFORCE, "privileged"),
        "namespace-pod-security",
        "namespaces-monitoring",
    ),
    Mutation("no level", _NAMESPACE, "metadata.labels", REMOVED, "namespace-pod-security"),
    Mutation(
        "a day that is past",
        _NAMESPACE,
        "metadata.annotations",
        _named("platform/pod-security-review-by", "2020-01-31"),
        "namespace-pod-security-review",
    ),
)

_CONTAINERS: Final = (
    Mutation("latest", _SETS, f"{_SET_POD}.containers.*.image", _tag(":latest"), "image-pinned"),
    Mutation("no tag", _CRON_JOB, f"{_CRON_POD}.containers.*.image", _tag(""), "image-pinned"),
    Mutation("a branch of Prometheus", _PROMETHEUS, "spec.image", _tag(":main"), "image-pinned"),
    Mutation("whatever Thanos", _PROMETHEUS, "spec.thanos.image", "quay.io/thanos/thanos", "image-pinned"),
    Mutation(
        "from anywhere", _JOB, f"{_SET_POD}.containers.*.image", "registry.example.net/a/b:v1.2.3", "image-registry"
    ),
    Mutation(
        "from wherever the node says", _DEPLOYMENT, f"{_SET_POD}.containers.*.image", "busybox:1.36", "image-registry"
    ),
    Mutation("no requests", _SETS, f"{_SET_POD}.containers.*.resources.requests.cpu", REMOVED, "container-requests"),
    Mutation("no resources", _CRON_JOB, f"{_CRON_POD}.containers.*.resources", REMOVED, "container-requests"),
    Mutation(
        "no resources of Prometheus", _PROMETHEUS, "spec.resources", REMOVED, "container-requests", "prometheus-*"
    ),
    Mutation(
        "no memory limit", _DEPLOYMENT, f"{_SET_POD}.containers.*.resources.limits", REMOVED, "container-memory-limit"
    ),
    Mutation(
        "no memory limit of Alertmanager",
        _ALERTMANAGER,
        "spec.resources.limits.memory",
        REMOVED,
        "container-memory-limit",
    ),
    Mutation(
        "nobody asks whether it is ready",
        _SETS,
        f"{_SET_POD}.containers.*.readinessProbe",
        REMOVED,
        "container-readiness",
    ),
    Mutation(
        "writable programs",
        _JOB,
        f"{_SET_POD}.containers.*.securityContext.readOnlyRootFilesystem",
        False,
        "container-read-only-root",
    ),
    Mutation(
        "writable programs by default",
        _CRON_JOB,
        f"{_CRON_POD}.containers.*.securityContext.readOnlyRootFilesystem",
        REMOVED,
        "container-read-only-root",
    ),
    Mutation("a password", _SETS, f"{_SET_POD}.containers.*.env", _and(_PASSWORD), "container-secret-literals"),
    Mutation(
        "a password among arguments",
        _DEPLOYMENT,
        f"{_SET_POD}.containers.*.args",
        ["--password=hunter2"],
        "container-secret-literals",
    ),
    Mutation(
        "the default account and its token",
        _SETS,
        _SET_POD,
        lambda old: {
            key: value
            for key, value in old.items()
            if key not in {"serviceAccountName", "automountServiceAccountToken"}
        },
        "default-account-token",
    ),
)

MUTATIONS: Final[tuple[Mutation, ...]] = (*_PODS, *_CONTAINERS)
