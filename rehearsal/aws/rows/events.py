"""EventBridge: rules and their targets on the account's default bus."""

from typing import Final

from rehearsal.aws.table import AutomaticName, Call, Row

_OTHER_TARGETS: Final = (
    "appsyncTarget",
    "batchTarget",
    "ecsTarget",
    "httpTarget",
    "kinesisTarget",
    "redshiftTarget",
    "runCommandTargets",
    "sagemakerPipelineTarget",
)

EVENT_RULE: Final = Row(
    type="aws:cloudwatch/eventRule:EventRule",
    service="events",
    create=Call(operation="PutRule"),
    identifier="{name}",
    updates=(
        Call(
            operation="PutRule",
            takes=("description", "eventPattern", "roleArn", "scheduleExpression", "state"),
            fixed={"Name": "{id}"},
        ),
    ),
    attributes={
        "arn": "arn:{partition}:events:{region}:{account}:rule/{name}",
        "eventBusName": "default",
    },
    delete=(Call(operation="DeleteRule", fixed={"Name": "{id}"}),),
    own={"forceDestroy": "the provider's own: it deletes the targets before the rule"},
    not_rehearsed={"isEnabled": "deprecated; use state"},
    immutable=("name", "namePrefix", "eventBusName"),
    name=AutomaticName(),
)

EVENT_TARGET: Final = Row(
    type="aws:cloudwatch/eventTarget:EventTarget",
    service="events",
    create=Call(
        operation="PutTargets",
        members={
            "targetId": "Targets[].Id",
            "arn": "Targets[].Arn",
            "roleArn": "Targets[].RoleArn",
            "input": "Targets[].Input",
            "inputPath": "Targets[].InputPath",
            "inputTransformer": "Targets[].InputTransformer",
            "inputTransformer.inputPaths": "InputPathsMap",
            "deadLetterConfig": "Targets[].DeadLetterConfig",
            "retryPolicy": "Targets[].RetryPolicy",
            "sqsTarget": "Targets[].SqsParameters",
        },
    ),
    identifier="{rule}-{targetId}",
    updates=(
        Call(
            operation="PutTargets",
            takes=("arn",),
            members={"arn": "Targets[].Arn"},
            fixed={"Rule": "{rule}", "Targets": [{"Id": "{targetId}", "Arn": "{arn}"}]},
        ),
    ),
    attributes={"eventBusName": "default"},
    delete=(Call(operation="RemoveTargets", fixed={"Rule": "{rule}", "Ids": ["{targetId}"]}),),
    own={"forceDestroy": "the provider's own: it removes targets that AWS itself put there"},
    not_rehearsed=dict.fromkeys(_OTHER_TARGETS, "the table knows targets without parameters of their own, and queues"),
    immutable=("rule", "targetId", "eventBusName"),
)

ROWS: Final = (EVENT_RULE, EVENT_TARGET)
