"""Exporters ask what the settings name, where they may, as users that no setting and no state has."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from components.kit.flows import PROMETHEUS, Cidr, Fqdn, Workload
from components.kit.monitoring import Instance
from components.observability.exporters import blackbox, databases, documents, jvm, probes
from components.observability.exporters.exporters import connections
from components.observability.exporters.settings import DatabaseKind
from tests.components.observability.exporters.stage import EVERYTHING, RELEASE, built, named, settings

_PROJECT = Path(__file__).parents[4]


def test_a_stack_that_names_nothing_has_none_of_it() -> None:
    recording = built()

    assert [made.type for made in recording.resources if made.custom] == []
    assert connections(settings()) == ()


@pytest.mark.parametrize("what", EVERYTHING)
def test_an_exporter_is_there_for_what_is_named_only(what: str) -> None:
    expected = {
        "probes": {blackbox.CHART},
        "databases": {*databases.CHARTS.values()},
        "documents": {documents.CHART},
        "jvm": set(),
    }
    recording = built(**{what: EVERYTHING[what]})

    assert {made.inputs["name"] for made in recording.of(RELEASE)} == expected[what]
    clients = {str(flow.client) for flow in connections(settings(**{what: EVERYTHING[what]}))}
    assert {client for client in clients if "exporter" in client} == {f"monitoring/{each}" for each in expected[what]}


def test_what_is_asked_is_the_instance_and_its_name_the_job() -> None:
    made = named(built(**EVERYTHING))

    assert {name: each["spec"]["targets"]["staticConfig"]["static"] for name, each in made.items()} == {
        "address-shop": ["https://shop.example.com/healthz"],
        "address-smtp": ["smtp.example.com:587"],
        "address-directory": ["directory.example.com:636"],
        "database-orders": ["orders.example.com:5432/orders"],
        "database-shop": ["10.20.30.40:3307"],
        "document-bmc-1": ["http://10.20.0.5/redfish/v1/Chassis/1/Thermal"],
    }
    assert all(each["spec"]["jobName"] == name.partition("-")[2] for name, each in made.items())
    assert all(each["spec"]["prober"]["path"] == "/probe" for each in made.values())


def test_each_is_watched_by_the_prometheus_that_has_the_rules_about_it() -> None:
    watched = {name: each["metadata"]["labels"]["prometheus"] for name, each in named(built(**EVERYTHING)).items()}

    rules = _PROJECT / "components" / "observability" / "rules" / "data"
    for metric, kind in (("probe_success", "address-"), ("pg_up", "database-"), ("mysql_up", "database-")):
        (having,) = {path.parent.name for path in rules.rglob("*.yaml") if metric in path.read_text(encoding="utf-8")}
        assert {instance for name, instance in watched.items() if name.startswith(kind)} == {having}
    assert watched["document-bmc-1"] == Instance.SYSTEM


def test_an_address_is_asked_as_its_scheme_says_and_never_without_tls_over_http() -> None:
    made = named(built(**EVERYTHING))

    asked = {name: each["spec"]["module"] for name, each in made.items() if name.startswith("address-")}
    assert asked == {"address-shop": "http_2xx", "address-smtp": "tcp_connect", "address-directory": "tls_connect"}
    modules = blackbox.modules()
    assert {*asked.values()} == {*modules}
    assert modules["http_2xx"]["http"]["fail_if_not_ssl"] is True
    assert modules["tls_connect"]["tcp"]["tls"] is True
    assert {module["prober"] for module in modules.values()} == {"http", "tcp"}


def test_the_exporter_of_addresses_outlives_the_loss_of_a_zone_and_a_drain() -> None:
    values = blackbox.values()

    assert values["replicas"] == 2
    assert values["podDisruptionBudget"] == {"maxUnavailable": 1}
    selected = values["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"]
    assert selected == dict(blackbox.PODS.labels)


def test_an_exporter_reaches_what_it_is_to_ask_and_nobody_else() -> None:
    reached = {
        (str(flow.client).removeprefix("monitoring/"), str(flow.server), flow.port)
        for flow in connections(settings(**EVERYTHING))
        if isinstance(flow.server, Cidr | Fqdn)
    }

    assert reached == {
        (blackbox.CHART, "shop.example.com", 443),
        (blackbox.CHART, "smtp.example.com", 587),
        (blackbox.CHART, "directory.example.com", 636),
        ("prometheus-postgres-exporter", "orders.example.com", 5432),
        ("prometheus-mysql-exporter", "10.20.30.40/32", 3307),
        (documents.CHART, "10.20.0.5/32", 80),
    }


def test_parts_of_documents_become_metrics() -> None:
    modules = documents.values(settings(**EVERYTHING).documents)["configuration"]["structuredConfig"]["modules"]

    assert modules["redfish"]["metrics"] == [
        {"name": "bmc_power", "help": "Whether it is on", "path": "{.PowerState}"},
        {
            "name": "bmc_fan",
            "help": "A fan",
            "path": "{.Fans[*]}",
            "type": "object",
            "values": {"rpm": "{.Reading}"},
            "labels": {"fan": "{.Name}"},
        },
    ]


def test_jvms_are_scraped_by_their_label_in_the_namespaces_named_and_prometheus_may() -> None:
    (made,) = built(jvm={"namespaces": ["shop", "billing"]}).of("kubernetes:monitoring.coreos.com/v1:PodMonitor")

    assert made.inputs["metadata"]["labels"]["prometheus"] == "app"
    spec = made.inputs["spec"]
    assert spec["selector"] == {"matchLabels": {"platform/metrics": "jvm"}}
    assert spec["namespaceSelector"] == {"matchNames": ["billing", "shop"]}
    assert [each["port"] for each in spec["podMetricsEndpoints"]] == ["jmx-metrics"]
    flows = jvm.connections(settings(jvm={"namespaces": ["shop", "billing"], "port": 9500}).jvm)
    assert [(flow.client, flow.port) for flow in flows] == [(PROMETHEUS, 9500)] * 2
    pods = [flow.server for flow in flows if isinstance(flow.server, Workload)]
    assert [(each.namespace, dict(each.labels)) for each in pods] == [
        ("billing", {"platform/metrics": "jvm"}),
        ("shop", {"platform/metrics": "jvm"}),
    ]


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example.com",
        "icmp://shop.example.com",
        "https://shop",
        "https://user:word@shop.example.com",
        "https://checkout.shop.svc.cluster.local",
        "https://checkout.shop.svc",
        "tcp://smtp.example.com",
    ],
)
def test_an_address_that_could_not_be_asked_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="url"):
        settings(probes={"shop": {"url": url}})


def test_a_host_is_known_by_its_name_or_else_its_address() -> None:
    assert probes.peer("orders.example.com") == Fqdn("orders.example.com")
    assert str(probes.peer("10.0.0.9")) == "10.0.0.9/32"


@pytest.mark.parametrize(
    "values", [databases.values(kind) for kind in DatabaseKind] + [documents.values(settings().documents)]
)
def test_pods_are_restricted_and_bounded(values: dict[str, Any]) -> None:
    assert values["podSecurityContext"]["runAsNonRoot"] is True
    assert values["podSecurityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert values["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert {*values["resources"]["requests"]} == {"cpu", "memory"}
    assert {*values["resources"]["limits"]} == {"memory"}
