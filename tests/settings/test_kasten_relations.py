"""A stack that asks Kasten for what it does not do is refused, by the name of what is asked."""

from typing import Any

import pytest

from settings.load import parse
from tests.settings import refusals

_AGREED = {"company": "Example", "email": "platform@example.com", "accept_eula": True, "accept_no_drills": True}
_SOURCE = {
    "bucket": "backups-1",
    "region": "eu-west-1",
    "prefix": "platform-other",
    "key_arn": "arn:aws:kms:eu-west-1:111122223333:key/mrk-1",
}
_HOOK = {"namespace": "shop", "app": "postgres", "container": "postgres", "before": ["hold"]}


def _kasten(**more: Any) -> dict[str, Any]:
    return {"engine": "kasten", "kasten": _AGREED, **more}


def test_kasten_makes_the_backups_of_a_stack_that_agrees_to_it(data: dict[str, Any]) -> None:
    data["backup"] = _kasten(classes={"gold": {"schedule": "0 */2 * * *", "timeout_hours": 1}})

    assert parse(data, stack="prod").backup.engine == "kasten"


@pytest.mark.parametrize(
    ("backup", "path", "words"),
    [
        ({"engine": "kasten"}, ("engine",), "needs the block backup.kasten"),
        ({"kasten": _AGREED}, ("kasten",), "is for Kasten, and the engine is velero"),
        (_kasten(kasten={**_AGREED, "accept_eula": False}), ("kasten", "accept_eula"), "docs.kasten.io/eula"),
        (_kasten(kasten={**_AGREED, "accept_no_drills": False}), ("kasten", "accept_no_drills"), "nothing here tries"),
        (_kasten(source=_SOURCE), ("source",), "by a token that the other cluster shows"),
        (_kasten(hooks=[_HOOK]), ("hooks",), "Kanister Blueprints"),
        (_kasten(store={"lock": "governance"}), ("store", "lock"), "renew locks"),
        (
            _kasten(images={"docker.io/library": "registry.example.com/library"}),
            ("images",),
            "a TransformSet of your own",
        ),
        (_kasten(drill={"rto_minutes": 30}), ("drill",), "Velero's restores"),
        (
            _kasten(classes={"gold": {"schedule": "0,30 */4 * * *"}}),
            ("classes", "gold", "schedule"),
            "several minutes for what runs every hour only",
        ),
    ],
)
def test_what_kasten_does_not_do_is_refused_by_name(
    data: dict[str, Any], backup: dict[str, Any], path: tuple[str, ...], words: str
) -> None:
    data["backup"] = backup
    problems = {problem.path: problem.says for problem in refusals.problems(data)}

    assert words in problems["backup", *path]


def test_kasten_is_refused_where_the_api_server_reaches_no_pod(data: dict[str, Any]) -> None:
    data["backup"] = _kasten()
    data["cilium"] = {**data.get("cilium", {}), "routing": "overlay"}
    problems = {problem.path: problem.says for problem in refusals.problems(data)}

    assert "does not reach in an overlay" in problems["backup", "engine"]


@pytest.mark.parametrize(
    ("classes", "key"),
    [
        ({"gold": {"schedule": "0 2 * * *"}}, "rpo_hours"),
        ({"gold": {"timeout_hours": 4, "rpo_hours": 8}}, "timeout_hours"),
        ({"gold": {"retention_days": 10}}, "retention_days"),
    ],
)
def test_a_class_keeps_its_promise_with_kasten_as_with_velero(
    data: dict[str, Any], classes: dict[str, Any], key: str
) -> None:
    data["backup"] = _kasten(classes=classes)

    assert ("backup", "classes", "gold", key) in {problem.path for problem in refusals.problems(data)}


def test_a_copy_is_in_another_region_and_has_the_volumes_with_kasten_too(data: dict[str, Any]) -> None:
    data["backup"] = _kasten(
        classes={"silver": {"move_data": False}}, store={"replica": {"region": data["account"]["region"]}}
    )

    assert {problem.path for problem in refusals.problems(data)} == {
        ("backup", "store", "replica", "region"),
        ("backup", "classes", "silver", "move_data"),
    }


def test_nothing_is_asked_of_kasten_where_there_are_no_backups(data: dict[str, Any]) -> None:
    data["backup"] = {"enabled": False, "engine": "kasten"}

    assert not parse(data, stack="prod").backup.enabled
