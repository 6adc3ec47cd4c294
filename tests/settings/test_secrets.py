"""A secret in a stack file is refused with the way to pass it, and the report does not repeat it."""

import copy
import json
import re
from typing import Any, Final

import pytest

from settings.load import blocks_of, parse
from settings.mend import applied
from settings.model import PlatformSettings
from settings.problems import SECRET, Problem
from settings.report import SettingsError
from settings.secrets import disclosed
from settings.shape import Path, Shape, shape_of
from settings.shape import rows as keys_of
from tests.disclosure.table import Row, rows
from tests.environments import EVERY, PROJECT, STACKS, content_of

_GITHUB: Final = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"
_PREFIX: Final = "platform:"


def _refused(data: dict[str, Any], **more: Any) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        parse(data, stack="prod", **more)
    return caught.value


def _spoilt(data: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    spoilt = copy.deepcopy(data)
    spoilt["account"]["tags"][key] = value
    return spoilt


def _texts(value: Any) -> list[str]:
    return [part for part in re.findall(r"[^\s\"']{3,}", str(value)) if part not in {"the", "use", "code", "deploy"}]


@pytest.mark.parametrize("row", rows("bad"), ids=str)
def test_a_secret_is_refused_and_never_shown(data: dict[str, Any], row: Row) -> None:
    error = _refused(_spoilt(data, row.key, row.value))

    (problem,) = error.problems
    assert problem.path == ("account", "tags", row.key)
    assert problem.value == SECRET
    assert "revoke it" in problem.says
    assert [text for text in _texts(row.value) if text in str(error)] == []


@pytest.mark.parametrize("row", [row for row in rows("good") if isinstance(row.value, str)], ids=str)
def test_what_only_looks_like_a_secret_is_let_through(data: dict[str, Any], row: Row) -> None:
    spoilt = _spoilt(data, row.key, row.value)

    assert disclosed(spoilt) == []


def test_what_is_no_text_is_no_secret() -> None:
    others = {row.key: row.value for row in rows("good") if not isinstance(row.value, str)}

    assert others
    assert disclosed({"account": others}) == []


@pytest.mark.parametrize("name", EVERY)
def test_no_environment_and_no_variant_is_mistaken(name: str) -> None:
    config = content_of(name)["config"]

    assert disclosed({key.removeprefix(_PREFIX): value for key, value in config.items()}) == []


def _examples(shape: Shape) -> list[object]:
    return [
        example
        for each in (shape, *shape.alternatives)
        for word in ("examples", "default", "const", "enum")
        for example in (each.node.get(word, []) if word in {"examples", "enum"} else [each.node.get(word)])
    ]


def test_no_key_no_example_and_no_default_of_the_settings_is_mistaken() -> None:
    mistaken: list[tuple[Path, object]] = []
    seen = 0
    for path, shape, _ in keys_of(shape_of(PlatformSettings)):
        # A word where the type allows any.
        values = [*_examples(shape), *(["platform"] if shape.node.get("type") == "string" else [])]
        seen += 1
        mistaken += [(path, value) for value in values if disclosed({"block": {str(path[-1]): value}})]

    assert seen > 100
    assert mistaken == []


def test_all_that_is_wrong_stands_in_one_report_in_the_models_order(data: dict[str, Any]) -> None:
    data["account"]["tags"]["deploy-token"] = _GITHUB
    data["network"]["zones"] = ["eu-central-1a"]
    data["cluster"]["admin_password"] = "correct-horse"  # noqa: S105 - what the report must not show
    data["no_such_block"] = {"webhook": [{"url": "https://hooks.slack.com/services/" + "T00000000/B00000000/XXXX"}]}

    error = _refused(data)

    assert [problem.path for problem in error.problems] == [
        ("account", "tags", "deploy-token"),
        ("network", "zones"),
        ("cluster", "admin_password"),
        ("no_such_block",),
        ("no_such_block", "webhook", 0, "url"),
    ]
    for secret in (_GITHUB, "correct-horse", "XXXX"):
        assert secret not in str(error)


def test_a_secret_in_the_place_of_a_number_is_told_of_once(data: dict[str, Any]) -> None:
    data["encryption"]["deletion_window_days"] = _GITHUB

    (problem,) = _refused(data).problems

    assert problem.says.startswith("looks like a GitHub token;")


def test_a_secret_in_the_place_of_a_key_is_not_shown_either(data: dict[str, Any]) -> None:
    error = _refused(_spoilt(data, _GITHUB, "mine"))

    (problem,) = error.problems
    assert problem.path == ("account", "tags")
    assert problem.says.startswith("has a key that looks like a GitHub token;")
    assert _GITHUB not in str(error)


def test_a_block_that_is_broken_json_shows_no_secret(data: dict[str, Any]) -> None:
    error = _refused({**data, "network": '{"token": "' + _GITHUB})

    assert error.problems[0].path == ("network",)
    assert _GITHUB not in str(error)


def test_what_pulumi_gives_as_text_is_looked_into(data: dict[str, Any]) -> None:
    blocks = {name: json.dumps(value) for name, value in _spoilt(data, "db_password", "hunter2").items()}

    assert [problem.path for problem in _refused(blocks).problems] == [("account", "tags", "db_password")]


def test_what_can_be_left_out_is_mended_by_leaving_it_out(data: dict[str, Any]) -> None:
    spoilt = _spoilt(data, "password", "hunter2")
    (problem,) = _refused(spoilt).problems

    assert problem.mend
    assert parse(applied(spoilt, problem.mend.edits), stack="prod") == parse(data, stack="prod")


def test_what_cannot_be_left_out_is_only_for_its_owner_to_mend(data: dict[str, Any]) -> None:
    data["cluster"]["name"] = "s." + "bF3kQ9xYwZ3hT5uV2N7mRcLd"

    (problem,) = _refused(data).problems

    assert problem.mend is None


def test_a_block_that_pulumi_keeps_encrypted_may_hold_a_secret(data: dict[str, Any]) -> None:
    settings = parse(_spoilt(data, "owner", _GITHUB), stack="prod", secrets={"account"})

    assert settings.account.tags["owner"] == _GITHUB


@pytest.mark.parametrize(
    ("value", "way"),
    [
        ("AKIA" + "Q3EGRTYWNZB5LKXU", "Pod Identity"),
        ("-----BEGIN " + "PRIVATE KEY-----", "cert-manager"),
        ("postgres://app:tea4two@db.example.com/app", "without its user and password"),
        (_GITHUB, "ExternalSecret"),
    ],
)
def test_the_way_to_pass_it_fits_the_secret(data: dict[str, Any], value: str, way: str) -> None:
    (problem,) = _refused(_spoilt(data, "owner", value)).problems

    assert isinstance(problem, Problem)
    assert way in problem.says


@pytest.mark.parametrize("stack", STACKS)
def test_a_secret_anywhere_in_a_stack_file_is_found(stack: str) -> None:
    good = blocks_of(PROJECT / f"Pulumi.{stack}.yaml")
    places = list(_leaves(good, ()))

    assert len(places) > 20
    for path in places:
        spoilt = copy.deepcopy(good)
        block: Any = spoilt
        for step in path[:-1]:
            block = block[step]
        block[path[-1]] = _GITHUB
        assert [found.path for found in disclosed(spoilt)] == [path]


def _leaves(value: Any, path: Path) -> list[Path]:
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in _leaves(item, (*path, key))]
    if isinstance(value, list):
        return [leaf for index, item in enumerate(value) for leaf in _leaves(item, (*path, index))]
    return [path]
