"""Which Kubernetes minors a cluster may run, and until when AWS supports them."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from components.kit import versions

_TABLE: Final = Path(__file__).parent / "kubernetes_versions.toml"

Support: TypeAlias = Literal["standard", "extended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Minor:
    """One Kubernetes minor on EKS. A date that AWS has not published is absent, and nothing is concluded from that.

    Attributes:
        name: ``1.36``.
        released: The day EKS first offered it.
        standard_support_ends: The first day on which it costs more, or is upgraded by AWS.
        extended_support_ends: The first day on which AWS upgrades every cluster that still runs it.

    """

    name: str
    released: date | None = None
    standard_support_ends: date | None = None
    extended_support_ends: date | None = None

    def objection(self, support: Support, today: date) -> str:
        """Return why a cluster should not run this minor on a day, with the dates; empty if nothing is against it."""
        if _over(self.extended_support_ends, today):
            return f"is {self.name}, which AWS has not supported at all since {self.extended_support_ends}"
        if support == "standard" and _over(self.standard_support_ends, today):
            return (
                f"is {self.name}, which left standard support on {self.standard_support_ends}: AWS upgrades the "
                f"cluster when it likes; extended support, at six times the price, ends on {self.extended_support_ends}"
            )
        return ""


@cache
def table() -> dict[str, Minor]:
    """Return every minor of the table by name, oldest first."""
    content: dict[str, Any] = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return {name: Minor(name=name, **dates) for name, dates in content.items() if isinstance(dates, dict)}


def deployable() -> tuple[str, ...]:
    """Return the minors a stack may run: the platform's own and the one below, from which a cluster is upgraded.

    The rehearsal's API server is of the platform's minor, and EKS upgrades by one minor at a time
    (https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html).
    """
    pinned = versions.pinned().kubernetes
    major, _, minor = pinned.partition(".")
    return tuple(name for name in (f"{major}.{int(minor) - 1}", pinned) if name in table())


def known(name: str) -> str:
    """Return the name of a minor that a stack may run.

    Raises:
        ValueError: it is no such minor.

    """
    if name not in deployable():
        raise ValueError(
            f"{name} is no minor of this platform, which runs {' and '.join(reversed(deployable()))}: "
            "the newer one is pinned in components/versions.toml, the older one is there to upgrade from"
        )
    return name


def _over(end: date | None, today: date) -> bool:
    return end is not None and today >= end
