"""Reads the keys that a chart's values.yaml shows commented out, tolerantly: a comment has no grammar."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import yaml

from rehearsal.charts.keys import Keys

_COMMENT: Final = re.compile(r"^(?P<indent> *)#+(?P<gap> *)(?P<text>.*)$")
# `key:`, `key: value` or `"key": value`, as a map's entry or as a list item's first.
_ENTRY: Final = re.compile(r"^(?P<item>(?:- +)*)(?P<quote>[\"']?)(?P<key>[\w./-]+)(?P=quote):(?:\s|$)")
# What helm-docs reads: `# server.replicas -- (int) How many`, https://github.com/norwoodj/helm-docs
_DOCUMENTED: Final = re.compile(r"^(?P<path>[\w-]+(?:\.[\w-]+)*) +-- ")
# `#` and one space are what a comment begins with; more is an indentation.
_PLAIN_GAP: Final = 2
# Generators of schemas put their own YAML between two of these lines.
_ANNOTATION: Final = "@schema"

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Key:
    """A key that is not commented out: its line and column (from 0) and its path; none within a list."""

    line: int
    column: int
    path: Path | None


def commented(text: str) -> Keys:
    """Return the keys that the comments of a values.yaml show, each below every key it can be meant for.

    Prose that reads like a key (``Note: ...``) is taken for one. That lets through a misspelling only if it is, letter
    for letter, another word of the comments at that place.

    Args:
        text: The file; its own keys are not returned.

    """
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    real, prose = ([], set()) if root is None else _structure(root)
    found = Keys()
    for block in _blocks(text, prose):
        _read(block, real, found)
    return found


def _structure(root: yaml.Node) -> tuple[list[_Key], set[int]]:
    """Return every key in the order of lines, and the lines inside texts of several lines."""
    real: list[_Key] = []
    prose: set[int] = set()

    def visit(node: yaml.Node, path: Path | None) -> None:
        match node:
            case yaml.MappingNode():
                for key, value in node.value:
                    below = (*path, str(key.value)) if path is not None else None
                    real.append(_Key(key.start_mark.line, key.start_mark.column, below))
                    visit(value, below)
            case yaml.SequenceNode():
                for item in node.value:
                    visit(item, None)
            case yaml.ScalarNode():
                prose.update(range(node.start_mark.line + 1, node.end_mark.line))

    visit(root, ())
    return sorted(real, key=lambda key: key.line), prose


@dataclass(frozen=True, slots=True)
class _Line:
    """A commented line: its number, the column of ``#``, the column of its text, and the text."""

    number: int
    mark: int
    column: int
    text: str


def _blocks(text: str, prose: set[int]) -> Iterator[list[_Line]]:
    """Yield the comment lines that stand together, with their marks in one column."""
    block: list[_Line] = []
    annotation = False
    for number, line in enumerate(text.splitlines()):
        match = None if number in prose else _COMMENT.match(line)
        if match is None or (block and len(match["indent"]) != block[-1].mark):
            if block:
                yield block
            block, annotation = [], False
        if match is None:
            continue
        if match["text"].startswith(_ANNOTATION):
            annotation = not annotation
        elif not annotation:
            block.append(_Line(number, len(match["indent"]), match.start("text"), match["text"]))
    if block:
        yield block


def _read(block: list[_Line], real: list[_Key], found: Keys) -> None:
    """Take in the entries of a block; deeper ones belong to the last one that is less deep."""
    # Of each entry above: its column, and its paths, none within a list.
    above: list[tuple[int, tuple[Path, ...]]] = []
    for line in block:
        if documented := _DOCUMENTED.match(line.text):
            found.at(tuple(documented["path"].split(".")))
        entry = _ENTRY.match(line.text)
        if entry is None:
            continue
        while above and above[-1][0] >= line.column:
            above.pop()
        parents = above[-1][1] if above else _parents(line, real)
        paths = () if entry["item"] else tuple((*parent, entry["key"]) for parent in parents)
        for path in paths:
            found.at(path)
        above.append((line.column, paths))


def _parents(line: _Line, real: list[_Key]) -> tuple[Path, ...]:
    """Return the maps to which a block's first entry may belong.

    That is told by the column of ``#``; or, where whoever commented it out has put that before the indentation, by the
    column that the text had before, if other keys stand in it.
    """
    before = real[: bisect_left(real, line.number, key=lambda key: key.line)]
    found = {_enclosing(before, line.mark)}
    if line.column - line.mark > _PLAIN_GAP:
        # With `#` and a space put before it, with `#` alone, and with `#` in the place of a space.
        columns = range(line.column - _PLAIN_GAP, line.column + 1)
        found |= {_enclosing(before, column) for column in columns if _stands(before, column)}
    return tuple(path for path in found if path is not None)


def _enclosing(before: list[_Key], column: int) -> Path | None:
    """Return the path of the map whose entries stand at a column after these keys; none within a list."""
    for key in reversed(before):
        if key.column == column:
            return key.path[:-1] if key.path is not None else None
        if key.column < column:
            return key.path
    return ()


def _stands(before: list[_Key], column: int) -> bool:
    """Tell whether the map that is open at a column after these keys has an entry in that very column."""
    return next((key.column == column for key in reversed(before) if key.column <= column), False)
