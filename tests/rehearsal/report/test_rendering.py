"""The report tells what rendered charts make, and every contradiction with what is declared fails the rehearsal."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema

from rehearsal.charts.pods import Pods
from rehearsal.kubernetes.release_rendering import Rendering as Found
from rehearsal.reachability.rendered import Agreement
from rehearsal.report.markdown import markdown
from rehearsal.report.rendering import Rendering, rendering
from tests.rehearsal.report.reports import PASSED

_SCHEMA = Path(__file__).parents[3] / "docs" / "reference" / "report.schema.json"

_PODS = Pods(
    owner="Deployment night/lamp",
    release="night/lamp",
    namespace="night",
    labels={"app": "lamp"},
    host_network=False,
    sockets=frozenset(),
    calls_api=False,
    images=("example.com/lamp:1",),
    without_requests=("lamp",),
)
_OWN = {
    "type": "kubernetes:apps/v1:Deployment",
    "inputs": {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "site", "namespace": "day"},
        "spec": {"template": {"spec": {"containers": [{"name": "site", "image": "example.com/lamp:1"}]}}},
    },
}


def _rendering() -> Rendering:
    found = Found(
        releases=("night/lamp",),
        not_rendered={"night/other": "its chart's archive is not at hand"},
        objects=4,
        warnings=("ConfigMap odd: unknown field",),
        pods=(_PODS,),
    )
    return rendering(found, [_OWN])


def test_images_and_missing_requests_are_listed_with_who_has_them() -> None:
    found = _rendering()

    assert found.images == {"example.com/lamp:1": ("Deployment night/lamp", "Deployment day/site")}
    assert found.without_requests == {"Deployment night/lamp": ("lamp",), "Deployment day/site": ("site",)}


def test_the_report_shows_it() -> None:
    text = markdown(replace(PASSED, rendering=_rendering()))

    section = text.partition("## What the charts make")[2].partition("\n## ")[0]
    for line in (
        "1 release rendered by Helm; the API server would take all 4 objects, and a pod of each workload.",
        "- night/other: its chart's archive is not at hand",
        "- ConfigMap odd: unknown field",
        "- Deployment night/lamp: lamp",
        "Images, 1 in all:",
        "- `example.com/lamp:1`",
    ):
        assert line in section.splitlines()


def test_a_report_without_rendering_says_nothing_of_it() -> None:
    assert "What the charts make" not in markdown(PASSED)


def test_long_lists_are_cut_but_for_the_images() -> None:
    many = replace(
        _rendering(),
        warnings=tuple(f"warning {number}" for number in range(25)),
        images={f"image-{number}": ("a",) for number in range(25)},
    )
    text = markdown(replace(PASSED, rendering=many))

    assert "- warning 19\n- and 5 more in report.json" in text
    assert "- `image-24`" in text


def test_a_contradiction_fails_the_rehearsal_and_a_remark_does_not() -> None:
    remarked = replace(PASSED, rendering=Rendering(agreement=Agreement(remarks=("a port",))))
    contradicted = replace(PASSED, rendering=Rendering(agreement=Agreement(faults=("a pod",))))

    assert remarked.passed
    assert contradicted.objections == ("Flows and pods contradict each other: a pod.",)


def test_a_webhook_that_could_lock_the_cluster_out_fails_the_rehearsal() -> None:
    hook = {
        "name": "lamp.example.com",
        "rules": [{"apiGroups": ["example.com"]}],
        "clientConfig": {"service": {"namespace": "night", "name": "lamp"}},
    }
    webhook = {"kind": "ValidatingWebhookConfiguration", "metadata": {"name": "lamp"}, "webhooks": [hook]}

    report = replace(PASSED, rendering=rendering(Found(releases=("night/lamp",), manifests=(webhook,)), [_OWN]))

    (objection,) = report.objections
    assert objection.startswith("A webhook could lock the cluster out of itself: ValidatingWebhookConfiguration lamp: ")
    assert "no workload is behind its Service night/lamp" in markdown(report)


def test_what_rules_find_in_charts_is_told_and_fails_nothing() -> None:
    lamp = {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "lamp", "namespace": "night"},
        "spec": {"template": {"spec": {"hostNetwork": True, "automountServiceAccountToken": False}}},
    }

    report = replace(PASSED, rendering=rendering(Found(releases=("night/lamp",), manifests=(lamp,)), [_OWN]))

    (remark,) = report.rendering.policies
    assert remark.startswith("pod-host-namespaces: DaemonSet night/lamp: ")
    assert report.to_json()["rendering"]["policies"] == [remark]
    assert f"- {remark}" in markdown(report)
    assert report.passed


def test_report_json_is_as_its_schema_states() -> None:
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    report = replace(PASSED, rendering=_rendering()).to_json()

    jsonschema.Draft202012Validator(schema).validate(report)
    assert report["rendering"]["releases"] == ["night/lamp"]
    assert report["rendering"]["workloads"]["rendered"] == 0
