"""Chart data small enough to read: a chart `kite` with a chart within it, and one `spare` in two versions."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from rehearsal.charts.chart import Chart
from rehearsal.charts.library import Library

REPOSITORY: Final = "https://charts.example.com"

VALUES: Final = """\
replicas: 1
# What the pods may take.
resources: {}
#  limits:
#    cpu: 100m
image:
  repository: example.com/kite
  # tag: latest
  #pullPolicy: Always
nodeSelector:
  kubernetes.io/os: linux
securityContext:
  runAsNonRoot: true
affinity: {}
settings:
  wind:
    speed: 3
  # storm:
  #   warn: true
  note: |
    # hidden: this is text
    plain: text too
hosts:
  - name: a
    # port: 1
crds:
  enabled: true
  keep: false
empty:
"""
TAIL: Final = "length: 2\ncolours: {}\nglobal:\n  region: eu\n"
SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "replicas": {"type": "integer", "minimum": 1},
        "image": {"$ref": "#/$defs/image"},
        "lines": {"type": "object", "additionalProperties": {"type": "object", "properties": {"length": {}}}},
    },
    "$defs": {"image": {"type": "object", "properties": {"digest": {"type": "string"}}}},
}
CHART: Final[Mapping[str, Any]] = {
    "name": "kite",
    "dependencies": [
        {"name": "tail", "alias": "ribbon", "condition": "ribbon.enabled"},
        {"name": "string", "condition": "strings.on"},
    ],
}


def definition(plural: str, kind: str, **annotations: str) -> dict[str, Any]:
    """Return a CustomResourceDefinition of the group ``example.com``."""
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.example.com", "annotations": annotations},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
        },
    }


def data(folder: Path) -> Library:
    """Write the chart data and return it."""
    index = {}
    for name, chart, version in (("kite", "kite", "1.2.3"), ("spare", "spare", "2.0.0"), ("spare-1", "spare", "1.9.0")):
        index[name] = {"version": version, "app": "7", "url": REPOSITORY, "oci": "classic", "ref": f"v{version}"}
        (folder / name).mkdir(parents=True)
        (folder / name / "Chart.yaml").write_text(yaml.safe_dump({"name": chart}), encoding="utf-8")
        (folder / name / "values.yaml").write_text("a: 1\n", encoding="utf-8")
    kite = folder / "kite"
    (kite / "Chart.yaml").write_text(yaml.safe_dump(dict(CHART)), encoding="utf-8")
    (kite / "values.yaml").write_text(VALUES, encoding="utf-8")
    (kite / "values.schema.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    (kite / "charts" / "tail").mkdir(parents=True)
    (kite / "charts" / "tail" / "values.yaml").write_text(TAIL, encoding="utf-8")
    (kite / "crds").mkdir()
    (kite / "crds" / "all.yaml").write_text(
        yaml.safe_dump_all([definition("kites", "Kite"), definition("lines", "Line")]), encoding="utf-8"
    )
    (folder / "index.json").write_text(json.dumps(index), encoding="utf-8")
    return Library(folder)


def kite(folder: Path) -> Chart:
    """Write the chart data and return the chart `kite`."""
    found = data(folder).find("kite", "1.2.3")
    assert found is not None
    return found
