"""A stack that is there for the loss of a region is refused if it needs anything of that region."""

from typing import Any

import pytest

from settings.load import parse
from settings.model import PlatformSettings
from settings.recovery_relations import LAYERS
from tests.environments import assembled, settings_of
from tests.settings import refusals

_ELSEWHERE = "arn:aws:kms:eu-central-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab"
_LOST = "eu-north-1"


def _source(**changed: Any) -> dict[str, Any]:
    source = {
        "bucket": "backups-1",
        "region": "eu-central-1",
        "prefix": "platform-other",
        "key_arn": _ELSEWHERE,
        "lost_region": _LOST,
    }
    return {"source": source | changed}


def test_every_layer_is_looked_through() -> None:
    assert {*LAYERS, "retain_data"} == set(PlatformSettings.model_fields)


def test_a_stack_that_names_nothing_of_what_is_lost_stands(data: dict[str, Any]) -> None:
    data["backup"] = _source()

    assert parse(data, stack="prod").backup.source is not None


@pytest.mark.parametrize(
    ("layer", "key", "value", "path"),
    [
        ("admission", "registries", ["111122223333.dkr.ecr.eu-north-1.amazonaws.com"], ("registries", 0)),
        ("admission", "registries", ["mirror.example.com:443/eu-north-1/library"], ("registries", 0)),
        ("entry", "mode", "alb", None),
        ("vault", "seal_key_arn", _ELSEWHERE.replace("eu-central-1", "eu-north-1"), ("seal_key_arn",)),
    ],
)
def test_whatever_is_in_the_region_that_is_lost_is_refused_by_its_path(
    data: dict[str, Any], layer: str, key: str, value: Any, path: tuple[str | int, ...] | None
) -> None:
    data["backup"] = _source()
    data[layer] = {**data.get(layer, {}), key: value}
    if path is None:
        arn = "arn:aws:acm:eu-north-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"
        data[layer]["public"] = {"domain": "dev.example.com", "certificate_arn": arn}
        path = ("public", "certificate_arn")
        data["dns"] = {"zones": {"example.com": "Z0123456789EXAMPLE"}}
    problems = [each for each in refusals.problems(data) if "names something in eu-north-1" in each.says]

    assert [each.path for each in problems] == [(layer, *path)]


@pytest.mark.parametrize("value", ["mirror.example.com/eu-north-10/library", "logs-eu-north-1-old.example.com"])
def test_a_name_that_only_looks_like_the_region_is_none(data: dict[str, Any], value: str) -> None:
    data["backup"] = _source()
    data["admission"] = {"registries": [value]}

    assert list(parse(data, stack="prod").admission.registries) == [value]


def test_what_backups_say_of_the_lost_region_may_be_put_right(data: dict[str, Any]) -> None:
    image = {f"111122223333.dkr.ecr.{region}.amazonaws.com": region for region in (_LOST,)}
    data["backup"] = {**_source(), "images": dict.fromkeys(image, "111122223333.dkr.ecr.eu-central-1.amazonaws.com")}

    assert parse(data, stack="prod").backup.images

    data["backup"]["images"] = {"public.ecr.aws": next(iter(image))}
    (problem,) = refusals.problems(data)
    assert problem.path == ("backup", "images", "public.ecr.aws")


def test_a_copy_in_the_region_that_is_lost_is_refused(data: dict[str, Any]) -> None:
    data["backup"] = {**_source(), "store": {"replica": {"region": _LOST}}}
    (problem,) = refusals.problems(data)

    assert problem.path == ("backup", "store", "replica", "region")


@pytest.mark.parametrize(
    ("changed", "key", "words"),
    [
        ({"lost_region": "eu-central-1"}, "lost_region", "is this stack's own region"),
        ({"region": _LOST, "key_arn": _ELSEWHERE.replace("eu-central-1", _LOST)}, "region", "is the region that is"),
        ({"region": "eu-west-1"}, "key_arn", "is a key in eu-central-1, and what it opens is in eu-west-1"),
        ({"key_arn": _ELSEWHERE.replace("111122223333", "444455556666")}, "key_arn", "lets nobody of 111122223333 in"),
    ],
)
def test_a_source_that_could_not_be_read_on_the_day_is_refused(
    data: dict[str, Any], changed: dict[str, Any], key: str, words: str
) -> None:
    data["backup"] = _source(**changed)
    (problem,) = refusals.problems(data)

    assert problem.path == ("backup", "source", key)
    assert words in problem.says


def test_a_seals_key_of_another_region_is_refused(data: dict[str, Any]) -> None:
    data["vault"] = {"seal_key_arn": _ELSEWHERE.replace("eu-central-1", "eu-west-3")}
    (problem,) = refusals.problems(data)

    assert problem.path == ("vault", "seal_key_arn")
    assert "is a key in eu-west-3" in problem.says


def test_mappings_of_images_of_which_one_holds_another_are_refused(data: dict[str, Any]) -> None:
    data["backup"] = {"images": {"mirror.example.com": "a.example.com", "mirror.example.com/shop": "b.example.com"}}
    (problem,) = refusals.problems(data)

    assert problem.path == ("backup", "images", "mirror.example.com")
    assert "not always the same one" in problem.says


def test_a_stack_goes_home_by_what_the_stack_of_recovery_tells_it(data: dict[str, Any]) -> None:
    told = assembled("prod-dr").exports["recovery"]["platform:backup.source"]
    written = settings_of("failback").backup.source
    assert written is not None

    # What the cloud names is not known yet.
    assert told | {"bucket": written.bucket, "key_arn": written.key_arn} == written.model_dump(exclude_none=True)

    # A region that is not lost any more is not told as lost: the stack's own copies are in it.
    data["backup"] = {**data["backup"], "source": {**written.model_dump(), "lost_region": "eu-west-1"}}
    assert ("backup", "store", "replica", "region") in {problem.path for problem in refusals.problems(data)}
