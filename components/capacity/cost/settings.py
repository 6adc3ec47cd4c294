"""What a stack decides about its cost."""

from typing import Self

from pydantic import model_validator

from components.capacity.cost.anomalies import AnomaliesSettings
from components.capacity.cost.budgets import BudgetSettings
from components.capacity.cost.namespace_quotas import QuotasSettings
from components.capacity.cost.notices import SubscribersSettings
from components.capacity.cost.opencost import OpenCostSettings
from components.kit.settings import Settings


class CostSettings(Settings):
    """What the stack may cost, who is told, what its workloads cost, and what each namespace may take."""

    budget: BudgetSettings | None = None
    """What the stack may cost in a month; null for no budget."""

    anomalies: AnomaliesSettings | None = None
    """Who is told when an AWS service suddenly costs more; null for nobody. It is the account's, whatever stacks live
    there: one of them has it."""

    subscribers: SubscribersSettings = SubscribersSettings()
    """Who is told of the budget and of anomalies."""

    opencost: OpenCostSettings = OpenCostSettings()
    """What nodes, volumes and containers cost, as metrics."""

    quotas: QuotasSettings = QuotasSettings()
    """What each namespace for users may take of the cluster."""

    @model_validator(mode="after")
    def _somebody_is_told(self) -> Self:
        asked = [name for name in ("budget", "anomalies") if getattr(self, name)]
        if asked and not self.subscribers.any:
            raise ValueError(
                f"{' and '.join(asked)} would tell nobody: name somebody in subscribers.emails, or a topic in "
                "subscribers.topic_arn"
            )
        return self
