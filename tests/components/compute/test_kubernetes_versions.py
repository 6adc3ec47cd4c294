"""A cluster runs a minor that the platform knows and AWS supports."""

import re
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from components.compute.kubernetes_versions import Minor, Support, deployable, known, table
from components.kit import versions

PROJECT = Path(__file__).parents[3]

_STANDARD_ENDS = date(2027, 8, 2)
_EXTENDED_ENDS = date(2028, 8, 2)
_MINOR = Minor(name="1.36", standard_support_ends=_STANDARD_ENDS, extended_support_ends=_EXTENDED_ENDS)
_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("support", "today", "objection"),
    [
        ("standard", _STANDARD_ENDS - _DAY, r"^$"),
        ("standard", _STANDARD_ENDS, r"^is 1\.36, which left standard support on 2027-08-02: .* ends on 2028-08-02$"),
        ("extended", _STANDARD_ENDS, r"^$"),
        ("extended", _EXTENDED_ENDS - _DAY, r"^$"),
        ("extended", _EXTENDED_ENDS, r"^is 1\.36, which AWS has not supported at all since 2028-08-02$"),
        ("standard", _EXTENDED_ENDS, r"^is 1\.36, which AWS has not supported at all since 2028-08-02$"),
    ],
    ids=str,
)
def test_a_minor_is_supported_up_to_the_day_aws_names(support: Support, today: date, objection: str) -> None:
    assert re.match(objection, _MINOR.objection(support, today))


def test_nothing_is_concluded_from_a_date_that_aws_has_not_published() -> None:
    assert Minor(name="1.37").objection("standard", date.max) == ""


def test_the_table_is_in_order_and_every_support_is_a_year_longer_when_paid() -> None:
    minors = list(table().values())

    assert [minor.name for minor in minors] == sorted(table(), key=lambda name: int(name.partition(".")[2]))
    ends = [minor.standard_support_ends for minor in minors if minor.standard_support_ends]
    assert ends == sorted(set(ends))
    for minor in minors:
        if minor.standard_support_ends and minor.extended_support_ends:
            end = minor.standard_support_ends
            assert minor.extended_support_ends == end.replace(year=end.year + 1), minor
        if minor.released and minor.standard_support_ends:
            # "A minor version is under standard support for the first 14 months", of 28 to 31 days.
            assert 14 * 28 <= (minor.standard_support_ends - minor.released).days <= 14 * 31, minor


def test_the_table_says_when_it_was_read() -> None:
    file = PROJECT / "components" / "compute" / "kubernetes_versions.toml"

    retrieved = tomllib.loads(file.read_text(encoding="utf-8"))["retrieved"]
    assert type(retrieved) is date
    assert all(minor.released is None or minor.released < retrieved for minor in table().values())


def test_a_stack_runs_the_platforms_minor_or_the_one_below() -> None:
    assert deployable() == ("1.35", "1.36")
    assert deployable()[-1] == versions.pinned().kubernetes
    assert known("1.35") == "1.35"


@pytest.mark.parametrize("name", ["1.34", "1.37", "1.36.1", "v1.36"])
def test_any_other_minor_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"is no minor of this platform, which runs 1\.36 and 1\.35"):
        known(name)


def test_a_minor_that_the_table_lacks_cannot_be_deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "pinned", lambda: versions.Versions(kubernetes="1.37"))

    assert deployable() == ("1.36",)


def test_the_rehearsals_api_server_is_of_the_platforms_minor() -> None:
    module = (PROJECT / "tools" / "kubernetes" / "go.mod").read_text(encoding="utf-8")

    found = re.search(r"k8s\.io/kubernetes v(\d+\.\d+)\.", module)
    assert found
    assert found[1] == versions.pinned().kubernetes
