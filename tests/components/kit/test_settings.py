"""A day in a stack file is a day with quotation marks and without, and nothing else is one."""

from datetime import date

import pytest
from pydantic import ValidationError

from components.kit.settings import Day, Settings


class _Until(Settings):
    until: Day
    """When it ends."""


# The second is what Pulumi passes to a program for `until: 2027-03-31`.
@pytest.mark.parametrize("text", ["2027-03-31", "2027-03-31 00:00:00 +0000 UTC"])
def test_a_day_is_read_with_quotation_marks_and_without(text: str) -> None:
    assert _Until.model_validate_json(f'{{"until": "{text}"}}').until == date(2027, 3, 31)


@pytest.mark.parametrize("text", ['"2027-13-31"', '"2027-03-31 10:00:00 +0000 UTC"', '"31.3.2027"', "20270331", "null"])
def test_anything_else_is_no_day(text: str) -> None:
    with pytest.raises(ValidationError, match="until"):
        _Until.model_validate_json(f'{{"until": {text}}}')
