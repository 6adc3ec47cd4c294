"""Writes what backups hold, and judges what a restore brought: a block of bytes that only its own time explains."""

import hashlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Final

_BYTES: Final = 1 << 20
_SPREAD: Final = 64
_MARKER: Final = "marker.json"
_DATA: Final = "data"


def block(written: int) -> bytes:
    """Return the bytes of a time: the same for the same, and of no pattern that a client could leave out."""
    seed = str(written).encode()
    parts = (hashlib.sha512(seed + number.to_bytes(4, "big")).digest() for number in range(_BYTES // _SPREAD))
    return b"".join(parts)


def write(folder: Path, now: int) -> None:
    """Write the block of a time and then the time; a copy between the two holds the old time, and is refused."""
    for name, content in ((_DATA, block(now)), (_MARKER, json.dumps({"written": now}).encode())):
        scratch = folder / f".{name}"
        with scratch.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(folder / name)


def read(folder: Path) -> int:
    """Return when what is there was written.

    Raises:
        ValueError: something is missing, or the bytes are not those of the time.

    """
    try:
        written = int(json.loads((folder / _MARKER).read_text(encoding="utf-8"))["written"])
        found = (folder / _DATA).read_bytes()
    except (OSError, KeyError, TypeError) as error:
        raise ValueError(f"the volume lacks what the canary wrote: {error}") from error
    if found != block(written):
        raise ValueError(f"the volume's {len(found)} bytes are not those written at {written}")
    return written


def main(command: str, folder: Path, message: Path) -> int:
    """Write, or read and leave the result where the kubelet looks for a container's last words."""
    if command == "write":
        write(folder, int(time.time()))
        return 0
    try:
        told = {"written": read(folder)}
    except ValueError as error:
        message.write_text(json.dumps({"error": str(error)}), encoding="utf-8")
        return 1
    message.write_text(json.dumps(told), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), Path("/dev/termination-log")))
