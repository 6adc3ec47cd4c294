"""The rehearsal as a person runs it: wrong input, a missing stack, Ctrl-C and a kill each end cleanly."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent.parent

pytestmark = pytest.mark.tools

# Several times what the slowest of these takes on two busy cores.
_PATIENCE_SECONDS = 120


class _Run:
    """One rehearsal in a process of its own, whose descendants are recognised by a mark in their environment."""

    def __init__(self, stack: str, stacks: Path) -> None:
        self.mark = f"REHEARSAL_TEST={uuid.uuid4()}"
        key, _, value = self.mark.partition("=")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rehearsal", stack, "--stacks", str(stacks)],
            cwd=PROJECT,
            env={**os.environ, key: value},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def finish(self) -> str:
        """Wait for the end; return all that was printed."""
        output, _ = self.process.communicate(timeout=_PATIENCE_SECONDS)
        return output

    def descendants(self) -> dict[int, str]:
        """Return the living processes that carry the mark, the rehearsal itself left out."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                carries = self.mark.encode() in (folder / "environ").read_bytes()
                if carries and int(folder.name) != self.process.pid:
                    found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue  # it has just ended, or is another user's
        return found


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., _Run]]:
    """Start a rehearsal of dev, with parts of its stack file replaced; whatever it leaves is ended after the test."""
    runs = []

    def begin(stack: str = "dev", **replaced: str) -> _Run:
        text = (PROJECT / "Pulumi.dev.yaml").read_text(encoding="utf-8")
        for old, new in replaced.items():
            assert f"{old}:" in text
            text = text.replace(f"{old}:", new)
        (tmp_path / "Pulumi.dev.yaml").write_text(text, encoding="utf-8")
        runs.append(_Run(stack, tmp_path))
        return runs[-1]

    yield begin
    for run in runs:
        run.process.kill()
        run.process.wait(timeout=_PATIENCE_SECONDS)
        for pid in run.descendants():
            os.kill(pid, signal.SIGKILL)


def _wait_until(condition: Callable[[], object]) -> bool:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.2)
    return False


def test_a_typo_is_told_before_anything_is_registered(start: Callable[..., _Run]) -> None:
    run = start(min_size="min_sise:")

    output = run.finish()

    assert run.process.returncode == 1
    assert "platform:nodes.general.min_sise" in output
    assert "did you mean" in output.lower()
    assert "Traceback" not in output
    assert "created" not in output
    assert run.descendants() == {}


def test_several_problems_are_told_at_once(start: Callable[..., _Run]) -> None:
    run = start(cidr="cidr: 10.0.0.0/33 #", nat="nat: triple #", general="generl:")

    output = run.finish()

    assert run.process.returncode == 1
    for place in ("platform:network.cidr", "platform:network.nat", "platform:nodes.generl"):
        assert place in output
    assert "Traceback" not in output


def test_a_missing_stack_is_one_sentence(start: Callable[..., _Run]) -> None:
    run = start(stack="prd")

    assert run.finish().strip() == "there is no stack 'prd' (Pulumi.prd.yaml is missing); there are: dev"
    assert run.process.returncode == 1


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are recognised through /proc")
@pytest.mark.parametrize(
    ("how", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)], ids=str
)
def test_a_stopped_rehearsal_leaves_no_process(start: Callable[..., _Run], how: signal.Signals, status: int) -> None:
    run = start()
    assert _wait_until(lambda: len(run.descendants()) >= 3), "the API server never started"

    # A terminal sends Ctrl-C to the whole group; kill reaches the process alone.
    (os.killpg if how == signal.SIGINT else os.kill)(run.process.pid, how)
    output = run.finish()

    assert run.process.returncode == status
    assert _wait_until(lambda: not run.descendants()), run.descendants()
    assert "Traceback" not in output
