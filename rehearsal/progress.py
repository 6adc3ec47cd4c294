"""Tells whoever waits how far long work is: a live line on a terminal, a few plain lines anywhere else."""

import sys
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Final, Protocol, Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as LiveProgress

# Where there is no terminal: a line at least this often while work is done ...
_SECONDS_BETWEEN_LINES: Final = 10.0
# ... and at each quarter of the work, unless a line has just been printed.
_QUARTERS: Final = 4
_LEAST_SECONDS_BETWEEN_LINES: Final = 2.0

# The engine's operations (pulumi.automation.OpType) as a person reads them; the others are steps of a replacement.
_DONE: Final[Mapping[str, str]] = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "replace": "replaced",
    "same": "unchanged",
    "read": "read",
    "refresh": "refreshed",
    "import": "imported",
}


class _Display(Protocol):
    """Shows the progress of one phase after another."""

    def begin(self, phase: str, total: int | None) -> None: ...

    def advance(self, done: int, what: str) -> None: ...

    def end(self, *, failed: bool) -> None: ...


class Progress:
    """Progress of long work, phase by phase; safe to call from many threads.

    ::

        with Progress() as progress:
            progress.phase("up", total=143)
            progress.advance("network-vpc created")

    Args:
        stream: Where to tell it, standard error unless told. A live line is drawn only where this is a terminal that
            can move its cursor; elsewhere no control character is written, whatever the environment says of colours.
        clock: Seconds, for the plain lines.

    """

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        stream = stream or sys.stderr
        console = Console(file=stream)
        moves = stream.isatty() and not console.is_dumb_terminal
        self._display: _Display = _Live(console) if moves else _Plain(stream, clock)
        self._lock = threading.Lock()
        self._running = False
        self._done = 0
        self._seen: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._end(failed=kind is not None)

    def phase(self, name: str, total: int | None = None) -> None:
        """End the phase before and begin this one, of `total` pieces of work where that is known."""
        with self._lock:
            self._end(failed=False)
            self._running, self._done, self._seen = True, 0, set()
            self._display.begin(_printable(name), total)

    def advance(self, what: str = "") -> None:
        """Count one piece of work as done; `what` says which."""
        with self._lock:
            self._advance(what)

    def resource(self, operation: str, urn: str) -> None:
        """Count a resource the engine is done with, once however many steps that took.

        Args:
            operation: The step's operation as the engine names it, ``create`` or ``create-replacement``.
            urn: The resource.

        """
        with self._lock:
            if urn not in self._seen:
                self._seen.add(urn)
                self._advance(f"{urn.split('::', 3)[-1]} {_DONE.get(operation, operation)}")

    def _advance(self, what: str) -> None:
        if self._running:
            self._done += 1
            self._display.advance(self._done, _printable(what))

    def _end(self, *, failed: bool) -> None:
        if self._running:
            self._running = False
            self._display.end(failed=failed)


class _Live:
    """One line per phase on a terminal, the last of them moving."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: LiveProgress | None = None

    def begin(self, phase: str, total: int | None) -> None:
        self._live = LiveProgress(
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description:<16}", markup=False),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[what]}", style="dim", markup=False),
            console=self._console,
        )
        self._live.add_task(phase, total=total, what="")
        self._live.start()

    def advance(self, done: int, what: str) -> None:
        if self._live is not None:
            self._live.update(self._live.task_ids[0], completed=done, what=what)

    def end(self, *, failed: bool) -> None:
        if self._live is not None:
            task = self._live.tasks[0]
            outcome = "stopped" if failed else ""
            # A phase of unknown length is as long as it turned out to be.
            total = task.total if failed else task.completed or 1
            self._live.update(task.id, total=total, completed=task.completed if failed else total, what=outcome)
            self._live.stop()
            self._live = None


class _Plain:
    """A line when a phase begins, now and then, and when it ends."""

    def __init__(self, stream: TextIO, clock: Callable[[], float]) -> None:
        self._stream = stream
        self._clock = clock
        self._phase = ""
        self._total: int | None = None
        self._done = 0
        self._began = self._spoke = 0.0

    def begin(self, phase: str, total: int | None) -> None:
        self._phase, self._total, self._done = phase, total, 0
        self._began = self._clock()
        self._say(f"{phase} ...")

    def advance(self, done: int, what: str) -> None:
        silence = self._clock() - self._spoke
        quarter = self._total is not None and self._quarter(done) > self._quarter(self._done)
        self._done = done
        if done == self._total:
            return  # the phase's last line is about to say so
        if silence >= _SECONDS_BETWEEN_LINES or (quarter and silence >= _LEAST_SECONDS_BETWEEN_LINES):
            self._say(f"{self._phase}: {self._count()} after {self._elapsed()}" + (f", {what}" if what else ""))

    def end(self, *, failed: bool) -> None:
        outcome = "stopped after" if failed else "done in"
        count = f" ({self._count()})" if self._done else ""
        self._say(f"{self._phase}: {outcome} {self._elapsed()}{count}")

    def _quarter(self, done: int) -> int:
        return done * _QUARTERS // (self._total or 1)

    def _count(self) -> str:
        return f"{self._done} of {self._total}" if self._total is not None else str(self._done)

    def _elapsed(self) -> str:
        return f"{self._clock() - self._began:.1f} s"

    def _say(self, line: str) -> None:
        self._spoke = self._clock()
        self._stream.write(f"{line}\n")
        self._stream.flush()


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())
