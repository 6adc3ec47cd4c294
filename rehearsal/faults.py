"""Faults on purpose: a creation that fails once, or an engine that is killed in the middle of its work."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final, Protocol

from rehearsal.providers.standin import Properties, RefusedError, Resource

Created = tuple[str, Properties]
"""What a creation answers: the id and all outputs."""

_QUIET_SECONDS: Final = 60.0


class Fault(Protocol):
    """Comes between the engine and every creation, of whatever provider; called from many threads at once."""

    def around(self, resource: Resource, create: Callable[[], Created]) -> Created:
        """Create, or fail instead, or afterwards."""


@dataclass(frozen=True, slots=True)
class Struck:
    """A creation that was made to fail.

    Attributes:
        resource: The resource.
        identifier: The id it has nevertheless, because only the answer was lost; empty where nothing was made.
        outputs: Its outputs, likewise.

    """

    resource: Resource
    identifier: str = ""
    outputs: Mapping[str, Any] = field(default_factory=dict)


class NoFault:
    """Lets everything pass."""

    def around(self, resource: Resource, create: Callable[[], Created]) -> Created:
        """Create."""
        del resource
        return create()


class FailOnce:
    """Fails the first creation of each resource that the pattern matches; the next one of the same resource succeeds.

    Args:
        pattern: A glob (``fnmatch``) for the URN, or for ``type::name``, such as ``aws:ec2/vpc:Vpc::*``.
        answer_lost: Whether the provider creates first and only its answer is lost, so that the resource exists and the
            engine knows nothing of it; otherwise nothing is made.

    """

    def __init__(self, pattern: str, *, answer_lost: bool = False) -> None:
        self._pattern = pattern
        self._answer_lost = answer_lost
        self._lock = threading.Lock()
        self._claimed: set[str] = set()
        self._struck: list[Struck] = []

    @property
    def struck(self) -> tuple[Struck, ...]:
        """What has been made to fail so far."""
        with self._lock:
            return tuple(self._struck)

    def around(self, resource: Resource, create: Callable[[], Created]) -> Created:
        """Create, but for the first time.

        Raises:
            RefusedError: this was the first time.

        """
        if not self._claim(resource):
            return create()
        identifier, outputs = create() if self._answer_lost else ("", {})
        with self._lock:
            self._struck.append(Struck(resource, identifier, outputs))
        what = "it was made, but the answer was lost" if self._answer_lost else "nothing was made"
        raise RefusedError(f"{resource.type} {resource.name}: failed on purpose, {what}")

    def told(self) -> str:
        """Say in a few words what has been made to fail."""
        names = ", ".join(struck.resource.name for struck in self.struck)
        return f"failed on purpose: {names}" if names else f"no creation matches {self._pattern}"

    def _claim(self, resource: Resource) -> bool:
        if not any(fnmatchcase(name, self._pattern) for name in (resource.urn, f"{resource.type}::{resource.name}")):
            return False
        with self._lock:
            first = resource.urn not in self._claimed
            self._claimed.add(resource.urn)
            return first


class KillAfter:
    """Kills the engine when a number of creations have finished and before it learns of the last of them.

    What the providers are creating at that moment they finish, as AWS finishes what it has accepted.

    Args:
        creations: The number, from 1.

    """

    def __init__(self, creations: int) -> None:
        self._creations = creations
        self._condition = threading.Condition()
        self._finished = 0
        self._under_way = 0
        self._kill: Callable[[], object] | None = None

    def arm(self, kill: Callable[[], object]) -> None:
        """Say how the engine is killed; before that nothing happens."""
        self._kill = kill

    @property
    def struck(self) -> bool:
        """Whether it came to that."""
        with self._condition:
            return self._kill is not None and self._finished >= self._creations

    def told(self) -> str:
        """Say in a few words what has happened."""
        if self.struck:
            return f"killed on purpose after {self._creations} creations"
        return f"there were only {self._finished} creations to be killed after"

    def around(self, resource: Resource, create: Callable[[], Created]) -> Created:
        """Create, and kill the engine if this was the one."""
        del resource
        with self._condition:
            self._under_way += 1
        try:
            return create()
        finally:
            with self._condition:
                self._under_way -= 1
                self._finished += 1
                if self._finished == self._creations and self._kill is not None:
                    self._kill()
                self._condition.notify_all()

    def wait_until_quiet(self) -> None:
        """Wait until the providers have finished what they were creating when the engine died.

        Raises:
            TimeoutError: they do not finish.

        """
        with self._condition:
            if not self._condition.wait_for(lambda: not self._under_way, _QUIET_SECONDS):
                raise TimeoutError(f"{self._under_way} creations are under way {_QUIET_SECONDS:g} s after the kill")
