"""A client of a bucket may do with it what it must, finds it without a credential, and nothing beside it."""

import json
from typing import Any

import pytest
import yaml

from components.kit import object_clients
from components.kit.identity import ServiceAccount
from components.kit.layer import Layer
from components.kit.object_clients import Access, Bucket, Dialect
from tests.components import examples
from tests.components.recording import Recording, build

_BUCKET = Bucket(name="blocks-1", arn="arn:aws:s3:::blocks-1", key_arn="arn:key")


class Reader(Layer, kind="test:kit:Reader"):
    """A layer with one client."""

    def __init__(self, access: Access) -> None:
        super().__init__("reader", None)
        object_clients.pod_role(
            self,
            "store",
            account=examples.account(),
            service_account=ServiceAccount(cluster="platform-test", namespace="thanos", name="store"),
            bucket=_BUCKET,
            access=access,
        )


def _built(access: Access) -> Recording:
    return build(lambda: Reader(access))


def _statements(access: Access) -> dict[str, dict[str, Any]]:
    policy = _built(access).one("aws:iam/rolePolicy:RolePolicy", "reader-store").inputs["policy"]
    return {each["Sid"]: each for each in json.loads(policy)["Statement"]}


@pytest.mark.parametrize(
    ("access", "allowed"),
    [
        (Access.ADD, {"s3:PutObject", "s3:AbortMultipartUpload", "kms:GenerateDataKey", "kms:Decrypt"}),
        (Access.READ, {"s3:ListBucket", "s3:GetObject", "kms:Decrypt"}),
        (
            Access.WRITE,
            {
                "s3:ListBucket",
                "s3:GetObject",
                "s3:PutObject",
                "s3:AbortMultipartUpload",
                "kms:GenerateDataKey",
                "kms:Decrypt",
            },
        ),
        (
            Access.MANAGE,
            {
                "s3:ListBucket",
                "s3:GetObject",
                "s3:PutObject",
                "s3:AbortMultipartUpload",
                "s3:DeleteObject",
                "kms:GenerateDataKey",
                "kms:Decrypt",
            },
        ),
    ],
)
def test_who_reads_writes_nothing_and_only_who_manages_deletes(access: Access, allowed: set[str]) -> None:
    assert {action for each in _statements(access).values() for action in each["Action"]} == allowed


@pytest.mark.parametrize("access", Access)
def test_nothing_reaches_beyond_the_bucket_and_the_key_serves_through_s3_alone(access: Access) -> None:
    statements = _statements(access)

    assert {resource for each in statements.values() for resource in each["Resource"]} == {
        "arn:aws:s3:::blocks-1/*",
        "arn:key",
        # Who only adds sees nothing that is there.
        *(["arn:aws:s3:::blocks-1"] if access is not Access.ADD else []),
    }
    assert statements["UseTheKeyThroughS3"]["Condition"] == {
        "StringEquals": {"kms:ViaService": ["s3.eu-central-1.amazonaws.com"]}
    }


def test_a_client_is_one_service_account_by_pod_identity() -> None:
    association = _built(Access.READ).one("aws:eks/podIdentityAssociation:PodIdentityAssociation", "reader-store")

    assert (association.inputs["namespace"], association.inputs["serviceAccount"]) == ("thanos", "store")


def _written(dialect: Dialect) -> str:
    found: list[str] = []

    def program() -> None:
        object_clients.configuration(dialect, _BUCKET, "eu-central-1").apply(found.append)

    build(program)
    return found[0]


def test_thanos_is_told_the_bucket_and_finds_its_credentials_by_itself() -> None:
    assert yaml.safe_load(_written(Dialect.THANOS)) == {
        "type": "S3",
        "config": {
            "bucket": "blocks-1",
            "endpoint": "s3.eu-central-1.amazonaws.com",
            "region": "eu-central-1",
            # By S3's other names neither the VPC's endpoint nor a policy would know it.
            "disable_dualstack": True,
        },
    }


@pytest.mark.parametrize("dialect", Dialect)
def test_no_dialect_holds_a_credential(dialect: Dialect) -> None:
    assert not {"access_key", "secret_key", "session_token", "aws_sdk_auth"} & set(
        _written(dialect).replace(":", " ").split()
    )
