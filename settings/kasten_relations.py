"""What must hold between a stack's backups and Kasten, where it makes them: what it is not asked for, by name."""

from collections.abc import Iterator, Mapping
from typing import Final

from components.compute.network_plugin import Routing
from components.networking.cilium import CiliumSettings
from components.resilience.backup.settings import BackupSettings, Engine
from components.resilience.kasten.frequency import frequency
from settings.relations import Conflict, Relation
from settings.shape import Path

_ENGINE: Final[Path] = ("backup", "engine")

_UNHEARD: Final[Mapping[Path, str]] = {
    ("source",): "is another cluster's bucket as Velero reads it, and Kasten imports by a token that the other cluster "
    "shows: leave it out and import as docs/layers/kasten.md says",
    ("hooks",): "are commands as Velero runs them, and Kasten takes Kanister Blueprints: keep one beside your database",
    ("store", "lock"): "needs Kasten to renew locks and to see and erase versions, and nobody here has that right: "
    "leave it out",
    ("images",): "is what Velero changes in a restore: leave it out, and write a TransformSet of your own",
    ("drill",): "is asked of Velero's restores: leave it out",
}
"""What Velero is told and Kasten would not hear, with why, and what to do."""


def kasten_has_its_settings(backup: BackupSettings) -> Iterator[Conflict]:
    """Yield the block that is missing, or of no use, and what in it nobody has agreed to."""
    kasten = backup.kasten
    if not _asked(backup):
        if kasten is not None:
            yield Conflict(
                keys=(("backup", "kasten"), _ENGINE), why=f"is for Kasten, and the engine is {backup.engine}"
            )
        return
    if kasten is None:
        yield Conflict(
            keys=(_ENGINE, ("backup", "kasten")),
            why="needs the block backup.kasten, with who accepts Veeam's licence agreement",
        )
        return
    if not kasten.accept_eula:
        yield Conflict(
            keys=(("backup", "kasten", "accept_eula"), _ENGINE),
            why="must be true for Kasten to work: read https://docs.kasten.io/eula, and say so for your company",
        )
    if not kasten.accept_no_drills:
        yield Conflict(
            keys=(("backup", "kasten", "accept_no_drills"), _ENGINE),
            why="must be true with Kasten, for nothing here tries its restores: take velero, or say that you will",
        )


def kasten_is_asked_for_nothing_it_does_not_do(backup: BackupSettings) -> Iterator[Conflict]:
    """Yield what Velero is told and Kasten would not hear."""
    if not _asked(backup):
        return
    asked: dict[Path, object] = {
        ("source",): backup.source,
        ("hooks",): backup.hooks,
        ("store", "lock"): backup.store.lock,
        ("images",): backup.images,
        ("drill",): "drill" in backup.model_fields_set,
    }
    for path, why in _UNHEARD.items():
        if asked[path]:
            yield Conflict(keys=(("backup", *path), _ENGINE), why=f"{why}, or take velero")


def kasten_can_say_each_schedule(backup: BackupSettings) -> Iterator[Conflict]:
    """Yield the schedules for which Kasten has no words."""
    for name, plan in backup.plans.items() if _asked(backup) else ():
        try:
            frequency(plan.schedule)
        except ValueError as error:
            yield Conflict(
                keys=(("backup", "classes", str(name), "schedule"), _ENGINE),
                why=f"is `{plan.schedule}`, and {error}",
            )


def kastens_api_is_reached(backup: BackupSettings, cilium: CiliumSettings) -> Iterator[Conflict]:
    """Yield Kasten where the API server reaches no pod: what it serves of its own API would have to run on nodes."""
    if _asked(backup) and cilium.routing is Routing.OVERLAY:
        yield Conflict(
            keys=(_ENGINE, ("cilium", "routing")),
            why="serves a part of the Kubernetes API from a pod, which the control plane does not reach in an overlay; "
            "take velero",
            remedy=str(Engine.VELERO),
        )


def _asked(backup: BackupSettings) -> bool:
    return backup.enabled and backup.engine is Engine.KASTEN


RELATIONS: Final[tuple[Relation, ...]] = (
    kasten_has_its_settings,
    kasten_is_asked_for_nothing_it_does_not_do,
    kasten_can_say_each_schedule,
    kastens_api_is_reached,
)
