"""Budgets that a drain would wait on for ever, and workloads that nothing guards from losing every pod at once."""

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Final

from rehearsal.survival.placement import spread_over_zones
from rehearsal.survival.quorums import Quorum
from rehearsal.survival.workloads import Budget, Workload

EXEMPT: Final = Path(__file__).with_name("exempt.toml")

BUDGET: Final = "budget"
SPREAD: Final = "spread"
_LACKS: Final = {BUDGET: "has no PodDisruptionBudget", SPREAD: "is not spread over zones"}
# One pod is no service that goes on while it is moved.
_SEVERAL: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Disruptions:
    """What the budgets are worth.

    Attributes:
        faults: Budgets that block a drain, or let it break a quorum, one sentence each.
        unguarded: Workloads of several pods that lack a budget or a spread, one sentence each.
        exempt: The same where it stands, with the reason.
        unused: Budgets that guard nothing that is known.

    """

    faults: tuple[str, ...] = ()
    unguarded: tuple[str, ...] = ()
    exempt: Mapping[str, str] = field(default_factory=dict)
    unused: tuple[str, ...] = ()


def disruptions(
    workloads: Sequence[Workload], budgets: Sequence[Budget], quorums: Sequence[Quorum] = ()
) -> Disruptions:
    """Return what the budgets are worth.

    Args:
        workloads: What runs.
        budgets: What guards it.
        quorums: Who must be left of some of it.

    """
    unguarded: list[str] = []
    exempt: dict[str, str] = {}
    for workload in workloads:
        for lack in _lacks(workload, budgets):
            sentence = f"{workload} ({workload.replicas} pods) {_LACKS[lack]}"
            if reason := _reason(str(workload), lack):
                exempt[sentence] = reason
            else:
                unguarded.append(sentence)
    return Disruptions(
        faults=(*_faults(workloads, budgets), *_breaking(budgets, quorums)),
        unguarded=tuple(unguarded),
        exempt=exempt,
        unused=tuple(str(each) for each in budgets if not any(each.guards(workload) for workload in workloads)),
    )


def may_go(budget: Budget, pods: int) -> int:
    """Return how many of so many healthy pods a budget lets go at once; both kinds of number may be a share.

    https://kubernetes.io/docs/tasks/run-application/configure-pdb/#rounding-logic-when-specifying-percentages
    """
    if (most := budget.spec.get("maxUnavailable")) is not None:
        return min(pods, _number(most, pods))
    least = budget.spec.get("minAvailable")
    return max(0, pods - _number(1 if least is None else least, pods))


def _faults(workloads: Sequence[Workload], budgets: Sequence[Budget]) -> Iterator[str]:
    for budget in budgets:
        guarded = [each for each in workloads if budget.guards(each) and each.replicas]
        pods = sum(each.replicas for each in guarded)
        if guarded and not may_go(budget, pods):
            said = ", ".join(
                f"{key}: {budget.spec[key]}" for key in ("maxUnavailable", "minAvailable") if key in budget.spec
            )
            names = " and ".join(map(str, guarded))
            yield f"{budget} ({said}) lets none of the {pods} pods of {names} go, so that every drain waits for ever"
    for workload in workloads:
        guards = [str(each) for each in budgets if each.guards(workload)]
        if len(guards) > 1:
            yield f"{workload} is guarded by {' and by '.join(guards)}: Kubernetes evicts no pod that has two budgets"


def _breaking(budgets: Sequence[Budget], quorums: Sequence[Quorum]) -> Iterator[str]:
    for quorum in quorums:
        members = quorum.workload.replicas
        # A single one is gone while it is moved, whatever a budget says.
        if members < _SEVERAL or quorum.members != members:
            continue
        for budget in budgets:
            if budget.guards(quorum.workload) and members - may_go(budget, members) < quorum.needed:
                yield (
                    f"{budget} lets {may_go(budget, members)} of {members} pods of {quorum.workload} go at once, but "
                    f"{quorum.service} needs {quorum.needed}"
                )


def _lacks(workload: Workload, budgets: Sequence[Budget]) -> Iterator[str]:
    if workload.replicas < _SEVERAL:
        return
    if not any(each.guards(workload) for each in budgets):
        yield BUDGET
    if not spread_over_zones(workload):
        yield SPREAD


def _number(said: Any, pods: int) -> int:
    text = str(said)
    return math.ceil(pods * int(text.removesuffix("%")) / 100) if text.endswith("%") else int(text)


def _reason(workload: str, lack: str) -> str:
    return next(
        (row["why"] for row in _exempt() if fnmatchcase(workload, row["workload"]) and lack in row["lacks"]), ""
    )


@cache
def _exempt() -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads(EXEMPT.read_text(encoding="utf-8")).get("exempt", ()))
