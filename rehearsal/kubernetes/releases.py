"""Helm releases in the rehearsal: judged by their chart's own files, recorded as Helm does, with their definitions."""

import hashlib
import re
import secrets
import threading
from collections.abc import Iterator, Mapping
from typing import Final

from rehearsal.charts.archives import OtherVersionError
from rehearsal.charts.chart import Chart
from rehearsal.charts.definitions import Definition, Way, definitions
from rehearsal.charts.library import Library
from rehearsal.charts.values import problems
from rehearsal.kubernetes.objects import Objects
from rehearsal.kubernetes.release_definitions import ReleaseDefinitions
from rehearsal.kubernetes.release_rendering import ReleaseRendering, Rendering
from rehearsal.kubernetes.release_storage import DEPLOYED, SUPERSEDED, Record, ReleaseStorage
from rehearsal.kubernetes.rest import Rest
from rehearsal.kubernetes.summary import ReleaseCounts
from rehearsal.providers.properties import UNKNOWN, is_known
from rehearsal.providers.standin import Change, Failure, Properties, RefusedError, Resource, changed_inputs

RELEASE: Final = "kubernetes:helm.sh/v3:Release"
"""The type token of a release."""

# What replaces a release; a chart from elsewhere is an upgrade like any other.
# https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/helm_release.go (forceNewFields)
_REPLACING: Final = ("name", "namespace")
_TIMEOUT_SECONDS: Final = 300  # defaultTimeoutSeconds, there
_COMPUTED: Final = ("resourceNames", "status")

# https://github.com/helm/helm/blob/main/pkg/chart/common/util.go: ValidName, and 53 characters at most.
_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_NAME_LENGTH: Final = 53


