"""CloudWatch: alarms of one metric."""

from typing import Final

from rehearsal.aws.table import AutomaticName, Call, Row

_MEMBERS: Final = {
    "name": "AlarmName",
    "okActions": "OKActions",
    "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
}

METRIC_ALARM: Final = Row(
    type="aws:cloudwatch/metricAlarm:MetricAlarm",
    service="cloudwatch",
    create=Call(operation="PutMetricAlarm", members=_MEMBERS),
    identifier="{name}",
    # It is written anew as a whole.
    updates=(Call(operation="PutMetricAlarm", takes=("*",), members=_MEMBERS, fixed={"AlarmName": "{id}"}),),
    attributes={"arn": "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}"},
    delete=(Call(operation="DeleteAlarms", fixed={"AlarmNames": ["{id}"]}),),
    not_rehearsed={"metricQueries": "the table knows alarms of one metric"},
    immutable=("name",),
    name=AutomaticName(),
)

ROWS: Final = (METRIC_ALARM,)
