"""The stand-in for Pulumi's Kubernetes provider: every object is applied to a real API server, which judges it."""

import os
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any, ClassVar, Final

from kubernetes import client

from rehearsal.charts import archives as archives_here
from rehearsal.charts.archives import Archives
from rehearsal.charts.library import Library, at_hand
from rehearsal.kubernetes.addon_definitions import AddonDefinitions, Addons
from rehearsal.kubernetes.constraint_definitions import ConstraintDefinitions
from rehearsal.kubernetes.inputs import (
    faults,
    group_and_kind,
    identified,
    live_inputs,
    named,
    refuse_unrehearsed,
    with_generated_name,
)
from rehearsal.kubernetes.objects import Objects, Target
from rehearsal.kubernetes.refusals import ClusterUnreachableError, refusing
from rehearsal.kubernetes.release_files import FILE, ReleaseFiles
from rehearsal.kubernetes.release_rendering import ReleaseRendering
from rehearsal.kubernetes.release_trials import Trials
from rehearsal.kubernetes.releases import RELEASE, Releases
from rehearsal.kubernetes.replacement import deletes_first, replacing
from rehearsal.kubernetes.rest import ApiError, Rest
from rehearsal.kubernetes.summary import KubernetesSummary
from rehearsal.providers.properties import is_known
from rehearsal.providers.standin import (
    Change,
    Child,
    Failure,
    Properties,
    RefusedError,
    Resource,
    StandIn,
    changed_inputs,
)

# What a preview cannot judge, for it depends on what the same update makes first: the namespace of an object, the
# service account of a pod, the owner of a field.
_UNDECIDED: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT})

# How long an object waits for a definition that the same update makes, like the provider itself, which tries again a
# few times when a kind is missing.
_DEFINITION_SECONDS: Final = 15

# A namespace takes the control plane's own 5 s of grace and 1 s; on a machine that was busy with much else 60 s were
# too few. Only what is stuck waits so long.
_DELETE_SECONDS: Final = 240.0

_CRD: Final = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"

# What to do when the cluster does not answer: the provider's options, and the variables that set them too.
# https://www.pulumi.com/registry/packages/kubernetes/installation-configuration/
_UNREACHABLE: Final = {
    "deleteUnreachable": "PULUMI_K8S_DELETE_UNREACHABLE",
    "skipUpdateUnreachable": "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE",
}
_IF_DELETED: Final = "If the cluster was deleted, PULUMI_K8S_DELETE_UNREACHABLE=true takes its objects out of the state"