class Releases:
    """Plays Helm; called from many threads at once.

    Args:
        rest: The API server.
        objects: The same, as the provider uses it.
        library: The charts' own files, if they are at hand.
        rendering: Renders releases, as far as the charts' templates are at hand.

    """

    def __init__(self, rest: Rest, objects: Objects, library: Library | None, rendering: ReleaseRendering) -> None:
        self._rest = rest
        self._library = library
        self._rendering = rendering
        self._storage = ReleaseStorage(rest)
        self._definitions = ReleaseDefinitions(rest, objects)
        self._lock = threading.Lock()
        self._seen: dict[str, str] = {}

    @property
    def kept(self) -> Mapping[str, str]:
        """The definitions that releases have left in the cluster, with the reason."""
        return self._definitions.kept

    @property
    def unvalidated(self) -> tuple[str, ...]:
        """The releases whose values nothing judged, each with the reason."""
        with self._lock:
            return tuple(f"Release {name}: {reason}" for name, reason in self._seen.items() if reason)

    def counts(self) -> ReleaseCounts:
        """Return what has been made of the releases so far."""
        rendered = len(self._rendering.found().releases)
        with self._lock:
            unjudged = sum(bool(reason) for reason in self._seen.values())
            judged = len(self._seen) - unjudged
            return ReleaseCounts(
                judged=judged, rendered=rendered, unjudged=unjudged, chart_data=self._library is not None
            )

    def rendering(self) -> Rendering:
        """Return what was seen of the releases that were rendered."""
        return self._rendering.found()

    def check(
        self, resource: Resource, inputs: Properties, olds: Properties, seed: bytes
    ) -> tuple[Properties, list[Failure]]:
        """Fill in the provider's defaults; return every fault of the values, each at its path."""
        filled = _filled(resource, inputs, olds, seed)
        return filled, list(self._faults(filled))

    def promised(self, inputs: Properties) -> frozenset[tuple[str, str]]:
        """Return group and kind of every definition that comes with a release."""
        return frozenset(each.kind for each in self._brought(inputs))

    def diff(self, olds: Properties, news: Properties) -> Change:
        """Compare inputs; another name or namespace makes another release."""
        changed = changed_inputs(olds, news)
        return Change(properties=changed, replaces=tuple(name for name in _REPLACING if name in changed))

    def planned(self, state: Properties, news: Properties) -> Properties:
        """Return what a preview can say of the outputs."""
        return {**state, **news, **dict.fromkeys(_COMPUTED, UNKNOWN)}

    def create(self, inputs: Properties) -> tuple[str, Properties]:
        """Install.

        Raises:
            RefusedError: the name is taken, as Helm says it.
            ApiError: the API server refuses, for instance because there is no such namespace.

        """
        namespace, name = inputs["namespace"], inputs["name"]
        if inputs.get("createNamespace"):
            self._make_namespace(namespace)
        if self._storage.history(namespace, name):
            raise RefusedError("cannot re-use a name that is still in use")
        record = Record(namespace=namespace, name=name, revision=1, status="pending-install")
        self._storage.add(record, self._metadata(inputs), inputs.get("values") or {})
        try:
            # As Helm does: first the folder crds/, by which the templates may be guided, then what the templates make.
            folder = (each for each in self._brought(inputs) if each.way is Way.FOLDER)
            self._definitions.install(f"{namespace}/{name}", folder)
            self._rendering.render(inputs, upgrade=False)
            self._definitions.install(f"{namespace}/{name}", self._brought(inputs))
            self._rendering.try_out(inputs)
            self._storage.mark(record, DEPLOYED)
        except Exception:
            # `atomic`; without it a record of the failure would stay.
            self._storage.remove(record)
            raise
        self._note(inputs)
        return f"{namespace}/{name}", self._outputs(inputs, record.revision)

    def update(self, state: Properties, inputs: Properties) -> Properties:
        """Upgrade: a new revision takes the place of the one that is deployed.

        Raises:
            RefusedError: there is nothing to upgrade, as Helm says it; or the upgrade takes definitions away.
            ApiError: the API server refuses.

        """
        namespace, name = inputs["namespace"], inputs["name"]
        history = self._storage.history(namespace, name)
        deployed = [record for record in history if record.status == DEPLOYED]
        if not deployed:
            raise RefusedError(f'"{name}" has no deployed releases')
        revision = history[-1].revision + 1
        record = Record(namespace=namespace, name=name, revision=revision, status="pending-upgrade")
        self._storage.add(record, self._metadata(inputs), inputs.get("values") or {})
        try:
            had = self._brought(state)
            self._rendering.render(inputs, upgrade=True)
            self._definitions.upgrade(f"{namespace}/{name}", had, self._brought(inputs))
            self._rendering.try_out(inputs)
        except Exception:
            self._storage.remove(record)
            raise
        for before in deployed:
            self._storage.mark(before, SUPERSEDED)
        self._storage.mark(record, DEPLOYED)
        # None and 0 keep all, https://helm.sh/docs/helm/helm_upgrade/ (--history-max)
        surplus = len(history) + 1 - (inputs.get("maxHistory") or len(history) + 1)
        for before in history[: max(surplus, 0)]:
            self._storage.remove(before)
        self._note(inputs)
        return self._outputs(inputs, revision)

    def delete(self, state: Properties) -> None:
        """Uninstall.

        Raises:
            RefusedError: there is no such release, as Helm says it; or objects of its definitions are still there.
            ApiError: the API server refuses.

        """
        namespace, name = state["namespace"], state["name"]
        history = self._storage.history(namespace, name)
        if not history:
            raise RefusedError(f"uninstall: Release not loaded: {name}: release: not found")
        self._definitions.uninstall(f"{namespace}/{name}", self._brought(state))
        for record in history:
            self._storage.remove(record)

    def find(self, identifier: str, state: Properties) -> Properties | None:
        """Return the outputs of the release ``namespace/name``, or None where there is none.

        Args:
            identifier: The provider's id.
            state: The outputs so far, or the inputs of a release whose outputs were never read.

        """
        namespace, _, name = identifier.partition("/")
        history = self._storage.history(namespace, name)
        if not history:
            return None
        outputs = self._outputs({"chart": "", **state, "namespace": namespace, "name": name}, history[-1].revision)
        return {**outputs, "status": {**outputs["status"], "status": history[-1].status}}

    def _faults(self, inputs: Properties) -> Iterator[Failure]:
        name = inputs["name"]
        if name is not UNKNOWN and (len(name) > _NAME_LENGTH or not _NAME.fullmatch(name)):
            yield Failure("name", f"{name} is no name of a release: {_NAME_LENGTH} characters, as of a DNS name")
        if inputs.get("valueYamlFiles"):
            yield Failure("valueYamlFiles", "is not rehearsed: give the values themselves")
        try:
            chart = self._chart(inputs)
        except OtherVersionError as error:
            yield Failure("version", str(error))
            return
        values = inputs.get("values")
        if chart is not None and isinstance(values, Mapping):
            yield from (Failure(problem.property, problem.reason) for problem in problems(chart, values))

    def _chart(self, inputs: Properties) -> Chart | None:
        reference, version = inputs.get("chart"), inputs.get("version", "")
        if self._library is None or not (is_known(reference) and is_known(version)):
            return None
        options = inputs.get("repositoryOpts")
        repository = options.get("repo") if isinstance(options, Mapping) and is_known(options) else ""
        return self._library.find(str(reference), version or "", repository or "")

    def _brought(self, inputs: Properties) -> tuple[Definition, ...]:
        try:
            chart = self._chart(inputs)
        except OtherVersionError:
            return ()
        values = inputs.get("values")
        known = values if isinstance(values, Mapping) else {}
        beside = definitions(chart, known, skip=bool(inputs.get("skipCrds"))) if chart else ()
        rendered = self._rendering.definitions(inputs)
        if rendered is None:
            return beside
        # What the templates make is seen; how else it could be told is no longer of interest.
        return (*(each for each in beside if each.way not in {Way.TEMPLATE, Way.KEPT}), *rendered)

    def _metadata(self, inputs: Properties) -> dict[str, str]:
        chart = self._chart(inputs)
        if chart is None:
            name = str(inputs["chart"]).rpartition("/")[2]
            return {"name": name, "version": inputs.get("version", ""), "appVersion": ""}
        return {"name": chart.name, "version": chart.version, "appVersion": chart.app_version}

    def _outputs(self, inputs: Properties, revision: int) -> Properties:
        chart = self._metadata(inputs)
        status = {
            "name": inputs["name"],
            "namespace": inputs["namespace"],
            "revision": revision,
            "status": DEPLOYED,
            "chart": chart["name"],
            "version": chart["version"],
            "appVersion": chart["appVersion"],
        }
        return {**inputs, "version": chart["version"], "status": status, "resourceNames": {}}

    def _note(self, inputs: Properties) -> None:
        chart = self._chart(inputs)
        reason = ""
        if self._library is None:
            reason = "there is no chart data (CHART_DATA)"
        elif chart is None:
            reason = f"{inputs['chart']} is not among the chart data"
        elif beneath := sorted({*chart.unseen} & {*(inputs.get("values") or {})}):
            reason = f"the values below {', '.join(beneath)} are of a chart that is not among the chart data"
        with self._lock:
            self._seen[f"{inputs['namespace']}/{inputs['name']}"] = reason

    def _make_namespace(self, namespace: str) -> None:
        if self._rest.find(f"/api/v1/namespaces/{namespace}") is None:
            body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
            self._rest.request("POST", "/api/v1/namespaces", body=body)


def _filled(resource: Resource, inputs: Properties, olds: Properties, seed: bytes) -> Properties:
    filled = {**inputs}
    if not filled.get("name"):
        suffix = hashlib.sha256(seed).hexdigest()[:8] if seed else secrets.token_hex(4)
        filled["name"] = olds.get("name") or f"{resource.name}-{suffix}"
    if not filled.get("namespace"):
        filled["namespace"] = "default"
    if not filled.get("skipAwait"):
        filled.setdefault("timeout", _TIMEOUT_SECONDS)
    return filled
