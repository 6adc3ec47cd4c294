"""The program that stores a snapshot of Vault's data in S3. It runs in the cluster: Python's library and boto3 only."""

import argparse
import contextlib
import gzip
import hashlib
import http.client
import json
import logging
import ssl
import sys
import tarfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

ATTEMPTS = 6
"""Waits of 1, 2, 4, 8 and 16 seconds lie between them: a new leader is chosen in fewer."""

_LOG = logging.getLogger(__name__)
_TIMEOUT_SECONDS = 60
_CHUNK = 1024 * 1024
_SUMS = "SHA256SUMS"
# What a snapshot is of: https://github.com/hashicorp/raft-snapshot/blob/main/archive.go
_PARTS = frozenset({"meta.json", "state.bin"})
# Below it the fault is the caller's, and stays; 412, 472 and 473 tell of servers that do not lead.
# https://developer.hashicorp.com/vault/api-docs#http-status-codes
_SERVER_FAULT = 500
_NOT_LEADING = frozenset({412, 429, 472, 473})


class SnapshotError(Exception):
    """A snapshot that cannot be had, or that is none."""


class PassingError(SnapshotError):
    """One that another attempt may mend: a server that no longer leads, an answer cut short."""


class Store(Protocol):
    """What this program needs of boto3's client of S3."""

    def upload_file(self, path: str, bucket: str, key: str, /, *, ExtraArgs: dict[str, str]) -> None:  # noqa: N803 - boto3's name
        """Store a file; the object appears whole, or not at all."""


@dataclass(frozen=True, kw_only=True)
class Vault:
    """Vault as a pod calls it.

    Attributes:
        address: Of the leader, ``https://vault-active.vault.svc:8200``.
        authority: The file with the CA it is trusted by; None trusts the system's.
        role: The role of Vault's Kubernetes authentication.
        proof: The file with the pod's own token.

    """

    address: str
    authority: str | None
    role: str
    proof: Path

    def save(self, to: Path) -> None:
        """Log in, write a snapshot to a file, and log out.

        Raises:
            SnapshotError: Vault refuses.
            PassingError: it may not, another time.

        """
        try:
            login = {"role": self.role, "jwt": self.proof.read_text(encoding="utf-8").strip()}
            with self._call("POST", "auth/kubernetes/login", body=login) as answer:
                session = json.load(answer)["auth"]["client_token"]
            try:
                with self._call("GET", "sys/storage/raft/snapshot", session=session) as answer, to.open("wb") as file:
                    _copy(answer, file)
            finally:
                # What is not revoked ends by itself, in minutes.
                with contextlib.suppress(OSError):
                    self._call("POST", "auth/token/revoke-self", session=session, body={}).close()
        except urllib.error.HTTPError as refused:
            kind = PassingError if refused.code >= _SERVER_FAULT or refused.code in _NOT_LEADING else SnapshotError
            raise kind(f"Vault answers {refused.code} to {refused.url}") from refused
        except (OSError, http.client.HTTPException) as broken:
            raise PassingError(f"no connection to Vault, or one that broke: {broken}") from broken

    def _call(self, method: str, path: str, *, session: str = "", body: dict[str, str] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the address is the layer's, never a user's
            f"{self.address}/v1/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-Vault-Request": "true"} | ({"X-Vault-Token": session} if session else {}),
        )
        context = ssl.create_default_context(cafile=self.authority)
        return urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS, context=context)  # noqa: S310 - as above


def _copy(answer: Any, file: BinaryIO) -> None:
    expected, written = answer.headers.get("Content-Length"), 0
    while chunk := answer.read(_CHUNK):
        written += file.write(chunk)
    if expected is not None and int(expected) != written:
        raise PassingError(f"the answer was cut short: {written} of {expected} bytes")


def check(path: Path) -> None:
    """Read a snapshot from end to end, and compare each part with its sum.

    Raises:
        PassingError: it is damaged, incomplete, or none.

    """
    found: dict[str, str] = {}
    sums = ""
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                content = archive.extractfile(member)
                if content is None:
                    continue
                if member.name == _SUMS:
                    sums = content.read().decode()
                else:
                    found[member.name] = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]  # typeshed wants readinto on a protocol; ExFileObject has it
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, OSError, UnicodeDecodeError) as damaged:
        raise PassingError(f"what Vault sent is no whole snapshot: {damaged}") from damaged
    stated = {name: digest for digest, _, name in (line.partition("  ") for line in sums.splitlines())}
    if missing := sorted(_PARTS - found.keys() | _PARTS - stated.keys()):
        raise PassingError(f"what Vault sent is no whole snapshot: it lacks {', '.join(missing)} or a sum of it")
    if differing := sorted(name for name in stated if found.get(name) != stated[name]):
        raise PassingError(f"the snapshot is damaged: {', '.join(differing)} does not have its sum")


def key_of(cluster: str, at: datetime) -> str:
    """Return the name that a snapshot has in the bucket; names sort as time goes."""
    return f"{cluster}/{at:%Y/%m/%d/%Y%m%dT%H%M%SZ}.snap"


def store(
    save: Callable[[Path], None], client: Store, *, path: Path, bucket: str, key: str, sleep: Callable[[float], None]
) -> int:
    """Take a snapshot until one is whole, store it, and return its size in bytes.

    Raises:
        SnapshotError: none could be had.

    """
    for attempt in range(ATTEMPTS):
        try:
            save(path)
            check(path)
            break
        except PassingError as problem:
            _LOG.warning("attempt %d of %d: %s", attempt + 1, ATTEMPTS, problem)
            if attempt + 1 == ATTEMPTS:
                raise
            sleep(2**attempt)
    size = path.stat().st_size
    # A bucket with a lock takes nothing without a checksum.
    client.upload_file(str(path), bucket, key, ExtraArgs={"ChecksumAlgorithm": "SHA256"})
    return size


def main(arguments: Sequence[str]) -> int:
    """Store one snapshot, as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("address", "authority", "role", "token", "cluster", "bucket", "region", "path"):
        parser.add_argument(f"--{name}", required=True)
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    import boto3  # noqa: PLC0415 - needed here only, so that the rest is read and tested without

    vault = Vault(address=given.address, authority=given.authority, role=given.role, proof=Path(given.token))
    key = key_of(given.cluster, datetime.now(UTC))
    client = boto3.client("s3", region_name=given.region)
    try:
        size = store(vault.save, client, path=Path(given.path), bucket=given.bucket, key=key, sleep=time.sleep)
    except SnapshotError as failed:
        _LOG.error("%s", failed)
        return 1
    _LOG.info("stored s3://%s/%s, %d bytes", given.bucket, key, size)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
