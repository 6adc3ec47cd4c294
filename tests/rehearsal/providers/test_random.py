"""The random stand-in draws what the real provider would, and repeats itself."""

import base64
import re
import string
import uuid
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.providers.random import RandomStandIn
from rehearsal.providers.standin import Resource

SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
STANDIN = RandomStandIn()


def resource(kind: str, name: str = "grafana-admin") -> Resource:
    token = f"random:index/{kind[0].lower()}{kind[1:]}:{kind}"
    return Resource(urn=f"urn:pulumi:dev::platform::{token}::{name}", type=token, name=name)


def create(kind: str, inputs: dict[str, Any], name: str = "grafana-admin") -> tuple[str, dict[str, Any]]:
    checked, failures = STANDIN.check(resource(kind), inputs, olds={}, seed=b"")
    assert failures == []
    return STANDIN.create(resource(kind, name), checked, preview=False)


def test_a_password_has_the_length_and_every_class_by_default() -> None:
    identifier, outputs = create("RandomPassword", {"length": 2000})

    assert identifier == "none"
    assert len(outputs["result"]) == 2000
    assert set(outputs["result"]) == set(string.ascii_letters + string.digits + SPECIAL)


def test_a_password_is_created_with_the_providers_defaults_among_its_outputs() -> None:
    _, outputs = create("RandomPassword", {"length": 8})

    assert {key: outputs[key] for key in ("upper", "lower", "numeric", "special", "minUpper")} == {
        "upper": True,
        "lower": True,
        "numeric": True,
        "special": True,
        "minUpper": 0,
    }


@pytest.mark.parametrize(
    ("inputs", "allowed"),
    [
        ({"special": False}, string.ascii_letters + string.digits),
        ({"special": False, "upper": False}, string.ascii_lowercase + string.digits),
        ({"lower": False, "upper": False, "special": False}, string.digits),
        ({"number": False, "lower": False, "upper": False}, SPECIAL),
        ({"numeric": False, "lower": False, "upper": False, "overrideSpecial": "-_"}, "-_"),
    ],
    ids=["no special", "lower and digits", "digits", "deprecated number", "own special"],
)
def test_switched_off_classes_do_not_occur(inputs: dict[str, Any], allowed: str) -> None:
    _, outputs = create("RandomString", {"length": 300, **inputs})

    assert set(outputs["result"]) == set(allowed)


@given(minimums=st.tuples(*(st.integers(0, 5) for _ in range(4))), spare=st.integers(0, 5), name=st.text())
def test_every_asked_minimum_is_met(minimums: tuple[int, int, int, int], spare: int, name: str) -> None:
    upper, lower, numeric, special = minimums
    length = max(sum(minimums) + spare, 1)

    _, outputs = create(
        "RandomString",
        {"length": length, "minUpper": upper, "minLower": lower, "minNumeric": numeric, "minSpecial": special},
        name,
    )

    result = outputs["result"]
    assert len(result) == length
    assert sum(character in string.ascii_uppercase for character in result) >= upper
    assert sum(character in string.ascii_lowercase for character in result) >= lower
    assert sum(character in string.digits for character in result) >= numeric
    assert sum(character in SPECIAL for character in result) >= special


def test_a_minimum_counts_even_for_a_class_that_is_switched_off() -> None:
    _, outputs = create("RandomString", {"length": 9, "upper": False, "minUpper": 2, "special": False})

    assert sum(character in string.ascii_uppercase for character in outputs["result"]) == 2


def test_the_bcrypt_hash_is_a_placeholder_of_the_right_shape_that_follows_the_password() -> None:
    one, other = (create("RandomPassword", {"length": length})[1]["bcryptHash"] for length in (8, 9))

    assert re.fullmatch(r"\$2a\$10\$rehearsal\.[0-9a-f]{43}", one)
    assert len(one) == 60
    assert one != other


def test_an_id_is_the_same_bytes_in_every_form() -> None:
    identifier, outputs = create("RandomId", {"byteLength": 5, "prefix": "logs-"})
    drawn = bytes.fromhex(outputs["hex"].removeprefix("logs-"))

    assert len(drawn) == 5
    assert identifier == base64.urlsafe_b64encode(drawn).decode().rstrip("=")
    assert outputs["b64Url"] == f"logs-{identifier}"
    assert outputs["b64Std"] == f"logs-{base64.b64encode(drawn).decode()}"
    assert outputs["dec"] == f"logs-{int.from_bytes(drawn, 'big')}"


