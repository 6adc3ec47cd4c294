"""Public and internal traffic come in by doors of their own, over TLS, and no load balancer outlives its cluster."""

from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components.networking import gateways, ingress_classes, issuers
from components.networking.entry import Entry
from components.networking.entry_settings import EntryMode, EntryPoint, EntrySettings, admitting
from components.networking.issuers import Issuer
from tests.components import examples
from tests.components.recording import Recorded, Recording, build
from tests.environments import STACKS, assembled

_BOTH: dict[str, Any] = {"public": {"domain": "example.com"}, "internal": {"domain": "internal.example.com"}}
_ARN = "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"
_ALB: dict[str, Any] = {
    "mode": "alb",
    "public": {"domain": "example.com", "certificate_arn": _ARN, "client_cidrs": ["192.0.2.0/24"]},
    "internal": {"domain": "internal.example.com", "certificate_arn": _ARN},
}
_GATEWAY = f"kubernetes:{gateways.API}:Gateway"
_CERTIFICATE = f"kubernetes:{issuers.API}:Certificate"
_PARAMETERS = f"kubernetes:{ingress_classes.PARAMETERS_API}:IngressClassParams"
_NAMESPACE = "kubernetes:core/v1:Namespace"
_ANNOTATION = "service.beta.kubernetes.io/aws-load-balancer-"

each_stack = pytest.mark.parametrize("stack", STACKS)
each_entry = pytest.mark.parametrize("entry", ["public", "internal"])


def _built(**settings: Any) -> Recording:
    return build(
        lambda: pulumi.export(
            "domains",
            Entry(
                "entry", examples.parsed(EntrySettings, **(settings or _BOTH)), issuer=Issuer.LETSENCRYPT_STAGING
            ).outputs.domains,
        )
    )


def _gateway(entry: str, **point: Any) -> dict[str, Any]:
    settings = {**_BOTH, entry: {**_BOTH[entry], **point}}
    spec: dict[str, Any] = _built(**settings).one(_GATEWAY, f"entry-{entry}").inputs["spec"]
    return spec


def _annotation(entry: str, name: str, **point: Any) -> str | None:
    annotations: dict[str, str] = _gateway(entry, **point)["infrastructure"]["annotations"]
    return annotations.get(f"{_ANNOTATION}{name}")


def test_public_and_internal_share_nothing() -> None:
    recording = _built()

    homes = [made.inputs["metadata"]["namespace"] for made in recording.of(_GATEWAY)]
    assert sorted(homes) == ["internal-entry", "public-entry"]
    assert admitting("public") != admitting("internal")


@pytest.mark.parametrize(("entry", "scheme"), [("public", "internet-facing"), ("internal", "internal")])
def test_only_the_public_entry_faces_the_internet(entry: str, scheme: str) -> None:
    assert _annotation(entry, "scheme") == scheme


@each_entry
def test_the_controller_takes_the_service_although_its_webhook_is_off(entry: str) -> None:
    assert _annotation(entry, "type") == "external"


@each_entry
def test_an_nlb_leads_to_nodes_for_behind_a_gateways_service_stands_no_pod(entry: str) -> None:
    assert _annotation(entry, "nlb-target-type") == "instance"


def test_a_pod_may_call_the_internal_entry_from_the_node_it_is_led_to() -> None:
    assert _annotation("internal", "target-group-attributes") == "preserve_client_ip.enabled=false"
    assert _annotation("public", "target-group-attributes") is None  # the app sees who called


@each_entry
def test_clients_can_be_narrowed(entry: str) -> None:
    narrowed = _gateway(entry, client_cidrs=["192.0.2.0/24", "198.51.100.0/24"])["infrastructure"]["annotations"]
    key = "service.beta.kubernetes.io/load-balancer-source-ranges"

    assert narrowed[key] == "192.0.2.0/24,198.51.100.0/24"
    assert key not in _gateway(entry)["infrastructure"]["annotations"]


@each_entry
def test_a_gateway_has_no_more_annotations_than_its_definition_takes(entry: str) -> None:
    assert len(_gateway(entry, client_cidrs=["192.0.2.0/24"])["infrastructure"]["annotations"]) <= 8


