"""The plan of a destroy tells first whether it refuses; its commands lead through it without losing what is kept."""

import re
from pathlib import Path
from typing import Any

import pytest

from operations import page
from operations.destroy import __main__ as command
from operations.destroy.page import markdown
from rehearsal.workspace import PROJECT
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


@pytest.mark.parametrize(
    ("held", "until"),
    [
        (entry("lock", "b", {"bucket": "b", "rule": {"defaultRetention": {"mode": "COMPLIANCE", "days": 30}}}), "time"),
        (entry("lock", "b", {"bucket": "b", "rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 7}}}), "`s3:"),
        (entry("namespace", "n", {"metadata": {"annotations": {"platform/protected": "true"}}}), "`retain_data: "),
    ],
    ids=["for good", "for a right", "in the cluster"],
)
def test_a_stack_without_a_guard_is_not_said_to_refuse_nothing_where_something_does(
    tmp_path: Path, held: dict[str, Any], until: str
) -> None:
    bucket = entry("bucket", "b", {"bucket": "b", "forceDestroy": True})
    text = _plan(tmp_path, retain=False, extra=(bucket, held))
    table = text.partition("## What refuses")[2].partition("## ")[0]

    assert "Nothing refuses" not in text
    assert "**It stops half-way as it stands**: of 6 resources, 1 refuse to go until that is lifted" in text
    assert until in table


def test_what_other_stacks_lose_is_told_only_where_this_one_made_it(tmp_path: Path) -> None:
    shared = (
        entry("aws:guardduty/detector:Detector", "detector"),
        entry("aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration", "registry"),
        entry("aws:costexplorer/anomalyMonitor:AnomalyMonitor", "monitor"),
        entry("aws:costexplorer/costAllocationTag:CostAllocationTag", "tag"),
        entry("aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions", "block"),
        entry("aws:inspector2/enabler:Enabler", "inspector"),
    )
    text = _plan(tmp_path, retain=True, extra=shared)
    section = text.partition("## What goes for other stacks too")[2].partition("\n## ")[0]

    assert sorted(line.partition("`: ")[0] for line in section.splitlines() if line.startswith("* ")) == sorted(
        f"* `{each['name']}" for each in shared
    )
    assert "all its findings are gone, other stacks' too" in section
    assert "other stacks too" not in _plan(tmp_path, retain=True)


def test_a_stack_whose_volumes_go_costs_nothing_on(tmp_path: Path) -> None:
    section = _plan(tmp_path, retain=True).partition("## What costs on")[2].partition("\n## ")[0]

    assert "Nothing that this plan knows of." in section
    assert "$" not in section


def test_what_stays_has_its_price(tmp_path: Path) -> None:
    claimed = {"storageClassName": "gp3", "resources": {"requests": {"storage": "100Gi"}}}
    volumes = (
        entry("subnet", "a", {"availabilityZone": "us-east-1a"}),
        entry(
            "class",
            "gp3",
            {"metadata": {"name": "gp3"}, "provisioner": "ebs.csi.aws.com", "reclaimPolicy": "Retain"},
        ),
        entry("claim", "data", {"spec": claimed}),
    )
    section = _plan(tmp_path, retain=True, extra=volumes).partition("## What costs on")[2].partition("\n## ")[0]

    # 100 GiB of gp3 at 0.08 in us-east-1.
    assert "About $8 a month, at the list prices" in section
    assert "| data | 8 |" in section
    assert "Keys and secrets that wait for their end are free." in section


def test_the_right_for_locked_buckets_is_asked_for_where_there_are_any(tmp_path: Path) -> None:
    rule = {"defaultRetention": {"mode": "GOVERNANCE", "days": 30}}
    locked = (entry("bucket", "b", {"bucket": "b"}), entry("lock", "b", {"bucket": "b", "rule": rule}))

    asked = "The deployer needs `s3:BypassGovernanceRetention`"
    assert asked in _plan(tmp_path, retain=True, extra=locked)
    assert asked not in _plan(tmp_path, retain=True)


def test_the_runbook_leads_the_same_way_and_takes_back_what_the_plan_says_can_be(tmp_path: Path) -> None:
    kept = (entry("key", "key", {"deletionWindowInDays": 7}), entry("secret", "init", {"recoveryWindowInDays": 7}))
    plan = _plan(tmp_path, retain=True, extra=kept)
    runbook = (PROJECT / "docs" / "runbooks" / "destroy.md").read_text(encoding="utf-8")
    steps = [
        "last snapshot",
        "retain_data: false",
        "pulumi up --stack",
        "pulumi destroy --stack",
        "pulumi stack rm --preserve-config",
    ]

    for told in (plan.partition("## The commands, in order")[2], runbook):
        assert [told.index(each) for each in steps] == sorted(told.index(each) for each in steps)
    back = re.findall(r"`(aws \S+ (?:cancel|restore)-\S+)`", plan)
    assert back == ["aws kms cancel-key-deletion", "aws secretsmanager restore-secret"]
    assert [each for each in back if each not in runbook] == []


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
