"""external-dns writes to the stack's own zones, marks what it wrote, and takes nobody else's records for its own."""

import json
from collections import Counter
from typing import Any

import pytest
from pydantic import ValidationError

from components.networking import external_dns
from components.networking.entry_settings import EntryMode
from components.networking.external_dns import ExternalDns, values
from components.networking.hosted_zones import DnsSettings, zone_of
from settings.load import read_file
from tests.components import examples
from tests.components.recording import Recording, build
from tests.environments import PROJECT, STACKS, assembled

_ZONES = {"example.com": "Z0EXAMPLE", "dev.example.com": "Z1EXAMPLE"}
_NAME = "external-dns-external-dns"


def _dns(**settings: Any) -> DnsSettings:
    return examples.parsed(DnsSettings, **{"zones": _ZONES, **settings})


def _built() -> Recording:
    return build(
        lambda: ExternalDns(
            "external-dns", _dns(), account=examples.account(), mode=EntryMode.GATEWAY, cluster=examples.cluster()
        )
    )


def _owners() -> dict[str, Any]:
    return {
        stack: assembled(stack).one("kubernetes:helm.sh/v3:Release", _NAME).inputs["values"]["txtOwnerId"]
        for stack in STACKS
    }


def test_no_two_stacks_mark_records_alike() -> None:
    """Each would take the other's records for its own, and delete them."""
    owners = _owners()

    assert [owner for owner, count in Counter(owners.values()).items() if count > 1] == []
    clusters = {stack: read_file(PROJECT / f"Pulumi.{stack}.yaml").cluster.name for stack in STACKS}
    assert owners == clusters


def test_no_two_stacks_write_to_the_same_zone_unless_one_is_there_for_the_others_loss() -> None:
    settings = {stack: read_file(PROJECT / f"Pulumi.{stack}.yaml") for stack in STACKS}
    lost = {stack: each.backup.source.prefix for stack, each in settings.items() if each.backup.source}
    zones = {
        (zone, lost.get(stack, each.cluster.name))
        for stack, each in settings.items()
        for zone in each.dns.zones.values()
    }

    assert [zone for zone, count in Counter(zone for zone, _ in zones).items() if count > 1] == []
    # Until the day both are there, and only whose records they are deletes any.
    assert [stack for stack in lost if settings[stack].dns.records != "upsert_only"] == []


def test_another_clusters_records_are_taken_over_where_a_stack_says_so() -> None:
    recording = build(
        lambda: ExternalDns(
            "external-dns",
            _dns(owner="platform-prod"),
            account=examples.account(),
            mode=EntryMode.GATEWAY,
            cluster=examples.cluster(),
        )
    )

    assert recording.one("kubernetes:helm.sh/v3:Release", _NAME).inputs["values"]["txtOwnerId"] == "platform-prod"


@pytest.mark.parametrize(("records", "policy"), [("upsert_only", "upsert-only"), ("sync", "sync")])
def test_records_are_deleted_only_if_a_stack_says_so(records: str, policy: str) -> None:
    assert values(_dns(records=records), mode=EntryMode.GATEWAY, owner="platform-test")["policy"] == policy
    assert DnsSettings().records == "upsert_only"


@pytest.mark.parametrize(
    ("mode", "sources"),
    [
        (EntryMode.GATEWAY, ["gateway-httproute", "service"]),
        (EntryMode.ALB, ["ingress", "service"]),
        (EntryMode.NGINX, ["ingress", "service"]),
    ],
)
def test_it_reads_routes_where_they_are_and_no_kind_that_may_be_missing(mode: EntryMode, sources: list[str]) -> None:
    assert values(_dns(), mode=mode, owner="platform-test")["sources"] == sources


def test_it_keeps_to_the_stacks_zones_by_name_and_by_id() -> None:
    chosen = values(_dns(), mode=EntryMode.GATEWAY, owner="platform-test")

    assert chosen["domainFilters"] == ["dev.example.com", "example.com"]
    assert chosen["extraArgs"] == ["--zone-id-filter=Z0EXAMPLE", "--zone-id-filter=Z1EXAMPLE"]


def test_it_may_write_only_its_kinds_of_records_to_these_zones() -> None:
    find, read, write = json.loads(_built().one("aws:iam/rolePolicy:RolePolicy", _NAME).inputs["policy"])["Statement"]

    zones = ["arn:aws:route53:::hostedzone/Z0EXAMPLE", "arn:aws:route53:::hostedzone/Z1EXAMPLE"]
    assert find["Action"] == ["route53:ListHostedZones"]
    assert read["Resource"] == write["Resource"] == zones
    assert write["Condition"] == {
        "ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsRecordTypes": ["A", "AAAA", "CNAME", "TXT"]}
    }


def test_it_starts_with_its_credentials() -> None:
    recording = _built()
    association = recording.one("aws:eks/podIdentityAssociation:PodIdentityAssociation", _NAME)

    assert (association.inputs["namespace"], association.inputs["serviceAccount"]) == ("ingress", "external-dns")
    assert recording.one("kubernetes:helm.sh/v3:Release", _NAME).inputs["name"] == "external-dns"
    assert _NAME in recording.one("kubernetes:helm.sh/v3:Release", _NAME).dependencies


@pytest.mark.parametrize(
    ("domain", "zone"),
    [
        ("example.com", "example.com"),
        ("a.example.com", "example.com"),
        ("dev.example.com", "dev.example.com"),
        ("a.b.dev.example.com", "dev.example.com"),
        ("anexample.com", None),
        ("com", None),
    ],
)
def test_the_nearest_zone_holds_a_name(domain: str, zone: str | None) -> None:
    assert zone_of(domain, _ZONES) == zone


@pytest.mark.parametrize(
    "zones",
    [
        {"example.com.": "Z0EXAMPLE"},
        {"Example.com": "Z0EXAMPLE"},
        {"*.example.com": "Z0EXAMPLE"},
        {"example": "Z0EXAMPLE"},
        {f"{'a' * 64}.com": "Z0EXAMPLE"},
        {"example.com": "/hostedzone/Z0EXAMPLE"},
        {"example.com": "z0example"},
        {"example.com": f"Z{'0' * 32}"},
    ],
)
def test_what_is_no_zone_is_refused(zones: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        _dns(zones=zones)


def test_it_reaches_route_53() -> None:
    flows = external_dns.connections(examples.account())

    assert "route53.amazonaws.com" in {str(flow.server) for flow in flows}
