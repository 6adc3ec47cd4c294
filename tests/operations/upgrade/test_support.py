"""The ends of support are counted from a day, and what nobody has published is not made up."""

from datetime import date

import pytest

from operations.upgrade import support
from operations.upgrade.findings import Weight


@pytest.mark.parametrize(
    ("today", "weight", "says"),
    [
        (date(2026, 11, 21), Weight.FINE, "254 days left"),
        (date(2027, 7, 1), Weight.OPEN, "32 days left"),
        (date(2027, 8, 3), Weight.OPEN, "1 days ago"),
        (date(2028, 8, 2), Weight.AGAINST, "It is over"),
    ],
)
def test_the_end_of_support_weighs_by_how_near_it_is(today: date, weight: Weight, says: str) -> None:
    _, finding = support.findings("1.35", "1.36", today)

    assert finding.weight is weight
    assert says in finding.text
    assert "standard support until 2027-08-02" in finding.text


def test_a_minor_that_nobody_says_eks_offers_stands_against_it() -> None:
    _, finding = support.findings("1.36", "1.99", date(2026, 11, 21))

    assert finding.weight is Weight.AGAINST
    assert "aws eks describe-cluster-versions" in finding.text


def test_waiting_costs_half_a_dollar_an_hour() -> None:
    assert "$0.60 an hour and not $0.10: $365 more a month" in support.price()
