"""What a field allows, in words; what a location of pydantic's means; what may be put in a wrong value's place."""

from datetime import date
from ipaddress import IPv4Network, IPv6Address
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, TypeAdapter

from components.kit.settings import Settings
from settings.shape import Shape, locate, shape_of
from settings.suggest import further_items, made, mentioned, near, nearest
from tests.settings.sample import Sample


class Cat(Settings):
    """One of two animals."""

    kind: Literal["cat"]
    """Tells it apart."""

    lives: int
    """How many."""


class Dog(Settings):
    """The other."""

    kind: Literal["dog"]
    """Tells it apart."""


class Home(Settings):
    """Who lives here."""

    pet: Annotated[Cat | Dog, Field(discriminator="kind")]
    """One animal."""


def _shape(kind: Any) -> Shape:
    schema = TypeAdapter(kind).json_schema()
    return Shape(schema, schema.get("$defs", {}))


def _id(value: object) -> str:
    return str(getattr(value, "__name__", value)) if isinstance(value, str | type | int) else ""


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (str, "text"),
        (Annotated[str, Field(min_length=1)], "text of at least 1 character"),
        (Annotated[str, Field(min_length=3, max_length=3)], "text of 3 characters"),
        (Annotated[str, Field(max_length=1)], "text of at most 1 character"),
        (Annotated[str, Field(pattern="^a$")], "text that matches `^a$`"),
        (IPv4Network, "an IPv4 network such as 10.0.0.0/16"),
        (IPv6Address, "an IPv6 address"),
        (date, "a date such as 2026-01-31"),
        (Annotated[int, Field(ge=0)], "a whole number of at least 0"),
        (Annotated[int, Field(gt=0, le=9)], "a whole number from 1 to 9"),
        (Annotated[int, Field(lt=9)], "a whole number of at most 8"),
        (Annotated[float, Field(gt=0.5)], "a number greater than 0.5"),
        (Annotated[float, Field(lt=2)], "a number less than 2"),
        (Literal["a"], "`a`"),
        (Literal["a", "b"], "one of `a` or `b`"),
        (Literal[1, 2, 3], "one of `1`, `2` or `3`"),
        (bool | None, "true or false or null"),
        (Annotated[list[int], Field(min_length=1, max_length=1)], "a list of 1 item, each a whole number"),
        (list[Any], "a list of items, each a value"),
        (list[IPv4Network], "a list of items, each an IPv4 network such as 10.0.0.0/16"),
        (tuple[int, str], "a list of a whole number and text"),
        (dict[str, Any], "a block of names"),
        (
            Annotated[dict[str, int], Field(min_length=1)],
            "a block of names, at least 1 name, the value of each a whole number",
        ),
        (Dog, "a block of the keys `kind`"),
        (Any, "a value"),
    ],
    ids=_id,
)
def test_what_is_allowed_is_said_in_words(kind: Any, words: str) -> None:
    assert _shape(kind).words() == words


@pytest.mark.parametrize(
    ("location", "path", "words"),
    [
        (("lists", "zones", 1), ("lists", "zones", 1), "text"),
        (("lists", "pair", 0), ("lists", "pair", 0), "a whole number"),
        (("lists", "pair", 1), ("lists", "pair", 1), "text"),
        (("lists", "labels", "a"), ("lists", "labels", "a"), "text"),
        (("lists", "mode", "Group", "least"), ("lists", "mode", "least"), "a whole number from 0 to 10"),
        (("numbers", "automatic", "int"), ("numbers", "automatic"), "`auto` or a whole number"),
        (("numbers", "maybe"), ("numbers", "maybe"), "a whole number of at most 9 or null"),
    ],
    ids=_id,
)
def test_a_location_leads_to_a_key_path(
    location: tuple[str | int, ...], path: tuple[str | int, ...], words: str
) -> None:
    place = locate(shape_of(Sample), location)
    assert place.path == path
    assert place.shape
    assert place.shape.words() == words


@pytest.mark.parametrize(
    "location", [("nope",), ("nope", "deeper"), ("texts", "nope"), ("lists", "mode", "Group", "no")]
)
def test_below_an_unknown_key_nothing_is_known(location: tuple[str | int, ...]) -> None:
    assert locate(shape_of(Sample), location).shape is None


def test_a_name_that_is_wrong_belongs_to_its_block() -> None:
    place = locate(shape_of(Sample), ("lists", "labels", "A", "[key]"))
    assert place.is_key
    assert place.path == ("lists", "labels", "A")
    assert place.shape
    assert place.shape.has("patternProperties")


