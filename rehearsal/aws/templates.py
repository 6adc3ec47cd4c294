"""Filling in what no input gives: `{id}`, `{clusterName}`, or a JMESPath into an answer of AWS."""

import re
from collections.abc import Mapping
from typing import Any, Final

import jmespath

from rehearsal.providers.properties import UNKNOWN

_FIELD: Final = re.compile(r"\{(\w+)\}")


def render(template: Any, context: Mapping[str, Any], answers: Any = None) -> Any:
    """Return a template with its fields filled in; `UNKNOWN` where one of them is not known.

    A template that is one field alone becomes that field's value as it is, a list for instance.
    """
    if isinstance(template, Mapping):
        return {key: render(item, context, answers) for key, item in template.items()}
    if isinstance(template, list | tuple):
        return [render(item, context, answers) for item in template]
    return _text(template, context, answers) if isinstance(template, str) else template


def look_up(expression: str, context: Mapping[str, Any], answers: Any) -> Any:
    """Return what an identifier's expression stands for: a template if it has a field in braces, else a JMESPath."""
    return render(expression if "{" in expression else f"={expression}", context, answers)


def _text(template: str, context: Mapping[str, Any], answers: Any) -> Any:
    if template.startswith("="):
        return UNKNOWN if answers is None else jmespath.search(template[1:], answers)
    fields = _FIELD.findall(template)
    values = {name: context.get(name, UNKNOWN) for name in fields}
    if any(value is UNKNOWN for value in values.values()):
        return UNKNOWN
    if fields and template == f"{{{fields[0]}}}":
        return values[fields[0]]
    return _FIELD.sub(lambda match: str(values[match[1]]), template)
