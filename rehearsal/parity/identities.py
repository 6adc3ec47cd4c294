"""Finds what names one environment and no other, and takes it out of whatever is compared."""

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
_REGION: Final = re.compile(r"\b([a-z]{2}(?:-gov|-iso[a-z]?)?-(?:north|south|east|west|central)+-\d)([a-z])?\b")
# https://docs.aws.amazon.com/Route53/latest/APIReference/API_HostedZone.html
_HOSTED_ZONE: Final = re.compile(r"\bZ[0-9A-Z]{9,}\b")
# Ids that AWS gives, those of keys, detectors and control planes among them:
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
_ID: Final = re.compile(
    r"\b(?:(?:mrk-|db-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32}"
    r"|[a-z]{2,10}-[0-9a-f]{17}|[a-z]{2,10}-[0-9a-f]{8}|(?<!:)(?:[0-9a-f]{32}|[0-9A-F]{32}))\b"
    r"|[\w.]+(?=\.<region>\.eks\.amazonaws)"
)
# What Pulumi adds to a name it makes; the platform adds ten digits of what is inside.
# https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming
_SUFFIX: Final = re.compile(r"(?<=[a-z0-9])-(?=[0-9a-f]*\d)(?:[0-9a-f]{7}|[0-9a-f]{10})(?![0-9a-z]|-[^<])")
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
_SECRET: Final = re.compile(r"(:secret:[\w/!<>-]+?)-[A-Za-z0-9]{5,6}(?![\w-])")
_BLOCK: Final = re.compile(r"\b(\d{1,3}(?:\.\d{1,3}){3})(?:([/-])(\d{1,2}))?(?![\d.])")


@dataclass(frozen=True)
class Identities:
    """What names an environment; whatever is unknown stays as it is.

    Attributes:
        stack: The stack's name.
        account: The number of its AWS account.
        region: Where it is.
        cluster: The cluster's name.
        block: The addresses of its VPC, ``10.20.0.0/16``.
        domains: The names under which its entries answer, by the entry they belong to.

    """

    stack: str = ""
    account: str = ""
    region: str = ""
    cluster: str = ""
    block: str = ""
    domains: Mapping[str, str] | None = None

    def without(self, text: str) -> str:
        """Return a text with a word in angle brackets for each thing that names this environment."""
        if text not in self._known:
            self._known[text] = self._without(text)
        return self._known[text]

    @cached_property
    def _known(self) -> dict[str, str]:
        return {}

    def _without(self, text: str) -> str:
        for pattern, word in self._names:
            text = pattern.sub(word, text)
        text = _REGION.sub(self._place, text)
        text = _ID.sub("<id>", _HOSTED_ZONE.sub("<hosted zone>", text))
        text = _SUFFIX.sub("-<suffix>", _SECRET.sub(r"\1-<suffix>", text))
        return _BLOCK.sub(self._address, text)

    @cached_property
    def _names(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        return tuple(self._patterns())

    def _patterns(self) -> Iterator[tuple[re.Pattern[str], str]]:
        if self.cluster:
            yield re.compile(rf"(?<![\w-]){re.escape(self.cluster)}(?!\w)"), "<cluster>"
        if self.account:
            yield re.compile(rf"(?<!\d){self.account}(?!\d)"), "<account>"
        for entry, domain in sorted((self.domains or {}).items(), key=lambda item: -len(item[1])):
            yield re.compile(rf"(?<![\w-]){re.escape(domain)}(?![\w-])"), f"<domain of {entry}>"
        if self.stack:
            # A path such as /dev/xvda is no stack's, nor one in a pattern of paths.
            yield re.compile(rf"(?<![\w/<(|-]){re.escape(self.stack)}(?![\w/>|)-])"), "<stack>"

    def _place(self, found: re.Match[str]) -> str:
        name = "region" if found[1] == self.region else "other region"
        return f"<zone {found[2]}>" if found[2] and name == "region" else f"<{name}>{found[2] or ''}"

    def _address(self, found: re.Match[str]) -> str:
        try:
            inside = self.block and ipaddress.ip_address(found[1]) in ipaddress.ip_network(self.block)
        except ValueError:
            return found[0]
        return f"<in the VPC>{found[2] or ''}{found[3] or ''}" if inside else found[0]


def of_graph(resources: Iterable[Mapping[str, Any]]) -> Identities:
    """Return what names the environment that a resource graph is of.

    Args:
        resources: The entries of its graph.json.

    """
    entries = list(resources)
    clusters = [each["inputs"] for each in entries if each["type"] == "aws:eks/cluster:Cluster"]
    networks = [each["inputs"] for each in entries if each["type"] == "aws:ec2/vpc:Vpc"]
    providers = [each["inputs"] for each in entries if each["type"] == "pulumi:providers:aws"]
    accounts = next((each.get("allowedAccountIds") for each in providers), None) or []
    return Identities(
        stack=next((each["urn"].split(":")[2] for each in entries), ""),
        account=str(_first(accounts)),
        region=str(_first([each.get("region", "") for each in providers])),
        cluster=str(_first([each.get("name", "") for each in clusters])),
        block=str(_first([each.get("cidrBlock", "") for each in networks])),
        domains=dict(_domains(entries)),
    )


def of_settings(stack: str, settings: Mapping[str, Any]) -> Identities:
    """Return what names an environment by its settings, the blocks of Pulumi.<env>.yaml by their keys."""
    account, entries = settings.get("account") or {}, settings.get("entry") or {}
    return Identities(
        stack=stack,
        account=str(account.get("id", "")),
        region=str(account.get("region", "")),
        cluster=str((settings.get("cluster") or {}).get("name", "")),
        block=str((settings.get("network") or {}).get("cidr", "")),
        domains={
            name: entry["domain"] for name, entry in entries.items() if isinstance(entry, dict) and "domain" in entry
        },
    )


def _domains(entries: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for each in entries:
        if each["type"].endswith(":Gateway") and "gateway.networking" in each["type"]:
            listeners = each["inputs"].get("spec", {}).get("listeners") or []
            names = [listener["hostname"] for listener in listeners if listener.get("hostname", "").startswith("*.")]
            yield from ((each["name"], name.removeprefix("*.")) for name in names[:1])


def _first(values: Any) -> Any:
    # Between the program and its provider a list travels as JSON.
    found = re.findall(r"[\w-]+", values) if isinstance(values, str) else list(values)
    return next(iter(found), "")
