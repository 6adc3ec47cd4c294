"""The plan of a destroy tells first whether it refuses; its commands lead through it without losing what is kept."""

from pathlib import Path
from typing import Any

import pytest

from operations import page
from operations.destroy import __main__ as command
from operations.destroy.page import markdown
from tests.operations import stage
from tests.operations.stage import entry


def _plan(project: Path, *, retain: bool, extra: tuple[dict[str, Any], ...] = ()) -> str:
    database = {"identifier": "platform-prod-grafana", "deletionProtection": retain, "skipFinalSnapshot": not retain}
    return markdown(
        stage.rehearsed(
            project,
            entry("vpc", "network-vpc", protect=retain),
            entry("cluster", "control-plane", {"name": "platform-prod", "deletionProtection": retain}, protect=retain),
            entry("nodes", "general", after=["cluster control-plane"]),
            entry("database", "grafana", database, after=["vpc network-vpc"], protect=retain),
            *extra,
            entry("guard", "guard", after=["nodes general", "database grafana"], protect=retain),
        )
    )


def test_a_protected_stack_is_told_to_be_lifted_after_its_data_are_safe(tmp_path: Path) -> None:
    text = _plan(tmp_path, retain=True)
    order = [
        "**It refuses as it stands**: 4 resources of 4 are protected",
        "aws sts get-caller-identity",
        "make rehearse STACK=prod",
        "aws rds create-db-snapshot --db-instance-identifier platform-prod-grafana",
        "aws rds copy-db-snapshot --source-db-snapshot-identifier platform-prod-grafana-by-hand",
        "kubectl get services --all-namespaces",
        "pulumi up --stack prod",
        "pulumi destroy --stack prod",
        "pulumi stack rm --preserve-config prod",
    ]

    assert [text.index(each) for each in order] == sorted(text.index(each) for each in order)


def test_a_stack_without_protection_is_told_so_and_has_nothing_to_lift(tmp_path: Path) -> None:
    text = _plan(tmp_path, retain=False)

    assert "**Nothing refuses**: `pulumi destroy` deletes all 4 resources at once, data included." in text
    assert "pulumi up" not in text
    assert "create-db-snapshot" not in text
    assert "pulumi destroy --stack prod" in text


def test_the_right_for_locked_buckets_is_asked_for_where_there_are_any(tmp_path: Path) -> None:
    rule = {"defaultRetention": {"mode": "GOVERNANCE", "days": 30}}
    locked = (entry("bucket", "b", {"bucket": "b"}), entry("lock", "b", {"bucket": "b", "rule": rule}))

    asked = "The deployer needs `s3:BypassGovernanceRetention`"
    assert asked in _plan(tmp_path, retain=True, extra=locked)
    assert asked not in _plan(tmp_path, retain=True)


def test_many_of_a_kind_are_counted_not_listed(tmp_path: Path) -> None:
    keys = tuple(entry("key", f"key-{index:02}", {"deletionWindowInDays": 30}) for index in range(11))

    text = _plan(tmp_path, retain=True, extra=keys)

    assert "`key-07`, and 3 more" in text
    assert "`key-08`" not in text


def test_the_command_writes_beside_the_rehearsal_and_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _plan(tmp_path, retain=True)
    found = stage.rehearsed(tmp_path, entry("vpc", "vpc"), entry("guard", "guard"))
    monkeypatch.setattr(page, "PROJECT", tmp_path)
    monkeypatch.setattr(command, "read", lambda stack: found if stack == "prod" else None)

    assert command.main(["prod"]) == 0

    assert "Destroy plan: prod" in capsys.readouterr().out
    written = (tmp_path / ".rehearsal" / "prod" / "destroy-plan.md").read_text(encoding="utf-8")
    assert written == markdown(found)


def test_the_command_says_in_one_line_why_there_is_no_plan(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["nowhere"]) == 1

    assert "There is no stack nowhere" in capsys.readouterr().err
