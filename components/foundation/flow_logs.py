"""The record of who talked to whom in the VPC, kept where it can be searched after an incident."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, Literal

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.foundation.account import AccountSettings
from components.foundation.encryption import EncryptionOutputs
from components.foundation.network import NetworkOutputs
from components.kit import iam, object_store
from components.kit.layer import Layer
from components.kit.settings import Settings

# AWS's default fields, then those that tell a pod behind a node or a NAT gateway, the direction, the zone and the way.
# https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
_FORMAT: Final = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} "
    "${bytes} ${start} ${end} ${action} ${log-status} ${vpc-id} ${subnet-id} ${az-id} ${instance-id} ${pkt-srcaddr} "
    "${pkt-dstaddr} ${pkt-src-aws-service} ${pkt-dst-aws-service} ${tcp-flags} ${flow-direction} ${traffic-path}"
)


class Traffic(StrEnum):
    """Which connections are recorded."""

    ALL = "all"
    ACCEPT = "accept"
    REJECT = "reject"
    NONE = "none"


class FlowLogsSettings(Settings):
    """The record of the VPC's traffic."""

    traffic: Traffic = Traffic.ALL
    """What is recorded: `all` connections, only those that were allowed (`accept`) or refused (`reject`), or `none`;
    with `none` the bucket and the records in it stay."""

    retention_days: Annotated[int, Field(ge=1, le=3650)] = 365
    """Days the records are kept, 1 to 3650."""

    aggregation_seconds: Literal[60, 600] = 600
    """Seconds of traffic in one record. With 60 an incident is told minute by minute, and several times as much is
    written and paid for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLogsOutputs:
    """Where the records are."""

    bucket_name: pulumi.Output[str]
    bucket_arn: pulumi.Output[str]


class FlowLogs(Layer, kind="platform:foundation:FlowLogs"):
    """A bucket of hourly Parquet files under a key of their own, and the flow log that fills it."""

    def __init__(
        self,
        name: str,
        settings: FlowLogsSettings,
        *,
        account: AccountSettings,
        network: NetworkOutputs,
        keys: EncryptionOutputs,
        retain_data: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        store = object_store.create(
            self,
            "records",
            key_arn=keys.flow_logs_key_arn,
            # Nobody overwrites a record: a day is enough to notice that one was deleted.
            lifecycle=object_store.Lifecycle(expire_after_days=settings.retention_days, recover_days=1),
            retain_data=retain_data,
            grants=lambda arn: delivery(account, arn),
        )
        if settings.traffic is not Traffic.NONE:
            aws.ec2.FlowLog(
                f"{name}-vpc",
                vpc_id=network.vpc_id,
                traffic_type=settings.traffic.upper(),
                log_destination_type="s3",
                log_destination=store.arn,
                log_format=_FORMAT,
                max_aggregation_interval=settings.aggregation_seconds,
                destination_options=aws.ec2.FlowLogDestinationOptionsArgs(
                    # A query reads only the columns and the hours it asks for.
                    file_format="parquet",
                    hive_compatible_partitions=True,
                    per_hour_partition=True,
                ),
                tags={"Name": name},
                # Where AWS finds no policy that lets it deliver, it puts its own in the place of ours.
                opts=self.child(depends_on=store.settled),
            )
        self.outputs = self.publish(FlowLogsOutputs(bucket_name=store.name, bucket_arn=store.arn))


def delivery(account: AccountSettings, bucket_arn: pulumi.Output[str]) -> list[iam.Statement]:
    """Let AWS deliver the account's flow logs of the region into a bucket, and look whose bucket it is.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
    """
    principals = {"Service": ["delivery.logs.amazonaws.com"]}
    source = {"aws:SourceAccount": [account.id]}
    arns = {"aws:SourceArn": [f"arn:{account.partition}:logs:{account.region}:{account.id}:*"]}
    return [
        iam.Statement(
            sid="AWSLogDeliveryWrite",
            actions=["s3:PutObject"],
            # Where Hive-compatible partitions begin.
            resources=[pulumi.Output.concat(bucket_arn, f"/AWSLogs/aws-account-id={account.id}/*")],
            principals=principals,
            conditions={
                "StringEquals": {**source, "s3:x-amz-acl": ["bucket-owner-full-control"]},
                "ArnLike": arns,
            },
        ),
        iam.Statement(
            sid="AWSLogDeliveryAclCheck",
            actions=["s3:GetBucketAcl", "s3:ListBucket"],
            resources=[bucket_arn],
            principals=principals,
            conditions={"StringEquals": source, "ArnLike": arns},
        ),
    ]
