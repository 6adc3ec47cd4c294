"""The rules of admission, as `rules/` holds them: each once, in CEL, for whichever engine judges by them."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

_FOLDER: Final = Path(__file__).parent / "rules"
_GROUPS: Final = "groups.toml"
_VARIABLE: Final = re.compile(r"\bvariables\.(\w+)")


class RuleSet(StrEnum):
    """What a rule is part of: one of the Pod Security Standards, or the practice of shared clusters."""

    BASELINE = "baseline"
    RESTRICTED = "restricted"
    BEST_PRACTICE = "best_practice"


class Severity(StrEnum):
    """How bad it is when a rule is broken."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Scope(StrEnum):
    """In which namespaces a group of rules judges."""

    TENANTS = "tenants"
    """In all but Kubernetes' own and the platform's."""
    PLATFORM = "platform"
    """In Kubernetes' own and the platform's."""
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Objects of some API groups, as admission is asked about them.

    Attributes:
        groups: The API groups.
        versions: Their versions.
        resources: The plural names, subresources after a slash.
        kinds: The kinds that these are, for engines that go by kind.
        operations: What is done to them.

    """

    groups: Sequence[str]
    versions: Sequence[str]
    resources: Sequence[str]
    kinds: Sequence[str]
    operations: Sequence[str]

    @property
    def resource_rule(self) -> dict[str, list[str]]:
        """The form that webhooks and policies of Kubernetes state it in."""
        return {
            "apiGroups": [*self.groups],
            "apiVersions": [*self.versions],
            "operations": [*self.operations],
            "resources": [*self.resources],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What rules can be about.

    Attributes:
        judges: In which namespaces.
        settled: The CEL that tells an update which leaves alone what the rules judge.
        match: Which objects.
        variables: CEL by name that the rules share; a variable may use those before it.

    """

    judges: Scope
    settled: str
    match: Sequence[Match]
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule.

    Attributes:
        name: Its id, by which people, exceptions and messages refer to it.
        set: What it is part of.
        severity: How bad it is when it is broken.
        group: What it is about.
        why: What goes wrong without it.
        message: What is wrong and what to do, said to whoever breaks it; ``{parameter}`` stands for the setting.
        expression: The CEL that holds for what may enter.
        native: Whether the API server itself holds it too, so that it holds when the engine is down.
        only_native: Why no engine holds it; empty where one does.
        parameter: The setting it depends on; without a value of it there is no such rule.
        uses: Facts of the platform that it depends on.

    """

    name: str
    set: RuleSet
    severity: Severity
    group: Group
    why: str
    message: str
    expression: str
    native: bool = False
    only_native: str = ""
    parameter: str = ""
    uses: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A rule with the values of its parameters, ready for an engine.

    Attributes:
        rule: The rule.
        variables: CEL by name, only what the expression needs, in the order of use.
        expression: The CEL that holds for what may enter, and for what was there and is settled.
        message: What whoever breaks it is told.

    """

    rule: Rule
    variables: Mapping[str, str]
    expression: str
    message: str

    @property
    def named_variables(self) -> list[dict[str, str]]:
        """The variables as the engines list them."""
        return [{"name": name, "expression": expression} for name, expression in self.variables.items()]


@cache
def catalog() -> Mapping[str, Rule]:
    """Return every rule by its name."""
    groups = {name: _group(entry) for name, entry in _read(_GROUPS)["group"].items()}
    return {
        name: _rule(name, entry, groups)
        for file in sorted(_FOLDER.glob("*.toml"))
        if file.name != _GROUPS
        for name, entry in _read(file.name)["rule"].items()
    }


def judgements(facts: Mapping[str, str | Sequence[str]]) -> Iterator[Judgement]:
    """Yield the rules that have a say, given the values of their parameters.

    Args:
        facts: The parameters' values by name, and the facts of the platform, ``platform`` among them.

    """
    for rule in catalog().values():
        needed = [*rule.uses, *([rule.parameter] if rule.parameter else [])]
        if rule.parameter and not facts.get(rule.parameter):
            continue
        literals = {name: json.dumps(_plain(facts[name])) for name in needed}
        said = {name: _said(facts[name]) for name in needed}
        yield _judgement(rule, literals, said)


def _judgement(rule: Rule, literals: Mapping[str, str], said: Mapping[str, str]) -> Judgement:
    expression = rule.expression.strip()
    if rule.group.settled:
        expression = f"({rule.group.settled}) || ({expression})"
    known = {**rule.group.variables, **literals}
    needed = _needed(expression, known)
    return Judgement(
        rule=rule,
        variables={name: known[name].strip() for name in known if name in needed},
        expression=expression,
        message=f"{rule.name}: {rule.message.format(**said)}",
    )


def _needed(expression: str, known: Mapping[str, str]) -> frozenset[str]:
    found: set[str] = set()
    pending = [expression]
    while pending:
        further = set(_VARIABLE.findall(pending.pop())) - found
        found |= further
        pending += [known[name] for name in further]
    return frozenset(found)


def _plain(value: str | Sequence[str]) -> str | list[str]:
    return value if isinstance(value, str) else [*value]


def _said(value: str | Sequence[str]) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def _read(file: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / file).read_text(encoding="utf-8"))


def _group(entry: Mapping[str, Any]) -> Group:
    return Group(
        **{**entry, "judges": Scope(entry["judges"]), "match": tuple(Match(**each) for each in entry["match"])}
    )


def _rule(name: str, entry: Mapping[str, Any], groups: Mapping[str, Group]) -> Rule:
    typed = {"set": RuleSet(entry["set"]), "severity": Severity(entry["severity"]), "group": groups[entry["group"]]}
    return Rule(**{"name": name, **entry, **typed})
