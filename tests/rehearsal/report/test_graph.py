"""The resource graph is read whole from the engine's state, and no secret leaves with it."""

import base64
import json
from typing import Any

import pytest

from rehearsal.report.graph import graph, nodes, planted_secrets, waits
from tests.rehearsal.report.states import ASSET, SIGNATURE, State, component, resource, secret, stack, state, urn

PLANTED = "planted-for-the-rehearsal"
LAYER = "platform:test:Layer"
PROVIDER = "pulumi:providers:kubernetes"


def edges(*resources: State) -> set[tuple[str, str]]:
    """Return who is waited for and who waits, by name."""
    return {
        (before.rpartition("::")[2], after.rpartition("::")[2])
        for before, after in waits(nodes(state(*resources))).edges
    }


def test_an_entry_holds_exactly_what_graph_json_promises() -> None:
    entry = resource(
        "network-vpc",
        "aws:ec2/vpc:Vpc",
        id="vpc-1",
        parent=urn("network", LAYER),
        provider=f"{urn('default', 'pulumi:providers:aws')}::04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        protect=True,
        inputs={"cidrBlock": "10.0.0.0/16"},
        outputs={"arn": "x"},
    )

    assert graph(state(entry)) == [
        {
            "urn": "urn:pulumi:prod::platform::aws:ec2/vpc:Vpc::network-vpc",
            "type": "aws:ec2/vpc:Vpc",
            "name": "network-vpc",
            "id": "vpc-1",
            "parent": "urn:pulumi:prod::platform::platform:test:Layer::network",
            "provider": "urn:pulumi:prod::platform::pulumi:providers:aws::default",
            "dependencies": [],
            "protect": True,
            "inputs": {"cidrBlock": "10.0.0.0/16"},
            "outputs": {},
            "options": {},
        }
    ]


def test_entries_stand_in_the_same_order_whatever_order_the_engine_wrote() -> None:
    entries = [resource(name) for name in ("c", "a", "b")]

    assert [entry["name"] for entry in graph(state(*entries))] == ["a", "b", "c"]
    assert graph(state(*entries)) == graph(state(*reversed(entries)))


def test_dependencies_are_those_of_the_resource_and_of_its_properties() -> None:
    entry = resource("c", after=[urn("b")], propertyDependencies={"x": [urn("a"), urn("b")], "y": None})

    assert graph(state(entry))[0]["dependencies"] == [urn("a"), urn("b")]


def test_a_name_may_hold_the_separator_of_a_urn() -> None:
    assert graph(state(resource("team::a")))[0]["name"] == "team::a"


def test_the_old_half_of_a_replacement_is_left_out() -> None:
    assert graph(state(resource("vpc", delete=True))) == []


def test_secrets_are_masked_at_any_depth() -> None:
    inputs = {"password": secret("s3cret"), "list": [{"deep": secret("s3cret")}], "open": 1}
    inputs["file"] = {SIGNATURE: ASSET, "text": "#!/bin/sh"}

    masked = graph(state(resource("a", inputs=inputs)))[0]["inputs"]

    assert masked == {"password": "[secret]", "list": [{"deep": "[secret]"}], "open": 1, "file": "[asset]"}
    assert "s3cret" not in json.dumps(masked)


def test_a_resource_waits_for_its_provider_which_waits_for_its_own_inputs() -> None:
    cluster = resource("cluster")
    provider = resource("kubernetes", PROVIDER, propertyDependencies={"kubeconfig": [urn("cluster")]})
    namespace = resource("namespace", provider=f"{urn('kubernetes', PROVIDER)}::id")

    assert edges(cluster, provider, namespace) == {("cluster", "kubernetes"), ("kubernetes", "namespace")}


def test_who_depends_on_a_component_waits_for_everything_in_it() -> None:
    layer = component("layer")
    inner = component("inner", parent=urn("layer", LAYER))
    near = resource("near", parent=urn("layer", LAYER))
    deep = resource("deep", parent=urn("inner", LAYER))
    outside = resource("outside")
    after = resource("after", after=[urn("layer", LAYER)])

    waited = {before for before, waiting in edges(layer, inner, near, deep, outside, after) if waiting == "after"}

    assert waited == {"layer", "inner", "near", "deep"}


