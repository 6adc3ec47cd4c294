"""Reads an environment as it was last rehearsed, and its settings as its stack file has them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from rehearsal.workspace import PROJECT, stack_names

_PREFIX: Final = "platform:"


class MissingError(Exception):
    """There is nothing to read of an environment; the text says what to do."""


def graph_of(stack: str, project: Path = PROJECT) -> Sequence[Mapping[str, Any]]:
    """Return the entries of a stack's graph.json.

    Raises:
        MissingError: it was not brought up in a rehearsal here.

    """
    path = project / ".rehearsal" / stack / "graph.json"
    entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    if not entries:
        raise MissingError(
            f"{stack} was not brought up in a rehearsal here yet: run `make rehearse STACK={stack}` first."
        )
    return entries


def settings_of(stack: str, project: Path = PROJECT) -> Mapping[str, Any]:
    """Return the blocks of a stack's file, by their key.

    Raises:
        MissingError: there is no such file.

    """
    path = project / f"Pulumi.{stack}.yaml"
    if not path.is_file():
        raise MissingError(f"There is no stack {stack}: the stacks here are {', '.join(stack_names(project))}.")
    config = yaml.safe_load(path.read_text(encoding="utf-8"))["config"]
    return {key.removeprefix(_PREFIX): value for key, value in config.items() if key.startswith(_PREFIX)}
