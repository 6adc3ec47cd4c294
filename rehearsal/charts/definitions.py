"""Which CustomResourceDefinitions come with a release, how, and what becomes of them when it goes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from rehearsal.charts.chart import Chart, laid_over

KIND: Final = "CustomResourceDefinition"
"""The kind of a definition."""

_KEEP: Final = ("helm.sh/resource-policy", "keep")


class Way(Enum):
    """How a definition comes into the cluster; the value says what becomes of it at uninstall."""

    FOLDER = "Helm installs what is in a chart's folder crds/ where it is missing, and never changes or deletes it"
    TEMPLATE = "it is one of the release's own objects and is deleted with it"
    KEPT = "it is one of the release's own objects, annotated to be kept at uninstall"
    PROGRAM = "what the release runs registers it and never deletes it"


@dataclass(frozen=True, slots=True)
class Definition:
    """A CustomResourceDefinition of a release; `manifest` is the whole object."""

    manifest: Mapping[str, Any]
    way: Way

    @property
    def name(self) -> str:
        """Its name, ``issuers.cert-manager.io``."""
        return str(self.manifest["metadata"]["name"])

    @property
    def kind(self) -> tuple[str, str]:
        """The group and the kind that it defines."""
        spec = self.manifest["spec"]
        return spec["group"], spec["names"]["kind"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """How one chart brings its definitions.

    Attributes:
        way: How.
        switches: The values any of which switches them on; always on without.
        keep: The value that has them kept; without, an annotation in the definition itself decides.
        folder: Where they lie beneath the chart data, if not with the chart.

    """

    way: Way = Way.TEMPLATE
    switches: tuple[str, ...] = ()
    keep: str = ""
    folder: str = ""


# Charts not named here have them in their folder crds/, https://helm.sh/docs/topics/charts/#custom-resource-definitions-crds.
# The others' sources are the values.yaml of the version at hand, and:
#   cilium       https://docs.cilium.io/en/stable/internals/cilium_operator/ ("CRD Registration")
#   crossplane   https://docs.crossplane.io/latest/software/install/ (installed by the pod's init container)
#   karpenter-crd https://karpenter.sh/docs/upgrading/upgrade-guide/#crd-upgrades (its CRDs are templates)
#   istio-base   https://istio.io/latest/docs/setup/install/helm/ (templates, annotated to be kept)
#   linkerd-crds https://linkerd.io/2/tasks/install-helm/ (templates)
#   eck-operator https://github.com/elastic/cloud-on-k8s/tree/main/deploy/eck-operator/charts/eck-operator-crds
_RULES: Final[Mapping[str, _Rule | None]] = {
    "alloy": _Rule(way=Way.FOLDER, switches=("crds.create",)),
    "argo-cd": _Rule(switches=("crds.install",), keep="crds.keep"),
    "argo-events": _Rule(switches=("crds.install",), keep="crds.keep"),
    "argo-rollouts": _Rule(switches=("installCRDs",), keep="keepCRDs"),
    "argo-workflows": _Rule(switches=("crds.install",), keep="crds.keep"),
    "argocd-image-updater": _Rule(switches=("crds.install",), keep="crds.keep"),
    "base": _Rule(switches=("base.enableCRDTemplates",)),
    "cert-manager": _Rule(switches=("crds.enabled", "installCRDs"), keep="crds.keep"),
    "cilium": _Rule(way=Way.PROGRAM),
    "cloudnative-pg": _Rule(switches=("crds.create",)),
    # It needs none; those beside it are of an API it can be told to use.
    "cluster-autoscaler": None,
    "crossplane": _Rule(way=Way.PROGRAM),
    "eck-operator": _Rule(switches=("installCRDs",)),
    "external-secrets": _Rule(switches=("installCRDs",)),
    "karpenter-crd": _Rule(),
    "kube-prometheus-stack": _Rule(way=Way.FOLDER, switches=("crds.enabled",)),
    "kyverno": _Rule(switches=("crds.install",)),
    "linkerd-crds": _Rule(),
    "opentelemetry-operator": _Rule(switches=("crds.create",)),
    "opentelemetry-kube-stack": _Rule(way=Way.FOLDER, switches=("crds.installOtel", "crds.installPrometheus")),
    "plugin-barman-cloud": _Rule(switches=("crds.create",)),
    "prometheus-operator-crds": _Rule(folder="kube-prometheus-stack"),
    "rollout-operator": _Rule(way=Way.FOLDER, switches=("crds.enabled",)),
}


def definitions(chart: Chart, values: Mapping[str, Any], *, skip: bool = False) -> tuple[Definition, ...]:
    """Return the definitions that come with a release.

    Args:
        chart: The release's chart.
        values: What the release sets; what is not known yet counts as switched on.
        skip: Helm's ``skipCrds``, which is about the folder crds/ alone.

    """
    merged = laid_over(chart.defaults, values)
    rule = _RULES.get(chart.name, _Rule(way=Way.FOLDER))
    own = () if rule is None else _of(chart, rule, merged, skip=skip)
    within = (
        definition
        for dependency in chart.dependencies
        if dependency.chart and dependency.enabled(merged)
        for definition in definitions(dependency.chart, merged.get(dependency.key) or {}, skip=skip)
    )
    return (*own, *within)


def rendered(objects: Iterable[Mapping[str, Any]]) -> tuple[Definition, ...]:
    """Return the definitions among a release's own objects."""
    return tuple(
        Definition(each, Way.KEPT if _annotated_to_be_kept(each) else Way.TEMPLATE)
        for each in objects
        if each.get("kind") == KIND
    )


def _annotated_to_be_kept(manifest: Mapping[str, Any]) -> bool:
    return (manifest["metadata"].get("annotations") or {}).get(_KEEP[0]) == _KEEP[1]


def _of(chart: Chart, rule: _Rule, merged: Mapping[str, Any], *, skip: bool) -> Iterator[Definition]:
    if rule.way is Way.FOLDER and skip:
        return
    if rule.switches and not any(_at(merged, switch) for switch in rule.switches):
        return
    folder = chart.folder.parent / rule.folder if rule.folder else chart.folder
    for manifest in manifests(folder / "crds"):
        kept = bool(_at(merged, rule.keep)) if rule.keep else _annotated_to_be_kept(manifest)
        yield Definition(manifest, Way.KEPT if rule.way is Way.TEMPLATE and kept else rule.way)


def _at(values: Mapping[str, Any], path: str) -> Any:
    place: Any = values
    for step in path.split("."):
        place = place.get(step) if isinstance(place, Mapping) else None
    return place


@cache
def manifests(folder: Path) -> tuple[Mapping[str, Any], ...]:
    """Return the definitions in a folder's files."""
    paths = sorted(path for pattern in ("*.yaml", "*.yml") for path in folder.glob(pattern))
    documents = (each for path in paths for each in yaml.load_all(path.read_text("utf-8"), Loader=yaml.CSafeLoader))
    return tuple(each for each in documents if each and each.get("kind") == KIND)
