"""Each role is bound where its grants say and nowhere else, to groups that only access entries give."""

from typing import Any, Final

from components.compute.access import AccessSettings, Role, entries
from components.security.access.rbac import Rbac
from components.security.access.roles import IN_A_NAMESPACE, IN_THE_CLUSTER
from tests.components import examples
from tests.components.recording import Recording, build

_ARN: Final = "arn:aws:iam::111122223333:role/"
_GRANTS: Final[dict[str, Any]] = {
    "developers": {"role": "developer", "principal": f"{_ARN}developers", "namespaces": ["apps", "jobs"]},
    "others": {"role": "developer", "principal": f"{_ARN}others", "namespaces": ["apps"]},
    "on-call": {"role": "power_user", "principal": f"{_ARN}on-call", "namespaces": ["jobs"]},
    "auditors": {"role": "viewer", "principal": f"{_ARN}auditors"},
}


def _settings(**grants: Any) -> AccessSettings:
    return examples.parsed(AccessSettings, deployer=examples.DEPLOYER, admin=examples.ADMIN, grants=grants)


def _built(*, retain_data: bool = False, **grants: Any) -> Recording:
    return build(lambda: Rbac("rbac", _settings(**grants), retain_data=retain_data))


def _bound(recording: Recording) -> set[tuple[str, str, str]]:
    """Return role, group and namespace of every binding."""
    return {
        (
            made.inputs["roleRef"]["name"],
            made.inputs["subjects"][0]["name"],
            made.inputs["metadata"].get("namespace", ""),
        )
        for made in recording.resources
        if made.type.endswith("Binding")
    }


def test_a_role_is_bound_where_its_grants_say_and_nowhere_else() -> None:
    assert _bound(_built(**_GRANTS)) == {
        ("platform:viewer:cluster", "platform:viewer", ""),
        ("platform:power-user:cluster", "platform:power-user", ""),
        ("platform:developer:namespace", "platform:developer:apps", "apps"),
        ("platform:developer:namespace", "platform:developer:jobs", "jobs"),
        ("platform:power-user:namespace", "platform:power-user:jobs", "jobs"),
    }


def test_every_group_of_an_entry_is_bound_and_every_bound_group_is_given() -> None:
    given = {group for entry in entries(_settings(**_GRANTS)) for group in entry.groups}

    assert {group for _, group, _ in _bound(_built(**_GRANTS))} == given


def test_only_groups_are_bound_never_a_user_or_a_service_account() -> None:
    subjects = [
        subject
        for made in _built(**_GRANTS).resources
        if made.type.endswith("Binding")
        for subject in made.inputs["subjects"]
    ]

    assert {(subject["kind"], subject["apiGroup"]) for subject in subjects} == {("Group", "rbac.authorization.k8s.io")}


def test_without_grants_nobody_is_bound_and_the_roles_are_there() -> None:
    recording = _built()

    assert _bound(recording) == set()
    assert len(recording.of("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole")) == 6


def test_a_grants_namespace_is_made_with_the_strictest_level() -> None:
    made = _built(**_GRANTS).of("kubernetes:core/v1:Namespace")

    assert sorted(room.inputs["metadata"]["name"] for room in made) == ["apps", "jobs"]
    assert {room.inputs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] for room in made} == {"restricted"}


def test_a_grants_namespace_is_closed_but_for_names_and_neighbours() -> None:
    made = _built(**_GRANTS).of("kubernetes:networking.k8s.io/v1:NetworkPolicy")
    in_apps = {
        each.inputs["metadata"]["name"]: each.inputs["spec"]
        for each in made
        if each.inputs["metadata"]["namespace"] == "apps"
    }

    assert len(made) == 4
    assert in_apps["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    opened = in_apps["names-and-neighbours"]
    assert opened["ingress"] == [{"from": [{"podSelector": {}}]}]
    neighbours, names = opened["egress"]
    assert neighbours == {"to": [{"podSelector": {}}]}
    assert names["to"][0]["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "kube-system"}
    assert [(port["port"], port["protocol"]) for port in names["ports"]] == [(53, "UDP"), (53, "TCP")]


def test_a_grant_that_is_taken_out_takes_no_workloads_along_where_data_is_retained() -> None:
    for retain_data in (True, False):
        made = _built(retain_data=retain_data, **_GRANTS).of("kubernetes:core/v1:Namespace")
        assert {room.protect for room in made} == {retain_data}


def test_a_binding_comes_after_its_role_and_its_namespace() -> None:
    recording = _built(**_GRANTS)

    assert {"rbac-developer-namespace", "rbac-apps"} <= recording.before("rbac-apps-developer")


def test_every_role_has_rules_where_it_holds() -> None:
    assert set(IN_THE_CLUSTER) == {role for role in Role if role.sees_the_cluster}
    assert set(IN_A_NAMESPACE) == {role for role in Role if role.has_namespaces}
