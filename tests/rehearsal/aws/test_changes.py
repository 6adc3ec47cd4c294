"""What a preview says of a change is what pulumi-aws would say: in place, by replacement, or computed anew."""

import importlib
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from rehearsal.aws.calls import changes
from rehearsal.aws.provider import AwsStandIn
from rehearsal.aws.rows import ROWS
from rehearsal.aws.sdk import _module
from rehearsal.providers.properties import UNKNOWN
from rehearsal.providers.standin import Resource

_CLUSTER: Final = "aws:eks/cluster:Cluster"
_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
_TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"

# What the SDK's documentation says of an input whose change replaces the resource. It says so of few.
_REPLACES: Final = re.compile(r"(?i)forces? (a )?(new|replacement)|new resource|force a new|will force resource")
# Where it replaces in one case only, which the platform has not: IPv6 subnets, private DNS of a gateway endpoint.
_SOMETIMES: Final = {
    ("aws:ec2/subnet:Subnet", "ipv6CidrBlock"),
    ("aws:ec2/vpcEndpoint:VpcEndpoint", "privateDnsEnabled"),
}


def _resource(token: str) -> Resource:
    return Resource(urn=f"urn:pulumi:test::platform::{token}::it", type=token, name="it")


def _documented(token: str) -> Iterator[str]:
    package, _, rest = token.partition(":")
    path, _, name = rest.partition(":")
    resource = getattr(_module(package, path), name)
    home = vars(importlib.import_module(resource.__module__))
    for key, member in vars(home.get(f"{name}InitArgs") or home[f"{name}Args"]).items():
        if isinstance(member, property) and _REPLACES.search(member.fget.__doc__ or ""):
            yield getattr(member.fget, "_pulumi_name", key)


@pytest.mark.parametrize("token", ROWS)
def test_what_the_sdk_says_to_be_replaced_is_replaced(token: str) -> None:
    replaced = {path.partition(".")[0] for path in ROWS[token].immutable}

    assert [name for name in _documented(token) if name not in replaced and (token, name) not in _SOMETIMES] == []


def test_the_sdk_says_so_of_some() -> None:
    assert {name for token in ROWS for name in _documented(token)} >= {"bootstrapSelfManagedAddons"}


# The Terraform provider's schema marks these ForceNew:
# https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/eks/cluster.go and node_group.go
@pytest.mark.parametrize(
    ("token", "before", "after", "replaces"),
    [
        (_CLUSTER, {"version": "1.35"}, {"version": "1.36"}, ()),
        (_CLUSTER, {"roleArn": "a"}, {"roleArn": "b"}, ("roleArn",)),
        (
            _CLUSTER,
            {"kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16"}},
            {"kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.24.0.0/16"}},
            ("kubernetesNetworkConfig",),
        ),
        (
            _CLUSTER,
            {"kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16"}},
            {"kubernetesNetworkConfig": {}},
            (),
        ),
        (_CLUSTER, {"vpcConfig": {"subnetIds": ["a"]}}, {"vpcConfig": {"subnetIds": ["a", "b"]}}, ()),
        (
            _GROUP,
            {"launchTemplate": {"id": "a", "version": "1"}},
            {"launchTemplate": {"id": "a", "version": UNKNOWN}},
            (),
        ),
        (
            _GROUP,
            {"launchTemplate": {"id": "a", "version": "1"}},
            {"launchTemplate": {"id": UNKNOWN, "version": "1"}},
            ("launchTemplate",),
        ),
        (_GROUP, {"instanceTypes": ["a"]}, {"instanceTypes": ["a", "b"]}, ("instanceTypes",)),
        (_GROUP, {"scalingConfig": {"maxSize": 1}}, {"scalingConfig": {"maxSize": 2}}, ()),
        (_GROUP, {"subnetIds": ["a"]}, {"subnetIds": UNKNOWN}, ("subnetIds",)),
    ],
    ids=[
        "a version in place",
        "another role",
        "other addresses of services",
        "addresses left to EKS, as they are",
        "more subnets of a cluster",
        "a new version of a template",
        "another template",
        "instance types",
        "sizes",
        "subnets of a group that are not known yet",
    ],
)
def test_a_change_is_made_in_place_where_aws_can(
    token: str, before: dict[str, Any], after: dict[str, Any], replaces: tuple[str, ...]
) -> None:
    change = AwsStandIn().diff(_resource(token), before, after)

    assert change.properties
    assert change.replaces == replaces


def test_a_preview_does_not_know_the_version_that_an_update_of_a_template_makes() -> None:
    state = {"latestVersion": 1, "id": "lt-1"}
    planned = AwsStandIn().planned(_resource(_TEMPLATE), state, {"userData": "a"}, {"userData": "b"})

    assert planned == {"latestVersion": UNKNOWN, "defaultVersion": UNKNOWN, "id": "lt-1", "userData": "b"}


def test_a_preview_does_not_take_a_nested_input_for_all_that_aws_will_answer() -> None:
    inputs = {"name": "it", "vpcConfig": {"subnetIds": ["subnet-1"]}}
    planned = AwsStandIn().planned(_resource("aws:eks/cluster:Cluster"), {}, {}, inputs)

    assert planned["name"] == "it"
    assert planned["vpcConfig"]["subnetIds"] == ["subnet-1"]
    assert planned["vpcConfig"]["clusterSecurityGroupId"] is UNKNOWN


def test_what_aws_has_answered_within_a_nested_input_stays_through_an_update() -> None:
    state = {"vpcConfig": {"subnetIds": ["subnet-1"], "clusterSecurityGroupId": "sg-1"}}
    inputs = {"vpcConfig": {"subnetIds": ["subnet-2"]}}
    planned = AwsStandIn().planned(_resource("aws:eks/cluster:Cluster"), state, state, inputs)

    assert planned["vpcConfig"]["subnetIds"] == ["subnet-2"]
    assert planned["vpcConfig"]["clusterSecurityGroupId"] == "sg-1"


def test_new_tags_make_no_version_of_a_template() -> None:
    planned = AwsStandIn().planned(_resource(_TEMPLATE), {"latestVersion": 1}, {"tags": {}}, {"tags": {"a": "b"}})
    (call,) = ROWS[_TEMPLATE].updates

    assert planned["latestVersion"] == 1
    assert not changes(call, frozenset({"tags"}))
    assert changes(call, frozenset({"tags", "userData"}))


@pytest.mark.parametrize(
    ("token", "tags", "outdated"),
    [
        ("aws:ec2/vpc:Vpc", {"owner": "me"}, ()),
        ("aws:ec2/vpc:Vpc", {"owner": "you"}, ("tagsAll",)),
        ("aws:ec2/vpc:Vpc", {}, ("tagsAll",)),
        ("aws:ec2/route:Route", {"owner": "you"}, ()),
    ],
    ids=["as they were", "another", "none any more", "of what has no tags"],
)
def test_default_tags_that_change_reach_every_resource_that_has_tags(
    token: str, tags: dict[str, str], outdated: tuple[str, ...]
) -> None:
    aws = AwsStandIn()
    aws.configure({"defaultTags": {"tags": tags}})
    state = {"tagsAll": {"owner": "me", "Name": "it"}}

    wanted = {} if not tags and token.endswith("Vpc") else {"tags": {"Name": "it"}}
    assert aws.outdated(_resource(token), state, wanted) == outdated
