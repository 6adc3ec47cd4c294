"""The certificates of the platform's etcd: an authority that signs for nothing else, its members', its clients'."""

from typing import Any, Final

from components.observability.etcd.settings import DOMAIN, MEMBERS_SERVICE, NAME, NAMESPACE

API: Final = "cert-manager.io/v1"
ISSUER: Final = NAME
AUTHORITY: Final = "etcd-ca"
MEMBER: Final = "etcd-member"
"""The common name of the members' certificate, the only one that another member takes for one's."""
MAINTENANCE: Final = "etcd-maintenance"

_KEY: Final = {"algorithm": "ECDSA", "size": 256}


def secret(name: str) -> str:
    """Return the Secret with a certificate: ``tls.crt``, ``tls.key`` and, of the authority, ``ca.crt``."""
    return f"{name}-tls"


def authority(root: str) -> dict[str, Any]:
    """Return the spec of the authority's certificate.

    Whoever has a certificate of it may do everything. Were it the platform's own CA, that would be every server.

    Args:
        root: The ClusterIssuer that lets a certificate sign itself.

    """
    return {
        "isCA": True,
        "commonName": "Platform etcd",
        "secretName": AUTHORITY,
        "duration": "87600h",
        "renewBefore": "8760h",
        # With a new key at each renewal members would no longer know each other.
        "privateKey": {**_KEY, "rotationPolicy": "Never"},
        "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": root},
    }


def member(members: int) -> dict[str, Any]:
    """Return the spec of the members' certificate, which they show as servers, to each other, and to themselves.

    A member asks DNS whether a caller has one of the names in its certificate, hence all of them, in full. Its gateway
    of JSON calls it as a client, from the loopback address.
    https://etcd.io/docs/v3.7/op-guide/security/
    """
    names = [
        f"{name}{domain}"
        for name in (f"{NAME}-{number}.{MEMBERS_SERVICE}" for number in range(members))
        for domain in (f".{NAMESPACE}.svc", f".{NAMESPACE}.svc.cluster.local")
    ]
    return {
        "commonName": MEMBER,
        "secretName": secret(MEMBER),
        "dnsNames": [*names, "localhost", f"{NAME}.{NAMESPACE}.svc", f"{NAME}.{NAMESPACE}.svc.cluster.local"],
        "ipAddresses": ["127.0.0.1"],
        "usages": ["digital signature", "server auth", "client auth"],
        **_leaf(),
    }


def client(name: str) -> dict[str, Any]:
    """Return the spec of a client's certificate, which names the client and no host: nobody calls it."""
    return {"commonName": name, "secretName": secret(name), "usages": ["digital signature", "client auth"], **_leaf()}


def _leaf() -> dict[str, Any]:
    return {
        # etcd reads files anew at each connection: nothing has to be restarted when they are renewed.
        "duration": "2160h",
        "renewBefore": "720h",
        "privateKey": {**_KEY, "rotationPolicy": "Always"},
        "issuerRef": {"group": "cert-manager.io", "kind": "Issuer", "name": ISSUER},
    }


def address(number: int) -> str:
    """Return a member's name, as its certificate has it."""
    return f"{NAME}-{number}.{DOMAIN}"
