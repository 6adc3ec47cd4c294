"""What a stack in another region must be told to bring this one back there."""

from typing import Any

from components.assembly.observability import Observability
from components.assembly.resilience import Resilience
from components.assembly.security import Security
from components.resilience.backup.settings import Engine
from settings import PlatformSettings


def told(
    settings: PlatformSettings, security: Security, observability: Observability, resilience: Resilience
) -> dict[str, Any]:
    """Return where the copies are: `platform:` as that stack's file has them, the others for who restores by hand.

    Empty, if the stack has no copies.
    """
    region = settings.copies_region
    if region is None or resilience.backup_store is None:
        return {}
    store = resilience.backup_store.outputs
    found: dict[str, Any] = {}
    # Kasten finds nothing in a bucket without its own catalogue: its restore elsewhere begins with that.
    if settings.backup.engine is Engine.VELERO:
        source = settings.backup.source
        # Who reads what a stack of recovery left goes home: no region is lost then, and its own copies are in this one.
        lost = {} if source and source.lost_region else {"lost_region": settings.account.region}
        found["platform:backup.source"] = {
            "bucket": store.replica_bucket_name,
            "region": region,
            "prefix": settings.cluster.name,
            "key_arn": store.replica_key_arn,
            **lost,
        }
    if security.vault:
        vault = security.vault.outputs
        found |= {
            "vault_init_secret_arn": vault.init_secret_arn,
            "vault_snapshots_bucket": vault.snapshot_replica_bucket,
        }
        if settings.vault.seal_key_arn is None:
            found["platform:vault.seal_key_arn"] = vault.unseal_replica_arn
    if observability.etcd:
        found["etcd_snapshots_bucket"] = observability.etcd.outputs.snapshot_replica_bucket
    return found
