"""A role and its binding are one name, and the binding waits for what it refers to."""

import pulumi_kubernetes as kubernetes

from components.kit import rights
from components.kit.layer import Layer
from tests.components.recording import build


class _Layer(Layer, kind="platform:tests:Rights"):
    def __init__(self, name: str) -> None:
        super().__init__(name, None)
        rule = kubernetes.rbac.v1.PolicyRuleArgs(api_groups=[""], resources=["configmaps"], verbs=["get"])
        rights.in_namespace(
            self, "readers", name="reader", namespace="here", rules=[rule], accounts=[("here", "a"), ("there", "b")]
        )


def test_accounts_wherever_they_live_are_bound_to_the_role() -> None:
    recording = build(lambda: _Layer("layer"))

    role = recording.one("kubernetes:rbac.authorization.k8s.io/v1:Role", "layer-readers")
    binding = recording.one("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "layer-readers")
    assert role.inputs["metadata"] == binding.inputs["metadata"] == {"name": "reader", "namespace": "here"}
    assert role.inputs["rules"] == [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}]
    assert binding.inputs["roleRef"] == {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"}
    assert binding.inputs["subjects"] == [
        {"kind": "ServiceAccount", "name": "a", "namespace": "here"},
        {"kind": "ServiceAccount", "name": "b", "namespace": "there"},
    ]
    assert role.name in binding.dependencies
