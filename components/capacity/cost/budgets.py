"""AWS Budgets: what a stack may cost in a month, and who is told before it does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Self

import pulumi
import pulumi_aws as aws
from pydantic import Field, model_validator

from components.capacity.cost.notices import SubscribersSettings
from components.foundation.account import AccountSettings
from components.kit.layer import Layer
from components.kit.settings import Settings

_ACTUAL: Final = "ACTUAL"
_FORECAST: Final = "FORECASTED"
# Of one budget: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateBudget.html
_MOST_NOTIFICATIONS: Final = 10

Percent = Annotated[int, Field(ge=1, le=1000)]
"""A share of the budget at which somebody is told, in percent; above 1000 it tells of what nobody stopped in time."""


class BudgetSettings(Settings):
    """What the stack may cost in a month."""

    monthly_usd: Annotated[int, Field(ge=1, le=10_000_000, examples=[900])]
    """The budget of a calendar month, in US dollars. AWS stops nothing when it is spent."""

    actual_percent: tuple[Percent, ...] = (80, 100)
    """At which shares of it that have been spent somebody is told, in percent."""

    forecast_percent: tuple[Percent, ...] = (100,)
    """At which shares that AWS expects at the month's end, in percent. Forecasts begin after some five weeks of use."""

    tag: Annotated[str, Field(min_length=1, max_length=128)] | None = "environment"
    """Which of the account's `tags` tells this stack's cost from others': the budget counts what bears the stack's
    value of it. It must be a cost allocation tag of the payer's account. Null counts the whole account."""

    activate_tag: bool = False
    """Whether this stack makes `tag` a cost allocation tag. Only the payer's account may, and one stack of it does."""

    @model_validator(mode="after")
    def _thresholds_are_sound(self) -> Self:
        for name, percents in (("actual_percent", self.actual_percent), ("forecast_percent", self.forecast_percent)):
            if len(set(percents)) < len(percents):
                raise ValueError(f"{name} names a threshold twice, which AWS refuses; name every one once")
        number = len(self.actual_percent) + len(self.forecast_percent)
        if not 1 <= number <= _MOST_NOTIFICATIONS:
            raise ValueError(
                f"actual_percent and forecast_percent name {number} thresholds; a budget has 1 to {_MOST_NOTIFICATIONS}"
            )
        if self.activate_tag and self.tag is None:
            raise ValueError("activate_tag has no tag to activate: name one in tag, or set activate_tag to false")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetsOutputs:
    """The budget's name, as e-mails and the console have it."""

    name: pulumi.Output[str]


class Budgets(Layer, kind="platform:capacity:Budgets"):
    """A budget for the month, with a notification for each threshold."""

    def __init__(
        self,
        name: str,
        settings: BudgetSettings,
        *,
        cluster_name: str,
        account: AccountSettings,
        subscribers: SubscribersSettings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        if settings.activate_tag and settings.tag:
            aws.costexplorer.CostAllocationTag(f"{name}-tag", tag_key=settings.tag, status="Active", opts=self.child())
        budget = aws.budgets.Budget(
            f"{name}-monthly",
            # All that an e-mail says of where the money goes.
            name=f"{cluster_name}-monthly",
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(settings.monthly_usd),
            limit_unit="USD",
            cost_filters=[
                aws.budgets.BudgetCostFilterArgs(name=kind, values=values)
                for kind, values in filters(settings, account.tags).items()
            ],
            notifications=[*notifications(settings, subscribers)],
            tags={"Name": f"{cluster_name}-monthly"},
            opts=self.child(),
        )
        self.outputs = self.publish(BudgetsOutputs(name=budget.name))


def filters(settings: BudgetSettings, tags: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what the budget counts, in AWS's form: ``user:`` before the tag's key, ``$`` before its value.

    https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html

    Raises:
        KeyError: the account's tags have no such tag, which the relations of settings refuse.

    """
    return {"TagKeyValue": [f"user:{settings.tag}${tags[settings.tag]}"]} if settings.tag else {}


def notifications(
    settings: BudgetSettings, subscribers: SubscribersSettings
) -> Iterator[aws.budgets.BudgetNotificationArgs]:
    """Yield a notification for each threshold, to everyone."""
    thresholds = ((_ACTUAL, settings.actual_percent), (_FORECAST, settings.forecast_percent))
    for kind, percents in thresholds:
        for percent in percents:
            yield aws.budgets.BudgetNotificationArgs(
                comparison_operator="GREATER_THAN",
                notification_type=kind,
                threshold=float(percent),
                threshold_type="PERCENTAGE",
                subscriber_email_addresses=[*subscribers.emails] or None,
                subscriber_sns_topic_arns=[subscribers.topic_arn] if subscribers.topic_arn else None,
            )
