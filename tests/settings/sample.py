"""A model with every kind of field, so that tests of the report do not depend on what the platform happens to set."""

import copy
from collections.abc import Iterator
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from components.kit.settings import Settings
from settings.relations import Assembled, Conflict, Relation


class Level(StrEnum):
    """Three words to choose from."""

    LOW = "low"
    MIDDLE = "middle"
    VERY_HIGH = "very_high"


class Group(Settings):
    """A block inside a block."""

    least: Annotated[int, Field(ge=0, le=10)]
    """The lower end."""

    most: Annotated[int, Field(ge=1, le=10)] = 10
    """The upper end."""

    @model_validator(mode="after")
    def _ends_are_in_order(self) -> Self:
        if self.least > self.most:
            raise ValueError(f"least {self.least} is greater than most {self.most}")
        if self.least == 7:
            raise ValueError("nobody starts at seven")
        return self


class Texts(Settings):
    """Fields that are text."""

    free: str = "anything"
    """Any text."""

    code: Annotated[str, Field(pattern=r"^\d{4}$", examples=["1234"])]
    """Four digits. They are printed on the door."""

    name: Annotated[str, Field(pattern=r"^[a-z]+$")]
    """Lower-case letters."""

    brief: Annotated[str, Field(min_length=2, max_length=5)] = "abc"
    """A short text."""

    level: Level
    """How much."""

    days: Literal[30, 60, 90] = 30
    """How long."""

    version: Literal["v1"] = "v1"
    """The only version there is."""

    block: Annotated[IPv4Network, Field(examples=["10.1.0.0/16"])]
    """Addresses."""

    subnet: IPv4Network = IPv4Network("10.1.1.0/24")
    """A small part of the addresses."""

    address: IPv4Address = IPv4Address("10.1.1.1")
    """One address."""

    city: str = "Bern"
    """A city that is known."""

    @field_validator("subnet")
    @classmethod
    def _is_small(cls, subnet: IPv4Network) -> IPv4Network:
        if subnet.prefixlen < 24:
            raise ValueError(f"{subnet} must be a block of /24 or smaller")
        return subnet

    @field_validator("free")
    @classmethod
    def _is_free(cls, free: str) -> str:
        if free == "taken":
            raise PydanticCustomError("taken", "Input should be another word")
        return free

    @field_validator("city")
    @classmethod
    def _is_known(cls, city: str) -> str:
        if city not in {"Bern", "Oslo"}:
            raise ValueError(f"{city} is unknown; did you mean Oslo?")
        return city


class Numbers(Settings):
    """Fields that are numbers or switches."""

    count: Annotated[int, Field(ge=1, le=100)]
    """How many."""

    step: Annotated[int, Field(gt=0, lt=10, multiple_of=3)] = 3
    """A step."""

    share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """A share."""

    degrees: Annotated[float, Field(ge=-40.5)] = 20.5
    """A temperature."""

    switch: bool = True
    """On or off."""

    maybe: Annotated[int, Field(le=9)] | None = None
    """A number or nothing."""

    automatic: Literal["auto"] | int = "auto"
    """A number or the word auto."""


class Lists(Settings):
    """Fields that hold several values."""

    zones: Annotated[tuple[str, ...], Field(min_length=2, max_length=4, examples=[["a", "b", "c"]])]
    """Two to four different names."""

    pair: tuple[int, str] = (1, "one")
    """A number and its name."""

    tags: frozenset[str] = frozenset()
    """Words in no order."""

    labels: Annotated[dict[Annotated[str, Field(pattern="^[a-z.]+$")], str], Field(default={}, max_length=2)]
    """Names and texts."""

    limits: dict[Annotated[str, Field(max_length=3)], Annotated[int, Field(ge=0)]] = Field(default={})
    """Names and numbers."""

    doors: Annotated[dict[str, int], Field(default={"front": 1}, min_length=1)]
    """At least one name with its number."""

    group: Group
    """A block that must be there."""

    groups: tuple[Group, ...] = ()
    """Any number of blocks."""

    spare: Group | None = None
    """A block that may be there."""

    mode: Group | Literal["none"] = "none"
    """A block or the word none."""

    @field_validator("zones")
    @classmethod
    def _zones_differ(cls, zones: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(zones)) < len(zones):
            raise ValueError("each zone may be named only once")
        return zones

    @field_validator("labels")
    @classmethod
    def _labels_are_polite(cls, labels: dict[str, str]) -> dict[str, str]:
        if "rude" in labels.values():
            raise ValueError("a label is rude")
        return labels


def zones_are_not_the_name(texts: Texts, lists: Lists) -> Iterator[Conflict]:
    """Yield every zone that is called like the name."""
    for index, zone in enumerate(lists.zones):
        if zone == texts.name:
            yield Conflict(
                keys=(("lists", "zones", index), ("texts", "name")), why="is also the name", remedy=f"{zone}-zone"
            )


def the_step_fits_the_count(numbers: Numbers) -> Iterator[Conflict]:
    """Yield a step that is greater than the count."""
    if numbers.step > numbers.count:
        yield Conflict(keys=(("numbers", "step"), ("numbers", "count")), why="is more than the count")


def the_name_is_not_the_free_text(texts: Texts) -> Iterator[Conflict]:
    """Yield a name that only a person can change."""
    if texts.name == texts.free:
        yield Conflict(keys=(("texts", "name"), ("texts", "free")), why="is the free text as well")


class Sample(Assembled):
    """The whole."""

    texts: Texts
    """Text of all kinds."""

    numbers: Numbers
    """Numbers of all kinds."""

    lists: Lists
    """Lists of all kinds."""

    extra: Group = Group(least=0)
    """A block with a default."""

    keep: Annotated[bool, Field(examples=[True])]
    """A switch of its own."""

    title: str = "untitled"
    """A text of its own."""

    relations: ClassVar[tuple[Relation, ...]] = (
        zones_are_not_the_name,
        the_step_fits_the_count,
        the_name_is_not_the_free_text,
    )


GOOD: dict[str, Any] = {
    "texts": {"code": "0042", "name": "sample", "level": "low", "block": "10.1.0.0/16"},
    "numbers": {"count": 5},
    "lists": {"zones": ["x", "y"], "group": {"least": 1}},
    "keep": True,
}


REMOVED = "REMOVED"


def changed(changes: dict[str, Any]) -> dict[str, Any]:
    """Return the good data with keys of its blocks replaced; `REMOVED` in a value's place removes the key."""
    data = copy.deepcopy(GOOD)
    for name, change in changes.items():
        old = data.get(name)
        merged = {**old, **change} if isinstance(old, dict) and isinstance(change, dict) else change
        data[name] = {k: v for k, v in merged.items() if v != REMOVED} if isinstance(merged, dict) else merged
    return {name: value for name, value in data.items() if value != REMOVED}
