"""CloudWatch Logs: log groups."""

from typing import Final

from rehearsal.aws.table import AutomaticName, Call, Row

LOG_GROUP: Final = Row(
    type="aws:cloudwatch/logGroup:LogGroup",
    service="logs",
    create=Call(operation="CreateLogGroup", members={"name": "logGroupName"}),
    identifier="{name}",
    further=(
        Call(
            operation="PutRetentionPolicy",
            takes=("retentionInDays",),
            fixed={"logGroupName": "{id}"},
            # Zero is the provider's word for "for ever", which is AWS's state without a policy.
            unless={"retentionInDays": 0},
        ),
    ),
    updates=(
        Call(
            operation="DeleteRetentionPolicy",
            takes=("retentionInDays",),
            only={"retentionInDays": 0},
            fixed={"logGroupName": "{id}"},
        ),
    ),
    attributes={
        "arn": "arn:{partition}:logs:{region}:{account}:log-group:{name}",
        "logGroupClass": "STANDARD",
    },
    delete=(Call(operation="DeleteLogGroup", fixed={"logGroupName": "{id}"}),),
    own={
        "skipDestroy": "the provider's own: it keeps the group at deletion",
    },
    immutable=("name", "namePrefix", "logGroupClass"),
    name=AutomaticName(),
    references={"kmsKeyId": "key"},
)

ROWS: Final = (LOG_GROUP,)
