"""Two rehearsals differ by what the program changed, replacements included, and by nothing that they made up."""

from collections.abc import Mapping
from typing import Any

import pytest

from rehearsal.review import graphs, preview
from rehearsal.review.change import ABSENT, Property, differing
from rehearsal.review.reading import rehearsed
from tests.rehearsal.review.cases import CASES, Case
from tests.rehearsal.review.changes import entry

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
ROUTES = "aws:ec2/routeTable:RouteTable"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
NODES = "aws:eks/nodeGroup:NodeGroup"
CLASS = "kubernetes:storage.k8s.io/v1:StorageClass"
STORAGE = {"kind": "StorageClass", "apiVersion": "storage.k8s.io/v1"}


def _operations(base: list[dict[str, Any]], head: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(change.operation, change.name) for change in graphs.changes("prod", base, head)[0]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_two_rehearsals_tell_what_the_engine_plans(case: Case) -> None:
    compared, notes = rehearsed(case.stack, case.inputs / "base", case.inputs / "head")
    planned = preview.read(case.stack, case.inputs / "plan" / f"{case.stack}.json")

    assert {(each.urn, each.operation) for each in compared.changes} == {
        (each.urn, each.operation) for each in planned.changes
    }
    assert not [note for note in notes if "not known" in note]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_tell_the_same_reasons_of_a_replacement(case: Case) -> None:
    planned = preview.read(case.stack, case.inputs / "plan" / f"{case.stack}.json").changes
    compared = rehearsed(case.stack, case.inputs / "base", case.inputs / "head")[0].changes

    told = [
        {each.urn: {one.path for one in each.properties if one.forces} for each in found if each.operation == "replace"}
        for found in (planned, compared)
    ]

    assert told[0] == told[1]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_rehearsal_differs_in_nothing_from_itself(case: Case) -> None:
    change, _ = rehearsed(case.stack, case.inputs / "base", case.inputs / "base")

    assert change.changes == ()


def _network(vpc: str, subnet: str, cidr: str = "10.0.0.0/16") -> list[dict[str, Any]]:
    return [
        entry(VPC, "v", {"cidrBlock": cidr}, id=vpc),
        entry(SUBNET, "s", {"vpcId": vpc, "cidrBlock": "10.0.1.0/24"}, id=subnet),
        entry(ASSOCIATION, "a", {"subnetId": subnet, "routeTableId": "rtb-0123456789"}, id=f"rtbassoc-{subnet}"),
    ]


def test_ids_that_each_rehearsal_makes_up_are_no_change() -> None:
    assert _operations(_network("vpc-aaaaaaaa", "subnet-aaaaaaaa"), _network("vpc-bbbbbbbb", "subnet-bbbbbbbb")) == []


def test_an_id_that_refers_to_another_resource_is_a_change() -> None:
    base, head = _network("vpc-aaaaaaaa", "subnet-aaaaaaaa"), _network("vpc-bbbbbbbb", "subnet-bbbbbbbb")
    base.append(entry(SUBNET, "t", {}, id="subnet-aaaaaaab"))
    head.append(entry(SUBNET, "t", {}, id="subnet-bbbbbbbc"))
    head[2]["inputs"]["subnetId"] = "subnet-bbbbbbbc"

    assert _operations(base, head) == [("replace", "a")]


def test_an_id_that_the_program_names_itself_is_a_change() -> None:
    base = [entry("aws:ec2/launchTemplate:LaunchTemplate", "t", {"imageId": "ami-0123456789abcdef0"}, id="lt-aaaaaaaa")]
    head = [entry("aws:ec2/launchTemplate:LaunchTemplate", "t", {"imageId": "ami-fedcba9876543210f"}, id="lt-bbbbbbbb")]

    assert _operations(base, head) == [("update", "t")]


def test_what_refers_to_a_replaced_resource_is_replaced_with_it() -> None:
    base = _network("vpc-aaaaaaaa", "subnet-aaaaaaaa")
    head = _network("vpc-bbbbbbbb", "subnet-bbbbbbbb", cidr="10.9.0.0/16")

    assert sorted(_operations(base, head)) == [("replace", "a"), ("replace", "s"), ("replace", "v")]


@pytest.mark.parametrize(
    ("old", "new", "operations"),
    [
        ("nodes-1234567", "nodes-89abcde", []),
        ("nodes-1234567", "other-89abcde", [("replace", "nodes")]),
        ("nodes-one", "nodes-two", [("replace", "nodes")]),
    ],
)
def test_the_end_of_an_automatic_name_is_no_change(old: str, new: str, operations: list[tuple[str, str]]) -> None:
    base, head = ([entry(NODES, "nodes", {"nodeGroupName": name})] for name in (old, new))

    assert _operations(base, head) == operations


def test_the_new_name_of_a_replaced_resource_is_not_called_its_reason() -> None:
    base, head = (
        [entry(NODES, "nodes", {"nodeGroupName": f"nodes-{end}", "instanceTypes": [kind]})]
        for end, kind in (("1234567", "a"), ("89abcde", "b"))
    )

    (change,) = graphs.changes("prod", base, head)[0]

    assert [each.path for each in change.properties] == ["instanceTypes"]


def test_an_address_that_aws_makes_up_is_no_change() -> None:
    base, head = (
        [
            entry("aws:eks/cluster:Cluster", "c", {}, outputs={"endpoint": f"https://{end}.example.com"}),
            entry("kubernetes:helm.sh/v3:Release", "r", {"values": {"host": f"{end}.example.com"}}),
        ]
        for end in ("abcdef", "ghijkl")
    )

    assert _operations(base, head) == []


@pytest.mark.parametrize(
    ("options", "inputs", "operations"),
    [
        ({}, {"scalingConfig": {"desiredSize": 2}}, [("update", "n")]),
        ({"ignoreChanges": ["scalingConfig.desiredSize"]}, {"scalingConfig": {"desiredSize": 2}}, []),
        ({"ignoreChanges": ["scalingConfig"]}, {"scalingConfig": {"desiredSize": 2}}, []),
        ({"ignoreChanges": ["*"]}, {"scalingConfig": {"desiredSize": 2}}, []),
        ({"ignoreChanges": ["scaling"]}, {"scalingConfig": {"desiredSize": 2}}, [("update", "n")]),
        (
            {"replaceOnChanges": ["scalingConfig.desiredSize"]},
            {"scalingConfig": {"desiredSize": 2}},
            [("replace", "n")],
        ),
        ({"replaceOnChanges": ["*"]}, {"scalingConfig": {"desiredSize": 2}}, [("replace", "n")]),
        ({"replaceOnChanges": ["labels"]}, {"scalingConfig": {"desiredSize": 2}}, [("update", "n")]),
    ],
)
def test_the_options_of_the_program_count(
    options: Mapping[str, Any], inputs: Mapping[str, Any], operations: list[tuple[str, str]]
) -> None:
    base = [entry(NODES, "n", {"scalingConfig": {"desiredSize": 1}})]

    assert _operations(base, [entry(NODES, "n", dict(inputs), options=options)]) == operations


def test_a_renamed_resource_that_says_its_former_name_stays() -> None:
    base = [entry(VPC, "old", {"cidrBlock": "a"})]
    head = [entry(VPC, "new", {"cidrBlock": "a"}, options={"aliases": [base[0]["urn"]]})]

    assert _operations(base, head) == []
    assert _operations(base, [entry(VPC, "new", {"cidrBlock": "a"})]) == [("delete", "old"), ("create", "new")]


def test_protection_that_is_lifted_is_told_even_where_nothing_else_changes() -> None:
    base, head = ([entry(VPC, "v", {}, protect=protect)] for protect in (True, False))

    (change,) = graphs.changes("prod", base, head)[0]
    assert (change.operation, change.protected) == ("unprotect", True)
    assert _operations(head, base) == []


def test_a_component_is_no_resource_of_its_own() -> None:
    component = entry("platform:foundation:Network", "network", provider="")

    assert _operations([component], []) == _operations([], [component]) == []


@pytest.mark.parametrize(
    ("kind", "old", "new", "operation"),
    [
        (VPC, {"cidrBlock": "a"}, {"cidrBlock": "b"}, "replace"),
        (VPC, {"tags": {"a": "1"}}, {"tags": {"a": "2"}}, "update"),
        (CLASS, {**STORAGE, "parameters": {"a": "1"}}, {**STORAGE, "parameters": {"a": "2"}}, "replace"),
        ("kubernetes:helm.sh/v3:Release", {"name": "a"}, {"name": "b"}, "replace"),
        ("kubernetes:helm.sh/v3:Release", {"version": "1"}, {"version": "2"}, "update"),
        ("random:index/randomPassword:RandomPassword", {"length": 8}, {"length": 9}, "replace"),
        ("pulumi:providers:aws", {"region": "a"}, {"region": "b"}, "update"),
    ],
)
def test_what_replaces_is_judged_as_the_rehearsals_providers_do(
    kind: str, old: dict[str, Any], new: dict[str, Any], operation: str
) -> None:
    found, unknown = graphs.changes("prod", [entry(kind, "x", old)], [entry(kind, "x", new)])

    assert [each.operation for each in found] == [operation]
    assert unknown == ()


def test_a_type_of_which_nobody_knows_what_replaces_it_is_named() -> None:
    found, unknown = graphs.changes("prod", [entry("gcp:a/b:C", "x", {"a": 1})], [entry("gcp:a/b:C", "x", {"a": 2})])

    assert [each.operation for each in found] == ["update"]
    assert unknown == ("gcp:a/b:C",)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 2}}, [Property("a.b", 1, 2)]),
        ({"a": 1}, {}, [Property("a", 1, ABSENT)]),
        ({}, {"a": None}, [Property("a", ABSENT, None)]),
        ({"a": True}, {"a": 1}, [Property("a", True, 1)]),
        ({"x/y": 1}, {"x/y": 2}, [Property('["x/y"]', 1, 2)]),
        ({"a": [{"b": 1}, {"b": 2}]}, {"a": [{"b": 1}, {"b": 3}]}, [Property("a[1].b", 2, 3)]),
        ({"a": ["x", "y"]}, {"a": ["y", "z"]}, [Property("a", ["x"], ["z"])]),
        ({"a": ["x", "y"]}, {"a": ["y", "x"]}, [Property("a", ["x", "y"], ["y", "x"])]),
        ({"a": '{"b": [1]}'}, {"a": '{"b": [2]}'}, [Property("a.b", [1], [2])]),
        ({"a": '{"b": 1}'}, {"a": '{ "b":1 }'}, []),
        ({"__defaults": ["a"]}, {"__defaults": []}, []),
    ],
)
def test_a_difference_is_told_where_it_is(old: Any, new: Any, found: list[Property]) -> None:
    assert differing(old, new) == found
