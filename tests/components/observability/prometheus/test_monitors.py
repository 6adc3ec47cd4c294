"""Who is scraped has a monitor, who has a monitor may be scraped, and each monitor has its Prometheus."""

from typing import Any

from components.capacity import flows as capacity
from components.kit.flows import DNS_SERVER, PROMETHEUS, Port, Workload, scrape
from components.kit.monitoring import LABEL
from components.observability.prometheus import watched
from components.observability.prometheus.monitors import Monitors
from components.security.vault import flows as vault
from components.security.vault.server import certificate
from components.security.vault.settings import CA_KEY, CA_SECRET
from tests.components.observability.prometheus.stage import PLATFORM
from tests.components.recording import build

_KITE = Workload(
    namespace="vault", name="kite", labels={"app": "kite"}, ports=(Port(number=8080), Port(number=9090), Port(number=1))
)


def _monitors(*scraped: Any) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in watched.pod_monitors([*scraped], PLATFORM)}


def test_a_system_is_watched_at_the_ports_where_flows_let_it_be_and_nowhere_else() -> None:
    made = _monitors(*scrape(_KITE, 8080, 9090), *scrape(_KITE, 8080))["platform-kite"]

    assert made["kind"] == "PodMonitor"
    assert made["metadata"]["namespace"] == "vault"
    assert made["spec"]["selector"] == {"matchLabels": {"app": "kite"}}
    assert [each["portNumber"] for each in made["spec"]["podMetricsEndpoints"]] == [8080, 9090]


def test_its_series_have_a_job_of_its_name() -> None:
    (endpoint,) = _monitors(*scrape(_KITE, 8080))["platform-kite"]["spec"]["podMetricsEndpoints"]

    assert endpoint["relabelings"] == [{"targetLabel": "job", "replacement": "kite", "action": "replace"}]


def test_a_system_is_watched_by_the_prometheus_of_its_kind() -> None:
    made = _monitors(*scrape(_KITE, 8080), *capacity.metrics_server(), *scrape(capacity.CLUSTER_AUTOSCALER, 8085))

    assert {name: each["metadata"]["labels"][LABEL] for name, each in made.items()} == {
        "platform-kite": "platform",
        "platform-cluster-autoscaler": "system",
    }


def test_whom_others_watch_has_no_second_monitor() -> None:
    thanos = Workload(namespace="thanos", name="query", labels={"app": "query"}, ports=(Port(number=9090),))

    flows = (*scrape(thanos, 9090), *scrape(DNS_SERVER, 9153), *scrape(PROMETHEUS, 9090))
    assert list(watched.pod_monitors(flows, [*PLATFORM, "thanos"])) == []


def test_what_users_run_is_for_them_to_watch() -> None:
    theirs = Workload(namespace="shop", name="checkout", labels={"app": "checkout"}, ports=(Port(number=8080),))

    assert _monitors(*scrape(theirs, 8080)) == {}


def test_vault_is_asked_over_tls_that_is_checked() -> None:
    made = _monitors(*scrape(vault.VAULT, vault.METRICS_PORT))["platform-vault-server"]

    (endpoint,) = made["spec"]["podMetricsEndpoints"]
    assert endpoint["path"] == "/v1/sys/metrics"
    assert endpoint["params"] == {"format": ["prometheus"]}
    assert endpoint["tlsConfig"]["ca"] == {"secret": {"name": CA_SECRET, "key": CA_KEY}}
    assert endpoint["tlsConfig"]["serverName"] in certificate("private")["dnsNames"]


def test_all_of_cilium_is_watched_on_the_nodes_where_flows_let_it_be() -> None:
    made = {each["metadata"]["name"]: each["spec"] for each in watched.network_monitors()}

    assert set(made) == {
        "platform-cilium-agent",
        "platform-cilium-operator",
        "platform-cilium-envoy",
        "platform-hubble",
    }


def test_the_scheduler_and_the_controller_manager_are_asked_by_way_of_the_api_server() -> None:
    control_plane, _ = watched.cluster_monitors()

    paths = [each["path"] for each in control_plane["spec"]["endpoints"]]
    assert paths == [f"/apis/metrics.eks.amazonaws.com/v1/{part}/container/metrics" for part in ("kcm", "ksh")]
    assert control_plane["metadata"]["labels"][LABEL] == "system"


def test_only_the_prometheus_that_may_read_files_has_monitors_that_name_some() -> None:
    for each in (*watched.cluster_monitors(), *watched.network_monitors(), *watched.own_monitors()):
        if "bearerTokenFile" in str(each) or "caFile" in str(each):
            assert each["metadata"]["labels"][LABEL] == "system"


def test_the_layer_makes_each_monitor_once() -> None:
    recording = build(lambda: Monitors("monitors", flows=scrape(_KITE, 8080), platform=PLATFORM))

    made = [each for each in recording.resources if "monitoring.coreos.com" in each.type]
    names = [
        (each.inputs["kind"], each.inputs["metadata"]["namespace"], each.inputs["metadata"]["name"]) for each in made
    ]
    assert len(set(names)) == len(names) == len(made)
    assert ("PodMonitor", "vault", "platform-kite") in names
    assert ("PodMonitor", "monitoring", "platform-prometheus") in names
    assert {each.parent for each in made} == {"monitors"}


def test_of_kastens_services_those_are_asked_that_tell_something() -> None:
    pods = Workload(
        namespace="kasten-io", name="kasten", labels={"platform/part": "kasten"}, ports=(Port(number=8000),)
    )
    (made,) = watched.pod_monitors(scrape(pods, 8000), ["kasten-io"])
    (endpoint,) = made["spec"]["podMetricsEndpoints"]
    keep, _ = endpoint["relabelings"]

    assert (keep["action"], keep["sourceLabels"]) == ("keep", ["__meta_kubernetes_pod_label_component"])
    assert {"catalog", "metering"} <= {*keep["regex"].split("|")}
    assert "frontend" not in keep["regex"]
