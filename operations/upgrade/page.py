"""Writes the plan of an upgrade: the verdict first, then each minor with what must hold and what is done in order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from components.kit.versions import Versions
from operations.rehearsed import Rehearsed
from operations.upgrade import apis, charts, nodes, pins, support
from operations.upgrade.charts import Judge
from operations.upgrade.findings import Finding, Weight
from rehearsal.charts.library import Library
from rehearsal.report.words import count, joined
from rehearsal.workspace import PROJECT
from settings import PlatformSettings

_UPGRADING: Final = PROJECT / "docs" / "upgrading.md"
_CHANGE: Final = "## Upgrade Kubernetes by a minor"

_SIGNS: Final = {Weight.AGAINST: "✗", Weight.OPEN: "?", Weight.FINE: "✓"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a plan is made from.

    Attributes:
        rehearsed: The stack as it was rehearsed.
        settings: What it decides.
        pinned: What this repository pins.
        library: The charts' own files, None where there are none.
        judge: Helm's judgement of a constraint.
        today: The day, for what ends.

    """

    rehearsed: Rehearsed
    settings: PlatformSettings
    pinned: Versions
    library: Library | None
    judge: Judge
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One minor of the way.

    Attributes:
        now: The minor before.
        then: The minor after.
        matters: What was found, by the matter it is about.

    """

    now: str
    then: str
    matters: tuple[tuple[str, tuple[Finding, ...]], ...]

    def of(self, weight: Weight) -> list[Finding]:
        """Return the findings of a weight."""
        return [finding for _, found in self.matters for finding in found if finding.weight is weight]


def hop(given: Given, now: str, then: str) -> Hop:
    """Return what is known of one minor of the way."""
    rehearsed, pinned = given.rehearsed, given.pinned
    found = {
        "Support by AWS": support.findings(now, then, given.today),
        "This platform": pins.platform(then, pinned),
        "EKS add-ons": pins.addons(rehearsed, then, pinned),
        "What must be of the cluster's minor": pins.images(rehearsed, then, pinned),
        "Cilium and the other charts": charts.findings(rehearsed, then, given.library, given.judge),
        "APIs that end": apis.findings(rehearsed, then),
        "Addresses": nodes.findings(given.settings),
    }
    return Hop(now=now, then=then, matters=tuple((matter, tuple(each)) for matter, each in found.items()))


def markdown(given: Given, hops: Sequence[Hop]) -> str:
    """Return the plan."""
    return "\n".join(_lines(given, hops)) + "\n"


def _lines(given: Given, hops: Sequence[Hop]) -> Iterator[str]:
    way = " to ".join([hops[0].now, *(each.then for each in hops)])
    yield f"# Upgrade plan: {given.rehearsed.stack}, Kubernetes {way}"
    yield ""
    yield from given.rehearsed.notes()
    yield ""
    yield _verdict(hops)
    yield ""
    yield from _obstacles(hops)
    for each in hops:
        yield f"## {each.now} to {each.then}: what was looked at"
        yield ""
        for matter, found in each.matters:
            if not found:
                continue
            yield f"### {matter}"
            yield ""
            yield from (f"* {_SIGNS[finding.weight]} {finding.text}" for finding in found)
            yield ""
        yield from _steps(given, each)
    yield "## While you wait"
    yield ""
    yield support.price()
    yield ""
    yield from _limits()


def _verdict(hops: Sequence[Hop]) -> str:
    stopping = sum(len(each.of(Weight.AGAINST)) for each in hops)
    open_ = sum(len(each.of(Weight.OPEN)) for each in hops)
    looked = f"{count(open_, 'matter')} to be looked at" if open_ else "nothing is left to be looked at"
    if stopping:
        return f"**Not yet**: {count(stopping, 'matter')} to mend first, and {looked}."
    return f"**It may begin**: nothing stands against it; {looked}."


def _obstacles(hops: Sequence[Hop]) -> Iterator[str]:
    for each in hops:
        for finding in each.of(Weight.AGAINST):
            yield f"* {each.then}: {finding.text}"
    yield ""


def _steps(given: Given, each: Hop) -> Iterator[str]:
    yield f"## {each.now} to {each.then}: the steps"
    yield ""
    ways = [*_before(given, each), *_during(given, each), *_after(each)]
    for number, text in enumerate(ways, start=1):
        yield f"{number}. {text}"
    yield ""


def _before(given: Given, each: Hop) -> Iterator[str]:
    stack = given.rehearsed.stack
    yield "Mend and look at what is listed above; upgrade the stacks before this one (dev, then staging, then prod)."
    yield (
        "See that no disruption budget would hold a node for ever. The platform's own are judged by the rehearsal "
        f"(`.rehearsal/{stack}/report.md`); of teams' none may allow 0 in `kubectl get poddisruptionbudgets "
        "--all-namespaces` (`docs/runbooks/kube-pdb-blocks-drains.md`)."
    )
    yield "Have a backup that was proved: the newest drill passed, `kubectl get cronjobs,jobs -n backup-drill`."
    yield f'In `Pulumi.{stack}.yaml`: `platform:cluster: {{version: "{each.then}"}}`; none is the platform\'s own.'
    yield f"`make rehearse STACK={stack}`; then `pulumi preview --stack {stack} --policy-pack policies/analyzer`."
    yield from _of_aws(given, each)


def _of_aws(given: Given, each: Hop) -> Iterator[str]:
    """Yield what AWS looks at before it begins, and refuses for."""
    for node in given.rehearsed.of("eks/cluster:Cluster"):
        cluster = node.inputs["name"]
        # https://docs.aws.amazon.com/eks/latest/APIReference/API_InsightsFilter.html
        told = f"categories=UPGRADE_READINESS,kubernetesVersions={each.then}"
        yield (
            f"See AWS's own findings on {each.then}: `aws eks list-insights --cluster-name {cluster} --filter {told} "
            "--query 'insights[].[name,insightStatus.status,insightStatus.reason]' --output text`. For one that "
            "blocks an upgrade EKS refuses the update (`InvalidStateException`); once it is mended, "
            f"`aws eks start-insights-refresh --cluster-name {cluster}` has them looked at anew."
        )
        yield nodes.groups_ready(cluster, each.now)


def _during(given: Given, each: Hop) -> Iterator[str]:
    rehearsed = given.rehearsed
    begin = f"`pulumi up --stack {rehearsed.stack}`{_when(given.settings)}."
    groups = "".join(f"\n      * {role}: {told}" for role, told in _by_role(given).items())
    yield "\n".join(
        [
            f"{begin} {_told('How long')} By itself, in this order:",
            f"   * the control plane, to {each.then};",
            f"   * add-ons that nodes need: {_addons(rehearsed, before=True)};",
            f"   * the nodes, all groups side by side. {nodes.skew(each.now)}{groups}",
            f"   * the other add-ons, {_addons(rehearsed, before=False)}, and what must be of the cluster's minor.",
        ]
    )


def _after(each: Hop) -> Iterator[str]:
    yield f"`kubectl get nodes` shows v{each.then} everywhere: only then the next stack. {_told('Back')}"


def _when(settings: PlatformSettings) -> str:
    """Return when to begin: in the stack's window of maintenance, if it has one."""
    window = settings.maintenance.window
    if window is None:
        return ""
    days = " or ".join(day.value.title() for day in window.days)
    return f", in the window of maintenance: {days} from {window.start} UTC, for {count(window.hours, 'hour')}"


