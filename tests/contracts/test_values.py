"""Every key that a release sets is one its chart knows: Helm itself takes a misspelt one without a word."""

from collections.abc import Iterator

import pytest

from components.kit import chart
from rehearsal.charts.chart import Chart
from rehearsal.charts.library import Library
from rehearsal.charts.places import accepts_anything
from rehearsal.charts.values import problems
from tests.contracts.releases import Path, Release, misspelt, paths, releases
from tests.contracts.unjudged import UNJUDGED

_JUDGED = tuple(release for release in releases() if release.entry not in UNJUDGED)

# Of one chart's own defaults; a hundred per chart would tell no more and take a minute.
_DEFAULTS_TRIED = 40


def _chart(library: Library, release: Release) -> Chart:
    found = library.find(release.chart, release.version, release.repository)
    assert found is not None, f"{release.chart} is not among the chart data"
    return found


@pytest.mark.parametrize("release", _JUDGED, ids=lambda release: f"{release.stack}-{release.name}")
def test_a_release_sets_nothing_that_its_chart_does_not_know(library: Library, release: Release) -> None:
    assert problems(_chart(library, release), release.values) == []


def test_every_pinned_chart_is_tried_with_the_values_of_some_environment_or_variant() -> None:
    assert {release.entry for release in releases()} == set(chart.pinned())


def _in_use() -> Iterator[tuple[Release, Path]]:
    """Yield every place where any environment sets a value, once for each chart."""
    seen: set[tuple[str, Path]] = set()
    for release in _JUDGED:
        for path in paths(release.values):
            if (release.chart, path) not in seen:
                seen.add((release.chart, path))
                yield release, path


IN_USE = tuple(_in_use())


def test_there_are_places_enough_to_misspell(library: Library) -> None:
    closed = [path for release, path in IN_USE if not accepts_anything(_chart(library, release), path[:-1])]

    assert len(closed) >= 50


@pytest.mark.parametrize(
    ("release", "path"),
    IN_USE,
    ids=[f"{release.chart.rpartition('/')[2]}:{'.'.join(path)}" for release, path in IN_USE],
)
def test_a_key_misspelt_where_one_is_in_use_is_told_unless_any_key_is_fine_there(
    library: Library, release: Release, path: Path
) -> None:
    judged = _chart(library, release)
    expected = [] if accepts_anything(judged, path[:-1]) else [path[:-1]]

    found = problems(judged, misspelt(release.values, path))

    assert [problem.path[:-1] for problem in found if "no such key" in problem.reason] == expected


@pytest.mark.parametrize("name", sorted({release.entry for release in _JUDGED}))
def test_a_misspelt_default_of_a_pinned_chart_is_told(library: Library, name: str) -> None:
    chart = next(_chart(library, release) for release in _JUDGED if release.entry == name)
    closed = [path for path in paths(chart.defaults) if not accepts_anything(chart, path[:-1])]
    tried = closed[:: max(1, len(closed) // _DEFAULTS_TRIED)]

    missed = [path for path in tried if not problems(chart, misspelt(chart.defaults, path))]

    assert tried
    assert missed == []
