"""A chart with templates small enough to read: a workload, a Service, a hook, a test, and what can go wrong with it."""

import tarfile
from pathlib import Path
from typing import Any, Final

import yaml

from rehearsal.charts.archives import Archives
from tests.rehearsal.charts.examples import definition

NAME: Final = "lantern"
VERSION: Final = "1.2.3"

_CHART: Final = {"apiVersion": "v2", "name": NAME, "version": VERSION, "appVersion": "7", "kubeVersion": ">= 1.30.0-0"}
_VALUES: Final = """\
replicas: 1
image: example.com/lantern:7
privileged: false
refuse: false
extra: {}
oil: true
"""
_SCHEMA: Final = '{"properties": {"replicas": {"type": "integer"}}}'
_HELPER: Final = '{{- define "lantern.labels" -}}\napp.kubernetes.io/name: lantern\n{{- end }}\n'
_DEPLOYMENT: Final = """\
{{- if .Values.refuse }}{{ fail "a lantern needs oil" }}{{ end }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  labels: {{ include "lantern.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: {{ include "lantern.labels" . | nindent 6 }}
  template:
    metadata:
      labels: {{ include "lantern.labels" . | nindent 8 }}
    spec:
      serviceAccountName: {{ .Release.Name }}
      containers:
        - name: lantern
          image: {{ .Values.image }}
          ports: [{name: light, containerPort: 8080}]
          livenessProbe: {httpGet: {path: /, port: 8081}}
          securityContext:
            privileged: {{ .Values.privileged }}
            allowPrivilegeEscalation: {{ .Values.privileged }}
            capabilities: {drop: [ALL]}
            runAsNonRoot: true
            seccompProfile: {type: RuntimeDefault}
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec:
  selector: {{ include "lantern.labels" . | nindent 4 }}
  ports: [{name: light, port: 80, targetPort: light}, {name: metrics, port: 9090}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-facts}
data:
  upgrade: {{ .Release.IsUpgrade | quote }}
  serves: {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" | quote }}
  dropped: {{ .Capabilities.APIVersions.Has "policy/v1beta1" | quote }}
  found: {{ dig "data" "colour" "none" (lookup "v1" "ConfigMap" .Release.Namespace "palette") | quote }}
"""
_HOOK: Final = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-oil
  annotations: {helm.sh/hook: "pre-install,pre-upgrade"}
spec:
  template:
    metadata: {labels: {job: oil}}
    spec:
      restartPolicy: Never
      containers:
        - name: oil
          image: example.com/oil:1
          resources: {requests: {cpu: 1m, memory: 1Mi}}
          securityContext:
            allowPrivilegeEscalation: false
            capabilities: {drop: [ALL]}
            runAsNonRoot: true
            seccompProfile: {type: RuntimeDefault}
"""
_TEST: Final = """\
apiVersion: v1
kind: Pod
metadata: {name: lantern-test, annotations: {helm.sh/hook: test}}
spec: {containers: [{name: test, image: example.com/test:1}]}
"""
_EXTRA: Final = "{{- with .Values.extra }}\n{{ toYaml . }}\n{{- end }}\n"


def lantern(folder: Path, **more: Any) -> Path:
    """Write the unpacked chart and return its folder.

    Args:
        folder: Where it is put, as ``lantern``.
        more: What differs in its Chart.yaml.

    """
    chart = folder / NAME
    (chart / "templates").mkdir(parents=True)
    (chart / "crds").mkdir()
    files = {
        "Chart.yaml": yaml.safe_dump({**_CHART, **more}),
        "values.yaml": _VALUES,
        "values.schema.json": _SCHEMA,
        "crds/wicks.yaml": yaml.safe_dump(definition("wicks", "Wick")),
        "templates/_labels.tpl": _HELPER,
        "templates/deployment.yaml": _DEPLOYMENT,
        "templates/hook.yaml": "{{- if .Values.oil }}\n" + _HOOK + "{{- end }}\n",
        "templates/test.yaml": _TEST,
        "templates/extra.yaml": _EXTRA,
    }
    for name, text in files.items():
        (chart / name).write_text(text, encoding="utf-8")
    return chart


def packed(folder: Path, **more: Any) -> Path:
    """Write the chart as `helm package` does and return the archive."""
    chart = lantern(folder / "unpacked", **more)
    version = more.get("version", VERSION)
    path = folder / f"{NAME}-{version}.tgz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(chart, arcname=NAME)
    return path


def archives(folder: Path, **more: Any) -> Archives:
    """Write the unpacked chart and return the archives of its folder."""
    lantern(folder, **more)
    return Archives(folder)
