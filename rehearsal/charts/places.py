"""What a chart's files say, all of them together, of one place among its values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from rehearsal.charts.chart import Chart
from rehearsal.charts.keys import Keys
from rehearsal.charts.schemas import ChartSchema, Schema


@dataclass(frozen=True, slots=True)
class Place:
    """One place among the values.

    Attributes:
        keys: What the default values and their comments show.
        schema: The chart's schema, if it has one.
        schemas: The parts of it that are about this place.

    """

    keys: Keys | None
    schema: ChartSchema | None
    schemas: Sequence[Schema]

    @classmethod
    def of(cls, chart: Chart) -> Self:
        """Return the place of a chart's values as a whole."""
        schema = chart.schema
        return cls(chart.keys, schema, schema.root if schema else ())

    @property
    def names(self) -> frozenset[str]:
        """The keys that are known by their name."""
        shown = self.keys.children.keys() if self.keys else ()
        return frozenset(shown) | (self.schema.names(self.schemas) if self.schema else frozenset())

    @property
    def open(self) -> bool:
        """Whether any key is fine."""
        # An empty map as the default means nothing where the schema says what belongs into it.
        told = self.takes_any_name or (self.schema is not None and self.schema.names(self.schemas))
        return (self.keys is None or self.keys.open) and not told

    @property
    def takes_any_name(self) -> bool:
        """Whether the schema says what stands below a key, whatever the key."""
        return self.schema is not None and self.schema.below(self.schemas, "") is not None

    def below(self, name: str) -> Self | None:
        """Return the place below a key, or None where the chart knows no such key."""
        keys = self.keys.children.get(name) if self.keys else None
        schemas = self.schema.below(self.schemas, name) if self.schema else None
        return type(self)(keys, self.schema, schemas or ()) if keys is not None or schemas is not None else None


def accepts_anything(chart: Chart, path: tuple[str, ...]) -> bool:
    """Tell whether any key is fine below a path of a chart's values."""
    place = Place.of(chart)
    for name in path:
        below = place.below(name)
        if place.open or below is None:
            return True
        place = below
    return place.open or place.takes_any_name
