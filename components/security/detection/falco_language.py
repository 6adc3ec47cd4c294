"""Falco's rules as typed data, and the file they become."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import yaml

# What Falco's own rules append to none of their outputs: the container plug-in adds pod, namespace and image itself.
# https://github.com/falcosecurity/falco/blob/0.44.1/falco.yaml, `append_output`
_TOLD: Final = (
    "user=%user.name process=%proc.name command=%proc.cmdline parent=%proc.pname file=%fd.name terminal=%proc.tty"
)


class Priority(StrEnum):
    """How grave an event is, from the gravest; Falco, falcosidekick and syslog share the words.

    https://falco.org/docs/concepts/rules/basic-elements/#priority
    """

    EMERGENCY = "emergency"
    ALERT = "alert"
    CRITICAL = "critical"
    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"
    INFORMATIONAL = "informational"
    DEBUG = "debug"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A list of values or a part of a condition that rules refer to by name.

    Attributes:
        name: Its name.
        items: The values, of a list.
        condition: The condition, of a macro.
        override: How it changes one of the same name in Falco's own file: `append` or `replace`; empty for a new one.
        reason: Why Falco's own is changed.

    Raises:
        ValueError: it is both a list and a macro or neither, or changes Falco's own without a reason.

    """

    name: str
    items: tuple[str, ...] = ()
    condition: str = ""
    override: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        if bool(self.items) == bool(self.condition):
            raise ValueError(f"{self.name}: a list has items, a macro has a condition")
        if bool(self.override) != bool(self.reason):
            raise ValueError(f"{self.name}: a reason belongs to every change of Falco's own, and to nothing else")

    def render(self) -> dict[str, Any]:
        """Return it as Falco's file has it."""
        key, value = ("items", [*self.items]) if self.items else ("condition", f"({self.condition})")
        override = {"override": {key: self.override}} if self.override else {}
        return {"list" if self.items else "macro": self.name, key: value, **override}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Behaviour that a rule would take for an attack and that is the platform's own."""

    reason: str
    condition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule.

    Attributes:
        name: Its name, by which alerts, silences and the runbook know it.
        meaning: What it means when it fires, and what to look at; people read it in the alert's rule.
        condition: What must be true of an event.
        known: What is true of it and harmless.
        priority: How grave it is.
        tags: Of MITRE's ATT&CK, ``mitre_execution``, ``T1059``.

    """

    name: str
    meaning: str
    condition: str
    priority: Priority
    tags: tuple[str, ...]
    known: tuple[Known, ...] = ()

    @property
    def whole(self) -> str:
        """The condition without what is known."""
        return " and ".join([self.condition, *(f"not ({each.condition})" for each in self.known)])

    def render(self) -> dict[str, Any]:
        """Return it as Falco's file has it."""
        reasons = "".join(f" Not told: {each.reason}." for each in self.known)
        return {
            "rule": self.name,
            "desc": f"{self.meaning}{reasons}",
            "condition": self.whole,
            "output": f"{self.name} | {_TOLD}",
            "priority": self.priority.upper(),
            "tags": ["platform", *self.tags],
        }


def render(engine: str, parts: Sequence[Named | Rule]) -> str:
    """Return a rules file, what is referred to before what refers to it, as the parts are ordered.

    Args:
        engine: The least version of Falco's rule engine that understands them.
        parts: Lists, macros and rules.

    """
    documents: list[Mapping[str, Any]] = [
        {"required_engine_version": engine},
        *(part.render() for part in parts),
    ]
    return yaml.safe_dump(documents, sort_keys=False, width=120)
