"""What is reported of settings that are refused, and what they become when they are mended as the report says."""

from typing import Any

import pytest

from settings.load import parse
from settings.mend import applied
from settings.model import PlatformSettings
from settings.problems import Problem
from settings.report import SettingsError


def problems(data: dict[str, Any]) -> list[Problem]:
    """Return all that is wrong with settings; that nothing is fails the test."""
    with pytest.raises(SettingsError) as caught:
        parse(data, stack="prod")
    return list(caught.value.problems)


def mended(data: dict[str, Any], problem: Problem) -> PlatformSettings:
    """Return the settings after the edits that a problem's report proposes."""
    assert problem.mend
    return parse(applied(data, problem.mend.edits), stack="prod")
