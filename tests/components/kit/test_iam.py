"""Policy documents: typed statements, and no wildcard without its reason."""

import json

import pulumi
import pytest

from components.kit import iam
from tests.components.recording import build


@pytest.mark.parametrize(("actions", "resources"), [(["s3:GetObject"], ["*"]), (["*"], ["arn:aws:s3:::x"])])
def test_a_bare_wildcard_needs_a_reason(actions: list[str], resources: list[str]) -> None:
    with pytest.raises(ValueError, match="statement Read: a bare \\* on actions or resources needs a wildcard_reason"):
        iam.Statement(sid="Read", actions=actions, resources=resources)


def test_a_document_holds_what_was_said_and_nothing_empty() -> None:
    def program() -> None:
        statement = iam.Statement(
            sid="Read",
            actions=["s3:GetObject"],
            resources=[pulumi.Output.from_input("arn:aws:s3:::x/*")],
            conditions={"Bool": {"aws:SecureTransport": ["true"]}},
        )
        pulumi.export("document", iam.document([statement]))

    recording = build(program)

    assert json.loads(recording.exports["document"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Read",
                "Effect": "Allow",
                "Action": ["s3:GetObject"],
                "Resource": ["arn:aws:s3:::x/*"],
                "Condition": {"Bool": {"aws:SecureTransport": ["true"]}},
            }
        ],
    }


def test_a_service_trust_lets_one_service_assume_the_role() -> None:
    (statement,) = json.loads(iam.service_trust("eks.amazonaws.com"))["Statement"]

    assert statement["Principal"] == {"Service": ["eks.amazonaws.com"]}
    assert statement["Action"] == ["sts:AssumeRole"]
