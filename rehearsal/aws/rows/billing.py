"""AWS Budgets and Cost Explorer: what an account may cost, and what AWS tells of it. Both are global services."""

from typing import Final

from rehearsal.aws.table import AutomaticName, Call, Row

_NOTIFICATION: Final = {
    "notifications.subscriberEmailAddresses": "Subscribers[*].Address",
    "notifications.subscriberSnsTopicArns": "Subscribers[*].Address",
}
_KINDS: Final = {
    "notifications.subscriberEmailAddresses": {"SubscriptionType": "EMAIL"},
    "notifications.subscriberSnsTopicArns": {"SubscriptionType": "SNS"},
}
_LIMIT: Final = {"limitAmount": "{}.BudgetLimit.Amount", "limitUnit": "{}.BudgetLimit.Unit", "name": "{}.BudgetName"}
_NAMED: Final = {"AccountId": "{account}", "BudgetName": "{name}"}

BUDGET: Final = Row(
    type="aws:budgets/budget:Budget",
    service="budgets",
    create=Call(
        operation="CreateBudget",
        container="Budget",
        members={**{key: path.format("Budget") for key, path in _LIMIT.items()}, "tags": "ResourceTags"},
        fixed={"AccountId": "{account}"},
    ),
    identifier="{account}:{name}",
    further=(
        Call(
            operation="CreateNotification",
            each="notifications",
            container="Notification",
            members=_NOTIFICATION,
            beside=_KINDS,
            fixed=_NAMED,
        ),
    ),
    updates=(
        Call(
            operation="UpdateBudget",
            takes=("budgetType", "timeUnit", "limitAmount", "limitUnit", "costFilters", "costTypes"),
            container="NewBudget",
            members={key: path.format("NewBudget") for key, path in _LIMIT.items()},
            fixed={
                "AccountId": "{account}",
                "NewBudget": {
                    "BudgetName": "{name}",
                    "BudgetType": "{budgetType}",
                    "TimeUnit": "{timeUnit}",
                },
            },
            # moto keeps a budget as it was made.
            emulated=False,
        ),
    ),
    attributes={"accountId": "{account}", "arn": "arn:{partition}:budgets::{account}:budget/{name}"},
    # Its notifications go with it.
    delete=(Call(operation="DeleteBudget", fixed=_NAMED),),
    immutable=("accountId", "name", "namePrefix"),
    own={"costFilters.name": "the key of what AWS takes as a map"},
    name=AutomaticName(),
    not_rehearsed={
        "timePeriodStart": "the provider reads a form of its own; without it AWS begins with the month",
        "timePeriodEnd": "the provider reads a form of its own; without it a budget never ends",
        "plannedLimits": "AWS takes them by the time at which each begins, which the provider works out",
    },
)

ANOMALY_MONITOR: Final = Row(
    type="aws:costexplorer/anomalyMonitor:AnomalyMonitor",
    service="ce",
    create=Call(
        operation="CreateAnomalyMonitor",
        container="AnomalyMonitor",
        members={"name": "AnomalyMonitor.MonitorName", "tags": "ResourceTags"},
    ),
    identifier="arn:{partition}:ce::{account}:anomalymonitor/{logical}",
    updates=(
        Call(
            operation="UpdateAnomalyMonitor",
            takes=("name",),
            members={"name": "MonitorName"},
            fixed={"MonitorArn": "{id}"},
        ),
    ),
    attributes={"arn": "{id}"},
    delete=(Call(operation="DeleteAnomalyMonitor", fixed={"MonitorArn": "{id}"}),),
    immutable=("monitorType", "monitorDimension", "monitorSpecification"),
    name=AutomaticName(),
    not_rehearsed={"monitorSpecification": "it is a text in JSON, of which AWS takes what it says"},
    emulated=False,
)

ANOMALY_SUBSCRIPTION: Final = Row(
    type="aws:costexplorer/anomalySubscription:AnomalySubscription",
    service="ce",
    create=Call(
        operation="CreateAnomalySubscription",
        container="AnomalySubscription",
        members={"name": "AnomalySubscription.SubscriptionName", "tags": "ResourceTags"},
    ),
    identifier="arn:{partition}:ce::{account}:anomalysubscription/{logical}",
    updates=(
        Call(
            operation="UpdateAnomalySubscription",
            takes=("frequency", "monitorArnLists", "subscribers", "thresholdExpression"),
            fixed={"SubscriptionArn": "{id}"},
        ),
    ),
    attributes={"arn": "{id}", "accountId": "{account}"},
    delete=(Call(operation="DeleteAnomalySubscription", fixed={"SubscriptionArn": "{id}"}),),
    immutable=("name", "accountId"),
    name=AutomaticName(),
    emulated=False,
)

COST_ALLOCATION_TAG: Final = Row(
    type="aws:costexplorer/costAllocationTag:CostAllocationTag",
    service="ce",
    create=Call(
        operation="UpdateCostAllocationTagsStatus",
        members={"tagKey": "CostAllocationTagsStatus[].TagKey", "status": "CostAllocationTagsStatus[].Status"},
    ),
    identifier="{tagKey}",
    updates=(
        Call(
            operation="UpdateCostAllocationTagsStatus",
            takes=("status",),
            fixed={"CostAllocationTagsStatus": [{"TagKey": "{id}", "Status": "{status}"}]},
            members={"status": "CostAllocationTagsStatus[].Status"},
        ),
    ),
    attributes={"type": "UserDefined"},
    delete=(
        Call(
            operation="UpdateCostAllocationTagsStatus",
            fixed={"CostAllocationTagsStatus": [{"TagKey": "{id}", "Status": "Inactive"}]},
        ),
    ),
    immutable=("tagKey",),
    emulated=False,
)

ROWS: Final = (BUDGET, ANOMALY_MONITOR, ANOMALY_SUBSCRIPTION, COST_ALLOCATION_TAG)
