"""Thanos' chart makes of the platform's values what the rest of the platform takes for granted."""

import json
from typing import Any

import pytest
import yaml

from components.observability.thanos import flows
from components.observability.thanos.settings import FRONTEND_URL, REMOTE_WRITE_URL
from components.observability.thanos.thanos import clients
from tests.components.observability.thanos.rendered import objects, settings, workloads

_EVERYTHING: dict[str, Any] = {"receive": {"ingestors": 5}, "store_shards": 2}
_SOME: dict[str, Any] = {"ruler": False, "replicas": 1}


@pytest.mark.parametrize("given", [_EVERYTHING, _SOME])
def test_each_role_is_that_of_a_service_account_that_pods_have_and_no_other_pod_uses_the_bucket(
    given: dict[str, Any],
) -> None:
    made = workloads(objects(**given))
    using = {
        spec["template"]["spec"]["serviceAccountName"]
        for spec in made.values()
        if "--objstore.config-file=/etc/thanos/objstore.yml" in spec["template"]["spec"]["containers"][0]["args"]
    }

    assert using | {"thanos-compactor"} == set(clients(settings(**given)))


def test_the_members_of_the_hashring_are_the_ingestors_pods() -> None:
    made = objects(**_EVERYTHING)
    (ring,) = json.loads(made["ConfigMap", "thanos-receive-hashrings"]["data"]["hashrings.json"])
    ingestors = made["StatefulSet", "thanos-receive-ingester"]["spec"]
    domain = f"{ingestors['serviceName']}.thanos.svc.cluster.local"

    assert ring["endpoints"] == [
        f"thanos-receive-ingester-{number}.{domain}:{flows.GRPC}" for number in range(ingestors["replicas"])
    ]
    assert len(ring["endpoints"]) == 5


def test_each_block_is_in_exactly_one_shard_of_the_store() -> None:
    made = workloads(objects(**_EVERYTHING))
    shards = []
    for name, spec in made.items():
        if name.startswith("thanos-storegateway"):
            (said,) = (
                each
                for each in spec["template"]["spec"]["containers"][0]["args"]
                if each.startswith("--selector.relabel-config=")
            )
            hashed, kept = yaml.safe_load(said.partition("=")[2])
            assert (hashed["action"], hashed["modulus"], hashed["source_labels"]) == ("hashmod", 2, ["__block_id"])
            assert (kept["action"], kept["source_labels"]) == ("keep", [hashed["target_label"]])
            shards.append(kept["regex"])

    assert sorted(shards) == ["0", "1"]


@pytest.mark.parametrize("given", [_EVERYTHING, _SOME])
def test_the_chart_makes_no_compactor_and_no_rule_of_its_own(given: dict[str, Any]) -> None:
    made = objects(**given)

    assert not [name for name in workloads(made) if "compact" in name]
    assert not [kind for kind, _ in made if kind in {"PrometheusRule", "VerticalPodAutoscaler", "ClusterRole"}]


def test_the_ruler_reads_the_platforms_rules_and_the_charts_own_example_is_gone() -> None:
    made = objects(**_EVERYTHING)
    pod = workloads(made)["thanos-ruler"]["template"]["spec"]
    (container,) = pod["containers"]
    mounts = {each["mountPath"]: each["name"] for each in container["volumeMounts"]}
    (volume,) = (each for each in pod["volumes"] if each["name"] == mounts["/etc/thanos-rules"])

    assert volume["configMap"] == {"name": "thanos-own-rules"}
    assert "--rule-file=/etc/thanos-rules/*.yaml" in container["args"]
    # It would fire for ever.
    assert made["ConfigMap", "thanos-ruler-rules"]["data"] == {"example-alerts.yaml": "groups: []\n"}


@pytest.mark.parametrize("given", [_EVERYTHING, _SOME])
def test_every_pod_passes_the_restricted_level_and_says_what_it_needs(given: dict[str, Any]) -> None:
    for name, spec in workloads(objects(**given)).items():
        pod = spec["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        for container in pod["containers"]:
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}, name
            assert container["securityContext"]["allowPrivilegeEscalation"] is False, name
            assert container["resources"]["requests"].keys() == {"cpu", "memory"}, name
            assert container["resources"]["limits"]["memory"], name
            assert {"readinessProbe", "livenessProbe"} <= container.keys(), name


