"""What the API server refuses, the rehearsal refuses, in the API server's own words."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from rehearsal.providers.standin import RefusedError

if TYPE_CHECKING:
    from tests.rehearsal.kubernetes.conftest import Engine

pytestmark = pytest.mark.tools

_TEXT = Path(__file__).with_name("refused.yaml").read_text()
_NAMES: list[str] = [case["name"] for case in yaml.safe_load(_TEXT)]


def _names(*, preview: bool) -> list[str]:
    return [case["name"] for case in yaml.safe_load(_TEXT) if case.get("preview") is preview]


@pytest.fixture
def case(request: pytest.FixtureRequest, namespace: str, engine: "Engine") -> dict[str, Any]:
    """The case of that name in a namespace of its own, with all that must be there before."""
    cases = yaml.safe_load(_TEXT.replace("NAMESPACE", namespace))
    found: dict[str, Any] = cases[_NAMES.index(request.param)]
    for manifest in found.get("first", ()):
        engine.create(manifest, name="another")
    return found


@pytest.mark.parametrize("case", _NAMES, indirect=True)
def test_a_wrong_object_is_refused_in_the_words_of_the_api_server(case: dict[str, Any], engine: "Engine") -> None:
    *before, wrong = case["objects"]
    made = [engine.create(manifest) for manifest in before]
    attempt = partial(engine.update, *made[-1], wrong) if made else partial(engine.create, wrong)
    with pytest.raises(RefusedError) as refusal:
        attempt()
    assert case["reason"] in str(refusal.value)


@pytest.mark.parametrize("case", _names(preview=True), indirect=True)
def test_an_object_that_is_wrong_in_itself_is_refused_at_preview(case: dict[str, Any], engine: "Engine") -> None:
    with pytest.raises(RefusedError) as refusal:
        engine.create(case["objects"][0], preview=True)
    assert case["reason"] in str(refusal.value)


@pytest.mark.parametrize("case", _names(preview=False), indirect=True)
def test_what_depends_on_other_objects_is_left_to_the_update(case: dict[str, Any], engine: "Engine") -> None:
    engine.create(case["objects"][0], preview=True)
