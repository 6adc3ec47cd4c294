"""The tables that an estimate reckons by: prices, assumptions, and what is known of types and charts."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Final

from cost.figures import Range

_HERE: Final = Path(__file__).parent
_EVERY_REGION: Final = "*"
# Sizes, in those of `xlarge`: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
_SIZES: Final = {"large": 0.5, "xlarge": 1} | {f"{times}xlarge": times for times in (2, 4, 8, 12, 16, 24, 32, 48)}
# General purpose, compute and memory, without local disks or faster networks.
_PROPORTIONAL: Final = re.compile(r"[cmr]\d+[aig]?")


@dataclass(frozen=True, slots=True)
class Price:
    """One list price.

    Attributes:
        usd: US dollars by region; under ``*`` where they do not differ.
        unit: For what, ``GB-month``.
        page: The page of AWS it is from.
        read: The day on which it was as it stands here.
        source: Who says so; memory where nobody compared it.

    """

    usd: Mapping[str, float]
    unit: str
    page: str
    read: date
    source: str

    def within(self, region: str) -> float | None:
        """Return US dollars in a region; None where the table does not know it."""
        return self.usd.get(region, self.usd.get(_EVERY_REGION))


@dataclass(frozen=True, slots=True)
class Prices:
    """All prices by name."""

    by_name: Mapping[str, Price]

    @property
    def oldest(self) -> date:
        """The day of the price that was read first."""
        return min(price.read for price in self.by_name.values())

    def usd(self, name: str, region: str) -> float | None:
        """Return US dollars for a unit of something in a region; None where the table does not know it."""
        price = self.by_name.get(name)
        return price.within(region) if price else None

    def of_instance(self, kind: str, region: str) -> float | None:
        """Return US dollars an hour for an instance type; of one that is not in the table, by another size of it.

        AWS asks for twice the size twice the price where a type has nothing but processors and memory:
        https://aws.amazon.com/ec2/pricing/on-demand/
        """
        if (listed := self.usd(f"ec2 {kind}", region)) is not None:
            return listed
        family, _, size = kind.partition(".")
        if size not in _SIZES or not _PROPORTIONAL.fullmatch(family):
            return None
        for other, xlarges in _SIZES.items():
            if (known := self.usd(f"ec2 {family}.{other}", region)) is not None:
                return known / xlarges * _SIZES[size]
        return None


@dataclass(frozen=True, slots=True)
class Assumption:
    """How much of something a month takes.

    Attributes:
        amount: Low, typical and high.
        unit: Of what.
        why: Why so much.

    """

    amount: Range
    unit: str
    why: str

    def __str__(self) -> str:
        amount = self.amount
        return f"assumed {amount.typical:g} ({amount.low:g} to {amount.high:g}) {self.unit}: {self.why}"


@dataclass(frozen=True, slots=True)
class Assumptions:
    """All assumptions by name, each as its table has it."""

    tables: Mapping[str, Mapping[str, Any]]

    def of(self, name: str, resource: str = "") -> Assumption:
        """Return an assumption as it holds for a resource of a logical name."""
        table = self.tables[name]
        entry = next((each for each in table.get("where", ()) if fnmatchcase(resource, each["name"])), table)
        return Assumption(Range(entry["low"], entry["typical"], entry["high"]), table["unit"], entry["why"])

    def overridden(self, path: Path) -> "Assumptions":
        """Return these, with what a file of the same form has otherwise.

        Raises:
            ValueError: the file cannot be read, or has an assumption that nothing asks for; one sentence.

        """
        try:
            given = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise ValueError(f"{path}: the assumptions cannot be read ({error})") from None
        if strange := sorted(set(given) - set(self.tables)):
            raise ValueError(f"{path}: nothing asks for {strange[0]}; use one of {', '.join(sorted(self.tables))}")
        return Assumptions({name: _merged(table, given.get(name, {})) for name, table in self.tables.items()})


@dataclass(frozen=True, slots=True)
class Claim:
    """A volume that a chart claims for each of some pods.

    Attributes:
        chart: The chart's name.
        what: What it holds.
        size: The path of its size among a release's values, and the chart's default.
        storage_class: The path of its class.
        replicas: The path of the number of pods, and the chart's default.
        times: A path whose number multiplies that; empty for none.
        needs: Paths, the chart's default of each, and the value by which there is a claim.

    """

    chart: str
    what: str
    size: tuple[str, str]
    storage_class: str
    replicas: tuple[str, int]
    times: str
    needs: Sequence[tuple[str, Any, Any]]


@cache
def prices() -> Prices:
    """Return the price table of this package."""
    found: dict[str, Price] = {}
    for section in _read("prices.toml")["prices"]:
        about = {name: section[name] for name in ("unit", "page", "read", "source")}
        found |= {name: Price(usd, **about) for name, usd in section["usd"].items()}
    return Prices(found)


@cache
def assumptions() -> Assumptions:
    """Return the assumptions of this package."""
    return Assumptions(_read("assumptions.toml"))


@cache
def free() -> Mapping[str, str]:
    """Return the types that cost nothing by themselves, with the reason."""
    return dict(_read("types.toml")["free"])


@cache
def unpriced() -> Mapping[str, str]:
    """Return the types that cost and have no price here, with what they cost by."""
    return dict(_read("types.toml")["unpriced"])


@cache
def claims() -> Mapping[str, Sequence[Claim]]:
    """Return what charts claim, by chart."""
    found: dict[str, list[Claim]] = {}
    for each in _read("claims.toml")["claims"]:
        claim = Claim(
            chart=each["chart"],
            what=each["what"],
            size=tuple(each["size"]),
            storage_class=each["class"],
            replicas=tuple(each["replicas"]),
            times=each.get("times", ""),
            needs=[tuple(need) for need in each["needs"]],
        )
        found.setdefault(claim.chart, []).append(claim)
    return found


def support(path: Path) -> Mapping[str, date]:
    """Return the day from which EKS charges a Kubernetes minor as extended support, by minor.

    Args:
        path: A TOML file with a table for each minor, and ``standard_support_ends`` in it.

    """
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return {minor: table["standard_support_ends"] for minor, table in tables.items() if isinstance(table, dict)}


def _merged(table: Mapping[str, Any], given: Mapping[str, Any]) -> Mapping[str, Any]:
    # What is given for all goes before what this package has for some; what it gives for some, before that.
    if not given:
        return table
    kept = () if "typical" in given else table.get("where", ())
    return {**table, **given, "where": [*given.get("where", ()), *kept]}


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_HERE / name).read_text(encoding="utf-8"))
