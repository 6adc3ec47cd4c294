"""What a stack decides about Vault, and the names by which its parts and its callers know each other."""

from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field

from components.kit import chart
from components.kit.settings import Settings
from components.security.vault.access_settings import VaultAccessSettings

CHART: Final = "vault"
NAMESPACE: Final = chart.pinned()[CHART].namespace

API_PORT: Final = 8200
ADDRESS: Final = f"https://vault-active.{NAMESPACE}.svc:{API_PORT}"
"""The server that leads: what is written, and a snapshot. It answers once Vault is initialised and unsealed."""

SERVER_ADDRESS: Final = f"https://vault-{{}}.vault-internal.{NAMESPACE}.svc:{API_PORT}"
"""One server by its number, initialised or not."""

CA_SECRET: Final = "vault-tls"  # noqa: S105 - the name of a Secret, not what is in it
CA_KEY: Final = "ca.crt"
"""The key of `CA_SECRET` with the authority that callers trust. Mount this key alone: beside it lies the private key of
the servers."""

AUDIENCE: Final = "vault"
"""Whom a pod's token for Vault is meant for; the roles of Vault's Kubernetes authentication ask for it."""

BOOTSTRAP_ACCOUNT: Final = "vault-bootstrap"
"""The service account that may write the initial root token and the recovery keys to Secrets Manager."""

SNAPSHOT_ACCOUNT: Final = "vault-snapshot"
"""The service account that stores snapshots."""

SNAPSHOT_ROLE: Final = "snapshot"
"""Its role in Vault, which reads `sys/storage/raft/snapshot` and nothing else."""

AUDIT_LOG: Final = "/vault/audit/audit.log"
"""Where the servers' audit device writes."""


def survives_a_zone(replicas: int, zones: int) -> bool:
    """Tell whether a majority of the servers is left when the zone with most of them is lost.

    No zone has two servers more than another, so that none has more than its share rounded up.
    """
    largest = -(-replicas // zones)
    majority = replicas // 2 + 1
    return replicas - largest >= majority


class LockMode(StrEnum):
    """Who can delete a snapshot before its time."""

    GOVERNANCE = "governance"
    COMPLIANCE = "compliance"


class SnapshotsSettings(Settings):
    """The copies of Vault's data outside the cluster."""

    schedule: Annotated[str, Field(pattern=r"^([0-9*/,-]+ ){4}[0-9*/,-]+$", examples=["17 * * * *"])] = "17 * * * *"
    """When a snapshot is stored, as cron writes it, in UTC."""

    retention_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """Days a snapshot is kept, 1 to 3650, and locked."""

    lock: LockMode = LockMode.GOVERNANCE
    """Who can delete a snapshot before its time: with `governance` whoever has the right to bypass the lock, with
    `compliance` nobody, the account's root included: the bucket cannot be destroyed before the last one's time."""


class VaultSettings(Settings):
    """Vault, for secrets that people and programs share."""

    enabled: bool = True
    """Whether the stack has Vault."""

    replicas: Literal[3, 5] = 3
    """Servers: with 3 one may be lost, with 5 two. A majority of them must live."""

    data_gib: Annotated[int, Field(ge=1, le=1024)] = 10
    """Size of each server's volume for data, in GiB. Once Vault is made it grows as the runbook says."""

    audit_gib: Annotated[int, Field(ge=1, le=1024)] = 10
    """Size of each server's volume for the audit log, in GiB, likewise. Up to two thirds of it are kept."""

    snapshots: SnapshotsSettings = SnapshotsSettings()
    """The copies outside the cluster."""

    seal_key_arn: (
        Annotated[
            str,
            Field(
                pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/mrk-[a-z0-9]+$",
                examples=["arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab"],
            ),
        ]
        | None
    ) = None
    """The KMS key that opens the seal, if it is not this stack's own: the copy, in this region, of another stack's key,
    with which its snapshots can be restored here. Only for a Vault that is yet to be made."""

    access: VaultAccessSettings = VaultAccessSettings()
    """What Vault holds, and who gets it."""
