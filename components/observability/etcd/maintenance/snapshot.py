"""Takes a snapshot of an etcd, reads it from end to end, and stores it in S3."""

import hashlib
import logging
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from .gateway import EtcdError, Member

_LOG: Final = logging.getLogger("etcd-maintenance")
_CHUNK: Final = 1024 * 1024
# https://github.com/etcd-io/etcd/blob/v3.7.1/etcdutl/snapshot/v3_snapshot.go: pages of 512 bytes and the sum of all.
_PAGE: Final = 512
_SUM: Final = hashlib.sha256().digest_size


class Store(Protocol):
    """What this program needs of boto3's client of S3."""

    def upload_file(self, path: str, bucket: str, key: str, /, *, ExtraArgs: dict[str, str]) -> None:  # noqa: N803 - boto3's name
        """Store a file; the object appears whole, or not at all."""


def save(member: Member, path: Path) -> int:
    """Write a member's data to a file, and return its size in bytes.

    Raises:
        EtcdError: the member does not give it, or not whole.

    """
    with path.open("wb") as file:
        for part in member.snapshot():
            file.write(part)
    check(path)
    return path.stat().st_size


def check(path: Path) -> None:
    """Compare a snapshot with the sum at its end.

    Raises:
        EtcdError: it is damaged, incomplete, or none.

    """
    size = path.stat().st_size
    if size <= _SUM or size % _PAGE != _SUM:
        raise EtcdError(f"{size} bytes are no whole snapshot: it lacks its end")
    found = hashlib.sha256()
    with path.open("rb") as file:
        left = size - _SUM
        while left:
            part = file.read(min(_CHUNK, left))
            found.update(part)
            left -= len(part)
        if file.read() != found.digest():
            raise EtcdError("the snapshot does not have the sum that is written at its end")


def key_of(cluster: str, at: datetime) -> str:
    """Return the name that a snapshot has in the bucket; names sort as time goes."""
    return f"{cluster}/etcd/{at:%Y/%m/%d/%Y%m%dT%H%M%SZ}.db"


def store(
    members: Sequence[Member], client: Store, *, bucket: str, key: str, rounds: int, pause: Callable[[], None]
) -> int:
    """Store a snapshot of the first member that gives a whole one, and return its size in bytes.

    Raises:
        EtcdError: none does.

    """
    for attempt in range(rounds):
        for member in members:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "snapshot.db"
                try:
                    size = save(member, path)
                except EtcdError as problem:
                    _LOG.warning("%s", problem)
                    continue
                # A bucket with a lock takes nothing without a checksum.
                client.upload_file(str(path), bucket, key, ExtraArgs={"ChecksumAlgorithm": "SHA256"})
                return size
        if attempt + 1 < rounds:
            pause()
    raise EtcdError("no member gives a whole snapshot")
