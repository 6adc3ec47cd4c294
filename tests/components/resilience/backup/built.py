"""The layers of backups on the recording engine, with literal outputs of what is below them."""

from typing import Any

import pulumi

from components.foundation.encryption import EncryptionSettings
from components.resilience.backup.drills import BackupDrill
from components.resilience.backup.settings import BackupSettings
from components.resilience.backup.store import BackupStore, BackupStoreOutputs
from components.resilience.backup.velero import Velero, VeleroOutputs
from tests.components import examples
from tests.components.recording import Recording, build

SOURCE = {
    "bucket": "backups-1",
    "region": "eu-west-1",
    "prefix": "platform-other",
    "key_arn": "arn:aws:kms:eu-west-1:111122223333:key/mrk-1",
}


def settings(**values: Any) -> BackupSettings:
    return examples.parsed(BackupSettings, **values)


def store(*, retain_data: bool = True, **values: Any) -> Recording:
    return build(
        lambda: BackupStore(
            "backup-store",
            settings(store=values),
            account=examples.account(),
            encryption=EncryptionSettings(),
            retain_data=retain_data,
        )
    )


def velero(**values: Any) -> Recording:
    return build(
        lambda: Velero(
            "velero",
            settings(**values),
            platform=["vault", "velero"],
            account=examples.account(),
            cluster=examples.cluster(),
            store=BackupStoreOutputs(
                bucket_name=pulumi.Output.from_input("backups"),
                bucket_arn=pulumi.Output.from_input("arn:aws:s3:::backups"),
                key_arn=pulumi.Output.from_input("arn:key/backups"),
                replica_bucket_name=pulumi.Output.from_input(""),
                replica_key_arn=pulumi.Output.from_input(""),
            ),
        )
    )


def drill(**values: Any) -> Recording:
    return build(
        lambda: BackupDrill(
            "backup-drill",
            settings(**values),
            volumes_key_arn="arn:key/volumes",
            velero=VeleroOutputs(namespace=pulumi.Output.from_input("velero"), schedules=pulumi.Output.from_input({})),
        )
    )
