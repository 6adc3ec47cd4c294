"""Roles for pods: one service account of one cluster may take one, with what it was given and nothing else."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pulumi
import pytest

from components.foundation.account import AccountSettings
from components.kit import iam, identity
from components.kit.layer import Layer
from tests.components import examples
from tests.components.recording import Recording, build

_BOUNDARY = "arn:aws:iam::111122223333:policy/boundary"


@dataclass(frozen=True)
class _NoOutputs:
    pass


class _Desk(Layer, kind="platform:test:Desk"):
    def __init__(self, name: str, make: Callable[[Layer], object]) -> None:
        super().__init__(name, None)
        make(self)
        self.outputs = self.publish(_NoOutputs())


def _backups() -> identity.ServiceAccount:
    return identity.ServiceAccount(
        cluster=pulumi.Output.from_input("platform-test"), namespace="velero", name="velero-server"
    )


def _permissions() -> identity.Permissions:
    return identity.Permissions(
        statements=[iam.Statement(sid="Read", actions=["s3:GetObject"], resources=["arn:aws:s3:::backups/*"])],
        aws_managed=["service-role/AmazonEBSCSIDriverPolicy"],
    )


def _account(**more: Any) -> AccountSettings:
    return examples.parsed(AccountSettings, **{"id": "111122223333", "region": "eu-central-1", **more})


def _pod_role(**account: Any) -> Recording:
    def make(layer: Layer) -> None:
        made = identity.pod_role(
            layer,
            "backups",
            account=_account(**account),
            service_account=_backups(),
            permissions=_permissions(),
        )
        pulumi.export("arn", made.arn)
        pulumi.export("complete", pulumi.Output.all(*(resource.urn for resource in made.complete)))

    return build(lambda: _Desk("desk", make))


def _irsa(reason: str = "the pod runs on Fargate, where the agent cannot") -> Recording:
    def make(layer: Layer) -> None:
        identity.irsa_role(
            layer,
            "backups",
            account=_account(),
            provider=identity.oidc_provider(layer, "https://oidc.example.com/id/ABC"),
            service_account=_backups(),
            permissions=_permissions(),
            reason=reason,
        )

    return build(lambda: _Desk("desk", make))


def _trust(recording: Recording) -> dict[str, Any]:
    role = recording.one("aws:iam/role:Role", "desk-backups")
    (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert isinstance(statement, dict)
    return statement


def test_only_one_service_account_of_one_cluster_may_take_the_role() -> None:
    trust = _trust(_pod_role())

    assert trust["Principal"] == {"Service": ["pods.eks.amazonaws.com"]}
    assert trust["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert trust["Condition"] == {
        "StringEquals": {
            "aws:SourceAccount": ["111122223333"],
            "aws:RequestTag/kubernetes-namespace": ["velero"],
            "aws:RequestTag/kubernetes-service-account": ["velero-server"],
        },
        "ArnEquals": {"aws:SourceArn": ["arn:aws:eks:eu-central-1:111122223333:cluster/platform-test"]},
    }


def test_the_trust_and_the_policies_are_of_the_accounts_partition() -> None:
    recording = _pod_role(region="us-gov-west-1")

    assert _trust(recording)["Condition"]["ArnEquals"]["aws:SourceArn"] == [
        "arn:aws-us-gov:eks:us-gov-west-1:111122223333:cluster/platform-test"
    ]
    (attachment,) = recording.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    assert attachment.inputs["policyArn"].startswith("arn:aws-us-gov:iam::aws:policy/")


def test_the_association_names_the_same_service_account_as_the_trust() -> None:
    association = _pod_role().one("aws:eks/podIdentityAssociation:PodIdentityAssociation", "desk-backups")

    assert association.inputs == {
        "clusterName": "platform-test",
        "namespace": "velero",
        "serviceAccount": "velero-server",
        "roleArn": "<desk-backups.arn>",
    }


def test_the_role_has_what_it_was_given_before_a_pod_can_take_it() -> None:
    recording = _pod_role()

    policy = recording.one("aws:iam/rolePolicy:RolePolicy", "desk-backups")
    (statement,) = json.loads(policy.inputs["policy"])["Statement"]
    assert (statement["Action"], statement["Resource"]) == (["s3:GetObject"], ["arn:aws:s3:::backups/*"])
    attachment = recording.one(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "desk-backups-AmazonEBSCSIDriverPolicy"
    )
    assert attachment.inputs["policyArn"] == "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy"
    assert {policy.inputs["role"], attachment.inputs["role"]} == {"<desk-backups.name>"}
    association = recording.one("aws:eks/podIdentityAssociation:PodIdentityAssociation", "desk-backups")
    assert {"desk-backups", "desk-backups-AmazonEBSCSIDriverPolicy"} <= set(association.dependencies)


def test_whoever_starts_the_pods_can_wait_for_all_of_it() -> None:
    kinds = [urn.split("::")[-2].rpartition("$")[2] for urn in _pod_role().exports["complete"]]

    assert kinds == [
        "aws:iam/role:Role",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:eks/podIdentityAssociation:PodIdentityAssociation",
    ]


def test_a_role_without_permissions_is_refused() -> None:
    with pytest.raises(ValueError, match="a role without permissions is of no use"):
        identity.Permissions()


@pytest.mark.parametrize("make", [_pod_role, _irsa], ids=["pod identity", "irsa"])
def test_the_accounts_boundary_is_on_no_role_unless_it_is_set(make: Callable[[], Recording]) -> None:
    assert "permissionsBoundary" not in make().one("aws:iam/role:Role", "desk-backups").inputs


def test_the_accounts_boundary_is_on_the_role() -> None:
    role = _pod_role(permissions_boundary_arn=_BOUNDARY).one("aws:iam/role:Role", "desk-backups")

    assert role.inputs["permissionsBoundary"] == _BOUNDARY


def test_irsa_trusts_the_clusters_issuer_for_one_service_account() -> None:
    trust = _trust(_irsa())

    assert trust["Principal"] == {"Federated": ["<desk-issuer.arn>"]}
    assert trust["Action"] == ["sts:AssumeRoleWithWebIdentity"]
    assert trust["Condition"] == {
        "StringEquals": {
            "oidc.example.com/id/ABC:sub": ["system:serviceaccount:velero:velero-server"],
            "oidc.example.com/id/ABC:aud": ["sts.amazonaws.com"],
        }
    }


def test_irsa_associates_nothing_and_says_why_it_is_needed() -> None:
    recording = _irsa()

    assert recording.of("aws:eks/podIdentityAssociation:PodIdentityAssociation") == []
    role = recording.one("aws:iam/role:Role", "desk-backups")
    assert role.inputs["description"].endswith("by IRSA: the pod runs on Fargate, where the agent cannot")
    issuer = recording.one("aws:iam/openIdConnectProvider:OpenIdConnectProvider", "desk-issuer")
    assert issuer.inputs == {"url": "https://oidc.example.com/id/ABC", "clientIdLists": ["sts.amazonaws.com"]}


@pytest.mark.parametrize("reason", ["", "  "], ids=["none", "blank"])
def test_irsa_without_a_reason_is_refused(reason: str) -> None:
    with pytest.raises(ValueError, match="role backups: IRSA needs a reason why EKS Pod Identity cannot serve"):
        _irsa(reason)
