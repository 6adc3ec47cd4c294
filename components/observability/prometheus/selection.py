"""Which Prometheus an object is for: Kubernetes' label selectors, evaluated and proved to divide all there is."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, Final, TypeAlias

Labels: TypeAlias = Mapping[str, str]
Selector: TypeAlias = Mapping[str, Any]

KINDS: Final[Mapping[str, str]] = {
    "ServiceMonitor": "serviceMonitor",
    "PodMonitor": "podMonitor",
    "Probe": "probe",
    "ScrapeConfig": "scrapeConfig",
    "PrometheusRule": "rule",
}
"""The kinds that an instance selects, with what begins the names of the two selectors in its spec."""

NAMESPACE_NAME: Final = "kubernetes.io/metadata.name"
"""The label that every namespace has: https://kubernetes.io/docs/reference/labels-annotations-taints/"""


def matches(selector: Selector | None, labels: Labels) -> bool:
    """Tell whether a label selector takes an object; none takes nothing, an empty one everything.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements

    Raises:
        ValueError: the API knows no such operator.

    """
    if selector is None:
        return False
    return all(_holds(key, operator, values, labels) for key, operator, values in _requirements(selector))


def _requirements(selector: Selector) -> Iterator[tuple[str, str, Sequence[str]]]:
    for key, value in (selector.get("matchLabels") or {}).items():
        yield key, "In", (value,)
    for each in selector.get("matchExpressions") or ():
        yield each["key"], each["operator"], each.get("values") or ()


def _holds(key: str, operator: str, values: Sequence[str], labels: Labels) -> bool:
    match operator:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case _:
            raise ValueError(f"{operator} is no operator of a label selector")


def selected_by(
    prometheuses: Mapping[str, Mapping[str, Any]], kind: str, labels: Labels, namespace: Labels
) -> tuple[str, ...]:
    """Return the names of the instances that take an object.

    Args:
        prometheuses: The specs of the instances, by name.
        kind: The object's, one of `KINDS`.
        labels: Its labels.
        namespace: The labels of its namespace.

    """
    prefix = KINDS[kind]
    return tuple(
        name
        for name, spec in prometheuses.items()
        if matches(spec.get(f"{prefix}Selector"), labels) and matches(spec.get(f"{prefix}NamespaceSelector"), namespace)
    )


def overlap(one: Selector, other: Selector) -> Labels | None:
    """Return labels that both selectors take, or None where there are no such.

    Labels are independent of each other, so it is enough to find a value, or the absence, for each key by itself.
    """
    found: dict[str, str] = {}
    both = [*_requirements(one), *_requirements(other)]
    for key in {key for key, _, _ in both}:
        about = [requirement for requirement in both if requirement[0] == key]
        named = [value for _, _, values in about for value in values]
        # Beyond the values that are named, one more stands for all others.
        candidates: list[Labels] = [{}, *({key: value} for value in named), {key: "-".join(["other", *named])}]
        chosen = next((each for each in candidates if all(_holds(*req, each) for req in about)), None)
        if chosen is None:
            return None
        found.update(chosen)
    return found


def overlaps(selectors: Mapping[str, Selector]) -> Iterator[tuple[str, str, Labels]]:
    """Yield each two instances that would take the same object, with labels of such an object."""
    for one, other in combinations(selectors, 2):
        shared = overlap(selectors[one], selectors[other])
        if shared is not None:
            yield one, other, shared
