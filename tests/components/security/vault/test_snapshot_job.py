"""What is stored is a whole snapshot: a leader that changes, an answer cut short or damaged is asked again."""

import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from components.security.vault import snapshot_job as job
from components.security.vault.snapshot_job import PassingError, SnapshotError, Vault

Answer = tuple[int, bytes]


def _snapshot(*, parts: dict[str, bytes] | None = None, sums_of: dict[str, bytes] | None = None) -> bytes:
    parts = {"meta.json": b"{}", "state.bin": b"state" * 1000} if parts is None else parts
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in (sums_of or parts).items())
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in {**parts, "SHA256SUMS": sums.encode()}.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


_WHOLE = _snapshot()
_LOGIN: Answer = (200, json.dumps({"auth": {"client_token": "of-the-job"}}).encode())


@contextmanager
def _vault(*snapshots: Answer, login: Answer = _LOGIN, claimed: int = 0) -> Iterator[tuple[str, list[str]]]:
    """Serve these answers for a snapshot one after the other, and tell what was asked with which token.

    `claimed` bytes more are announced than come.
    """
    asked: list[str] = []
    left = list(snapshots)

    class Server(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked.append(f"{self.path} {self.headers.get('X-Vault-Token', '')} {body.decode()}".rstrip())
            code, content = (200, b"{}")
            if self.path.endswith("/login"):
                code, content = login
            elif self.path.endswith("/snapshot"):
                code, content = left.pop(0)
            self.send_response(code)
            more = claimed if self.path.endswith("/snapshot") else 0
            self.send_header("Content-Length", str(len(content) + more))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _answer  # noqa: N815 - the library's names

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Bucket:
    """A store that keeps what it is given."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def upload_file(self, path: str, bucket: str, key: str, /, *, ExtraArgs: dict[str, str]) -> None:  # noqa: N803 - boto3's name
        assert ExtraArgs["ChecksumAlgorithm"]
        self.objects[f"{bucket}/{key}"] = Path(path).read_bytes()


@pytest.fixture
def caller(tmp_path: Path) -> Callable[[str], Vault]:
    (tmp_path / "token").write_text("pods-token\n", encoding="utf-8")
    return lambda address: Vault(address=address, authority=None, role="snapshot", proof=tmp_path / "token")


def _store(vault: Vault, to: Path, waits: list[float]) -> _Bucket:
    bucket = _Bucket()
    job.store(vault.save, bucket, path=to / "snapshot", bucket="b", key="k", sleep=waits.append)
    return bucket


def test_a_whole_snapshot_is_stored_as_it_came(caller: Callable[[str], Vault], tmp_path: Path) -> None:
    with _vault((200, _WHOLE)) as (address, asked):
        bucket = _store(caller(address), tmp_path, [])

    assert bucket.objects == {"b/k": _WHOLE}
    assert asked[0] == '/v1/auth/kubernetes/login  {"role": "snapshot", "jwt": "pods-token"}'
    assert asked[1] == "/v1/sys/storage/raft/snapshot of-the-job"
    assert asked[2].startswith("/v1/auth/token/revoke-self of-the-job")


@pytest.mark.parametrize(
    "first",
    [
        (500, b"{}"),
        (503, b"{}"),
        (472, b"{}"),
        (200, _WHOLE[: len(_WHOLE) // 2]),
        (200, b"<html>not a snapshot</html>"),
        (200, b""),
        (200, _snapshot(parts={"meta.json": b"{}"})),
        (200, _snapshot(sums_of={"meta.json": b"{}", "state.bin": b"other"})),
        (200, _snapshot(sums_of={"meta.json": b"{}"})),
    ],
    ids=["a fault", "sealed", "not leading", "half", "a page", "nothing", "no state", "a wrong sum", "no sum"],
)
def test_what_is_no_snapshot_is_asked_for_again_after_a_wait(
    first: Answer, caller: Callable[[str], Vault], tmp_path: Path
) -> None:
    waits: list[float] = []
    with _vault(first, (200, _WHOLE)) as (address, _):
        bucket = _store(caller(address), tmp_path, waits)

    assert bucket.objects == {"b/k": _WHOLE}
    assert waits == [1]


def test_a_connection_that_breaks_is_made_again(caller: Callable[[str], Vault], tmp_path: Path) -> None:
    with _vault((200, _WHOLE), claimed=10) as (address, _), pytest.raises(PassingError):
        caller(address).save(tmp_path / "snapshot")


def test_no_attempt_is_without_end_and_nothing_half_is_stored(caller: Callable[[str], Vault], tmp_path: Path) -> None:
    waits: list[float] = []
    bucket = _Bucket()
    with _vault(*[(503, b"{}")] * job.ATTEMPTS) as (address, _), pytest.raises(SnapshotError, match="503"):
        job.store(caller(address).save, bucket, path=tmp_path / "snapshot", bucket="b", key="k", sleep=waits.append)

    assert waits == [1, 2, 4, 8, 16]
    assert bucket.objects == {}


def test_a_refusal_is_told_at_once_without_the_token(caller: Callable[[str], Vault], tmp_path: Path) -> None:
    waits: list[float] = []
    with _vault(login=(403, b"{}")) as (address, _), pytest.raises(SnapshotError, match="403") as refused:
        _store(caller(address), tmp_path, waits)

    assert waits == []
    assert "pods-token" not in str(refused.value)


def test_names_in_the_bucket_sort_as_time_goes() -> None:
    times = [datetime(2026, 1, day, hour, tzinfo=UTC) for day in (2, 10) for hour in (3, 20)]
    keys = [job.key_of("platform-prod", at) for at in times]

    assert keys[0] == "platform-prod/2026/01/02/20260102T030000Z.snap"
    assert sorted(keys) == keys


def test_the_whole_program_fills_a_locked_bucket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "token").write_text("pods-token", encoding="utf-8")
    monkeypatch.setattr(job, "Vault", lambda **given: Vault(**{**given, "authority": None}))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws(), _vault((200, _WHOLE)) as (address, _), caplog.at_level("INFO"):
        s3 = boto3.client("s3", region_name="eu-central-1")
        s3.create_bucket(
            Bucket="snapshots",
            ObjectLockEnabledForBucket=True,
            CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
        )
        given = {
            "address": address,
            "authority": "-",
            "role": "snapshot",
            "token": str(tmp_path / "token"),
            "cluster": "platform-dev",
            "bucket": "snapshots",
            "region": "eu-central-1",
            "path": str(tmp_path / "snapshot"),
        }
        code = job.main([part for name, value in given.items() for part in (f"--{name}", value)])
        (stored,) = s3.list_objects_v2(Bucket="snapshots")["Contents"]
        body = s3.get_object(Bucket="snapshots", Key=stored["Key"])["Body"].read()

    assert code == 0
    assert body == _WHOLE
    assert stored["Key"].startswith("platform-dev/")
    assert "stored s3://snapshots/platform-dev/" in caplog.text
