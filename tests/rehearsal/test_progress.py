"""Progress is a live line on a terminal and a few plain lines anywhere else."""

import io
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from rehearsal.progress import Progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


class Clock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def urn(name: str) -> str:
    return f"urn:pulumi:prod::platform::aws:ec2/vpc:Vpc::{name}"


def plain(total: int | None, *, seconds_each: float, steps: int) -> list[str]:
    stream, clock = io.StringIO(), Clock()
    with Progress(stream, clock) as progress:
        progress.phase("up", total=total)
        for number in range(steps):
            clock.now += seconds_each
            progress.resource("create", urn(f"vpc-{number}"))
    return stream.getvalue().splitlines()


def test_a_short_phase_is_two_plain_lines() -> None:
    assert plain(143, seconds_each=0.01, steps=143) == ["up ...", "up: done in 1.4 s (143 of 143)"]


def test_a_slow_phase_tells_every_ten_seconds_where_it_is() -> None:
    assert plain(None, seconds_each=4, steps=7) == [
        "up ...",
        "up: 3 after 12.0 s, vpc-2 created",
        "up: 6 after 24.0 s, vpc-5 created",
        "up: done in 28.0 s (7)",
    ]


def test_each_quarter_is_told_once() -> None:
    assert plain(8, seconds_each=2, steps=8) == [
        "up ...",
        "up: 2 of 8 after 4.0 s, vpc-1 created",
        "up: 4 of 8 after 8.0 s, vpc-3 created",
        "up: 6 of 8 after 12.0 s, vpc-5 created",
        "up: done in 16.0 s (8 of 8)",
    ]


def test_phases_follow_each_other_and_an_error_stops_the_last() -> None:
    stream, clock = io.StringIO(), Clock()

    def interrupted() -> None:
        with Progress(stream, clock) as progress:
            progress.phase("preview")
            clock.now += 1.5
            progress.phase("up", total=3)
            progress.advance("vpc")
            clock.now += 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert stream.getvalue().splitlines() == [
        "preview ...",
        "preview: done in 1.5 s",
        "up ...",
        "up: stopped after 1.0 s (1 of 3)",
    ]


def test_a_resource_counts_once_however_many_steps_its_replacement_takes() -> None:
    stream = io.StringIO()
    with Progress(stream, Clock()) as progress:
        progress.phase("up", total=2)
        for operation in ("create-replacement", "replace", "delete-replaced"):
            progress.resource(operation, urn("vpc"))
        progress.resource("same", urn("subnet"))

    assert stream.getvalue().splitlines()[-1] == "up: done in 0.0 s (2 of 2)"


def test_a_resource_counts_again_in_the_next_phase() -> None:
    stream = io.StringIO()
    with Progress(stream, Clock()) as progress:
        for phase in ("up", "destroy"):
            progress.phase(phase, total=1)
            progress.resource("create", urn("vpc"))

    assert stream.getvalue().count("(1 of 1)") == 2


@pytest.mark.parametrize("colours", [{}, {"FORCE_COLOR": "1"}, {"TTY_COMPATIBLE": "1"}], ids=["plain", "forced", "tty"])
def test_no_control_character_is_written_where_there_is_no_terminal(
    colours: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in colours.items():
        monkeypatch.setenv(name, value)
    stream, clock = io.StringIO(), Clock()
    with Progress(stream, clock) as progress:
        progress.phase("up\x1b[2J", total=9)
        clock.now += 60
        progress.advance("a [bold]name[/bold]\r\x1b[31m\x07")

    assert stream.getvalue().splitlines()[1] == "up[2J: 1 of 9 after 60.0 s, a [bold]name[/bold][31m"
    assert re.fullmatch(r"[\x20-\x7e\n]*", stream.getvalue())


def test_a_terminal_that_cannot_move_its_cursor_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    stream = Terminal()
    with Progress(stream, Clock()) as progress:
        progress.phase("up")

    assert stream.getvalue() == "up ...\nup: done in 0.0 s\n"


def test_a_terminal_sees_one_line_that_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "120")
    stream = Terminal()
    with Progress(stream) as progress:
        progress.phase("up", total=3)
        for name in ("a", "b", "[/red]c"):
            progress.resource("create", urn(name))

    written = stream.getvalue()
    final = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written).replace("\r", "\n").strip().splitlines()[-1]
    assert "\x1b[" in written
    assert re.search(r"✓ up +━+ 3/3 0:00:00", final)
    assert written.endswith("\x1b[?25h"), "the cursor must be visible again"


def test_a_stopped_phase_is_not_shown_as_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "120")
    stream = Terminal()

    def refused() -> None:
        with Progress(stream) as progress:
            progress.phase("up", total=3)
            progress.advance("a")
            raise ValueError("refused")

    with pytest.raises(ValueError, match="refused"):
        refused()

    final = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue()).replace("\r", "\n").strip().splitlines()[-1]
    assert "1/3" in final
    assert "stopped" in final


def test_many_threads_may_advance_at_once() -> None:
    stream = io.StringIO()
    with Progress(stream, Clock()) as progress, ThreadPoolExecutor(16) as threads:
        progress.phase("up", total=2000)
        list(threads.map(lambda number: progress.resource("create", urn(f"vpc-{number % 2000}")), range(4000)))

    assert stream.getvalue().splitlines()[-1] == "up: done in 0.0 s (2000 of 2000)"


def test_nothing_is_counted_outside_a_phase() -> None:
    stream = io.StringIO()
    with Progress(stream, Clock()) as progress:
        progress.advance("early")

    assert stream.getvalue() == ""
