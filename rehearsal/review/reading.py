"""Reads what is to be reviewed: folders as rehearsals leave them, or plans of the engine, by stack."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from rehearsal.report.words import joined
from rehearsal.review import graphs, preview
from rehearsal.review.change import Entry, StackChange, UnreadableError

_GRAPH: Final = "graph.json"
_REPORT: Final = "report.json"
_PICTURE: Final = "bring-up.svg"
_FIELDS: Final = frozenset({"urn", "type", "name", "inputs"})


def rehearsed(stack: str, base: Path | None, head: Path) -> tuple[StackChange, tuple[str, ...]]:
    """Return what differs between two rehearsals of a stack, and what a reader must know of it.

    Args:
        stack: The stack's name.
        base: The rehearsal before the change, or the folder that has one for each stack; None where the stack is new.
        head: The same as it will be.

    Raises:
        UnreadableError: a rehearsal is missing, is not of its form, or did not bring the stack up.

    """
    before, base_report = ([], {}) if base is None else _rehearsal(stack, base, "base")
    after, head_report = _rehearsal(stack, head, "head")
    found, unknown = graphs.changes(stack, before, after)
    notes = ["It is new: there is nothing to compare it with."] if base is None else []
    if not all("id" in entry for entry in (*before, *after)):
        notes.append("A rehearsal without ids is compared: what refers to one shows as a change.")
    if unknown:
        notes.append(f"Whether a change replaces it is not known of {joined([f'`{kind}`' for kind in unknown])}.")
    if head_report.get("verdict") != "passed":
        notes.append(f"**Its rehearsal did not pass**: {_objection(head_report)}")
    picture = _place(head, stack) / _PICTURE
    change = StackChange(
        stack=stack,
        changes=found,
        planned=False,
        base=before,
        head=after,
        base_report=base_report,
        head_report=head_report,
        picture=str(picture) if picture.is_file() else "",
    )
    return change, tuple(notes)


def planned(stack: str, folder: Path) -> StackChange:
    """Return what a plan does: of ``<folder>/<stack>.json``, as `pulumi preview --json` wrote it.

    Raises:
        UnreadableError: there is none, or none that is complete.

    """
    return preview.read(stack, folder / f"{stack}.json")


def stacks_in(folders: Sequence[Path], *, previews: bool) -> list[str]:
    """Return the stacks that folders hold something of, by name.

    Raises:
        UnreadableError: a folder is not there, or holds nothing.

    """
    found: set[str] = set()
    for folder in folders:
        if not folder.is_dir():
            raise UnreadableError(f"{folder} is no folder: give one with what is to be reviewed.")
        if not previews and (folder / _GRAPH).is_file():
            report = _json(folder / _REPORT, "rehearsal")
            found.add(str(report.get("stack")) if isinstance(report, dict) else folder.name)
            continue
        paths = folder.glob("*.json") if previews else folder.glob(f"*/{_GRAPH}")
        found |= {path.stem if previews else path.parent.name for path in paths}
    if not found:
        what = (
            "<stack>.json, as pulumi preview --json writes it"
            if previews
            else f"<stack>/{_GRAPH}, as make rehearse writes it"
        )
        raise UnreadableError(f"{joined([str(folder) for folder in folders])} holds no {what}.")
    return sorted(found)


def _place(folder: Path, stack: str) -> Path:
    """Return where a stack's rehearsal is: in the folder itself, or in the one below it of that name."""
    return folder if (folder / _GRAPH).is_file() else folder / stack


def _rehearsal(stack: str, folder: Path, side: str) -> tuple[list[Entry], dict[str, Any]]:
    where = _place(folder, stack)
    entries, report = _json(where / _GRAPH, side), _json(where / _REPORT, side)
    if not isinstance(report, dict) or report.get("stack") != stack:
        raise UnreadableError(f"{where / _REPORT} is not the report of a rehearsal of {stack}.")
    if not isinstance(entries, list) or not all(isinstance(each, dict) and each.keys() >= _FIELDS for each in entries):
        raise UnreadableError(f"{where / _GRAPH} is not of the form that a rehearsal writes.")
    if not entries or report.get("failures"):
        raise UnreadableError(f"The {side} of {stack} was not brought up by its rehearsal: {_objection(report)}")
    strange = next((each["urn"] for each in entries if not str(each["urn"]).startswith(f"urn:pulumi:{stack}::")), None)
    if strange:
        raise UnreadableError(f"{where / _GRAPH} is of another stack than {stack}: it holds {strange}.")
    return entries, report


def _json(path: Path, side: str) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableError(f"The {side} cannot be read: {path}: {error.strerror}.") from None
    except ValueError:
        raise UnreadableError(f"The {side} cannot be read: {path} is not JSON.") from None


def _objection(report: dict[str, Any]) -> str:
    objections = report.get("objections") or report.get("failures") or ["its report gives no reason."]
    return " ".join(str(objections[0]).split())[:300]
