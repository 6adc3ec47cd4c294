"""What a chart's values.schema.json says of keys, and what it refuses."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import jsonschema
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from rehearsal.providers.properties import UNKNOWN, is_known

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

Schema = Mapping[str, Any]

# Charts' schemas nest combinations of combinations; one that contains itself must end somewhere.
_DEPTH: Final = 12
_UNLISTED: Final = "additionalProperties"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a schema refuses: where, in its own words, and whether it is a property that the schema does not list."""

    path: tuple[str | int, ...]
    reason: str
    unlisted: bool


class ChartSchema:
    """A values.schema.json.

    Args:
        document: The decoded file.

    """

    def __init__(self, document: Schema) -> None:
        self._document = document

    @property
    def root(self) -> tuple[Schema, ...]:
        """What applies to the values as a whole."""
        return tuple(self._expanded(self._document))

    def names(self, schemas: Sequence[Schema]) -> frozenset[str]:
        """Return the properties that schemas name."""
        return frozenset(name for schema in schemas for name in schema.get("properties", ()))

    def below(self, schemas: Sequence[Schema], name: str) -> tuple[Schema, ...] | None:
        """Return what applies below a property, or None where no schema has a place for it."""
        found = [schema["properties"][name] for schema in schemas if name in schema.get("properties", ())]
        if not found:
            found = [each for schema in schemas if (each := _any_name(schema)) is not None]
        return tuple(inner for each in found for inner in self._expanded(each)) if found else None

    def refusals(self, values: Mapping[str, Any]) -> Iterator[Refusal]:
        """Yield everything the schema refuses about known values.

        Args:
            values: The chart's values with the release's own laid over them, in which `UNKNOWN` marks the unknown.

        """
        kind: type[Validator] = jsonschema.validators.validator_for(self._document, default=jsonschema.Draft7Validator)
        validator = kind(self._document, registry=_NOTHING_FETCHED)
        for error in validator.iter_errors(values):
            sharpest = _sharpest(error)
            place = _at(values, error.absolute_path)
            if is_known(place) or (error.validator == _UNLISTED and place is not UNKNOWN):
                yield Refusal(tuple(sharpest.absolute_path), sharpest.message, sharpest.validator == _UNLISTED)

    def _expanded(self, schema: Any, depth: int = 0) -> Iterator[Schema]:
        """Yield a schema and every other that it says applies too, or may apply."""
        if not isinstance(schema, Mapping) or depth > _DEPTH:
            return
        yield schema
        if (reference := schema.get("$ref")) is not None:
            yield from self._expanded(self._resolved(reference), depth + 1)
        for combination in ("allOf", "anyOf", "oneOf"):
            for each in schema.get(combination, ()):
                yield from self._expanded(each, depth + 1)
        for branch in ("then", "else"):
            yield from self._expanded(schema.get(branch), depth + 1)

    def _resolved(self, reference: str) -> Any:
        # What a schema refers to elsewhere is not at hand, so it says nothing.
        if not reference.startswith("#/"):
            return {"additionalProperties": {}}
        place: Any = self._document
        for step in reference[2:].split("/"):
            place = place[step.replace("~1", "/").replace("~0", "~")]
        return place


def _any_name(schema: Schema) -> Schema | None:
    """Return what a schema says of properties whatever their name; None if it has nothing to say."""
    additional = schema.get("additionalProperties")
    if isinstance(additional, Mapping):
        return additional
    if schema.get("patternProperties"):
        return {}
    return {} if additional is True and not schema.get("properties") else None


def _sharpest(error: ValidationError) -> ValidationError:
    """Return the error that tells most: of a failed choice the part that came nearest to fitting."""
    best = jsonschema.exceptions.best_match([error])
    return best if isinstance(best, ValidationError) else error


def _at(values: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        values = values[step]
    return values


def _unjudged(uri: str) -> Resource[Any]:
    del uri
    return Resource.from_contents({}, default_specification=DRAFT7)


# A rehearsal fetches nothing.
_NOTHING_FETCHED: Final[Registry[Any]] = Registry(retrieve=_unjudged)  # type: ignore[call-arg]  # attrs' own signature
