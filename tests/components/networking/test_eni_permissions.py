"""The operator's permissions: everything Cilium asks for, and nothing of what is others'."""

import json
from typing import Any

import pulumi
import pytest

from components.foundation.account import AccountSettings
from components.kit import iam
from components.networking import eni_permissions
from tests.components import examples
from tests.components.recording import build

# What Cilium asks for with a cluster's name, without IPv6 and without prefix lists or instance tags as filters.
# https://docs.cilium.io/en/stable/network/concepts/ipam/eni/#required-privileges
_REQUIRED = {
    "ec2:AssignPrivateIpAddresses",
    "ec2:AttachNetworkInterface",
    "ec2:CreateNetworkInterface",
    "ec2:CreateTags",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "ec2:ModifyNetworkInterfaceAttribute",
    "ec2:UnassignPrivateIpAddresses",
}


@pytest.fixture(scope="module")
def statements() -> list[dict[str, Any]]:
    def program() -> None:
        made = eni_permissions.statements(
            examples.parsed(AccountSettings, id="111122223333", region="eu-central-1"),
            cluster="platform-test",
            vpc_id=pulumi.Output.from_input("vpc-1"),
        )
        pulumi.export("document", iam.document(made))

    found: list[dict[str, Any]] = json.loads(build(program).exports["document"])["Statement"]
    return found


def _of(statements: list[dict[str, Any]], action: str) -> dict[str, dict[str, Any]]:
    """Return the conditions under which an action is allowed, by kind of resource."""
    return {
        resource.split(":")[-1].split("/")[0]: each.get("Condition", {})
        for each in statements
        if action in each["Action"]
        for resource in each["Resource"]
    }


def test_the_operator_may_do_what_cilium_asks_for_and_no_more(statements: list[dict[str, Any]]) -> None:
    assert {action for each in statements for action in each["Action"]} == _REQUIRED


def test_only_what_changes_nothing_is_allowed_on_everything(statements: list[dict[str, Any]]) -> None:
    everywhere = {action for each in statements if "*" in each["Resource"] for action in each["Action"]}

    assert everywhere == {action for action in _REQUIRED if action.startswith("ec2:Describe")}


@pytest.mark.parametrize(
    "action",
    ["AssignPrivateIpAddresses", "AttachNetworkInterface", "DeleteNetworkInterface", "ModifyNetworkInterfaceAttribute"],
)
def test_only_its_own_interfaces_are_touched(statements: list[dict[str, Any]], action: str) -> None:
    conditions = _of(statements, f"ec2:{action}")

    assert conditions["network-interface"] == {
        "StringEquals": {"aws:ResourceTag/io.cilium/cluster-name": ["platform-test"]}
    }
    assert set(conditions) <= {"network-interface", "instance"}


@pytest.mark.parametrize("action", ["AttachNetworkInterface", "ModifyNetworkInterfaceAttribute"])
def test_interfaces_go_to_the_clusters_machines_only(statements: list[dict[str, Any]], action: str) -> None:
    assert _of(statements, f"ec2:{action}")["instance"] == {
        "StringEquals": {"aws:ResourceTag/kubernetes.io/cluster/platform-test": ["owned"]}
    }


def test_an_interface_is_made_with_its_owners_name_in_the_clusters_vpc(statements: list[dict[str, Any]]) -> None:
    conditions = _of(statements, "ec2:CreateNetworkInterface")

    in_the_vpc = {"ArnEquals": {"ec2:Vpc": ["arn:aws:ec2:eu-central-1:111122223333:vpc/vpc-1"]}}
    assert conditions == {
        "network-interface": {"StringEquals": {"aws:RequestTag/io.cilium/cluster-name": ["platform-test"]}},
        "subnet": in_the_vpc,
        "security-group": in_the_vpc,
    }


def test_nothing_that_is_there_already_can_be_given_its_tag(statements: list[dict[str, Any]]) -> None:
    """Else the operator could make any interface its own."""
    assert _of(statements, "ec2:CreateTags") == {
        "network-interface": {"StringEquals": {"ec2:CreateAction": ["CreateNetworkInterface"]}}
    }
