"""Rows for the rules about what holds a pod's programs."""

from typing import Any, Final

from tests.policies.rows.kubernetes.objects import APP, namespace, of_every_type, workload
from tests.policies.rows.row import UNKNOWN, UNKNOWN_BOOLEAN, Row

_DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"
_RESTRICTED: Final = [namespace("restricted")]
_BASELINE: Final = [namespace("baseline")]
_SPEC: Final = "spec.template.spec"
_OF_POD: Final = f"{_SPEC}.securityContext"


def _one(pod: dict[str, Any], *beside: dict[str, Any]) -> list[dict[str, Any]]:
    return [workload(_DEPLOYMENT, pod), *beside]


def _pod(context: dict[str, Any], own: dict[str, Any] | None = None) -> dict[str, Any]:
    container = {**APP, "securityContext": own} if own else APP
    return {"securityContext": context, "containers": [container]}


def _profile(kind: str) -> dict[str, Any]:
    return {"seccompProfile": {"type": kind}}


ROWS: Final[tuple[Row, ...]] = (
    *of_every_type(
        "pod-non-root",
        "bad",
        "root is allowed",
        _pod({"runAsNonRoot": False}),
        faults=["container app may run as root, and its namespace is restricted"],
        operated=["may run as root", "container app may run as root"],
        beside=_RESTRICTED,
    ),
    *of_every_type(
        "pod-non-root",
        "bad",
        "root is asked for",
        _pod({"runAsNonRoot": True}, {"runAsUser": 0}),
        faults=["container app runs as root"],
        beside=_RESTRICTED,
    ),
    Row("pod-non-root", "good", "the container says it", _one(_pod({}, {"runAsNonRoot": True}), *_RESTRICTED)),
    Row("pod-non-root", "good", "baseline does not ask", _one(_pod({}), *_BASELINE)),
    Row(
        "pod-non-root",
        "bad",
        "the container takes it back",
        _one(_pod({"runAsNonRoot": True}, {"runAsNonRoot": False}), *_RESTRICTED),
        ["container app may run as root"],
    ),
    Row("pod-non-root", "absent", "nobody says it", _one(_pod({}), *_RESTRICTED), ["container app may run as root"]),
    Row(
        "pod-non-root",
        "unknown",
        "the user",
        _one(_pod({"runAsNonRoot": True, "runAsUser": UNKNOWN}), *_RESTRICTED),
        unknown=[f"{_OF_POD}.runAsUser"],
    ),
    *of_every_type(
        "pod-seccomp",
        "bad",
        "unconfined",
        _pod(_profile("Unconfined")),
        faults=["the pod may make any system call, and its namespace is baseline"],
        beside=_BASELINE,
    ),
    Row(
        "pod-seccomp",
        "bad",
        "a container is unconfined",
        _one(_pod(_profile("RuntimeDefault"), _profile("Unconfined")), *_RESTRICTED),
        ["container app may make any system call"],
    ),
    Row("pod-seccomp", "good", "the runtime's", _one(_pod(_profile("RuntimeDefault")), *_RESTRICTED)),
    Row("pod-seccomp", "good", "one of the node's", _one(_pod({}, _profile("Localhost")), *_RESTRICTED)),
    Row(
        "pod-seccomp",
        "absent",
        "no profile",
        _one(_pod({}), *_RESTRICTED),
        ["container app has no profile of system calls"],
    ),
    Row("pod-seccomp", "absent", "no profile where baseline holds", _one(_pod({}), *_BASELINE)),
    Row(
        "pod-seccomp",
        "unknown",
        "the profile",
        _one(_pod({}, _profile(UNKNOWN)), *_BASELINE),
        unknown=[f"{_SPEC}.containers[0].securityContext.seccompProfile.type"],
    ),
    *of_every_type(
        "pod-kernel-confinement",
        "bad",
        "a sysctl of the node",
        _pod({"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}),
        faults=["sysctl kernel.msgmax is of the whole node, and"],
        beside=_BASELINE,
    ),
    Row(
        "pod-kernel-confinement",
        "bad",
        "an unmasked /proc",
        _one(_pod({}, {"procMount": "Unmasked"}), *_BASELINE),
        ["container app leaves the kernel's own confinement (Unmasked)"],
    ),
    Row(
        "pod-kernel-confinement",
        "bad",
        "no AppArmor",
        _one(_pod({"appArmorProfile": {"type": "Unconfined"}}), *_BASELINE),
        ["the pod leaves the kernel's own confinement (Unconfined)"],
    ),
    Row(
        "pod-kernel-confinement",
        "bad",
        "a type of SELinux",
        _one(_pod({"seLinuxOptions": {"type": "spc_t"}}), *_BASELINE),
        ["(spc_t)"],
    ),
    Row(
        "pod-kernel-confinement",
        "good",
        "a safe sysctl",
        _one(_pod({"sysctls": [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]}), *_RESTRICTED),
    ),
    Row(
        "pod-kernel-confinement",
        "good",
        "a type of containers",
        _one(_pod({"seLinuxOptions": {"type": "container_t"}}), *_RESTRICTED),
    ),
    Row("pod-kernel-confinement", "absent", "nothing is said", _one(_pod({}), *_RESTRICTED)),
    Row(
        "pod-kernel-confinement",
        "unknown",
        "the mount",
        _one(_pod({}, {"procMount": UNKNOWN}), *_BASELINE),
        unknown=[f"{_SPEC}.containers[0].securityContext.procMount"],
    ),
    Row(
        "pod-kernel-confinement",
        "unknown",
        "the sysctls",
        _one(_pod({"sysctls": UNKNOWN_BOOLEAN}), *_BASELINE),
        unknown=[f"{_OF_POD}.sysctls"],
    ),
)
