"""OpenCost prices what runs, reads little, opens nothing, and double counts nothing."""

import json
from typing import Any

import pytest

from components.capacity.cost import opencost
from components.capacity.cost.opencost import OPENCOST, OpenCost, OpenCostSettings, Source
from components.foundation.account import AccountSettings
from components.kit.flows import PROMETHEUS, Entity, Fqdn
from components.kit.namespaces import PodSecurity
from components.security.namespaces import PLATFORM
from tests.components import examples
from tests.components.capacity.stage import RELEASE, refuse_wrong_values
from tests.components.recording import Recording, build

_ONE = Source(url="http://prometheus.example.com:9090", server=PROMETHEUS, port=9090, of_many=False)
_MANY = Source(url="http://thanos.example.com:9090", server=PROMETHEUS, port=9090, of_many=True)


def _values(source: Source = _ONE) -> dict[str, Any]:
    return opencost.values("platform-test", source)


def test_it_is_off_unless_a_stack_asks_for_it() -> None:
    assert not OpenCostSettings().enabled


def test_it_asks_where_it_is_told_and_nowhere_else() -> None:
    prometheus = _values(_MANY)["opencost"]["prometheus"]

    assert prometheus == {
        "internal": {"enabled": False},
        "external": {"enabled": True, "url": "http://thanos.example.com:9090"},
    }


def test_of_the_series_of_many_clusters_it_takes_its_own() -> None:
    exporter = _values(_MANY)["opencost"]["exporter"]

    assert exporter["defaultClusterId"] == "platform-test"
    assert exporter["extraEnv"] == {"CURRENT_CLUSTER_ID_FILTER_ENABLED": "true", "PROM_CLUSTER_ID_LABEL": "cluster"}
    # Inside one Prometheus no series has the label, and the filter would leave nothing.
    assert _values(_ONE)["opencost"]["exporter"]["extraEnv"] == {}


def test_it_does_not_repeat_what_kube_state_metrics_tells() -> None:
    assert _values()["opencost"]["metrics"]["kubeStateMetrics"] == {
        "emitKsmV1Metrics": False,
        "emitKsmV1MetricsOnly": True,
    }


def test_nothing_of_it_answers_without_asking_who_calls() -> None:
    values = _values()["opencost"]

    assert values["ui"] == values["mcp"] == {"enabled": False}
    assert OPENCOST.ports == tuple(port for port in OPENCOST.ports if port.name == "http")


def test_it_needs_no_privilege_and_writes_to_its_own_volume_only() -> None:
    values = _values()
    (namespace,) = [each for each in PLATFORM if each.name == "opencost"]
    container = values["opencost"]["exporter"]["securityContext"]

    assert namespace.pod_security is PodSecurity.RESTRICTED
    assert values["podSecurityContext"]["runAsNonRoot"] is True
    assert values["podSecurityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["readOnlyRootFilesystem"] is True
    assert container["capabilities"] == {"drop": ["ALL"]}
    (scratch,) = values["extraVolumes"]
    assert scratch == {"name": "scratch", "emptyDir": {"sizeLimit": "64Mi"}}
    mounts = values["opencost"]["exporter"]["extraVolumeMounts"]
    assert {mount["mountPath"] for mount in mounts} == {"/var/configs", "/tmp"}  # noqa: S108 - a container's own path
    assert {mount["name"] for mount in mounts} == {"scratch"}


def test_it_has_requests_and_a_limit_of_memory() -> None:
    assert _values()["opencost"]["exporter"]["resources"] == {
        "requests": {"cpu": "50m", "memory": "256Mi"},
        "limits": {"memory": "1Gi"},
    }


def test_it_has_ten_minutes_to_read_the_prices() -> None:
    probe = _values()["opencost"]["exporter"]["startupProbe"]

    # The chart asks every five seconds.
    assert probe["failureThreshold"] * 5 == 600


def _built() -> Recording:
    return build(
        lambda: OpenCost(
            "opencost",
            cluster_name="platform-test",
            source=_ONE,
            account=examples.account(),
            cluster=examples.cluster(),
        )
    )


def test_its_release_is_not_rolled_back_while_it_may_still_start() -> None:
    probe = _values()["opencost"]["exporter"]["startupProbe"]
    release = _built().one(RELEASE, "opencost-opencost").inputs

    # The chart waits ten seconds before it asks the first time.
    assert release["timeout"] > probe["failureThreshold"] * 5 + 10


def test_its_role_reads_spot_prices_of_the_region_and_nothing_else() -> None:
    recording = _built()
    policy = recording.one("aws:iam/rolePolicy:RolePolicy", "opencost-prices")
    (statement,) = json.loads(policy.inputs["policy"])["Statement"]
    association = recording.one("aws:eks/podIdentityAssociation:PodIdentityAssociation", "opencost-prices").inputs

    assert statement["Action"] == ["ec2:DescribeSpotPriceHistory"]
    assert statement["Condition"] == {"StringEquals": {"aws:RequestedRegion": ["eu-central-1"]}}
    assert (association["namespace"], association["serviceAccount"]) == ("opencost", "opencost")
    assert "opencost-prices" in recording.one(RELEASE, "opencost-opencost").dependencies


@pytest.mark.parametrize(
    ("region", "prices"),
    [
        ("eu-central-1", "pricing.us-east-1.amazonaws.com"),
        ("cn-north-1", "pricing.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_it_reads_the_prices_of_its_partition_and_calls_nobody_else_outside(region: str, prices: str) -> None:
    account = examples.parsed(AccountSettings, id="111122223333", region=region)
    flows = opencost.connections(_ONE, account)
    outside = {flow.server.name for flow in flows if isinstance(flow.server, Fqdn)}

    assert prices in outside
    assert len(outside) == 2
    assert not [flow for flow in flows if flow.server is Entity.WORLD]


def test_prometheus_reads_it_and_it_reads_prometheus() -> None:
    flows = opencost.connections(_ONE, examples.account())

    assert [flow.port for flow in flows if (flow.client, flow.server) == (PROMETHEUS, OPENCOST)] == [9003]
    assert [flow.port for flow in flows if (flow.client, flow.server) == (OPENCOST, PROMETHEUS)] == [9090]


@pytest.mark.parametrize("source", [_ONE, _MANY], ids=["one", "many"])
def test_the_chart_knows_every_value(source: Source) -> None:
    refuse_wrong_values("opencost", _values(source))
