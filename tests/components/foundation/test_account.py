"""The account: nothing is planned with anyone else's credentials."""

import pytest
from pydantic import ValidationError

from components.foundation import account
from components.foundation.account import AccountSettings
from tests.components import examples
from tests.components.recording import build


def test_the_provider_refuses_every_other_account() -> None:
    recording = build(lambda: account.provider("aws", examples.account()))

    provider = recording.one("pulumi:providers:aws", "aws").inputs
    assert provider["allowedAccountIds"] == '["111122223333"]'
    assert provider["region"] == "eu-central-1"


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-central-1", "aws"), ("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")],
)
def test_arns_begin_with_the_regions_partition(region: str, partition: str) -> None:
    settings = examples.parsed(AccountSettings, id="111122223333", region=region)

    assert settings.root_arn == f"arn:{partition}:iam::111122223333:root"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"id": "1111"}, "pattern"),
        ({"id": 111122223333}, "string"),
        ({"region": "frankfurt"}, "pattern"),
        ({"tags": {"aws:owner": "x"}}, "which AWS reserves"),
        ({"tags": {"owner": "x" * 257}}, "256"),
        ({"tags": {"owner": "Ämter"}}, "owner: Ämter has characters that the EBS CSI driver refuses"),
        ({"permissions_boundary_arn": "arn:aws:iam::111122223333:role/boundary"}, "pattern"),
        (
            {"permissions_boundary_arn": "arn:aws:iam::444455556666:policy/boundary"},
            "of the account 444455556666, and the roles are of 111122223333",
        ),
        (
            {"permissions_boundary_arn": "arn:aws-cn:iam::111122223333:policy/boundary"},
            "of the partition aws-cn, and eu-central-1 is of aws",
        ),
    ],
    ids=str,
)
def test_impossible_accounts_are_refused(values: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        examples.parsed(AccountSettings, **{"id": "111122223333", "region": "eu-central-1", **values})


@pytest.mark.parametrize("owner", ["111122223333", "aws"])
def test_a_boundary_is_of_the_account_or_of_aws(owner: str) -> None:
    arn = f"arn:aws:iam::{owner}:policy/boundaries/platform"
    settings = examples.parsed(AccountSettings, id="111122223333", region="eu-central-1", permissions_boundary_arn=arn)

    assert settings.permissions_boundary_arn == arn
