"""Simulated time: programs run as threads, one at a time, and time passes only while all of them wait.

Which of them goes on first follows from a seed, so that a run can be repeated; nothing sleeps.
"""

import heapq
import itertools
import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

_BEGINNING: Final = datetime(2026, 11, 21, tzinfo=UTC)
_PATIENCE: Final = 60.0


class World:
    """A clock and the programs that live by it.

    Attributes:
        chance: All that is random.
        now: Seconds since the beginning.
        beginning: When that was.

    """

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - a simulation
        self.now = 0.0
        self.beginning = _BEGINNING
        self._order = itertools.count()
        self._waiting: list[tuple[float, int, Callable[[], None]]] = []
        self._yielded = _taken()
        self._failures: list[BaseException] = []

    def spawn(self, program: Callable[[], None], after: float = 0.0) -> None:
        """Have a program begin after some seconds."""

        def run() -> None:
            try:
                program()
            except BaseException as error:  # noqa: BLE001 - told to whoever runs the world
                self._failures.append(error)
            self._yielded.release()

        self._later(after, lambda: threading.Thread(target=run, daemon=True).start())

    def at(self, after: float, do: Callable[[], object]) -> None:
        """Have something happen after some seconds that takes no time."""

        def happen() -> None:
            do()
            self._yielded.release()

        self._later(after, happen)

    def pause(self, seconds: float) -> None:
        """Let the program that asks wait, and others go on."""
        baton = _taken()
        self._later(seconds, baton.release)
        self._yielded.release()
        baton.acquire()

    def _later(self, seconds: float, go_on: Callable[[], None]) -> None:
        heapq.heappush(self._waiting, (self.now + max(seconds, 0.0), next(self._order), go_on))

    def clock(self) -> float:
        """Return the seconds since the beginning."""
        return self.now

    def moment(self) -> datetime:
        """Return the time of day."""
        return self.beginning + timedelta(seconds=self.now)

    def run(self) -> None:
        """Go on until all programs have ended; raise what the first of them that failed has raised."""
        while self._waiting:
            when, _, go_on = heapq.heappop(self._waiting)
            self.now = max(self.now, when)
            go_on()
            assert self._yielded.acquire(timeout=_PATIENCE), "a program neither waits nor ends"
            if self._failures:
                raise self._failures[0]


def _taken() -> threading.Lock:
    """Return a lock that is taken: what waits for it goes on when somebody lets it go."""
    lock = threading.Lock()
    lock.acquire()
    return lock
