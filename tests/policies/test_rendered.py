"""What charts make is held to the rules about objects, in the company of what the program makes."""

from typing import Any

from policies.rendered import remarks
from policies.rules.kubernetes.levels import ENFORCE


def _namespace(level: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "night", "labels": {ENFORCE: level}}}


def _agent(**pod: Any) -> dict[str, Any]:
    metadata = {"name": "lamp", "namespace": "night"}
    spec = {"template": {"spec": {"automountServiceAccountToken": False, **pod}}}
    return {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": metadata, "spec": spec}


def test_a_chart_s_pod_is_held_to_the_standard_of_the_program_s_namespace() -> None:
    agent = _agent(hostNetwork=True)

    (remark,) = remarks([agent], [_namespace("restricted")])

    assert remark.startswith("pod-host-namespaces: DaemonSet night/lamp: its pods share the node's own namespace")
    assert remarks([agent], [_namespace("privileged")]) == ()


def test_what_the_program_makes_itself_is_left_to_its_plan() -> None:
    assert remarks([], [_namespace("restricted"), _agent(hostNetwork=True)]) == ()


def test_one_fault_of_one_object_is_told_once() -> None:
    agent = _agent(hostPID=True)

    assert len(remarks([agent, agent], [_namespace("restricted")])) == 1


def test_an_object_of_the_cluster_is_named_without_a_namespace() -> None:
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "lamp:all"},
        "rules": [{"apiGroups": ["*"], "resources": ["lamps"], "verbs": ["get"]}],
    }

    (remark,) = remarks([role], [])

    assert remark.startswith("rbac-wildcards: ClusterRole lamp:all: ")


def test_what_is_no_object_is_passed_over() -> None:
    assert remarks([{}, {"apiVersion": "v1"}, {"kind": "Pod"}], [{"data": {}}]) == ()
