"""Each row of the truth table is answered by the objects a stack makes, and no rule is without a row."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import pytest

from components.compute.access import Role
from components.security.access.roles import IN_A_NAMESPACE, IN_THE_CLUSTER, Rule
from tests.access.questions import Question, Rbac, groups, objects, truth
from tests.components.recording import Recorded
from tests.environments import EVERY, assembled

_EVERY_ROLE: Final = assembled("every-role")
_GROUPS: Final = groups(_EVERY_ROLE)
_MADE: Final = objects(_EVERY_ROLE)


@pytest.mark.parametrize(("question", "answer"), truth(), ids=str)
def test_the_objects_of_a_stack_answer_as_the_table_says(question: Question, answer: bool) -> None:  # noqa: FBT001 - a cell of the table
    assert Rbac(_MADE).allows(question, _GROUPS) is answer


def test_every_principal_has_rows_both_ways_where_it_may_do_anything() -> None:
    for who, given in _GROUPS.items():
        answers = {answer for question, answer in truth() if question.who == who}
        assert answers == ({True, False} if given else {False}) or who == "deployer"
    assert len(truth()) >= 60


def _fewer(made: list[Recorded]) -> Iterator[tuple[str, list[Recorded]]]:
    """Yield the objects without one of their rules."""
    for place, role in enumerate(made):
        for index in range(len(role.inputs.get("rules", [])) if role.parent == "rbac" else 0):
            rules = [rule for number, rule in enumerate(role.inputs["rules"]) if number != index]
            other = replace(role, inputs={**role.inputs, "rules": rules})
            yield f"{role.name}[{index}]", [*made[:place], other, *made[place + 1 :]]


def test_a_rule_that_is_taken_away_fails_a_row() -> None:
    rows = [question for question, answer in truth() if answer]
    unnoticed = [what for what, made in _fewer(_MADE) if all(Rbac(made).allows(question, _GROUPS) for question in rows)]

    assert unnoticed == []


@pytest.mark.parametrize(
    ("role", "rule"),
    [
        ("rbac-viewer-cluster", {"apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]}),
        ("rbac-power-user-cluster", {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list"]}),
        ("rbac-power-user-cluster", {"apiGroups": [""], "resources": ["pods"], "verbs": ["delete"]}),
        ("rbac-power-user-cluster", {"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"]}),
        ("rbac-power-user-cluster", {"apiGroups": [""], "resources": ["nodes/proxy"], "verbs": ["get"]}),
        ("rbac-developer-namespace", {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}),
        ("rbac-developer-namespace", {"apiGroups": ["apps"], "resources": ["daemonsets"], "verbs": ["create"]}),
        ("rbac-ci-deployer-namespace", {"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"]}),
        (
            "rbac-ci-deployer-namespace",
            {"apiGroups": [""], "resources": ["serviceaccounts/token"], "verbs": ["create"]},
        ),
        ("rbac-namespace-admin-namespace", {"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]}),
        (
            "rbac-namespace-admin-namespace",
            {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles"], "verbs": ["escalate"]},
        ),
    ],
    ids=str,
)
def test_a_rule_that_is_widened_fails_a_row(role: str, rule: dict[str, Any]) -> None:
    made = [
        replace(each, inputs={**each.inputs, "rules": [*each.inputs["rules"], rule]}) if each.name == role else each
        for each in _MADE
    ]

    assert [str(question) for question, answer in truth() if not answer and Rbac(made).allows(question, _GROUPS)]


def test_a_binding_that_reaches_further_fails_a_row() -> None:
    bound = [
        each
        for each in _MADE
        if each.type.endswith(":RoleBinding") and {subject["kind"] for subject in each.inputs["subjects"]} == {"Group"}
    ]
    assert bound
    for binding in bound:
        metadata = {key: value for key, value in binding.inputs["metadata"].items() if key != "namespace"}
        wide = replace(binding, inputs={**binding.inputs, "metadata": metadata})
        made = [wide if each is binding else each for each in _MADE]
        assert [question for question, answer in truth() if not answer and Rbac(made).allows(question, _GROUPS)]


@pytest.mark.parametrize("name", EVERY)
def test_no_role_is_aggregated_and_none_adds_to_kubernetes_own(name: str) -> None:
    for made in objects(assembled(name)):
        assert "aggregationRule" not in made.inputs
        labels = made.inputs["metadata"].get("labels") or {}
        assert [label for label in labels if label.startswith("rbac.authorization.k8s.io/")] == []


@pytest.mark.parametrize(
    "rule",
    [
        ("*", ("pods",), ("get",)),
        ("", ("*",), ("get",)),
        ("", ("pods",), ("*",)),
        ("", (), ("get",)),
        ("", ("pods",), ()),
    ],
)
def test_a_rule_has_no_wildcard_and_no_hole(rule: tuple[str, tuple[str, ...], tuple[str, ...]]) -> None:
    with pytest.raises(ValueError, match="name every resource and every verb"):
        Rule(*rule)


def test_a_namespace_admin_holds_whatever_the_others_of_its_namespace_hold() -> None:
    """The API server lets nobody bind a role with a right he does not hold."""
    rights = {
        role: {(rule.group, resource, verb) for rule in rules for resource in rule.resources for verb in rule.verbs}
        for role, rules in IN_A_NAMESPACE.items()
    }
    admin = rights.pop(Role.NAMESPACE_ADMIN)

    assert all(other < admin for other in rights.values())
    assert set(IN_THE_CLUSTER) | set(IN_A_NAMESPACE) == set(Role)
