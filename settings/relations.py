"""Relations between layers: stated as functions, checked between all layers that are sound, all reported together."""

import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeAlias

from pydantic import TypeAdapter, ValidationError, model_validator
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from components.kit.settings import Settings
from settings.shape import Path


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two layers' settings that cannot both stand.

    Attributes:
        keys: The key paths concerned; the first is the one to change.
        why: What does not fit and why, as a sentence about the first key.
        remedy: A value for the first key that ends the conflict, if there is an obvious one.

    """

    keys: tuple[Path, ...]
    why: str
    remedy: object = None


Relation: TypeAlias = Callable[..., Iterable[Conflict]]
"""Checks settings of several layers. Its parameters are named as the layers it needs."""


class Assembled(Settings):
    """A model made of layers, with relations between them."""

    relations: ClassVar[tuple[Relation, ...]] = ()

    @model_validator(mode="after")
    def _relations_hold(self) -> Self:
        self._check(dict(self))
        return self

    @classmethod
    def problems(cls, data: Mapping[str, object]) -> list[ErrorDetails]:
        """Return everything that is wrong with the data; a broken layer does not hide relations between the others."""
        try:
            cls.model_validate_json(as_json(data))
        except ValidationError as error:
            found = error.errors(include_url=False)
        else:
            return []
        # A layer in conflict counts as broken too: its relations have been checked.
        broken = {problem["loc"][0] for problem in found}
        sound = {name: cls._layer(name, data) for name in cls.model_fields if name not in broken}
        try:
            cls._check(sound)
        except ValidationError as error:
            found += error.errors(include_url=False)
        return found

    @classmethod
    def _layer(cls, name: str, data: Mapping[str, object]) -> object:
        field = cls.model_fields[name]
        if name not in data:
            return field.get_default(call_default_factory=True, validated_data={})
        return TypeAdapter(field.rebuild_annotation()).validate_json(as_json(data[name]))

    @classmethod
    def _check(cls, layers: Mapping[str, object]) -> None:
        conflicts = cls._conflicts(layers)
        if conflicts:
            # A validator can raise several errors in this form only.
            raise ValidationError.from_exception_data(cls.__name__, conflicts)

    @classmethod
    def _conflicts(cls, layers: Mapping[str, object]) -> list[InitErrorDetails]:
        return [
            InitErrorDetails(
                type=PydanticCustomError("conflict", "{why}", {"why": conflict.why, "conflict": conflict}),
                loc=conflict.keys[0],
                input=None,
            )
            for relation in cls.relations
            if (names := list(inspect.signature(relation).parameters)) and set(names) <= set(layers)
            for conflict in relation(**{name: layers[name] for name in names})
        ]


def as_json(data: Any) -> str:
    """Write configuration as JSON; what YAML knows and JSON does not (a date) becomes text."""
    return json.dumps(data, default=str)
