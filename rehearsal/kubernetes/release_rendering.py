"""Renders releases whose charts' archives are at hand, tries out what comes of it, and keeps what was seen."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from kubernetes import client

from rehearsal.charts import pods
from rehearsal.charts.archives import VARIABLE, Archive, Archives, OtherVersionError
from rehearsal.charts.definitions import Definition, rendered
from rehearsal.charts.pods import Manifest, Pods
from rehearsal.charts.rendering import Helm, Installation, RenderError
from rehearsal.kubernetes.objects import Objects
from rehearsal.kubernetes.release_trials import Trials, Tried
from rehearsal.providers.standin import Properties, RefusedError
from tools.build import BuildError, path_of

_NONE: Final = Tried(accepted=0, unvalidated=(), warnings=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """What was seen of rendered releases.

    Attributes:
        releases: Those that were rendered, ``namespace/name``.
        not_rendered: The others, each with the reason.
        objects: How many objects the API server would take.
        unvalidated: Those of a kind that nothing defines.
        warnings: What the API server takes and warns of.
        pods: The pods of their workloads.
        manifests: All their objects, each with its namespace if it has one.

    """

    releases: tuple[str, ...] = ()
    not_rendered: Mapping[str, str] = field(default_factory=dict)
    objects: int = 0
    unvalidated: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    pods: tuple[Pods, ...] = ()
    manifests: tuple[Manifest, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """One rendered release."""

    manifests: tuple[Mapping[str, Any], ...]
    definitions: tuple[Definition, ...]
    pods: tuple[Pods, ...]
    tried: Tried = _NONE


class ReleaseRendering:
    """Renders; called from many threads at once.

    Args:
        archives: The charts with their templates, if they are at hand.
        configuration: How Helm reaches the API server.
        objects: The API server, as the provider uses it.
        trials: Tries objects out on it.

    """

    def __init__(
        self, archives: Archives | None, configuration: client.Configuration, objects: Objects, trials: Trials
    ) -> None:
        self._archives = archives
        self._configuration = configuration
        self._objects = objects
        self._trials = trials
        self._lock = threading.Lock()
        self._seen: dict[str, _Seen] = {}
        self._not_rendered: dict[str, str] = {}

    @cached_property
    def _helm(self) -> Helm:
        return Helm(path_of("helm"), self._configuration)

    def render(self, inputs: Properties, *, upgrade: bool) -> None:
        """Render a release, if its chart's archive is at hand.

        Raises:
            RefusedError: Helm refuses, in its own words, or is missing.

        """
        release = _release(inputs)
        archive = self._archive(inputs)
        if archive is None:
            return
        installation = Installation(
            name=inputs["name"], namespace=inputs["namespace"], values=inputs.get("values") or {}, upgrade=upgrade
        )
        try:
            manifests = self._helm.render(archive, installation, self._objects.served)
        except RenderError as error:
            raise RefusedError(f"helm: {error}") from error
        except (BuildError, TimeoutError) as error:
            raise RefusedError(str(error)) from error
        definitions = rendered(manifests)
        self._trials.refuse_unserved(manifests, frozenset(each.kind for each in definitions))
        with self._lock:
            self._seen[release] = _Seen(
                manifests=manifests, definitions=definitions, pods=pods.read(manifests, inputs["namespace"], release)
            )

    def try_out(self, inputs: Properties) -> None:
        """Try the objects of a release that has been rendered, if it has, once its definitions are served.

        Raises:
            RefusedError: the API server refuses some of them.

        """
        release = _release(inputs)
        with self._lock:
            seen = self._seen.get(release)
        if seen is None:
            return
        tried = self._trials.try_out(release, seen.manifests)
        with self._lock:
            self._seen[release] = _Seen(
                manifests=seen.manifests, definitions=seen.definitions, pods=seen.pods, tried=tried
            )

    def definitions(self, inputs: Properties) -> tuple[Definition, ...] | None:
        """Return the definitions among a release's own objects; None where it has not been rendered."""
        with self._lock:
            seen = self._seen.get(_release(inputs))
        return seen.definitions if seen else None

    def found(self) -> Rendering:
        """Return what has been seen so far."""
        with self._lock:
            seen, not_rendered = dict(self._seen), dict(self._not_rendered)
        return Rendering(
            releases=tuple(sorted(seen)),
            not_rendered={name: not_rendered[name] for name in sorted(not_rendered.keys() - seen.keys())},
            objects=sum(each.tried.accepted for each in seen.values()),
            unvalidated=tuple(label for each in seen.values() for label in each.tried.unvalidated),
            warnings=tuple(text for each in seen.values() for text in each.tried.warnings),
            pods=tuple(found for _, each in sorted(seen.items()) for found in each.pods),
            manifests=tuple(
                pods.placed(manifest, release.partition("/")[0])
                for release, each in sorted(seen.items())
                for manifest in each.manifests
            ),
        )

    def _archive(self, inputs: Properties) -> Archive | None:
        reason = ""
        archive = None
        if self._archives is None:
            reason = f"there are no archives of charts (make charts, or {VARIABLE})"
        else:
            try:
                archive = self._archives.find(str(inputs["chart"]), inputs.get("version") or "")
                reason = "" if archive else "its chart's archive is not at hand"
            except OtherVersionError as error:
                reason = str(error)
        with self._lock:
            self._not_rendered[_release(inputs)] = reason
        return archive


def _release(inputs: Properties) -> str:
    return f"{inputs['namespace']}/{inputs['name']}"
