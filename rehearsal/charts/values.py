"""Judges the values of a release: no key that its chart does not know, nothing that the chart's schema refuses."""

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.charts.chart import Chart, laid_over
from rehearsal.charts.places import Place
from rehearsal.charts.schemas import Refusal

_PLAIN: Final = re.compile(r"[A-Za-z_$][\w$-]*")


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a release's values: where, and why."""

    path: tuple[str | int, ...]
    reason: str

    @property
    def property(self) -> str:
        """The path as Pulumi writes it: ``values.server.extraArgs[0]``, ``values["kube-state-metrics"].image``."""
        return "values" + "".join(_step(step) for step in self.path)


def problems(chart: Chart, values: Mapping[str, Any]) -> list[Problem]:
    """Return everything that is wrong with a release's values.

    Args:
        chart: The release's chart.
        values: What the release sets; `rehearsal.providers.properties.UNKNOWN` stands for what is not known yet.

    """
    unknown = list(_unknown(values, Place.of(chart), ()))
    # A closed schema, too, refuses what has been named already, with a better word.
    named = {problem.path[:-1] for problem in unknown}
    refused = (
        Problem(path, f"the chart's schema refuses it: {refusal.reason}")
        for path, refusal in _refused(chart, values, ())
        if not (refusal.unlisted and path in named)
    )
    return [*unknown, *refused]


def _unknown(values: Any, place: Place, path: tuple[str | int, ...]) -> Iterator[Problem]:
    if not isinstance(values, Mapping) or place.open:
        return
    for key, value in values.items():
        below = place.below(key)
        if below is None:
            yield Problem((*path, key), _no_such_key(key, place.names))
        else:
            yield from _unknown(value, below, (*path, key))


def _no_such_key(key: str, names: frozenset[str]) -> str:
    if not names:
        return "the chart has no such key: it takes no map here"
    close = difflib.get_close_matches(key, names, n=1)
    return "the chart has no such key" + (f", did you mean {close[0]}?" if close else "")


def _refused(
    chart: Chart, values: Mapping[str, Any], path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], Refusal]]:
    """Yield what the schemas of a chart and of the charts within it refuse, with its path."""
    merged = laid_over(chart.defaults, values)
    if chart.schema:
        for refusal in chart.schema.refusals(merged):
            yield (*path, *refusal.path), refusal
    for dependency in chart.dependencies:
        within = merged.get(dependency.key) or {}
        if dependency.chart and isinstance(within, Mapping) and dependency.enabled(merged):
            shared = laid_over(within.get("global") or {}, merged.get("global") or {})
            yield from _refused(dependency.chart, {**within, "global": shared}, (*path, dependency.key))


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _PLAIN.fullmatch(step) else f"[{json.dumps(step)}]"
