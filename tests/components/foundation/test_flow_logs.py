"""The record of the VPC's traffic: what is recorded, where it goes, and that AWS may bring it there."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from components.foundation.flow_logs import FlowLogs, FlowLogsSettings
from tests.components import examples
from tests.components.recording import Recording, build

_FLOW_LOG = "aws:ec2/flowLog:FlowLog"
_SOURCE = {
    "StringEquals": {"aws:SourceAccount": ["111122223333"]},
    "ArnLike": {"aws:SourceArn": ["arn:aws:logs:eu-central-1:111122223333:*"]},
}


def _built(*, retain_data: bool = True, **values: Any) -> Recording:
    settings = examples.parsed(FlowLogsSettings, **values)
    return build(
        lambda: FlowLogs(
            "flow-logs",
            settings,
            account=examples.account(),
            network=examples.network(),
            keys=examples.keys(),
            retain_data=retain_data,
        )
    )


def _log(**values: Any) -> dict[str, Any]:
    return _built(**values).one(_FLOW_LOG, "flow-logs-vpc").inputs


def _policy() -> dict[str, dict[str, Any]]:
    (made,) = _built().of("aws:s3/bucketPolicy:BucketPolicy")
    return {statement["Sid"]: statement for statement in json.loads(made.inputs["policy"])["Statement"]}


def test_all_traffic_of_the_vpc_is_recorded_unless_told_otherwise() -> None:
    log = _log()

    assert (log["vpcId"], log["trafficType"]) == ("vpc-1", "ALL")
    assert (log["logDestinationType"], log["logDestination"]) == ("s3", "<flow-logs-records.arn>")


def test_records_are_parquet_by_the_hour_in_partitions_that_query_engines_know() -> None:
    assert _log()["destinationOptions"] == {
        "fileFormat": "parquet",
        "hiveCompatiblePartitions": True,
        "perHourPartition": True,
    }


def test_a_record_tells_the_pod_behind_the_node_the_direction_and_the_zone() -> None:
    fields = _log()["logFormat"].split()

    assert {"${pkt-srcaddr}", "${pkt-dstaddr}", "${flow-direction}", "${az-id}", "${action}"} <= set(fields)
    assert len(set(fields)) == len(fields)


@pytest.mark.parametrize(("traffic", "type_"), [("accept", "ACCEPT"), ("reject", "REJECT")])
def test_a_part_of_the_traffic_may_be_recorded(traffic: str, type_: str) -> None:
    assert _log(traffic=traffic)["trafficType"] == type_


def test_without_a_flow_log_the_records_stay() -> None:
    recording = _built(traffic="none")

    assert recording.of(_FLOW_LOG) == []
    assert recording.one("aws:s3/bucket:Bucket", "flow-logs-records").protect


def test_the_flow_log_waits_for_the_policy_that_lets_it_in() -> None:
    """Else AWS attaches a policy of its own, over ours."""
    recording = _built()

    (policy,) = recording.of("aws:s3/bucketPolicy:BucketPolicy")
    assert policy.name in recording.one(_FLOW_LOG, "flow-logs-vpc").dependencies


def test_aws_may_write_this_accounts_records_and_no_others() -> None:
    write = _policy()["AWSLogDeliveryWrite"]

    assert write["Principal"] == {"Service": ["delivery.logs.amazonaws.com"]}
    assert write["Action"] == ["s3:PutObject"]
    assert write["Resource"] == ["<flow-logs-records.arn>/AWSLogs/aws-account-id=111122223333/*"]
    assert write["Condition"]["ArnLike"] == _SOURCE["ArnLike"]
    assert write["Condition"]["StringEquals"] == {
        **_SOURCE["StringEquals"],
        "s3:x-amz-acl": ["bucket-owner-full-control"],
    }


def test_aws_may_look_whose_bucket_it_is() -> None:
    check = _policy()["AWSLogDeliveryAclCheck"]

    assert check["Action"] == ["s3:GetBucketAcl", "s3:ListBucket"]
    assert check["Resource"] == ["<flow-logs-records.arn>"]
    assert check["Condition"] == _SOURCE


def test_records_are_under_a_key_of_their_own_and_end_as_the_settings_say() -> None:
    recording = _built(retention_days=42)

    (encryption,) = recording.of(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    )
    (lifetimes,) = recording.of("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
    default = encryption.inputs["rules"][0]["applyServerSideEncryptionByDefault"]
    assert default["kmsMasterKeyId"] == "arn:key/flow-logs"
    assert lifetimes.inputs["rules"][0]["expiration"] == {"days": 42}


@pytest.mark.parametrize(
    "values",
    [{"traffic": "some"}, {"retention_days": 0}, {"retention_days": 3651}, {"aggregation_seconds": 30}],
    ids=str,
)
def test_what_aws_does_not_record_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        examples.parsed(FlowLogsSettings, **values)
