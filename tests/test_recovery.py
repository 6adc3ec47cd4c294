"""A stack that is there for the loss of a region needs nothing of it, and knows what it does need."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from components.resilience.backup.settings import SourceSettings
from tests.environments import EVERY, STACKS, assembled, settings_of

_FOR_A_LOSS: Final = [
    name for name in EVERY if (source := settings_of(name).backup.source) is not None and source.lost_region
]
# Where it is said what was in backups, and what is there instead: the one place where the lost region has a name.
_MAPPING: Final = "velero-change-image-name"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _lost(stack: str) -> str:
    source = settings_of(stack).backup.source
    assert source is not None
    assert source.lost_region is not None
    return source.lost_region


def test_there_is_a_stack_for_the_loss_of_prods_region() -> None:
    assert "prod-dr" in _FOR_A_LOSS
    assert _lost("prod-dr") == settings_of("prod").account.region


@pytest.mark.parametrize("stack", _FOR_A_LOSS)
def test_no_resource_names_anything_in_the_region_that_is_lost(stack: str) -> None:
    lost = re.compile(rf"(?<![a-z0-9]){re.escape(_lost(stack))}(?![0-9])")
    named = {
        f"{made.type} {made.name}": text[:200]
        for made in assembled(stack).resources
        if made.name != _MAPPING
        for text in _texts(made.inputs)
        if lost.search(text)
    }

    assert named == {}


@pytest.mark.parametrize("stack", _FOR_A_LOSS)
def test_no_resource_is_made_in_the_region_that_is_lost_and_none_by_another_stack(stack: str) -> None:
    recording = assembled(stack)

    assert {made.inputs.get("region") for made in recording.resources} & {_lost(stack)} == set()
    assert [made.type for made in recording.resources if "StackReference" in made.type] == []


@pytest.mark.parametrize("stack", _FOR_A_LOSS)
def test_what_restores_reads_the_copy_and_writes_no_more_than_how_restores_went(stack: str) -> None:
    recording, source = assembled(stack), settings_of(stack).backup.source
    assert source is not None
    (values,) = [
        made.inputs["values"]
        for made in recording.of("kubernetes:helm.sh/v3:Release")
        if made.inputs["name"] == "velero"
    ]
    locations = {each["name"]: each for each in values["configuration"]["backupStorageLocation"]}
    (policy,) = [
        json.loads(made.inputs["policy"])
        for made in recording.of("aws:iam/rolePolicy:RolePolicy")
        if made.name == "velero-velero"
    ]
    allowed = {
        (action, resource)
        for each in policy["Statement"]
        for action in each["Action"]
        for resource in each["Resource"]
        if source.bucket in str(resource) or source.key_arn == resource
    }
    bucket = f"arn:aws:s3:::{source.bucket}"
    notes = f"{bucket}/{source.prefix}/restores/*"

    assert (locations["source"]["accessMode"], locations["source"]["bucket"]) == ("ReadOnly", source.bucket)
    assert allowed == {
        ("s3:ListBucket", bucket),
        ("s3:GetObject", f"{bucket}/{source.prefix}/*"),
        *((f"s3:{action}", notes) for action in ("PutObject", "AbortMultipartUpload", "DeleteObject")),
        *((f"kms:{action}", source.key_arn) for action in ("Decrypt", "GenerateDataKey")),
    }


def test_the_lost_stack_has_told_everything_that_is_written_in_the_other() -> None:
    prod, other = settings_of("prod"), settings_of("prod-dr").backup.source
    told = assembled("prod").exports["recovery"]
    assert other is not None

    assert set(told["platform:backup.source"]) == set(SourceSettings.model_fields)
    assert told["platform:backup.source"] | {"bucket": "", "key_arn": ""} == {
        "bucket": "",
        "region": other.region,
        "prefix": other.prefix,
        "key_arn": "",
        "lost_region": other.lost_region,
    }
    assert prod.copies_region == other.region
    assert {"platform:vault.seal_key_arn", "vault_init_secret_arn", "vault_snapshots_bucket"} < set(told)
    # A copy has no copies: nobody is told of one.
    assert "platform:vault.seal_key_arn" not in assembled("prod-dr").exports["recovery"]


def test_stacks_that_may_be_joined_share_no_address() -> None:
    blocks = {stack: settings_of(stack).network.cidr for stack in ("prod", "prod-dr")}

    assert not blocks["prod"].overlaps(blocks["prod-dr"])


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_without_copies_tells_of_none(stack: str) -> None:
    assert ("recovery" in assembled(stack).exports) is (settings_of(stack).copies_region is not None)


@pytest.mark.parametrize("stack", STACKS)
def test_whatever_is_locked_for_its_time_has_a_copy_if_anything_has(stack: str) -> None:
    """Backups and snapshots are what a cluster cannot make again: where a stack has copies, none is without."""
    recording = assembled(stack)
    buckets = {made.name for made in recording.of("aws:s3/bucket:Bucket")}
    copied = {made.name for made in recording.of("aws:s3/bucketReplicationConfig:BucketReplicationConfig")}
    kept = {"backup-store-backups", "vault-snapshots", "platform-etcd-snapshots"} & buckets
    expected = {f"{name.rpartition('-')[0]}-replication" for name in kept}

    assert copied == (expected if settings_of(stack).copies_region else set())
