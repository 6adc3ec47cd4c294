"""Finds the edits that mend a problem: candidates are tried on the data, and the first that ends it is taken."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from pydantic_core import ErrorDetails

from settings.mend import Drop, Edit, Mend, Put, applied, at, holds, put, replace
from settings.relations import Assembled
from settings.shape import Path, Place, Shape, locate, shape_of
from settings.suggest import further_items, made, mentioned, near, nearest, offered

Candidates: TypeAlias = Iterator[Mend]

_ANYTHING: Final = Shape({}, {})


@dataclass(frozen=True, slots=True)
class Case:
    """One error and all that is known about it."""

    model: type[Assembled]
    data: Mapping[str, Any]
    place: Place
    error: ErrorDetails
    hidden: bool
    """The value is a secret: nothing may be derived from it."""

    @property
    def path(self) -> Path:
        """Where the error lies."""
        return self.place.path

    @property
    def kind(self) -> str:
        """Pydantic's name for the kind of error."""
        return "key" if self.place.is_key else self.error["type"]

    @property
    def value(self) -> Any:
        """The offending value."""
        return at(self.data, self.path)

    @property
    def shape(self) -> Shape:
        """What is allowed; below an unknown key, anything."""
        return self.place.shape or _ANYTHING

    @property
    def block(self) -> Shape:
        """The shape of the block the offending key is in."""
        return locate(shape_of(self.model), self.path[:-1]).shape or _ANYTHING


def find(case: Case) -> Mend | None:
    """Return the edits that mend a case; None if only a person can know.

    A candidate that ends the problem and brings no other is preferred to one that only ends the problem: what it
    uncovers may have been hidden behind the problem before.
    """
    before = {_identity(error) for error in case.model.problems(case.data)}
    second_best = None
    for mend in _CANDIDATES.get(case.kind, _replacements)(case):
        left = _left(case, mend)
        if any(_same(case, error) for error in left):
            continue
        if {_identity(error) for error in left} < before:
            return mend
        second_best = second_best or mend
    return second_best or _form(case)


def meant_key(case: Case) -> str | None:
    """Return the setting an unknown key was probably meant to be."""
    return nearest(str(case.path[-1]), case.block.keys)


def meant_path(case: Case) -> Path | None:
    """Return the path that a key with dots in its name spells: the key was set without ``--path``."""
    path: Path = tuple(str(case.path[0]).split("."))
    return path if len(case.path) == 1 < len(path) and locate(shape_of(case.model), path).shape else None


def renames_to(case: Case) -> Path | None:
    """Return the path the value of an unknown key is to be moved to; None if it is to be removed."""
    key = meant_key(case)
    target = meant_path(case) or ((*case.path[:-1], key) if key else None)
    return target if target and at(case.data, target) is None else None


def _replacements(case: Case) -> Candidates:
    if not case.hidden:
        yield from _smaller(case)
        for value in [*near(case.shape, case.value), *mentioned(case.error["msg"])]:
            yield Mend(replace(case.data, case.path, value))
    yield from _to_the_default(case)
    for value in offered(case.shape):
        yield Mend(replace(case.data, case.path, value), example=True)


def _of_a_rule(case: Case) -> Candidates:
    """Candidates for a value that its validator refuses: in a block the change of one key, else as for any value."""
    if not case.shape.keys:
        yield from _replacements(case)
        return
    for key in case.shape.keys:
        for value in [] if case.hidden else mentioned(case.error["msg"]):
            yield Mend((Put((*case.path, key), value),))
    for key, child in case.shape.children:
        for value in offered(child) if holds(case.value, (key,)) else ():
            yield Mend(replace(case.data, (*case.path, key), value), example=True)


def _smaller(case: Case) -> Candidates:
    """Yield the removal of single items, the last first, then of every item that would be refused alone."""
    value = case.value
    if not isinstance(value, list | dict):
        return
    steps: list[str | int] = list(value) if isinstance(value, dict) else list(range(len(value)))
    for step in reversed(steps):
        yield Mend((Drop((*case.path, step)),))
    alone = [
        step
        for step in reversed(steps)
        if any(
            _same(case, error)
            for error in _left(
                case, Mend(tuple(Drop((*case.path, other)) for other in reversed(steps) if other != step))
            )
        )
    ]
    if alone:
        yield Mend(tuple(Drop((*case.path, step)) for step in alone))


def _of_an_unknown_key(case: Case) -> Candidates:
    target = renames_to(case)
    if target and not case.hidden:
        shape = locate(shape_of(case.model), target).shape or _ANYTHING
        for value in [case.value, *near(shape, case.value)]:
            yield Mend((*put(target, value), Drop(case.path)))
    yield Mend((Drop(case.path),))


def _of_a_missing_key(case: Case) -> Candidates:
    for value in offered(case.shape):
        yield Mend(tuple(put(case.path, value)), example=True)


def _of_a_long_list(case: Case) -> Candidates:
    most = case.error["ctx"]["max_length"]
    steps = list(case.value) if isinstance(case.value, dict) else list(range(len(case.value)))
    yield Mend(tuple(Drop((*case.path, step)) for step in reversed(steps[most:])))


def _of_a_short_list(case: Case) -> Candidates:
    if isinstance(case.value, list):
        yield _lengthened(case)
    yield from _to_the_default(case)


def _lengthened(case: Case) -> Mend:
    missing = case.error["ctx"]["min_length"] - len(case.value)
    items = further_items(case.shape, case.value)
    items += items[-1:] * missing
    edits: list[Edit] = []
    for index, item in enumerate(items[:missing], start=len(case.value)):
        edits += put((*case.path, index), item)
    return Mend(tuple(edits), example=True)


def _of_a_conflict(case: Case) -> Candidates:
    remedy = case.error["ctx"]["conflict"].remedy
    if remedy is not None and not case.hidden:
        yield Mend(replace(case.data, case.path, remedy))
    yield from _to_the_default(case)


def _to_the_default(case: Case) -> Candidates:
    if case.shape.has("default") and holds(case.data, case.path):
        yield Mend((Drop(case.path),))


def _of_a_name(case: Case) -> Candidates:
    yield Mend((Drop(case.path),))


_CANDIDATES = {
    "extra_forbidden": _of_an_unknown_key,
    "missing": _of_a_missing_key,
    "too_long": _of_a_long_list,
    "too_short": _of_a_short_list,
    "conflict": _of_a_conflict,
    "key": _of_a_name,
    "value_error": _of_a_rule,
}


def _form(case: Case) -> Mend | None:
    """Show the form of the command where the value itself can only come from a person."""
    if case.kind in {"value_error", "conflict", "extra_forbidden", "key"}:
        return None
    return Mend(replace(case.data, case.path, made(case.shape)), example=True)


def _left(case: Case, mend: Mend) -> list[ErrorDetails]:
    return case.model.problems(applied(case.data, mend.edits))


def _same(case: Case, error: ErrorDetails) -> bool:
    """Tell whether an error lies where the case's does, or below."""
    path = locate(shape_of(case.model), error["loc"]).path
    return path[: len(case.path)] == case.path and (case.kind != "value_error" or len(path) == len(case.path))


def _identity(error: ErrorDetails) -> tuple[Any, ...]:
    return (*error["loc"], error["type"])
