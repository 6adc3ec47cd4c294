"""From a resource's inputs to the request of an operation; an input that finds no member is a fault, never dropped."""

import copy
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from rehearsal.aws.definitions import Shape, request_shape
from rehearsal.aws.names import bare, counterpart
from rehearsal.aws.table import Call, Row
from rehearsal.providers.properties import UNKNOWN
from rehearsal.providers.standin import Failure

# What the SDK takes as a map and AWS as a list.
_NAMED: Final = ("tags", "dimensions")
_STEP: Final = re.compile(r"(?P<name>\w+)(?P<many>\[\]|\[\*\])?")

Where = tuple[str | int, ...]
"""A place in a request: ``("Tags", 0, "Key")``."""


@dataclass(slots=True)
class Request:
    """A request in the making.

    Attributes:
        service: botocore's name of the service.
        call: The call of the table that it is made for.
        members: What is sent; may hold `UNKNOWN` at any depth.
        origins: Which input a place in `members` came from, in Pulumi's spelling.
        faults: Inputs that have no home.

    """

    service: str
    call: Call
    members: dict[str, Any] = field(default_factory=dict)
    origins: dict[Where, str] = field(default_factory=dict)
    faults: list[Failure] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Return the operation in AWS's terms, ``ec2 CreateVpc``."""
        return f"{self.service} {self.call.operation}"

    def origin(self, where: Where) -> str:
        """Return the input that a place, or the nearest place around it, came from."""
        while where and where not in self.origins:
            where = where[:-1]
        return self.origins.get(where, "")


def compose(
    row: Row, call: Call, inputs: Mapping[str, Any], given: Mapping[str, Any], element: int | None = None
) -> Request:
    """Return the request that `call` sends for `inputs`.

    Args:
        row: The resource type's row.
        call: One of its calls.
        inputs: The inputs that go to this call, without those of others.
        given: The members that no input gives (`Call.fixed`, filled in).
        element: Which element of `Call.each` the inputs are, if it is made for one.

    """
    members = {name: value for name, value in given.items() if value is not None}
    for name, implied in call.implied.items():
        if inputs.get(name):
            members.update(copy.deepcopy(dict(implied)))
    request = Request(service=call.service or row.service, call=call, members=members)
    composer = _Composer(row, request)
    shape = request_shape(request.service, call.operation)
    table, written = ("", "") if element is None else (f"{call.each}.", f"{call.each}[{element}].")
    for name, value in inputs.items():
        item = _Input(name, f"{table}{name}", f"{written}{name}", value)
        if name == call.each:  # an element that is no structure
            item = _Input(name, name, written.rstrip("."), value)
        if value is not None and not row.explained(item.path):
            composer.put(request.members, shape, (), item)
    return request


@dataclass(frozen=True, slots=True)
class _Input:
    """An input to be placed: its name, its path in the table, its path as the user wrote it, its value."""

    name: str
    path: str
    origin: str
    value: Any


