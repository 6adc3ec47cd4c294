"""Rules of buckets."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.aws.facts import Facts
from rehearsal.aws.patterns import matches
from rehearsal.aws.rules.values import known
from rehearsal.providers.standin import Failure

_RESERVED: Final = r"(?!xn--|sthree-|amzn-s3-demo-)(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)"
_NAME: Final = rf"{_RESERVED}[a-z0-9][a-z0-9.-]{{1,61}}[a-z0-9](?<!-s3alias|--ol-s3)"


def bucket_name(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """A bucket's name has 3 to 63 lower-case letters, digits, dots and hyphens.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    """
    name = known(inputs, "bucket")
    if isinstance(name, str) and not matches(_NAME, name):
        yield Failure(
            "bucket",
            f"s3 CreateBucket refused: InvalidBucketName: {name!r} is not 3 to 63 lower-case letters, digits, dots and "
            f"hyphens that begin and end with a letter or digit",
        )


def replication_in_time(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """A threshold of events belongs to replication time control, which in turn is measured.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Metrics.html,
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ReplicationTime.html; the refusal's words:
    https://github.com/pulumi/pulumi-aws/issues/5806
    """
    for index, rule in enumerate(known(inputs, "rules") or ()):
        destination = known(rule, "destination") or {}
        where = f"rules[{index}].destination.metrics"
        in_time = known(destination, "replicationTime.status") == "Enabled"
        if known(destination, "metrics.eventThreshold") and not in_time:
            yield Failure(
                where,
                "s3 PutBucketReplication refused: InvalidArgument: Metrics cannot contain an event threshold when "
                "ReplicationTime is not specified or Disabled",
            )
        if in_time and known(destination, "metrics.status") != "Enabled":
            yield Failure(
                where, "s3 PutBucketReplication refused: InvalidRequest: ReplicationTime needs Metrics that are Enabled"
            )


OF_INPUTS: Final = {
    "aws:s3/bucket:Bucket": (bucket_name,),
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": (replication_in_time,),
}
