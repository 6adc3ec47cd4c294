"""The network policies: what the layer makes is what was proved, under names that stay, and valid by its schema."""

from typing import Any

import pulumi
import pytest
import yaml
from jsonschema import Draft202012Validator

from components.kit import flows
from components.kit.flows import Flow, Fqdn, Workload
from components.networking.network_policies import NetworkPolicies
from components.networking.policy_manifests import allow
from rehearsal.charts.library import at_hand
from tests.components.recording import Recording, build
from tests.flows import API_SERVER, CLOSED, CONTROLLER, NODE_EXPORTER, WEBHOOK, manifests, outputs, platform

_NATIVE = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
_CILIUM = "kubernetes:cilium.io/v2:CiliumNetworkPolicy"


def _built(declared: tuple[Flow, ...] = platform()) -> Recording:
    return build(lambda: NetworkPolicies("network-policies", flows=declared, namespaces=CLOSED, api_server=API_SERVER))


def _bare(manifest: dict[str, Any]) -> dict[str, Any]:
    name = {key: manifest["metadata"][key] for key in ("name", "namespace")}
    return {"kind": manifest["kind"], "metadata": name, "spec": manifest["spec"]}


def test_every_namespace_is_closed_by_a_policy_that_any_engine_knows() -> None:
    closed = {made.inputs["metadata"]["namespace"]: made.inputs["spec"] for made in _built().of(_NATIVE)}

    assert sorted(closed) == sorted(CLOSED)
    assert all(spec == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} for spec in closed.values())


def test_the_layer_makes_the_policies_that_are_proved() -> None:
    made = [_bare(each.inputs) for type_ in (_NATIVE, _CILIUM) for each in _built().of(type_)]

    assert sorted(made, key=str) == sorted(map(_bare, manifests(platform())), key=str)


def test_names_come_from_namespaces_and_workloads() -> None:
    names = {made.name for type_ in (_NATIVE, _CILIUM) for made in _built().of(type_)}

    assert names == {
        *(f"network-policies-{namespace}-default-deny" for namespace in CLOSED),
        *(f"network-policies-cert-manager-{part}" for part in ("controller", "cainjector", "webhook")),
        *(f"network-policies-ingress-{part}" for part in ("external-dns", "load-balancer-controller")),
        *(f"network-policies-monitoring-{part}" for part in ("metrics-server", "prometheus")),
    }


def test_the_order_of_declarations_changes_no_policy() -> None:
    assert allow(platform(), CLOSED, API_SERVER) == allow(platform()[::-1], CLOSED, API_SERVER)


def test_the_api_server_is_let_in_by_its_entity_and_by_its_subnets() -> None:
    ingress = allow(flows.webhook(WEBHOOK, 10250), CLOSED, API_SERVER)[WEBHOOK]["ingress"]

    assert [{key: rule[key] for key in rule if key != "toPorts"} for rule in ingress] == [
        {"fromEntities": ["kube-apiserver"]},
        {"fromCIDRSet": [{"cidr": "10.0.15.240/28"}, {"cidr": "10.0.31.240/28"}]},
    ]


def test_dns_is_watched_only_where_names_are_called() -> None:
    plain = allow(flows.dns(CONTROLLER), CLOSED, API_SERVER)[CONTROLLER]
    named = allow((*flows.dns(CONTROLLER), *flows.aws_api(CONTROLLER, "eu-central-1", "ec2")), CLOSED, API_SERVER)

    assert "rules" not in str(plain)
    assert "{'dns': [{'matchPattern': '*'}]}" in str(named[CONTROLLER]["egress"])


def test_pods_on_their_nodes_network_have_no_policy_and_are_reached_as_nodes() -> None:
    specs = allow(flows.scrape(NODE_EXPORTER, 9100), CLOSED, API_SERVER)

    assert [str(workload) for workload in specs] == ["monitoring/prometheus"]
    assert [spec["egress"][0]["toEntities"] for spec in specs.values()] == [["host", "remote-node"]]


def test_a_name_without_dns_is_refused() -> None:
    unheard = Flow(client=CONTROLLER, server=Fqdn("acme.example.com"), port=443, why="asks for certificates")

    with pytest.raises(ValueError, match="give cert-manager/controller the flows of dns"):
        allow((unheard,), CLOSED, API_SERVER)


def test_workloads_that_no_selector_tells_apart_are_refused() -> None:
    wider = Workload(namespace="cert-manager", name="all", labels={"app.kubernetes.io/instance": "cert-manager"})

    with pytest.raises(ValueError, match="cert-manager/all and cert-manager/webhook cannot be told apart"):
        allow((*flows.dns(wider), *flows.dns(WEBHOOK)), CLOSED, API_SERVER)


def test_what_was_declared_is_published_for_the_proof() -> None:
    found: list[Any] = []

    def program() -> None:
        layer = NetworkPolicies("network-policies", flows=platform(), namespaces=CLOSED, api_server=API_SERVER)
        published = layer.outputs
        pulumi.Output.all(published.namespaces, published.api_server, published.declared).apply(found.extend)

    build(program)

    expected = outputs(platform())
    assert found == [expected["namespaces"], expected["api_server"], expected["declared"]]


def test_ciliums_own_schema_accepts_the_policies() -> None:
    library = at_hand()
    if library is None:
        pytest.skip("no chart data is at hand (CHART_DATA), so Cilium's schema is unknown")
    path = library.folder / "cilium" / "crds" / "ciliumnetworkpolicies.yaml"
    definition = yaml.safe_load(path.read_text(encoding="utf-8"))
    validator = Draft202012Validator(_strict(definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]))

    for manifest in manifests(platform()):
        if manifest["kind"] == "CiliumNetworkPolicy":
            validator.validate(manifest)


def _strict(schema: Any) -> Any:
    """Refuse unknown fields too: the API server drops them in silence."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _strict(value) for key, value in schema.items()}
    whole = schema.get("type") == "object" and "properties" in schema and "additionalProperties" not in schema
    free = "apiVersion" in schema.get("properties", {})
    return {**closed, "additionalProperties": False} if whole and not free else closed