@each_entry
def test_everything_is_served_over_tls_and_http_leads_there(entry: str) -> None:
    recording = _built()
    listeners = {each["name"]: each for each in recording.one(_GATEWAY, f"entry-{entry}").inputs["spec"]["listeners"]}
    redirect = recording.one(f"kubernetes:{gateways.API}:HTTPRoute", f"entry-{entry}-https").inputs["spec"]

    assert {name: (each["port"], each["protocol"]) for name, each in listeners.items()} == {
        "http": (80, "HTTP"),
        "https": (443, "HTTPS"),
        "https-domain": (443, "HTTPS"),
    }
    assert redirect["parentRefs"] == [{"name": entry, "sectionName": "http"}]
    (rule,) = redirect["rules"]
    assert rule == {"filters": [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}]}


@each_entry
def test_the_certificate_is_where_the_gateway_looks_and_covers_what_it_listens_to(entry: str) -> None:
    recording = _built()
    certificate = recording.one(_CERTIFICATE, f"entry-{entry}").inputs
    gateway = recording.one(_GATEWAY, f"entry-{entry}").inputs

    https = [each for each in gateway["spec"]["listeners"] if each["protocol"] == "HTTPS"]
    assert {reference["name"] for each in https for reference in each["tls"]["certificateRefs"]} == {
        certificate["spec"]["secretName"]
    }
    assert certificate["metadata"]["namespace"] == gateway["metadata"]["namespace"]
    assert {each["hostname"] for each in https} == set(certificate["spec"]["dnsNames"])


