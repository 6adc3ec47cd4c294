"""A Helm chart as its own files describe it, without its templates."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import yaml

from rehearsal.charts.commented import commented
from rehearsal.charts.keys import Keys
from rehearsal.charts.open_maps import opened
from rehearsal.charts.schemas import ChartSchema

# Istio's charts put their defaults below this key and take the user's at the top,
# https://github.com/istio/istio/blob/master/manifests/charts/base/values.yaml
_WRAPPED: Final = "_internal_defaults_do_not_set"


@dataclass(frozen=True, slots=True)
class Dependency:
    """A chart within a chart.

    Attributes:
        key: Where its values are among the outer chart's: its alias, or its name.
        chart: The chart, or None where its files are not at hand.
        condition: The path in the outer chart's values that switches it on; may be empty.

    """

    key: str
    chart: "Chart | None"
    condition: tuple[str, ...]

    def enabled(self, values: Mapping[str, Any]) -> bool:
        """Tell whether it is part of the release; what does not say no, says yes."""
        place: Any = values
        for step in self.condition:
            place = place.get(step) if isinstance(place, Mapping) else None
        return not self.condition or place is not False


@dataclass(frozen=True)
class Chart:
    """A chart.

    Attributes:
        name: Its name, ``cert-manager``.
        version: The published version the files are of.
        app_version: The version of what it installs.
        folder: Where its files lie.

    """

    name: str
    version: str
    app_version: str
    folder: Path

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        """Its default values, without those of the charts within it."""
        values = yaml.load(self._text, Loader=yaml.CSafeLoader) or {}
        return {**{key: value for key, value in values.items() if key != _WRAPPED}, **(values.get(_WRAPPED) or {})}

    @cached_property
    def schema(self) -> ChartSchema | None:
        """What its values must be like, if it says so."""
        path = self.folder / "values.schema.json"
        return ChartSchema(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None

    @cached_property
    def dependencies(self) -> tuple[Dependency, ...]:
        """The charts within it."""
        return tuple(self._dependencies())

    @cached_property
    def keys(self) -> Keys:
        """Every key that its values may have, as far as its files show them."""
        keys = Keys.of(self.defaults)
        # An empty values.yaml is one without values, not one with any.
        keys.open = False
        shown = commented(self._text)
        keys.add(shown.children.pop(_WRAPPED, Keys()))
        keys.add(shown)
        for dependency in self.dependencies:
            within = dependency.chart.keys if dependency.chart else Keys(open=True)
            keys.at((dependency.key,)).add(within)
            if dependency.condition:
                keys.at(dependency.condition)
            if "global" in within.children:
                keys.at(("global",)).add(within.children["global"])
        # Every chart has it: what is below reaches the charts within.
        keys.children.setdefault("global", Keys(open=True))
        opened(self.name, keys)
        return keys

    @property
    def unseen(self) -> tuple[str, ...]:
        """The keys of the charts within it whose files are not at hand, so that nothing judges what is below them."""
        return tuple(dependency.key for dependency in self.dependencies if dependency.chart is None)

    @cached_property
    def _text(self) -> str:
        path = self.folder / "values.yaml"
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    def _dependencies(self) -> Iterator[Dependency]:
        for entry in _metadata(self.folder).get("dependencies") or ():
            folder = self.folder / "charts" / entry["name"]
            described = _metadata(folder)
            chart = (
                Chart(entry["name"], str(described.get("version", "")), str(described.get("appVersion", "")), folder)
                if folder.is_dir()
                else None
            )
            # Of several conditions the first that is set counts; charts rarely give more than one.
            condition = re.split(r"[,\s]", entry.get("condition") or "")[0]
            yield Dependency(entry.get("alias") or entry["name"], chart, tuple(filter(None, condition.split("."))))


def _metadata(folder: Path) -> Mapping[str, Any]:
    path = folder / "Chart.yaml"
    found = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None
    return found if isinstance(found, Mapping) else {}


def laid_over(defaults: Any, values: Any) -> Any:
    """Return values laid over defaults as Helm does: maps are merged, all else is replaced, null removes a key."""
    if not (isinstance(defaults, Mapping) and isinstance(values, Mapping)):
        return values
    merged = {**defaults}
    for key, value in values.items():
        merged[key] = laid_over(defaults.get(key), value)
    return {key: value for key, value in merged.items() if not (value is None and key in values)}
