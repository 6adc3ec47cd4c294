"""A stack whose backups cannot keep what they promise is refused, with what would."""

from typing import Any

import pytest

from components.resilience.backup.classes import BackupClass
from settings.load import parse
from tests.settings import refusals


@pytest.mark.parametrize(
    ("gold", "key", "words", "mended"),
    [
        ({"schedule": "0 2 * * *"}, "rpo_hours", "promises to lose 6 hours at most", 26),
        ({"timeout_hours": 3}, "rpo_hours", "it can be 7", 7),
        ({"retention_days": 10}, "retention_days", "keeps backups for 10 days", 31),
        ({"history_days": 60}, "retention_days", "where the class promises 60 days", 61),
    ],
)
def test_a_class_that_breaks_its_promise_is_refused_and_mended(
    data: dict[str, Any], gold: dict[str, Any], key: str, words: str, mended: int
) -> None:
    data["backup"] = {"classes": {"gold": gold}}
    (problem,) = refusals.problems(data)

    assert problem.path == ("backup", "classes", "gold", key)
    assert words in problem.says
    assert getattr(refusals.mended(data, problem).backup.classes["gold"], key) == mended  # type: ignore[index]  # a class is its name


def test_a_backup_that_may_last_until_the_next_is_refused(data: dict[str, Any]) -> None:
    data["backup"] = {"classes": {"gold": {"timeout_hours": 4, "rpo_hours": 8}}}
    (problem,) = refusals.problems(data)

    assert problem.path == ("backup", "classes", "gold", "timeout_hours")
    assert "leaves out what is due" in problem.says


def test_an_upload_that_may_outlive_its_credentials_is_refused_where_there_is_one(data: dict[str, Any]) -> None:
    slow = {"timeout_hours": 8, "rpo_hours": 200}
    data["backup"] = {"classes": {"bronze": slow}}
    (problem,) = refusals.problems(data)

    assert problem.path == ("backup", "classes", "bronze", "timeout_hours")
    assert "read once and last six hours" in problem.says
    assert refusals.mended(data, problem).backup.classes["bronze"].timeout_hours == 5  # type: ignore[index]  # a class is its name
    still = {**data, "backup": {"classes": {"bronze": {**slow, "move_data": False}}}}
    assert parse(still, stack="prod").backup.plans[BackupClass.BRONZE].timeout_hours == slow["timeout_hours"]


@pytest.mark.parametrize(("topic", "region"), [("failed", "eu-central-1"), ("late", "eu-west-1")])
def test_a_topic_that_its_alarm_cannot_tell_is_refused_and_mended(
    data: dict[str, Any], topic: str, region: str
) -> None:
    at = {name: f"arn:aws:sns:{name}:111122223333:storage" for name in ("eu-central-1", "eu-west-1", "eu-west-3")}
    good = {"failed": at["eu-central-1"], "late": at["eu-west-1"]}
    data["backup"] = {"store": {"replica": {"region": "eu-west-1", "topics": {**good, topic: at["eu-west-3"]}}}}
    (problem,) = refusals.problems(data)

    assert problem.path == ("backup", "store", "replica", "topics", topic)
    assert f"is no topic of {region}" in problem.says
    replica = refusals.mended(data, problem).backup.store.replica
    assert replica is not None
    assert replica.topics.model_dump() == good


def test_volumes_of_the_platform_without_a_class_are_refused(data: dict[str, Any]) -> None:
    data["backup"] = {"namespaces": {"vault": "none", "keycloak": "none"}}
    (problem,) = refusals.problems(data)

    assert problem.path == ("backup", "namespaces", "vault")
    assert "the servers' data" in problem.says
    assert refusals.mended(data, problem).backup.namespaces["vault"] == "bronze"


@pytest.mark.parametrize(
    ("region", "words"),
    [("eu-central-1", "the stack's own region"), ("us-gov-west-1", "another partition")],
)
def test_a_copy_that_is_not_in_another_region_of_the_partition_is_refused(
    data: dict[str, Any], region: str, words: str
) -> None:
    data["backup"] = {"store": {"replica": {"region": region}}}
    (problem,) = refusals.problems(data)

    assert problem.path == ("backup", "store", "replica", "region")
    assert words in problem.says


def test_a_copy_without_the_volumes_is_refused_and_mended(data: dict[str, Any]) -> None:
    data["backup"] = {"classes": {"silver": {"move_data": False}}, "store": {"replica": {"region": "eu-west-1"}}}
    (problem,) = refusals.problems(data)

    assert problem.path == ("backup", "classes", "silver", "move_data")
    assert refusals.mended(data, problem).backup.classes["silver"].move_data is True  # type: ignore[index]  # a class is its name


@pytest.mark.parametrize(
    ("backup", "path"),
    [
        ({"classes": {"platinum": {}}}, ("backup", "classes", "platinum")),
        ({"namespaces": {"vault": "platinum"}}, ("backup", "namespaces", "vault")),
        ({"classes": {"gold": {"schedule": "0 3 30 2 *"}}}, ("backup", "classes", "gold", "schedule")),
    ],
)
def test_a_class_that_is_none_and_a_schedule_that_never_runs_are_refused(
    data: dict[str, Any], backup: dict[str, Any], path: tuple[str, ...]
) -> None:
    data["backup"] = backup
    problems = refusals.problems(data)

    assert [problem.path[: len(path)] for problem in problems] == [path]


def test_what_a_stack_without_backups_would_promise_is_no_matter(data: dict[str, Any]) -> None:
    data["backup"] = {"enabled": False, "classes": {"gold": {"retention_days": 1}}}

    assert parse(data, stack="prod").backup.enabled is False
