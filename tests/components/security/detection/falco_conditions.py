"""Falco's language of conditions, as far as the platform's rules use it: a parser, and what one says of an event.

No part of Falco: where the two differ, Falco is right, and `test_falco_itself_accepts_the_rules` says so where it is
installed. https://falco.org/docs/concepts/rules/conditions/
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

from components.security.detection.falco_language import Named, Rule

_TOKEN = re.compile(r'\s*(?:(?P<quoted>"[^"]*")|(?P<mark>!=|>=|<=|[(),=<>])|(?P<word>[^\s(),=<>!"]+))')
_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">=", "in", "contains", "startswith", "endswith", "exists"})
_FIELD = re.compile(r"^[a-z0-9]+(\.[a-z0-9_]+)+$")


@dataclass
class Language:
    """Lists and macros by name, and what was used of them."""

    lists: Mapping[str, Sequence[str]]
    macros: Mapping[str, str]
    fields: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    def holds(self, condition: str, event: Mapping[str, Any]) -> bool:
        """Tell whether a condition is true of an event; a field that the event lacks compares to nothing."""
        tokens = [*_tokens(condition)]
        parser = _Parser(self, tokens, event)
        value = parser.either()
        if parser.place != len(tokens):
            raise ValueError(f"{condition}: nothing may follow {' '.join(tokens[: parser.place])}")
        return value


def of(parts: Sequence[Named | Rule]) -> Language:
    """Return the language of a file's own lists and macros."""
    named = [part for part in parts if isinstance(part, Named)]
    return Language(
        lists={part.name: part.items for part in named if part.items},
        macros={part.name: part.condition for part in named if part.condition},
    )


def _tokens(condition: str) -> Iterator[str]:
    place = 0
    while condition[place:].strip():
        found = _TOKEN.match(condition, place)
        if not found:
            raise ValueError(f"{condition}: {condition[place:]} begins with no word of the language")
        yield found["quoted"] or found["mark"] or found["word"]
        place = found.end()


@dataclass
class _Parser:
    """Every part is parsed and evaluated, so that nothing wrong hides behind what is already decided."""

    language: Language
    tokens: Sequence[str]
    event: Mapping[str, Any]
    place: int = 0

    def either(self) -> bool:
        value = self._all()
        while self._next("or"):
            value = self._all() or value
        return value

    def _all(self) -> bool:
        value = self._one()
        while self._next("and"):
            value = self._one() and value
        return value

    def _one(self) -> bool:
        if self._next("not"):
            return not self._one()
        if self._next("("):
            value = self.either()
            self._need(")")
            return value
        word = self._take()
        if self._peek() in _COMPARISONS:
            return self._comparison(word)
        if word not in self.language.macros:
            raise ValueError(f"{word} is no macro, and no field that is compared")
        self.language.used.add(word)
        return self.language.holds(self.language.macros[word], self.event)

    def _comparison(self, name: str) -> bool:
        if not _FIELD.match(name):
            raise ValueError(f"{name} is no field")
        self.language.fields.add(name)
        found, operator = self.event.get(name), self._take()
        if operator == "exists":
            return found is not None
        values = self._values() if operator == "in" else [self._value()]
        return found is not None and any(_compare(name, str(found), operator, value) for value in values)

    def _values(self) -> list[str]:
        self._need("(")
        values: list[str] = []
        while True:
            value = self._value()
            if value in self.language.lists:
                self.language.used.add(value)
                values += self.language.lists[value]
            elif value.startswith("platform_"):
                raise ValueError(f"{value} is no list")
            else:
                values.append(value)
            if not self._next(","):
                break
        self._need(")")
        return values

    def _value(self) -> str:
        return self._take().strip('"')

    def _peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def _take(self) -> str:
        word = self._peek()
        if not word or word in {"and", "or", "not", ")"}:
            raise ValueError(f"something is missing before {word or 'the end'} of {' '.join(self.tokens)}")
        self.place += 1
        return word

    def _next(self, word: str) -> bool:
        if self._peek() == word:
            self.place += 1
            return True
        return False

    def _need(self, word: str) -> None:
        if not self._next(word):
            raise ValueError(f"{' '.join(self.tokens[: self.place])} is not followed by {word}")


def _compare(name: str, found: str, operator: str, value: str) -> bool:
    if operator == "!=":
        return not _compare(name, found, "=", value)
    if operator in {"=", "in"}:
        # An address lies in a network; everything else is compared as it is written.
        return ip_address(found) in ip_network(value) if name.endswith("net") else found == value
    if operator in {"contains", "startswith", "endswith"}:
        return {"contains": value in found, "startswith": found.startswith(value), "endswith": found.endswith(value)}[
            operator
        ]
    return {
        "<": float(found) < float(value),
        "<=": float(found) <= float(value),
        ">": float(found) > float(value),
        ">=": float(found) >= float(value),
    }[operator]
