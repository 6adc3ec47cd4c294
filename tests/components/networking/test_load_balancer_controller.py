"""The load balancers' controller changes what it made for its own cluster, and is in nobody's way."""

import json
from typing import Any

import pytest

from components.networking import load_balancer_controller
from components.networking.load_balancer_controller import LoadBalancerController, values
from tests.components import examples
from tests.components.recording import Recording, build

_NAME = "load-balancers-aws-load-balancer-controller"
_OWN = {"StringEquals": {"aws:ResourceTag/elbv2.k8s.aws/cluster": ["platform-test"]}}
_ASKED = {"StringEquals": {"aws:RequestTag/elbv2.k8s.aws/cluster": ["platform-test"]}}


def _built() -> Recording:
    return build(
        lambda: LoadBalancerController(
            "load-balancers", account=examples.account(), network=examples.network(), cluster=examples.cluster()
        )
    )


def _statements() -> list[dict[str, Any]]:
    policy = _built().one("aws:iam/rolePolicy:RolePolicy", _NAME).inputs["policy"]
    statements: list[dict[str, Any]] = json.loads(policy)["Statement"]
    return statements


def _allowing(action: str) -> list[dict[str, Any]]:
    return [statement for statement in _statements() if action in statement["Action"]]


def _values() -> dict[str, Any]:
    return values(cluster="platform-test", region="eu-central-1", vpc_id="vpc-1", tags={"owner": "platform"})


@pytest.mark.parametrize(
    ("action", "condition"),
    [
        ("elasticloadbalancing:DeleteLoadBalancer", _OWN),
        ("elasticloadbalancing:CreateListener", _OWN),
        ("elasticloadbalancing:DeleteTargetGroup", _OWN),
        ("elasticloadbalancing:RegisterTargets", _OWN),
        ("ec2:DeleteSecurityGroup", _OWN),
        ("elasticloadbalancing:CreateLoadBalancer", _ASKED),
        ("elasticloadbalancing:CreateTargetGroup", _ASKED),
    ],
)
def test_it_makes_and_changes_what_bears_its_clusters_name_only(action: str, condition: dict[str, Any]) -> None:
    (statement,) = _allowing(action)

    assert statement["Condition"] == condition


def test_it_opens_its_own_groups_and_that_of_its_clusters_nodes_only() -> None:
    conditions = [statement["Condition"] for statement in _allowing("ec2:AuthorizeSecurityGroupIngress")]

    assert conditions == [_OWN, {"StringEquals": {"aws:ResourceTag/aws:eks:cluster-name": ["platform-test"]}}]


def test_it_makes_groups_in_its_own_vpc_only() -> None:
    inside, of_the_cluster = _allowing("ec2:CreateSecurityGroup")

    assert inside["Resource"] == ["arn:aws:ec2:eu-central-1:111122223333:vpc/vpc-1"]
    assert of_the_cluster["Condition"] == _ASKED


def test_nobodys_tag_can_be_turned_into_its_own() -> None:
    for statement in _statements():
        if any(
            action.endswith(("Tags", ":RemoveTags")) and ":Describe" not in action for action in statement["Action"]
        ):
            about = statement.get("Condition", {})
            listeners = all(":listener" in resource for resource in statement["Resource"])
            assert listeners or "ResourceTag" in str(about) or "CreateAction" in str(about), statement["Sid"]


def test_only_what_changes_nothing_is_allowed_on_everything() -> None:
    (everywhere,) = [statement for statement in _statements() if "*" in statement["Resource"]]

    assert {action.partition(":")[2][:8] for action in everywhere["Action"]} == {"Describe"}


def test_the_policy_fits_into_a_role() -> None:
    """IAM counts 10,240 characters of all inline policies, without white space."""
    policy = json.loads(_built().one("aws:iam/rolePolicy:RolePolicy", _NAME).inputs["policy"])

    assert len(json.dumps(policy, separators=(",", ":"))) < 10_240


def test_it_starts_with_its_credentials() -> None:
    recording = _built()
    association = recording.one("aws:eks/podIdentityAssociation:PodIdentityAssociation", _NAME)
    release = recording.one("kubernetes:helm.sh/v3:Release", _NAME)

    assert (association.inputs["namespace"], association.inputs["serviceAccount"]) == (
        "ingress",
        "aws-load-balancer-controller",
    )
    assert release.inputs["name"] == "aws-load-balancer-controller"  # the chart names the service account after it
    assert _NAME in release.dependencies


def test_new_services_do_not_depend_on_it() -> None:
    assert _values()["enableServiceMutatorWebhook"] is False


def test_its_webhooks_certificate_is_renewed_by_cert_manager() -> None:
    assert _values()["enableCertManager"] is True


def test_it_asks_no_instance_metadata_which_pods_do_not_reach() -> None:
    chosen = _values()

    assert (chosen["clusterName"], chosen["region"], chosen["vpcId"]) == ("platform-test", "eu-central-1", "vpc-1")


def test_cilium_alone_serves_gateways() -> None:
    gates = _values()["controllerConfig"]["featureGates"]

    assert gates == {"ALBGatewayAPI": False, "NLBGatewayAPI": False, "GatewayListenerSet": False}


def test_what_is_turned_off_is_not_permitted_either() -> None:
    chosen = _values()

    assert [chosen[key] for key in ("enableShield", "enableWaf", "enableWafv2")] == [False, False, False]
    services = {action.partition(":")[0] for statement in _statements() for action in statement["Action"]}
    assert services == {"ec2", "elasticloadbalancing", "iam"}


def test_load_balancers_carry_the_accounts_tags() -> None:
    assert _values()["defaultTags"] == {"owner": "platform", "managed-by": "aws-load-balancer-controller"}


def test_its_pods_meet_the_restricted_level() -> None:
    chosen = _values()

    assert chosen["podSecurityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert chosen["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_it_reaches_aws_and_its_webhook_is_reached() -> None:
    flows = load_balancer_controller.connections(examples.account())

    servers = {str(flow.server) for flow in flows}
    assert {"ec2.eu-central-1.amazonaws.com", "elasticloadbalancing.eu-central-1.amazonaws.com"} <= servers
    assert 9443 in {flow.port for flow in flows if flow.server is load_balancer_controller.CONTROLLER}
