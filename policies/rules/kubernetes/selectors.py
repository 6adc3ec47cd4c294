"""Tells which objects a label selector means, as the API server does."""

from collections.abc import Mapping, Sequence
from typing import Any

from policies.values import Unknown, read, split


def matches(selector: Any, labels: Mapping[str, Any]) -> bool:
    """Tell whether a selector takes labels; one that says nothing takes all, one that is not there none.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
    """
    if not isinstance(selector, Mapping):
        return False
    wanted = read(selector, "matchLabels", default={})
    if isinstance(wanted, Unknown) or any(labels.get(key) != value for key, value in wanted.items()):
        return False
    expressions, unknown = split(read(selector, "matchExpressions"))
    return not unknown and all(_holds(each, labels) for each in expressions)


def _holds(expression: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    key, operator = expression.get("key"), expression.get("operator")
    values: Sequence[Any] = expression.get("values") or ()
    given = labels.get(str(key))
    return {
        "In": given is not None and given in values,
        "NotIn": given is None or given not in values,
        "Exists": given is not None,
        "DoesNotExist": given is None,
    }.get(str(operator), False)
