"""A chart comes in as a release of the pinned version, complete when its pods are, and rolled back when it fails."""

from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from components.kit import chart
from components.kit.chart import Chart
from components.kit.layer import Layer
from tests.components.recording import Recorded, build

TYPE = "kubernetes:helm.sh/v3:Release"

PINNED = {
    "kite": Chart(repository="https://charts.example.com", version="1.2.3", namespace="sky"),
    "line": Chart(repository="oci://registry.example.com/charts", version="v4.5.6", namespace="ground"),
    "spare-kite": Chart(repository="https://charts.example.com", version="1.2.3", namespace="sky", chart="kite"),
    "spare-line": Chart(
        repository="oci://registry.example.com/charts", version="v4.5.6", namespace="ground", chart="line"
    ),
}


@pytest.fixture(autouse=True)
def _pins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chart, "pinned", lambda: PINNED)


class Sky(Layer, kind="test:kit:Sky"):
    """A layer with one release."""

    def __init__(self, chart_name: str, **options: Any) -> None:
        namespace = kubernetes.core.v1.Namespace("namespace", metadata={"name": "sky"})
        super().__init__("sky", pulumi.ResourceOptions(depends_on=[namespace]))
        role = kubernetes.core.v1.ServiceAccount("account", metadata={"name": "kite"}, opts=self.child())
        chart.install(self, chart_name, {"replicas": 2}, depends_on=[role], **options)


def _release(name: str = "kite", **options: Any) -> Recorded:
    return build(lambda: Sky(name, **options)).one(TYPE, f"sky-{name}")


def test_the_release_is_the_pinned_one_under_the_charts_name() -> None:
    inputs = _release().inputs

    assert {key: inputs[key] for key in ("name", "chart", "version", "namespace", "repositoryOpts", "values")} == {
        "name": "kite",
        "chart": "kite",
        "version": "1.2.3",
        "namespace": "sky",
        "repositoryOpts": {"repo": "https://charts.example.com"},
        "values": {"replicas": 2},
    }


def test_a_chart_in_a_registry_is_named_by_its_whole_address() -> None:
    inputs = _release("line").inputs

    assert inputs["chart"] == "oci://registry.example.com/charts/line"
    assert "repositoryOpts" not in inputs


@pytest.mark.parametrize(
    ("entry", "chart"), [("spare-kite", "kite"), ("spare-line", "oci://registry.example.com/charts/line")]
)
def test_a_second_release_of_a_chart_has_an_entry_and_a_name_of_its_own(entry: str, chart: str) -> None:
    inputs = _release(entry).inputs

    assert (inputs["name"], inputs["chart"]) == (entry, chart)


def test_a_release_waits_for_its_pods_and_is_rolled_back_without_them() -> None:
    inputs = _release(minutes=3).inputs

    assert (inputs["atomic"], inputs["waitForJobs"], inputs["skipAwait"]) == (True, True, False)
    assert inputs["cleanupOnFail"] is True
    assert inputs["timeout"] == 180


def test_a_release_that_nothing_waits_for_is_not_rolled_back() -> None:
    inputs = _release(wait=False).inputs

    assert (inputs["atomic"], inputs["waitForJobs"], inputs["skipAwait"]) == (False, False, True)


def test_a_release_keeps_three_revisions() -> None:
    assert _release().inputs["maxHistory"] == 3


def test_a_release_belongs_to_its_layer_and_waits_for_what_that_waits_for() -> None:
    release = _release()

    assert release.parent == "sky"
    assert set(release.dependencies) >= {"namespace", "account"}


def test_a_chart_that_is_not_pinned_is_not_installed() -> None:
    with pytest.raises(KeyError, match="balloon"):
        build(lambda: Sky("balloon"))


def test_the_pins_are_read_from_their_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()

    assert chart.pinned()["cilium"].repository == "https://helm.cilium.io/"
