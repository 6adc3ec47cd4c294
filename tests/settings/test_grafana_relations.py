"""Grafanas have what they stand on, or the one report of a stack's settings says what is missing."""

from typing import Any

import pytest

from settings.load import parse
from tests.settings import refusals

_OIDC: dict[str, Any] = {
    "authorization_url": "https://login.example.com/authorize",
    "token_url": "https://login.example.com/token",
    "userinfo_url": "https://login.example.com/userinfo",
    "client_id": "grafana",
    "roles": {"admins": ["admins"]},
}
_EXISTING = {"host": "postgres.example.com"}


def _with(data: dict[str, Any], **grafana: Any) -> dict[str, Any]:
    data["observability"] = {"grafana": {"instances": ["main"], **grafana}}
    data.setdefault("secrets", {}).setdefault("stores", {}).setdefault("aws", {"namespaces": ["apps"]})
    return data


@pytest.mark.parametrize(
    "grafana",
    [
        {},
        {"instances": ["main", "read", "alloy", "pyroscope"], "oidc": _OIDC},
        {"replicas": 2, "database": {"rds": {}}},
        {"replicas": 2, "database": {"existing": _EXISTING}},
    ],
)
def test_grafanas_with_all_they_need_are_taken(data: dict[str, Any], grafana: dict[str, Any]) -> None:
    assert parse(_with(data, **grafana), stack="prod").observability.grafana.instances


@pytest.mark.parametrize(
    ("grafana", "path", "reason"),
    [
        ({"replicas": 2}, "observability.grafana.replicas", "people and dashboards of its own"),
        ({"instances": ["main", "main"]}, "observability.grafana.instances", "twice"),
        (
            {"database": {"rds": {}, "existing": _EXISTING}},
            "observability.grafana.database.existing",
            "second database",
        ),
        ({"oidc": {**_OIDC, "roles": {}}}, "observability.grafana.oidc.roles.admins", "no other administrator"),
    ],
)
def test_grafanas_that_could_not_work_are_refused(
    data: dict[str, Any], grafana: dict[str, Any], path: str, reason: str
) -> None:
    (problem,) = refusals.problems(_with(data, **grafana))

    assert ".".join(map(str, problem.path)) == path
    assert reason in problem.says


def test_grafanas_need_the_store_whose_operator_makes_their_passwords(data: dict[str, Any]) -> None:
    wanted = _with(data)
    wanted["secrets"] = {}
    (problem,) = refusals.problems(wanted)

    assert ".".join(map(str, problem.path)) == "secrets.stores.aws"


def test_grafanas_need_a_monitoring(data: dict[str, Any]) -> None:
    wanted = _with(data)
    wanted["observability"]["enabled"] = False
    wanted["cost"] = {}
    (problem,) = refusals.problems(wanted)

    assert ".".join(map(str, problem.path)) == "observability.grafana.instances"


def test_keycloak_must_know_every_grafana(data: dict[str, Any]) -> None:
    wanted = _with(data, instances=["main", "read"])
    broker = {"entity_id": "x", "single_sign_on_url": "https://adfs.example.com/ls", "groups": {"admin": ["admins"]}}
    broker["signing_certificate"] = "-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----\n"
    wanted["identity"] = {
        "enabled": True,
        "database": {"rds": {}},
        "brokers": {"saml": {"federation": broker}},
        "clients": ["argocd", "grafana"],
    }
    (problem,) = refusals.problems(wanted)

    assert problem.path == ("identity", "clients")
    assert refusals.mended(wanted, problem).identity.clients == ("argocd", "grafana", "grafana-read")
