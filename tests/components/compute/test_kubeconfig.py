"""Clients fetch credentials at every use; none is stored."""

import json
from typing import Any

import pulumi

from components.compute import kubeconfig
from tests.components import examples
from tests.components.recording import build


def _config() -> dict[str, Any]:
    recording = build(lambda: pulumi.export("kubeconfig", kubeconfig.render(examples.cluster(), "eu-central-1")))
    return dict(json.loads(recording.exports["kubeconfig"]))


def test_the_aws_cli_is_asked_for_a_token_of_this_cluster() -> None:
    (user,) = _config()["users"]

    assert user["user"]["exec"]["command"] == "aws"
    assert user["user"]["exec"]["args"][:6] == [
        "eks",
        "get-token",
        "--cluster-name",
        "platform-test",
        "--region",
        "eu-central-1",
    ]
    assert set(user["user"]) == {"exec"}


def test_the_server_is_known_by_address_and_authority() -> None:
    (cluster,) = _config()["clusters"]

    assert cluster["cluster"] == {"server": "https://api.example.com", "certificate-authority-data": "Q0E="}


def test_a_new_endpoint_does_not_replace_what_is_in_the_cluster() -> None:
    recording = build(lambda: kubeconfig.provider("api", examples.cluster(), "eu-central-1"))

    provider = recording.one("pulumi:providers:kubernetes", "api").inputs
    assert provider["clusterIdentifier"] == "arn:cluster"
    assert provider["enableServerSideApply"] == "true"


def test_what_is_mounted_is_changed_in_place_and_not_made_anew() -> None:
    recording = build(lambda: kubeconfig.provider("api", examples.cluster(), "eu-central-1"))

    provider = recording.one("pulumi:providers:kubernetes", "api").inputs
    assert (provider["enableConfigMapMutable"], provider["enableSecretMutable"]) == ("true", "true")
