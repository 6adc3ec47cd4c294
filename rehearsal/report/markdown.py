"""Writes report.md: the verdict first, then what was proved, what judged it, and what a rehearsal cannot show."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from rehearsal.reachability.summary import markdown as reachability
from rehearsal.report.model import PHASES, BringUp, Report
from rehearsal.report.rendering import markdown as rendering
from rehearsal.report.words import about, count, duration, joined, one_line, short_type
from rehearsal.survival.pages import markdown as survival

PROVES: Final[Mapping[str, str]] = {
    "preview": "the plan is complete and the policies were asked",
    "up": "every provider accepts what the program declares",
    "up-again": "the program settles: a second run changes nothing",
    "destroy-refused": "what is protected cannot be deleted by accident",
    "destroy": "once unprotected, everything can be removed",
}
"""What each phase shows when it ends as it should."""

NOT_SHOWN: Final = (
    "Quotas and capacity: whether the account may have, and the zone now has, so many addresses or instances.",
    "Permissions: whether whoever deploys may make every call; the stand-ins let everybody do everything.",
    "What runs: no node and no container starts, so no image is pulled and nothing in a chart becomes ready.",
    "The network: no packet flows, so routes, security groups and DNS are judged by their form alone.",
    "Real times: the bring-up is an estimate from typical creation times, and AWS promises none of them.",
    "Prices: `make cost` reckons a month by list prices, and no bill was ever compared with it here.",
)
"""What no rehearsal can show, whatever the stack."""

_MOST_MESSAGES: Final = 10


def verdict(report: Report) -> str:
    """Return the outcome in one sentence or two."""
    if not report.passed:
        others = len(report.objections) - 1
        more = f" (and {count(others, 'more objection')})" if others else ""
        return f"{report.stack}: not rehearsed. {one_line(report.objections[0])}{more}"
    unjudged = len(report.kubernetes_objects.unvalidated)
    but = f" but for {count(unjudged, 'thing')} that nothing judged, for want of chart data" if unjudged else ""
    done = ["planned"] if report.phase("preview") else []
    done += ["made"] if report.phase("up") else []
    done += ["left unchanged by a second run"]
    if report.phase("destroy"):
        kept = len(report.left_behind)
        done += ["removed" if not kept else f"removed but for {kept} kept by design"]
    resources = count(report.resources, "resource")
    return f"{report.stack}: rehearsed{but}. {resources} {joined(done)}, in {duration(report.seconds)}."


def chain(bring_up: BringUp) -> str:
    """Return the critical path as ``network-vpc 12 s → network-nat 2 min → …``."""
    names = Counter(step.name for step in bring_up.path)
    # Only the type tells a node group from the launch template of the same name.
    kinds = (f" ({short_type(step.type)})" if names[step.name] > 1 else "" for step in bring_up.path)
    steps = (f"{step.name}{kind} {duration(step.seconds)}" for step, kind in zip(bring_up.path, kinds, strict=True))
    # A step is never broken over two lines.
    return " → ".join(step.replace(" ", "\N{NO-BREAK SPACE}") for step in steps)


def aws_facts(report: Report) -> str:
    """Say how many AWS resources ran on what."""
    emulated = sum(report.aws_resources.emulated.values())
    modelled = sum(report.aws_resources.modelled.values())
    return f"{emulated} created in moto, {modelled} judged by AWS's published API definitions alone"


def release_facts(report: Report) -> str:
    """Say what judged the Helm releases; nothing where there are none."""
    releases = report.kubernetes_objects.releases
    told = []
    if releases.rendered:
        objects = f"{count(report.rendering.objects, 'object')} tried out on the API server"
        told.append(f"{count(releases.rendered, 'release')}: values judged, templates rendered, {objects}")
    if (unrendered := releases.judged - releases.rendered) > 0:
        judged = "values judged against the chart's own files, templates not rendered"
        told.append(f"{count(unrendered, 'release')}: {judged}{_without_archives(report)}")
    if releases.unjudged:
        why = "" if releases.chart_data else ", as there is no chart data (CHART_DATA)"
        told.append(f"{count(releases.unjudged, 'release')}: not judged at all{why}")
    return "; ".join(told)


def _without_archives(report: Report) -> str:
    return "" if report.kubernetes_objects.releases.rendered else " (make charts)"


def policy_facts(report: Report) -> str:
    """Say how many violations of either level there are."""
    policies = report.policies
    return f"{count(policies.mandatory, 'mandatory violation')}, {count(policies.advisory, 'advisory one')}"


def secret_facts(report: Report) -> str:
    """Say how many secrets were planted and whether the state showed one."""
    planted = f"{report.planted_secrets or 'none'} planted"
    if report.exposed_secrets:
        return f"{planted}, found unencrypted in {count(len(report.exposed_secrets), 'place')}"
    return f"{planted}, none found unencrypted in the exported state, nor what looks like one"


def markdown(report: Report) -> str:
    """Return the report as Markdown."""
    sections = [
        _head(report),
        _phases(report),
        _judges(report),
        rendering(report.rendering),
        reachability(report.reachability),
        survival(report.survival),
        _bring_up(report),
        _left_behind(report),
        _not_shown(report),
    ]
    texts = ("\n".join(lines) for lines in sections)
    return "\n\n".join(text for text in texts if text) + "\n"


def _head(report: Report) -> Iterator[str]:
    yield f"# Rehearsal of {report.stack}"
    yield ""
    yield f"**{verdict(report)}**"
    if not report.passed:
        yield ""
        yield "What stands against it:"
        yield ""
        for objection in report.objections:
            yield f"- {one_line(objection)}"


def _phases(report: Report) -> Iterator[str]:
    heading, shows = ("What was proved", "Shows that") if report.passed else ("What ran", "Is there to show that")
    yield f"## {heading}"
    yield ""
    yield f"| Phase | {shows} | Create | Update | Replace | Delete | Same | Time |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for phase in report.phases:
        numbers = " | ".join(str(n) for n in (phase.create, phase.update, phase.replace, phase.delete, phase.same))
        point = PROVES.get(phase.name, "") + (f" ({phase.note})" if phase.note else "")
        yield f"| {phase.name} | {_cell(point)} | {numbers} | {phase.seconds:.1f} s |"
    missing = [name for name in PHASES if not report.phase(name)]
    if missing:
        yield ""
        yield f"Not run: {joined(missing)}."


def _judges(report: Report) -> Iterator[str]:
    objects = report.kubernetes_objects
    accepted = f"{count(objects.accepted, 'object')} accepted by kube-apiserver {report.kubernetes_version}"
    yield "## What judged it"
    yield ""
    yield f"- **Pulumi**: the real engine, {report.engine_version}."
    yield f"- **AWS**: {aws_facts(report)}{_types(report.aws_resources.modelled)}."
    yield f"- **Kubernetes**: {accepted}."
    if releases := release_facts(report):
        yield f"- **Helm**: {releases}."
    yield from (f"  - unvalidated: {one_line(name)}" for name in objects.unvalidated)
    policies = report.policies
    yield f"- **Policies**: {policy_facts(report)}."
    yield from (f"  - {one_line(message)}" for message in policies.messages[:_MOST_MESSAGES])
    if len(policies.messages) > _MOST_MESSAGES:
        yield f"  - and {len(policies.messages) - _MOST_MESSAGES} more in report.json"
    yield f"- **Secrets**: {secret_facts(report)}."


def _bring_up(report: Report) -> Iterator[str]:
    bring_up = report.bring_up
    yield "## What the first `pulumi up` will take"
    yield ""
    if not bring_up.path:
        yield "No estimate: the state held nothing that takes time to make."
        return
    floor = f"{bring_up.ratio:.2f} times the {bring_up.floor_minutes:.1f} min of a bare cluster"
    yield f"About **{about(bring_up.minutes)}**, {floor}. The critical path:"
    yield ""
    yield f"> {chain(bring_up)}"
    yield ""
    yield "![What is made when](bring-up.svg)"
    yield ""
    guessed = sum(bring_up.defaulted.values())
    default = f"; for {guessed} of them the default was used{_types(bring_up.defaulted)}" if guessed else ""
    yield (
        f"Estimated from typical creation times of {count(bring_up.estimated, 'resource')} "
        f"(rehearsal/latencies.toml){default}."
    )


def _left_behind(report: Report) -> Iterator[str]:
    yield "## What stays behind"
    yield ""
    if not report.phase("destroy"):
        yield "Not known: the destroy did not run."
    elif not report.left_behind:
        yield "Nothing."
    else:
        yield "| What | Where | Why |"
        yield "| --- | --- | --- |"
        for left in report.left_behind:
            why = left.why if left.explained else "**a defect: no design says why**"
            yield f"| {_cell(left.what)} | {_cell(left.where)} | {_cell(why)} |"


def _not_shown(report: Report) -> Iterator[str]:
    yield "## What a rehearsal cannot show"
    yield ""
    modelled = sum(report.aws_resources.modelled.values())
    if modelled:
        resources = count(modelled, "AWS resource")
        yield f"- References and conflicts of {resources} that no emulator held: their form alone was judged."
    yield from (f"- {limit}" for limit in NOT_SHOWN)


def _types(numbers: Mapping[str, int]) -> str:
    """Return ``: ec2 FlowLog (1), eks Addon (4)``, or nothing for none."""
    listed = ", ".join(f"{short_type(token)} ({number})" for token, number in sorted(numbers.items()))
    return f": {listed}" if listed else ""


def _cell(text: str) -> str:
    return one_line(text).replace("|", "\\|")
