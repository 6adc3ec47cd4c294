"""What must hold between a stack's backups, what they promise, and where the stack is."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from components.foundation.account import AccountSettings
from components.resilience.backup.classes import STATEFUL, Choice, Plan, overlaps, reaches_back, worst_loss
from components.resilience.backup.settings import BackupSettings, Engine
from settings.relations import Conflict, Relation
from settings.shape import Path

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
# An upload begins and ends with the credentials that Pod Identity gave it, which last six hours.
# https://github.com/vmware-tanzu/velero/blob/v1.18.1/pkg/repository/config/aws.go
_UPLOAD_HOURS: Final = 5


def every_class_keeps_what_it_promises(backup: BackupSettings) -> Iterator[Conflict]:
    """Yield the schedules by which more can be lost than a class promises, and the retentions that end too early."""
    if not backup.enabled:
        return
    for name, plan in backup.plans.items():
        yield from _broken_promises(("backup", "classes", str(name)), plan, backup.engine.capitalize())


def _broken_promises(path: Path, plan: Plan, program: str) -> Iterator[Conflict]:
    loss, back = worst_loss(plan), reaches_back(plan)
    if overlaps(plan):
        yield Conflict(
            keys=((*path, "timeout_hours"), (*path, "schedule")),
            why=f"lets a backup take {plan.timeout_hours} hours where `{plan.schedule}` begins the next sooner: "
            f"{program} leaves out what is due while one is in work",
        )
    if loss > plan.rpo_hours * _HOUR:
        yield Conflict(
            keys=((*path, "rpo_hours"), (*path, "schedule")),
            why=f"promises to lose {plan.rpo_hours} hours at most, and by `{plan.schedule}` with {plan.timeout_hours} "
            f"hours for a backup it can be {_hours(loss)}; run it more often, or promise",
            remedy=_hours(loss),
        )
    if back < plan.history_days * _DAY:
        short = plan.history_days * _DAY - back
        yield Conflict(
            keys=((*path, "retention_days"), (*path, "history_days")),
            why=f"keeps backups for {plan.retention_days} days and so reaches back {max(back, timedelta())} at times, "
            f"where the class promises {plan.history_days} days",
            remedy=plan.retention_days - (-short // _DAY),
        )


def no_upload_outlives_its_credentials(backup: BackupSettings) -> Iterator[Conflict]:
    """Yield the classes whose uploads may take longer than what they authenticate with is good for."""
    if not backup.enabled or backup.engine is not Engine.VELERO:
        return
    for name, plan in backup.plans.items():
        if plan.move_data and plan.timeout_hours > _UPLOAD_HOURS:
            yield Conflict(
                keys=(("backup", "classes", str(name), "timeout_hours"),),
                why="is longer than the credentials of one upload are good for, which are read once and last six "
                "hours: the class would wait for what has failed",
                remedy=_UPLOAD_HOURS,
            )


def every_volume_of_the_platform_is_backed_up(backup: BackupSettings) -> Iterator[Conflict]:
    """Yield the platform's namespaces with volumes that are to have no backup."""
    for namespace in sorted(STATEFUL) if backup.enabled else ():
        if backup.of_the_platform.get(namespace, Choice.NONE) is Choice.NONE:
            yield Conflict(
                keys=(("backup", "namespaces", namespace),),
                why=f"leaves volumes without a backup: {STATEFUL[namespace]}",
                remedy=str(Choice.BRONZE),
            )


def the_copy_is_in_another_region(backup: BackupSettings, account: AccountSettings) -> Iterator[Conflict]:
    """Yield the copy of the bucket that would be lost with it, or that S3 could not make."""
    replica = backup.store.replica
    if not backup.enabled or replica is None:
        return
    keys = (("backup", "store", "replica", "region"), ("account", "region"))
    if replica.region == account.region:
        yield Conflict(keys=keys, why=f"is the stack's own region, {account.region}: the copy would be lost with it")
    elif _partition(account, replica.region) != account.partition:
        yield Conflict(
            keys=keys, why=f"is of another partition than {account.region}, into which S3 copies nothing and no key is"
        )


def alarms_tell_topics_of_their_region(backup: BackupSettings, account: AccountSettings) -> Iterator[Conflict]:
    """Yield the topics in another region than what is told by them, which CloudWatch refuses."""
    replica = backup.store.replica
    if not backup.enabled or replica is None:
        return
    at = ("backup", "store", "replica")
    where = {"failed": (account.region, ("account", "region")), "late": (replica.region, (*at, "region"))}
    for name, (region, said) in where.items():
        arn = getattr(replica.topics, name)
        if arn and arn.split(":")[3] != region:
            _, partition, service, _, *rest = arn.split(":")
            yield Conflict(
                keys=((*at, "topics", name), said),
                why=f"is no topic of {region}, where its alarm is: an alarm tells topics of its own region only",
                remedy=":".join(("arn", partition, service, region, *rest)),
            )


def the_copy_has_the_volumes(backup: BackupSettings) -> Iterator[Conflict]:
    """Yield the classes whose volumes would not be in the copy: snapshots stay in their region."""
    if not backup.enabled or backup.store.replica is None:
        return
    for name, plan in backup.plans.items():
        if not plan.move_data:
            yield Conflict(
                keys=(("backup", "classes", str(name), "move_data"), ("backup", "store", "replica")),
                why="leaves volumes in snapshots, which are in this region only: the copy would hold no data of theirs",
                remedy=True,
            )


def _partition(account: AccountSettings, region: str) -> str:
    return account.model_copy(update={"region": region}).partition


def _hours(time: timedelta) -> int:
    return -(-time // _HOUR)


RELATIONS: Final[tuple[Relation, ...]] = (
    every_class_keeps_what_it_promises,
    no_upload_outlives_its_credentials,
    every_volume_of_the_platform_is_backed_up,
    the_copy_is_in_another_region,
    alarms_tell_topics_of_their_region,
    the_copy_has_the_volumes,
)
