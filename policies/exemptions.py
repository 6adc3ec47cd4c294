"""Exemptions from rules: data with an owner, a reason and an end."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).with_name("exemptions.toml")


@dataclass(frozen=True, slots=True)
class Exemption:
    """One rule that does not hold for some resources, for a time.

    Attributes:
        rule: The rule's name.
        resource: A glob over resource URNs.
        owner: Who answers for it.
        reason: Why the rule is wrong there.
        expires: The last day on which it counts.

    """

    rule: str
    resource: str
    owner: str
    reason: str
    expires: date

    def covers(self, rule: str, urn: str) -> bool:
        """Tell whether a finding of a rule on a resource is exempted."""
        return rule == self.rule and fnmatchcase(urn, self.resource)

    def __str__(self) -> str:
        return f"exemption of {self.resource} from {self.rule} ({self.owner}: {self.reason})"


def load(path: Path, rules: Collection[str]) -> tuple[Exemption, ...]:
    """Read exemptions.

    Args:
        path: A TOML file with one ``[[exemption]]`` table each.
        rules: The names of the rules there are.

    Raises:
        ValueError: a table lacks a field, has one too many, one of the wrong type, or names a rule that is not there.

    """
    tables = tomllib.loads(path.read_text(encoding="utf-8")).get("exemption", [])
    return tuple(_exemption(table, f"{path.name}, exemption {number}", rules) for number, table in enumerate(tables, 1))


def answered_for(names: Collection[str], table: Any, where: str) -> dict[str, Any]:
    """Return a table of texts and a last day, `expires`, by which somebody answers for what is otherwise refused.

    Args:
        names: Of its fields, all of which it must have.
        table: What stands in the file.
        where: That, as an error names it.

    Raises:
        ValueError: it lacks a field, has one too many, or one of the wrong type.

    """
    if not isinstance(table, dict) or table.keys() != set(names):
        raise ValueError(f"{where}: give exactly {', '.join(sorted(names))}")
    if type(table["expires"]) is not date:
        raise ValueError(f"{where}: expires must be a date without quotes and time, such as 2027-01-31")
    for name in sorted(set(names) - {"expires"}):
        if not isinstance(table[name], str) or not table[name].strip():
            raise ValueError(f"{where}: {name} must be a text that is not empty")
    return table


def _exemption(table: Any, where: str, rules: Collection[str]) -> Exemption:
    found = Exemption(**answered_for([field.name for field in fields(Exemption)], table, where))
    if found.rule not in rules:
        raise ValueError(f"{where}: there is no rule {found.rule}; use one of {', '.join(sorted(rules))}")
    return found
