"""What the jobs run: reads the arguments, does one thing, and says by its exit status whether it was done."""

import argparse
import logging
import ssl
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from . import defragment, snapshot
from .gateway import EtcdError, Member

_LOG: Final = logging.getLogger("etcd-maintenance")
_ROUNDS: Final = 12
_PAUSE_SECONDS: Final = 5.0


def trusted(folder: Path) -> ssl.SSLContext:
    """Return what to trust and to show, from a folder with ``ca.crt``, ``tls.crt`` and ``tls.key``."""
    context = ssl.create_default_context(cafile=str(folder / "ca.crt"))
    context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    return context


def main(arguments: Sequence[str]) -> int:
    """Store one snapshot, or defragment all members, as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--member", action="append", required=True, help="https://HOST:PORT of each member")
    parser.add_argument("--tls", type=Path, required=True, help="the folder with the client's certificate")
    tasks = parser.add_subparsers(dest="task", required=True)
    tasks.add_parser("defragment")
    storing = tasks.add_parser("snapshot")
    for name in ("cluster", "bucket", "region"):
        storing.add_argument(f"--{name}", required=True)
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    context = trusted(given.tls)
    members = [Member(url=url, context=context) for url in given.member]
    try:
        if given.task == "snapshot":
            _store(members, given)
        else:
            done = defragment.defragment(members, rounds=_ROUNDS, pause=_pause)
            _LOG.info("defragmented %d of %d members", len(done), len(members))
    except EtcdError as failed:
        _LOG.error("%s", failed)
        return 1
    return 0


def _pause() -> None:
    time.sleep(_PAUSE_SECONDS)


def _store(members: Sequence[Member], given: argparse.Namespace) -> None:
    import boto3  # noqa: PLC0415 - needed here only, so that the rest is read and tested without

    key = snapshot.key_of(given.cluster, datetime.now(UTC))
    client = boto3.client("s3", region_name=given.region)
    size = snapshot.store(members, client, bucket=given.bucket, key=key, rounds=_ROUNDS, pause=_pause)
    _LOG.info("stored s3://%s/%s, %d bytes", given.bucket, key, size)
