"""Ends its whole process group when the process that started it is gone, however that one ended.

Started by `process_group.py` as a file of its own, with the standard library alone, so that it is up in milliseconds.
"""

import os
import signal
import sys

RELEASE = b"r"
"""What the starter writes when the group shall outlive it."""


def main() -> None:
    """Wait for the starter; its end closes the pipe on standard input, with no byte in it."""
    if os.read(sys.stdin.fileno(), len(RELEASE)) != RELEASE:
        os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
