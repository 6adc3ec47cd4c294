"""A recorded graph is judged without an engine, and exemptions end."""

from datetime import date
from typing import Any

import pytest

from policies.evaluate import EXPIRED, UNUSED, Violation, evaluate
from policies.exemptions import Exemption
from policies.rules import RULES

_TODAY = date(2026, 6, 15)
_SUBNET = "urn:pulumi:dev::platform::aws:ec2/subnet:Subnet::network-a"
_KEY = "urn:pulumi:dev::platform::aws:kms/key:Key::encryption-secrets"
_GRAPH: list[dict[str, Any]] = [
    {"urn": _SUBNET, "type": "aws:ec2/subnet:Subnet", "name": "network-a", "inputs": {"mapPublicIpOnLaunch": True}},
    {"urn": _KEY, "type": "aws:kms/key:Key", "name": "encryption-secrets", "inputs": {}},
    {
        "urn": "urn:pulumi:dev::platform::aws:ssm/parameter:Parameter::logs",
        # No rule is about it.
        "type": "aws:ssm/parameter:Parameter",
        "name": "logs",
        "inputs": {},
    },
]


def _exemption(**changes: Any) -> Exemption:
    given = {
        "rule": "key-rotation",
        "resource": "urn:pulumi:dev::*::encryption-*",
        "owner": "security@example.com",
        "reason": "imported key material",
        "expires": _TODAY,
    }
    return Exemption(**{**given, **changes})


def _found(graph: list[dict[str, Any]], *exemptions: Exemption) -> set[tuple[str, str, str]]:
    return {(each.rule, each.level, each.urn) for each in evaluate(RULES, graph, exemptions, today=_TODAY)}


def test_each_violation_names_its_rule_level_resource_and_fault() -> None:
    rotation, subnet = evaluate(RULES, _GRAPH)

    message = "the key is never rotated; set enableKeyRotation to true"
    assert rotation == Violation("key-rotation", "mandatory", _KEY, message)
    assert (subnet.rule, subnet.level, subnet.urn) == ("public-subnets", "advisory", _SUBNET)


def test_what_is_not_known_yet_is_said_and_stops_nothing() -> None:
    graph = [{**_GRAPH[1], "inputs": {"enableKeyRotation": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}}]

    assert evaluate(RULES, graph) == [
        Violation("key-rotation", "advisory", _KEY, "enableKeyRotation is not known yet; the update will judge it")
    ]


def test_an_exemption_counts_up_to_its_last_day_for_its_rule_and_resources_only() -> None:
    assert _found(_GRAPH, _exemption()) == {("public-subnets", "advisory", _SUBNET)}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"rule": "public-subnets"}, id="of another rule"),
        pytest.param({"resource": "urn:pulumi:prod::*"}, id="of another stack"),
    ],
)
def test_an_exemption_nothing_needs_is_reported_and_exempts_nothing(changes: dict[str, Any]) -> None:
    assert _found(_GRAPH, _exemption(**changes)) == {
        ("key-rotation", "mandatory", _KEY),
        ("public-subnets", "advisory", _SUBNET),
        (UNUSED, "advisory", ""),
    }


@pytest.mark.parametrize("graph", [_GRAPH, []], ids=["needed", "not needed"])
def test_an_expired_exemption_exempts_nothing_and_stops_the_plan(graph: list[dict[str, Any]]) -> None:
    expired = _exemption(expires=date(2026, 6, 14))

    assert _found(graph, expired) == {*_found(graph), (EXPIRED, "mandatory", "")}
    assert "security@example.com" in evaluate(RULES, graph, [expired], today=_TODAY)[-1].message


def test_exemptions_cannot_be_judged_without_a_day() -> None:
    with pytest.raises(ValueError, match="give today"):
        evaluate(RULES, _GRAPH, [_exemption()])