@pytest.mark.parametrize("given", [_EVERYTHING, _SOME])
def test_every_workload_is_spread_and_kept_by_a_budget_that_selects_it(given: dict[str, Any]) -> None:
    made = objects(**given)
    budgets = [each["spec"] for (kind, _), each in made.items() if kind == "PodDisruptionBudget"]
    for name, spec in workloads(made).items():
        labels = spec["template"]["metadata"]["labels"].items()
        over = {each["topologyKey"] for each in spec["template"]["spec"]["topologySpreadConstraints"]}
        assert over == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}, name
        for each in spec["template"]["spec"]["topologySpreadConstraints"]:
            assert each["labelSelector"]["matchLabels"].items() <= labels, name
        assert sum(each["selector"]["matchLabels"].items() <= labels for each in budgets) == 1, name
    assert {each["maxUnavailable"] for each in budgets} == {1}


@pytest.mark.parametrize("given", [_EVERYTHING, _SOME])
def test_flows_name_the_pods_and_the_ports_that_the_chart_makes(given: dict[str, Any]) -> None:
    known = (flows.QUERIER, flows.FRONTEND, flows.STORE, flows.INGESTOR, flows.ROUTER, flows.RULER)
    for name, spec in workloads(objects(**given)).items():
        labels = spec["template"]["metadata"]["labels"].items()
        (workload,) = (each for each in known if each.labels.items() <= labels)
        ports = {port["name"]: port["containerPort"] for port in spec["template"]["spec"]["containers"][0]["ports"]}
        assert ports == {port.name: port.number for port in workload.ports}, name


def test_the_addresses_that_others_are_given_are_those_of_services() -> None:
    made = objects(**_EVERYTHING)
    for url in (FRONTEND_URL, REMOTE_WRITE_URL):
        host, _, port = url.removeprefix("http://").partition("/")[0].partition(":")
        service, namespace = host.split(".")[:2]
        assert namespace == "thanos"
        assert int(port) in {each["port"] for each in made["Service", service]["spec"]["ports"]}


@pytest.mark.parametrize("given", [_EVERYTHING, _SOME])
def test_every_pod_is_watched_once_by_the_platforms_prometheus(given: dict[str, Any]) -> None:
    made = objects(**given)
    monitors = [each for (kind, _), each in made.items() if kind == "ServiceMonitor"]
    services = [each for (kind, _), each in made.items() if kind == "Service"]

    assert {each["metadata"]["labels"]["prometheus"] for each in monitors} == {"platform"}
    for name, spec in workloads(made).items():
        labels = spec["template"]["metadata"]["labels"].items()
        scraped = [
            monitor["metadata"]["name"]
            for monitor in monitors
            for service in services
            if monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
            and service["spec"]["selector"].items() <= labels
        ]
        assert len(scraped) == 1, (name, scraped)


def test_query_takes_pairs_of_prometheus_ingestors_and_rulers_for_one() -> None:
    arguments = workloads(objects(**_EVERYTHING))["thanos-query"]["template"]["spec"]["containers"][0]["args"]

    assert {each for each in arguments if each.startswith("--query.replica-label")} == {
        "--query.replica-label=replica",
        "--query.replica-label=receive_replica",
        "--query.replica-label=ruler_replica",
    }
    assert {each for each in arguments if each.startswith("--endpoint=")} == {
        "--endpoint=dnssrv+_grpc._tcp.prometheus-operated.monitoring.svc.cluster.local",
        "--endpoint=dnssrv+_grpc._tcp.thanos-storegateway.thanos.svc.cluster.local",
        "--endpoint=dnssrv+_grpc._tcp.thanos-receive-ingester-headless.thanos.svc.cluster.local",
        "--endpoint=dnssrv+_grpc._tcp.thanos-ruler-headless.thanos.svc.cluster.local",
    }
