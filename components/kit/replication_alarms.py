"""Alarms of a bucket's copy in another region: that something was not copied, and that the copy is behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.kit.layer import Layer
from components.kit.settings import Settings

TopicArn = Annotated[
    str,
    # FIFO topics end in .fifo, and no alarm tells one.
    Field(
        pattern=r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$",
        examples=["arn:aws:sns:eu-central-1:111122223333:storage"],
    ),
]

_NAMESPACE: Final = "AWS/S3"
_PERIOD_SECONDS: Final = 300
# What one minute of trouble puts behind is soon made up for.
_LATE_PERIODS: Final = 3


class Topics(Settings):
    """Who is told of a copy that is not what it should be: SNS topics, each of its alarm's own region."""

    failed: TopicArn | None = None
    """A topic of the stack's region, no FIFO one: told of what was not copied, which S3 does not try again. Its policy
    must let `cloudwatch.amazonaws.com` publish, and the policy of its key, if it has one, let it use that."""

    late: TopicArn | None = None
    """A topic of the copy's region, likewise: told when the copy is behind for longer than S3 promises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A rule by which a bucket is copied.

    Attributes:
        rule: Its id.
        source: The bucket's name.
        target: The copy's.
        region: Where the copy is.
        promised_minutes: How far behind it may be.

    """

    rule: str
    source: pulumi.Output[str]
    target: pulumi.Output[str]
    region: str
    promised_minutes: int


def create(layer: Layer, role: str, watched: Watched, topics: Topics) -> None:
    """Make both alarms of a rule, each where S3 publishes what it judges; without a topic, for whoever looks.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
    """
    of_the_rule: dict[str, pulumi.Input[str]] = {
        "SourceBucket": watched.source,
        "DestinationBucket": watched.target,
        "RuleId": watched.rule,
    }
    _alarm(
        layer,
        f"{role}-failed",
        # In the source's region: it is published whatever became of the copy, and only when something is copied.
        region=None,
        metric="OperationsFailedReplication",
        statistic="Sum",
        threshold=0,
        periods=1,
        dimensions=of_the_rule,
        topic=topics.failed,
        description="S3 did not copy something to the other region and will not try again",
    )
    _alarm(
        layer,
        f"{role}-late",
        region=watched.region,
        metric="ReplicationLatency",
        statistic="Maximum",
        threshold=watched.promised_minutes * 60,
        periods=_LATE_PERIODS,
        dimensions=of_the_rule,
        topic=topics.late,
        description=f"The copy in this region is more than {watched.promised_minutes} minutes behind",
    )


def _alarm(
    layer: Layer,
    role: str,
    *,
    region: str | None,
    metric: str,
    statistic: str,
    threshold: int,
    periods: int,
    dimensions: Mapping[str, pulumi.Input[str]],
    topic: str | None,
    description: str,
) -> None:
    name = f"{layer.pulumi_resource_name}-{role}"
    aws.cloudwatch.MetricAlarm(
        name,
        region=region,
        namespace=_NAMESPACE,
        metric_name=metric,
        dimensions={**dimensions},
        statistic=statistic,
        period=_PERIOD_SECONDS,
        evaluation_periods=periods,
        comparison_operator="GreaterThanThreshold",
        threshold=threshold,
        # As S3's pages advise: what it tells now and then says nothing by its absence.
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
        treat_missing_data="ignore",
        alarm_description=f"{description}: docs/runbooks/replication.md",
        alarm_actions=[topic] if topic else None,
        ok_actions=[topic] if topic else None,
        tags={"Name": name},
        opts=layer.child(),
    )
