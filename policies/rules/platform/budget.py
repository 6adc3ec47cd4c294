"""Rules about money: what a stack will cost in a month is known before it costs anything, and somebody agreed to it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import cost
from policies.rule import Finding, GraphRule, Parameters, Resource
from policies.rules.eks_cis.versions import ENDS
from policies.values import Unknown

_CLUSTER: Final = "aws:eks/cluster:Cluster"
_NODE_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
_NAMED: Final = 3
"""How many of the dearest lines are named: enough to see where to begin."""


class Budget(Parameters):
    """What a stack may cost."""

    usd: float | None = None
    """US dollars a month at list prices, of what is typical; unset for any, as nobody but who pays can say it."""


class Age(Parameters):
    """How old prices may be."""

    days: int = 365
    """How many days ago the oldest price of the table may have been read."""


def _within(resources: Sequence[Resource], budget: Budget) -> Iterator[tuple[str, Finding]]:
    if budget.usd is None:
        return
    found = cost.estimate(map(_entry, resources), support=ENDS)
    yield from ((each.urn, Unknown(each.path)) for each in found.unread)
    typical = found.total.typical
    if typical > budget.usd:
        dearest = found.drivers(_NAMED)
        named = ", ".join(f"{line.name} ({line.what}, {line.usd.typical:,.0f})" for line in dearest)
        yield (
            dearest[0].urn,
            (
                f"the stack will cost some {typical:,.0f} USD a month, {typical - budget.usd:,.0f} more than its "
                f"budget of {budget.usd:,.0f}, most of it for {named}; lower these, or raise usd of monthly-budget in "
                "policies/config with whoever pays for it"
            ),
        )


def _current(resources: Sequence[Resource], age: Age) -> Iterator[tuple[str, Finding]]:
    cluster = next((each for each in resources if each.type == _CLUSTER), None)
    read = cost.prices().oldest
    days = (datetime.now(tz=UTC).date() - read).days
    # Where nothing costs, no price is wrong.
    if cluster and days > age.days:
        yield (
            cluster.urn,
            (
                f"what a month costs is reckoned by prices of which the oldest was read on {read}, {days} days ago; "
                "write those of AWS's pages into cost/prices.toml, with the day"
            ),
        )


def _entry(resource: Resource) -> Mapping[str, Any]:
    return {
        "urn": resource.urn,
        "type": resource.type,
        "name": resource.name,
        "parent": resource.parent,
        "dependencies": resource.dependencies,
        "inputs": resource.inputs,
    }


RULES: Final = (
    GraphRule(
        name="monthly-budget",
        why="What nobody reckoned before it was made is found on a bill a month later.",
        types=(_CLUSTER, _NODE_GROUP),
        check=_within,
        parameters=Budget(),
        references=("AWS Cost Optimization Pillar: COST01-BP03, establish cloud budgets and forecasts",),
    ),
    GraphRule(
        name="prices-read-lately",
        why="A budget held against old prices is held against nothing.",
        types=(_CLUSTER,),
        level="advisory",
        check=_current,
        parameters=Age(),
        references=("AWS Cost Optimization Pillar: COST01-BP03, establish cloud budgets and forecasts",),
    ),
)
