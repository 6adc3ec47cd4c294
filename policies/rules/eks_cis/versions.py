"""Rules about Kubernetes versions: of the control plane, of nodes beside it and of add-ons."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Final

from policies.expect import expect, given
from policies.rule import Finding, Parameters, ResourceRule, StackRule
from policies.values import Properties, Unknown, read, type_of

_CLUSTER: Final = "aws:eks/cluster:Cluster"
_NODE_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
# https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html, "Amazon EKS Kubernetes release calendar",
# as of 2026-08-22: the first day of each minor without standard support. Of a minor that is not here nothing is said.
ENDS: Final[Mapping[str, date]] = {
    "1.30": date(2025, 7, 23),
    "1.31": date(2025, 11, 26),
    "1.32": date(2026, 3, 23),
    "1.33": date(2026, 7, 29),
    "1.34": date(2026, 12, 2),
    "1.35": date(2027, 3, 27),
    "1.36": date(2027, 8, 2),
}
"""The day on which each minor leaves standard support."""

# How many minors a kubelet may be behind its API server: https://kubernetes.io/releases/version-skew-policy/#kubelet.
_SKEW: Final = 3


class Support(Parameters):
    """How near the end of support may come."""

    days_left: int = 0
    """How many days of standard support must be left."""


class Skew(Parameters):
    """How far nodes may be behind."""

    minors: int = 1
    """How many minors nodes may be behind the control plane, as they are during an upgrade; Kubernetes allows 3."""


def _supported(cluster: Properties, support: Support) -> Iterator[Finding]:
    version = read(cluster, "version")
    if isinstance(version, Unknown):
        yield version
    elif version is None:
        yield "the cluster takes whatever minor EKS has as its default on that day; set version to a minor"
    elif version in ENDS:
        left = (ENDS[version] - datetime.now(tz=UTC).date()).days
        if left < max(support.days_left, 1):
            what = f"leaves standard support on {ENDS[version]}" if left > 0 else f"left it on {ENDS[version]}"
            yield f"Kubernetes {version} {what}; set version to a later minor"
    elif _minor(version) < min(map(_minor, ENDS)):
        yield f"Kubernetes {version} has no standard support any more; set version to a later minor"


def _skew(resources: Mapping[str, Properties], skew: Skew) -> Iterator[tuple[str, Finding]]:
    clusters = {each.get("name"): each.get("version") for urn, each in resources.items() if type_of(urn) == _CLUSTER}
    for urn, group in sorted(resources.items()):
        if type_of(urn) == _CLUSTER:
            continue
        version, cluster = read(group, "version"), read(group, "clusterName")
        served = clusters.get(cluster) if isinstance(cluster, str) else None
        unknown = [each for each in (cluster, version, served) if isinstance(each, Unknown)]
        yield from ((urn, each) for each in unknown)
        # Without a version of its own a group starts with its cluster's.
        if unknown or not isinstance(version, str) or not isinstance(served, str):
            continue
        behind = _minor(served) - _minor(version)
        if behind < 0:
            yield urn, f"nodes of {version} are ahead of their API server of {served}; set version to {served}"
        elif behind > min(skew.minors, _SKEW):
            yield urn, f"nodes of {version} are {behind} minors behind their API server; set version to {served}"


def _minor(version: str) -> int:
    found = re.fullmatch(r"1\.(\d+)", version)
    return int(found[1]) if found else 0


RULES: Final = (
    ResourceRule(
        name="eks-supported-version",
        why="A minor without support gets no security fixes, until AWS upgrades the cluster on a day of its choice.",
        types=(_CLUSTER,),
        check=_supported,
        parameters=Support(),
        references=("AWS Security Hub: EKS.2",),
    ),
    StackRule(
        name="node-version-skew",
        why="Nodes too far from their control plane cannot be upgraded in place, and ahead of it they do not work.",
        types=(_NODE_GROUP, _CLUSTER),
        check=_skew,
        parameters=Skew(),
        references=("Kubernetes documentation: version skew policy, kubelet",),
    ),
    ResourceRule(
        name="addon-version-pinned",
        why="An add-on with no version changes when EKS changes its default, with no change that anybody reviewed.",
        types=("aws:eks/addon:Addon",),
        check=given("addonVersion", fault="the add-on's version is EKS's to choose; set addonVersion"),
        references=("AWS EKS User Guide: Amazon EKS add-ons",),
    ),
    ResourceRule(
        name="node-template-pinned",
        why="A launch template's latest version rolls every node the moment somebody edits the template.",
        types=(_NODE_GROUP,),
        check=expect(
            "launchTemplate",
            "version",
            default="1",
            fault="the group follows its launch template ({value}); set launchTemplate.version to a number",
            accept=lambda value: str(value).isdigit(),
        ),
        references=("AWS EKS User Guide: launch templates for managed node groups",),
    ),
)
