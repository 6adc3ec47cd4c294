"""Servers that never outlive the process that started them, not even when that one is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from rehearsal.kubernetes import watchdog

# A killed process disappears at once; only one stuck in the kernel (a hung disk) takes longer.
_END_SECONDS: Final = 10


class ProcessGroup:
    """A process group of its own, led by a watchdog that holds the reading end of a pipe from this process.

    A terminal's Ctrl-C reaches only this process, which then stops the group in order. When this process is killed
    instead, the kernel closes the pipe and the watchdog kills the group. That works alike on Linux and macOS, and
    unlike Linux's parent-death signal it does not depend on which thread started the servers.
    """

    def __init__(self) -> None:
        # -I -S: nothing of the user's Python environment is needed, and the start takes a third of the time.
        self._watchdog = subprocess.Popen(
            [sys.executable, "-I", "-S", watchdog.__file__], stdin=subprocess.PIPE, process_group=0
        )
        self._servers: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the servers, in the order of their start."""
        return tuple(server.pid for server in self._servers.values())

    @property
    def identifier(self) -> int:
        """The id of the process group, as in ``kill -KILL -- -<id>``."""
        return self._watchdog.pid

    def start(self, name: str, command: Sequence[str], *, directory: Path, log: Path) -> None:
        """Start a server in `directory`, its output in `log`."""
        with log.open("wb") as output:
            self._servers[name] = subprocess.Popen(
                command,
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=self.identifier,
            )

    def ended(self) -> tuple[tuple[str, int], ...]:
        """The servers that have ended by themselves: name and exit status."""
        statuses = ((name, server.poll()) for name, server in self._servers.items())
        return tuple((name, status) for name, status in statuses if status is not None)

    def stop(self) -> None:
        """Kill the servers and wait until they are gone; what they stored is thrown away, so nothing needs flushing."""
        # macOS answers "not permitted" for a group in which only ended processes are left.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.identifier, signal.SIGKILL)
        for process in (*self._servers.values(), self._watchdog):
            process.wait(timeout=_END_SECONDS)
        self._close_pipe()

    def release(self) -> None:
        """Let the servers outlive this process."""
        assert self._watchdog.stdin is not None  # noqa: S101 - it was started with a pipe
        self._watchdog.stdin.write(watchdog.RELEASE)
        self._close_pipe()
        self._watchdog.wait(timeout=_END_SECONDS)

    def _close_pipe(self) -> None:
        if self._watchdog.stdin is not None:
            self._watchdog.stdin.close()
