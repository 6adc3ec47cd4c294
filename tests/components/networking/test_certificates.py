"""Certificates renew themselves, prove names only where the stack may, and trust nobody's key that left the cluster."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from components.kit.flows import INTERNET, Entity, Fqdn, workloads
from components.networking import certificates, issuers
from components.networking.certificates import Certificates, CertificatesSettings, http_solver, values
from components.networking.entry_settings import EntryMode, EntrySettings
from components.networking.hosted_zones import DnsSettings
from components.networking.issuers import Issuer
from tests.components import examples
from tests.components.recording import Recorded, Recording, build

_ZONES = {"example.com": "Z0EXAMPLE", "example.org": "Z1EXAMPLE"}
_PUBLIC = {"public": {"domain": "example.com"}}


def _built(zones: dict[str, str] | None = None, entry: dict[str, Any] | None = None, **settings: Any) -> Recording:
    return build(
        lambda: Certificates(
            "certificates",
            examples.parsed(CertificatesSettings, **settings),
            account=examples.account(),
            dns=examples.parsed(DnsSettings, zones=_ZONES if zones is None else zones),
            entry=examples.parsed(EntrySettings, **(_PUBLIC if entry is None else entry)),
            cluster=examples.cluster(),
        )
    )


def _issuers(recording: Recording) -> dict[str, Recorded]:
    return {made.inputs["metadata"]["name"]: made for made in recording.of(f"kubernetes:{issuers.API}:ClusterIssuer")}


def test_staging_signs_unless_a_stack_says_otherwise() -> None:
    assert CertificatesSettings().issuer is Issuer.LETSENCRYPT_STAGING


def test_both_environments_of_lets_encrypt_and_a_private_ca_may_be_asked() -> None:
    made = _issuers(_built())

    assert set(made) == {"letsencrypt-staging", "letsencrypt-production", "private", "private-root"}
    servers = {name: issuer.inputs["spec"]["acme"]["server"] for name, issuer in made.items() if "lets" in name}
    assert servers == {
        "letsencrypt-staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
        "letsencrypt-production": "https://acme-v02.api.letsencrypt.org/directory",
    }


def test_the_two_environments_have_accounts_of_their_own() -> None:
    made = _issuers(_built(email="platform@example.com"))

    keys = {name: made[name].inputs["spec"]["acme"] for name in ("letsencrypt-staging", "letsencrypt-production")}
    assert len({acme["privateKeySecretRef"]["name"] for acme in keys.values()}) == 2
    assert {acme["email"] for acme in keys.values()} == {"platform@example.com"}


def test_a_name_in_a_zone_is_proved_by_a_record_there_and_any_other_over_the_public_entry() -> None:
    solvers = _issuers(_built())["letsencrypt-staging"].inputs["spec"]["acme"]["solvers"]

    assert [solver.get("selector", {}).get("dnsZones") for solver in solvers] == [
        ["example.com"],
        ["example.org"],
        None,
    ]
    assert [solver.get("dns01", {}).get("route53") for solver in solvers] == [
        {"region": "eu-central-1", "hostedZoneID": "Z0EXAMPLE"},
        {"region": "eu-central-1", "hostedZoneID": "Z1EXAMPLE"},
        None,
    ]
    (parent,) = solvers[2]["http01"]["gatewayHTTPRoute"]["parentRefs"]
    assert parent == {"kind": "Gateway", "name": "public", "namespace": "public-entry", "sectionName": "http"}


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ({}, None),
        ({"internal": {"domain": "example.com"}}, None),
        (_PUBLIC, "gatewayHTTPRoute"),
        ({**_PUBLIC, "mode": "nginx"}, "ingress"),
        ({**_PUBLIC, "mode": "alb"}, None),
    ],
)
def test_http_proves_only_where_lets_encrypt_gets_in_and_the_certificate_is_of_use(
    entry: dict[str, Any], kind: str | None
) -> None:
    solver = http_solver(examples.parsed(EntrySettings, **entry))

    assert (next(iter(solver)) if solver else None) == kind


def test_without_any_way_to_prove_a_name_there_is_the_private_ca_only_and_no_role() -> None:
    recording = _built(zones={}, entry={})

    assert set(_issuers(recording)) == {"private", "private-root"}
    assert recording.of("aws:iam/role:Role") == []


def test_no_key_of_the_private_ca_is_in_the_state_and_its_root_stays_the_same_when_it_is_renewed() -> None:
    recording = _built()
    authority = recording.one(f"kubernetes:{issuers.API}:Certificate", "certificates-private-ca").inputs

    assert authority["metadata"]["namespace"] == "cert-manager"
    assert authority["spec"]["isCA"] is True
    assert authority["spec"]["privateKey"]["rotationPolicy"] == "Never"
    assert authority["spec"]["issuerRef"]["name"] == "private-root"
    assert _issuers(recording)["private"].inputs["spec"] == {"ca": {"secretName": authority["spec"]["secretName"]}}
    assert recording.of("kubernetes:core/v1:Secret") == []


def test_no_issuer_comes_before_its_kind_and_the_webhook_that_admits_it() -> None:
    for made in _issuers(_built()).values():
        assert "certificates-cert-manager" in made.dependencies


def test_the_controller_has_its_credentials_when_it_starts() -> None:
    release = _built().one("kubernetes:helm.sh/v3:Release", "certificates-cert-manager")
    association = _built().one("aws:eks/podIdentityAssociation:PodIdentityAssociation", "certificates-cert-manager")

    assert release.dependencies == ("certificates-cert-manager",)
    assert (association.inputs["namespace"], association.inputs["serviceAccount"]) == ("cert-manager", "cert-manager")


def test_it_may_write_challenges_to_the_stacks_zones_and_nothing_else() -> None:
    policy = _built().one("aws:iam/rolePolicy:RolePolicy", "certificates-cert-manager")
    change, read, write = json.loads(policy.inputs["policy"])["Statement"]

    zones = ["arn:aws:route53:::hostedzone/Z0EXAMPLE", "arn:aws:route53:::hostedzone/Z1EXAMPLE"]
    assert change["Resource"] == ["arn:aws:route53:::change/*"]
    assert read["Resource"] == write["Resource"] == zones
    assert write["Action"] == ["route53:ChangeResourceRecordSets"]
    assert write["Condition"] == {
        "ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsRecordTypes": ["TXT"]},
        "ForAllValues:StringLike": {"route53:ChangeResourceRecordSetsNormalizedRecordNames": ["_acme-challenge.*"]},
    }


def test_its_crds_come_with_it_and_stay_when_it_goes() -> None:
    assert values(EntryMode.GATEWAY)["crds"] == {"enabled": True}  # `keep` is the chart's own choice


def test_a_drained_node_takes_no_webhook_away() -> None:
    chosen = values(EntryMode.GATEWAY)

    for part in (chosen, chosen["webhook"], chosen["cainjector"]):
        assert part["replicaCount"] == 2
        assert part["podDisruptionBudget"] == {"enabled": True, "minAvailable": 1}


@pytest.mark.parametrize("mode", EntryMode)
def test_it_looks_for_gateways_only_where_their_crds_are_certain(mode: EntryMode) -> None:
    assert values(mode)["config"]["gatewayAPI"]["enabled"] == (mode is EntryMode.GATEWAY)


def test_no_name_is_looked_up_past_the_clusters_dns() -> None:
    assert values(EntryMode.GATEWAY)["dns01RecursiveNameserversOnly"] is True


@pytest.mark.parametrize("email", ["nobody", "a@b", "a b@example.com"])
def test_no_address_that_is_none(email: str) -> None:
    with pytest.raises(ValidationError):
        examples.parsed(CertificatesSettings, email=email)


def test_it_reaches_lets_encrypt_and_route_53_and_its_webhook_is_reached() -> None:
    flows = certificates.connections(examples.account(), examples.parsed(EntrySettings, **_PUBLIC))

    names = {flow.server.name for flow in flows if isinstance(flow.server, Fqdn)}
    assert names == {
        "acme-v02.api.letsencrypt.org",
        "acme-staging-v02.api.letsencrypt.org",
        "route53.amazonaws.com",
    }
    webhooks = [flow.port for flow in flows if flow.client is Entity.KUBE_APISERVER]
    assert webhooks == [10260]
    assert [flow.port for flow in flows if flow.server == INTERNET] == [80]
    assert {str(each) for each in workloads(flows)} >= {
        "cert-manager/cert-manager-controller",
        "cert-manager/cert-manager-webhook",
        "cert-manager/cert-manager-cainjector",
        "cert-manager/cert-manager-startupapicheck",
    }