def test_a_child_that_names_its_own_component_does_not_wait_for_its_siblings() -> None:
    layer = component("layer")
    first = resource("first", parent=urn("layer", LAYER), after=[urn("layer", LAYER)])
    second = resource("second", parent=urn("layer", LAYER))

    assert edges(layer, first, second) == {("layer", "first"), ("layer", "second")}


def test_resources_that_wait_for_each_other_are_named() -> None:
    with pytest.raises(ValueError, match=r"wait for each other: (a -> b|b -> a)\.$"):
        edges(resource("a", after=[urn("b")]), resource("b", after=[urn("a")]))


@pytest.mark.parametrize(
    ("inputs", "path"),
    [
        pytest.param({"password": PLANTED}, ".password", id="plain"),
        pytest.param({"values": [{"url": f"https://u:{PLANTED}@example.com"}]}, ".values[0].url", id="inside a text"),
        pytest.param({"data": {PLANTED: "x"}}, f".data.{PLANTED}", id="as a key"),
        *(
            pytest.param(
                {"data": base64.b64encode(f"{'x' * shift}{PLANTED}y".encode()).decode()},
                ".data",
                id=f"base64 at {shift}",
            )
            for shift in range(3)
        ),
    ],
)
def test_a_planted_secret_in_clear_is_found_where_it_stands(inputs: dict[str, Any], path: str) -> None:
    exported = state(stack(), resource("grafana", inputs=inputs))

    (found,) = planted_secrets(exported, {"platform:grafana": PLANTED})

    assert (found.key, found.path, found.resource) == ("platform:grafana", f"$.resources[1].inputs{path}", "grafana")


def test_a_planted_secret_is_found_outside_the_resources_too() -> None:
    exported = state() | {"pending_operations": [{"resource": {"inputs": {"x": PLANTED}}}]}

    (found,) = planted_secrets(exported, {"key": PLANTED})

    assert str(found) == "key at $.pending_operations[0].resource.inputs.x"


def test_what_the_engine_encrypts_is_no_exposure() -> None:
    exported = state(resource("a", inputs={"password": secret(PLANTED)}, outputs={"deep": [secret(PLANTED)]}))

    assert planted_secrets(exported, {"key": PLANTED}) == []


def test_an_exposure_never_repeats_the_secret() -> None:
    (found,) = planted_secrets(state(resource("a", inputs={"x": f"--token={PLANTED}"})), {"key": PLANTED})

    assert str(found) == "key at $.resources[0].inputs.x (a)"


def test_a_planted_secret_too_short_to_be_recognised_is_refused() -> None:
    with pytest.raises(ValueError, match="planted for db need 12 characters"):
        planted_secrets(state(), {"db": "short", "other": PLANTED})


def test_what_aws_makes_up_is_told_and_nothing_else_of_the_outputs() -> None:
    cluster = resource(
        "cluster",
        "aws:eks/cluster:Cluster",
        outputs={
            "endpoint": "https://x.example.com",
            "tagsAll": {"owner": "a"},
            "vpcConfig": {"clusterSecurityGroupId": "sg-1", "subnetIds": ["subnet-1"]},
            "address": {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "endpoint": "hidden"},
        },
    )

    (entry,) = graph(state(cluster))

    assert entry["outputs"] == {"endpoint": "https://x.example.com", "vpcConfig.clusterSecurityGroupId": "sg-1"}


def test_of_what_the_stack_exports_only_what_a_review_compares_is_told() -> None:
    exported = {"address_budget": [{"tier": "pod", "needed": 3}], "kubeconfig": "long", "vpc_id": "vpc-1"}

    (entry,) = graph(state(resource("platform-prod", "pulumi:pulumi:Stack", outputs=exported)))

    assert entry["outputs"] == {"address_budget": [{"tier": "pod", "needed": 3}]}


def test_how_the_program_has_a_resource_compared_is_told() -> None:
    options = {"aliases": ["urn:old"], "ignoreChanges": ["tags"], "replaceOnChanges": ["name"]}

    (entry,) = graph(state(resource("network-vpc", "aws:ec2/vpc:Vpc", **options)))

    assert entry["options"] == options
