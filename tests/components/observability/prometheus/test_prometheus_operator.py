"""The operator's chart measures what there is on EKS, leaves the rest, and admits rules by a webhook that stays."""

import re
from typing import Any

import pytest

from components.kit import placement
from components.kit.host_network import TAKEN
from components.observability.prometheus import cardinality
from components.observability.prometheus.flows import CHART, NODE_EXPORTER, WEBHOOK, WEBHOOK_PORT
from components.observability.prometheus.prometheus_operator import NOT_SHOWN, PrometheusOperator, shown, values
from rehearsal.charts.chart import laid_over
from rehearsal.charts.library import at_hand
from tests.components.capacity.stage import RELEASE, refuse_wrong_values
from tests.components.observability.prometheus.stage import output
from tests.components.recording import build

_LABELS = ("owner", "cost-center")


def _values(*, host_network: bool = False) -> dict[str, Any]:
    return values("private", labels=_LABELS, host_network=host_network)


def _everything() -> dict[str, Any]:
    """Return the chart's own values with the platform's laid over them."""
    library = at_hand()
    found = library.find(CHART, "88.5.3", "https://prometheus-community.github.io/helm-charts") if library else None
    if found is None:
        pytest.skip("the charts' own files are not at hand: set CHART_DATA")
    return dict(laid_over(found.defaults, _values()))


@pytest.mark.parametrize("host_network", [False, True])
def test_the_chart_knows_every_value(*, host_network: bool) -> None:
    refuse_wrong_values(CHART, _values(host_network=host_network))


def test_it_is_one_release_in_the_namespace_of_the_monitoring() -> None:
    release = build(lambda: PrometheusOperator("prometheus-operator", issuer=output("private"), labels=_LABELS)).one(
        RELEASE, f"prometheus-operator-{CHART}"
    )

    assert release.inputs["namespace"] == "monitoring"
    assert release.inputs["version"] == "88.5.3"
    assert release.inputs["atomic"] is True


def test_what_no_node_of_eks_shows_is_neither_scraped_nor_missed() -> None:
    """A rule of the chart about what is not scraped would fire for ever."""
    made = _everything()

    scraped = {name for name in NOT_SHOWN if made[name]["enabled"]}
    ruled = made["defaultRules"]["create"]
    assert scraped == set()
    assert ruled is False
    assert made["kubeApiServer"]["enabled"] is made["kubelet"]["enabled"] is made["coreDns"]["enabled"] is True


def test_the_chart_brings_no_prometheus_no_definition_and_no_rule_of_its_own() -> None:
    made = _everything()

    for what in ("prometheus", "alertmanager", "grafana", "crds", "thanosRuler", "windowsMonitoring", "kubeDns"):
        assert made[what]["enabled"] is False, what


def test_every_monitor_of_the_chart_names_its_prometheus() -> None:
    made = _everything()

    system = {"additionalLabels": {"prometheus": "system"}}
    for part in ("kubeApiServer", "kubelet", "coreDns"):
        assert made[part]["serviceMonitor"].items() >= system.items(), part
    for part in ("kube-state-metrics", "prometheus-node-exporter"):
        assert made[part]["prometheus"]["monitor"].items() >= system.items(), part
    assert made["prometheusOperator"]["serviceMonitor"]["additionalLabels"] == {"prometheus": "platform"}


def test_a_rule_that_cannot_be_loaded_is_refused_by_a_webhook_that_no_drain_takes_away() -> None:
    webhooks = _values()["prometheusOperator"]["admissionWebhooks"]

    assert webhooks["failurePolicy"] == "Fail"
    (left_out,) = webhooks["namespaceSelector"]["matchExpressions"]
    assert left_out == {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["kube-system"]}
    deployment = webhooks["deployment"]
    assert deployment["enabled"] is True
    assert deployment["replicas"] >= 2
    assert _everything()["prometheusOperator"]["admissionWebhooks"]["deployment"]["podDisruptionBudget"] == {
        "enabled": True,
        "minAvailable": 1,
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
    }
    spread = deployment["affinity"]["podAntiAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"]
    assert {each["podAffinityTerm"]["topologyKey"] for each in spread} == {
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
    }
    assert all(each["podAffinityTerm"]["labelSelector"]["matchLabels"] == WEBHOOK.labels for each in spread)


def test_its_certificate_renews_itself() -> None:
    webhooks = _values()["prometheusOperator"]["admissionWebhooks"]

    assert webhooks["patch"] == {"enabled": False}
    assert webhooks["certManager"] == {"enabled": True, "issuerRef": {"name": "private", "kind": "ClusterIssuer"}}


def test_the_webhook_listens_where_nobody_on_a_node_does() -> None:
    deployment = _values(host_network=True)["prometheusOperator"]["admissionWebhooks"]["deployment"]

    assert deployment["hostNetwork"] is True
    assert deployment["strategy"]["rollingUpdate"]["maxSurge"] == 0
    assert deployment["tls"] == {"internalPort": WEBHOOK_PORT}
    assert WEBHOOK_PORT not in TAKEN
    assert "hostNetwork" not in _values()["prometheusOperator"]["admissionWebhooks"]["deployment"]


