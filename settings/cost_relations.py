"""What must hold between what a stack may cost, its account, its network, its monitoring and its namespaces."""

from collections.abc import Iterator
from typing import Final

from components.capacity.cost.settings import CostSettings
from components.compute.cluster import ClusterSettings
from components.foundation.account import AccountSettings
from components.foundation.network_settings import NatMode, NetworkSettings
from components.observability.settings import ObservabilitySettings
from settings.relations import Conflict, Relation

_TAG: Final = ("cost", "budget", "tag")
_OPENCOST: Final = ("cost", "opencost", "enabled")
_TOPIC: Final = ("cost", "subscribers", "topic_arn")
_MONITOR: Final = ("cost", "anomalies", "monitor_arn")


def a_budget_counts_what_bears_the_stacks_tag(cost: CostSettings, account: AccountSettings) -> Iterator[Conflict]:
    """Yield the tag that nothing of the stack bears: a budget of it would stay at nothing for ever."""
    tag = cost.budget.tag if cost.budget else None
    if tag is not None and not account.tags.get(tag):
        known = ", ".join(sorted(name for name, value in account.tags.items() if value)) or "none"
        yield Conflict(
            keys=(_TAG, ("account", "tags")),
            why=f"is {tag}, and account.tags has no value for it: the budget would count nothing, whatever is spent; "
            f"there are {known}, and null counts the whole account",
        )


def whoever_is_told_is_of_the_account(cost: CostSettings, account: AccountSettings) -> Iterator[Conflict]:
    """Yield the topic and the monitor of another account or partition, which AWS refuses."""
    found = ((_TOPIC, cost.subscribers.topic_arn), (_MONITOR, cost.anomalies.monitor_arn if cost.anomalies else None))
    for path, arn in found:
        if arn is None:
            continue
        _, partition, _, _, owner, _ = arn.split(":", 5)
        if (partition, owner) != (account.partition, account.id):
            yield Conflict(
                keys=(path, ("account", "id")),
                why=f"is of the account {owner} in {partition}, and AWS's billing tells only what is of {account.id} "
                f"in {account.partition}",
            )


def costs_have_where_they_are_kept(cost: CostSettings, observability: ObservabilitySettings) -> Iterator[Conflict]:
    """Yield OpenCost where nobody would keep what it tells."""
    if cost.opencost.enabled and not observability.enabled:
        yield Conflict(
            keys=(_OPENCOST, ("observability", "enabled")),
            why="needs the monitoring, which keeps what it tells and tells it what containers use",
            remedy=False,
        )


def prices_can_be_read(cost: CostSettings, network: NetworkSettings) -> Iterator[Conflict]:
    """Yield OpenCost where nothing leads to AWS's list of prices, of which there is no endpoint in a VPC."""
    if cost.opencost.enabled and network.nat is NatMode.NONE and not network.transit_gateway:
        yield Conflict(
            keys=(_OPENCOST, ("network", "nat")),
            why="reads AWS's list of prices, which is outside, where nat none leads nobody: it would price everything "
            "by guesses",
            remedy=False,
        )


def quotas_are_of_namespaces_that_are_there(cost: CostSettings, cluster: ClusterSettings) -> Iterator[Conflict]:
    """Yield the quotas of namespaces that no grant makes: nobody would be held by them."""
    granted = cluster.access.namespaces
    for name in cost.quotas.namespaces:
        if name not in granted:
            known = ", ".join(granted) or "none"
            yield Conflict(
                keys=(("cost", "quotas", "namespaces", name), ("cluster", "access", "grants")),
                why=f"is a namespace that no grant names, and so one that the stack does not make; there are {known}",
            )


RELATIONS: Final[tuple[Relation, ...]] = (
    a_budget_counts_what_bears_the_stacks_tag,
    whoever_is_told_is_of_the_account,
    costs_have_where_they_are_kept,
    prices_can_be_read,
    quotas_are_of_namespaces_that_are_there,
)
