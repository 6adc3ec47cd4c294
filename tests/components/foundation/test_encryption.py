"""The keys: rotated, kept as long as the settings say, and administrable by the account."""

import json

import pytest

from components.foundation.encryption import Encryption, EncryptionSettings
from tests.components.examples import account, parsed
from tests.components.recording import Recording, build


def _built(*, retain: bool = True) -> Recording:
    settings = parsed(EncryptionSettings, deletion_window_days=14)
    return build(lambda: Encryption("encryption", settings, account=account(), retain_data=retain))


def test_every_key_rotates_and_waits_before_it_is_gone() -> None:
    keys = _built().of("aws:kms/key:Key")

    assert sorted(key.name for key in keys) == [
        "encryption-flow-logs",
        "encryption-logs",
        "encryption-secrets",
        "encryption-volumes",
    ]
    assert {key.inputs["enableKeyRotation"] for key in keys} == {True}
    assert {key.inputs["deletionWindowInDays"] for key in keys} == {14}


def test_every_key_leaves_the_account_in_charge() -> None:
    for key in _built().of("aws:kms/key:Key"):
        first, *_ = json.loads(key.inputs["policy"])["Statement"]
        assert first["Principal"] == {"AWS": ["arn:aws:iam::111122223333:root"]}
        assert first["Action"] == ["kms:*"]


def test_disks_are_encrypted_for_this_account_through_ec2_only() -> None:
    policy = json.loads(_built().one("aws:kms/key:Key", "encryption-volumes").inputs["policy"])

    assert policy["Statement"][1]["Condition"] == {
        "StringEquals": {"kms:CallerAccount": ["111122223333"], "kms:ViaService": ["ec2.eu-central-1.amazonaws.com"]}
    }


def test_the_log_key_serves_this_accounts_log_groups_only() -> None:
    policy = json.loads(_built().one("aws:kms/key:Key", "encryption-logs").inputs["policy"])

    assert policy["Statement"][1]["Principal"] == {"Service": ["logs.eu-central-1.amazonaws.com"]}
    assert policy["Statement"][1]["Condition"]["ArnLike"] == {
        "kms:EncryptionContext:aws:logs:arn": ["arn:aws:logs:eu-central-1:111122223333:log-group:*"]
    }


def test_the_flow_logs_key_serves_the_delivery_of_this_accounts_logs_only() -> None:
    policy = json.loads(_built().one("aws:kms/key:Key", "encryption-flow-logs").inputs["policy"])

    assert policy["Statement"][1]["Principal"] == {"Service": ["delivery.logs.amazonaws.com"]}
    assert "kms:GenerateDataKey*" in policy["Statement"][1]["Action"]
    assert policy["Statement"][1]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ["111122223333"]},
        "ArnLike": {"aws:SourceArn": ["arn:aws:logs:eu-central-1:111122223333:*"]},
    }


@pytest.mark.parametrize("retain", [True, False])
def test_keys_are_protected_where_data_is_retained(retain: bool) -> None:  # noqa: FBT001 - the row's value
    assert {key.protect for key in _built(retain=retain).of("aws:kms/key:Key")} == {retain}


def test_each_alias_names_its_own_key() -> None:
    aliases = {made.name: made.inputs["targetKeyId"] for made in _built().of("aws:kms/alias:Alias")}

    assert aliases == {
        f"encryption-{role}": f"<encryption-{role}.keyId>" for role in ("secrets", "volumes", "logs", "flow-logs")
    }
