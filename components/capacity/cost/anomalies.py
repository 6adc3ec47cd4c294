"""AWS Cost Anomaly Detection: who is told when a service suddenly costs more than it used to."""

from dataclasses import dataclass
from typing import Annotated, Final

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.capacity.cost.notices import SubscribersSettings
from components.kit.layer import Layer
from components.kit.settings import Settings

# An e-mail is sent by the day or the week, SNS at once, and a subscription has one of the two.
# https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_AnomalySubscription.html
_SUMMARY: Final = "DAILY"
_AT_ONCE: Final = "IMMEDIATE"


class AnomaliesSettings(Settings):
    """Who is told of a sudden rise. What is watched is the whole account, by AWS service."""

    impact_usd: Annotated[int, Field(ge=1, le=1_000_000)] = 100
    """From how many US dollars on, above what was expected, somebody is told."""

    monitor_arn: (
        Annotated[
            str,
            Field(
                pattern=r"^arn:aws[a-z-]*:ce::\d{12}:anomalymonitor/[A-Za-z0-9-]+$",
                examples=["arn:aws:ce::111122223333:anomalymonitor/12345678-1234-1234-1234-123456789012"],
            ),
        ]
        | None
    ) = None
    """The account's monitor of its services, where it has one. An account has at most one, and AWS gave it to many:
    `aws ce get-anomaly-monitors`. Null makes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomaliesOutputs:
    """The monitor, whether made here or found."""

    monitor_arn: pulumi.Output[str]


class Anomalies(Layer, kind="platform:capacity:Anomalies"):
    """A monitor of the account's services, unless it has one, and a subscription for each way to be told."""

    def __init__(
        self,
        name: str,
        settings: AnomaliesSettings,
        *,
        cluster_name: str,
        subscribers: SubscribersSettings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        if settings.monitor_arn:
            monitor = pulumi.Output.from_input(settings.monitor_arn)
        else:
            monitor = aws.costexplorer.AnomalyMonitor(
                f"{name}-services",
                name=f"{cluster_name}-services",
                monitor_type="DIMENSIONAL",
                monitor_dimension="SERVICE",
                tags={"Name": f"{cluster_name}-services"},
                opts=self.child(),
            ).arn
        ways = {
            "summary": (_SUMMARY, "EMAIL", subscribers.emails),
            "at-once": (_AT_ONCE, "SNS", (subscribers.topic_arn,) if subscribers.topic_arn else ()),
        }
        for way, (frequency, kind, addresses) in ways.items():
            if addresses:
                aws.costexplorer.AnomalySubscription(
                    f"{name}-{way}",
                    name=f"{cluster_name}-{way}",
                    frequency=frequency,
                    monitor_arn_lists=[monitor],
                    subscribers=[
                        aws.costexplorer.AnomalySubscriptionSubscriberArgs(type=kind, address=address)
                        for address in addresses
                    ],
                    threshold_expression=threshold(settings),
                    tags={"Name": f"{cluster_name}-{way}"},
                    opts=self.child(),
                )
        self.outputs = self.publish(AnomaliesOutputs(monitor_arn=monitor))


def threshold(settings: AnomaliesSettings) -> aws.costexplorer.AnomalySubscriptionThresholdExpressionArgs:
    """Return from which impact on an anomaly is told of. Smaller ones are seen in the console only."""
    return aws.costexplorer.AnomalySubscriptionThresholdExpressionArgs(
        dimension=aws.costexplorer.AnomalySubscriptionThresholdExpressionDimensionArgs(
            key="ANOMALY_TOTAL_IMPACT_ABSOLUTE",
            match_options=["GREATER_THAN_OR_EQUAL"],
            values=[str(settings.impact_usd)],
        )
    )
