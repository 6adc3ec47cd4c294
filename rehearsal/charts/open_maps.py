"""Which maps of charts' values accept keys that the chart does not show, and why."""

import re
from collections.abc import Mapping
from typing import Final

from rehearsal.charts.keys import Keys

_ANYTHING: Final[tuple[tuple[str, str], ...]] = (
    (r"(labels|annotations)$", "Kubernetes takes any label and annotation"),
    (r"(nodeselector|matchlabels)$", "it selects by labels, which are anybody's"),
    (r"^(extra|additional)[a-z]*(args?|flags|env|envs|config|settings|options)", "it passes on what the chart misses"),
    (r"^(env|envvars|environment)$", "a program's environment has any names"),
    (r"\.(ini|yaml|yml|json|conf|toml)$", "it becomes a file of the program's own configuration"),
)
"""Patterns for the last key in lower case, each with its reason."""

_OF_ONE_CHART: Final[Mapping[tuple[str, str], str]] = {
    ("alertmanager", "config"): "Alertmanager's own configuration file",
    ("argo-cd", "configs.cm"): "the ConfigMap argocd-cm, whose keys are Argo CD's own settings",
    ("argo-cd", "configs.params"): "the ConfigMap argocd-cmd-params-cm, likewise",
    ("argo-cd", "configs.rbac"): "the ConfigMap argocd-rbac-cm, with a key for each policy file",
    ("falco", "controller.daemonset.updateStrategy"): "Kubernetes' own field, beneath which a comment reads like a key",
    ("kube-prometheus-stack", "alertmanager.config"): "Alertmanager's own configuration file",
    ("loki", "loki.limits_config"): "a section of Loki's own configuration file",
    ("opentelemetry-collector", "config"): "the collector's own configuration file",
    ("opentelemetry-kube-stack", "collectors"): "one collector of any name for each key",
    ("prometheus-blackbox-exporter", "config"): "the exporter's own configuration file",
    ("prometheus", "serverFiles"): "one file of any name for each key",
}
"""Chart and path, each with its reason."""

_FURTHER: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    # Velero's own configuration file, of which the chart's schema shows a part.
    # https://github.com/vmware-tanzu/velero/blob/v1.18.1/pkg/types/repo_maintenance.go
    ("velero", "configuration.repositoryMaintenanceJob.repositoryConfigData.global"): ("podAnnotations", "podLabels"),
}
"""Chart and path, with the maps there that the chart shows nowhere and passes on."""

_ALIKE: Final[Mapping[tuple[str, str], tuple[str, frozenset[str]]]] = {
    # In split mode the chart reads there what it reads in `receive` otherwise, and its schema asks for all of it.
    ("thanos", "receive.ingester"): ("receive", frozenset({"ingester", "mode", "router"})),
}
"""Chart and path of a map that takes another's keys although the chart does not show them: which, and which not."""

_CONTAINER: Final = frozenset(
    {
        "allowPrivilegeEscalation",
        "appArmorProfile",
        "capabilities",
        "privileged",
        "procMount",
        "readOnlyRootFilesystem",
        "runAsGroup",
        "runAsNonRoot",
        "runAsUser",
        "seLinuxOptions",
        "seccompProfile",
        "windowsOptions",
    }
)
_POD: Final = frozenset(
    {
        "fsGroup",
        "fsGroupChangePolicy",
        "seLinuxChangePolicy",
        "supplementalGroups",
        "supplementalGroupsPolicy",
        "sysctls",
    }
)
_PROBE: Final = frozenset(
    {
        "exec",
        "failureThreshold",
        "grpc",
        "httpGet",
        "initialDelaySeconds",
        "periodSeconds",
        "successThreshold",
        "tcpSocket",
        "terminationGracePeriodSeconds",
        "timeoutSeconds",
    }
)

# https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/
_TYPED: Final[tuple[tuple[str, frozenset[str]], ...]] = (
    (r"^resources$", frozenset({"claims", "limits", "requests"})),
    # Charts say securityContext of a pod and of a container alike. Several have a switch of their own in it.
    (r"securitycontext$", _CONTAINER | _POD | {"enabled"}),
    (r"^affinity$", frozenset({"nodeAffinity", "podAffinity", "podAntiAffinity"})),
    (r"^(liveness|readiness|startup)probe$", _PROBE | {"enabled"}),
    (r"^(update|deployment)strategy$", frozenset({"rollingUpdate", "type"})),
)
"""Patterns for the last key in lower case, with the fields of the Kubernetes type that the map becomes."""


def opened(chart: str, keys: Keys) -> None:
    """Open the maps of a chart's keys that accept more than the chart shows."""
    _by_name(keys)
    for name, path in _OF_ONE_CHART:
        if name == chart and (place := keys.find(tuple(path.split(".")))) is not None:
            place.open = True
    for (name, path), further in _FURTHER.items():
        if name == chart:
            for each in further:
                keys.at((*path.split("."), each)).open = True
    for (name, path), (pattern, others) in _ALIKE.items():
        if name == chart and (like := keys.find(tuple(pattern.split(".")))) is not None:
            _lay_under(keys.at(tuple(path.split("."))), like, besides=others)


def _lay_under(keys: Keys, others: Keys, *, besides: frozenset[str] = frozenset()) -> None:
    for name, below in others.children.items():
        if name not in besides:
            _lay_under(keys.at((name,)), below)
    keys.open |= others.open and not others.children


def _by_name(keys: Keys) -> None:
    for name, below in keys.children.items():
        lower = name.lower()
        fields = next((fields for pattern, fields in _TYPED if re.search(pattern, lower)), None)
        # What has other keys only shares its name with the Kubernetes type.
        if fields is not None and (below.children or below.open) and below.children.keys() <= fields:
            below.open = False
            for each in fields:
                below.at((each,)).open = True
        elif any(re.search(pattern, lower) for pattern, _ in _ANYTHING):
            below.open = below.open or bool(below.children)
        _by_name(below)
