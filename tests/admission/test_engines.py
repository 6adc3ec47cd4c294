"""The engines' own programs judge the same objects as the API server, and say the same of each."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from components.kit import chart
from components.security.admission import policies as admission_policies
from tests.admission.engines import gatekeeper, gatekeeper_on, judged, kyverno
from tests.admission.mutants import mutants
from tests.admission.rows import PLATFORM, settings
from tools.build import MODULES, BuildError, path_of

pytestmark = pytest.mark.tools


def _program(name: str) -> Path:
    try:
        return path_of(name)
    except BuildError as missing:
        pytest.skip(str(missing))


def _expected() -> Mapping[str, frozenset[str]]:
    return {row.what: row.broken for row in judged()}


def test_gatekeeper_judges_like_the_api_server(tmp_path: Path) -> None:
    assert gatekeeper(_program("gator"), tmp_path) == _expected()


def test_kyverno_judges_like_the_api_server(tmp_path: Path) -> None:
    assert kyverno(_program("kyverno"), tmp_path) == _expected()


@pytest.mark.parametrize(
    ("tool", "module", "name"), [("gator", "gatekeeper/v3", "gatekeeper"), ("kyverno", "kyverno", "kyverno")]
)
def test_a_program_is_of_the_minor_that_is_installed(tool: str, module: str, name: str) -> None:
    apps = {"gatekeeper": "v3.23.", "kyverno": "v1.19."}
    pinned = (MODULES / tool / "go.mod").read_text(encoding="utf-8")

    assert f"/{module} {apps[name]}" in pinned
    assert chart.pinned()[name].version in {"3.23.0", "3.9.0"}


def test_no_word_of_a_rule_could_be_turned_round(tmp_path: Path) -> None:
    held = [*admission_policies.held_by_an_engine(settings(engine="gatekeeper"), PLATFORM)]
    turned = {each.rule.name: origin for origin in held for each in mutants(origin)}
    found = gatekeeper_on((each for origin in held for each in mutants(origin)), _program("gator"), tmp_path)

    def breaking(name: str) -> set[str]:
        return {what for what, broken in found.items() if name in broken}

    unnoticed = {
        name
        for name, origin in turned.items()
        if breaking(name) == {row.what for row in judged() if origin.rule.name in row.broken}
    }
    assert unnoticed == set()
