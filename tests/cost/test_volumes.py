"""Volumes are reckoned wherever something claims them: objects, operators' resources, and charts by their values."""

from typing import Any, Final

import pytest

from tests.cost.making import entry, estimated, lines

_CLAIM: Final = "kubernetes:core/v1:PersistentVolumeClaim"
_SET: Final = "kubernetes:apps/v1:StatefulSet"
_PROMETHEUS: Final = "kubernetes:monitoring.coreos.com/v1:Prometheus"
_RELEASE: Final = "kubernetes:helm.sh/v3:Release"


def _spec(size: str, name: str | None = None) -> dict[str, Any]:
    named = {} if name is None else {"storageClassName": name}
    return {"resources": {"requests": {"storage": size}}, **named}


@pytest.mark.parametrize(
    ("size", "usd"),
    [("10Gi", 0.8), ("1Ti", 81.92), ("2048Mi", 0.16), ("1073741824", 0.08), ("100G", 7.45)],
)
def test_a_size_is_a_quantity_of_kubernetes(size: str, usd: float) -> None:
    assert lines(estimated(entry(_CLAIM, spec=_spec(size, "gp3"))))["volume"] == (usd, usd, usd)


def test_a_claim_without_a_class_is_of_the_default_one() -> None:
    assert lines(estimated(entry(_CLAIM, spec=_spec("10Gi"))))["volume"][1] == 0.8


def test_a_class_of_io2_pays_for_its_iops() -> None:
    found = lines(estimated(entry(_CLAIM, spec=_spec("100Gi", "io2"))))

    assert found == {"volume": (12.5, 12.5, 12.5), "volume, IOPS": (325.0, 325.0, 325.0)}


def test_a_class_of_local_disks_costs_nothing_beside_its_nodes() -> None:
    found = estimated(entry(_CLAIM, spec=_spec("100Gi", "local")))

    assert (lines(found), list(found.unpriced)) == ({}, [])


def test_a_class_that_is_not_there_is_named() -> None:
    found = estimated(entry(_CLAIM, spec=_spec("100Gi", "theirs")))

    assert [each.why for each in found.unpriced] == ["no storage class theirs is among the resources"]


def test_a_claim_that_does_not_say_how_large_is_named() -> None:
    found = estimated(entry(_CLAIM, spec={"storageClassName": "gp3"}))

    assert [each.why for each in found.unpriced] == ["it claims a volume and does not say how large"]


def test_a_set_claims_a_volume_for_each_pod_and_template() -> None:
    templates = [{"metadata": {"name": name}, "spec": _spec(size)} for name, size in (("data", "10Gi"), ("log", "5Gi"))]
    found = lines(estimated(entry(_SET, spec={"replicas": 3, "volumeClaimTemplates": templates})))

    assert {what: usd[1] for what, usd in found.items()} == {"volumes of data": 2.4, "volumes of log": 1.2}


def test_what_the_operator_makes_claims_for_each_replica_of_each_shard() -> None:
    storage = {"volumeClaimTemplate": {"spec": _spec("50Gi", "gp3")}}
    found = lines(estimated(entry(_PROMETHEUS, spec={"replicas": 2, "shards": 3, "storage": storage})))

    assert found["volumes"][1] == 24.0
    assert lines(estimated(entry(_PROMETHEUS, spec={"replicas": 2}))) == {}


@pytest.mark.parametrize(
    ("chart", "values", "usd"),
    [
        ("vault", {"server": {"ha": {"enabled": True, "replicas": 5}}}, {"volumes of data": 4.0}),
        (
            "vault",
            {"server": {"ha": {"enabled": True}, "auditStorage": {"enabled": True, "size": "20Gi"}}},
            {"volumes of data": 2.4, "volumes of audit log": 4.8},
        ),
        ("vault", {"server": {"enabled": False, "ha": {"enabled": True}}}, {}),
        (
            "thanos",
            {
                "compactor": {"enabled": False},
                "ruler": {"enabled": True, "replicaCount": 2},
                "receive": {"mode": "split", "ingester": {"replicaCount": 3, "persistence": {"size": "20Gi"}}},
                "storegateway": {"sharded": {"hashPartitioning": {"shards": 2}}},
            },
            {"volumes of rulers": 1.6, "volumes of ingestors": 4.8, "volumes of store gateways": 3.2},
        ),
        ("thanos", {"receive": {"enabled": False}}, {"volumes of store gateways": 1.6, "volumes of compactor": 0.8}),
        ("grafana", {}, {}),
        ("grafana", {"persistence": {"enabled": True, "size": "1Gi"}}, {"volumes of data": 0.08}),
        ("oci://ghcr.io/example/vault", {"server": {"ha": {"enabled": True}}}, {"volumes of data": 2.4}),
        ("nobodys", {"persistence": {"enabled": True}}, {}),
    ],
)
def test_a_chart_claims_what_its_values_and_defaults_say(
    chart: str, values: dict[str, Any], usd: dict[str, float]
) -> None:
    found = lines(estimated(entry(_RELEASE, chart=chart, values=values)))

    assert {what: each[1] for what, each in found.items()} == usd
