"""The DNS zones a stack may write to: their names, their ids in Route 53, and what becomes of records nobody wants."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, TypeAlias

from pydantic import Field

from components.foundation.account import AccountSettings
from components.kit.settings import Settings

# RFC 1035, 2.3.4: labels of at most 63 octets, names of at most 255. Lower case, for names are compared as text.
Domain: TypeAlias = Annotated[
    str,
    Field(
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
        max_length=253,
        examples=["dev.example.com"],
    ),
]
"""A domain's name in full, without the dot at its end."""

# https://docs.aws.amazon.com/Route53/latest/APIReference/API_HostedZone.html: at most 32 characters.
ZoneId: TypeAlias = Annotated[str, Field(pattern=r"^Z[A-Z0-9]{1,31}$", examples=["Z0123456789EXAMPLE"])]
"""A hosted zone's id, as the console shows it."""


class RecordPolicy(StrEnum):
    """What becomes of a record whose route is gone."""

    UPSERT_ONLY = "upsert_only"
    SYNC = "sync"


class DnsSettings(Settings):
    """The DNS zones the stack writes to."""

    zones: dict[Domain, ZoneId] = Field(default={}, max_length=20)
    """Hosted zones in Route 53 of the stack's account, by their domain. They are not made here. Records are written to
    these zones and to no other; empty, no record is."""

    records: RecordPolicy = RecordPolicy.UPSERT_ONLY
    """What becomes of a record whose route is gone: `upsert_only` leaves it, `sync` deletes it if this cluster has made
    it."""

    owner: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,62}$", examples=["platform-prod"])] | None = None
    """The mark on the records, if it is not the cluster's own name: another cluster's, whose records this one takes
    over from then on. Only when that one is gone, or both write the same records."""


def zone_of(domain: str, zones: Iterable[str]) -> str | None:
    """Return the zone that holds a domain's records, the nearest if several could; None if there is none."""
    holding = [zone for zone in zones if domain == zone or domain.endswith(f".{zone}")]
    return max(holding, key=len, default=None)


def arns(account: AccountSettings, settings: DnsSettings) -> list[str]:
    """Return the ARNs of the zones; Route 53 has neither region nor account in them."""
    return [f"arn:{account.partition}:route53:::hostedzone/{zone}" for zone in sorted(set(settings.zones.values()))]
