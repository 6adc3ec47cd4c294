"""Thanos has the parts that a stack asks for, each with just the right that it needs, on the stack's volumes."""

import json
from typing import Any

import pulumi
import pytest

from components.kit.flows import PROMETHEUS, Entity, Fqdn, Workload
from components.observability.thanos import flows, parts
from components.observability.thanos.metrics_store import MetricsStoreOutputs
from components.observability.thanos.settings import ThanosSettings
from components.observability.thanos.thanos import Thanos, values
from tests.components import examples
from tests.components.capacity.stage import refuse_wrong_values
from tests.components.observability.thanos.rendered import RULES
from tests.components.recording import Recording, build

_RELEASE = "kubernetes:helm.sh/v3:Release"


def _store() -> MetricsStoreOutputs:
    return MetricsStoreOutputs(
        bucket_name=pulumi.Output.from_input("blocks-1"),
        bucket_arn=pulumi.Output.from_input("arn:aws:s3:::blocks-1"),
        key_arn=pulumi.Output.from_input("arn:key"),
        configuration=pulumi.Output.from_input("thanos-objstore"),
    )


def _settings(**given: Any) -> ThanosSettings:
    return examples.parsed(ThanosSettings, **given)


def _built(**given: Any) -> Recording:
    return build(
        lambda: Thanos(
            "thanos",
            _settings(**given),
            rules=RULES,
            account=examples.account(),
            cluster=examples.cluster(),
            store=_store(),
            storage_class="gp3",
            zones=3,
        )
    )


def _values(**given: Any) -> dict[str, Any]:
    return values(_settings(**given), rules=RULES, storage_class="gp3", zones=3)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"ruler": False}, {"thanos-storegateway", "thanos-compactor"}),
        ({}, {"thanos-storegateway", "thanos-compactor", "thanos-ruler"}),
        (
            {"receive": {}},
            {"thanos-storegateway", "thanos-compactor", "thanos-ruler", "thanos-receive-ingester"},
        ),
    ],
)
def test_only_what_a_stack_has_and_what_uses_the_bucket_gets_a_role(given: dict[str, Any], expected: set[str]) -> None:
    associations = _built(**given).of("aws:eks/podIdentityAssociation:PodIdentityAssociation")

    assert {made.inputs["serviceAccount"] for made in associations} == expected
    assert {made.inputs["namespace"] for made in associations} == {"thanos"}


def test_the_compactor_alone_deletes_and_the_store_only_reads() -> None:
    policies = {
        made.name.removeprefix("thanos-"): {
            action for each in json.loads(made.inputs["policy"])["Statement"] for action in each["Action"]
        }
        for made in _built(receive={}).of("aws:iam/rolePolicy:RolePolicy")
    }

    assert {name for name, actions in policies.items() if "s3:DeleteObject" in actions} == {"thanos-compactor"}
    assert {name for name, actions in policies.items() if "s3:PutObject" not in actions} == {"thanos-storegateway"}


def test_no_pod_starts_before_its_role_is_its_own() -> None:
    recording = _built(receive={})
    release = set(recording.one(_RELEASE, "thanos-thanos").dependencies)
    compactor = set(recording.one("kubernetes:apps/v1:StatefulSet", "thanos-compactor").dependencies)

    assert {"thanos-thanos-storegateway", "thanos-thanos-ruler", "thanos-thanos-receive-ingester"} <= release
    assert "thanos-thanos-compactor" in compactor


@pytest.mark.parametrize("given", [{}, {"receive": {}, "store_shards": 3}, {"ruler": False, "replicas": 1}])
def test_the_chart_knows_every_value(given: dict[str, Any]) -> None:
    refuse_wrong_values("thanos", _values(**given))


def test_every_volume_is_of_the_stacks_class() -> None:
    stateful = _built().one("kubernetes:apps/v1:StatefulSet", "thanos-compactor").inputs["spec"]
    (claim,) = stateful["volumeClaimTemplates"]

    assert _values()["global"]["storageClass"] == claim["spec"]["storageClassName"] == "gp3"


def test_the_ruler_has_its_rules_as_they_were_given_before_it_starts() -> None:
    recording = _built()

    assert recording.one("kubernetes:core/v1:ConfigMap", "thanos-rules").inputs["data"] == RULES
    assert "thanos-rules" in recording.one(_RELEASE, "thanos-thanos").dependencies
    assert not _built(ruler=False).of("kubernetes:core/v1:ConfigMap")


def test_a_changed_rule_replaces_the_rulers_pods() -> None:
    before = parts.ruler(_settings(), RULES, zones=3)["podLabels"]

    assert before == parts.ruler(_settings(), dict(RULES), zones=3)["podLabels"]
    assert before != parts.ruler(_settings(), {name: text + " " for name, text in RULES.items()}, zones=3)["podLabels"]


def test_routers_and_ingestors_keep_as_many_copies_as_a_stack_says() -> None:
    assert _values(receive={"copies": 1})["receive"]["router"]["replicationFactor"] == 1
    assert _values(receive={"ingestors": 5})["receive"]["ingester"]["replicaCount"] == 5


def test_the_pool_the_caches_and_what_runs_beside_them_fit_into_the_stores_memory() -> None:
    store = parts.store(_settings(), zones=3)

    # The chart of Thanos leaves the pool at 2 GB, all that there is.
    assert "--chunk-pool-size=512MB" in store["extraArgs"]
    assert store["resources"]["limits"]["memory"] == "2Gi"


def _calls(**given: Any) -> set[tuple[str, str, int]]:
    return {
        (str(flow.client), str(flow.server), flow.port)
        for flow in flows.connections(_settings(**given), examples.account())
    }


def test_query_reaches_every_source_that_a_stack_has_and_no_other() -> None:
    def sources(**given: Any) -> set[str]:
        return {server for client, server, port in _calls(**given) if (client, port) == ("thanos/thanos-query", 10901)}

    assert sources(ruler=False) == {"monitoring/prometheus", "thanos/thanos-storegateway"}
    assert sources(receive={}) == {
        "monitoring/prometheus",
        "thanos/thanos-storegateway",
        "thanos/thanos-receive",
        "thanos/thanos-ruler",
    }


def test_whoever_has_a_role_reaches_s3_and_the_agent_of_pod_identity_and_nobody_else_does() -> None:
    found = flows.connections(_settings(receive={}), examples.account())
    to_s3 = {flow.client for flow in found if flow.server == Fqdn("s3.eu-central-1.amazonaws.com")}
    to_agent = {flow.client for flow in found if (flow.server, flow.port) == (Entity.HOST, 80)}

    assert to_s3 == to_agent == {PROMETHEUS, flows.STORE, flows.COMPACTOR, flows.INGESTOR, flows.RULER}


def test_only_the_writers_that_a_stack_names_reach_the_router() -> None:
    found = flows.connections(
        _settings(receive={"writers": [{"namespace": "shop", "app": "collector"}]}), examples.account()
    )
    writers = [flow.client for flow in found if flow.server == flows.ROUTER and flow.port == flows.REMOTE_WRITE]

    assert writers == [Workload(namespace="shop", name="collector", labels={"app.kubernetes.io/name": "collector"})]
    assert not [call for call in _calls(receive={}) if call[1:] == ("thanos/thanos-receive-router", 10908)]