class KubernetesStandIn(StandIn):
    """Applies objects to the API server behind `api_client`; see `ControlPlane.api_client`.

    Args:
        api_client: A client with an administrator's rights.
        delete_seconds: How long the deletion of one object may take.
        library: The files of the charts that releases install; without, those at hand on this machine.
        archives: The charts with their templates; without, those at hand on this machine.
        addons: Which EKS add-ons there are; without, nothing is said of what they bring.

    """

    package: ClassVar[str] = "kubernetes"
    previews: ClassVar[bool] = True
    components: ClassVar[bool] = True

    def __init__(
        self,
        api_client: client.ApiClient,
        *,
        delete_seconds: float = _DELETE_SECONDS,
        library: Library | None = None,
        archives: Archives | None = None,
        addons: Addons | None = None,
    ) -> None:
        rest = Rest(api_client)
        self._objects = Objects(rest)
        library = library or at_hand()
        self._addons = AddonDefinitions(self._objects, library, addons)
        self._constraints = ConstraintDefinitions(self._objects)
        trials = Trials(rest, self._objects, self._addons.serve)
        archives = archives or archives_here.at_hand()
        rendering = ReleaseRendering(archives, api_client.configuration, self._objects, trials)
        self._releases = Releases(rest, self._objects, library, rendering)
        self._files = ReleaseFiles(library)
        self._delete_seconds = delete_seconds
        self._lock = threading.Lock()
        self._options: frozenset[str] = frozenset()
        self._promised: set[tuple[str, str]] = set()
        self._made: dict[str, str] = {}
        self._accepted: set[str] = set()
        self._unvalidated: set[str] = set()

    def summary(self) -> KubernetesSummary:
        """Return what has been accepted so far."""
        with self._lock:
            rendering = self._releases.rendering()
            unvalidated = {*self._unvalidated, *self._releases.unvalidated, *self._files.unvalidated}
            unvalidated |= {*rendering.unvalidated}
            counts = self._releases.counts()
            return KubernetesSummary(len(self._accepted), tuple(sorted(unvalidated)), counts, rendering)

    def release(self, inputs: Properties) -> str:
        """Return the id of the release with these inputs, if there is one now."""
        identifier = f"{inputs['namespace']}/{inputs['name']}"
        with refusing({}):
            return identifier if self._releases.find(identifier, inputs) is not None else ""

    @property
    def kept(self) -> Mapping[str, str]:
        """The CustomResourceDefinitions that releases and add-ons have left by design, by name, with the reason."""
        return {**self._releases.kept, **self._addons.kept}

    def configure(self, inputs: Properties) -> None:
        """Take the options that decide between update and replacement."""
        # The engine hands over options as the strings of the provider's configuration.
        self._options = frozenset(name for name, value in inputs.items() if value in (True, "true"))

    def check(
        self, resource: Resource, inputs: Properties, *, olds: Properties, seed: bytes
    ) -> tuple[Properties, list[Failure]]:
        """Name the object where its inputs do not; judge the values of a release."""
        if resource.type == RELEASE:
            filled, failures = self._releases.check(resource, inputs, olds, seed)
            with self._lock:
                self._promised |= self._releases.promised(filled)
            return filled, failures
        refuse_unrehearsed(resource.type, inputs)
        found = faults(resource.type, inputs)
        if found:
            return inputs, found
        if resource.type == _CRD and is_known(spec := inputs.get("spec", {})):
            with self._lock:
                self._promised.add((spec.get("group", ""), spec.get("names", {}).get("kind", "")))
        return named(resource, inputs, olds, seed), []

    def children(self, token: str, name: str, inputs: Properties) -> Sequence[Child]:
        """Return the objects of a release file."""
        return self._files.children(name, inputs) if token == FILE else super().children(token, name, inputs)

    def diff(self, resource: Resource, olds: Properties, news: Properties) -> Change:
        """Compare inputs; what the provider cannot change in place replaces the object."""
        if resource.type == RELEASE:
            return self._releases.diff(olds, news)
        group = str(news.get("apiVersion", "")).rpartition("/")[0]
        replaces = replacing(group, olds, news, self._options)
        return Change(
            properties=changed_inputs(olds, news),
            replaces=replaces,
            delete_before_replace=bool(replaces) and deletes_first(olds, news),
        )

    def planned(self, resource: Resource, state: Properties, olds: Properties, news: Properties) -> Properties:
        """Return what a preview can say of the outputs."""
        if resource.type == RELEASE:
            return self._releases.planned(state, news)
        return super().planned(resource, state, olds, news)

    def create(self, resource: Resource, inputs: Properties, *, preview: bool) -> tuple[str, Properties]:
        """Apply a new object; at preview only try it out, as far as it can be judged before the update runs."""
        if resource.type == RELEASE:
            if preview:
                return "", self._releases.planned({}, inputs)
            with refusing({}):
                return self._releases.create(inputs)
        if preview:
            # A cluster that does not answer is no reason to stop a plan, in which it may well be replaced.
            with suppress(ClusterUnreachableError):
                if is_known(inputs):
                    self._try_out(with_generated_name(inputs))
            return "", inputs
        manifest = with_generated_name(inputs)
        with refusing(manifest):
            target = self._objects.target(manifest) or self._target_of_missing_kind(manifest)
            if self._made.get(target.path) == resource.urn and self._objects.exists(target):
                # The provider's server-side apply takes over what is there: a creation whose answer was lost is
                # simply done again. That another resource made it is refused, though.
                outputs = self._objects.update(target, manifest)
            else:
                outputs = self._objects.create(target, manifest)
            self._made[target.path] = resource.urn
        self._record(target, manifest)
        return target.identifier, _outputs(outputs)

    def update(self, resource: Resource, identifier: str, state: Properties, inputs: Properties) -> Properties:
        """Apply the new inputs to the object `identifier`."""
        if resource.type == RELEASE:
            with refusing({}):
                return self._releases.update(state, inputs)
        manifest = identified(identifier, inputs)
        with refusing(manifest):
            target = self._objects.target(manifest) or self._target_of_missing_kind(manifest)
            outputs = self._objects.update(target, manifest)
        self._record(target, manifest)
        return _outputs(outputs)

    def delete(self, resource: Resource, identifier: str, state: Properties) -> None:
        """Delete the object and wait until it is gone."""
        try:
            if resource.type == RELEASE:
                with refusing({}):
                    self._releases.delete(state)
            else:
                self._delete(identified(identifier, state))
        except ClusterUnreachableError as unreachable:
            if not self._enabled("deleteUnreachable"):
                raise RefusedError(f"{unreachable}. {_IF_DELETED}") from unreachable

    def read(
        self, resource: Resource, identifier: str, state: Properties, inputs: Properties
    ) -> tuple[Properties, Properties] | None:
        """Look at the object; of a cluster that does not answer nothing can be said, unless an option says it."""
        try:
            if resource.type == RELEASE:
                with refusing({}):
                    found = self._releases.find(identifier, state or inputs)
                return (found, inputs) if found is not None else None
            live = self._find(identified(identifier, inputs or state))
        except ClusterUnreachableError as unreachable:
            if self._enabled("deleteUnreachable"):
                return None
            if self._enabled("skipUpdateUnreachable"):
                return state, inputs
            raise RefusedError(f"{unreachable}. {_IF_DELETED}") from unreachable
        return (_outputs(live), live_inputs(inputs or state, live)) if live is not None else None

    def _delete(self, manifest: Properties) -> None:
        with refusing(manifest):
            target = self._objects.target(manifest)
            # A kind that is not served any more took its objects with it.
            if target is not None:
                self._objects.delete(target, self._delete_seconds)
                self._constraints.gone(target)

    def _find(self, manifest: Properties) -> dict[str, Any] | None:
        with refusing(manifest):
            target = self._objects.target(manifest)
            return self._objects.find(target) if target is not None else None

    def _enabled(self, option: str) -> bool:
        # The provider takes these from its configuration or from the environment, which it inherits.
        return option in self._options or os.environ.get(_UNREACHABLE[option], "") in {"1", "true"}

    def _try_out(self, manifest: Properties) -> None:
        with refusing(manifest):
            target = self._objects.target(manifest)
            if target is None:
                return
            try:
                self._objects.try_out(target, manifest)
            except ApiError as error:
                # An object that is there now is going to be replaced, and can be judged only when it is gone.
                if error.status not in _UNDECIDED and not self._objects.exists(target):
                    raise

    def _target_of_missing_kind(self, manifest: Properties) -> Target:
        if group_and_kind(manifest) in self._promised:
            served = self._objects.await_kind(manifest, _DEFINITION_SECONDS)
            if not served:
                raise RefusedError(
                    f"{manifest['apiVersion']} {manifest['kind']} is not served after {_DEFINITION_SECONDS} s, "
                    "although this stack holds its CustomResourceDefinition: the object must depend on that"
                )
        self._addons.serve(manifest)
        self._constraints.serve(manifest)
        return self._objects.target(manifest) or self._objects.serve_anything(manifest)

    def _record(self, target: Target, manifest: Properties) -> None:
        label = f"{manifest['apiVersion']} {manifest['kind']} {target.identifier}"
        with self._lock:
            (self._accepted if self._objects.judged(target) else self._unvalidated).add(label)


def _outputs(found: dict[str, Any]) -> Properties:
    # Bookkeeping of server-side apply, half of the bytes and of no use to a program.
    metadata = {key: value for key, value in found["metadata"].items() if key != "managedFields"}
    return {**found, "metadata": metadata}
