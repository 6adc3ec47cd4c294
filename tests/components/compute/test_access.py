"""Administrators have EKS's own policy, everybody else groups that RBAC binds, and nobody two ways in."""

from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components.compute.access import ADMINISTRATORS, AccessSettings, Administrator, Role, admit, entries
from components.kit.layer import Layer
from tests.components import examples
from tests.components.recording import Recording, build

_REQUIRED: dict[str, Any] = {"deployer": examples.DEPLOYER, "admin": examples.ADMIN}
_BREAK_GLASS = "arn:aws:iam::111122223333:role/break-glass"
_DEVELOPER = "arn:aws:iam::111122223333:role/developer"
_GRANTS: dict[str, Any] = {
    "developers": {"role": "developer", "principal": _DEVELOPER, "namespaces": ["apps", "jobs"]},
    "on-call": {"role": "power_user", "principal": "arn:aws:iam::111122223333:role/on-call", "namespaces": ["apps"]},
    "auditors": {"role": "viewer", "principal": "arn:aws:iam::111122223333:user/auditor"},
    "leads": {"role": "namespace_admin", "principal": "arn:aws:iam::111122223333:role/leads", "namespaces": ["apps"]},
    "pipeline": {"role": "ci_deployer", "principal": "arn:aws:iam::111122223333:role/ci", "namespaces": ["apps"]},
}
_ALL = {**_REQUIRED, "break_glass": _BREAK_GLASS, "grants": _GRANTS}


def _access(**values: Any) -> AccessSettings:
    return examples.parsed(AccessSettings, **values)


class _Door(Layer, kind="platform:test:Door"):
    def __init__(self, access: AccessSettings, partition: str) -> None:
        super().__init__("cluster", None)
        for entry in entries(access):
            admit(self, entry, cluster_name="platform-test", partition=partition)
        self.publish(examples.keys())


def _built(partition: str = "aws", **values: Any) -> Recording:
    return build(lambda: pulumi.export("door", _Door(_access(**values), partition).urn))


@pytest.mark.parametrize("role", ADMINISTRATORS)
def test_an_administrator_needs_no_object_of_rbac(role: Administrator) -> None:
    recording = _built(**_ALL)
    name = f"cluster-{role.replace('_', '-')}"

    entry = recording.one("aws:eks/accessEntry:AccessEntry", name).inputs
    policy = recording.one("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", name)
    assert entry == {"clusterName": "platform-test", "principalArn": _ALL[role], "type": "STANDARD"}
    assert policy.inputs["principalArn"] == entry["principalArn"]
    assert policy.inputs["policyArn"] == "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
    assert policy.inputs["accessScope"] == {"type": "cluster"}
    assert name in policy.dependencies, "EKS refuses a policy before its entry is there"


def test_whoever_has_a_grant_has_its_groups_and_no_policy() -> None:
    recording = _built(**_ALL)
    made = recording.of("aws:eks/accessEntry:AccessEntry")

    assert {entry.name: entry.inputs["kubernetesGroups"] for entry in made if "kubernetesGroups" in entry.inputs} == {
        "cluster-developers": ["platform:developer:apps", "platform:developer:jobs"],
        "cluster-on-call": ["platform:power-user", "platform:power-user:apps"],
        "cluster-auditors": ["platform:viewer"],
        "cluster-leads": ["platform:namespace-admin:apps"],
        "cluster-pipeline": ["platform:ci-deployer:apps"],
    }
    assert len(recording.of("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")) == len(ADMINISTRATORS)


def test_nobody_is_let_in_who_is_not_named() -> None:
    made = _built(**_REQUIRED).of("aws:eks/accessEntry:AccessEntry")

    assert {entry.name: entry.inputs["principalArn"] for entry in made} == {
        "cluster-deployer": examples.DEPLOYER,
        "cluster-admin": examples.ADMIN,
    }


