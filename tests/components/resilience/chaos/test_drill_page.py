"""The pages by which a drill is held name an alert and a page for every fault, and end what any of them began."""

import re
from pathlib import Path
from typing import Any, Final

import pytest

from components.observability.rules.catalog import about_applications, alerts, kebab
from components.resilience.chaos.experiments import kind
from components.resilience.chaos.settings import Experiment
from settings.load import blocks_of, parse
from tests.components.resilience.chaos import built

_ROOT: Final = Path(__file__).parents[4]
_PAGES: Final = _ROOT / "docs" / "runbooks"
_DRILL: Final = (_PAGES / "chaos-drill.md").read_text(encoding="utf-8")
_ROW: Final = re.compile(r"^\| `(\w+)` \| `(\w+)` \| \[([\w-]+)\]\(\3\.md\) \|$", re.MULTILINE)


def test_every_fault_has_an_alert_and_its_page() -> None:
    rows = _ROW.findall(_DRILL)

    assert [fault for fault, _, _ in rows] == [*Experiment.FAULTS]
    assert [page for _, _, page in rows] == [kebab(alert) for _, alert, _ in rows]
    assert all((_PAGES / f"{page}.md").is_file() for _, _, page in rows)


@pytest.mark.parametrize(("fault", "alert"), [(fault, alert) for fault, alert, _ in _ROW.findall(_DRILL)])
def test_an_experiment_of_that_fault_with_that_alert_is_taken(fault: str, alert: str) -> None:
    data: dict[str, Any] = blocks_of(_ROOT / "Pulumi.dev.yaml")
    waits = int(about_applications()[alert].wait.total_seconds() // 60)
    data["chaos"]["experiments"] = {"drill": built.experiment(fault, alert=alert, minutes=waits + 10)}

    assert parse(data, stack="dev").chaos.experiments["drill"].faults == [fault]


def test_a_real_node_ends_by_its_own_id_and_its_alerts_have_pages() -> None:
    section = _DRILL.partition("## A real node")[2].partition("\n## ")[0]
    named = re.findall(r"\[`(\w+)`\]\(([\w-]+)\.md\)", section)

    assert ".spec.providerID" in section
    assert 'aws ec2 terminate-instances --instance-ids "${id##*/}"' in section
    assert {"KubeNodeUnreachable", "KubePodUnschedulable"} <= {alert for alert, _ in named}
    assert [page for _, page in named] == [kebab(alert) for alert, _ in named]
    assert {alert for alert, _ in named} <= {alert.name for alert in alerts()}
    # Whoever suspends what mends a group is told how to resume it.
    assert section.count("suspend-processes") == section.count("resume-processes") == 1


def test_what_ends_an_experiment_by_force_ends_every_kind() -> None:
    given: list[dict[str, Any]] = [built.experiment(fault) for fault in built.FAULTS]
    kinds = {kind(each).lower() for each in built.settings(dict(zip("abcde", given, strict=True))).experiments.values()}
    text = (_PAGES / "chaos-experiment-does-not-end.md").read_text(encoding="utf-8")
    (forced,) = (block for block in re.findall(r"```bash\n(.*?)```", text, re.DOTALL) if "finalizers" in block)
    named = [set(found.split(",")) for found in re.findall(r"kubectl (?:get|delete) (\S+)", forced)]

    assert named == [kinds, kinds]
    assert "kubectl patch {}" in forced
