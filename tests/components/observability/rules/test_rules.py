"""A stack has the rules about what it has, each where the series are, and each alert with the address of its page."""

from typing import Any, Final

import pytest
import yaml
from pydantic import ValidationError

from components.assembly.rule_themes import themes as themes_of
from components.kit.monitoring import Instance
from components.observability.rules.catalog import RULER, themes
from components.observability.rules.rules import Rules, RulesSettings, objects, ruler_rules
from tests.components import examples
from tests.components.recording import Recording, build
from tests.environments import EVERY, settings_of

_API: Final = "kubernetes:monitoring.coreos.com/v1:PrometheusRule"
_CART: Final[dict[str, Any]] = {
    "name": "cart",
    "owner": "shop",
    "target": 99.9,
    "availability": {"metric": "http_requests_total", "matchers": {"job": "cart"}, "errors": {"code": "5.."}},
}


def _built(*about: str, ruler: bool = True, **settings: Any) -> Recording:
    return build(lambda: Rules("rules", examples.parsed(RulesSettings, **settings), about=about, ruler=ruler))


def _names(groups: dict[str, Any]) -> set[str]:
    return {rule.get("alert") or rule["record"] for group in groups["groups"] for rule in group["rules"]}


def test_each_prometheus_finds_what_it_evaluates_by_its_label() -> None:
    found = {
        made.inputs["metadata"]["name"]: made.inputs["metadata"]["labels"]["prometheus"]
        for made in _built("nodes", "vault", "targets").of(_API)
    }

    assert found == {
        "nodes": "system",
        "vault": "platform",
        **{f"targets-{instance}": instance.value for instance in Instance},
        "slos-platform": "system",
    }


def test_nothing_is_made_about_what_the_stack_does_not_have() -> None:
    (made,) = _built().of(_API)

    assert made.inputs["metadata"]["name"] == "slos-platform"


def test_rules_about_nothing_known_are_refused() -> None:
    with pytest.raises(ValueError, match="no rules about teapots"):
        objects(RulesSettings(), ["teapots"], ruler=True)


def test_every_alert_leads_to_the_pages_of_the_stack() -> None:
    made = objects(examples.parsed(RulesSettings, runbooks="https://example.com/pages"), ["nodes"], ruler=True)
    (rule,) = (
        rule for group in made["nodes"][1]["groups"] for rule in group["rules"] if rule["alert"] == "KubeNodeNotReady"
    )

    assert rule["annotations"]["runbook_url"] == "https://example.com/pages/kube-node-not-ready.md"


def test_an_alert_that_is_left_out_is_not_made_and_the_others_are() -> None:
    whole, less = (
        _names(objects(examples.parsed(RulesSettings, left_out=left_out), ["gpu"], ruler=True)["gpu"][1])
        for left_out in ([], ["GpuIdle"])
    )

    assert whole - less == {"GpuIdle"}
    assert len(less) > 1


def test_a_name_that_is_no_alert_cannot_be_left_out() -> None:
    with pytest.raises(ValidationError, match="no alert is called GpuIdles"):
        examples.parsed(RulesSettings, left_out=["GpuIdles"])


def test_an_objective_has_a_name_of_its_own() -> None:
    with pytest.raises(ValidationError, match="more than one is called kube-api-latency"):
        examples.parsed(RulesSettings, slos=[{**_CART, "name": "kube-api-latency"}])


def test_a_stacks_objectives_are_evaluated_with_its_applications() -> None:
    made = objects(examples.parsed(RulesSettings, slos=[_CART]), [], ruler=True)

    instance, groups = made["slos"]
    assert instance is Instance.APP
    assert {"SloBurnsFast", "SloBurnsSlowly", "slo:errors:ratio_rate5m"} <= _names(groups)


@pytest.mark.parametrize("ruler", [True, False])
def test_what_looks_back_a_month_is_evaluated_by_who_sees_so_far(*, ruler: bool) -> None:
    settings = examples.parsed(RulesSettings, slos=[_CART])
    local = objects(settings, [], ruler=ruler)

    here = [name for name, (_, groups) in local.items() if "slo:error_budget_remaining:ratio" in _names(groups)]
    assert here == ([] if ruler else ["slos-platform", "slos"])


def test_the_ruler_gets_what_is_over_all_clusters_and_all_budgets() -> None:
    files = ruler_rules(examples.parsed(RulesSettings, slos=[_CART]))

    assert set(files) == {"clusters.yaml", "slos.yaml"}
    clusters = yaml.safe_load(files["clusters.yaml"])
    (alert,) = (
        rule for group in clusters["groups"] for rule in group["rules"] if rule.get("alert") == "ClusterUnreachable"
    )
    assert alert["annotations"]["runbook_url"].endswith("/cluster-unreachable.md")
    budgets = [rule["labels"]["slo"] for rule in yaml.safe_load(files["slos.yaml"])["groups"][0]["rules"]]
    assert budgets == ["kube-api-availability", "kube-api-latency", "cart"]


def test_every_theme_is_some_stacks() -> None:
    """A theme that no settings ask for would never be evaluated."""
    asked = {theme for stack in EVERY for theme in themes_of(settings_of(stack))}

    assert asked == {theme.name for theme in themes() if theme.place != RULER}


@pytest.mark.parametrize("stack", EVERY)
def test_no_stack_is_told_of_the_absence_of_what_it_does_without(stack: str) -> None:
    chosen = settings_of(stack)
    asked = set(themes_of(chosen))

    assert ("vault" in asked) == chosen.vault.enabled
    assert ("keycloak" in asked) == chosen.identity.enabled
    assert len({"karpenter", "cluster-autoscaler"} & asked) == 1
    assert len({"kyverno", "gatekeeper"} & asked) <= 1
