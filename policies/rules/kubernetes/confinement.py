"""Rules about what holds a pod's programs: no root, a profile of system calls, the kernel's own confinement."""

from collections.abc import Iterator
from typing import Any, Final

from policies.rule import Finding
from policies.rules.kubernetes.pod_security import STANDARDS, context, each_of, rule
from policies.rules.kubernetes.pods import Container, containers, is_operated, spec
from policies.values import Properties, Unknown, flag, read, split

_SAFE_SYSCTLS: Final = frozenset(
    {
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_wmem",
    }
)
_SELINUX_TYPES: Final = frozenset({"container_engine_t", "container_init_t", "container_kvm_t", "container_t", ""})


def _non_root(workload: Properties) -> Iterator[Finding]:
    pod = spec(workload)
    for name in ("runAsNonRoot", "runAsUser"):
        found = list(_run_as(workload, pod, name))
        yield from dict.fromkeys(found)


def _run_as(workload: Properties, pod: Any, name: str) -> Iterator[Finding]:
    whole = [
        each for each in each_of(workload) if isinstance(each, Container) and (each.whole or is_operated(workload))
    ]
    for each in whole:
        given = context(each.given, name, default=context(pod, name))
        if isinstance(given, Unknown):
            yield given
        elif name == "runAsNonRoot" and not flag(given):
            yield f"container {each.name} may run as root; set securityContext.runAsNonRoot to true"
        elif name == "runAsUser" and given == 0:
            yield f"container {each.name} runs as root; set securityContext.runAsUser to a number above 0"


def _seccomp_off(workload: Properties) -> Iterator[Finding]:
    pod = spec(workload)
    places = [("the pod", pod)] + [(f"container {each.name}", each.given) for each in _known(workload)]
    for what, part in places:
        kind = context(part, "seccompProfile", "type")
        if isinstance(kind, Unknown):
            yield kind
        elif kind == "Unconfined":
            yield f"{what} may make any system call; set securityContext.seccompProfile.type to RuntimeDefault"


def _seccomp_set(workload: Properties) -> Iterator[Finding]:
    pod = spec(workload)
    of_pod = context(pod, "seccompProfile", "type")
    for each in _known(workload):
        kind = context(each.given, "seccompProfile", "type", default=of_pod)
        if kind is None and (each.whole or is_operated(workload)):
            yield (
                f"container {each.name} has no profile of system calls; "
                "set securityContext.seccompProfile.type to RuntimeDefault"
            )


def _known(workload: Properties) -> list[Container]:
    return containers(workload)[0]


def _kernel(workload: Properties) -> Iterator[Finding]:
    pod = spec(workload)
    sysctls, unknown = split(context(pod, "sysctls"))
    yield from unknown
    for sysctl in sysctls:
        name = read(sysctl, "name")
        if name not in _SAFE_SYSCTLS:
            yield f"sysctl {name} is of the whole node; remove it from securityContext.sysctls"
    for what, part in (("the pod", pod), *((f"container {each.name}", each.given) for each in _known(workload))):
        yield from _confinement(what, part)


def _confinement(what: str, part: Any) -> Iterator[Finding]:
    mount = context(part, "procMount", default="Default")
    armor = context(part, "appArmorProfile", "type", default="RuntimeDefault")
    selinux = context(part, "seLinuxOptions", "type", default="")
    for value, bad, remedy in (
        (mount, mount != "Default", "set securityContext.procMount to Default"),
        (armor, armor == "Unconfined", "set securityContext.appArmorProfile.type to RuntimeDefault"),
        (selinux, selinux not in _SELINUX_TYPES, "set securityContext.seLinuxOptions.type to container_t"),
    ):
        if isinstance(value, Unknown):
            yield value
        elif bad:
            yield f"{what} leaves the kernel's own confinement ({value}); {remedy}"


RULES: Final = (
    rule(
        "pod-non-root",
        "Root in a container is root on the node as soon as anything between them fails.",
        {"restricted": _non_root},
        f"{STANDARDS}: Running as Non-root, Running as Non-root user",
        "hardeneks: disable_run_as_root_user",
    ),
    rule(
        "pod-seccomp",
        "Most ways out of a container start at a system call that no ordinary program makes.",
        {"baseline": _seccomp_off, "restricted": _seccomp_set},
        f"{STANDARDS}: Seccomp",
    ),
    rule(
        "pod-kernel-confinement",
        "What confines a container by the kernel is one for all pods of a node, and is lost for all.",
        {"baseline": _kernel},
        f"{STANDARDS}: Sysctls, /proc Mount Type, AppArmor, SELinux",
    ),
)
