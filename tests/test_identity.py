"""Every environment's identities fit together: who takes a role, whom it trusts, what it may do, who uses it."""

import json

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from components.assembly import Platform
from tests.components.recording import build
from tests.environments import EVERY, assembled, settings_of
from tests.identities import associations, documents, pod_roles, trust

_BOUNDARY = "arn:aws:iam::111122223333:policy/boundary"

# Actions of ours that are allowed on everything, by role and Sid, with the reason.
_ON_EVERYTHING: dict[tuple[str, str], str] = {
    ("RolePolicy cluster-autoscaler-controller.policy", "ReadGroupsAndTypes"): "descriptions that have no resource: "
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html",
    (
        "RolePolicy load-balancers-aws-load-balancer-controller.policy",
        "Look",
    ): "none of these can be asked for one resource: "
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html",
    ("RolePolicy cilium-operator.policy", "Look"): "descriptions that have no resource: "
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html",
    ("RolePolicy karpenter-controller.policy", "ReadRegion"): "descriptions that have no resource, in one region: "
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html",
    ("RolePolicy opencost-prices.policy", "ReadSpotPrices"): "prices have no resource: "
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html",
    ("RolePolicy karpenter-controller.policy", "ReadPrices"): "the price list has no resource: "
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awspricelist.html",
    ("RolePolicy karpenter-controller.policy", "ListInstanceProfiles"): "a list of profiles is of the account: "
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html",
    (
        "RolePolicy trivy-operator-scans.policy",
        "LogInToTheRegistry",
    ): "a token is no resource: "
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html",
    ("RolePolicy kyverno-kyverno.policy", "SignIn"): "a token is no resource: "
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html",
    ("RolePolicy external-dns-external-dns.policy", "FindTheZones"): "a list of zones is of the account: "
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html",
}

each_stack = pytest.mark.parametrize("stack", EVERY)


@each_stack
def test_every_association_gives_a_role_of_the_stack_that_trusts_exactly_it(stack: str) -> None:
    recording = assembled(stack)
    settings = settings_of(stack)
    account, cluster = settings.account, settings.cluster
    arns = {f"<{made.name}.arn>": made.name for made in recording.of("aws:iam/role:Role")}

    assert associations(recording)
    for association in associations(recording):
        (statement,) = trust(recording, arns[association.role_arn])
        assert statement["Principal"] == {"Service": ["pods.eks.amazonaws.com"]}
        assert statement["Action"] == ["sts:AssumeRole", "sts:TagSession"]
        assert association.cluster == cluster.name
        assert statement["Condition"] == {
            "StringEquals": {
                "aws:SourceAccount": [account.id],
                "aws:RequestTag/kubernetes-namespace": [association.namespace],
                "aws:RequestTag/kubernetes-service-account": [association.service_account],
            },
            "ArnEquals": {
                "aws:SourceArn": [f"arn:{account.partition}:eks:{account.region}:{account.id}:cluster/{cluster.name}"]
            },
        }


@each_stack
def test_no_two_service_accounts_share_a_role_and_none_has_two(stack: str) -> None:
    found = associations(assembled(stack))

    assert len({each.role_arn for each in found}) == len(found)
    assert len({(each.namespace, each.service_account) for each in found}) == len(found)


@each_stack
def test_every_role_for_pods_is_taken_by_some(stack: str) -> None:
    recording = assembled(stack)

    assert {f"<{role}.arn>" for role in pod_roles(recording)} == {each.role_arn for each in associations(recording)}


@each_stack
def test_every_role_is_used(stack: str) -> None:
    """A role nobody refers to is one nobody would miss, and nobody watches."""
    recording = assembled(stack)
    elsewhere = [
        str(made.inputs)
        for made in recording.resources
        if made.custom and not made.type.startswith("aws:iam/rolePolic")
    ]

    roles = [made.name for made in recording.of("aws:iam/role:Role")]
    unused = [role for role in roles if not any(f"<{role}.arn>" in inputs for inputs in elsewhere)]
    assert roles
    assert unused == []


@each_stack
def test_every_role_has_permissions_and_every_policy_has_a_role(stack: str) -> None:
    recording = assembled(stack)
    policies = [
        made
        for kind in ("aws:iam/rolePolicy:RolePolicy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment")
        for made in recording.of(kind)
    ]

    roles = {f"<{made.name}.name>" for made in recording.of("aws:iam/role:Role")} | {
        f"<{made.name}.id>" for made in recording.of("aws:iam/role:Role")
    }
    used = {made.inputs["role"] for made in policies}
    assert used <= roles
    assert {name.rpartition(".")[0] for name in used} == {name.rpartition(".")[0] for name in roles}
    # A managed policy that stands alone is attached to nothing.
    attached = {str(made.inputs["policyArn"]) for made in policies if "policyArn" in made.inputs}
    assert {f"<{made.name}.arn>" for made in recording.of("aws:iam/policy:Policy")} <= attached


@each_stack
def test_every_policy_of_aws_that_is_attached_exists(stack: str) -> None:
    """A policy's path is part of its ARN, and AWS's documents do not agree on it; moto has it from AWS's own answer."""
    policies = json.loads(aws_managed_policies_data)
    existing = {f"arn:aws:iam::aws:policy{policy['Path']}{name}" for name, policy in policies.items()}

    attachments = assembled(stack).of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    attached = {made.inputs["policyArn"] for made in attachments if ":iam::aws:" in made.inputs["policyArn"]}
    assert attached
    assert attached - existing == set()


@each_stack
def test_no_role_may_do_something_to_everything_without_a_reason(stack: str) -> None:
    found = [
        (place, statement["Sid"])
        for place, document in documents(assembled(stack))
        if place.startswith(("RolePolicy ", "Policy "))
        for statement in document["Statement"]
        if "*" in statement["Resource"] or any(action in {"*", "*:*"} for action in statement["Action"])
    ]

    assert [each for each in found if each not in _ON_EVERYTHING] == []


@each_stack
def test_sids_are_unique_in_their_document(stack: str) -> None:
    for place, document in documents(assembled(stack)):
        sids = [statement["Sid"] for statement in document["Statement"]]
        assert len(set(sids)) == len(sids), place


@each_stack
def test_the_agent_that_gives_credentials_is_there_before_any_pod_that_needs_them(stack: str) -> None:
    """A pod needs a node, and so does the agent: it is on every node from the first moment."""
    recording = assembled(stack)
    groups = recording.of("aws:eks/nodeGroup:NodeGroup")

    assert groups
    for group in groups:
        assert "node-addons-eks-pod-identity-agent" in recording.before(group.name)


@each_stack
def test_every_role_has_the_accounts_boundary(stack: str) -> None:
    settings = settings_of(stack)
    bounded = settings.model_copy(
        update={"account": settings.account.model_copy(update={"permissions_boundary_arn": _BOUNDARY})}
    )

    recording = build(lambda: Platform(bounded))

    boundaries = {made.name: made.inputs.get("permissionsBoundary") for made in recording.of("aws:iam/role:Role")}
    assert boundaries
    assert set(boundaries.values()) == {_BOUNDARY}, boundaries


@each_stack
def test_no_role_has_a_boundary_that_nobody_asked_for(stack: str) -> None:
    assert [
        made.name for made in assembled(stack).of("aws:iam/role:Role") if made.inputs.get("permissionsBoundary")
    ] == []
