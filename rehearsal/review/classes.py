"""Which class a resource is of, by what is lost with it, and how much of a class a change may touch, both as data."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, Literal

from rehearsal.review.change import OPERATIONS, Change, Operation, UnreadableError

CLASSES: Final = Path(__file__).with_name("classes.toml")
LIMITS: Final = Path(__file__).with_name("limits.toml")
ANY: Final = "any"
DEFAULT: Final = "default"
STATE: Final = "state"
"""The class of what holds state, which the order of a comment asks for by name."""

ENDING: Final[tuple[Operation, ...]] = ("delete", "replace", "unprotect")
"""The operations after which something is gone, or can go without a further word."""

Limit = int | Literal["any"]
Limits = Mapping[str, Mapping[Operation, Limit]]
"""How many resources an operation may befall: by class, by operation."""


@dataclass(frozen=True, slots=True)
class Class:
    """One class of resources.

    Attributes:
        name: Under which limits speak of it.
        title: What a reader is told.
        match: Pairs of globs over type tokens and logical names.
        protected: Whether it takes whatever the engine refuses to delete.

    """

    name: str
    title: str
    match: tuple[tuple[str, str], ...]
    protected: bool = False

    def holds(self, change: Change) -> bool:
        """Tell whether the resource of a change is of this class."""
        if self.protected and change.protected:
            return True
        return any(fnmatchcase(change.type, kind) and fnmatchcase(change.name, name) for kind, name in self.match)


@dataclass(frozen=True, slots=True)
class Rules:
    """The classes in the order in which they are asked, and the limits by stack."""

    classes: Sequence[Class]
    limits: Mapping[str, Limits]

    def of(self, change: Change) -> Class:
        """Return the class of a change's resource."""
        return next((each for each in self.classes if each.holds(change)), self.classes[-1])

    def limits_of(self, stack: str) -> Limits:
        """Return the limits of a stack."""
        names = (stack, stack.partition(".")[0], DEFAULT)
        return self.limits[next(name for name in names if name in self.limits)]

    def risk(self, change: Change) -> tuple[int, int, int, str]:
        """Return what changes are sorted by: the end of what holds state first, then by class and operation."""
        names = [each.name for each in self.classes]
        own = self.of(change).name
        ends_state = own == STATE and change.operation in ENDING
        # What holds state and stays comes after what decides about people, networks and nodes, and before the rest.
        order = [*(name for name in names[:-1] if name != STATE), STATE, names[-1]]
        return (0 if ends_state else 1, order.index(own), OPERATIONS.index(change.operation), change.urn)


def load(classes: Path = CLASSES, limits: Path = LIMITS) -> Rules:
    """Read the classes and the limits.

    Raises:
        UnreadableError: a file is not of its form.

    """
    found = tuple(_class(table, classes.name) for table in table_of(classes).get("class", ()))
    if not found or STATE not in {each.name for each in found} or found[-1].name == STATE:
        raise UnreadableError(f"{classes.name} needs a class {STATE} and after it one for all that fits nowhere.")
    tables = table_of(limits)
    if DEFAULT not in tables:
        raise UnreadableError(f"{limits.name} needs a table [{DEFAULT}], which every stack falls back on.")
    read = {stack: _limits(table, found, f"{limits.name}, [{stack}]") for stack, table in tables.items()}
    default = read[DEFAULT]
    for each in found:
        if missing := [operation for operation in OPERATIONS if operation not in default.get(each.name, {})]:
            raise UnreadableError(f"{limits.name}, [{DEFAULT}]: {each.name} says nothing of {missing[0]}.")
    merged = {
        stack: {each.name: {**default[each.name], **own.get(each.name, {})} for each in found}
        for stack, own in read.items()
    }
    return Rules(found, merged)


def table_of(path: Path) -> dict[str, Any]:
    """Return what a TOML file says.

    Raises:
        UnreadableError: it cannot be read, or is no TOML.

    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableError(f"{path.name} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise UnreadableError(f"{path.name} is not TOML: {error}.") from None


def _class(table: Any, where: str) -> Class:
    try:
        match = tuple((each["type"], each.get("name", "*")) for each in table["match"])
        return Class(table["name"], table["title"], match, table.get("protected", False))
    except (AttributeError, KeyError, TypeError):
        raise UnreadableError(f"{where}: a class has a name, a title, and a match of tables with a type.") from None


def _limits(table: Any, classes: Sequence[Class], where: str) -> Limits:
    known = [each.name for each in classes]
    if not isinstance(table, Mapping):
        raise UnreadableError(f"{where} must be a table.")
    for name, limits in table.items():
        if name not in known:
            raise UnreadableError(f"{where}: there is no class {name}; use one of {', '.join(known)}.")
        for operation, limit in limits.items() if isinstance(limits, Mapping) else [("", None)]:
            if operation not in OPERATIONS:
                raise UnreadableError(f"{where}: {name} needs limits for {', '.join(OPERATIONS)}.")
            if limit != ANY and (type(limit) is not int or limit < 0):
                raise UnreadableError(f'{where}: {name}.{operation} must be a number from 0 on, or "{ANY}".')
    return table
