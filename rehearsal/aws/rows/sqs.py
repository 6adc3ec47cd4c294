"""SQS: queues and their policies."""

from typing import Final

from rehearsal.aws.table import AutomaticName, Call, Row

# AWS takes a queue's settings as one map of texts.
_SETTINGS: Final = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deduplicationScope": "DeduplicationScope",
    "delaySeconds": "DelaySeconds",
    "fifoThroughputLimit": "FifoThroughputLimit",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "policy": "Policy",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "redriveAllowPolicy": "RedriveAllowPolicy",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}
_MEMBERS: Final = {name: f"Attributes.{attribute}" for name, attribute in _SETTINGS.items()}

QUEUE: Final = Row(
    type="aws:sqs/queue:Queue",
    service="sqs",
    create=Call(
        operation="CreateQueue",
        members={"name": "QueueName", **_MEMBERS},
        # AWS refuses the attribute's being false.
        implied={"fifoQueue": {"Attributes": {"FifoQueue": "true"}}},
    ),
    identifier="QueueUrl",
    updates=(
        Call(operation="SetQueueAttributes", takes=tuple(_SETTINGS), members=_MEMBERS, fixed={"QueueUrl": "{id}"}),
    ),
    attributes={"arn": "arn:{partition}:sqs:{region}:{account}:{name}", "url": "{id}"},
    delete=(Call(operation="DeleteQueue", fixed={"QueueUrl": "{id}"}),),
    own={"fifoQueue": "the provider's own: only its being true is sent"},
    immutable=("name", "namePrefix", "fifoQueue"),
    name=AutomaticName(after={"fifoQueue": ".fifo"}),
)

QUEUE_POLICY: Final = Row(
    type="aws:sqs/queuePolicy:QueuePolicy",
    service="sqs",
    create=Call(operation="SetQueueAttributes", members={"policy": "Attributes.Policy"}),
    identifier="{queueUrl}",
    updates=(
        Call(
            operation="SetQueueAttributes",
            takes=("policy",),
            members={"policy": "Attributes.Policy"},
            fixed={"QueueUrl": "{id}"},
        ),
    ),
    # An empty text takes the policy away.
    delete=(Call(operation="SetQueueAttributes", fixed={"QueueUrl": "{id}", "Attributes": {"Policy": ""}}),),
    immutable=("queueUrl",),
)

ROWS: Final = (QUEUE, QUEUE_POLICY)