@pytest.mark.parametrize(
    ("entry", "point", "issuer"),
    [
        ("public", {}, "letsencrypt-staging"),
        ("public", {"issuer": "private"}, "private"),
        ("internal", {}, "private"),
        ("internal", {"issuer": "letsencrypt_production"}, "letsencrypt-production"),
    ],
)
def test_internal_names_are_signed_by_the_private_ca_unless_said_otherwise(
    entry: str, point: dict[str, Any], issuer: str
) -> None:
    settings = {**_BOTH, entry: {**_BOTH[entry], **point}}

    spec = _built(**settings).one(_CERTIFICATE, f"entry-{entry}").inputs["spec"]
    assert spec["issuerRef"] == {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": issuer}


@each_entry
def test_only_admitted_namespaces_are_served_and_the_entrys_own_is_one(entry: str) -> None:
    recording = _built()
    home = recording.one(_NAMESPACE, f"entry-{entry}-entry").inputs["metadata"]

    for listener in recording.one(_GATEWAY, f"entry-{entry}").inputs["spec"]["listeners"]:
        served = listener["allowedRoutes"]["namespaces"]
        assert served == {"from": "Selector", "selector": {"matchLabels": admitting(entry)}}
        assert served["selector"]["matchLabels"].items() <= home["labels"].items()


def test_an_entry_that_is_not_wanted_is_not_made() -> None:
    recording = _built(internal={"domain": "internal.example.com"})

    assert [made.name for made in recording.of(_GATEWAY)] == ["entry-internal"]
    assert recording.exports["domains"] == {"internal": "internal.example.com"}
    assert _built(mode="gateway").of(_GATEWAY) == []


def test_an_alb_for_each_entry_that_an_ingress_cannot_leave_or_open() -> None:
    recording = _built(**_ALB)

    assert recording.of(_GATEWAY) == recording.of(_CERTIFICATE) == []
    specs = {made.inputs["metadata"]["name"]: made.inputs["spec"] for made in recording.of(_PARAMETERS)}
    assert {name: (spec["scheme"], spec["group"]["name"]) for name, spec in specs.items()} == {
        "public": ("internet-facing", "public-entry"),
        "internal": ("internal", "internal-entry"),
    }
    for name, spec in specs.items():
        assert spec["certificateArn"] == [_ARN]
        assert spec["sslRedirectPort"] == "443"
        assert spec["namespaceSelector"] == {"matchLabels": admitting(name)}
    assert specs["public"]["inboundCIDRs"] == ["192.0.2.0/24"]
    assert "inboundCIDRs" not in specs["internal"]


@each_entry
def test_a_class_of_albs_refers_to_its_parameters_and_comes_after_them(entry: str) -> None:
    made = _built(**_ALB).one("kubernetes:networking.k8s.io/v1:IngressClass", f"entry-{entry}")

    assert made.inputs["spec"] == {
        "controller": "ingress.k8s.aws/alb",
        "parameters": {"apiGroup": "elbv2.k8s.aws", "kind": "IngressClassParams", "name": entry},
    }
    assert f"entry-{entry}" in made.dependencies


def test_nginx_serves_its_entry_over_tls_with_a_certificate_that_renews_itself() -> None:
    recording = _built(mode="nginx", accept_nginx_retirement=True, internal={"domain": "internal.example.com"})
    release = recording.one("kubernetes:helm.sh/v3:Release", "entry-ingress-nginx")
    controller = release.inputs["values"]["controller"]

    assert controller["extraArgs"] == {"default-ssl-certificate": "ingress-nginx/entry-tls"}
    assert controller["config"] == {"force-ssl-redirect": "true"}
    assert controller["ingressClassResource"] == {"name": "internal"}
    assert controller["service"]["annotations"][f"{_ANNOTATION}scheme"] == "internal"
    assert controller["admissionWebhooks"] == {"certManager": {"enabled": True}}
    assert {"entry-ingress-nginx", "entry-internal"} <= set(release.dependencies)


@each_stack
def test_every_load_balancer_goes_before_who_can_delete_it_and_that_before_nodes_and_network(stack: str) -> None:
    """What is awaited is destroyed later. A load balancer that is left stops the VPC's deletion by its interfaces."""
    recording = assembled(stack)

    rooms = [made for made in recording.of(_NAMESPACE) if made.name.endswith("-entry")]
    assert rooms
    controller = "load-balancers-aws-load-balancer-controller"
    for gateway in recording.of(_GATEWAY):
        assert f"{gateway.name}-entry" in gateway.dependencies
    for room in rooms:
        assert controller in room.dependencies
    release = recording.one("kubernetes:helm.sh/v3:Release", controller)
    nodes = {made.name for made in recording.of("aws:eks/nodeGroup:NodeGroup")}
    assert nodes | {"cilium-cilium", "certificates-cert-manager"} <= recording.before(release.name)
    ways_out = {made.name for made in recording.of("aws:ec2/route:Route")}
    assert ways_out
    assert ways_out <= recording.before(release.name)


@each_stack
def test_gateways_come_after_their_definitions_and_after_who_serves_them(stack: str) -> None:
    recording = assembled(stack)

    for gateway in recording.of(_GATEWAY):
        before = recording.before(gateway.name)
        assert "cilium-cilium" in before
        assert any(name.startswith("gateway-api") for name in before)


@each_stack
def test_no_group_of_the_nodes_but_the_clusters_bears_the_tag_by_which_the_controller_finds_it(stack: str) -> None:
    """With two such groups on an interface the controller opens neither.

    https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/1897
    """
    tagged = [
        made.name
        for made in assembled(stack).of("aws:ec2/securityGroup:SecurityGroup")
        if any(key.startswith("kubernetes.io/cluster/") for key in made.inputs.get("tags") or {})
    ]

    assert tagged == []


@each_stack
def test_load_balancers_find_their_subnets(stack: str) -> None:
    subnets = assembled(stack).of("aws:ec2/subnet:Subnet")
    tags: dict[str, list[Recorded]] = {
        key: [made for made in subnets if made.inputs["tags"].get(key) == "1"]
        for key in ("kubernetes.io/role/elb", "kubernetes.io/role/internal-elb")
    }

    assert all(len(found) >= 3 for found in tags.values())
    assert not {made.name for made in tags["kubernetes.io/role/elb"]} & {
        made.name for made in tags["kubernetes.io/role/internal-elb"]
    }


@pytest.mark.parametrize("domain", ["", "example", "*.example.com", "Example.com", "example.com.", "a..b", "-a.com"])
def test_what_is_no_domain_is_refused(domain: str) -> None:
    with pytest.raises(ValidationError):
        examples.parsed(EntryPoint, domain=domain)


def test_gateways_are_the_default() -> None:
    assert EntrySettings().mode is EntryMode.GATEWAY
