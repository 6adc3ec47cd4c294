"""The control plane starts, is usable by every client, and never outlives what started it unless told to."""

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from kubernetes import client

from rehearsal.kubernetes import control_plane
from rehearsal.kubernetes.certificates import issue
from rehearsal.kubernetes.control_plane import ControlPlane, ControlPlaneError
from rehearsal.kubernetes.readiness import poll
from rehearsal.kubernetes.rest import ApiError, Rest

pytestmark = pytest.mark.tools

_ROOT = Path(control_plane.__file__).parents[2]
_GONE_SECONDS = 10
_PS = shutil.which("ps") or "/bin/ps"

# A program that uses a control plane: says the pids, then does what its second argument says, or waits for its end; at
# the latest the end of the tests, which closes its standard input.
_PROGRAM = """
import signal
import sys
from pathlib import Path
from rehearsal.kubernetes.control_plane import ControlPlane
from rehearsal.kubernetes.rest import Rest

# A script's background jobs are born deaf to Ctrl-C, and so may this be.
signal.signal(signal.SIGINT, signal.default_int_handler)
with ControlPlane(Path(sys.argv[1])) as plane:
    try:
        print(*plane.pids, flush=True)
        if sys.argv[2] == "raise":
            raise RuntimeError("the rehearsal failed")
        if sys.argv[2] == "release":
            detached = plane.release()
            print(detached.kubeconfig)
            print(detached.stop_command)
            sys.exit(0)
        sys.stdin.read()
    except KeyboardInterrupt:
        print("interrupted, and still served by", Rest(plane.api_client()).get("/version")["gitVersion"])
        raise
"""


def _rest(program: subprocess.Popen[str]) -> str:
    """Return what a program still prints until it ends.

    With a time limit `communicate` reads the pipe past the lines that reading the first one has buffered.
    """
    assert program.stdout
    rest = program.stdout.read()
    program.wait(timeout=_GONE_SECONDS)
    return rest


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], tuple[subprocess.Popen[str], list[int]]]]:
    """Start the program above in a process group of its own, like a terminal does; return it and its servers' pids."""
    started: list[tuple[subprocess.Popen[str], list[int]]] = []

    def run(action: str) -> tuple[subprocess.Popen[str], list[int]]:
        program = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(tmp_path / "plane"), action],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        assert program.stdout is not None
        pids = [int(pid) for pid in program.stdout.readline().split()]
        started.append((program, pids))
        assert len(pids) == 3
        return program, pids

    yield run
    for program, pids in started:
        program.kill()
        program.communicate()
        for pid in filter(_is_running, pids):
            os.kill(pid, signal.SIGKILL)


def _is_running(pid: int) -> bool:
    """Tell whether a process is alive; one that has ended and was not waited for is not."""
    run = subprocess.run([_PS, "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return run.returncode == 0 and not run.stdout.strip().startswith("Z")


def _all_end(pids: list[int]) -> bool:
    return poll(lambda: not any(_is_running(pid) for pid in pids), _GONE_SECONDS)


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(lambda program: program.kill(), id="killed"),
        pytest.param(lambda program: program.terminate(), id="terminated"),
    ],
)
def test_no_process_outlives_the_program_that_started_it(
    start: Callable[[str], tuple[subprocess.Popen[str], list[int]]], end: Callable[[subprocess.Popen[str]], None]
) -> None:
    program, pids = start("wait")
    assert all(_is_running(pid) for pid in pids)
    end(program)
    program.communicate(timeout=_GONE_SECONDS)
    assert program.returncode != 0
    assert _all_end(pids)


def test_an_interrupted_program_still_has_its_servers_until_it_leaves(
    start: Callable[[str], tuple[subprocess.Popen[str], list[int]]],
) -> None:
    program, pids = start("wait")
    # What a terminal does on Ctrl-C.
    os.killpg(program.pid, signal.SIGINT)
    output, _ = program.communicate(timeout=_GONE_SECONDS)
    assert "interrupted, and still served by v1." in output
    assert not any(_is_running(pid) for pid in pids)


