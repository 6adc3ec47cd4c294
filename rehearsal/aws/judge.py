"""The judgement of a request by AWS's definition of the operation: types, members, values and bounds."""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from rehearsal.aws.definitions import Shape, request_shape
from rehearsal.aws.mapping import Request, Where
from rehearsal.aws.names import pulumi_spelling
from rehearsal.aws.patterns import matches
from rehearsal.providers.properties import UNKNOWN
from rehearsal.providers.standin import Failure

# Longer enumerations (EC2 has a thousand instance types) are shown by the nearest values only.
_SHOWN: Final = 30
_QUOTED: Final = 80

_NUMBERS: Final = frozenset({"integer", "long", "float", "double"})
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "structure": (Mapping,),
    "map": (Mapping,),
    "list": (list,),
    "blob": (str, bytes),
}

_Judgement = Callable[[Shape, Any, Where, str], Iterator[Failure]]


def judge(request: Request) -> list[Failure]:
    """Return every fault of a request; a value that is not known yet is neither good nor bad."""
    shape = request_shape(request.service, request.call.operation)
    return [*request.faults, *_Judge(request).of(shape, request.members, (), "")]


class _Judge:
    """Walks one request along the shape of its operation."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def of(self, shape: Shape, value: Any, where: Where, member: str) -> Iterator[Failure]:
        if value is UNKNOWN:
            return
        if not _is_a(shape.type_name, value):
            yield self._fault(where, f"{member} takes {_kind(shape)}, not {_quoted(value)}")
        elif shape.type_name in _NUMBERS:
            yield from self._bounds(shape, value, where, f"{member} is", "")
        else:
            inner: Mapping[str, _Judgement] = {
                "structure": self._structure,
                "list": self._list,
                "map": self._map,
                "string": self._string,
            }
            if shape.type_name in inner:
                yield from inner[shape.type_name](shape, value, where, member)

    def _list(self, shape: Shape, value: list[Any], where: Where, member: str) -> Iterator[Failure]:
        yield from self._bounds(shape, len(value), where, f"{member} takes", "elements")
        for position, element in enumerate(value):
            yield from self.of(shape.member, element, (*where, position), f"{member}[{position}]")

    def _map(self, shape: Shape, value: Mapping[str, Any], where: Where, member: str) -> Iterator[Failure]:
        yield from self._bounds(shape, len(value), where, f"{member} takes", "entries")
        for key, entry in value.items():
            yield from self.of(shape.key, key, (*where, key), f"the key {key!r} of {member}")
            yield from self.of(shape.value, entry, (*where, key), f"{member}[{key!r}]")

    def _structure(self, shape: Shape, value: Mapping[str, Any], where: Where, member: str) -> Iterator[Failure]:
        for name in shape.required_members:
            if name not in value:
                yield self._missing(where, name, f"{member}.{name}".lstrip("."))
        for name, item in value.items():
            path = f"{member}.{name}".lstrip(".")
            if name in shape.members:
                yield from self.of(shape.members[name], item, (*where, name), path)
            else:
                known = ", ".join(shape.members)
                yield self._fault((*where, name), f"{path} is not a member; there are {known}")

    def _string(self, shape: Shape, value: str, where: Where, member: str) -> Iterator[Failure]:
        allowed = getattr(shape, "enum", None)
        if allowed:
            if value not in allowed:
                yield self._fault(where, f"{member} has no value {_quoted(value)}: {_choice(value, allowed)}")
            return
        yield from self._bounds(shape, len(value), where, f"{member} takes", "characters")
        pattern = shape.metadata.get("pattern")
        if pattern and not matches(pattern, value):
            yield self._fault(where, f"{member} must match {pattern}, which {_quoted(value)} does not")

    def _bounds(self, shape: Shape, size: float, where: Where, subject: str, unit: str) -> Iterator[Failure]:
        least = shape.metadata.get("min")
        most = shape.metadata.get("max")
        if least is not None and size < least:
            yield self._fault(where, f"{subject} at least {least} {unit}".rstrip() + f", not {size}")
        if most is not None and size > most:
            yield self._fault(where, f"{subject} at most {most} {unit}".rstrip() + f", not {size}")

    def _missing(self, where: Where, name: str, path: str) -> Failure:
        around = self._request.origin(where)
        givers = self._givers(name) if not where else []
        wanted = f"{self._request.title} requires {path}, which is not given"
        if len(givers) > 1:
            return Failure(around, f"{wanted}; it comes from one of {', '.join(givers)}")
        spelling = givers[0] if givers else pulumi_spelling(name)
        return Failure(f"{around}.{spelling}".lstrip("."), wanted)

    def _givers(self, name: str) -> list[str]:
        """Return the inputs that become a member, by the table."""
        call = self._request.call
        aliases = [given for given, member in call.members.items() if re.split(r"[.\[]", member)[0] == name]
        return list(dict.fromkeys([*aliases, *(given for given, implied in call.implied.items() if name in implied)]))

    def _fault(self, where: Where, reason: str) -> Failure:
        return Failure(self._request.origin(where), f"{self._request.title}: {reason}")


def _is_a(kind: str, value: Any) -> bool:
    if kind in _NUMBERS and isinstance(value, bool):
        return False
    return kind not in _TYPES or isinstance(value, _TYPES[kind])


def _kind(shape: Shape) -> str:
    article = "an" if shape.type_name[0] in "aeiou" else "a"
    if shape.type_name == "list":
        return f"a list of {shape.member.type_name}s"
    return f"{article} {shape.type_name}"


def _quoted(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"


def _choice(value: str, allowed: list[str]) -> str:
    folded = {item.lower(): item for item in allowed}
    near = [folded[item] for item in difflib.get_close_matches(value.lower(), folded, n=3)]
    if len(allowed) <= _SHOWN:
        return f"the values are {', '.join(allowed)}" + (f"; nearest is {near[0]}" if near else "")
    return (
        f"nearest of its {len(allowed)} values are {', '.join(near)}"
        if near
        else f"it has {len(allowed)} values, none near"
    )
