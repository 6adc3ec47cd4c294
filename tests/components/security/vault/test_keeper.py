"""A renewed certificate is read and a full audit log put aside, by the shell program that runs beside each server."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[4] / "components" / "security" / "vault" / "keeper.sh"


def _tool(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def pod(tmp_path: Path) -> Path:
    """Return a pod's files, where each look runs the next line of `looks`, and signals are written down."""
    (tmp_path / "bin").mkdir()
    _tool(tmp_path / "bin", "pidof", '[ -f "$POD/stopped" ] && exit 1; echo 7')
    _tool(
        tmp_path / "bin",
        "sleep",
        'line=$(head -1 "$POD/looks"); [ -n "$line" ] || exit 1; sed -i 1d "$POD/looks"; eval "$line"',
    )
    (tmp_path / "tls.crt").write_text("first", encoding="utf-8")
    return tmp_path


def _run(pod: Path, *looks: str) -> list[str]:
    """Run the program through these looks, and return what it says; the shell's own `kill` is a function that tells."""
    (pod / "looks").write_text("".join(f"{look}\n" for look in looks), encoding="utf-8")
    (pod / "signals").touch()
    told = 'kill() { echo "$@" >> "$POD/signals"; }\n' + PROGRAM.read_text(encoding="utf-8")
    done = subprocess.run(
        ["/bin/sh", "-eu", "-c", told, "keeper", f"{pod}/tls.crt", f"{pod}/audit.log", "2"],
        env={"PATH": f"{pod}/bin:{os.environ['PATH']}", "POD": str(pod)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def _signals(pod: Path) -> list[str]:
    return (pod / "signals").read_text(encoding="utf-8").splitlines()


def test_a_certificate_is_read_once_and_again_when_it_was_renewed(pod: Path) -> None:
    said = _run(pod, ":", ":", 'echo second > "$POD/tls.crt"', ":")

    assert _signals(pod) == ["-HUP 7"] * 2
    assert said == ["Vault reads its certificate"] * 2


def test_what_a_stopped_server_could_not_read_it_reads_when_it_is_back(pod: Path) -> None:
    said = _run(pod, 'touch "$POD/stopped"', ":", 'rm "$POD/stopped"', ":")

    assert said == ["Vault reads its certificate"]


def test_a_full_audit_log_is_put_aside_and_vault_writes_a_new_one(pod: Path) -> None:
    fill = 'head -c 3000000 /dev/zero > "$POD/audit.log"'
    _run(pod, ":", fill, ":")

    assert not (pod / "audit.log").exists()
    assert (pod / "audit.log.1").stat().st_size == 3_000_000
    assert _signals(pod) == ["-HUP 7"] * 2


def test_a_log_below_its_limit_stays(pod: Path) -> None:
    _run(pod, 'echo entry > "$POD/audit.log"', ":")

    assert (pod / "audit.log").exists()
