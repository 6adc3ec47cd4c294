"""Every rule is tried by promtool: it fires where it should, waits as long as it says, and else is silent."""

from pathlib import Path

import pytest

from components.kit.monitoring import WATCHDOG
from components.observability.rules.catalog import Alert, Theme, spec, themes
from tests.components.observability.rules.cases import FOLDER, RUNBOOKS, cases, minutes
from tests.components.observability.rules.promtool import Trial, check, failures, write

_THEMES = pytest.mark.parametrize("theme", themes(), ids=lambda theme: theme.name)


@_THEMES
def test_every_rule_has_a_case_in_which_it_fires_and_one_in_which_it_does_not(theme: Theme) -> None:
    found = cases(theme.name)

    assert set(found) == {rule.name for rule in theme.rules}
    assert [name for name, case in found.items() if not case.silent] == ([WATCHDOG] if theme.name == "watchdog" else [])
    for rule in theme.rules:
        case = found[rule.name]
        if isinstance(rule, Alert):
            assert case.says, rule.name
            assert not case.gives, rule.name
            assert (case.pending is not None) == (rule.for_ is not None), rule.name
            assert minutes(case.pending or "0m") < minutes(case.at), rule.name
        else:
            assert case.gives, rule.name


def test_no_case_is_of_a_theme_that_is_gone() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {theme.name for theme in themes()}


@pytest.mark.tools
@_THEMES
def test_promtool_finds_no_fault_in_the_rules(theme: Theme, tmp_path: Path) -> None:
    assert check(write(tmp_path / "rules.yaml", spec(theme.groups, RUNBOOKS))) == ""


@pytest.mark.tools
@_THEMES
def test_every_rule_does_what_its_cases_say(theme: Theme, tmp_path: Path) -> None:
    names = [rule.name for rule in theme.rules]

    assert failures([Trial(name=theme.name, theme=theme, groups=theme.groups, tests=names)], tmp_path) == {}
