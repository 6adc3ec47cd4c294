"""Each role lets in one principal, with what the role needs and no more."""

from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components.compute.access import POLICIES, AccessSettings, Grant, Role, admit, grants
from components.kit.layer import Layer
from tests.components import examples
from tests.components.recording import Recording, build

_REQUIRED: dict[str, Any] = {"deployer": examples.DEPLOYER, "admin": examples.ADMIN}
_OPTIONAL: dict[str, Any] = {
    "break_glass": "arn:aws:iam::111122223333:role/break-glass",
    "developer": "arn:aws:iam::111122223333:role/developer",
    "developer_namespaces": ["apps", "jobs"],
    "read_only": "arn:aws:iam::111122223333:user/auditor",
}
_ALL = {**_REQUIRED, **_OPTIONAL}

_EVERYWHERE: dict[str, Any] = {"type": "cluster"}


def _access(**values: Any) -> AccessSettings:
    return examples.parsed(AccessSettings, **values)


class _Door(Layer, kind="platform:test:Door"):
    def __init__(self, access: AccessSettings, partition: str) -> None:
        super().__init__("cluster", None)
        for grant in grants(access):
            admit(self, grant, cluster_name="platform-test", partition=partition)
        self.publish(examples.keys())


def _built(partition: str = "aws", **values: Any) -> Recording:
    return build(lambda: pulumi.export("door", _Door(_access(**values), partition).urn))


@pytest.mark.parametrize(
    ("role", "policy", "scope"),
    [
        ("deployer", "AmazonEKSClusterAdminPolicy", _EVERYWHERE),
        ("admin", "AmazonEKSClusterAdminPolicy", _EVERYWHERE),
        ("break-glass", "AmazonEKSClusterAdminPolicy", _EVERYWHERE),
        ("developer", "AmazonEKSEditPolicy", {"type": "namespace", "namespaces": ["apps", "jobs"]}),
        ("read-only", "AmazonEKSViewPolicy", _EVERYWHERE),
    ],
)
def test_a_role_gets_its_policy_where_it_holds(role: str, policy: str, scope: dict[str, Any]) -> None:
    recording = _built(**_ALL)

    entry = recording.one("aws:eks/accessEntry:AccessEntry", f"cluster-{role}").inputs
    grant = recording.one("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", f"cluster-{role}")
    assert entry == {
        "clusterName": "platform-test",
        "principalArn": _ALL[role.replace("-", "_")],
        "type": "STANDARD",
    }
    assert grant.inputs["principalArn"] == entry["principalArn"]
    assert grant.inputs["policyArn"] == f"arn:aws:eks::aws:cluster-access-policy/{policy}"
    assert grant.inputs["accessScope"] == scope
    assert f"cluster-{role}" in grant.dependencies, "EKS refuses a policy before its entry is there"


def test_nobody_is_let_in_who_is_not_named() -> None:
    made = _built(**_REQUIRED).of("aws:eks/accessEntry:AccessEntry")

    assert {entry.name: entry.inputs["principalArn"] for entry in made} == {
        "cluster-deployer": examples.DEPLOYER,
        "cluster-admin": examples.ADMIN,
    }


def test_policies_are_of_the_accounts_partition() -> None:
    (grant, _) = _built("aws-cn", **_REQUIRED).of("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")

    assert grant.inputs["policyArn"].startswith("arn:aws-cn:eks::aws:cluster-access-policy/")


def test_another_principal_changes_no_logical_name() -> None:
    other = {**_REQUIRED, "admin": "arn:aws:iam::111122223333:role/somebody-else"}

    # Resources are registered side by side: their order says nothing.
    names = [sorted((made.type, made.name) for made in _built(**access).resources) for access in (other, _REQUIRED)]
    assert names[0] == names[1]


def test_at_least_two_different_principals_administer_the_cluster() -> None:
    given = list(grants(_access(**_REQUIRED)))

    administrators = {grant.principal for grant in given if grant.policy == "AmazonEKSClusterAdminPolicy"}
    assert len(administrators) == 2
    assert all(grant.namespaces == () for grant in given)


def test_every_role_of_the_settings_has_a_policy() -> None:
    assert set(POLICIES) == set(AccessSettings.model_fields) - {"developer_namespaces"}
    assert [grant.role for grant in grants(_access(**_ALL))] == list(POLICIES)


@pytest.mark.parametrize("role", ["admin", "break_glass", "developer", "read_only"])
@pytest.mark.parametrize("other", POLICIES)
def test_no_principal_has_two_roles(role: Role, other: Role) -> None:
    if role == other:
        assert _access(**_ALL).principals[role] == _ALL[role]
        return
    with pytest.raises(ValidationError, match=r"must be another principal than \w+: one of them may be lost"):
        _access(**{**_ALL, role: _ALL[other]})


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"deployer": examples.DEPLOYER}, r"admin\n.*required"),
        ({"admin": examples.ADMIN}, r"deployer\n.*required"),
        ({**_REQUIRED, "break_glass": "arn:aws:sts::111122223333:assumed-role/admin/me"}, "pattern"),
        ({**_ALL, "developer_namespaces": []}, "must name at least one namespace, for there is a developer"),
        ({**_ALL, "developer": None}, "names 2, but there is no developer"),
        ({**_ALL, "developer_namespaces": ["kube-system"]}, "kube-system is one of Kubernetes' own"),
        ({**_ALL, "developer_namespaces": ["Apps"]}, "pattern"),
        ({**_ALL, "developer_namespaces": ["*"]}, "pattern"),
    ],
    ids=str,
)
def test_impossible_access_is_refused(values: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        _access(**values)


def test_a_wrong_developer_is_one_fault_not_two() -> None:
    with pytest.raises(ValidationError) as caught:
        _access(**{**_ALL, "developer": "nobody"})

    assert [error["loc"] for error in caught.value.errors()] == [("developer",)]


def test_a_grant_holds_everywhere_unless_told_otherwise() -> None:
    assert Grant(role="admin", principal=examples.ADMIN, policy="p").namespaces == ()
