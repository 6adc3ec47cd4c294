"""What Helm makes of Thanos' chart with the platform's values, where the chart's templates are at hand."""

import json
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.kit import chart
from components.observability.thanos.settings import CHART, ThanosSettings
from components.observability.thanos.thanos import values
from rehearsal.charts import archives
from tests.components import examples

RULES = {
    "all.yaml": """\
groups:
  - name: all
    rules:
      - alert: NothingScraped
        expr: count(up{job="node"}) == 0
        annotations: {summary: "{{ $labels.cluster }} has {{ $value }}"}
"""
}
_HELM = Path(__file__).parents[4] / ".tools" / "bin" / "helm"


def settings(**given: Any) -> ThanosSettings:
    return examples.parsed(ThanosSettings, **given)


def objects(**given: Any) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Return what a release of these settings consists of, by kind and name."""
    told = values(settings(**given), rules=RULES, storage_class="gp3", zones=3)
    return _rendered(json.dumps(told, sort_keys=True))


@cache
def _rendered(text: str) -> dict[tuple[str, str], Mapping[str, Any]]:
    pinned = chart.pinned()[CHART]
    folder = archives.at_hand()
    found = folder.find(CHART, pinned.version) if folder else None
    if found is None or not _HELM.exists():
        pytest.skip("the chart's templates are not at hand: make charts")
    options = {
        "namespace": pinned.namespace,
        "kube-version": "1.36.0",
        # Where it is served, the chart would have it change what the platform requests.
        "api-versions": "autoscaling.k8s.io/v1/VerticalPodAutoscaler",
        "values": "-",
    }
    run = subprocess.run(
        [_HELM, "template", CHART, found.path, *(f"--{name}={value}" for name, value in options.items())],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    made = [each for each in yaml.safe_load_all(run.stdout) if each]
    return {(each["kind"], each["metadata"]["name"]): each for each in made}


def workloads(made: Mapping[tuple[str, str], Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return the specs of what runs pods, by name."""
    return {name: each["spec"] for (kind, name), each in made.items() if kind in {"Deployment", "StatefulSet"}}
