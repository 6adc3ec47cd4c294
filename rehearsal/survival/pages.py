"""Tells people what a stack keeps: in the report, in a line for a terminal, and in tables for a page."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rehearsal.survival.losses import Back, Fate, Loss
from rehearsal.survival.quorums import Quorum
from rehearsal.survival.summary import Survival, Verdict

_MOST: Final = 20


def lines(found: Survival) -> str:
    """Return what a terminal shows, in a sentence or two; nothing where no nodes are declared."""
    if not found.groups:
        return ""
    parts = [f"{len(found.of(Verdict.HOLDS))} of {len(found.quorums)} services go on whatever zone is lost"]
    if interrupted := found.of(Verdict.INTERRUPTED):
        parts.append(f"{len(interrupted)} are made again elsewhere first")
    if waiting := found.of(Verdict.WAITS):
        parts.append(f"{len(waiting)} wait for their zone ({_names(waiting)})")
    guards = found.disruptions
    if guards.unguarded:
        parts.append(f"{len(guards.unguarded)} times several pods lack a budget or a spread")
    if found.placed:
        parts.append(found.placed.sentence)
    return "; ".join(parts)


def markdown(found: Survival) -> Iterator[str]:
    """Yield the lines of the report's section; none where no nodes are declared."""
    if not found.groups:
        return
    yield "## What a loss leaves"
    yield ""
    yield f"Of {len(found.workloads)} workloads, placed as badly as their constraints permit. {lines(found)}."
    yield ""
    yield from services(found)
    for title, told in _lists(found).items():
        if told:
            yield ""
            yield f"{title}:"
            yield ""
            yield from (f"- {line}" for line in told[:_MOST])
            if len(told) > _MOST:
                yield f"- and {len(told) - _MOST} more in report.json"
    if found.placed:
        yield ""
        yield from found.placed.lines()


def services(found: Survival) -> Iterator[str]:
    """Yield the table of services and the loss of any one zone."""
    yield "| Service | Workload | Pods | Needed | Left by any one zone, at worst | Then |"
    yield "| --- | --- | ---: | ---: | ---: | --- |"
    for quorum in found.quorums:
        of = " of a shard" if quorum.members < quorum.workload.replicas and quorum.workload.shards > 1 else ""
        kept = f"{quorum.members} copies" if quorum.workload.copies and not of else f"{quorum.members}{of}"
        yield (
            f"| {quorum.service} | `{quorum.workload}` | {kept} | {quorum.needed} | {quorum.left} | "
            f"{found.verdict(quorum)} |"
        )
    for database in found.databases:
        copies = 2 if database.multi_az else 1
        then = "its copy takes over within two minutes" if copies > 1 else "waits for the zone, or is restored"
        yield f"| a database in RDS | `{database.name}` | {copies} | 1 | {copies - 1} | {then} |"


def zones(found: Survival) -> Iterator[str]:
    """Yield the table of what the loss of one zone takes of each workload; zones that take the same share a column."""
    lost = [loss for loss in found.losses if loss.kind == "zone"]
    alike = _alike(lost)
    yield f"| Workload | Pods | {' | '.join(f'Left without {names}' for names in alike)} | What brings the rest back |"
    yield f"| --- | ---: |{' ---: |' * len(alike)} --- |"
    for index, workload in enumerate(found.workloads):
        fates = [loss.fates[index] for loss in alike.values()]
        yield (
            f"| `{workload}` | {workload.replicas} | {' | '.join(str(fate.left) for fate in fates)} | "
            f"{_why(min(fates, key=lambda fate: fate.left))} |"
        )


def groups(found: Survival) -> Iterator[str]:
    """Yield the table of what the loss of each node group takes."""
    yield "| Node group | Zones | Nodes | Workloads that lose pods | Volumes out of reach | What brings them back |"
    yield "| --- | --- | --- | ---: | ---: | --- |"
    named = {group.name: group for group in found.groups}
    for loss in found.losses:
        if loss.kind != "node group":
            continue
        group = named[loss.name]
        gone = [fate for fate in loss.fates if fate.lost]
        back = sorted({fate.back.value for fate in gone})
        yield (
            f"| `{loss.name}` | {', '.join(group.zones)} | {group.least} to {group.most} | {len(gone)} | "
            f"{sum(fate.volumes for fate in gone)} | {', '.join(back) or 'nothing is lost'} |"
        )


def exemptions(found: Survival) -> Iterator[str]:
    """Yield the table of workloads of several pods that go without a budget or a spread."""
    yield "| What it lacks | Why that stands |"
    yield "| --- | --- |"
    for sentence, why in sorted(found.disruptions.exempt.items()):
        yield f"| {sentence} | {why} |"


def _lists(found: Survival) -> dict[str, Sequence[str]]:
    guards = found.disruptions
    return {
        "Against it": found.objections,
        "Several pods without a budget or a spread over zones": guards.unguarded,
        "Budgets that guard nothing known": guards.unused,
        "Of these releases and add-ons nothing tells what they run": found.unknown,
    }


def _alike(lost: Iterable[Loss]) -> dict[str, Loss]:
    """Return one loss for all that leave the same, by their names."""
    same: dict[tuple[int, ...], list[Loss]] = {}
    for loss in lost:
        same.setdefault(tuple(fate.left for fate in loss.fates), []).append(loss)
    return {
        "any one zone" if len(same) == 1 else " or ".join(loss.name for loss in each): each[0] for each in same.values()
    }


def _why(fate: Fate) -> str:
    if fate.back is Back.ZONE and fate.volumes:
        return f"{fate.back}, where {'its volume is' if fate.volumes == 1 else f'{fate.volumes} volumes are'}"
    return fate.back.value


def _names(found: Sequence[Quorum]) -> str:
    return ", ".join(dict.fromkeys(quorum.service for quorum in found))
