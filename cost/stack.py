"""A stack as the reckoning reads it: who belongs to what, where it is, and what a value says."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from cost.figures import Range
from cost.lines import Line, Unpriced
from cost.tables import Assumption, Assumptions, Prices

Entry = Mapping[str, Any]
"""A resource as a graph has it."""

Found = Line | Unpriced
"""What the reckoning of one resource yields."""

_PROVIDER: Final = "pulumi:providers:aws"
_SUBNET: Final = "aws:ec2/subnet:Subnet"
# Types that a provider or the engine makes; every other is a component's.
_MADE: Final = ("aws:", "kubernetes:", "pulumi:", "random:")
# What the engine writes in a plan for what it cannot know yet (sdk/go/common/resource/plugin/rpc.go) has this form,
# and no size, class or region has.
_PLACEHOLDER: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/; AWS's GB of volumes are GiB.
_QUANTITY: Final = re.compile(r"(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?")
_BYTES: Final = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15} | {
    unit: 1024.0**power for power, unit in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi"), start=1)
}


class NotKnownError(Exception):
    """A value is not known yet; its text is the value's place."""


@dataclass(frozen=True)
class Stack:
    """The resources of a stack, and what they are reckoned by.

    Attributes:
        resources: Its resources.
        prices: The list prices.
        assumed: The assumptions.
        today: The day the estimate is for.
        support: The day from which EKS charges a minor as extended support, by minor.
        chosen: The region to take prices for, where the resources do not say; may be empty.

    """

    resources: Sequence[Entry]
    prices: Prices
    assumed: Assumptions
    today: date
    support: Mapping[str, date]
    chosen: str = ""

    @cached_property
    def by_urn(self) -> Mapping[str, Entry]:
        """The resources by URN."""
        return {each["urn"]: each for each in self.resources}

    @cached_property
    def region(self) -> str:
        """The region of what names none itself: the provider's, or that of the subnets' zones."""
        for each in self.of(_PROVIDER):
            if isinstance(region := each["inputs"].get("region"), str):
                return region
        return next((zone[:-1] for zone in sorted(self.zones)), self.chosen)

    @cached_property
    def zones(self) -> frozenset[str]:
        """The availability zones that there are subnets in."""
        zones = (each["inputs"].get("availabilityZone") for each in self.of(_SUBNET))
        return frozenset(zone for zone in zones if isinstance(zone, str))

    def of(self, *types: str) -> Iterator[Entry]:
        """Yield the resources of some types."""
        yield from (each for each in self.resources if each["type"] in types)

    def layer(self, entry: Entry) -> str:
        """Return the name of the component a resource belongs to; its own, if it belongs to none."""
        inner = entry
        while inner["type"].startswith(_MADE):
            parent = self.by_urn.get(inner.get("parent") or "")
            if parent is None:
                return str(entry["name"])
            inner = parent
        return str(inner["name"])

    def line(self, entry: Entry, what: str, usd: Range, basis: str) -> Line:
        """Return a line of a resource."""
        return Line(entry["urn"], self.layer(entry), entry["name"], what, usd, basis)

    def without(self, entry: Entry, why: str) -> Unpriced:
        """Return that a resource is in no sum."""
        return Unpriced(entry["urn"], entry["type"], entry["name"], why)

    def region_of(self, entry: Entry) -> str:
        """Return the region of a resource."""
        return text(entry, "region", default=self.region)

    def priced(self, entry: Entry, what: str, price: str, quantity: Range | float, basis: str) -> Found:
        """Return the line of a quantity of something at its price, or that it has none."""
        region = self.region_of(entry)
        usd = self.prices.usd(price, region)
        if usd is None:
            return self.without(entry, f"no price of {price} in {region or 'a region that nothing names'}")
        amount = quantity if isinstance(quantity, Range) else Range.fixed(quantity)
        return self.line(entry, what, amount * usd, f"{basis}; {price}: {usd:g} per {self.prices.by_name[price].unit}")

    def assume(self, name: str, entry: Entry) -> Assumption:
        """Return an assumption as it holds for a resource."""
        return self.assumed.of(name, entry["name"])

    def used(self, entry: Entry, what: str, price: str, assumption: str, times: float = 1) -> Found:
        """Return the line of what is assumed to be used, so many times over."""
        assumed = self.assume(assumption, entry)
        return self.priced(entry, what, price, assumed.amount * times, str(assumed))


def given(entry: Entry, *path: str | int) -> Any:
    """Return what stands at a path of the inputs; None where nothing does.

    Raises:
        NotKnownError: it, or what leads to it, is not known yet.

    """
    value: Any = entry["inputs"]
    for number, name in enumerate(path):
        if isinstance(value, Mapping):
            value = value.get(name)
        elif isinstance(value, Sequence) and not isinstance(value, str) and isinstance(name, int):
            value = value[name] if name < len(value) else None
        elif value is None:
            return None
        else:
            raise NotKnownError(_place(path[:number]))
        if not _known(value):
            raise NotKnownError(_place(path[: number + 1]))
    return value


def number(entry: Entry, *path: str | int, default: float) -> float:
    """Return the number at a path, or what holds where there is none."""
    value = given(entry, *path)
    if value is None:
        return default
    try:
        return float(value)
    except (TypeError, ValueError):
        raise NotKnownError(_place(path)) from None


def text(entry: Entry, *path: str | int, default: str) -> str:
    """Return the text at a path, or what holds where there is none."""
    value = given(entry, *path)
    return default if value is None else str(value)


def flag(entry: Entry, *path: str | int, default: bool) -> bool:
    """Return the boolean at a path, which may be written as a text, or what holds where there is none."""
    return text(entry, *path, default=str(default)).lower() == "true"


def items(entry: Entry, *path: str | int) -> Sequence[Any]:
    """Return the list at a path, whose items may not be known yet; an empty one where there is none."""
    value = given(entry, *path)
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise NotKnownError(_place(path))
    return value


def gibibytes(size: Any, *path: str | int) -> float:
    """Return the size of a volume in GiB, from a quantity of Kubernetes."""
    found = _QUANTITY.fullmatch(str(size))
    if not found:
        raise NotKnownError(_place(path))
    return float(found[1]) * _BYTES[found[2] or ""] / 1024**3


def _known(value: Any) -> bool:
    if isinstance(value, str):
        return not _PLACEHOLDER.fullmatch(value)
    # Whoever reads plans may hand on an object of his own in place of what he does not know.
    return value is None or isinstance(value, bool | int | float | Mapping | Sequence)


def _place(path: Sequence[str | int]) -> str:
    place = ""
    for step in path:
        place += f"[{step}]" if isinstance(step, int) else f".{step}" if place else step
    return place
