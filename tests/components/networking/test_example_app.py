"""The example app proves host and path rules behind TLS, and is as guarded as what stands beside it."""

from typing import Any

import pulumi
import pytest

from components.kit.flows import Entity
from components.networking import example_app, gateways
from components.networking.entry_settings import EntrySettings, admitting
from components.networking.example_app import PATHS, ExampleApp
from settings.load import read_file
from tests.components import examples
from tests.components.recording import Recording, build
from tests.environments import PROJECT, STACKS, assembled

_ROUTE = f"kubernetes:{gateways.API}:HTTPRoute"
_INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"


def _built(at: str = "public", **settings: Any) -> Recording:
    chosen = {"public": {"domain": "example.com"}, "internal": {"domain": "internal.example.com"}, **settings}
    return build(
        lambda: pulumi.export(
            "url", ExampleApp("example-app", examples.parsed(EntrySettings, **chosen), at=at).outputs.url
        )
    )


@pytest.mark.parametrize(("at", "host"), [("public", "demo.example.com"), ("internal", "demo.internal.example.com")])
def test_its_route_is_attached_to_its_entrys_tls_listener_and_its_namespace_is_admitted(at: str, host: str) -> None:
    recording = _built(at)
    spec = recording.one(_ROUTE, "example-app-route").inputs["spec"]
    home = recording.one("kubernetes:core/v1:Namespace", "example-app-example").inputs["metadata"]

    assert spec["hostnames"] == [host]
    assert spec["parentRefs"] == [{"name": at, "namespace": f"{at}-entry", "sectionName": "https"}]
    assert admitting(at).items() <= home["labels"].items()
    assert recording.exports["url"] == f"https://{host}/hostname"


def test_two_paths_of_one_host_lead_to_two_services() -> None:
    rules = _built().one(_ROUTE, "example-app-route").inputs["spec"]["rules"]

    led = {rule["matches"][0]["path"]["value"]: rule["backendRefs"][0]["name"] for rule in rules}
    assert led == {"/api": "api", "/": "site"}
    services = {made.inputs["metadata"]["name"] for made in _built().of("kubernetes:core/v1:Service")}
    assert set(led.values()) == services


def test_a_server_that_knows_nothing_of_its_path_is_asked_without_it() -> None:
    for rule in _built().one(_ROUTE, "example-app-route").inputs["spec"]["rules"]:
        (rewrite,) = rule["filters"]
        assert rewrite["urlRewrite"]["path"] == {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}


@pytest.mark.parametrize("mode", ["alb", "nginx"])
def test_without_gateways_it_is_an_ingress_of_its_entrys_own_class(mode: str) -> None:
    recording = _built("internal", mode=mode)

    spec = recording.one(_INGRESS, "example-app-route").inputs["spec"]
    assert spec["ingressClassName"] == "internal"
    assert [rule["host"] for rule in spec["rules"]] == ["demo.internal.example.com"]
    assert spec["tls"] == [{"hosts": ["demo.internal.example.com"]}]
    assert recording.of(_ROUTE) == []


def test_services_choose_the_pods_of_their_part_only() -> None:
    recording = _built()

    for part in PATHS:
        service = recording.one("kubernetes:core/v1:Service", f"example-app-{part}").inputs["spec"]
        deployment = recording.one("kubernetes:apps/v1:Deployment", f"example-app-{part}").inputs["spec"]
        assert service["selector"] == deployment["template"]["metadata"]["labels"]
        assert service["selector"] == deployment["selector"]["matchLabels"]


def test_it_is_reached_from_gateways_and_the_kubelet_and_calls_nobody() -> None:
    flows = example_app.connections([Entity.INGRESS])

    assert {flow.client for flow in flows} == {Entity.INGRESS, Entity.HOST}
    assert {str(flow.server) for flow in flows} == {"example/api", "example/site"}


@pytest.mark.parametrize("stack", STACKS)
def test_it_stands_only_where_a_stack_wants_it(stack: str) -> None:
    wanted = read_file(PROJECT / f"Pulumi.{stack}.yaml").entry.example_app

    assert bool(assembled(stack).of(ExampleApp.kind)) == bool(wanted)
    assert ("example_app_url" in assembled(stack).exports) == bool(wanted)


def test_dev_has_it() -> None:
    assert read_file(PROJECT / "Pulumi.dev.yaml").entry.example_app == "public"