def test_a_tagged_union_is_read_through_its_tag() -> None:
    place = locate(shape_of(Home), ("pet", "cat", "lives"))
    assert place.path == ("pet", "lives")
    assert place.shape
    assert place.shape.words() == "a whole number"


def test_places_sort_as_the_model_does_with_unknown_keys_last() -> None:
    top = shape_of(Sample)
    locations: list[tuple[str | int, ...]] = [
        ("texts", "code"),
        ("texts", "level"),
        ("texts", "aaa"),
        ("numbers", "count"),
        ("lists", "zones", 2),
        ("lists", "zones", 10),
        ("keep",),
        ("aaa",),
    ]
    assert sorted(locations[3:] + locations[:3], key=lambda location: locate(top, location).position) == locations


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (str, "<text>"),
        (Annotated[str, Field(examples=["x"])], "x"),
        (Annotated[int, Field(ge=5)], 5),
        (Annotated[int, Field(le=-5)], -5),
        (float, 1),
        (bool, True),
        (IPv4Network, "10.0.0.0/16"),
        (Literal["a", "b"], "a"),
        (Literal["a"], "a"),
        (int | None, 1),
        (tuple[int, str], [1, "<text>"]),
        (Annotated[list[int], Field(min_length=2)], [1, 1]),
        (list[int], []),
        (dict[str, int], {}),
        (Cat, {"kind": "cat", "lives": 1}),
        (Annotated[Cat | Dog, Field(discriminator="kind")], {"kind": "cat", "lives": 1}),
    ],
    ids=_id,
)
def test_a_value_of_the_right_form_is_made(kind: Any, value: object) -> None:
    assert made(_shape(kind)) == value


@pytest.mark.parametrize(
    ("kind", "value", "meant"),
    [
        (int, "7", 7),
        (int, "7.6", 8),
        (Annotated[int, Field(le=5)], 7, 5),
        (float, "0.5", 0.5),
        (bool, "On", True),
        (bool, 0, False),
        (str, 7, "7"),
        (Annotated[str, Field(pattern=r"^\d{12}$")], 12345678901, "012345678901"),
        (str, " X ", "x"),
        (IPv4Network, "10.20/16", "10.20.0.0/16"),
        (IPv4Network, "10.0.0.1", "10.0.0.1/32"),
        (Literal["per_zone", "single"], "PerZone", "per_zone"),
        (Literal[30, 60], "55", 60),
        (list[str], "a,b", ["a", "b"]),
        (list[str], "a", ["a"]),
        (list[str], '["a"]', ["a"]),
        (list[str], ["a", "b", "a"], ["a", "b"]),
        (Cat, '{"kind": "cat"}', {"kind": "cat"}),
    ],
    ids=_id,
)
def test_what_was_meant_is_among_the_proposals(kind: Any, value: object, meant: object) -> None:
    assert meant in list(near(_shape(kind), value))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (int, "many"),
        (int, True),
        (int, None),
        (float, "inf"),
        (float, "nan"),
        (bool, "perhaps"),
        (IPv4Network, "x/y"),
        (Cat, "x"),
        (Cat, "{x"),
        (Literal["a"], "zzz"),
        (list[int], None),
    ],
    ids=_id,
)
def test_nothing_is_made_up_where_nothing_is_near(kind: Any, value: object) -> None:
    assert [proposal for proposal in near(_shape(kind), value) if proposal != value] == []


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("minSize", "min_size"),
        ("min-size", "min_size"),
        ("MIN_SIZE", "min_size"),
        ("mni_size", "min_size"),
        ("zzz", None),
    ],
)
def test_a_word_is_recognized_across_spellings(word: str, expected: str | None) -> None:
    assert nearest(word, ["max_size", "min_size", "nat"]) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("no such type; did you mean m7i.large?", ["m7i.large"]),
        ("no; did you mean `a`?", ["a"]),
        ("min_size 5 is greater than max_size 3", [5, 3]),
        ("10.0.0.0/8 must be smaller", [8]),
        ("m7i has none", []),
    ],
)
def test_a_message_names_values(message: str, expected: list[object]) -> None:
    assert mentioned(message) == expected


def test_a_list_is_lengthened_with_what_is_not_in_it() -> None:
    shape = _shape(Annotated[list[str], Field(examples=[["a", "b"], ["b", "c"]])])
    assert further_items(shape, ["b"]) == ["a", "c", "<text>"]
    assert further_items(_shape(tuple[int, int]), [1, 2]) == []
