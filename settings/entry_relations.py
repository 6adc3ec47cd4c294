"""What must hold between the entry, its names, its certificates and the network they stand in."""

from collections.abc import Iterator
from typing import Final

from components.compute.network_plugin import Routing
from components.foundation.account import AccountSettings
from components.foundation.network_settings import NatMode, NetworkSettings
from components.networking.certificates import CertificatesSettings
from components.networking.cilium import CiliumSettings
from components.networking.entry_settings import EntryMode, EntrySettings, issuer_of
from components.networking.hosted_zones import DnsSettings, zone_of
from components.networking.issuers import Issuer
from settings.relations import Conflict, Relation


def nginx_is_not_chosen_unawares(entry: EntrySettings) -> Iterator[Conflict]:
    """Yield the mode of a stack that takes a retired controller without saying that it knows."""
    if entry.mode is EntryMode.NGINX and not entry.accept_nginx_retirement:
        yield Conflict(
            keys=(("entry", "mode"), ("entry", "accept_nginx_retirement")),
            why="is retired: since March 2026 ingress-nginx gets no more releases, not even for security "
            "(https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/); choose gateway, or set "
            "accept_nginx_retirement to true to take it in spite of that",
            remedy=EntryMode.GATEWAY,
        )


def nginx_serves_one_entry(entry: EntrySettings) -> Iterator[Conflict]:
    """Yield the second entry behind ingress-nginx, which would serve both entries' names at both."""
    if entry.mode is EntryMode.NGINX and len(entry.points) > 1:
        yield Conflict(
            keys=(("entry", "mode"), ("entry", "public"), ("entry", "internal")),
            why="serves one entry only, and this stack has a public and an internal one; choose gateway",
            remedy=EntryMode.GATEWAY,
        )


def entries_have_names_of_their_own(entry: EntrySettings) -> Iterator[Conflict]:
    """Yield the internal domain if it is the public one: a name could lead to one of them only."""
    if entry.public and entry.internal and entry.public.domain == entry.internal.domain:
        domain = entry.internal.domain
        yield Conflict(
            keys=(("entry", "internal", "domain"), ("entry", "public", "domain")),
            why=f"is the public entry's too, and each name of {domain} can lead to one of the two only",
            remedy=f"internal.{domain}",
        )


def certificates_can_be_proved(
    entry: EntrySettings, dns: DnsSettings, certificates: CertificatesSettings
) -> Iterator[Conflict]:
    """Yield the domains for which Let's Encrypt would wait for a record that nobody can write."""
    for name, point in entry.points.items():
        issuer = issuer_of(name, point, certificates.issuer)
        if entry.mode is not EntryMode.ALB and issuer.is_acme and zone_of(point.domain, dns.zones) is None:
            yield Conflict(
                keys=(("entry", name, "domain"), ("dns", "zones")),
                why=f"lies in none of the stack's DNS zones, and {issuer} signs for a domain and all names below it "
                "only after a record there: name the zone with its id in dns.zones, or set the entry's issuer to "
                f"{Issuer.PRIVATE}",
            )


def albs_have_certificates(entry: EntrySettings, account: AccountSettings) -> Iterator[Conflict]:
    """Yield entries whose certificate is missing, is nobody's, or is where their load balancer cannot use it."""
    for name, point in entry.points.items():
        keys = (("entry", name, "certificate_arn"), ("entry", "mode"))
        if (entry.mode is EntryMode.ALB) != (point.certificate_arn is not None):
            why = (
                "is missing: an ALB takes certificates from ACM only, and without one it would speak HTTP"
                if point.certificate_arn is None
                else f"is for mode alb only; in mode {entry.mode} the certificate comes from cert-manager"
            )
            yield Conflict(keys=keys, why=why)
        elif point.certificate_arn:
            _, partition, _, region, owner, _ = point.certificate_arn.split(":", 5)
            if (partition, region, owner) != (account.partition, account.region, account.id):
                yield Conflict(
                    keys=(("entry", name, "certificate_arn"), ("account", "region")),
                    why=f"is of {owner} in {region}, and a load balancer takes certificates of its own account and "
                    f"region only: {account.id} in {account.region}",
                )


def the_example_app_has_its_entry(entry: EntrySettings) -> Iterator[Conflict]:
    """Yield the entry of the example app if there is no such entry."""
    if entry.example_app and entry.example_app not in entry.points:
        yield Conflict(
            keys=(("entry", "example_app"), ("entry", entry.example_app)),
            why=f"is an entry that this stack does not have: give it entry.{entry.example_app}.domain, or leave the "
            "example app out",
        )


def a_closed_network_needs_nobody_outside(
    network: NetworkSettings, dns: DnsSettings, entry: EntrySettings, certificates: CertificatesSettings
) -> Iterator[Conflict]:
    """Yield what calls services that a VPC without a way out does not reach: Route 53 and Let's Encrypt."""
    if network.nat is not NatMode.NONE or network.transit_gateway:
        return
    if dns.zones:
        yield Conflict(
            keys=(("dns", "zones"), ("network", "nat")),
            why="asks for records in Route 53, which has no endpoint in the VPC and which nat none cuts off",
            remedy={},
        )
    for name, point in entry.points.items():
        if entry.mode is not EntryMode.ALB and issuer_of(name, point, certificates.issuer).is_acme:
            yield Conflict(
                keys=(("entry", name, "issuer"), ("network", "nat")),
                why="is Let's Encrypt, which nat none cuts off; the private CA needs nobody",
                remedy=Issuer.PRIVATE,
            )


def gateways_reach_the_pods_of_other_nodes(cilium: CiliumSettings, entry: EntrySettings) -> Iterator[Conflict]:
    """Yield the encryption that is off where requests from a Gateway to another node's pods would get lost.

    https://github.com/cilium/cilium/issues/43493
    """
    unsafe = cilium.routing is Routing.ENI and cilium.encryption == "none"
    if unsafe and entry.mode is EntryMode.GATEWAY and entry.points:
        yield Conflict(
            keys=(("cilium", "encryption"), ("entry", "mode")),
            why="loses what a Gateway sends to pods of another node (cilium/cilium#43493); with WireGuard between "
            "the nodes it arrives",
            remedy="pods",
        )


RELATIONS: Final[tuple[Relation, ...]] = (
    nginx_is_not_chosen_unawares,
    nginx_serves_one_entry,
    entries_have_names_of_their_own,
    certificates_can_be_proved,
    albs_have_certificates,
    the_example_app_has_its_entry,
    a_closed_network_needs_nobody_outside,
    gateways_reach_the_pods_of_other_nodes,
)
