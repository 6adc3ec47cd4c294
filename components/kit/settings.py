"""The base of every settings model: strict, frozen, and refusing what it does not know."""

import re
from datetime import date
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

# A day, or how Go writes the moment that it takes a day for.
_DAY: Final = re.compile(r"(\d{4}-\d{2}-\d{2})( 00:00:00 \+0000 UTC)?")


class Settings(BaseModel):
    """Plain facts known before deployment; never an ``Output``, never a secret.

    Every field carries a description (it becomes the reference and the editor's hint) and its only default.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", use_attribute_docstrings=True)


def _no_boolean(value: object) -> object:
    """Refuse what Python takes for 1: among literals, pydantic compares only.

    Raises:
        PydanticCustomError: the value is true or false.

    """
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


def _day(value: object) -> object:
    """Read a day; without quotation marks in a stack file, Pulumi passes the text of a moment for it."""
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    try:
        return date.fromisoformat(found[1]) if found else value
    except ValueError:
        return value


Day: TypeAlias = Annotated[date, BeforeValidator(_day)]
"""A day, ``2027-03-31``, with quotation marks or without."""

LogRetention: TypeAlias = Annotated[
    Literal[30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
    BeforeValidator(_no_boolean),
]
"""Days CloudWatch Logs keeps what is written, from a month on: it knows these numbers only.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""

OneOrThree: TypeAlias = Annotated[Literal[1, 3], BeforeValidator(_no_boolean)]
"""How many of what decides by majority: two can lose no more than one can."""
