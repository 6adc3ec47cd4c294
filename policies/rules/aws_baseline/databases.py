"""Rules about databases in RDS: reachable from inside only, encrypted, kept, and back after a zone or a mistake."""

from collections.abc import Iterator
from typing import Final

from policies.expect import off, on
from policies.rule import Finding, Parameters, ResourceRule
from policies.values import Properties, Unknown, read, split

_INSTANCE: Final = "aws:rds/instance:Instance"
_CLUSTER: Final = "aws:rds/cluster:Cluster"


class Backups(Parameters):
    """How far back a database can be taken."""

    minimum_days: int = 7
    """For how many days backups must be kept."""


def _backups(database: Properties, backups: Backups) -> Iterator[Finding]:
    # An instance keeps none by default and a cluster one day: 1 is never enough, so one default serves both.
    days = read(database, "backupRetentionPeriod", default=0)
    if isinstance(days, Unknown):
        yield days
    elif days < backups.minimum_days:
        yield f"backups are kept for {days:.0f} days; set backupRetentionPeriod to {backups.minimum_days} or more"


def _password(database: Properties) -> Iterator[Finding]:
    managed, password = read(database, "manageMasterUserPassword", default=False), read(database, "password")
    if isinstance(managed, Unknown):
        yield managed
    elif password and not managed:
        yield "the password stands in the stack's state; remove it and set manageMasterUserPassword to true"


def _final_snapshot(database: Properties) -> Iterator[Finding]:
    skipped = read(database, "skipFinalSnapshot", default=False)
    if isinstance(skipped, Unknown):
        yield skipped
    elif skipped:
        yield "destroying the database leaves nothing of it; set skipFinalSnapshot to false"


def _records(database: Properties) -> Iterator[Finding]:
    exports, unknown = split(read(database, "enabledCloudwatchLogsExports"))
    yield from unknown
    if not exports and not unknown:
        yield "the database's log stays on the instance; list its logs in enabledCloudwatchLogsExports"


RULES: Final = (
    ResourceRule(
        name="rds-public",
        why="A database with a public address is tried with leaked passwords all day.",
        types=(_INSTANCE,),
        check=off(
            "publiclyAccessible",
            default=False,
            fault="the database has a public address; set publiclyAccessible to false",
        ),
        references=("AWS Security Hub: RDS.2",),
    ),
    ResourceRule(
        name="rds-encrypted",
        why="Snapshots of a database in the clear are in the clear wherever they are copied to.",
        types=(_INSTANCE, _CLUSTER),
        check=on(
            "storageEncrypted", default=False, fault="the database is not encrypted; set storageEncrypted to true"
        ),
        references=("AWS Security Hub: RDS.3",),
    ),
    ResourceRule(
        name="rds-multi-az",
        why="A database in one zone is down with it, and while it is patched.",
        types=(_INSTANCE,),
        check=on("multiAz", default=False, fault="the database is in one zone only; set multiAz to true"),
        references=("AWS Security Hub: RDS.5",),
    ),
    ResourceRule(
        name="rds-deletion-protection",
        why="One wrong command deletes a database, and its automatic backups with it.",
        types=(_INSTANCE, _CLUSTER),
        check=on(
            "deletionProtection", default=False, fault="one call deletes the database; set deletionProtection to true"
        ),
        references=("AWS Security Hub: RDS.7, RDS.8",),
    ),
    ResourceRule(
        name="rds-backups",
        why="A mistake is often noticed days after it was made.",
        types=(_INSTANCE, _CLUSTER),
        check=_backups,
        parameters=Backups(),
        references=("AWS Security Hub: RDS.11",),
    ),
    ResourceRule(
        name="rds-final-snapshot",
        why="The last state of a database is worth its storage until somebody says otherwise.",
        types=(_INSTANCE, _CLUSTER),
        check=_final_snapshot,
        references=("Amazon RDS User Guide: deleting a DB instance",),
    ),
    ResourceRule(
        name="rds-minor-upgrades",
        why="Minor versions of a database are its security fixes.",
        types=(_INSTANCE,),
        check=on(
            "autoMinorVersionUpgrade",
            default=True,
            fault="security fixes wait for somebody to think of them; set autoMinorVersionUpgrade to true",
        ),
        references=("AWS Security Hub: RDS.13",),
    ),
    ResourceRule(
        name="rds-password",
        why="A password that the program knows is in its state, and is never changed.",
        types=(_INSTANCE, _CLUSTER),
        check=_password,
        references=("Amazon RDS User Guide: password management with Secrets Manager",),
    ),
    ResourceRule(
        name="rds-tags-to-snapshots",
        why="A snapshot without tags belongs to nobody and is deleted, or kept, by accident.",
        types=(_INSTANCE,),
        check=on(
            "copyTagsToSnapshot",
            default=False,
            fault="snapshots do not say whose they are; set copyTagsToSnapshot to true",
        ),
        references=("AWS Security Hub: RDS.17",),
    ),
    ResourceRule(
        name="rds-logs",
        why="What a database logged to its own disk is gone with it.",
        types=(_INSTANCE,),
        check=_records,
        references=("AWS Security Hub: RDS.9",),
        level="advisory",
    ),
)
