"""The random stand-in refuses what the real provider refuses, and changes nothing in place."""

from typing import Any

import pytest

from rehearsal.providers.properties import UNKNOWN
from rehearsal.providers.random import RandomStandIn
from rehearsal.providers.standin import Change, RefusedError, Resource

STANDIN = RandomStandIn()


def resource(kind: str, name: str = "grafana-admin") -> Resource:
    token = f"random:index/{kind[0].lower()}{kind[1:]}:{kind}"
    return Resource(urn=f"urn:pulumi:dev::platform::{token}::{name}", type=token, name=name)


def refusals(kind: str, inputs: dict[str, Any]) -> list[tuple[str, str]]:
    _, failures = STANDIN.check(resource(kind), inputs, olds={}, seed=b"")
    return [(failure.property, failure.reason) for failure in failures]


@pytest.mark.parametrize(
    ("kind", "inputs", "refused"),
    [
        pytest.param(
            "RandomPassword", {}, [("length", "RandomPassword needs length")], id="a password without a length"
        ),
        pytest.param("RandomPassword", {"length": 0}, [("length", "length must be at least 1, got 0")], id="no length"),
        pytest.param(
            "RandomString",
            {"length": 3, "minUpper": 2, "minNumeric": 2},
            [("length", "length must be at least the sum of minUpper + minLower + minNumeric + minSpecial = 4, got 3")],
            id="minimums longer than the whole",
        ),
        pytest.param(
            "RandomString",
            {"length": 3, "upper": False, "lower": False, "numeric": False, "special": False},
            [("", "at least one of special, upper, lower, numeric must be true, or there is no character to choose")],
            id="no character class",
        ),
        pytest.param(
            "RandomString",
            {"length": 3, "number": True, "numeric": False},
            [
                (
                    "number",
                    "number and numeric are both set, to different values; number is deprecated, set numeric alone",
                )
            ],
            id="number against numeric",
        ),
        pytest.param(
            "RandomPassword",
            {"length": "long"},
            [("length", "length must be a whole number, got 'long'")],
            id="a length that is no number",
        ),
        pytest.param(
            "RandomId", {"byteLength": 0}, [("byteLength", "byteLength must be at least 1, got 0")], id="an empty id"
        ),
        pytest.param(
            "RandomInteger",
            {"min": 5, "max": 4},
            [("min", "min must be smaller than or equal to max, got 5 > 4")],
            id="an empty range",
        ),
        pytest.param(
            "RandomInteger",
            {"min": 5},
            [("max", "RandomInteger needs max")],
            id="half a range",
        ),
        pytest.param(
            "RandomPet",
            {"words": 3},
            [("words", "words is not an argument of RandomPet; it takes keepers, length, prefix, separator")],
            id="an unknown argument",
        ),
    ],
)
def test_what_the_provider_refuses_is_refused_with_the_reason(
    kind: str, inputs: dict[str, Any], refused: list[tuple[str, str]]
) -> None:
    assert refusals(kind, inputs) == refused


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("RandomPassword", {"length": UNKNOWN, "minUpper": 5}),
        ("RandomPassword", {"length": 4, "minUpper": UNKNOWN}),
        ("RandomString", {"length": 4, "special": UNKNOWN, "upper": False, "lower": False, "numeric": False}),
        ("RandomInteger", {"min": UNKNOWN, "max": 1}),
        ("RandomId", {"byteLength": 2, "keepers": UNKNOWN}),
    ],
)
def test_what_a_preview_cannot_know_is_not_judged(kind: str, inputs: dict[str, Any]) -> None:
    assert refusals(kind, inputs) == []


def test_every_change_is_a_replacement() -> None:
    change = STANDIN.diff(resource("RandomId"), {"byteLength": 2, "keepers": {"a": "1"}}, {"byteLength": 3})

    assert change == Change(properties=("byteLength", "keepers"), replaces=("byteLength", "keepers"))
    assert STANDIN.diff(resource("RandomId"), {"byteLength": 2}, {"byteLength": 2}) == Change()
    with pytest.raises(RefusedError, match="grafana-admin cannot be changed in place"):
        STANDIN.update(resource("RandomId"), "x", {}, {})


def test_a_type_the_provider_does_not_have_is_refused() -> None:
    with pytest.raises(RefusedError, match="random:index/randomDice:RandomDice is not a resource"):
        STANDIN.check(resource("RandomDice"), {}, olds={}, seed=b"")
