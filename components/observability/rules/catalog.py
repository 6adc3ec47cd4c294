"""The platform's rules: data in Prometheus' own form, one file for each theme, and the types they must satisfy.

A theme lies in the folder of the Prometheus that evaluates it: `data/<instance>/<theme>.yaml`; in `data/every` what
each of them evaluates, in `data/ruler` what the Thanos Ruler evaluates over all of them. `promtool` reads the files as
they are.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from components.kit.monitoring import Instance, Owner, Severity

FOLDER: Final = Path(__file__).parent / "data"
"""The folder of the rules."""
EVERY: Final = "every"
"""The folder of what every Prometheus evaluates over its own series."""
RULER: Final = "ruler"
"""The folder of what the Thanos Ruler evaluates over the series of all."""
APPLICATIONS: Final = ("workloads", "golden-signals", "jvm", "targets")
"""The themes about whatever runs in a namespace. Every stack has them."""

_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION: Final = r"^([0-9]+[smhdw])+$"


class CatalogError(Exception):
    """The data of rules is not sound; the text names the file and what is wrong."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Labels(BaseModel):
    """The labels of an alert: these two, by which it is routed, and any others."""

    model_config = ConfigDict(frozen=True, extra="allow")

    severity: Severity
    owner: Owner


class Annotations(_Strict):
    """What an alert says; the address of its page is derived from its name.

    A summary is one for all series, for one notification groups them: `{{` is for the description.
    """

    summary: Annotated[str, Field(min_length=10, max_length=100, pattern=r"^[^{]+[^.{]$")]
    description: Annotated[str, Field(min_length=20, max_length=400, pattern=r"\.$")]


class Alert(_Strict):
    """A rule that tells somebody."""

    alert: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]+$")]
    expr: str
    for_: Annotated[str | None, Field(alias="for", pattern=_DURATION)] = None
    keep_firing_for: Annotated[str | None, Field(pattern=_DURATION)] = None
    labels: Labels
    annotations: Annotations

    @property
    def name(self) -> str:
        """The alert's name."""
        return self.alert

    @property
    def wait(self) -> timedelta:
        """How long it waits before it fires."""
        parts = re.findall(r"([0-9]+)([smhdw])", self.for_ or "")
        return sum((timedelta(**{_UNITS[unit]: int(number)}) for number, unit in parts), start=timedelta())

    @property
    def says_namespace(self) -> bool:
        """Whether it says in which namespace it fires, which is then among its labels."""
        return "$labels.namespace" in self.annotations.description


class Recording(_Strict):
    """A rule that keeps the result of an expression, called `level:metric:operations`.

    https://prometheus.io/docs/practices/rules/
    """

    record: Annotated[str, Field(pattern=r"^[a-z_]+:[a-z0-9_]+(:[a-z0-9_]+)*$")]
    expr: str
    labels: Mapping[str, str] = {}

    @property
    def name(self) -> str:
        """The metric's name."""
        return self.record


Rule = Alert | Recording


class Group(_Strict):
    """Rules that are evaluated one after the other."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    interval: Annotated[str | None, Field(pattern=_DURATION)] = None
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """The rules about one subject.

    Attributes:
        name: The subject, as the file is called.
        place: The folder it lies in: an instance's name, `every` or `ruler`.
        groups: The rules.

    """

    name: str
    place: str
    groups: tuple[Group, ...]

    @property
    def instances(self) -> tuple[Instance, ...]:
        """The instances of Prometheus that evaluate the theme; none if the Thanos Ruler does."""
        if self.place == RULER:
            return ()
        return tuple(Instance) if self.place == EVERY else (Instance(self.place),)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules of all groups."""
        return tuple(rule for group in self.groups for rule in group.rules)


def kebab(alert: str) -> str:
    """Return an alert's name as its page is called: `KubePVCFull` is `kube-pvc-full`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", alert).lower()


def spec(groups: Sequence[Group], runbooks: str, left_out: Sequence[str] = ()) -> dict[str, Any]:
    """Return groups in Prometheus' form, each alert with the address of its page.

    Args:
        groups: The groups.
        runbooks: The address of the folder of pages.
        left_out: Alerts that are not wanted. A group of which nothing remains is left out too.

    """
    written = []
    for group in groups:
        rules = [_written(rule, runbooks) for rule in group.rules if rule.name not in left_out]
        if rules:
            interval = {"interval": group.interval} if group.interval else {}
            written.append({"name": group.name, **interval, "rules": rules})
    return {"groups": written}


@cache
def themes() -> tuple[Theme, ...]:
    """Return all themes.

    Raises:
        CatalogError: a file is not sound, lies in no instance's folder, or a name is there twice.

    """
    return load(FOLDER)


def load(folder: Path) -> tuple[Theme, ...]:
    """Return the themes of a folder.

    Raises:
        CatalogError: as for `themes`.

    """
    found = tuple(_theme(path) for path in sorted(folder.glob("*/*.yaml")))
    for what, names in (
        ("theme", [theme.name for theme in found]),
        ("group", [group.name for theme in found for group in theme.groups]),
        ("rule", [rule.name for theme in found for rule in theme.rules]),
    ):
        if twice := sorted(name for name, count in Counter(names).items() if count > 1):
            raise CatalogError(f"{folder}: more than one {what} is called {', '.join(twice)}")
    return found


def alerts() -> Iterator[Alert]:
    """Yield every alert of every theme."""
    return (rule for theme in themes() for rule in theme.rules if isinstance(rule, Alert))


@cache
def about_applications() -> Mapping[str, Alert]:
    """Return the alerts that tell people that an application suffers, and in which namespace, by name."""
    found = (rule for theme in themes() if theme.name in APPLICATIONS for rule in theme.rules)
    return {
        rule.name: rule
        for rule in found
        if isinstance(rule, Alert) and rule.says_namespace and rule.labels.severity is not Severity.INFO
    }


def _theme(path: Path) -> Theme:
    place = path.parent.name
    if place not in {*Instance, EVERY, RULER}:
        raise CatalogError(f"{path}: no Prometheus is called {place}")
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(read, dict) or set(read) != {"groups"}:
        raise CatalogError(f"{path}: `groups` is all a file of rules has")
    try:
        groups = tuple(Group.model_validate(group) for group in read["groups"])
    except ValidationError as error:
        raise CatalogError(f"{path}: {error}") from error
    return Theme(name=path.stem, place=place, groups=groups)


def _written(rule: Rule, runbooks: str) -> dict[str, Any]:
    written = rule.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    if isinstance(rule, Alert):
        written["annotations"]["runbook_url"] = f"{runbooks}/{kebab(rule.alert)}.md"
    return written