def test_one_operator_works_in_one_namespace() -> None:
    operator = _values()["prometheusOperator"]

    for kind in ("prometheus", "alertmanager", "thanosRuler"):
        assert operator[f"{kind}InstanceNamespaces"] == ["monitoring"]


def test_nobody_counts_the_clusters_objects_twice_or_reads_its_secrets() -> None:
    state = _values()["kube-state-metrics"]

    assert state["updateStrategy"] == "Recreate"
    assert "replicas" not in state
    assert not {"secrets", "configmaps"} & set(state["collectors"])
    chart = set(_everything()["kube-state-metrics"]["collectors"])
    assert chart == set(state["collectors"])


def test_series_can_be_told_apart_by_who_owns_them_and_by_no_label_unforeseen() -> None:
    allowed = _values()["kube-state-metrics"]["metricLabelsAllowlist"]

    assert "namespaces=[owner,cost-center,platform/backup]" in allowed
    assert "pods=[app.kubernetes.io/name,app.kubernetes.io/part-of,owner,cost-center]" in allowed
    assert len(allowed) == len(shown(_LABELS))
    assert "*" not in "".join(allowed)


def test_every_node_is_measured_and_no_interface_of_a_pod() -> None:
    exporter = _values()["prometheus-node-exporter"]

    assert exporter["tolerations"] == [*placement.EVERY_TAINT]
    assert exporter["namespaceOverride"] == NODE_EXPORTER.namespace == "node-exporter"
    (device,) = [each for each in exporter["extraArgs"] if each.startswith("--collector.netdev.device-exclude=")]
    excluded = re.compile(device.partition("=")[2])
    assert [each for each in ("lxc0a1b", "cilium_host", "veth12", "ens5", "eth0") if excluded.match(each)] == [
        "lxc0a1b",
        "cilium_host",
        "veth12",
    ]
    library = at_hand()
    if library:
        found = library.find(CHART, "88.5.3", "https://prometheus-community.github.io/helm-charts")
        assert found is not None
        assert set(found.defaults["prometheus-node-exporter"]["extraArgs"]) <= set(exporter["extraArgs"])


@pytest.mark.parametrize(
    ("rules", "series", "dropped"),
    [
        (cardinality.API_SERVER, {"__name__": "apiserver_request_duration_seconds_bucket", "le": "0.15"}, True),
        (cardinality.API_SERVER, {"__name__": "apiserver_request_sli_duration_seconds_bucket", "le": "0.1"}, False),
        (cardinality.API_SERVER, {"__name__": "apiserver_request_total"}, False),
        (cardinality.API_SERVER, {"__name__": "etcd_request_duration_seconds_bucket", "le": "1"}, True),
        (cardinality.API_SERVER, {"__name__": "apiserver_watch_events_sizes_bucket", "le": "1"}, True),
        (cardinality.KUBELET, {"__name__": "kubelet_runtime_operations_duration_seconds_bucket", "le": "1"}, True),
        (cardinality.KUBELET, {"__name__": "kubelet_volume_stats_available_bytes"}, False),
        (cardinality.KUBELET, {"__name__": "kubelet_pleg_relist_duration_seconds_bucket", "le": "1"}, False),
        (cardinality.CADVISOR, {"__name__": "container_tasks_state", "pod": "a", "id": "/x"}, True),
        (cardinality.CADVISOR, {"__name__": "container_cpu_usage_seconds_total", "pod": "a", "id": "/x"}, False),
        (cardinality.CADVISOR, {"__name__": "container_cpu_usage_seconds_total", "pod": "", "id": "/system"}, True),
        (cardinality.CADVISOR, {"__name__": "container_cpu_cfs_throttled_periods_total", "pod": "a"}, False),
        (
            cardinality.CADVISOR,
            {"__name__": "container_network_receive_bytes_total", "interface": "lxc1", "pod": "a", "id": "/x"},
            True,
        ),
        (
            cardinality.CADVISOR,
            {"__name__": "container_network_receive_bytes_total", "interface": "eth0", "pod": "a", "id": "/x"},
            False,
        ),
    ],
)
def test_what_nobody_asks_for_is_dropped_and_what_rules_need_is_kept(
    rules: tuple[dict[str, Any], ...], series: dict[str, str], *, dropped: bool
) -> None:
    """As Prometheus does: the labels' values joined by semicolons, the expression anchored at both ends."""
    hit = [
        rule
        for rule in rules
        if re.fullmatch(rule["regex"], ";".join(series.get(label, "") for label in rule["sourceLabels"]))
    ]

    assert {rule["action"] for rule in rules} == {"drop"}
    assert bool(hit) is dropped