class _Composer:
    """Places inputs in one request."""

    def __init__(self, row: Row, request: Request) -> None:
        self._row = row
        self._request = request
        self._call = request.call

    def put(self, members: dict[str, Any], shape: Shape, where: Where, item: _Input) -> None:
        """Place one input among the members of one structure."""
        reason = self._row.not_rehearsed.get(item.path)
        if reason is not None:
            self._fault(item, f"is not rehearsed: {reason}")
            return
        if not where and item.name == "tags" and self._call.tagged:
            self._tag(members, item)
            return
        path = self._call.members.get(item.path) or self._found(shape, where, item)
        if path is None:
            self._fault(
                item,
                f"{self._request.title} has no member for this input, and the rehearsal's table for {self._row.type} "
                f"names none: it is misspelt, or the table lacks it",
            )
            return
        self._descend(members, shape, where, list(_steps(path)), item)

    def _found(self, shape: Shape, where: Where, item: _Input) -> str | None:
        if shape.type_name != "structure":
            return None
        found = counterpart(item.name, shape.members)
        if found is None and not where and self._call.container:
            inner = counterpart(item.name, shape.members[self._call.container].members)
            return f"{self._call.container}.{inner}" if inner else None
        return found

    def _descend(
        self, members: dict[str, Any], shape: Shape, where: Where, steps: list[tuple[str, str]], item: _Input
    ) -> None:
        (name, many), *rest = steps
        member = shape.value if shape.type_name == "map" else shape.members[name]
        here = (*where, name)
        if many == "[*]" and isinstance(item.value, list):
            elements = members.setdefault(name, [])
            for position, value in enumerate(item.value):
                element = _Input(item.name, item.path, f"{item.origin}[{position}]", value)
                elements.append(dict(self._call.beside.get(item.path, {})))
                self._descend(elements[-1], member.member, (*here, len(elements) - 1), rest, element)
            return
        if many and rest:
            elements = members.setdefault(name, [{}])
            self._descend(elements[0], member.member, (*here, 0), rest, item)
        elif many:
            elements = members.setdefault(name, [])
            elements.append(self.shaped(member.member, (*here, len(elements)), item))
        elif rest:
            self._descend(members.setdefault(name, {}), member, here, rest, item)
        else:
            members[name] = self.shaped(member, here, item)

    def shaped(self, shape: Shape, where: Where, item: _Input) -> Any:
        """Return an input's value in the form of a member; what does not fit is left for the judge to name."""
        self._request.origins[where] = item.origin
        value = item.value
        if value is UNKNOWN:
            return value
        if shape.type_name == "structure":
            return self._structure(shape, where, item)
        if shape.type_name == "list":
            return self._list(shape, where, item)
        entries = _entries(item) if shape.type_name == "map" else None
        if entries is not None:
            return {key: self.shaped(shape.value, (*where, key), entry) for key, entry in entries.items()}
        return _scalar(shape.type_name, value)

    def _structure(self, shape: Shape, where: Where, item: _Input) -> Any:
        value = item.value
        # Terraform's blocks of at most one element arrive as lists where Pulumi does not flatten them.
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if not isinstance(value, Mapping):
            return value
        members: dict[str, Any] = {}
        for name, inner in value.items():
            path = f"{item.path}.{name}"
            if inner is not None and not self._row.explained(path):
                self.put(members, shape, where, _Input(name, path, f"{item.origin}.{name}", inner))
        return members

    def _list(self, shape: Shape, where: Where, item: _Input) -> Any:
        value = item.value
        if isinstance(value, Mapping):
            if bare(item.name) in _NAMED and shape.member.type_name == "structure":
                return self._pairs(shape, where, item)
            value = [value]
        if not isinstance(value, list):
            return value
        elements = [_Input(item.name, item.path, f"{item.origin}[{n}]", element) for n, element in enumerate(value)]
        return [self.shaped(shape.member, (*where, n), element) for n, element in enumerate(elements)]

    def _pairs(self, shape: Shape, where: Where, item: _Input) -> list[dict[str, Any]]:
        """Return a map as AWS's older services want it: a list of Key and Value (KMS: TagKey; CloudWatch: Name)."""
        key = counterpart("key", shape.member.members) or counterpart("name", shape.member.members) or "TagKey"
        value = counterpart("value", shape.member.members) or "TagValue"
        pairs = []
        for position, (name, content) in enumerate(item.value.items()):
            self._request.origins[(*where, position)] = f"{item.origin}.{name}"
            pairs.append({key: name, value: _scalar("string", content)})
        return pairs

    def _tag(self, members: dict[str, Any], item: _Input) -> None:
        where: Where = ("TagSpecifications", 0, "Tags")
        self._request.origins[where] = item.origin
        shape = request_shape(self._request.service, self._call.operation).members["TagSpecifications"].member
        tags: Any = item.value
        if isinstance(tags, Mapping):
            if not tags:
                return
            tags = self._pairs(shape.members["Tags"], where, item)
        members["TagSpecifications"] = [{"ResourceType": self._call.tagged, "Tags": tags}]

    def _fault(self, item: _Input, reason: str) -> None:
        self._request.faults.append(Failure(item.origin, reason))


def _steps(path: str) -> Iterator[tuple[str, str]]:
    for step in path.split("."):
        match = _STEP.fullmatch(step)
        if match is None:
            raise ValueError(f"the member path {path} of a table is malformed at {step}")
        yield match["name"], match["many"] or ""


def _entries(item: _Input) -> dict[str, _Input] | None:
    """Return the entries of a map, which Terraform may write as blocks of a name and values; None if it is no map."""
    value = item.value
    if isinstance(value, Mapping):
        return {key: _Input(key, item.path, f"{item.origin}.{key}", entry) for key, entry in value.items()}
    blocks = [block for block in value if isinstance(block, Mapping)] if isinstance(value, list) else []
    if not blocks or any(block.keys() != {"name", "values"} or block["name"] is UNKNOWN for block in blocks):
        return None
    return {
        block["name"]: _Input(block["name"], item.path, f"{item.origin}[{number}].values", block["values"])
        for number, block in enumerate(blocks)
    }


def _scalar(kind: str, value: Any) -> Any:
    """Convert without loss as Pulumi's AWS provider does (Terraform's types are laxer than AWS's)."""
    if kind == "string" and not isinstance(value, str):
        if isinstance(value, Mapping):  # a policy document given as a structure
            return json.dumps(value) if UNKNOWN not in value.values() else UNKNOWN
        if isinstance(value, bool | int | float):
            return json.dumps(value)
    if kind in {"integer", "long"} and isinstance(value, str):
        with suppress(ValueError):
            return int(value)
    if kind == "boolean" and value in {"true", "false"}:
        return value == "true"
    return value
