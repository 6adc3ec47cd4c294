"""Who signs certificates: Let's Encrypt's two environments and a CA whose key never leaves the cluster."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

API: Final = "cert-manager.io/v1"

# https://letsencrypt.org/docs/staging-environment/ and https://letsencrypt.org/docs/acme-protocol-updates/
DIRECTORIES: Final = {
    "letsencrypt_staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
    "letsencrypt_production": "https://acme-v02.api.letsencrypt.org/directory",
}
"""Where Let's Encrypt's environments are asked."""

# Whoever trusts a CA does so by hand: ten years, replaced with a year's notice.
_CA_LIFE: Final = {"duration": "87600h", "renewBefore": "8760h"}
_CA_SECRET: Final = "private-ca"  # noqa: S105 - the name of a Secret, not what is in it


class Issuer(StrEnum):
    """Who signs."""

    LETSENCRYPT_STAGING = "letsencrypt_staging"
    LETSENCRYPT_PRODUCTION = "letsencrypt_production"
    PRIVATE = "private"

    @property
    def cluster_issuer(self) -> str:
        """The name of its ClusterIssuer."""
        return self.replace("_", "-")

    @property
    def is_acme(self) -> bool:
        """Whether it asks for proof that a name is ours, which needs a zone or a public entry."""
        return self in DIRECTORIES


PRIVATE_ROOT: Final = f"{Issuer.PRIVATE}-root"
"""The name of the ClusterIssuer by which a certificate signs itself."""


def acme(
    issuer: Issuer, *, email: str | None, region: str, zones: Mapping[str, str], http_solver: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return the spec of an ACME issuer.

    Args:
        issuer: One of Let's Encrypt's environments.
        email: Whom the CA may write to.
        region: The region the solver signs its calls to Route 53 for.
        zones: Hosted zones by domain. Names in them are proved by a record there, which serves wildcards too.
        http_solver: How all other names are proved over HTTP; None where no client reaches us from outside.

    """
    solvers: list[dict[str, Any]] = [
        {
            "selector": {"dnsZones": [domain]},
            # With its id the zone need not be looked for, nor that be permitted.
            "dns01": {"route53": {"region": region, "hostedZoneID": zone}},
        }
        for domain, zone in sorted(zones.items())
    ]
    if http_solver:
        solvers.append({"http01": {**http_solver}})
    account = {
        "server": DIRECTORIES[issuer],
        "privateKeySecretRef": {"name": f"{issuer.cluster_issuer}-account"},
        "solvers": solvers,
    }
    return {"acme": account | ({"email": email} if email else {})}


def private_ca() -> dict[str, dict[str, Any]]:
    """Return the specs of the private CA: its own signature, its certificate, and the issuer that signs with it."""
    return {
        "root": {"selfSigned": {}},
        "certificate": {
            "isCA": True,
            "commonName": "Platform private CA",
            "secretName": _CA_SECRET,
            **_CA_LIFE,
            # cert-manager makes a new key at each renewal, by which everyone would lose the CA they trust.
            "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Never"},
            "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": PRIVATE_ROOT},
        },
        "issuer": {"ca": {"secretName": _CA_SECRET}},
    }


def certificate(issuer: Issuer, domain: str, *, secret: str) -> dict[str, Any]:
    """Return the spec of the certificate of a domain and of every name one label below it."""
    return {
        "secretName": secret,
        "dnsNames": [domain, f"*.{domain}"],
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
        "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": issuer.cluster_issuer},
    }
