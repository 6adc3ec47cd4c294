"""In every stack each monitor and each rule has exactly one Prometheus, and whoever may be scraped is."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from components.assembly.connections import connections
from components.assembly.security import left_alone
from components.kit.flows import PROMETHEUS, Workload
from components.kit.monitoring import LABEL, Instance
from components.observability.prometheus import manifests
from components.observability.prometheus.selection import KINDS, NAMESPACE_NAME, overlaps, selected_by
from components.observability.thanos import compactors
from components.observability.thanos import settings as thanos
from rehearsal.charts.chart import laid_over
from rehearsal.charts.library import at_hand
from tests.contracts.releases import releases
from tests.contracts.unjudged import UNJUDGED
from tests.environments import EVERY, STACKS, assembled, settings_of

_MONITORED: Final = tuple(stack for stack in EVERY if settings_of(stack).observability.enabled)


def _prometheuses(stack: str) -> dict[str, Mapping[str, Any]]:
    made = assembled(stack).of("kubernetes:monitoring.coreos.com/v1:Prometheus")
    return {each.inputs["metadata"]["name"]: each.inputs["spec"] for each in made}


def _objects(stack: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for made in assembled(stack).resources:
        kind = made.type.rpartition(":")[2]
        if made.type.startswith("kubernetes:monitoring.coreos.com/") and kind in KINDS:
            yield kind, made.inputs["metadata"]


@pytest.mark.parametrize("stack", _MONITORED)
def test_every_monitor_and_every_rule_has_exactly_one_prometheus(stack: str) -> None:
    prometheuses = _prometheuses(stack)
    astray = {
        f"{kind} {metadata['namespace']}/{metadata['name']}": found
        for kind, metadata in _objects(stack)
        for found in [
            selected_by(prometheuses, kind, metadata.get("labels") or {}, {NAMESPACE_NAME: str(metadata["namespace"])})
        ]
        if len(found) != 1
    }

    assert len(prometheuses) == len(Instance)
    assert [*_objects(stack)]
    assert astray == {}


@pytest.mark.parametrize("stack", _MONITORED)
def test_what_is_the_platforms_names_its_prometheus(stack: str) -> None:
    """What names none is taken for a user's, and a fault in a name would go unnoticed."""
    known = {str(each) for each in Instance}

    strangers = {
        f"{metadata['namespace']}/{metadata['name']}": (metadata.get("labels") or {}).get(LABEL)
        for _, metadata in _objects(stack)
        if (metadata.get("labels") or {}).get(LABEL) not in known
    }
    assert strangers == {}


@pytest.mark.parametrize("stack", _MONITORED)
@pytest.mark.parametrize("prefix", KINDS.values())
def test_no_two_instances_take_the_same_object(stack: str, prefix: str) -> None:
    selectors = {name: spec[f"{prefix}Selector"] for name, spec in _prometheuses(stack).items()}

    assert list(overlaps(selectors)) == []


_MONITOR = re.compile(r"(service|pod)?_?monitor|(prometheus)?rules?|prometheusRule", re.IGNORECASE)
_LABELS = ("labels", "additionalLabels", "extraLabels", "selector")


def _switched_on(values: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Yield what values have a chart make of monitors and rules, but within what is switched off."""
    if not isinstance(values, Mapping) or values.get("enabled") is False or values.get("create") is False:
        return
    for key, value in values.items():
        if not isinstance(value, Mapping):
            continue
        on = value.get("enabled") is True or value.get("create") is True or value.get("selfMonitor") is True
        if _MONITOR.fullmatch(str(key)) and on:
            yield (*path, str(key)), value
        yield from _switched_on(value, (*path, str(key)))


# A dependency that another key switches on, and definitions of kinds.
_OFF = {("kube-prometheus-stack", "prometheus-windows-exporter"), ("prometheus-operator-crds", "crds")}


def test_every_monitor_that_a_chart_makes_names_its_prometheus() -> None:
    library = at_hand()
    if library is None:
        pytest.skip("the charts' own files are not at hand: set CHART_DATA")
    seen = []
    unnamed = []
    for release in releases():
        if release.entry in UNJUDGED:
            continue
        found = library.find(release.chart, release.version, release.repository)
        assert found is not None
        for path, value in _switched_on(laid_over(found.defaults, release.values)):
            if (found.name, path[0]) in _OFF:
                continue
            seen.append(path)
            labels = {**{key: text for each in _LABELS for key, text in (value.get(each) or {}).items()}}
            if labels.get(LABEL) not in {str(each) for each in Instance}:
                unnamed.append((release.stack, release.name, ".".join(path)))

    assert seen
    assert unnamed == []


@pytest.mark.parametrize("stack", _MONITORED)
def test_whoever_may_be_scraped_is_watched_at_that_port(stack: str) -> None:
    watched: Counter[tuple[str, frozenset[tuple[str, str]], int]] = Counter()
    for made in assembled(stack).of("kubernetes:monitoring.coreos.com/v1:PodMonitor"):
        metadata, spec = made.inputs["metadata"], made.inputs["spec"]
        for endpoint in spec["podMetricsEndpoints"]:
            if "portNumber" in endpoint:
                pods = frozenset(spec["selector"]["matchLabels"].items())
                watched[metadata["namespace"], pods, int(endpoint["portNumber"])] += 1
    scraped = {
        (flow.server.namespace, frozenset(flow.server.labels.items()), flow.port)
        for flow in connections(settings_of(stack))
        if flow.client == PROMETHEUS and isinstance(flow.server, Workload)
    }

    others = {"monitoring", "node-exporter", "thanos", "grafana", "platform-etcd"}
    # CoreDNS by the operator's chart, the metrics server by its Service.
    others_pods = {frozenset({("k8s-app", "kube-dns")}), frozenset({("app.kubernetes.io/instance", "metrics-server")})}
    own = {
        each
        for each in scraped
        if each[0] in left_alone() and each[0] not in others and not any(pods <= each[1] for pods in others_pods)
    }
    assert own
    assert {each for each in own if watched[each] != 1} == set()
    assert set(watched) - own == {each for each in watched if each[0] in others}


def _clusters() -> list[str]:
    return [settings_of(stack).cluster.name for stack in STACKS]


def test_no_two_environments_call_their_clusters_alike() -> None:
    """Their series would be taken for replicas of one another wherever they meet, and one of them thrown away."""
    assert [name for name, count in Counter(_clusters()).items() if count > 1] == []


def test_no_two_prometheuses_of_any_environments_have_the_same_external_labels() -> None:
    labels = [
        tuple(sorted(spec["externalLabels"].items())) for stack in STACKS for spec in _prometheuses(stack).values()
    ]

    assert len(set(labels)) == len(labels) == len(Instance) * len(STACKS)
    assert all({name for name, _ in each} == {"cluster", "prometheus"} for each in labels)


def test_a_sidecar_and_thanos_agree_on_who_uploads_where_and_in_which_version() -> None:
    assert manifests.ACCOUNT == thanos.SIDECAR_ACCOUNT
    assert manifests.OBJECTS_KEY == thanos.OBJECTS_KEY
    assert manifests.SIDECAR_IMAGE == compactors.IMAGE


@pytest.mark.parametrize("stack", _MONITORED)
def test_monitors_in_edge_mode_or_without_a_bucket_upload_nothing(stack: str) -> None:
    settings = settings_of(stack).observability

    uploads = {"thanos" in spec for spec in _prometheuses(stack).values()}
    assert uploads == {settings.thanos.enabled and settings.prometheus.edge is None}