def test_no_process_outlives_an_exception(
    start: Callable[[str], tuple[subprocess.Popen[str], list[int]]],
) -> None:
    program, pids = start("raise")
    _, errors = program.communicate(timeout=_GONE_SECONDS)
    assert "RuntimeError: the rehearsal failed" in errors
    assert not any(_is_running(pid) for pid in pids)


def test_a_released_control_plane_outlives_the_program_until_it_is_stopped(
    start: Callable[[str], tuple[subprocess.Popen[str], list[int]]],
) -> None:
    program, pids = start("release")
    kubeconfig, stop_command = _rest(program).splitlines()
    assert program.returncode == 0
    assert all(_is_running(pid) for pid in pids)
    server = yaml.safe_load(Path(kubeconfig).read_text())["clusters"][0]["cluster"]["server"]
    port = int(server.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)):
        pass
    subprocess.run(shlex.split(stop_command), check=True)
    assert _all_end(pids)


def test_a_control_plane_that_is_not_running_cannot_be_released(tmp_path: Path) -> None:
    with pytest.raises(ControlPlaneError, match="cannot be released: it is not running"):
        ControlPlane(tmp_path).release()


def test_a_process_that_fails_to_start_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    (tmp_path / "etcd").write_text("not a folder for data")
    failing = ControlPlane(tmp_path)
    with pytest.raises(ControlPlaneError) as failure:
        failing.__enter__()
    text = str(failure.value)
    log = tmp_path / "logs" / "etcd.log"
    assert text.startswith(f"etcd ended with status 1 while the control plane was starting. The end of {log}:")
    assert text.splitlines()[-1].strip() == log.read_text().splitlines()[-1]
    assert "not a directory" in text
    assert not any(_is_running(pid) for pid in failing.pids)


def test_a_control_plane_that_takes_too_long_is_told_with_the_end_of_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control_plane, "_START_SECONDS", 0)
    with pytest.raises(ControlPlaneError, match=r"not ready after 0 s: /readyz answers .*kube-apiserver\.log"):
        ControlPlane(tmp_path).__enter__()


def test_a_port_is_held_until_the_server_has_it() -> None:
    with control_plane._reserved_port() as port, socket.socket() as thief:
        with pytest.raises(OSError, match="Address already in use"):
            thief.bind(("127.0.0.1", port))
        # What the API server does with --permit-port-sharing.
        with socket.socket() as server:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            server.bind(("127.0.0.1", port))
            server.listen()
            with socket.create_connection(("127.0.0.1", port)):
                pass


def test_the_control_plane_tells_its_version_and_has_its_namespaces(plane: ControlPlane, rest: Rest) -> None:
    assert re.fullmatch(r"v1\.\d+\.\d+", plane.version)
    names = {item["metadata"]["name"] for item in rest.get("/api/v1/namespaces")["items"]}
    assert {"default", "kube-system", "kube-public", "kube-node-lease"} <= names


def test_its_kubeconfig_is_readable_by_its_user_alone_and_holds_all_it_needs(plane: ControlPlane) -> None:
    assert plane.kubeconfig.stat().st_mode & 0o777 == 0o600
    kubeconfig = yaml.safe_load(plane.kubeconfig.read_text())
    assert kubeconfig["clusters"][0]["cluster"]["server"] == plane.url
    assert set(kubeconfig["users"][0]["user"]) == {"client-certificate-data", "client-key-data"}


def test_whoever_has_no_certificate_may_do_nothing(plane: ControlPlane) -> None:
    configuration = plane.api_client().configuration
    configuration.cert_file = configuration.key_file = None
    with pytest.raises(ApiError, match='User "system:anonymous" cannot list resource "secrets"'):
        Rest(client.ApiClient(configuration)).get("/api/v1/secrets")


def test_a_proxy_in_the_environment_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert client.Configuration(host="https://127.0.0.1:6443").proxy
    assert control_plane._configuration(6443, issue(tmp_path, ("127.0.0.1",))).proxy is None
