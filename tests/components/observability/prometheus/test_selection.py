"""Every monitor and every rule has exactly one Prometheus: shown for selectors in general, and for the six."""

from itertools import product
from typing import Any

import pytest

from components.kit.monitoring import LABEL, Instance
from components.observability.prometheus import instances, manifests
from components.observability.prometheus.selection import KINDS, NAMESPACE_NAME, matches, overlap, overlaps, selected_by
from components.observability.prometheus.settings import PrometheusSettings
from tests.components import examples
from tests.components.observability.prometheus.stage import PLATFORM, around, specs


def _expression(operator: str, *values: str) -> dict[str, Any]:
    return {"matchExpressions": [{"key": "team", "operator": operator, "values": [*values]}]}


@pytest.mark.parametrize(
    ("selector", "taken"),
    [
        (None, []),
        ({}, ["none", "a", "b"]),
        ({"matchLabels": {"team": "a"}}, ["a"]),
        (_expression("In", "a", "b"), ["a", "b"]),
        (_expression("NotIn", "a"), ["none", "b"]),
        (_expression("Exists"), ["a", "b"]),
        (_expression("DoesNotExist"), ["none"]),
        ({"matchLabels": {"team": "a"}, **_expression("NotIn", "a")}, []),
    ],
)
def test_a_selector_takes_what_the_api_server_would_have_it_take(
    selector: dict[str, Any] | None, taken: list[str]
) -> None:
    objects: dict[str, dict[str, str]] = {"none": {}, "a": {"team": "a"}, "b": {"team": "b", "more": "x"}}

    assert [name for name, labels in objects.items() if matches(selector, labels)] == taken


def test_an_operator_that_the_api_does_not_know_is_no_silent_yes() -> None:
    with pytest.raises(ValueError, match="Like is no operator"):
        matches(_expression("Like", "a"), {"team": "a"})


_SELECTORS: tuple[dict[str, Any], ...] = (
    {},
    {"matchLabels": {"team": "a"}},
    {"matchLabels": {"tier": "x"}},
    {"matchLabels": {"team": "a", "tier": "y"}},
    _expression("In", "a", "b"),
    _expression("NotIn", "a"),
    _expression("NotIn", "a", "b"),
    _expression("Exists"),
    _expression("DoesNotExist"),
)
_OBJECTS: tuple[dict[str, str], ...] = tuple(
    {key: value for key, value in (("team", team), ("tier", tier)) if value}
    for team, tier in product(("", "a", "b", "c"), ("", "x", "y", "z"))
)


@pytest.mark.parametrize("one", _SELECTORS, ids=str)
@pytest.mark.parametrize("other", _SELECTORS, ids=str)
def test_two_selectors_overlap_just_when_some_object_is_taken_by_both(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    shared = overlap(one, other)

    assert (shared is not None) == any(matches(one, each) and matches(other, each) for each in _OBJECTS)
    if shared is not None:
        assert matches(one, shared)
        assert matches(other, shared)


def test_an_overlap_is_told_with_both_names_and_an_object_that_both_would_take() -> None:
    found = list(overlaps({"a": {"matchLabels": {"team": "a"}}, "b": {"matchLabels": {"tier": "x"}}, "c": {}}))

    assert found == [
        ("a", "b", {"team": "a", "tier": "x"}),
        ("a", "c", {"team": "a"}),
        ("b", "c", {"tier": "x"}),
    ]


_MAPPED: dict[str, Any] = {
    "instances": {"database": {"selects": ["mysql", "postgres"]}, "argos": {"selects": ["rollouts"]}}
}


@pytest.mark.parametrize("given", [{}, _MAPPED], ids=["as they are", "with values of their own"])
def test_no_two_instances_take_one_object_and_no_label_is_left_out(given: dict[str, Any]) -> None:
    settings = examples.parsed(PrometheusSettings, **given)
    selectors = {str(each): instances.selector(settings, each) for each in Instance}

    assert list(overlaps(selectors)) == []
    named = [value for each in Instance for value in instances.values_of(settings, each)]
    for labels in ({}, *({LABEL: value} for value in [*named, "app", "anything-else"])):
        assert [name for name, each in selectors.items() if matches(each, labels)] != []


@pytest.mark.parametrize(
    ("labels", "namespace", "expected"),
    [
        ({}, "shop", ("app",)),
        ({LABEL: "app"}, "shop", ("app",)),
        ({LABEL: "unheard-of"}, "shop", ("app",)),
        ({LABEL: "database"}, "shop", ("database",)),
        ({LABEL: "mysql"}, "shop", ("database",)),
        ({LABEL: "argos"}, "shop", ("argos",)),
        ({LABEL: "system"}, "monitoring", ("system",)),
        ({LABEL: "platform"}, "vault", ("platform",)),
        # Whoever may write a monitor of theirs must not fill the platform's, nor read with its rights.
        ({LABEL: "system"}, "shop", ()),
        ({LABEL: "platform"}, "shop", ()),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_an_object_is_for_one_instance_whatever_its_kind(
    kind: str, labels: dict[str, str], namespace: str, expected: tuple[str, ...]
) -> None:
    assert selected_by(specs(**_MAPPED), kind, labels, {NAMESPACE_NAME: namespace}) == expected


def test_the_platforms_instances_listen_to_the_platforms_namespaces_and_to_no_other() -> None:
    closed = {name: spec["serviceMonitorNamespaceSelector"] for name, spec in specs().items()}

    wanted = {"matchExpressions": [{"key": NAMESPACE_NAME, "operator": "In", "values": sorted(PLATFORM)}]}
    assert {name for name, selector in closed.items() if selector == wanted} == {"system", "platform"}
    assert all(selector in ({}, wanted) for selector in closed.values())


def test_what_may_read_files_of_its_pod_listens_to_the_platform_alone() -> None:
    """A monitor that names the token's file has it sent to whatever address the monitor names."""
    for instance, size in instances.SIZES.items():
        spec = manifests.prometheus(PrometheusSettings(), instance, around())["spec"]
        assert spec["arbitraryFSAccessThroughSMs"]["deny"] is not size.reads_own_files
        assert size.platform_only or not size.reads_own_files
