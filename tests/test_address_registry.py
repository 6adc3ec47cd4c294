"""What stacks share must be divided among them: addresses, and the one switch of an account and region."""

from collections.abc import Mapping
from itertools import combinations

import pytest

from components.foundation.network_settings import NetworkSettings, PublicAccessBlock
from settings.load import read_file
from tests.components.examples import parsed
from tests.environments import PROJECT, STACKS


def _networks() -> dict[str, NetworkSettings]:
    return {stack: read_file(PROJECT / f"Pulumi.{stack}.yaml").network for stack in STACKS}


def shared(networks: Mapping[str, NetworkSettings]) -> list[str]:
    """Return which stacks' VPCs share addresses. Pod blocks do not count: nothing routes them outside a VPC."""
    return [
        f"{one} {networks[one].cidr} and {other} {networks[other].cidr}"
        for one, other in combinations(networks, 2)
        if networks[one].cidr.overlaps(networks[other].cidr)
    ]


def test_no_two_stacks_share_addresses() -> None:
    assert len(_networks()) >= 3
    assert shared(_networks()) == []


@pytest.mark.parametrize(
    ("taken", "expected"), [("10.20.128.0/17", ["a 10.20.0.0/16 and b 10.20.128.0/17"]), ("10.21.0.0/16", [])]
)
def test_a_block_inside_another_is_noticed(taken: str, expected: list[str]) -> None:
    zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
    networks = {
        name: parsed(NetworkSettings, cidr=cidr, zones=zones) for name, cidr in (("a", "10.20.0.0/16"), ("b", taken))
    }

    assert shared(networks) == expected


def test_one_stack_at_most_blocks_public_access_in_an_account_and_region() -> None:
    owners: dict[tuple[str, str], list[str]] = {}
    for stack in STACKS:
        settings = read_file(PROJECT / f"Pulumi.{stack}.yaml")
        if settings.network.block_public_access is not PublicAccessBlock.NONE:
            owners.setdefault((settings.account.id, settings.account.region), []).append(stack)

    assert [stacks for stacks in owners.values() if len(stacks) > 1] == []