def _by_role(given: Given) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for group in nodes.rounds(given.settings):
        found.setdefault(group.role, []).append(
            f"`{group.name}`{' (retiring)' if group.retiring else ''}, up to {count(group.nodes, 'node')} in "
            f"{count(group.rounds, 'round')}, with up to {group.surge} more meanwhile"
        )
    return {role: "; ".join(groups) for role, groups in found.items()}


def _addons(rehearsed: Rehearsed, *, before: bool) -> str:
    """Name the add-ons that nodes wait for, or the others."""
    groups = rehearsed.of("eks/nodeGroup:NodeGroup")
    awaited = set().union(*(rehearsed.before(group) for group in groups)) if groups else set()
    names = [node.inputs["addonName"] for node in rehearsed.of("eks/addon:Addon") if (node.urn in awaited) is before]
    return joined([f"`{name}`" for name in sorted(names)]) if names else "none"


def _told(what: str, page: Path = _UPGRADING) -> str:
    """Return what the table of ordinary changes says of an upgrade: ``How long``, ``Back``."""
    _, _, section = page.read_text(encoding="utf-8").partition(_CHANGE)
    _, _, said = section.partition(f"**{what}.** ")
    return " ".join(said.partition("\n\n")[0].split())


def _limits() -> Iterator[str]:
    yield "## What this plan cannot know"
    yield ""
    yield "* Which versions AWS offers today; the commands above ask."
    yield "* What teams run: their APIs, their disruption budgets, how long their pods take to stop."
    yield f"* Minors beyond {apis.newest()}: what `{apis.source()}` says of them is Kubernetes' plan of that day."
