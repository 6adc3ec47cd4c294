"""Which calls a resource's inputs lead to, as requests ready to be judged or sent."""

from collections.abc import Iterator, Mapping
from typing import Any

import jmespath

from rehearsal.aws.mapping import Request, compose
from rehearsal.aws.table import Call, Row
from rehearsal.aws.templates import render
from rehearsal.providers.properties import UNKNOWN

Inputs = Mapping[str, Any]


def creation(row: Row, inputs: Inputs, context: Mapping[str, Any]) -> Request:
    """Return the request that makes the resource."""
    routed = row.routed()
    first = {name: value for name, value in inputs.items() if name not in routed}
    return compose(row, row.create, first, render(row.create.fixed, context))


def requests(
    row: Row, call: Call, inputs: Inputs, context: Mapping[str, Any], answers: Any = None
) -> Iterator[Request]:
    """Yield the requests of a call after the first: none, one, or one for each element.

    Args:
        row: The resource type's row.
        call: One of its calls.
        inputs: All inputs of the resource.
        context: What the templates may name: the inputs, `id`, `account`, `region`, `partition`, `logical`.
        answers: What AWS answered so far, by name; nothing before the resource is made.

    """
    if call.needs and answers is not None and not jmespath.search(call.needs, answers):
        return
    if call.each:
        elements = inputs.get(call.each)
        for position, element in enumerate(elements if isinstance(elements, list) else []):
            if element is not UNKNOWN:
                chosen = element if isinstance(element, Mapping) else {call.each: element}
                yield compose(row, call, chosen, render(call.fixed, context, answers), position)
        return
    chosen = _taken(row, call, inputs)
    if call.takes and not chosen and not call.always:
        return
    if any(chosen.get(name) != value for name, value in call.only.items()):
        return
    if not any(chosen.get(name, UNKNOWN) == value for name, value in call.unless.items()):
        yield compose(row, call, chosen, render(call.fixed, context, answers))


def changes(call: Call, changed: frozenset[str]) -> bool:
    """Tell whether a change of these inputs is brought to AWS by this call."""
    if "*" in call.takes:
        # Tags belong to the whole and not to its versions.
        return bool(changed - {"tags"})
    return bool(changed & {*call.takes, call.each})


def _taken(row: Row, call: Call, inputs: Inputs) -> dict[str, Any]:
    if "*" in call.takes:
        # A new version of the whole: what can change.
        left_out = {*row.immutable, *row.routed(), "tags"}
        return {name: value for name, value in inputs.items() if name not in left_out and value is not None}
    return {name: inputs[name] for name in call.takes if inputs.get(name) is not None}
