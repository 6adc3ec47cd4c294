"""A real Kubernetes control plane (etcd, API server, controller manager) for the length of one rehearsal."""

import base64
import copy
import ipaddress
import shlex
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import yaml
from kubernetes import client

from rehearsal.kubernetes import commands
from rehearsal.kubernetes.certificates import Certificates, issue
from rehearsal.kubernetes.process_group import ProcessGroup
from rehearsal.kubernetes.rest import ApiError, Rest, UnreachableError
from tools.build import path_of

# EKS gives services this range (or 10.100.0.0/16) when a cluster names none:
# https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
_SERVICE_CIDR: Final = "172.20.0.0/16"

# 2-4 s are usual; this leaves room for a machine that compiles on every core meanwhile.
_START_SECONDS: Final = 90
_POLL_SECONDS: Final = 0.05
# The API server listens before it serves; one that waits for a dead etcd would hold a request for 20 s.
_PROBE_SECONDS: Final = 1.0
_QUOTED_LINES: Final = 15
# As many as `rehearsal.providers.server` has threads, so that no thread waits for a connection.
_CONNECTIONS: Final = 32


class ControlPlaneError(Exception):
    """The control plane did not start; the text quotes the log that tells why."""


@dataclass(frozen=True, slots=True)
class Detached:
    """A control plane that outlives the rehearsal.

    Attributes:
        pids: Its processes.
        kubeconfig: The file to use it with, as in ``kubectl --kubeconfig``.
        stop_command: What ends all its processes; the directory is left to be removed.

    """

    pids: tuple[int, ...]
    kubeconfig: Path
    stop_command: str


class ControlPlane:
    """Starts the control plane on entering and stops it on leaving, whatever happens in between.

    Args:
        directory: Where data, certificates and logs go; one no other control plane has used.
        service_cidr: The range that services get their addresses from.

    """

    def __init__(self, directory: Path, *, service_cidr: str = _SERVICE_CIDR) -> None:
        self._directory = directory.resolve()
        self._service_cidr = service_cidr
        self._group: ProcessGroup | None = None
        self._configuration = client.Configuration()
        self._version = ""

    @property
    def url(self) -> str:
        """The API server's address."""
        return str(self._configuration.host)

    @property
    def kubeconfig(self) -> Path:
        """A kubeconfig of an administrator, usable by kubectl."""
        return self._directory / "kubeconfig"

    @property
    def logs(self) -> Path:
        """The folder with one log per process; it remains after the control plane has stopped."""
        return self._directory / "logs"

    @property
    def version(self) -> str:
        """What the API server says it is, ``v1.36.3``."""
        return self._version

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes: etcd, kube-apiserver, kube-controller-manager."""
        return self._group.pids if self._group else ()

    def api_client(self) -> client.ApiClient:
        """Return a client of its own with an administrator's rights, usable from many threads."""
        return client.ApiClient(copy.deepcopy(self._configuration))

    def __enter__(self) -> Self:
        self._group = ProcessGroup()
        try:
            self._start(self._group)
        except BaseException:
            self._group.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._group:
            self._group.stop()

    def release(self) -> Detached:
        """Let the control plane outlive this process; leaving the block then stops nothing.

        Raises:
            ControlPlaneError: it is not running.

        """
        if not self._group:
            raise ControlPlaneError("the control plane cannot be released: it is not running")
        group, self._group = self._group, None
        group.release()
        stop = shlex.join(["kill", "-KILL", "--", f"-{group.identifier}"])
        return Detached(pids=group.pids, kubeconfig=self.kubeconfig, stop_command=stop)

    def _start(self, group: ProcessGroup) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        first_service_address = str(next(ipaddress.ip_network(self._service_cidr).hosts()))
        certificates = issue(self._directory / "pki", ("127.0.0.1", first_service_address))
        deadline = time.monotonic() + _START_SECONDS
        with _reserved_port() as port:
            self._configuration = _configuration(port, certificates)
            _write_kubeconfig(self.kubeconfig, self.url, certificates)
            self._run(group, "etcd", commands.etcd())
            addresses = commands.Addresses(port, self._service_cidr)
            self._run(group, "kube-apiserver", commands.api_server(addresses, certificates))
            self._wait(group, "/readyz", "kube-apiserver", deadline)
        self._run(group, "kube-controller-manager", commands.controller_manager(self.kubeconfig, certificates))
        # Pods are refused in a namespace without its service account, and what the controllers make later would
        # look like something the rehearsed stack has left behind.
        for namespace in ("default", "kube-system", "kube-public", "kube-node-lease"):
            for item in ("serviceaccounts/default", "configmaps/kube-root-ca.crt"):
                self._wait(group, f"/api/v1/namespaces/{namespace}/{item}", "kube-controller-manager", deadline)
        self._version = str(Rest(self.api_client()).get("/version")["gitVersion"])

    def _run(self, group: ProcessGroup, tool: str, flags: tuple[str, ...]) -> None:
        command = (str(path_of(tool)), *flags)
        group.start(tool, command, directory=self._directory, log=self.logs / f"{tool}.log")

    def _wait(self, group: ProcessGroup, path: str, responsible: str, deadline: float) -> None:
        """Wait until `path` answers, or say why it never will."""
        rest = Rest(self.api_client(), seconds=_PROBE_SECONDS)
        while True:
            try:
                rest.get(path)
            except (ApiError, UnreachableError) as error:
                for tool, status in group.ended():
                    raise ControlPlaneError(
                        f"{tool} ended with status {status} while the control plane was starting. {self._quote(tool)}"
                    ) from None
                if time.monotonic() > deadline:
                    raise ControlPlaneError(
                        f"the control plane was not ready after {_START_SECONDS} s: {path} answers {error}. "
                        f"{self._quote(responsible)}"
                    ) from None
                time.sleep(_POLL_SECONDS)
            else:
                return

    def _quote(self, tool: str) -> str:
        log = self.logs / f"{tool}.log"
        lines = log.read_text(errors="replace").splitlines()[-_QUOTED_LINES:]
        return "\n".join([f"The end of {log}:", *(f"  {line}" for line in lines)])


@contextmanager
def _reserved_port() -> Iterator[int]:
    """Hold a free loopback port so that nothing but a server that shares it by permission can take it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def _configuration(port: int, certificates: Certificates) -> client.Configuration:
    configuration = client.Configuration(host=f"https://127.0.0.1:{port}")
    configuration.ssl_ca_cert = str(certificates.authority.certificate)
    configuration.cert_file = str(certificates.admin.certificate)
    configuration.key_file = str(certificates.admin.key)
    configuration.connection_pool_maxsize = _CONNECTIONS
    # The client takes a proxy from the environment, which cannot reach this machine's loopback address.
    configuration.proxy = None
    configuration.retries = False
    return configuration


def _write_kubeconfig(path: Path, url: str, certificates: Certificates) -> None:
    def embedded(file: Path) -> str:
        return base64.b64encode(file.read_bytes()).decode()

    name = "rehearsal"
    cluster = {"server": url, "certificate-authority-data": embedded(certificates.authority.certificate)}
    user = {
        "client-certificate-data": embedded(certificates.admin.certificate),
        "client-key-data": embedded(certificates.admin.key),
    }
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": name, "user": user}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(content))
