"""What a change does to the resources of one stack, whoever found it out: an engine's plan, or two rehearsals."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Operation = Literal["create", "update", "replace", "delete", "unprotect"]

OPERATIONS: Final[tuple[Operation, ...]] = ("delete", "replace", "unprotect", "update", "create")
"""All operations, the most dangerous first."""

Entry = Mapping[str, Any]
"""One resource as graph.json has it: `urn`, `type`, `name`, `parent`, `dependencies`, `protect`, `inputs`."""


class UnreadableError(Exception):
    """What is to be reviewed cannot be read, so that nothing can be said of it; the text is one sentence."""


class Absent:
    """Where there is no value; there is one, `ABSENT`."""

    def __repr__(self) -> str:
        return "none"


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True)
class Property:
    """One value that differs.

    Attributes:
        path: Where it stands among the inputs, ``scalingConfig.maxSize``.
        old: What it was; `ABSENT` for nothing.
        new: What it will be.
        forces: Whether it is why the resource is replaced.

    """

    path: str
    old: Any = field(default=ABSENT, hash=False)
    new: Any = field(default=ABSENT, hash=False)
    forces: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happens to one resource.

    Attributes:
        stack: The stack it is in.
        urn: Its URN.
        type: Its type token.
        name: Its logical name.
        operation: One of `OPERATIONS`.
        properties: What differs; empty for a creation and a deletion.
        protected: Whether the engine refuses to delete it as it is now.

    """

    stack: str
    urn: str
    type: str
    name: str
    operation: Operation
    properties: tuple[Property, ...] = ()
    protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StackChange:
    """What happens to one stack.

    Attributes:
        stack: Its name.
        changes: What happens to each resource that does not stay as it is.
        planned: Whether an engine planned it on the state of the stack; otherwise two rehearsals were compared.
        base: The resources as they were, and `head` as they will be, where they are known.
        base_report: report.json of the rehearsals, and `head_report`; empty where there is none.
        picture: Where the picture of the first bring-up is; empty for nowhere.

    """

    stack: str
    changes: tuple[Change, ...] = ()
    planned: bool = True
    base: Sequence[Entry] = ()
    head: Sequence[Entry] = ()
    base_report: Mapping[str, Any] = field(default_factory=dict)
    head_report: Mapping[str, Any] = field(default_factory=dict)
    picture: str = ""


def differing(old: Any, new: Any, path: str = "") -> list[Property]:
    """Return every value that differs between two structures, by its path; what the provider adds is left out."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        found = []
        for key in sorted({*old, *new}):
            # Notes of the bridge to Terraform's providers, which are no inputs.
            if not str(key).startswith("__"):
                found += differing(old.get(key, ABSENT), new.get(key, ABSENT), member(path, str(key)))
        return found
    documents = _document(old), _document(new)
    if None not in documents:
        return differing(*documents, path)
    if _are_lists_of_structures(old, new) and len(old) == len(new):
        return [each for index in range(len(old)) for each in differing(old[index], new[index], f"{path}[{index}]")]
    if isinstance(old, list) and isinstance(new, list):
        gone, come = ([each for each in these if each not in those] for these, those in ((old, new), (new, old)))
        # The order alone may count.
        if (gone or come) and len(gone) + len(come) < len(old) + len(new):
            return [Property(path, gone or ABSENT, come or ABSENT)]
    return [] if _same(old, new) else [Property(path, old, new)]


def member(path: str, name: str) -> str:
    """Return the path of a member, as the engine writes paths."""
    if not name.replace("-", "_").isidentifier():
        return f'{path}["{name}"]'
    return f"{path}.{name}" if path else name


def top(path: str) -> str:
    """Return the input that a path leads into."""
    return path.partition(".")[0].partition("[")[0]


def _document(value: Any) -> Any:
    """Return what a text says if it is a document of JSON, as IAM's are."""
    try:
        return json.loads(value) if isinstance(value, str) and value[:1] in {"{", "["} else None
    except ValueError:
        return None


def _are_lists_of_structures(old: Any, new: Any) -> bool:
    return all(isinstance(each, list) and all(isinstance(item, Mapping) for item in each) for each in (old, new))


def _same(old: Any, new: Any) -> bool:
    # True is 1 in Python and is not in JSON.
    return bool(old == new) and isinstance(old, bool) == isinstance(new, bool)
