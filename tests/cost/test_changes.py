"""The difference of two estimates names what came, went and costs otherwise, by how much."""

from typing import Final

import cost
from tests.cost.making import entry, estimated

_KEY: Final = "aws:kms/key:Key"
_KEPT: Final = "aws:secretsmanager/secret:Secret"
_NAT: Final = "aws:ec2/natGateway:NatGateway"


def _told(found: cost.Difference) -> list[tuple[str, str, str, float]]:
    return [(each.kind, each.line.name, each.line.what, round(each.usd.typical, 2)) for each in found.changes]


def test_nothing_differs_from_itself() -> None:
    same = estimated(entry(_KEY), entry(_NAT))

    assert _told(cost.difference(same, same)) == []
    assert cost.difference(same, same).usd == cost.ZERO


def test_what_came_went_and_changed_is_told_the_largest_first() -> None:
    base = estimated(entry(_KEPT, "secret"), entry(_NAT, "old"))
    head = estimated(entry(_KEPT, "secret", replicas=[{}, {}]), entry("aws:ec2/eip:Eip", "new"))

    found = cost.difference(base, head)

    assert _told(found) == [
        ("went", "old", "hours", -32.85),
        ("went", "old", "traffic", -9.0),
        ("came", "new", "public address", 3.65),
        ("changed", "secret", "secret", 0.8),
    ]
    assert round(found.usd.typical, 2) == -37.4
    assert (found.base, found.head) == (base.total, head.total)


def test_a_change_of_the_high_figure_alone_is_told() -> None:
    base, head = (estimated(entry(_KEY, enableKeyRotation=rotated)) for rotated in (False, True))

    (change,) = cost.difference(base, head).changes

    assert (change.kind, change.usd) == ("changed", cost.Range(0, 0, 2))


def test_a_type_that_is_in_no_sum_is_told_when_it_is_new() -> None:
    base, head = estimated(), estimated(entry("aws:msk/cluster:Cluster"))

    assert cost.difference(base, head).newly_unpriced == ["aws:msk/cluster:Cluster"]
    assert cost.difference(head, head).newly_unpriced == []
