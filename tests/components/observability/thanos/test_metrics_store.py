"""Metrics go to a bucket that keeps them for as long as anybody may ask, and sidecars can only add to it."""

import json
from typing import Any

import pytest
import yaml

from components.foundation.encryption import EncryptionSettings
from components.observability.thanos.metrics_store import GRACE_DAYS, MetricsStore
from components.observability.thanos.settings import RetentionSettings, ThanosSettings
from tests.components import examples
from tests.components.recording import Recording, build


def _built(*, retain_data: bool = True, **settings: Any) -> Recording:
    return build(
        lambda: MetricsStore(
            "metrics-store",
            examples.parsed(ThanosSettings, **settings),
            account=examples.account(),
            encryption=EncryptionSettings(),
            cluster=examples.cluster(),
            retain_data=retain_data,
        )
    )


def _rule(**settings: Any) -> dict[str, Any]:
    (rule,) = (
        _built(**settings)
        .one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "metrics-store-blocks")
        .inputs["rules"]
    )
    assert isinstance(rule, dict)
    return rule


@pytest.mark.parametrize(
    ("settings", "longest"),
    [
        ({}, 1095),
        ({"retention": {"raw_days": 7, "five_minutes_days": 14, "one_hour_days": 30}}, 30),
        ({"retention": {"raw_days": 90, "five_minutes_days": 14, "one_hour_days": 30}}, 90),
        (
            {
                "retention": {"raw_days": 7, "five_minutes_days": 14, "one_hour_days": 30},
                "receive": {"tenants": {"audit": {"raw_days": 30, "five_minutes_days": 400, "one_hour_days": 365}}},
            },
            400,
        ),
    ],
)
def test_the_bucket_deletes_after_every_compactor_would_have(settings: dict[str, Any], longest: int) -> None:
    assert examples.parsed(ThanosSettings, **settings).longest_days == longest
    assert _rule(**settings)["expiration"] == {"days": longest + GRACE_DAYS}
    assert GRACE_DAYS > 2 + 1, "a block is deleted two days after it was marked"


def test_what_was_deleted_can_be_brought_back_for_as_long_as_a_stack_says() -> None:
    assert _rule(recover_days=21)["noncurrentVersionExpiration"] == {"noncurrentDays": 21}


@pytest.mark.parametrize("retain_data", [True, False])
def test_bucket_and_key_are_protected_where_data_is_retained(retain_data: bool) -> None:  # noqa: FBT001 - a parameter of the table
    recording = _built(retain_data=retain_data)
    bucket = recording.one("aws:s3/bucket:Bucket", "metrics-store-blocks")

    assert bucket.protect is recording.one("aws:kms/key:Key", "metrics-store-key").protect is retain_data
    assert bucket.inputs["forceDestroy"] is not retain_data


def test_blocks_are_encrypted_under_a_key_of_their_own() -> None:
    encryption = _built().one(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "metrics-store-blocks",
    )
    (rule,) = encryption.inputs["rules"]

    assert rule["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"] == "<metrics-store-key.arn>"


def test_every_sidecar_may_add_blocks_and_delete_none() -> None:
    recording = _built()
    association = recording.one("aws:eks/podIdentityAssociation:PodIdentityAssociation", "metrics-store-sidecar")
    policy = json.loads(recording.one("aws:iam/rolePolicy:RolePolicy", "metrics-store-sidecar").inputs["policy"])
    actions = {action for each in policy["Statement"] for action in each["Action"]}

    assert (association.inputs["namespace"], association.inputs["serviceAccount"]) == ("monitoring", "prometheus")
    assert "s3:PutObject" in actions
    assert "s3:DeleteObject" not in actions


def test_thanos_and_prometheus_are_told_of_the_same_bucket_after_all_that_guards_it() -> None:
    secrets = _built().of("kubernetes:core/v1:Secret")
    told = {
        # The SDK wraps whatever is in a Secret, as if it were one.
        made.inputs["metadata"]["namespace"]: yaml.safe_load(made.inputs["stringData"]["value"]["objstore.yml"])
        for made in secrets
    }

    assert set(told) == {"thanos", "monitoring"}
    assert {each["config"]["bucket"] for each in told.values()} == {"<metrics-store-blocks.id>"}
    assert {made.inputs["metadata"]["name"] for made in secrets} == {"thanos-objstore"}
    for made in secrets:
        assert {"metrics-store-blocks", "metrics-store-blocks-policy"} <= set(made.dependencies)


def test_three_years_are_the_longest_that_can_be_asked_for() -> None:
    assert RetentionSettings().one_hour_days == 1095
    with pytest.raises(ValueError, match="less than or equal to 1095"):
        examples.parsed(RetentionSettings, one_hour_days=1096)
