"""In every stack with experiments, the alert that each must raise is evaluated, and its page is there to follow."""

from pathlib import Path
from typing import Final

import pytest

from tests.environments import EVERY, PROJECT, STACKS, assembled, settings_of

_DISTURBED: Final = tuple(stack for stack in EVERY if settings_of(stack).chaos.enabled)


def _alerts(stack: str) -> dict[str, str]:
    """Return the page of every alert that any Prometheus of a stack evaluates."""
    return {
        rule["alert"]: rule["annotations"]["runbook_url"]
        for made in assembled(stack).of("kubernetes:monitoring.coreos.com/v1:PrometheusRule")
        for group in made.inputs["spec"]["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }


def test_there_are_stacks_with_experiments_and_stacks_without() -> None:
    assert "dev" in _DISTURBED
    assert "prod" not in _DISTURBED


@pytest.mark.parametrize("stack", _DISTURBED)
def test_every_experiment_has_an_alert_and_that_alerts_page(stack: str) -> None:
    schedules = assembled(stack).of("kubernetes:chaos-mesh.org/v1alpha1:Schedule")
    told = {made.name: made.inputs["metadata"]["annotations"] for made in schedules}
    evaluated = _alerts(stack)

    assert told
    for name, annotations in told.items():
        page = annotations["platform/runbook"]
        assert evaluated.get(annotations["platform/alert"]) == page, name
        assert (PROJECT / "docs" / "runbooks" / Path(page).name).is_file(), name


@pytest.mark.parametrize("stack", STACKS)
def test_experiments_of_an_environment_are_paused(stack: str) -> None:
    schedules = assembled(stack).of("kubernetes:chaos-mesh.org/v1alpha1:Schedule")
    pauses = [made.inputs["metadata"]["annotations"]["experiment.chaos-mesh.org/pause"] for made in schedules]

    assert pauses == ["true"] * len(settings_of(stack).chaos.experiments)


@pytest.mark.parametrize("stack", EVERY)
def test_only_namespaces_that_are_open_to_chaos_are_marked(stack: str) -> None:
    marked = {
        made.inputs["metadata"]["name"]
        for made in assembled(stack).of("kubernetes:core/v1:Namespace")
        if "chaos-mesh.org/inject" in (made.inputs["metadata"].get("annotations") or {})
    }

    assert marked == {*settings_of(stack).disturbed}
