"""Rules about what pods may do to their node, each a control of the Pod Security Standards."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.rule import Finding, StackRule
from policies.rules.kubernetes.levels import TYPES, held
from policies.rules.kubernetes.pods import Container, containers, spec
from policies.values import Properties, Unknown, flag, read, split

# https://kubernetes.io/docs/concepts/security/pod-security-standards/
STANDARDS: Final = "Kubernetes Pod Security Standards"
_ADDABLE: Final = frozenset(
    {
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    }
)
_ADDABLE_RESTRICTED: Final = frozenset({"NET_BIND_SERVICE"})
_VOLUMES: Final = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)


def context(part: Properties, *path: str, default: Any = None) -> Any:
    """Return what the security context of a pod or a container says."""
    return read(part, "securityContext", *path, default=default)


def each_of(workload: Properties) -> Iterator[Container | Unknown]:
    """Yield the containers of an object's pods, and what is not known of which there are."""
    found, unknown = containers(workload)
    yield from unknown
    yield from found


def _host_namespaces(workload: Properties) -> Iterator[Finding]:
    pod = spec(workload)
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        shared = flag(read(pod, name, default=False))
        if isinstance(shared, Unknown):
            yield shared
        elif shared:
            yield f"its pods share the node's own namespace ({name}); remove {name}"


def _privileged(workload: Properties) -> Iterator[Finding]:
    for each in each_of(workload):
        if isinstance(each, Unknown):
            yield each
            continue
        privileged = flag(context(each.given, "privileged", default=False))
        host_process = flag(context(each.given, "windowsOptions", "hostProcess", default=False))
        for name, given in (("privileged", privileged), ("windowsOptions.hostProcess", host_process)):
            if isinstance(given, Unknown):
                yield given
            elif given:
                yield f"container {each.name} has every right on the node; set securityContext.{name} to false"


def _added(allowed: frozenset[str]) -> Any:
    def check(workload: Properties) -> Iterator[Finding]:
        for each in each_of(workload):
            if isinstance(each, Unknown):
                yield each
                continue
            added, unknown = split(context(each.given, "capabilities", "add"))
            yield from unknown
            excess = sorted(set(map(str, added)) - allowed)
            if excess:
                names = ", ".join(excess)
                yield (
                    f"container {each.name} has capabilities beyond the standard ({names}); "
                    "remove them from securityContext.capabilities.add"
                )

    return check


def _dropped(workload: Properties) -> Iterator[Finding]:
    yield from (each for each in _added(_ADDABLE_RESTRICTED)(workload) if isinstance(each, Unknown) or _beyond(each))
    for each in each_of(workload):
        if isinstance(each, Unknown) or not each.whole:
            continue
        dropped, unknown = split(context(each.given, "capabilities", "drop"))
        yield from unknown
        if not unknown and "ALL" not in dropped:
            yield (
                f"container {each.name} keeps the capabilities its runtime gives; "
                "set securityContext.capabilities.drop to ALL"
            )


def _beyond(fault: str) -> bool:
    """Tell whether the stricter standard alone objects, so that no capability is named twice."""
    names = fault.partition("(")[2].partition(")")[0].split(", ")
    return all(name in _ADDABLE for name in names)


def _host_path(workload: Properties) -> Iterator[Finding]:
    volumes, unknown = split(read(spec(workload), "volumes"))
    yield from unknown
    for volume in volumes:
        path = read(volume, "hostPath")
        if path is not None:
            where = read(path, "path", default="a path")
            yield (
                f"volume {read(volume, 'name')} is {'a path' if isinstance(where, Unknown) else where} of "
                "the node itself; remove its hostPath"
            )


def _volume_types(workload: Properties) -> Iterator[Finding]:
    volumes, _ = split(read(spec(workload), "volumes"))
    for volume in volumes:
        others = sorted(set(volume) - _VOLUMES - {"name", "hostPath"})
        if others:
            yield (
                f"volume {read(volume, 'name')} is of type {others[0]}, which goes around StorageClasses; "
                "name a persistentVolumeClaim in its place"
            )


def _host_ports(workload: Properties) -> Iterator[Finding]:
    for each in each_of(workload):
        if isinstance(each, Unknown):
            yield each
            continue
        ports, unknown = split(read(each.given, "ports"))
        yield from unknown
        for port in ports:
            number = read(port, "hostPort", default=0)
            if isinstance(number, Unknown):
                yield number
            elif number:
                yield f"container {each.name} takes port {int(number)} of its node, past any Service; remove hostPort"


def _escalation(workload: Properties) -> Iterator[Finding]:
    for each in each_of(workload):
        if isinstance(each, Unknown):
            yield each
            continue
        allowed = context(each.given, "allowPrivilegeEscalation", default=each.whole)
        if isinstance(allowed, Unknown):
            yield allowed
        elif flag(allowed):
            yield (
                f"a program in container {each.name} can gain more rights than it was started with; "
                "set securityContext.allowPrivilegeEscalation to false"
            )


def rule(name: str, why: str, checks: Mapping[str, Any], *references: str) -> StackRule:
    """Return a rule that holds pods to the standard of their namespace."""
    return StackRule(name=name, why=why, types=TYPES, check=held(checks), references=references)


RULES: Final = (
    rule(
        "pod-host-namespaces",
        "In the node's own namespaces a pod sees every process and connection, and no network policy holds it.",
        {"baseline": _host_namespaces},
        f"{STANDARDS}: Host Namespaces",
        "CIS Amazon EKS Benchmark 1.8.0: 4.2.2, 4.2.3, 4.2.4",
    ),
    rule(
        "pod-privileged",
        "A privileged container is root on its node, and on whatever else runs there.",
        {"baseline": _privileged},
        f"{STANDARDS}: Privileged Containers, HostProcess",
        "CIS Amazon EKS Benchmark 1.8.0: 4.2.1",
    ),
    rule(
        "pod-capabilities",
        "A capability nobody uses is a right that whoever breaks in does use.",
        {"baseline": _added(_ADDABLE), "restricted": _dropped},
        f"{STANDARDS}: Capabilities",
        "hardeneks: disallow_linux_capabilities",
    ),
    rule(
        "pod-volumes",
        "A path of the node is a way to its credentials, its runtime's socket and other pods' files.",
        {"baseline": _host_path, "restricted": _volume_types},
        f"{STANDARDS}: HostPath Volumes, Volume Types",
        "hardeneks: disallow_host_path_or_make_it_read_only",
        "hardeneks: disallow_container_socket_mount",
    ),
    rule(
        "pod-host-ports",
        "A port of the node answers whoever reaches the node, and only one pod of a kind fits on it.",
        {"baseline": _host_ports},
        f"{STANDARDS}: Host Ports",
    ),
    rule(
        "pod-privilege-escalation",
        "One program with the setuid bit gives back every right that was taken from a container.",
        {"restricted": _escalation},
        f"{STANDARDS}: Privilege Escalation",
        "CIS Amazon EKS Benchmark 1.8.0: 4.2.5",
        "hardeneks: disallow_privilege_escalation",
    ),
)
