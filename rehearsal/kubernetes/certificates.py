"""The keys and certificates of a control plane that lives for one rehearsal."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# Longer than any kept control plane is used, short enough that a forgotten key is worth nothing.
_LIFETIME: Final = timedelta(days=7)
# Certificates are valid a little before they were made: clocks inside virtual machines step back.
_BACKDATE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class KeyPair:
    """The files of one identity, PEM."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Certificates:
    """Every identity the control plane needs.

    Attributes:
        authority: The certificate authority that signed the others.
        server: The API server's serving certificate.
        admin: A client in the group ``system:masters``, which RBAC never restricts.
        service_account_key: The key that signs service account tokens.

    """

    authority: KeyPair
    server: KeyPair
    admin: KeyPair
    service_account_key: Path


def issue(directory: Path, addresses: tuple[str, ...]) -> Certificates:
    """Make all keys and certificates and write them to `directory`; `addresses` are the server's IP addresses."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority_name = _name("rehearsal-ca")
    authority = (
        _builder(authority_name, authority_name, authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(authority_key, hashes.SHA256())
    )

    def signed(file: str, subject: x509.Name, usage: x509.ObjectIdentifier, *names: x509.GeneralName) -> KeyPair:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(subject, authority_name, key.public_key())
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return _write(directory, file, key, builder.sign(authority_key, hashes.SHA256()))

    server_names = [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
    return Certificates(
        authority=_write(directory, "ca", authority_key, authority),
        server=signed(
            "server", _name("kube-apiserver"), ExtendedKeyUsageOID.SERVER_AUTH, x509.DNSName("localhost"), *server_names
        ),
        admin=signed("admin", _name("rehearsal", "system:masters"), ExtendedKeyUsageOID.CLIENT_AUTH),
        service_account_key=_write_key(directory, "service-accounts", ec.generate_private_key(ec.SECP256R1())),
    )


def _name(common_name: str, organization: str | None = None) -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if organization is not None:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    return x509.Name(attributes)


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATE)
        .not_valid_after(now + _LIFETIME)
    )


def _write(directory: Path, file: str, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> KeyPair:
    path = directory / f"{file}.crt"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return KeyPair(certificate=path, key=_write_key(directory, file, key))


def _write_key(directory: Path, file: str, key: ec.EllipticCurvePrivateKey) -> Path:
    path = directory / f"{file}.key"
    path.touch(mode=0o600)
    path.write_bytes(
        # The API server reads a service account key of an elliptic curve in this older form only.
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
    )
    return path
