"""Which IPv4 blocks a setting may name."""

from ipaddress import IPv4Network
from typing import Final

from pydantic import AfterValidator

# RFC 6598.
_SHARED: Final = IPv4Network("100.64.0.0/10")
_PRIVATE: Final = tuple(IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


def private(block: IPv4Network) -> IPv4Network:
    """Return the block if it lies in one of RFC 1918's ranges.

    Raises:
        ValueError: it does not.

    """
    if not any(block.subnet_of(range_) for range_ in _PRIVATE):
        raise ValueError(f"{block} must lie in a private range (10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16)")
    return block


def shared(block: IPv4Network) -> IPv4Network:
    """Return the block if it lies in the shared space of RFC 6598, which nothing routes beyond a VPC.

    Raises:
        ValueError: it does not.

    """
    if not block.subnet_of(_SHARED):
        raise ValueError(f"{block} must lie inside {_SHARED}")
    return block


def sized(shortest: int, longest: int) -> AfterValidator:
    """Return the validator of a block whose prefix length lies from `shortest` (large) to `longest` (small)."""

    def check(block: IPv4Network) -> IPv4Network:
        if not shortest <= block.prefixlen <= longest:
            raise ValueError(f"{block} must be a block of /{shortest} to /{longest}")
        return block

    return AfterValidator(check)
