"""Every block has exactly one compactor, whoever wrote it, and is kept for as long as its tenant's retention says."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from components.observability.thanos import compactors
from components.observability.thanos.compactors import Compactor
from components.observability.thanos.settings import CHART, ThanosSettings
from components.observability.thanos.thanos import values
from rehearsal.charts import library
from tests.components import examples

_TENANTS = {
    "audit": {"raw_days": 30, "five_minutes_days": 400, "one_hour_days": 1095},
    "audit-eu": {"raw_days": 20, "five_minutes_days": 20, "one_hour_days": 20},
    "shop": {},
}
# The external labels by which blocks differ: of two instances, of Rulers, and of tenants with and without an own.
_STREAMS: list[dict[str, str]] = [
    {"cluster": "a", "prometheus": "app", "replica": "0"},
    {"cluster": "a", "prometheus": "system", "replica": "1"},
    {"ruler_replica": "thanos-ruler-0"},
    *({"receive_replica": "0", "tenant_id": tenant} for tenant in (*_TENANTS, "default-tenant", "audits", "eu", "sho")),
]


def _settings(**receive: Any) -> ThanosSettings:
    return examples.parsed(ThanosSettings, receive=receive)


def _keeps(compactor: Compactor, labels: Mapping[str, str]) -> bool:
    """Tell whether a compactor takes a block, as Prometheus' relabelling does: patterns match from end to end.

    https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config
    """
    for rule in compactor.selector:
        matches = re.fullmatch(rule["regex"], ";".join(labels.get(name, "") for name in rule["source_labels"]))
        if bool(matches) is not (rule["action"] == "keep"):
            return False
    return True


@pytest.mark.parametrize("tenants", [{}, {"audit": {}}, _TENANTS])
def test_every_stream_of_blocks_has_exactly_one_compactor(tenants: dict[str, Any]) -> None:
    made = compactors.of(_settings(tenants=tenants))

    for labels in _STREAMS:
        assert sum(_keeps(compactor, labels) for compactor in made) == 1, labels


@pytest.mark.parametrize("tenants", [{}, _TENANTS])
def test_each_compactor_has_one_pod_and_a_name_of_its_own_and_the_chart_adds_none(tenants: dict[str, Any]) -> None:
    settings = _settings(tenants=tenants)
    made = compactors.of(settings)
    specs = [compactors.stateful_set(compactor, settings, "gp3") for compactor in made]

    assert [spec["replicas"] for spec in specs] == [1] * len(made)
    assert len({spec["serviceName"] for spec in specs}) == len(made) == 1 + len(tenants)
    selectors = [json.dumps(spec["selector"]["matchLabels"], sort_keys=True) for spec in specs]
    assert len(set(selectors)) == len(made)
    assert values(settings, rules={}, storage_class="gp3", zones=3)["compactor"] == {"enabled": False}


def test_a_tenant_is_kept_for_as_long_as_its_own_retention_says() -> None:
    arguments = {
        compactor.name: compactors.arguments(compactor) for compactor in compactors.of(_settings(tenants=_TENANTS))
    }

    assert "--retention.resolution-5m=400d" in arguments["thanos-compactor-audit"]
    assert "--retention.resolution-raw=20d" in arguments["thanos-compactor-audit-eu"]
    assert {
        "--retention.resolution-raw=30d",
        "--retention.resolution-5m=180d",
        "--retention.resolution-1h=1095d",
    } <= set(arguments["thanos-compactor"])


def test_a_compactor_reads_the_selector_that_is_its_own() -> None:
    for compactor in compactors.of(_settings(tenants=_TENANTS)):
        (said,) = (each for each in compactors.arguments(compactor) if each.startswith("--selector.relabel-config="))

        assert json.loads(said.partition("=")[2]) == list(compactor.selector)


def test_without_tenants_nothing_is_left_out() -> None:
    (only,) = compactors.of(ThanosSettings())

    assert only.selector == []
    assert not any("relabel" in each for each in compactors.arguments(only))


def test_nobody_deletes_by_a_compactors_pages() -> None:
    (only,) = compactors.of(ThanosSettings())

    assert {"--wait", "--disable-admin-operations"} <= set(compactors.arguments(only))


def test_its_pod_passes_the_restricted_level_and_stays_on_nodes_that_stay() -> None:
    (only,) = compactors.of(ThanosSettings())
    pod = compactors.stateful_set(only, ThanosSettings(), "gp3")["template"]["spec"]
    (container,) = pod["containers"]

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert container["resources"]["limits"]["memory"]
    assert pod["nodeSelector"] == {"node-role": "general"}
    assert pod["automountServiceAccountToken"] is False


def test_they_run_the_version_that_the_chart_runs() -> None:
    found = library.at_hand()
    if found is None:
        pytest.skip("the charts' own files are not at hand: set CHART_DATA")

    assert f"quay.io/thanos/thanos:{found.index[CHART]['app']}" == compactors.IMAGE
