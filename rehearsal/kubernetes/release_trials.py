"""Tries the rendered objects of a release on the API server, which keeps none of them: each is judged as if it came."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from rehearsal.charts.pods import template_of
from rehearsal.charts.rendering import is_hook
from rehearsal.kubernetes import readiness
from rehearsal.kubernetes.inputs import without_secrets
from rehearsal.kubernetes.objects import Objects, Target
from rehearsal.kubernetes.rest import ApiError, Rest
from rehearsal.kubernetes.workloads import LATER, refuse_inadmissible_pods
from rehearsal.providers.standin import RefusedError

Manifest = Mapping[str, Any]

# Helm creates with POST and lets the API server warn of fields it does not know.
_CREATE: Final = {"dryRun": "All", "fieldManager": "helm", "fieldValidation": "Warn"}

# https://github.com/helm/helm/blob/main/pkg/action/validate.go
_OWNER: Final = "meta.helm.sh/release-name"
_OWNER_NAMESPACE: Final = "meta.helm.sh/release-namespace"
_MANAGED_BY: Final = "app.kubernetes.io/managed-by"
_HELM: Final = "Helm"

# A namespace gets its default service account some 100 ms after it was made; without, it takes no pod.
_ACCOUNT_SECONDS: Final = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What became of a release's objects.

    Attributes:
        accepted: How many the API server would take.
        unvalidated: Those of a kind that nothing here defines.
        warnings: What the API server takes and warns of.

    """

    accepted: int
    unvalidated: tuple[str, ...]
    warnings: tuple[str, ...]


class Trials:
    """Tries objects out; called from many threads at once.

    Args:
        rest: The API server.
        objects: The same, as the provider uses it.
        serve: Is asked to have the kind of an object served that the API server does not know, if it can.

    """

    def __init__(self, rest: Rest, objects: Objects, serve: Callable[[Manifest], None]) -> None:
        self._rest = rest
        self._objects = objects
        self._serve = serve

    def refuse_unserved(self, manifests: Iterable[Manifest], defined: frozenset[tuple[str, str]]) -> None:
        """Refuse objects whose kind comes only with the very release that holds them.

        Helm looks up the kinds of all objects before it makes the first.

        Args:
            manifests: The release's own objects.
            defined: Group and kind of the definitions among them.

        Raises:
            RefusedError: in Helm's words.

        """
        unserved = [
            f'resource mapping not found for name: "{each["metadata"].get("name", "")}" namespace: '
            f'"{each["metadata"].get("namespace", "")}" from "": no matches for kind "{each["kind"]}" in version '
            f'"{each["apiVersion"]}"\nensure CRDs are installed first'
            for each in manifests
            if not is_hook(each) and _group_kind(each) in defined and self._objects.target(each) is None
        ]
        if unserved:
            raise RefusedError(f"unable to build kubernetes objects from release manifest: {unserved[0]}")

    def try_out(self, release: str, manifests: Sequence[Manifest]) -> Tried:
        """Have the API server judge every object of the release ``namespace/name``.

        Raises:
            RefusedError: it refuses; every refusal is told.

        """
        namespace = release.partition("/")[0]
        brought = {each["metadata"]["name"] for each in manifests if _group_kind(each) == ("", "Namespace")}
        placed = [_placed(each, namespace, brought) for each in manifests]
        refusals: list[str] = []
        unvalidated: list[str] = []
        warnings: list[str] = []
        for original, manifest in zip(manifests, placed, strict=True):
            metadata = original["metadata"]
            label = " ".join((manifest["kind"], "/".join(filter(None, (metadata.get("namespace"), metadata["name"])))))
            try:
                target = self._target(manifest)
                if target is None:
                    unvalidated.append(f"{manifest['apiVersion']} {label} of release {release}")
                    continue
                warnings += (f"{label}: {text}" for text in self._judge(release, target, manifest))
            except ApiError as error:
                refusals.append(f"{label}: {without_secrets(str(error), manifest)}")
        if refusals:
            raise RefusedError(f"release {release}: " + "\n".join(refusals))
        return Tried(
            accepted=len(manifests) - len(unvalidated),
            unvalidated=tuple(unvalidated),
            warnings=tuple(dict.fromkeys(warnings)),
        )

    def _target(self, manifest: Manifest) -> Target | None:
        target = self._objects.target(manifest)
        if target is None:
            self._serve(manifest)
            target = self._objects.target(manifest)
            if target is None:
                self._objects.refuse_impossible(manifest)
        return target if target is not None and self._objects.judged(target) else None

    def _judge(self, release: str, target: Target, manifest: Manifest) -> Iterator[str]:
        """Try one object out, and a pod of it; yield the API server's warnings."""
        namespace = target.namespace if target.type.namespaced else ""
        if template_of(manifest) is not None:
            self._await_account(namespace)
        if manifest["kind"] == "Pod":
            # It names a service account of the release's own, which is not kept either.
            spec = {key: value for key, value in manifest["spec"].items() if key not in LATER}
            manifest = {**manifest, "spec": spec}
        collection = target.path.rpartition("/")[0]
        try:
            answer = self._rest.request("POST", collection, _CREATE, _marked(manifest, release))
        except ApiError as error:
            if error.status != HTTPStatus.CONFLICT:
                raise
            self._refuse_foreign(release, target, manifest)
        else:
            yield from answer.warnings
        refuse_inadmissible_pods(self._rest, namespace, manifest)

    def _refuse_foreign(self, release: str, target: Target, manifest: Manifest) -> None:
        """Refuse, as Helm does, an object that is there already and belongs to something else."""
        found = self._objects.find(target)
        namespace, _, name = release.partition("/")
        annotations = ((found or {}).get("metadata") or {}).get("annotations") or {}
        if found is None or is_hook(manifest):
            return
        if (annotations.get(_OWNER), annotations.get(_OWNER_NAMESPACE)) != (name, namespace):
            message = (
                f'Unable to continue with install: {manifest["kind"]} "{target.name}" in namespace '
                f'"{target.namespace}" exists and cannot be imported into the current release: invalid ownership '
                f'metadata; annotation validation error: key "{_OWNER}" must equal "{name}"'
            )
            raise ApiError(HTTPStatus.CONFLICT, "AlreadyExists", message)

    def _await_account(self, namespace: str) -> None:
        path = f"/api/v1/namespaces/{namespace}/serviceaccounts/default"
        readiness.poll(lambda: self._rest.find(path) is not None, _ACCOUNT_SECONDS)


def _group_kind(manifest: Manifest) -> tuple[str, str]:
    return manifest["apiVersion"].rpartition("/")[0], manifest["kind"]


def _placed(manifest: Manifest, namespace: str, brought: set[str]) -> Manifest:
    """Return an object in its namespace; in the release's where its own comes with the release and is not there."""
    metadata = manifest["metadata"]
    own = metadata.get("namespace") or namespace
    return {**manifest, "metadata": {**metadata, "namespace": namespace if own in brought else own}}


def _marked(manifest: Manifest, release: str) -> dict[str, Any]:
    namespace, _, name = release.partition("/")
    metadata = manifest["metadata"]
    if is_hook(manifest):
        return dict(manifest)
    labels = {**(metadata.get("labels") or {}), _MANAGED_BY: _HELM}
    annotations = {**(metadata.get("annotations") or {}), _OWNER: name, _OWNER_NAMESPACE: namespace}
    return {**manifest, "metadata": {**metadata, "labels": labels, "annotations": annotations}}
