"""Endpoints: those the stack's components call, and whom their policies let through."""

import json
from typing import Any

import pytest

from components.compute import addons
from components.foundation import endpoints
from components.foundation.network import Network
from components.foundation.network_settings import NetworkSettings
from tests.components import examples
from tests.components.recording import Recording, build

_OWN = {"StringEquals": {"aws:PrincipalAccount": ["111122223333"]}}


def _built(*callers: str) -> Recording:
    settings = examples.parsed(
        NetworkSettings,
        cidr="10.20.0.0/16",
        zones=["eu-central-1a", "eu-central-1b", "eu-central-1c"],
        nat="none",
    )
    return build(lambda: Network("network", settings, account=examples.account(), callers=callers, retain_data=True))


def _policies(recording: Recording) -> dict[str, list[dict[str, Any]]]:
    return {
        made.inputs["serviceName"].removeprefix("com.amazonaws.eu-central-1."): json.loads(made.inputs["policy"])[
            "Statement"
        ]
        for made in recording.of("aws:ec2/vpcEndpoint:VpcEndpoint")
    }


@pytest.fixture(scope="module")
def policies() -> dict[str, list[dict[str, Any]]]:
    return _policies(_built(*endpoints.CALLERS))


def test_a_service_that_nothing_calls_has_no_endpoint() -> None:
    assert set(_policies(_built("nodes", "coredns"))) == {"s3", "ec2", "ecr.api", "ecr.dkr", "eks"}
    assert set(_policies(_built("eks-pod-identity-agent"))) == {"s3", "eks-auth"}


def test_a_service_is_listed_with_everyone_who_calls_it() -> None:
    assert set(endpoints.services(["cilium", "nodes"])["ec2"]) == {"cilium", "nodes"}


def test_every_add_on_says_what_it_calls() -> None:
    assert set(addons.ADDONS) <= set(endpoints.CALLERS)


def test_a_caller_of_whom_nothing_is_known_is_refused() -> None:
    with pytest.raises(ValueError, match="services jenkins calls is not known"):
        endpoints.services(["nodes", "jenkins"])


def test_only_the_accounts_own_principals_pass_an_endpoint(policies: dict[str, list[dict[str, Any]]]) -> None:
    for service, (first, *_) in policies.items():
        assert first["Condition"] == _OWN, service
        assert first["Action"] == [f"{service.removesuffix('.api').removesuffix('.dkr')}:*"]


def test_whoever_has_no_principal_gets_no_more_than_a_role_or_an_image(
    policies: dict[str, list[dict[str, Any]]],
) -> None:
    unsigned = {
        (service, *statement["Action"], *statement["Resource"])
        for service, statements in policies.items()
        for statement in statements
        if "Condition" not in statement
    }

    assert unsigned == {
        ("sts", "sts:AssumeRoleWithWebIdentity", "arn:aws:iam::111122223333:role/*"),
        (
            "s3",
            "s3:GetObject",
            "arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*",
            "arn:aws:s3:::prod-registry-k8s-io-eu-central-1/*",
            "arn:aws:s3:::al2023-repos-eu-central-1-de612dc2/*",
        ),
    }
