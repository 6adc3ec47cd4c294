"""Defragments an etcd member by member, so that at most one is away at a time, and the leader last."""

import logging
from collections.abc import Callable, Sequence
from typing import Final

from .gateway import EtcdError, Member

_LOG: Final = logging.getLogger("etcd-maintenance")
# Below, there is nothing to gain for the moments in which a member does not answer.
_WORTH_BYTES: Final = 64 * 1024 * 1024
_WORTH_SHARE: Final = 0.25


def order(members: Sequence[Member]) -> list[Member]:
    """Return the members with the leader last: while it is away, the others choose a new one.

    Raises:
        EtcdError: not every member is well, or there is no one leader.

    """
    if sick := [member.url for member in members if not member.is_healthy()]:
        raise EtcdError(
            f"nothing is done while {', '.join(sick)} is not well: another member less could be the majority"
        )
    states = {member.url: member.status() for member in members}
    leaders = {state.leader for state in states.values()}
    if len(leaders) != 1:
        raise EtcdError(f"members follow different leaders: {', '.join(sorted(leaders))}")
    return sorted(members, key=lambda member: states[member.url].member in leaders)


def defragment(
    members: Sequence[Member], *, rounds: int, pause: Callable[[], None], worth: int = _WORTH_BYTES
) -> list[str]:
    """Defragment the members that gain by it, one after the other, and return their addresses.

    Args:
        members: All of them.
        rounds: How many times to look whether one is well again.
        pause: Waits between two looks.
        worth: The bytes that must be free in a member's file, besides a quarter of it.

    Raises:
        EtcdError: not every member is well, before or after one of them was done. The rest is left as it is.

    """
    done = []
    for member in order(members):
        before = member.status()
        free = before.size - before.used
        if free < worth or free < before.size * _WORTH_SHARE:
            _LOG.info("%s: %d of %d bytes are free, which is not worth it", member.url, free, before.size)
            continue
        member.defragment()
        done.append(member.url)
        for attempt in range(rounds):
            if all(each.is_healthy() for each in members):
                break
            if attempt + 1 == rounds:
                raise EtcdError(f"not every member is well after {member.url} was defragmented; the rest is left")
            pause()
        _LOG.info("%s: %d bytes before, %d after", member.url, before.size, member.status().size)
    return done
