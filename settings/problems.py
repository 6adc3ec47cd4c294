"""Turns pydantic's errors into problems a person can act on: where, what, what is allowed, and what mends it."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from ipaddress import AddressValueError, NetmaskValueError, ip_network
from typing import Any, Final

from pydantic_core import ErrorDetails

from settings.mend import Mend, at, holds, shown
from settings.relations import Assembled
from settings.remedies import Case, find, meant_key, meant_path, renames_to
from settings.shape import Path, Place, Shape, counted, listed, locate, quoted, shape_of
from settings.suggest import nearest

SECRET: Final = "[secret]"  # noqa: S105  # what is shown in a secret's place

_WIDEST_VALUE: Final = 60
# Kinds of errors whose whole story the field's schema tells.
_TOLD_BY_THE_SCHEMA = re.compile(
    r".*_type|.*_parsing|greater_than.*|less_than.*|multiple_of|finite_number|string_.*|enum|literal_error|union_tag.*"
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, ready to be shown."""

    path: Path
    value: str | None
    """The offending value as JSON, cut short; None where there is none to show."""
    says: str
    meaning: str = ""
    """What the setting is for, where that helps to choose a value."""
    mend: Mend | None = None


def explain(model: type[Assembled], data: Mapping[str, Any], secrets: Collection[str] = ()) -> list[Problem]:
    """Return all problems of the data, in the model's order, repeating no value of the blocks named in ``secrets``."""
    placed = [(locate(shape_of(model), error["loc"]), error) for error in model.problems(data)]
    placed = sorted(_one_branch_each(data, placed), key=lambda pair: pair[0].position)
    cases = [Case(model, data, place, error, hidden=_hidden(place, error, secrets)) for place, error in placed]
    moved = [path for case in cases if case.kind == "extra_forbidden" and (path := renames_to(case))]
    return [_problem(case) for case in cases if not _follows_from(case, moved)]


def _problem(case: Case) -> Problem:
    helps = case.kind in {"missing", "string_pattern_mismatch"}
    return Problem(
        path=case.path,
        value=_value(case),
        says=_says(case),
        meaning=case.shape.meaning if helps else "",
        mend=None if _broken_json(case) else find(case),
    )


def _one_branch_each(
    data: Mapping[str, Any], placed: list[tuple[Place, ErrorDetails]]
) -> list[tuple[Place, ErrorDetails]]:
    """Keep the errors of one branch for each union: of a block the branch that looks into it, else the first."""
    chosen: dict[Path, str] = {}
    for place, _ in placed:
        if place.union is not None:
            looks_inside = len(place.path) > len(place.union) and isinstance(at(data, place.union), dict | list)
            if place.union not in chosen or looks_inside:
                chosen[place.union] = place.branch
    return [(place, error) for place, error in placed if place.union is None or chosen[place.union] == place.branch]


def _hidden(place: Place, error: ErrorDetails, secrets: Collection[str]) -> bool:
    conflict = error.get("ctx", {}).get("conflict")
    return any(path and path[0] in secrets for path in (conflict.keys if conflict else (place.path,)))


def _follows_from(case: Case, moved: list[Path]) -> bool:
    """Tell whether a problem is another's shadow: a misspelled key is missing too, wrong items do not count."""
    if case.kind == "too_short":
        return bool(len(case.value) >= case.error["ctx"]["min_length"])
    return case.kind == "missing" and any(case.path[: len(path)] == path for path in moved)


def _value(case: Case) -> str | None:
    if case.kind in {"missing", "key"}:
        return None
    if case.hidden:
        return SECRET
    if isinstance(case.value, dict) and case.shape.keys:
        return None
    return _held(case, case.path)


def _held(case: Case, path: Path) -> str:
    """Show what is set at a path, or else its default."""
    if holds(case.data, path):
        return _short(at(case.data, path))
    shape = locate(shape_of(case.model), path).shape
    default = shape.node.get("default") if shape else None
    return f"{_short(default)} (the default)"


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _WIDEST_VALUE else f"{text[: _WIDEST_VALUE - 3]}..."


def _says(case: Case) -> str:
    told: dict[str, Callable[[Case], str]] = {
        "missing": lambda case: f"is missing; it must be {case.shape.words()}",
        "extra_forbidden": _unknown_key,
        "conflict": _conflict,
        "value_error": _rule,
        "too_short": _amount,
        "too_long": _amount,
        "key": _name,
    }
    broken = _broken_json(case)
    if broken:
        return f"is not valid JSON: {'it cannot be read' if case.hidden else broken}"
    if case.kind in told:
        return told[case.kind](case)
    if _TOLD_BY_THE_SCHEMA.fullmatch(case.kind):
        return f"must be {case.shape.words()}{_hint(case)}"
    return _withheld(case) if case.hidden else _plain(case.error["msg"])


def _unknown_key(case: Case) -> str:
    path, meant, block = meant_path(case), meant_key(case), case.block
    if path:
        return f"is one key with dots in its name, set without --path; {shown(path)} was meant"
    if meant:
        return f"is not a setting; did you mean {quoted(meant)}?"
    known = listed([quoted(key) for key in block.keys], "and")
    return f"is not a setting; {shown(case.path[:-1])} has {known or 'none'}"


def _conflict(case: Case) -> str:
    if case.hidden:
        return _withheld(case)
    conflict = case.error["ctx"]["conflict"]
    others = [f"{shown(path)} is {_held(case, path)}" for path in conflict.keys[1:]]
    return f"{conflict.why} ({listed(others, 'and')})" if others else conflict.why


def _rule(case: Case) -> str:
    if case.hidden:
        return _withheld(case)
    error = case.error["ctx"]["error"]
    if isinstance(error, AddressValueError):
        return f"must be {case.shape.words()}"
    if isinstance(error, NetmaskValueError):
        return f"has a wrong prefix length; it must be {case.shape.words()}"
    if str(error).endswith("has host bits set"):
        return f"is an address inside the network {ip_network(case.value, strict=False)}; the network itself is wanted"
    return str(error)


def _amount(case: Case) -> str:
    return f"has {counted(len(case.value), 'item')}; it must be {case.shape.words()}"


def _name(case: Case) -> str:
    rule = case.shape.node.get("propertyNames", {})
    patterns = list(case.shape.node.get("patternProperties", {}))
    words = Shape({"type": "string", **({"pattern": patterns[0]} if patterns else rule)}, {}).words()
    return f"has the wrong name: it must be {words}"


def _hint(case: Case) -> str:
    if case.hidden:
        return ""
    numeric = isinstance(case.value, int | float) and not isinstance(case.value, bool)
    if case.kind == "string_type" and numeric and not case.shape.has("format"):
        return "; digits are a number in YAML unless they stand in quotes"
    if isinstance(case.value, str):
        choices = [choice for shape in case.shape.alternatives for choice in shape.node.get("enum", [])]
        meant = nearest(case.value, [choice for choice in choices if isinstance(choice, str)])
        return f"; did you mean {quoted(meant)}?" if meant else ""
    return ""


def _broken_json(case: Case) -> str | None:
    """Say what is wrong with a text that was meant to be a block or a list."""
    if not (case.kind.endswith("_type") and isinstance(case.value, str) and case.value.lstrip()[:1] in {"{", "["}):
        return None
    try:
        json.loads(case.value)
    except json.JSONDecodeError as error:
        return f"{error.msg} at character {error.pos + 1}"
    return None


def _withheld(_: Case) -> str:
    return "breaks a rule; what it says is withheld, because it concerns secrets"


def _plain(message: str) -> str:
    return re.sub(r"^Input should ", "must ", message.removeprefix("Assertion failed, "))
