"""The kinds of the Prometheus operator come as a release of their own, which nobody uninstalls by accident."""

import pytest

from components.kit import chart
from components.observability.prometheus.monitoring_crds import CHART, MonitoringCrds
from rehearsal.charts.library import at_hand
from tests.components.capacity.stage import RELEASE
from tests.components.recording import Recorded, build


def _release(*, retain_data: bool) -> Recorded:
    return build(lambda: MonitoringCrds("monitoring-crds", retain_data=retain_data)).one(
        RELEASE, f"monitoring-crds-{CHART}"
    )


@pytest.mark.parametrize("retained", [True, False])
def test_every_monitor_and_rule_is_as_safe_as_what_holds_data(*, retained: bool) -> None:
    """Helm takes the definitions along, for they are templates, and each definition all objects of its kind."""
    assert _release(retain_data=retained).protect is retained


def test_it_waits_for_no_pod_because_it_has_none() -> None:
    inputs = _release(retain_data=True).inputs

    assert (inputs["skipAwait"], inputs["atomic"]) == (True, False)


def test_it_lives_in_a_namespace_that_every_cluster_has() -> None:
    """The platform's own namespaces may come later than the first monitor."""
    assert _release(retain_data=True).inputs["namespace"] == "kube-system"


def test_all_definitions_are_installed() -> None:
    assert _release(retain_data=True).inputs["values"] == {}
    assert chart.pinned()[CHART].repository == "https://prometheus-community.github.io/helm-charts"


def test_the_operator_and_its_kinds_are_of_one_version() -> None:
    library = at_hand()
    if library is None:
        pytest.skip("the charts' own files are not at hand: set CHART_DATA")
    found = [
        library.find(name, chart.pinned()[name].version, chart.pinned()[name].repository)
        for name in (CHART, "kube-prometheus-stack")
    ]

    assert [each.app_version for each in found if each] == ["v0.93.1", "v0.93.1"]
