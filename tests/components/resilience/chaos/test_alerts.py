"""In every stack with experiments, the alert that each must raise is evaluated, and its page is there to follow."""

from datetime import date
from pathlib import Path
from typing import Final

import pytest
import yaml

from components.assembly import chaos
from components.observability.rules.catalog import about_applications
from components.resilience.chaos.settings import NOTICED_AFTER_MINUTES, Permission
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


def _drills(stack: str) -> dict[str, str]:
    """Return what the Thanos Rulers of a stack evaluate about experiments, each expression with what it waits."""
    found = {
        each["expr"]: each["for"]
        for made in assembled(stack).of("kubernetes:core/v1:ConfigMap")
        for name, text in (made.inputs.get("data") or {}).items()
        if name == "drills.yaml"
        for group in yaml.safe_load(text)["groups"]
        for each in group["rules"]
    }
    thanos = settings_of(stack).observability.thanos
    assert not found or (thanos.enabled and thanos.ruler)
    return found


@pytest.mark.parametrize("stack", EVERY)
def test_whether_a_fault_goes_unnoticed_is_judged_where_there_are_experiments_and_nowhere_else(stack: str) -> None:
    settings = settings_of(stack)
    thanos = settings.observability.thanos
    judged = _drills(stack)

    if not (settings.chaos.enabled and settings.observability.enabled and thanos.enabled and thanos.ruler):
        assert judged == {}
        return
    for experiment in settings.chaos.experiments.values():
        where = f'cluster="{settings.cluster.name}", namespace="{experiment.namespace}"'
        (waits,) = {
            waits for expr, waits in judged.items() if where in expr and f'alertname=~"{experiment.alert}"' in expr
        }
        patience = about_applications()[experiment.alert].wait.total_seconds() / 60
        # After its alert has had its time, and while the shortest experiment that may have it is still at work.
        assert patience < int(waits.removesuffix("m")) < patience + NOTICED_AFTER_MINUTES <= experiment.minutes


def test_after_the_last_day_that_is_allowed_prometheus_tells_of_what_goes_on() -> None:
    settings = settings_of("dev")
    allowed = Permission(until=date(2026, 11, 30), owner="platform", reason="game day, CHG0030001")
    disturbed = settings.model_copy(update={"chaos": settings.chaos.model_copy(update={"allowed": allowed})})
    ((rule,),) = (group.rules for group in chaos.forbidden(disturbed)["chaos"])

    # 2026-12-01T00:00:00Z
    assert "vector(time()) >= 1796083200" in rule.expr
    assert chaos.forbidden(settings) == {}
