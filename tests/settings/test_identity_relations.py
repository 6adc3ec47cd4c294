"""Identities have what they stand on, or the one report of a stack's settings says what is missing."""

import copy
from typing import Any

import pytest

from settings.load import parse
from tests.settings import refusals

_OIDC = {
    "issuer": "https://login.example.com",
    "authorization_url": "https://login.example.com/authorize",
    "token_url": "https://login.example.com/token",
    "jwks_url": "https://login.example.com/keys",
    "client_id": "platform",
    "groups": {"admin": ["admins"]},
}
_IDENTITY: dict[str, Any] = {
    "enabled": True,
    "database": {"rds": {}},
    "brokers": {"oidc": {"corporate": _OIDC}},
}
_EXISTING = {"host": "postgres.example.com"}


def _with(data: dict[str, Any], **identity: Any) -> dict[str, Any]:
    data["identity"] = {**copy.deepcopy(_IDENTITY), **identity}
    data.setdefault("secrets", {}).setdefault("stores", {}).setdefault("aws", {"namespaces": ["apps"]})
    return data


def test_identities_with_all_they_need_are_taken(data: dict[str, Any]) -> None:
    assert parse(_with(data), stack="prod").identity.enabled
    assert parse(_with(data, database={"existing": _EXISTING}), stack="prod").identity.enabled


def test_a_stack_without_identities_needs_nothing_for_them(data: dict[str, Any]) -> None:
    del data["entry"]["internal"]

    assert not parse(_with(data, enabled=False, database={}, brokers={}), stack="prod").identity.enabled


@pytest.mark.parametrize(
    ("identity", "path", "reason"),
    [
        ({"database": {}}, "identity.database.rds", "is missing"),
        ({"database": {"rds": {}, "existing": _EXISTING}}, "identity.database.existing", "second database"),
        ({"brokers": {}}, "identity.brokers", "nobody could sign in"),
        ({"brokers": {"oidc": {"corporate": {**_OIDC, "groups": {}}}}}, "identity.brokers", "the role admin"),
        ({"host": "grafana"}, "identity.host", "name of an interface"),
        (
            {
                "brokers": {
                    "oidc": {"corporate": _OIDC},
                    "ldap": {
                        "corporate": {
                            "host": "directory.example.com",
                            "bind_dn": "CN=x",
                            "users_dn": "OU=x",
                            "groups_dn": "OU=x",
                        }
                    },
                }
            },
            "identity.brokers",
            "called corporate",
        ),
    ],
)
def test_identities_that_could_not_work_are_refused_with_the_reason(
    data: dict[str, Any], identity: dict[str, Any], path: str, reason: str
) -> None:
    (problem,) = refusals.problems(_with(data, **identity))

    assert ".".join(map(str, problem.path)) == path
    assert reason in problem.says


def test_no_database_is_mended_by_one_in_rds(data: dict[str, Any]) -> None:
    (problem,) = refusals.problems(_with(data, database={}))

    assert refusals.mended(data, problem).identity.database.rds is not None


def test_without_an_internal_entry_there_is_no_door(data: dict[str, Any]) -> None:
    del data["entry"]["internal"]
    (problem,) = refusals.problems(_with(data))

    assert problem.path == ("identity", "enabled")
    assert "entry.internal" in problem.says


def test_a_door_that_is_no_gateway_is_refused(data: dict[str, Any]) -> None:
    arn = "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"
    data["entry"]["mode"] = "alb"
    for point in ("public", "internal"):
        data["entry"][point]["certificate_arn"] = arn
    found = refusals.problems(_with(data))

    assert ("entry", "mode") in [problem.path for problem in found]


def test_passwords_do_not_travel_in_the_open(data: dict[str, Any]) -> None:
    data["cilium"]["encryption"] = "none"
    (problem, *_) = [each for each in refusals.problems(_with(data)) if "what people type" in each.says]

    assert problem.path == ("cilium", "encryption")


def test_secrets_come_from_somewhere(data: dict[str, Any]) -> None:
    del data["observability"]
    _with(data)["secrets"]["stores"].pop("aws")
    (problem,) = refusals.problems(data)

    assert problem.path == ("secrets", "stores", "aws")
    assert "Secrets Manager" in problem.says


def test_a_region_whose_authority_is_unknown_needs_it_named(data: dict[str, Any]) -> None:
    text = str(_with(data)).replace("eu-central-1", "il-central-1")
    moved = eval(text)  # noqa: S307 - a copy of our own data

    assert ("identity", "database", "authority") in [problem.path for problem in refusals.problems(moved)]
