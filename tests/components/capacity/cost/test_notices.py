"""Who is told of costs is told by e-mail, by a topic, or both."""

import pytest

from components.capacity.cost.notices import SubscribersSettings
from tests.components import examples

_TOPIC = "arn:aws:sns:eu-central-1:111122223333:costs"


@pytest.mark.parametrize(
    ("subscribers", "told"),
    [
        ({}, False),
        ({"emails": ["finance@example.com"]}, True),
        ({"topic_arn": _TOPIC}, True),
        ({"emails": ["finance@example.com"], "topic_arn": _TOPIC}, True),
    ],
    ids=str,
)
def test_whoever_is_named_is_told(subscribers: dict[str, object], told: bool) -> None:  # noqa: FBT001 - a row's column
    assert examples.parsed(SubscribersSettings, **subscribers).any is told
