"""What a role cannot have of Vault, for it is not there, not theirs, or no path of a secret, is refused at its key."""

from typing import Any

import pytest

from settings.load import parse
from tests.settings import refusals

_ROLE = {"namespace": "shop", "service_accounts": ["checkout"], "secrets": ["shop/checkout"]}


def _with(data: dict[str, Any], name: str = "checkout", **role: Any) -> dict[str, Any]:
    data["vault"] = {"replicas": 3, "access": {"roles": {name: {**_ROLE, **role}}}}
    return data


@pytest.mark.parametrize(
    ("role", "key", "why"),
    [
        ({"namespace": "vault"}, ("namespace",), "is the platform's own namespace"),
        ({"namespace": "monitoring"}, ("namespace",), "is the platform's own namespace"),
        ({"namespace": "kube-system"}, ("namespace",), "is the platform's own namespace (Kubernetes itself)"),
        ({"secrets": ["platform/bootstrap"]}, ("secrets", 0), "lies below platform/"),
        ({"secrets": ["platform"]}, ("secrets", 0), "lies below platform/"),
        ({"secrets": ["shop", "data/shop"]}, ("secrets", 1), "begins with data/"),
        ({"certificates": ["shop"]}, ("certificates", 0), "is no entry of vault.access.certificates"),
        ({"databases": ["orders"]}, ("databases", 0), "is no entry of vault.access.databases"),
        ({"secrets": []}, (), "gets nothing"),
    ],
    ids=str,
)
def test_what_a_role_cannot_have_is_refused_at_its_key(
    data: dict[str, Any], role: dict[str, Any], key: tuple[str | int, ...], why: str
) -> None:
    (problem,) = refusals.problems(_with(data, **role))

    assert problem.path == ("vault", "access", "roles", "checkout", *key)
    assert problem.says.startswith(why)


@pytest.mark.parametrize("name", ["bootstrap", "snapshot", "external-secrets", "secrets-example", "root", "default"])
def test_a_role_does_not_take_the_name_of_the_platforms_own(data: dict[str, Any], name: str) -> None:
    (problem,) = refusals.problems(_with(data, name))

    assert problem.says.startswith("is the name of a role of the platform's")


def test_a_path_of_the_api_is_mended_to_the_secrets_own(data: dict[str, Any]) -> None:
    (problem,) = refusals.problems(_with(data, secrets=["data/shop"]))

    assert refusals.mended(data, problem).vault.access.roles["checkout"].secrets == ["shop"]


def test_without_vault_there_are_no_roles(data: dict[str, Any]) -> None:
    _with(data)["vault"]["enabled"] = False
    # The stack's other ways to secrets need Vault too, and say so themselves.
    problems = refusals.problems(data)

    assert ("vault", "access", "roles") in [problem.path for problem in problems]


def test_a_role_of_a_tenant_is_taken(data: dict[str, Any]) -> None:
    assert parse(_with(data), stack="prod").vault.access.roles["checkout"].namespace == "shop"