def test_policies_are_of_the_accounts_partition() -> None:
    (policy, _) = _built("aws-cn", **_REQUIRED).of("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")

    assert policy.inputs["policyArn"].startswith("arn:aws-cn:eks::aws:cluster-access-policy/")


def test_another_principal_changes_no_logical_name() -> None:
    other = {**_REQUIRED, "admin": "arn:aws:iam::111122223333:role/somebody-else"}

    # Resources are registered side by side: their order says nothing.
    names = [sorted((made.type, made.name) for made in _built(**access).resources) for access in (other, _REQUIRED)]
    assert names[0] == names[1]


def test_at_least_two_different_principals_administer_the_cluster() -> None:
    given = list(entries(_access(**_REQUIRED)))

    assert len({entry.principal for entry in given if entry.policy == "AmazonEKSClusterAdminPolicy"}) == 2


@pytest.mark.parametrize("role", ["admin", "break_glass"])
@pytest.mark.parametrize("other", ADMINISTRATORS)
def test_no_principal_has_two_roles(role: Administrator, other: Administrator) -> None:
    if role == other:
        assert _access(**_ALL).administrators[role] == _ALL[role]
        return
    with pytest.raises(ValidationError, match=r"must be another principal than \w+: one of them may be lost"):
        _access(**{**_ALL, role: _ALL[other]})


@pytest.mark.parametrize("principal", [examples.ADMIN, _BREAK_GLASS, _DEVELOPER])
def test_no_principal_has_a_grant_besides(principal: str) -> None:
    with pytest.raises(ValidationError, match=r"grants\.auditors\.principal must be another principal than"):
        _access(**{**_ALL, "grants": {**_GRANTS, "auditors": {"role": "viewer", "principal": principal}}})


def _grant(**values: Any) -> dict[str, Any]:
    return {**_ALL, "grants": {"some": {**_GRANTS["developers"], **values}}}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"deployer": examples.DEPLOYER}, r"admin\n.*required"),
        ({"admin": examples.ADMIN}, r"deployer\n.*required"),
        ({**_REQUIRED, "break_glass": "arn:aws:sts::111122223333:assumed-role/admin/me"}, "pattern"),
        (
            _grant(role="root"),
            "Input should be 'power_user', 'namespace_admin', 'developer', 'viewer' or 'ci_deployer'",
        ),
        (_grant(principal="developer"), "pattern"),
        (_grant(namespaces=[]), "must name at least one namespace: a developer without one could do nothing"),
        (_grant(role="namespace_admin", namespaces=[]), "must name at least one namespace: a namespace_admin"),
        (_grant(role="ci_deployer", namespaces=[]), "must name at least one namespace: a ci_deployer"),
        (_grant(role="power_user", namespaces=[]), "must name at least one namespace: a power_user"),
        (_grant(role="viewer"), "names 2, but a viewer sees every namespace"),
        (_grant(namespaces=["kube-system"]), "kube-system is one of Kubernetes' own"),
        (_grant(namespaces=["default"]), "default is one of Kubernetes' own"),
        (_grant(namespaces=["apps", "apps"]), "names apps twice"),
        (_grant(namespaces=["Apps"]), "pattern"),
        (_grant(namespaces=["*"]), "pattern"),
        ({**_ALL, "grants": {"Developers": _GRANTS["developers"]}}, "pattern"),
        ({**_ALL, "grants": {"break-glass": _GRANTS["developers"]}}, "is an administrator's name"),
    ],
    ids=str,
)
def test_impossible_access_is_refused(values: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        _access(**values)


def test_a_wrong_role_is_one_fault_not_two() -> None:
    with pytest.raises(ValidationError) as caught:
        _access(**_grant(role="root", namespaces=[]))

    assert [error["loc"] for error in caught.value.errors()] == [("grants", "some", "role")]


def test_every_role_holds_somewhere() -> None:
    assert all(role.sees_the_cluster or role.has_namespaces for role in Role)
