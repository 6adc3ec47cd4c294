"""Grafana's database outlives a zone and is reached by the cluster only; its Job makes what is missing and no more."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from components.kit.maintenance import MaintenanceWindow
from components.kit.postgres import RdsSettings
from components.observability.dashboards.panels import Grafana
from components.observability.grafana import database, databases
from components.observability.grafana.database import GrafanaDatabase
from tests.components import examples
from tests.components.recording import Recording, build

_PSQL = """#!/bin/sh
echo "$@ $ROLES" >> "$LOG"
cat >> "$LOG"
"""


def _built(*, retain_data: bool = True, window: MaintenanceWindow | None = None, **settings: Any) -> Recording:
    return build(
        lambda: GrafanaDatabase(
            "grafana-database",
            examples.parsed(RdsSettings, **settings),
            cluster_name="platform-test",
            network=examples.network(),
            keys=examples.keys(),
            cluster=examples.cluster(),
            retain_data=retain_data,
            window=window,
        )
    )


def test_it_is_encrypted_backed_up_and_has_a_password_of_aws() -> None:
    made = _built().one("aws:rds/instance:Instance", "grafana-database").inputs

    assert made["manageMasterUserPassword"] is True
    assert made["storageEncrypted"] is True
    assert made["kmsKeyId"] == "arn:key/volumes"
    assert made["publiclyAccessible"] is False
    assert made["multiAz"] is True
    assert made["backupRetentionPeriod"] == 14
    assert made["dbName"] == "grafana"


def test_its_logs_outlive_it_in_groups_that_were_there_before_it() -> None:
    recording = _built(log_retention_days=90)
    instance = recording.one("aws:rds/instance:Instance", "grafana-database")
    groups = recording.of("aws:cloudwatch/logGroup:LogGroup")

    # The names RDS writes to, and would make itself without key or end:
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html
    assert {group.inputs["name"] for group in groups} == {
        f"/aws/rds/instance/platform-test-grafana/{log}" for log in instance.inputs["enabledCloudwatchLogsExports"]
    }
    assert {(group.inputs["kmsKeyId"], group.inputs["retentionInDays"]) for group in groups} == {("arn:key/logs", 90)}
    assert {group.name for group in groups} <= set(instance.dependencies)


def test_only_the_cluster_reaches_it() -> None:
    recording = _built()
    (rule,) = recording.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")

    assert rule.inputs["referencedSecurityGroupId"] == "sg-1"
    assert (rule.inputs["fromPort"], rule.inputs["toPort"]) == (5432, 5432)
    group = recording.one("aws:rds/subnetGroup:SubnetGroup", "grafana-database").inputs
    assert sorted(group["subnetIds"]) == ["subnet-node-a", "subnet-node-b"]


def test_aws_restarts_it_in_the_window_of_maintenance_only() -> None:
    window = examples.parsed(MaintenanceWindow, days=["saturday"], start="02:00", hours=4)

    made = _built(window=window).one("aws:rds/instance:Instance", "grafana-database").inputs

    assert (made["maintenanceWindow"], made["backupWindow"]) == ("sat:02:00-sat:06:00", "00:30-01:30")
    assert "maintenanceWindow" not in _built().one("aws:rds/instance:Instance", "grafana-database").inputs


@pytest.mark.parametrize("retain", [True, False])
def test_it_is_protected_where_data_is_retained(*, retain: bool) -> None:
    made = _built(retain_data=retain).one("aws:rds/instance:Instance", "grafana-database")

    assert made.protect is retain
    assert made.inputs["deletionProtection"] is retain
    assert made.inputs["skipFinalSnapshot"] is not retain


def test_policies_name_it_before_it_is_there() -> None:
    made = _built().one("aws:rds/instance:Instance", "grafana-database").inputs

    assert database.endpoint("platform-test", examples.account()).startswith(f"{made['identifier']}.*.")
    assert len(database.identifier("c" * 32)) <= 63


def test_the_job_is_another_when_its_script_or_its_grafanas_are() -> None:
    one, two = databases.run_name([Grafana.MAIN]), databases.run_name([Grafana.MAIN, Grafana.READ])

    assert one != two
    assert one == databases.run_name([Grafana.MAIN])


def test_the_job_has_no_password_in_its_arguments(tmp_path: Path) -> None:
    shell = shutil.which("sh")
    assert shell
    program = tmp_path / "psql"
    program.write_text(_PSQL, encoding="utf-8")
    program.chmod(0o700)
    script = tmp_path / "databases.sh"
    script.write_text(databases.content()["databases.sh"], encoding="utf-8")
    log = tmp_path / "log"

    subprocess.run(
        [shell, str(script)],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "ROLES": "grafana_main grafana_read", "LOG": str(log)},
        stdin=subprocess.DEVNULL,
        check=True,
    )

    calls = [line for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("--")]
    assert [call.split("role=")[1].split()[0] for call in calls[1:]] == ["grafana_main", "grafana_read"]
    assert all("assword" not in call for call in calls)
    sql = log.read_text(encoding="utf-8")
    assert sql.count("CREATE ROLE") == sql.count("CREATE DATABASE") == 2
    assert "WHERE NOT EXISTS" in sql
