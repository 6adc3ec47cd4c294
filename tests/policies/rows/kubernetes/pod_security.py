"""Rows for the rules about what pods may do to their node."""

from typing import Any, Final

from tests.policies.rows.kubernetes.objects import APP, made, namespace, of_every_type, workload
from tests.policies.rows.row import UNKNOWN, UNKNOWN_BOOLEAN, UNKNOWN_LIST, UNKNOWN_NUMBER, Row

_DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"
_RESTRICTED: Final = [namespace("restricted")]
_BASELINE: Final = [namespace("baseline")]
_PRIVILEGED: Final = [namespace("privileged")]


def _with(**context: Any) -> dict[str, Any]:
    return {"containers": [{**APP, "securityContext": context}]}


def _init(**context: Any) -> dict[str, Any]:
    return {"initContainers": [{"name": "first", "securityContext": context}]}


def _one(pod: dict[str, Any], *beside: dict[str, Any]) -> list[dict[str, Any]]:
    return [workload(_DEPLOYMENT, pod), *beside]


_DROPPED: Final = {"capabilities": {"drop": ["ALL"]}}
_SPEC: Final = "spec.template.spec"

ROWS: Final[tuple[Row, ...]] = (
    # Host namespaces
    *of_every_type("pod-host-namespaces", "good", "privileged", {"hostNetwork": True}, beside=_PRIVILEGED),
    *of_every_type(
        "pod-host-namespaces",
        "bad",
        "hostPID",
        {"hostPID": True},
        faults=["(hostPID), and its namespace is restricted; remove"],
        beside=_RESTRICTED,
    ),
    Row(
        "pod-host-namespaces",
        "bad",
        "all three",
        _one({"hostNetwork": True, "hostPID": True, "hostIPC": True}, *_BASELINE),
        ["hostNetwork", "hostPID", "hostIPC"],
    ),
    Row(
        "pod-host-namespaces",
        "bad",
        "a namespace from nowhere",
        _one({"hostNetwork": True}),
        ["its namespace is baseline"],
    ),
    Row(
        "pod-host-namespaces",
        "good",
        "the node's own agents",
        made(_DEPLOYMENT, namespace="kube-system", spec={"template": {"spec": {"hostNetwork": True}}}),
    ),
    Row(
        "pod-host-namespaces",
        "good",
        "a namespace without a level, which another rule refuses",
        _one({"hostIPC": True}, made("kubernetes:core/v1:Namespace", "apps")),
    ),
    Row("pod-host-namespaces", "absent", "nothing is said", _one({}, *_RESTRICTED)),
    Row(
        "pod-host-namespaces",
        "unknown",
        "the value",
        _one({"hostIPC": UNKNOWN_BOOLEAN}, *_BASELINE),
        unknown=[f"{_SPEC}.hostIPC"],
    ),
    Row(
        "pod-host-namespaces",
        "unknown",
        "the level",
        _one({"hostIPC": True}, namespace(UNKNOWN)),
        unknown=['metadata.labels["pod-security.kubernetes.io/enforce"]'],
    ),
    Row(
        "pod-host-namespaces",
        "unknown",
        "the namespace",
        made(_DEPLOYMENT, namespace=UNKNOWN, spec={"template": {"spec": {"hostPID": True}}}),
        unknown=["metadata.namespace"],
    ),
    # Privileged containers
    *of_every_type(
        "pod-privileged",
        "bad",
        "privileged",
        _with(privileged=True),
        faults=[
            "container app has every right on the node, and its namespace is baseline; set securityContext.privileged"
        ],
        beside=_BASELINE,
    ),
    Row("pod-privileged", "bad", "an init container", _one(_init(privileged=True), *_RESTRICTED), ["container first"]),
    Row(
        "pod-privileged",
        "bad",
        "an ephemeral container",
        _one({"ephemeralContainers": [{"name": "debugger", "securityContext": {"privileged": True}}]}, *_RESTRICTED),
        ["container debugger"],
    ),
    Row(
        "pod-privileged",
        "bad",
        "Windows' way",
        _one(_with(windowsOptions={"hostProcess": True}), *_RESTRICTED),
        ["windowsOptions.hostProcess"],
    ),
    Row("pod-privileged", "good", "an agent where agents are admitted", _one(_with(privileged=True), *_PRIVILEGED)),
    Row("pod-privileged", "absent", "nothing is said", _one(_with(), *_RESTRICTED)),
    Row(
        "pod-privileged",
        "unknown",
        "the value",
        _one(_with(privileged=UNKNOWN_BOOLEAN), *_RESTRICTED),
        unknown=[f"{_SPEC}.containers[0].securityContext.privileged"],
    ),
    Row(
        "pod-privileged",
        "unknown",
        "the containers",
        _one({"containers": UNKNOWN_LIST}, *_RESTRICTED),
        unknown=[f"{_SPEC}.containers"],
    ),
    # Capabilities
    *of_every_type(
        "pod-capabilities",
        "bad",
        "SYS_ADMIN",
        _with(capabilities={"drop": ["ALL"], "add": ["SYS_ADMIN"]}),
        faults=["beyond the standard (SYS_ADMIN), and"],
        beside=_RESTRICTED,
    ),
    Row(
        "pod-capabilities",
        "bad",
        "one that baseline has and restricted has not",
        _one(_with(capabilities={"drop": ["ALL"], "add": ["CHOWN", "NET_BIND_SERVICE"]}), *_RESTRICTED),
        ["beyond the standard (CHOWN)"],
    ),
    Row(
        "pod-capabilities",
        "bad",
        "not all dropped",
        _one(_with(capabilities={"drop": ["NET_RAW"]}), *_RESTRICTED),
        ["keeps the capabilities"],
    ),
    Row(
        "pod-capabilities",
        "good",
        "a port below 1024",
        _one(_with(capabilities={"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}), *_RESTRICTED),
    ),
    Row("pod-capabilities", "good", "baseline drops nothing", _one(_with(capabilities={"add": ["CHOWN"]}), *_BASELINE)),
    Row("pod-capabilities", "absent", "nothing dropped", _one(_with(), *_RESTRICTED), ["keeps the capabilities"]),
    Row(
        "pod-capabilities",
        "unknown",
        "what is dropped",
        _one(_with(capabilities={"drop": UNKNOWN_LIST}), *_RESTRICTED),
        unknown=[f"{_SPEC}.containers[0].securityContext.capabilities.drop"],
    ),
    # Volumes
    *of_every_type(
        "pod-volumes",
        "bad",
        "the runtime's socket",
        {"volumes": [{"name": "runtime", "hostPath": {"path": "/run/containerd"}}]},
        faults=["volume runtime is /run/containerd of the node itself, and"],
        beside=_BASELINE,
    ),
    Row(
        "pod-volumes",
        "bad",
        "NFS",
        _one({"volumes": [{"name": "share", "nfs": {"server": "a", "path": "/"}}]}, *_RESTRICTED),
        ["volume share is of type nfs"],
    ),
    Row(
        "pod-volumes",
        "good",
        "NFS where baseline holds",
        _one({"volumes": [{"name": "share", "nfs": {"server": "a"}}]}, *_BASELINE),
    ),
    Row(
        "pod-volumes",
        "good",
        "a claim and a Secret",
        _one({"volumes": [{"name": "a", "persistentVolumeClaim": {}}, {"name": "b", "secret": {}}]}, *_RESTRICTED),
    ),
    Row("pod-volumes", "absent", "no volumes", _one({}, *_RESTRICTED)),
    Row(
        "pod-volumes",
        "unknown",
        "the volumes",
        _one({"volumes": UNKNOWN_LIST}, *_BASELINE),
        unknown=[f"{_SPEC}.volumes"],
    ),
    # Host ports
    *of_every_type(
        "pod-host-ports",
        "bad",
        "a port of the node",
        {"containers": [{**APP, "ports": [{"containerPort": 80, "hostPort": 80}]}]},
        faults=["takes port 80 of its node, past any Service"],
        beside=_RESTRICTED,
    ),
    Row(
        "pod-host-ports",
        "good",
        "a port of the pod",
        _one({"containers": [{**APP, "ports": [{"containerPort": 80}]}]}, *_RESTRICTED),
    ),
    Row("pod-host-ports", "absent", "no ports", _one({"containers": [APP]}, *_RESTRICTED)),
    Row(
        "pod-host-ports",
        "unknown",
        "the port",
        _one({"containers": [{**APP, "ports": [{"hostPort": UNKNOWN_NUMBER}]}]}, *_BASELINE),
        unknown=[f"{_SPEC}.containers[0].ports[0].hostPort"],
    ),
    # Privilege escalation
    *of_every_type(
        "pod-privilege-escalation",
        "bad",
        "allowed",
        _with(allowPrivilegeEscalation=True),
        faults=["can gain more rights than it was started with, and its namespace is restricted"],
        beside=_RESTRICTED,
    ),
    Row("pod-privilege-escalation", "good", "not allowed", _one(_with(allowPrivilegeEscalation=False), *_RESTRICTED)),
    Row("pod-privilege-escalation", "good", "baseline does not ask", _one(_with(), *_BASELINE)),
    Row(
        "pod-privilege-escalation",
        "good",
        "what an operator makes",
        [
            made("kubernetes:monitoring.coreos.com/v1:Prometheus", spec={"containers": [{"name": "prometheus"}]}),
            *_RESTRICTED,
        ],
    ),
    Row(
        "pod-privilege-escalation",
        "absent",
        "the runtime allows it",
        _one(_with(), *_RESTRICTED),
        ["container app can gain"],
    ),
    Row(
        "pod-privilege-escalation",
        "unknown",
        "the value",
        _one(_with(allowPrivilegeEscalation=UNKNOWN_BOOLEAN), *_RESTRICTED),
        unknown=[f"{_SPEC}.containers[0].securityContext.allowPrivilegeEscalation"],
    ),
)
