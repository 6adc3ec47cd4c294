"""What brings back what was lost: backups, where they are, and the proof that they can be restored."""

from typing import TYPE_CHECKING

from components.assembly import chaos
from components.assembly.ground import Ground
from components.assembly.security import Security, left_alone
from components.assembly.systems import Systems
from components.resilience.backup.drills import BackupDrill
from components.resilience.backup.store import BackupStore
from components.resilience.backup.velero import Velero
from components.resilience.kasten.kasten import Kasten
from settings import PlatformSettings

if TYPE_CHECKING:
    from components.kit.layer import Layer


class Resilience:
    """Every layer of the tier but the guard, as far as the settings ask for it.

    Attributes:
        backup_store: The bucket that backups are in, if the stack has them.
        layers: All of them, in the order in which they are made.

    """

    def __init__(self, settings: PlatformSettings, ground: Ground, systems: Systems, security: Security) -> None:
        self.layers: list[Layer] = chaos.layers(settings, ground, systems, security)
        self.backup_store: BackupStore | None = None
        if not settings.backup.enabled:
            return
        # AWS alone is needed for it.
        self.backup_store = store = BackupStore(
            "backup-store",
            settings.backup,
            account=settings.account,
            encryption=settings.encryption,
            retain_data=settings.retain_data,
            opts=ground.after(),
        )
        if kasten := settings.backup.kasten:
            # Settings have it where Kasten is the engine, and nowhere else.
            self.layers += [
                store,
                Kasten(
                    "kasten",
                    settings.backup,
                    kasten,
                    account=settings.account,
                    cluster=ground.cluster.outputs,
                    store=store.outputs,
                    # Its own volumes are of the default class.
                    opts=ground.after(store, systems.policies, systems.storage),
                ),
            ]
            return
        velero = Velero(
            "velero",
            settings.backup,
            platform=left_alone(),
            account=settings.account,
            cluster=ground.cluster.outputs,
            store=store.outputs,
            # Whose snapshots there are to take is known later; nothing of it is needed for this.
            opts=ground.after(store, systems.policies),
        )
        drill = BackupDrill(
            "backup-drill",
            settings.backup,
            volumes_key_arn=ground.encryption.outputs.volumes_key_arn,
            velero=velero.outputs,
            # It calls Velero when its time has come. Who takes the canary's volume away must outlive it.
            opts=ground.after(systems.policies, ground.storage_addons),
        )
        self.layers += [store, velero, drill]
