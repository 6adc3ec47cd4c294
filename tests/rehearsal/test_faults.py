"""The faults a drill brings in between the engine and a provider."""

import threading
from typing import Any

import pytest

from rehearsal.faults import FailOnce, KillAfter
from rehearsal.providers.standin import RefusedError, Resource

_VPC = Resource(
    urn="urn:pulumi:test::platform::aws:ec2/vpc:Vpc::network-vpc", type="aws:ec2/vpc:Vpc", name="network-vpc"
)
_SUBNET = Resource(
    urn="urn:pulumi:test::platform::aws:ec2/subnet:Subnet::network-node-a",
    type="aws:ec2/subnet:Subnet",
    name="network-node-a",
)


class _Api:
    """Counts what was really made."""

    def __init__(self) -> None:
        self.made = 0

    def create(self) -> tuple[str, dict[str, Any]]:
        self.made += 1
        return f"id-{self.made}", {"number": self.made}


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        (_VPC.urn, True),
        ("aws:ec2/vpc:Vpc::*", True),
        ("*::network-vpc", True),
        ("aws:ec2/*", True),
        ("network-vpc", False),
        ("aws:ec2/subnet:Subnet::*", False),
    ],
)
def test_a_pattern_is_for_the_urn_or_for_type_and_name(pattern: str, matches: bool) -> None:  # noqa: FBT001 - a case
    api = _Api()
    fault = FailOnce(pattern)

    if matches:
        with pytest.raises(RefusedError, match="on purpose"):
            fault.around(_VPC, api.create)
    else:
        fault.around(_VPC, api.create)

    assert bool(fault.struck) == matches


def test_a_creation_fails_before_anything_is_made_and_succeeds_the_next_time() -> None:
    api = _Api()
    fault = FailOnce("*")

    with pytest.raises(RefusedError, match="nothing was made"):
        fault.around(_VPC, api.create)
    assert api.made == 0
    assert fault.around(_VPC, api.create) == ("id-1", {"number": 1})
    with pytest.raises(RefusedError):
        fault.around(_SUBNET, api.create)

    assert [struck.resource for struck in fault.struck] == [_VPC, _SUBNET]


def test_a_lost_answer_leaves_what_was_made() -> None:
    api = _Api()
    fault = FailOnce("*", answer_lost=True)

    with pytest.raises(RefusedError, match="the answer was lost"):
        fault.around(_VPC, api.create)

    assert api.made == 1
    (struck,) = fault.struck
    assert (struck.identifier, struck.outputs) == ("id-1", {"number": 1})


def test_the_engine_is_killed_once_and_after_so_many_creations() -> None:
    api = _Api()
    killed_at: list[int] = []
    fault = KillAfter(2)
    fault.arm(lambda: killed_at.append(api.made))

    for _ in range(3):
        fault.around(_VPC, api.create)

    assert killed_at == [2]
    assert fault.struck


def test_nothing_is_killed_where_too_little_is_created() -> None:
    fault = KillAfter(2)
    fault.arm(pytest.fail)

    fault.around(_VPC, _Api().create)

    assert not fault.struck


def test_what_is_under_way_at_the_kill_is_waited_for() -> None:
    fault = KillAfter(1)
    fault.arm(lambda: None)
    begun, finish, quiet = threading.Event(), threading.Event(), threading.Event()

    def slowly() -> tuple[str, dict[str, Any]]:
        begun.set()
        finish.wait(10)
        return "slow", {}

    def wait() -> None:
        fault.wait_until_quiet()
        quiet.set()

    threading.Thread(target=fault.around, args=(_SUBNET, slowly), daemon=True).start()
    assert begun.wait(10)
    fault.around(_VPC, _Api().create)
    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()

    assert fault.struck
    assert not quiet.is_set()
    finish.set()
    assert quiet.wait(10)
