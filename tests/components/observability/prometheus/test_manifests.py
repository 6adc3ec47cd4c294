"""Each Prometheus keeps what it may, shows who it is, refuses what would drown it, and outlives a zone."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.kit.monitoring import ALERTMANAGER, Instance
from components.observability.prometheus import instances, manifests
from components.observability.prometheus.settings import PrometheusSettings
from tests.components import examples
from tests.components.observability.prometheus.stage import around, specs

_EDGE = {"receiver": {"url": "https://metrics.example.com/api/v1/receive"}}


def test_there_are_six_and_each_has_its_size() -> None:
    assert set(specs()) == {"app", "system", "database", "platform", "tooling", "argos"}
    assert set(instances.SIZES) == set(Instance)


def test_every_series_that_leaves_the_cluster_says_where_it_is_from() -> None:
    for name, spec in specs().items():
        assert spec["externalLabels"] == {"cluster": "platform-test", "prometheus": name}
        assert spec["replicaExternalLabelName"] == "replica"
        # Else the operator would write namespace and name into a label of the same name.
        assert spec["prometheusExternalLabelName"] == ""


def test_no_target_and_no_series_is_without_bounds() -> None:
    for spec in specs().values():
        assert 0 < spec["enforcedSampleLimit"] <= 500_000
        assert 0 < spec["enforcedLabelLimit"] <= 64
        assert spec["enforcedLabelValueLengthLimit"] > 0
        assert spec["enforcedKeepDroppedTargets"] > 0
        assert spec["walCompression"] is True


def test_samples_go_before_the_volume_is_full() -> None:
    for name, spec in specs(instances={"app": {"storage_gib": 200}}).items():
        (size,) = spec["storage"]["volumeClaimTemplate"]["spec"]["resources"]["requests"].values()
        assert spec["retentionSize"].endswith("MiB")
        kept = int(spec["retentionSize"].removesuffix("MiB"))
        assert 0.85 * 1024 * int(size.removesuffix("Gi")) < kept <= 0.9 * 1024 * int(size.removesuffix("Gi")), name


def test_an_instance_may_have_what_the_others_have_not() -> None:
    own = {"retention_hours": 12, "storage_gib": 100, "memory_mib": 4096, "shards": 3, "samples_per_target": 777}
    made = specs(instances={"app": own}, retention_hours=24)

    assert (made["app"]["retention"], made["system"]["retention"]) == ("12h", "24h")
    assert made["app"]["shards"] == 3
    assert made["app"]["enforcedSampleLimit"] == 777
    assert made["app"]["resources"] == {
        "requests": {"cpu": "100m", "memory": "4096Mi"},
        "limits": {"memory": "8192Mi"},
    }
    assert made["system"]["shards"] == 1
    assert {each.get("additionalLabelSelectors") for each in made["app"]["topologySpreadConstraints"]} == {"OnShard"}


@pytest.mark.parametrize(("replicas", "across_zones"), [(1, "ScheduleAnyway"), (2, "DoNotSchedule")])
def test_two_replicas_never_share_a_zone_which_their_volumes_could_not_leave(replicas: int, across_zones: str) -> None:
    for name, spec in specs(replicas=replicas).items():
        zone, node = spec["topologySpreadConstraints"]
        assert (zone["topologyKey"], zone["whenUnsatisfiable"]) == ("topology.kubernetes.io/zone", across_zones)
        assert node["whenUnsatisfiable"] == "ScheduleAnyway"
        assert zone["labelSelector"]["matchLabels"] == manifests.labels(Instance(name))
        # A zone that has no node yet is waited for.
        assert zone.get("minDomains", 1) == replicas


def test_pods_have_no_privileges() -> None:
    for spec in specs().values():
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["serviceAccountName"] == "prometheus"


def test_a_prometheus_reads_no_secret_and_changes_nothing() -> None:
    granted = {
        (resource, verb)
        for rule in manifests.rights()
        for resource in (*rule.get("resources", ()), *rule.get("nonResourceURLs", ()))
        for verb in rule["verbs"]
    }

    assert {verb for _, verb in granted} <= {"get", "list", "watch"}
    assert {resource for resource, _ in granted} == {
        "nodes",
        "services",
        "pods",
        "endpointslices",
        "nodes/metrics",
        "kcm/metrics",
        "ksh/metrics",
        "/metrics",
        "/metrics/slis",
    }


def test_blocks_are_uploaded_where_there_is_a_bucket_and_there_is_no_sidecar_where_there_is_none() -> None:
    for spec in specs().values():
        assert spec["thanos"]["objectStorageConfig"] == {"name": "thanos-objstore", "key": "objstore.yml"}
        assert spec["thanos"]["image"].endswith(spec["thanos"]["version"])
    for spec in specs(around(objstore_secret=None)).values():
        assert "thanos" not in spec


def test_a_prometheus_is_of_the_version_it_says() -> None:
    for spec in specs().values():
        assert spec["image"].startswith(f"quay.io/prometheus/prometheus:{spec['version']}")


@pytest.mark.parametrize(("retained", "policy"), [(True, "Retain"), (False, "Delete")])
def test_what_was_measured_stays_where_data_is_retained(policy: str, *, retained: bool) -> None:
    for spec in specs(around(retain_data=retained)).values():
        assert spec["persistentVolumeClaimRetentionPolicy"]["whenDeleted"] == policy


def test_alerts_go_to_every_alertmanager_of_the_platform() -> None:
    for spec in specs().values():
        assert spec["alerting"]["alertmanagers"] == [
            {"namespace": "monitoring", "name": "alertmanager-operated", "port": "http-web", "apiVersion": "v2"}
        ]
    assert ALERTMANAGER.ports[0].name == "http-web"


def test_a_team_sees_its_own_series_only_and_the_platform_sees_all() -> None:
    made = specs()

    assert {name for name, spec in made.items() if "enforcedNamespaceLabel" in spec} == {"app"}
    assert {each["namespace"] for each in made["app"]["excludedFromEnforcement"]} == {"monitoring"}
    assert {each["resource"] for each in made["app"]["excludedFromEnforcement"]} == {
        "servicemonitors",
        "podmonitors",
        "probes",
        "scrapeconfigs",
        "prometheusrules",
    }


def test_an_edge_keeps_minutes_sends_everything_on_and_uploads_nothing() -> None:
    receiver = {**_EDGE["receiver"], "secret_name": "receiver", "tenant": "edge-1"}
    for name, spec in specs(edge={"retention_minutes": 30, "receiver": receiver}).items():
        assert spec["retention"] == "30m"
        assert "thanos" not in spec
        (write,) = spec["remoteWrite"]
        assert write["url"] == "https://metrics.example.com/api/v1/receive"
        assert write["authorization"] == {"type": "Bearer", "credentials": {"name": "receiver", "key": "token"}}
        assert write["headers"] == {"THANOS-TENANT": "edge-1"}
        assert instances.storage_gib(examples.parsed(PrometheusSettings, edge=_EDGE), Instance(name)) <= 10
    assert "remoteWrite" not in specs()["app"]


@pytest.mark.parametrize(
    "given",
    [
        {"replicas": 4},
        {"retention_hours": 5},
        {"scrape_interval_seconds": 5},
        {"instances": {"metrics": {}}},
        {"instances": {"app": {"shards": 0}}},
        {"instances": {"app": {"samples_per_target": 0}}},
        {"edge": {}},
        {"edge": {**_EDGE, "retention_minutes": 29}},
        {"edge": {"receiver": {"url": "http://metrics.example.com"}}},
        {"edge": {"receiver": {"url": "https://user:word@metrics.example.com"}}},
        {"edge": {"receiver": {"url": "https://metrics"}}},
        {"targets": [{"namespace": "shop", "port": 8080}]},
    ],
    ids=str,
)
def test_what_could_not_work_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        examples.parsed(PrometheusSettings, **given)
