"""moto as a process of its own: prints its port, serves until its standard input ends."""

import importlib
import sys
from typing import Final

from moto.server import ThreadedMotoServer

_SERVICES: Final = ("ec2", "iam", "eks", "events", "kms", "logs", "s3", "sqs", "sts")


def main() -> None:
    """Serve on a free loopback port; the end of the parent, however it comes, closes the pipe and so ends this too."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    # Read while the engine starts, not while the first resource waits.
    for service in _SERVICES:
        importlib.import_module(f"moto.{service}.models")
    sys.stdin.read()


if __name__ == "__main__":
    main()
