"""The emulator of AWS: moto's server on loopback, and boto3 clients that can reach nothing else."""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import botocore.exceptions
import urllib3
from botocore.config import Config

from rehearsal.aws.definitions import operation, session
from rehearsal.providers.standin import RefusedError

_ROOT: Final = Path(__file__).parents[2]
# moto looks at its own MOTO_* variables and some of AWS's; only these reach it.
_ENVIRONMENT: Final = {
    "PYTHONPATH": str(_ROOT),
    "PYTHONDONTWRITEBYTECODE": "1",
    # So that a misspelt arn:aws:iam::aws:policy/… is refused.
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
}
# AWS documents these as examples; moto accepts any, and no request leaves the machine.
_ACCESS_KEY: Final = "AKIAIOSFODNN7EXAMPLE"
_SECRET_KEY: Final = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # noqa: S105 - AWS's published example, opens nothing
_STOP_SECONDS: Final = 10


class Emulator:
    """AWS for one rehearsal: `with Emulator() as aws: aws.call("ec2", "CreateVpc", {"CidrBlock": "10.0.0.0/16"})`.

    Safe to use from many threads; calls of one service are made one after another, because moto does not lock.
    """

    def __init__(self) -> None:
        self.account = "111122223333"
        self.region = "us-east-1"
        self._process: subprocess.Popen[str] | None = None
        self._endpoint = ""
        self._clients: dict[tuple[str, str], tuple[Any, threading.Lock]] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Start the server."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "rehearsal.aws.server"],
            env={**_ENVIRONMENT, **{name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}},
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None  # noqa: S101 - it was asked to be a pipe
        port = self._process.stdout.readline().strip()
        if not port:
            self._stop()
            raise RuntimeError(
                f"the emulator of AWS did not start; see why with: {sys.executable} -m rehearsal.aws.server"
            )
        self._endpoint = f"http://127.0.0.1:{port}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server; all it held is gone."""
        self._stop()

    @property
    def partition(self) -> str:
        """Return the partition of the region: ``aws``, ``aws-cn``, ``aws-us-gov``."""
        return str(session().get_partition_for_region(self.region))

    @property
    def dns_suffix(self) -> str:
        """Return the domain of the partition's endpoints."""
        return "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"

    def reset(self) -> None:
        """Empty every account."""
        moto = urllib3.PoolManager()
        moto.request("POST", f"{self._endpoint}/moto-api/reset")

    def call(self, service: str, name: str, members: Mapping[str, Any], region: str = "") -> dict[str, Any]:
        """Call an operation by AWS's name for it and return its answer without the transport's metadata.

        Raises:
            RefusedError: with AWS's own error code and text.

        """
        client, lock = self._client(service, region or self.region)
        operation(service, name)
        try:
            with lock:
                answer = client._make_api_call(name, dict(members))  # noqa: SLF001 - the method behind every method
        except botocore.exceptions.ClientError as error:
            reason = error.response["Error"]
            raise RefusedError(f"{service} {name} refused: {reason.get('Code')}: {reason.get('Message')}") from error
        except botocore.exceptions.BotoCoreError as error:
            raise RefusedError(f"{service} {name} refused: {error}") from error
        return {key: value for key, value in answer.items() if key != "ResponseMetadata"}

    def _client(self, service: str, region: str) -> tuple[Any, threading.Lock]:
        with self._lock:
            if (service, region) not in self._clients:
                if not self._endpoint:
                    raise RuntimeError("the emulator of AWS is not running: use it inside its `with` block")
                client = session().create_client(
                    service,
                    region_name=region,
                    endpoint_url=self._endpoint,
                    aws_access_key_id=_ACCESS_KEY,
                    aws_secret_access_key=_SECRET_KEY,
                    # An empty mapping means no proxy; none at all would mean the environment's.
                    config=Config(proxies={}, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
                )
                client.meta.events.register("before-call.*", self._as_account)
                self._clients[service, region] = (client, threading.Lock())
            return self._clients[service, region]

    def _as_account(self, params: dict[str, Any], **_: Any) -> None:
        # Which account a request is made in; moto reads it from this header.
        params["headers"]["x-moto-account-id"] = self.account

    def _stop(self) -> None:
        process, self._process, self._endpoint = self._process, None, ""
        self._clients.clear()
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