def test_bytes_are_the_same_in_both_forms() -> None:
    identifier, outputs = create("RandomBytes", {"length": 7})

    assert identifier == "none"
    assert base64.b64decode(outputs["base64"]) == bytes.fromhex(outputs["hex"])
    assert len(outputs["hex"]) == 14


def test_an_integer_reaches_both_ends_of_its_range() -> None:
    drawn = [create("RandomInteger", {"min": 3, "max": 5}, name=str(number)) for number in range(60)]

    assert {outputs["result"] for _, outputs in drawn} == {3, 4, 5}
    assert all(identifier == str(outputs["result"]) for identifier, outputs in drawn)


@pytest.mark.parametrize(
    ("inputs", "pattern"),
    [
        ({}, r"[a-z]+-[a-z]+"),
        ({"length": 1}, r"[a-z]+"),
        ({"length": 4, "separator": "."}, r"[a-z]+(\.[a-z]+){3}"),
        ({"prefix": "dev"}, r"dev-[a-z]+-[a-z]+"),
    ],
    ids=["default", "one word", "four words", "prefix"],
)
def test_a_pet_is_its_id(inputs: dict[str, Any], pattern: str) -> None:
    identifier, outputs = create("RandomPet", inputs)

    assert re.fullmatch(pattern, identifier)
    assert "result" not in outputs


@pytest.mark.parametrize(
    ("count", "most"), [(None, 1), (2, 1), (7, 3)], ids=["all", "fewer than there are", "more than there are"]
)
def test_a_shuffle_repeats_an_item_only_after_all_have_appeared(count: int | None, most: int) -> None:
    inputs = {"inputs": ["a", "b", "c"]} | ({"resultCount": count} if count else {})

    _, outputs = create("RandomShuffle", inputs)

    assert len(outputs["results"]) == (count or 3)
    assert max(Counter(outputs["results"]).values()) == most
    assert set(outputs["results"][:3]) <= {"a", "b", "c"}
    assert len(set(outputs["results"][:3])) == min(3, count or 3)


@pytest.mark.parametrize(("kind", "version"), [("RandomUuid", 4), ("RandomUuid4", 4), ("RandomUuid7", 7)])
def test_a_uuid_says_its_version(kind: str, version: int) -> None:
    identifier, outputs = create(kind, {})

    assert identifier == outputs["result"]
    assert (uuid.UUID(identifier).version, uuid.UUID(identifier).variant) == (version, uuid.RFC_4122)


INPUTS = {
    "RandomPassword": {"length": 16},
    "RandomString": {"length": 16},
    "RandomBytes": {"length": 16},
    "RandomId": {"byteLength": 16},
    "RandomInteger": {"min": 0, "max": 10**9},
    "RandomPet": {"length": 12},
    "RandomShuffle": {"inputs": list(string.ascii_letters)},
    "RandomUuid": {},
    "RandomUuid4": {},
    "RandomUuid7": {},
}


@pytest.mark.parametrize(("kind", "inputs"), INPUTS.items(), ids=INPUTS)
def test_a_value_repeats_until_the_name_or_a_keeper_changes(kind: str, inputs: dict[str, Any]) -> None:
    def value(name: str, keeper: str) -> Any:
        return STANDIN.create(resource(kind, name), _checked(kind, {**inputs, "keepers": {"k": keeper}}), preview=False)

    def drawn(name: str, keeper: str) -> Any:
        identifier, outputs = value(name, keeper)
        return identifier, {key: item for key, item in outputs.items() if key != "keepers"}

    assert drawn("a", "1") == drawn("a", "1")
    assert drawn("a", "1") != drawn("b", "1")
    assert drawn("a", "1") != drawn("a", "2")


def _checked(kind: str, inputs: dict[str, Any]) -> dict[str, Any]:
    return STANDIN.check(resource(kind), inputs, olds={}, seed=b"")[0]


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [("RandomInteger", {"min": 0, "max": 10**9}), ("RandomShuffle", {"inputs": list(string.ascii_letters)})],
)
def test_a_seed_gives_the_same_value_under_every_name(kind: str, inputs: dict[str, Any]) -> None:
    def drawn(name: str, seed: str) -> Any:
        outputs = create(kind, {**inputs, "seed": seed, "keepers": {"named": name}}, name)[1]
        return outputs.get("result", outputs.get("results"))

    assert drawn("a", "one") == drawn("b", "one")
    assert drawn("a", "one") != drawn("a", "two")
