"""The tables are whole: every price has its page and day, every type of the project is priced, free or neither."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

import cost
from cost.estimate import BY_TYPE
from cost.tables import claims, free, support, unpriced
from policies.rules.eks_cis.versions import ENDS
from rehearsal.aws.rows import ROWS
from tests.environments import PROJECT, STACKS
from tests.policies.recorded import entries

_PRICES: Final = cost.prices().by_name
_ASSUMED: Final = cost.assumptions().tables
# The stack of prod's second region asks for g6 first; AWS's price list has none there, and the estimate says so.
_NOT_SOLD: Final = {("eu-west-1", "g6.xlarge")}


@pytest.mark.parametrize("name", _PRICES)
def test_every_price_says_for_what_from_where_and_of_which_day(name: str) -> None:
    price = _PRICES[name]

    assert all(usd > 0 for usd in price.usd.values())
    assert set(price.usd) == {"*"} or {"us-east-1", "eu-central-1"} <= set(price.usd)
    assert price.page.startswith("https://aws.amazon.com/")
    assert date(2025, 1, 1) <= price.read <= datetime.now(tz=UTC).date()
    assert price.unit
    assert price.source


@pytest.mark.parametrize("name", _ASSUMED)
def test_every_assumption_goes_from_low_to_high_and_says_why(name: str) -> None:
    table = _ASSUMED[name]
    for each in (table, *table.get("where", ())):
        assert 0 < each["low"] <= each["typical"] <= each["high"]
        assert each["why"]
    assert table["unit"]


def test_a_type_is_priced_or_free_or_neither_and_never_two_of_them() -> None:
    assert not set(BY_TYPE) & set(free())
    assert not set(BY_TYPE) & set(unpriced())
    assert not set(free()) & set(unpriced())
    assert all(free().values())
    assert all(unpriced().values())


@pytest.mark.parametrize("token", sorted(ROWS))
def test_of_every_type_that_a_rehearsal_knows_it_is_known_what_it_costs(token: str) -> None:
    assert token in {**BY_TYPE, **free(), **unpriced()}


@pytest.mark.parametrize("stack", STACKS)
def test_of_every_type_of_an_environment_it_is_known_what_it_costs(stack: str) -> None:
    types = {each["type"] for each in entries(stack) if each["type"].startswith("aws:")}

    assert types
    assert types - set(BY_TYPE) - set(free()) - set(unpriced()) == set()


@pytest.mark.parametrize("stack", STACKS)
def test_everything_of_an_environment_is_in_the_sum_but_what_aws_does_not_sell_there(stack: str) -> None:
    found = cost.estimate(entries(stack))
    region = found.region

    assert list(found.unread) == []
    assert {each.why for each in found.unpriced} <= {
        f"no price of {kind} in {where}: the group is of the others" for where, kind in _NOT_SOLD if where == region
    }


@pytest.mark.parametrize("stack", STACKS)
def test_every_instance_type_of_an_environment_has_a_price_where_it_is_sold(stack: str) -> None:
    content = yaml.safe_load((PROJECT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"]
    region = content["platform:account"]["region"]
    groups: list[dict[str, Any]] = [each for each in content["platform:nodes"].values() if isinstance(each, dict)]
    types = {kind for group in groups for kind in group.get("instance_types", ())}
    missing = {kind for kind in types if cost.prices().of_instance(kind, region) is None}

    assert types
    assert {(region, kind) for kind in missing} <= _NOT_SOLD


def test_charts_claims_are_of_charts_that_are_pinned() -> None:
    pinned = (PROJECT / "components" / "charts.toml").read_text(encoding="utf-8")

    assert [chart for chart in claims() if chart not in pinned] == []


def test_the_calendar_is_that_of_the_cluster_and_the_same_as_the_policies() -> None:
    calendar = support(PROJECT / "components" / "compute" / "kubernetes_versions.toml")

    assert calendar
    assert {minor: ENDS[minor] for minor in calendar} == calendar


def test_the_package_knows_nothing_of_the_project() -> None:
    own = Path(cost.__file__).parent
    words = ("components", "settings", "policies", "rehearsal", "operations", "disclosure")

    imported = [line for path in own.glob("*.py") for line in path.read_text(encoding="utf-8").splitlines()]

    assert [
        line
        for line in imported
        if line.startswith(tuple(f"{verb} {word}" for verb in ("from", "import") for word in words))
    ] == []
