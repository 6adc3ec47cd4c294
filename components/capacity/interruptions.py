"""How Karpenter hears that AWS is about to take a node back: EventBridge puts every such notice into one queue."""

import json
from typing import Final

import pulumi
import pulumi_aws as aws

from components.foundation.account import AccountSettings
from components.kit import iam
from components.kit.layer import Layer

# https://karpenter.sh/docs/reference/cloudformation/#interruptionhandling
NOTICES: Final = {
    "health": ("aws.health", "AWS Health Event"),
    "spot": ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
    "rebalance": ("aws.ec2", "EC2 Instance Rebalance Recommendation"),
    "state": ("aws.ec2", "EC2 Instance State-change Notification"),
    "reservation": ("aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning"),
}
"""What is heard: source and detail type of each event."""

# A notice of Spot is given two minutes ahead; what is older than five is of no use to anybody.
_KEPT_SECONDS: Final = 300


def queue(layer: Layer, account: AccountSettings) -> aws.sqs.Queue:
    """Make the queue, and the rules that fill it.

    The rules hear of every instance of the region; Karpenter passes over those it has not launched. Nodes of managed
    node groups are drained by EKS itself: docs/adr/0021-one-autoscaler.md.
    """
    name = f"{layer.pulumi_resource_name}-interruptions"
    made = aws.sqs.Queue(
        name,
        message_retention_seconds=_KEPT_SECONDS,
        sqs_managed_sse_enabled=True,
        tags={"Name": name},
        opts=layer.child(),
    )
    filled = aws.sqs.QueuePolicy(
        name, queue_url=made.url, policy=iam.document(who_may_fill(account, made.arn)), opts=layer.child()
    )
    for notice, (source, detail) in NOTICES.items():
        rule = aws.cloudwatch.EventRule(
            f"{name}-{notice}",
            description=detail,
            event_pattern=json.dumps({"source": [source], "detail-type": [detail]}),
            opts=layer.child(),
        )
        aws.cloudwatch.EventTarget(
            f"{name}-{notice}", rule=rule.name, target_id="queue", arn=made.arn, opts=layer.child(depends_on=[filled])
        )
    return made


def who_may_fill(account: AccountSettings, queue_arn: pulumi.Output[str]) -> list[iam.Statement]:
    """Let EventBridge's rules of this account send to the queue, and nobody do anything over an open connection."""
    return [
        iam.Statement(
            sid="EventBridge",
            actions=["sqs:SendMessage"],
            resources=[queue_arn],
            principals={"Service": ["events.amazonaws.com"]},
            conditions={
                "StringEquals": {"aws:SourceAccount": [account.id]},
                "ArnLike": {"aws:SourceArn": [f"arn:{account.partition}:events:{account.region}:{account.id}:rule/*"]},
            },
        ),
        iam.Statement(
            sid="TlsOnly",
            effect="Deny",
            actions=["sqs:*"],
            resources=[queue_arn],
            principals={"AWS": ["*"]},
            conditions={"Bool": {"aws:SecureTransport": ["false"]}},
        ),
    ]
