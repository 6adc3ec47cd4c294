"""A real etcd of three members on the loopback address, with the platform's arguments and certificates."""

import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from components.observability.etcd import certificates, member
from components.observability.etcd.maintenance.gateway import Member
from components.observability.etcd.maintenance.program import trusted
from components.observability.etcd.settings import CLIENT_PORT, METRICS_PORT, NAME, PEER_PORT, EtcdSettings

ETCD = Path(__file__).parents[4] / ".tools" / "bin" / "etcd"
_USAGES = {"server auth": ExtendedKeyUsageOID.SERVER_AUTH, "client auth": ExtendedKeyUsageOID.CLIENT_AUTH}
_SECONDS = 30


@dataclass
class Authority:
    """Signs what the specs of cert-manager's certificates ask for, as cert-manager does."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def name(self) -> x509.Name:
        """The subject."""
        return _name("Platform etcd")

    def sign(self, spec: dict[str, Any], folder: Path) -> Path:
        """Write ``ca.crt``, ``tls.crt`` and ``tls.key`` into a folder, and return it."""
        folder.mkdir(parents=True)
        key = ec.generate_private_key(ec.SECP256R1())
        names: list[x509.GeneralName] = [x509.DNSName(each) for each in spec.get("dnsNames", ())]
        names += [x509.IPAddress(IPv4Address(each)) for each in spec.get("ipAddresses", ())]
        usages = [_USAGES[each] for each in spec["usages"] if each in _USAGES]
        built = _builder(_name(spec["commonName"]), self.name, key.public_key()).add_extension(
            x509.ExtendedKeyUsage(usages), critical=False
        )
        if names:
            built = built.add_extension(x509.SubjectAlternativeName(names), critical=False)
        own = _builder(self.name, self.name, self.key.public_key()).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        _write(folder / "ca.crt", own.sign(self.key, hashes.SHA256()))
        _write(folder / "tls.crt", built.sign(self.key, hashes.SHA256()))
        (folder / "tls.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return folder


def _write(path: Path, certificate: x509.Certificate) -> None:
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
    )


@dataclass
class Etcd:
    """The running cluster.

    Attributes:
        folder: Where certificates and data lie.
        authority: Who signs.
        ports: Of each member: for clients, peers and metrics.
        processes: The members that run, by number.

    """

    folder: Path
    authority: Authority
    ports: list[dict[int, int]]
    processes: dict[int, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def urls(self) -> list[str]:
        """Return where each member serves clients."""
        return [f"https://127.0.0.1:{ports[CLIENT_PORT]}" for ports in self.ports]

    def context(self) -> ssl.SSLContext:
        """Return what the maintenance shows and trusts."""
        folder = self.folder / certificates.MAINTENANCE
        if not folder.exists():
            self.authority.sign(certificates.client(certificates.MAINTENANCE), folder)
        return trusted(folder)

    def members(self) -> list[Member]:
        """Return the members as the maintenance reaches them."""
        context = self.context()
        return [Member(url=url, context=context) for url in self.urls()]

    def arguments(self, number: int) -> list[str]:
        """Return a member's arguments as they are, but for where it listens and where its files lie."""
        written = "\n".join(member.arguments(EtcdSettings())).replace("$(POD_NAME)", f"{NAME}-{number}")
        for other, ports in enumerate(self.ports):
            for meant, real in ports.items():
                written = written.replace(f"{certificates.address(other)}:{meant}", f"127.0.0.1:{real}")
        for meant, real in self.ports[number].items():
            written = written.replace(f"0.0.0.0:{meant}", f"127.0.0.1:{real}")
        written = written.replace(member.TLS, str(self.folder / "member"))
        return written.replace(member.DATA, str(self.folder / str(number))).splitlines()

    def start(self, number: int) -> None:
        """Start a member."""
        with (self.folder / f"{number}.log").open("ab") as log:
            self.processes[number] = subprocess.Popen([ETCD, *self.arguments(number)], stdout=log, stderr=log)

    def stop(self, number: int) -> None:
        """End a member as a lost node does."""
        process = self.processes.pop(number)
        process.kill()
        process.wait()

    def wait(self, *numbers: int) -> None:
        """Wait until members serve; fail with the end of a log if they do not."""
        members = self.members()
        for number in numbers:
            until(members[number].is_healthy, lambda number=number: (self.folder / f"{number}.log").read_text()[-3000:])


def until(holds: Any, otherwise: Any = lambda: "") -> None:
    """Look again and again until something holds."""
    end = time.monotonic() + _SECONDS
    while not holds():
        assert time.monotonic() < end, otherwise()
        time.sleep(0.1)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@contextmanager
def running(folder: Path) -> Iterator[Etcd]:
    """Run three members until the block is left."""
    authority = Authority()
    authority.sign(certificates.member(3), folder / "member")
    ports = iter(_free_ports(9))
    made = Etcd(
        folder, authority, [{each: next(ports) for each in (CLIENT_PORT, PEER_PORT, METRICS_PORT)} for _ in range(3)]
    )
    try:
        for number in range(3):
            (folder / str(number)).mkdir()
            made.start(number)
        made.wait(0, 1, 2)
        yield made
    finally:
        for number in list(made.processes):
            made.stop(number)
