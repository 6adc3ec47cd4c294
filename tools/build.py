"""Builds the command-line tools the project needs into .tools/bin, each at the version its go.mod pins.

``python -m tools.build`` builds what every day needs, ``python -m tools.build NAME…`` what is named.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tools.go_toolchain import GoMissingError, find_go

_ROOT: Final = Path(__file__).resolve().parent.parent
MODULES: Final = _ROOT / "tools"
"""The folder with one folder per go.mod."""
BUILT: Final = _ROOT / ".tools"
"""Where everything built goes."""

_FLAGS: Final = ("-trimpath",)
# Static programs without debug symbols: no C compiler is needed, and a third of the size is saved.
_LINKER_FLAGS: Final = "-s -w"
_ENVIRONMENT: Final = {"CGO_ENABLED": "0", "GOWORK": "off"}

# How Go tells that it could not reach the module proxy.
_NETWORK_FAULT: Final = re.compile(r"dial tcp|no such host|i/o timeout|TLS handshake|proxyconnect|connection refused")


class BuildError(Exception):
    """A tool cannot be had; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A command-line tool built from a Go module.

    Attributes:
        name: The name of the program.
        module: The folder of its go.mod beneath tools/.
        package: The Go package to build.
        pinned: The Go module whose version in that go.mod is the version of the tool.
        variables: The string variables the linker sets, so that the tool knows its version; ``{version}``,
            ``{major}`` and ``{minor}`` stand for the pinned one.
        on_demand: Whether the tool is built only when it is named.
        accept_installed: Whether the one on PATH is used instead if its ``version`` command reports the pinned
            version or a later one of the same major version.

    """

    name: str
    module: str
    package: str
    pinned: str
    variables: tuple[str, ...] = ()
    on_demand: bool = False
    accept_installed: bool = False


def _kubernetes(name: str, *, on_demand: bool = False) -> Tool:
    variables = ("gitVersion={version}", "gitMajor={major}", "gitMinor={minor}")
    return Tool(
        name=name,
        module="kubernetes",
        package=f"k8s.io/kubernetes/cmd/{name}",
        pinned="k8s.io/kubernetes",
        variables=tuple(f"k8s.io/component-base/version.{each}" for each in variables),
        on_demand=on_demand,
    )


TOOLS: Final = (
    Tool(
        name="pulumi",
        module="pulumi",
        package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        pinned="github.com/pulumi/pulumi/pkg/v3",
        variables=("github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={version}",),
        accept_installed=True,
    ),
    Tool(name="etcd", module="etcd", package="go.etcd.io/etcd/server/v3", pinned="go.etcd.io/etcd/server/v3"),
    _kubernetes("kube-apiserver"),
    _kubernetes("kube-controller-manager"),
    # Places pods for `python -m rehearsal.survival.scheduling`, which no rehearsal needs.
    _kubernetes("kube-scheduler", on_demand=True),
    # Judges the commands in the project's pages.
    _kubernetes("kubectl", on_demand=True),
    Tool(
        name="helm",
        module="helm",
        package="helm.sh/helm/v3/cmd/helm",
        pinned="helm.sh/helm/v3",
        variables=("helm.sh/helm/v3/internal/version.version={version}",),
        # Helm 4 takes other post-renderers, and the Kubernetes provider installs by Helm 3.
        accept_installed=True,
    ),
    Tool(
        name="promtool",
        module="prometheus",
        package="github.com/prometheus/prometheus/cmd/promtool",
        pinned="github.com/prometheus/prometheus",
        variables=("github.com/prometheus/common/version.Version={version}",),
    ),
    Tool(
        name="amtool",
        module="alertmanager",
        package="github.com/prometheus/alertmanager/cmd/amtool",
        pinned="github.com/prometheus/alertmanager",
        variables=("github.com/prometheus/common/version.Version={version}",),
    ),
    Tool(
        name="gator",
        module="gator",
        package="github.com/open-policy-agent/gatekeeper/v3/cmd/gator",
        pinned="github.com/open-policy-agent/gatekeeper/v3",
        on_demand=True,
    ),
    Tool(
        name="kyverno",
        module="kyverno",
        package="github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno",
        pinned="github.com/kyverno/kyverno",
        on_demand=True,
    ),
    # Judges GitHub's workflows.
    Tool(
        name="actionlint",
        module="actionlint",
        package="github.com/rhysd/actionlint/cmd/actionlint",
        pinned="github.com/rhysd/actionlint",
        variables=("github.com/rhysd/actionlint.version={version}",),
        on_demand=True,
    ),
)
"""Every tool there is; a further one is a further entry."""


def path_of(name: str) -> Path:
    """Return the program of a tool.

    Raises:
        BuildError: it has not been built.

    """
    path = BUILT / "bin" / name
    if not path.exists():
        on_demand = any(tool.name == name and tool.on_demand for tool in TOOLS)
        raise BuildError(f"{name} is not built: run `{f'python -m tools.build {name}' if on_demand else 'make tools'}`")
    return path


def main(names: Sequence[str]) -> int:
    """Build the tools named, or all that are not on demand; return the exit status."""
    try:
        wanted = _wanted(names)
        if not all(map(_is_current, wanted)):
            with _lock():
                for tool in wanted:
                    # Another run may have built it while this one waited.
                    if not _is_current(tool):
                        _provide(tool)
    except (BuildError, GoMissingError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command speaks by printing
        return 1
    return 0


def _wanted(names: Sequence[str]) -> list[Tool]:
    known = {tool.name: tool for tool in TOOLS}
    for name in names:
        if name not in known:
            raise BuildError(f"there is no tool {name}; there are {', '.join(sorted(known))}")
    return [known[name] for name in names] or [tool for tool in TOOLS if not tool.on_demand]


@contextmanager
def _lock() -> Iterator[None]:
    (BUILT / "bin").mkdir(parents=True, exist_ok=True)
    with (BUILT / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("waiting for another build of the tools to end\n")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _is_current(tool: Tool) -> bool:
    stamp = _stamp_file(tool)
    return (BUILT / "bin" / tool.name).exists() and stamp.exists() and stamp.read_text() == _stamp(tool)


def _stamp_file(tool: Tool) -> Path:
    return BUILT / "bin" / f"{tool.name}.stamp"


def _stamp(tool: Tool) -> str:
    """Return a digest of all that decides what the program is like."""
    installed = _installed(tool)
    status = installed.stat() if installed else None
    identity = [str(installed), status.st_mtime_ns, status.st_size] if status else []
    settings = json.dumps([asdict(tool), _FLAGS, _LINKER_FLAGS, _ENVIRONMENT, identity]).encode()
    files = [(MODULES / tool.module / name).read_bytes() for name in ("go.mod", "go.sum")]
    return hashlib.sha256(b"\0".join([settings, *files])).hexdigest()


def _installed(tool: Tool) -> Path | None:
    found = shutil.which(tool.name) if tool.accept_installed else None
    return Path(found) if found and Path(found).parent != BUILT / "bin" else None


def _provide(tool: Tool) -> None:
    """Put the tool in place, then its stamp: a run that is killed in between does the work again."""
    version = _pinned_version(tool)
    program = BUILT / "bin" / tool.name
    fresh = program.with_name(f".{tool.name}.new")
    fresh.unlink(missing_ok=True)
    installed = _installed(tool)
    if installed and _is_usable(installed, version):
        fresh.symlink_to(installed)
        _say(f"{tool.name}: using {installed}\n")
    else:
        _compile(tool, version, fresh)
    fresh.replace(program)
    _stamp_file(tool).write_text(_stamp(tool))


def _pinned_version(tool: Tool) -> str:
    path = MODULES / tool.module / "go.mod"
    found = re.search(rf"^\s*(?:require\s+)?{re.escape(tool.pinned)} (v\S+)", path.read_text(), re.MULTILINE)
    if not found:
        raise BuildError(f"{path} does not require {tool.pinned}, so nothing says which {tool.name} to build")
    return found[1]


def _is_usable(program: Path, pinned: str) -> bool:
    run = subprocess.run([program, "version"], capture_output=True, text=True, check=False)
    numbers = _numbers(run.stdout)
    return run.returncode == 0 and numbers[:1] == _numbers(pinned)[:1] and numbers >= _numbers(pinned)


def _numbers(version: str) -> tuple[int, ...]:
    found = re.search(r"v?(\d+)\.(\d+)\.(\d+)", version)
    return tuple(map(int, found.groups())) if found else ()


def _compile(tool: Tool, version: str, output: Path) -> None:
    module = MODULES / tool.module
    go, needed = find_go(module, BUILT / "go")
    major, minor, *_ = _numbers(version)
    variables = [each.format(version=version, major=major, minor=minor) for each in tool.variables]
    linker = " ".join([_LINKER_FLAGS, *(f"-X {each}" for each in variables)])
    command = [str(go), "build", *_FLAGS, "-ldflags", linker, "-o", str(output), tool.package]
    # The line is finished when the tool is, so that a waiting reader sees what is being built.
    _say(f"{tool.name} {version}: ")
    started = time.monotonic()
    run = subprocess.run(
        command, cwd=module, env={**os.environ, **_ENVIRONMENT, **needed}, capture_output=True, text=True, check=False
    )
    _say(f"{'built in' if run.returncode == 0 else 'failed after'} {time.monotonic() - started:.0f} s\n")
    if run.returncode != 0:
        raise BuildError(_explanation(tool, run.stderr))


def _explanation(tool: Tool, output: str) -> str:
    lines = output.strip().splitlines() or ["go said nothing"]
    if _NETWORK_FAULT.search(output):
        return (
            f"{tool.name} needs Go modules that could not be downloaded ({lines[-1].strip()}). "
            "Connect to the network, or set GOPROXY to a mirror you can reach, then run this again."
        )
    return f"{tool.name} could not be built from {MODULES / tool.module}: {lines[-1].strip()}"


def _say(text: str) -> None:
    print(text, end="", flush=True)  # noqa: T201 - a command speaks by printing


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
