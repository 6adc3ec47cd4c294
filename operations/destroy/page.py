"""Writes the plan of a destroy: the verdict first, then the order, what holds, what stays, and the commands."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from cost.shown import dollars
from operations.destroy.bill import bill
from operations.destroy.phases import CLUSTER, Phase, phases, steps
from operations.destroy.retention import Hold, emptied, holds, protected, retains
from operations.destroy.shared import shared
from operations.destroy.strays import Stray, strays
from operations.rehearsed import Rehearsed
from rehearsal.report.words import count, short_type

_MOST_NAMES: Final = 8


def markdown(rehearsed: Rehearsed) -> str:
    """Return the plan."""
    return "\n".join(_lines(rehearsed)) + "\n"


def _lines(rehearsed: Rehearsed) -> Iterator[str]:
    kept, left = holds(rehearsed), strays(rehearsed)
    yield f"# Destroy plan: {rehearsed.stack}"
    yield ""
    yield from rehearsed.notes()
    yield ""
    yield _verdict(rehearsed, kept)
    yield ""
    yield from _order(rehearsed)
    yield from _held(rehearsed, kept)
    yield from _left(kept)
    yield from _costs(rehearsed)
    yield from _lost(rehearsed)
    yield from _unknown(left)
    yield from _commands(rehearsed, kept)
    yield from _limits()


def _verdict(rehearsed: Rehearsed, kept: Sequence[Hold]) -> str:
    number = len(rehearsed.made)
    if not retains(rehearsed):
        refusing = {hold.node.urn for hold in kept if hold.lifted} | {node.urn for node in protected(rehearsed)}
        if refusing:
            return (
                f"**It stops half-way as it stands**: of {count(number, 'resource')}, {len(refusing)} refuse to go "
                "until that is lifted (below). Nothing guards the others: they are deleted at once, data included."
            )
        return f"**Nothing refuses**: `pulumi destroy` deletes all {count(number, 'resource')} at once, data included."
    return (
        f"**It refuses as it stands**: {count(len(protected(rehearsed)), 'resource')} of {number} are protected in the "
        "state, and a destroy ends at the guard with nothing deleted. Some are held by AWS too."
    )


def _order(rehearsed: Rehearsed) -> Iterator[str]:
    yield "## The order"
    yield ""
    yield (
        f"The reverse of the bring-up, in {max(steps(rehearsed).values())} steps; a resource goes as soon as all that "
        "waits for it is gone, so parts overlap."
    )
    yield ""
    yield "| Part | Resources | Steps | Layers, first to go first |"
    yield "| --- | ---: | --- | --- |"
    for part in phases(rehearsed):
        yield f"| {part.title} | {len(part.resources)} | {_span(part)} | {_layers(part)} |"
    yield ""


def _span(part: Phase) -> str:
    return str(part.first) if part.first == part.last else f"{part.first} to {part.last}"


def _layers(part: Phase) -> str:
    return ", ".join(f"{name} ({number})" for name, number in part.layers.items())


def _held(rehearsed: Rehearsed, kept: Sequence[Hold]) -> Iterator[str]:
    yield "## What refuses"
    yield ""
    named = sorted({short_type(node.type) for node in protected(rehearsed)})
    if named:
        yield f"Protected in the state, until `retain_data: false` and an `up`: {', '.join(named)}. Besides:"
        yield ""
    grouped = defaultdict(list)
    for hold in kept:
        if hold.lifted:
            grouped[hold.held, hold.lifted].append(hold.node.name)
    if grouped:
        yield "| What | Held by | Until |"
        yield "| --- | --- | --- |"
        for (held, lifted), names in grouped.items():
            yield f"| {_names(names)} | {held} | {lifted} |"
    else:
        yield "Nothing."
    yield ""


def _left(kept: Sequence[Hold]) -> Iterator[str]:
    yield "## What stays"
    yield ""
    grouped = defaultdict(list)
    for hold in kept:
        if hold.left:
            grouped[hold.left].append(hold.node.name)
    if grouped:
        yield "| Of | Stays |"
        yield "| --- | --- |"
        for left, names in grouped.items():
            yield f"| {_names(names)} | {left} |"
    else:
        yield "Nothing that this plan knows of."
    yield ""


def _costs(rehearsed: Rehearsed) -> Iterator[str]:
    found = bill(rehearsed)
    usd = found.total
    yield "## What costs on"
    yield ""
    if usd:
        spread = "" if usd.low == usd.high else f" ({dollars(usd.low)} to {dollars(usd.high)})"
        yield (
            f"About ${dollars(usd.typical)} a month{spread}, at the list prices of `cost/prices.toml`, until somebody "
            "deletes it:"
        )
        yield ""
        yield "| Volumes and buckets of | US dollars a month |"
        yield "| --- | ---: |"
        for layer, each in found.by_layer().items():
            yield f"| {layer} | {dollars(each.typical)} |"
    else:
        yield "Nothing that this plan knows of."
    yield ""
    yield (
        "Keys and secrets that wait for their end are free. In no sum are snapshots, whoever took them, volumes that "
        "teams claimed, and what else is looked for below."
    )
    yield ""


def _lost(rehearsed: Rehearsed) -> Iterator[str]:
    found = list(shared(rehearsed))
    if not found:
        return
    yield "## What goes for other stacks too"
    yield ""
    yield "There is one of each for the account, or for its region, and this stack made it:"
    yield ""
    yield from (f"* `{node.name}`: {lost}." for node, lost in found)
    yield ""


def _names(names: Sequence[str]) -> str:
    shown = [f"`{name}`" for name in names[:_MOST_NAMES]]
    hidden = len(names) - len(shown)
    return ", ".join([*shown, *([f"and {hidden} more"] if hidden else [])])


def _unknown(left: Sequence[Stray]) -> Iterator[str]:
    yield "## What the cluster made itself"
    yield ""
    yield "In no state. Look for it when the destroy is through, or when it stops at a subnet or the VPC."
    yield ""
    for stray in left:
        yield f"**{stray.what}.** Go by themselves: {stray.going}."
        yield ""
        if stray.find:
            yield "```bash"
            yield stray.find
            yield f"# each: {stray.remove}"
            yield "```"
        else:
            yield (
                "No command: no tag that the driver puts on them names this stack (`account.tags`), and a list would "
                "have other stacks' in it."
            )
        yield ""


def _commands(rehearsed: Rehearsed, kept: Sequence[Hold]) -> Iterator[str]:
    stack = rehearsed.stack
    yield "## The commands, in order"
    yield ""
    yield (
        "The whole way, with what may go wrong: `docs/runbooks/destroy.md`. As the deployer, where the API server of "
        f"{stack} answers."
    )
    yield ""
    ways = [*_before(rehearsed), *_lift(rehearsed), *_away(rehearsed, kept)]
    for number, (what, commands) in enumerate(ways, start=1):
        yield f"{number}. {what}"
        yield ""
        yield "   ```bash"
        yield from (f"   {command}" for command in commands)
        yield "   ```"
        yield ""


def _before(rehearsed: Rehearsed) -> Iterator[tuple[str, list[str]]]:
    stack = rehearsed.stack
    yield (
        "Make sure of the account and the stack, and keep what no output says afterwards.",
        ["aws sts get-caller-identity", f"vpc=$(pulumi stack output vpc_id --stack {stack})"],
    )
    yield "Rehearse exactly this destroy.", [f"make rehearse STACK={stack}"]
    for database in emptied(rehearsed):
        name = database.inputs["identifier"]
        what = (
            f"Take a last snapshot of `{name}`, as `retain_data: false` gives up the one that AWS would take. Copy it "
            "under a key that stays: the instance's own ends with the stack, and whatever is encrypted under it."
        )
        copied = f"--source-db-snapshot-identifier {name}-by-hand --target-db-snapshot-identifier {name}-kept"
        commands = [
            f"aws rds create-db-snapshot --db-instance-identifier {name} --db-snapshot-identifier {name}-by-hand",
            f"aws rds wait db-snapshot-available --db-snapshot-identifier {name}-by-hand",
            f"aws rds copy-db-snapshot {copied} --kms-key-id <a key of another stack>",
            f"aws rds wait db-snapshot-available --db-snapshot-identifier {name}-kept",
        ]
        yield what, commands
    if rehearsed.of(CLUSTER):
        what = "Delete what teams asked for in the cluster, while its controllers run; see it gone in AWS too."
        yield (
            what,
            [
                "kubectl get services --all-namespaces --field-selector spec.type=LoadBalancer",
                "kubectl get ingresses,persistentvolumeclaims --all-namespaces",
            ],
        )


def _lift(rehearsed: Rehearsed) -> Iterator[tuple[str, list[str]]]:
    if retains(rehearsed):
        what = (
            f"Set `platform:retain_data: false` in `Pulumi.{rehearsed.stack}.yaml`, have it reviewed, and lift every "
            "protection. The plan must replace and delete nothing."
        )
        yield what, [f"pulumi preview --diff --stack {rehearsed.stack}", f"pulumi up --stack {rehearsed.stack}"]


def _away(rehearsed: Rehearsed, kept: Sequence[Hold]) -> Iterator[tuple[str, list[str]]]:
    stack = rehearsed.stack
    locked = any("BypassGovernanceRetention" in hold.lifted for hold in kept)
    right = " The deployer needs `s3:BypassGovernanceRetention` for the locked buckets." if locked else ""
    yield (
        f"Destroy it.{right} Stopped half-way, it goes on when it is called again.",
        [f"pulumi destroy --stack {stack}"],
    )
    yield (
        "Look for what the cluster made itself (above), then forget the stack; without the option its file goes too.",
        [f"pulumi stack rm --preserve-config {stack}"],
    )


def _limits() -> Iterator[str]:
    yield "## What this plan cannot know"
    yield ""
    yield "* What teams made in the cluster and in the account, and what is in the buckets."
    yield "* Whether the deployer has every right: a rehearsal does not evaluate permissions."
    yield "* How long AWS takes. The order is that of the engine, no promise of a time."
