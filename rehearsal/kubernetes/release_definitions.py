"""The CustomResourceDefinitions of releases on the API server, and the objects that hang on them."""

import threading
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from rehearsal.charts.definitions import Definition, Way
from rehearsal.kubernetes.objects import Objects, Target
from rehearsal.kubernetes.resource_types import defined_by
from rehearsal.kubernetes.rest import ApiError, Rest
from rehearsal.providers.standin import RefusedError

# Helm marks its own objects so, https://github.com/helm/helm/blob/main/pkg/action/validate.go; a definition that came
# another way is marked for the rehearsal alone, which must know whom its objects depend on.
_OWNER: Final = "meta.helm.sh/release-name"
_OWNER_NAMESPACE: Final = "meta.helm.sh/release-namespace"
_BROUGHT_BY: Final = "rehearsal/brought-by"
_OWN: Final = frozenset({Way.TEMPLATE, Way.KEPT})

_DELETE_SECONDS: Final = 30.0


class ReleaseDefinitions:
    """Installs, changes and removes the definitions of releases."""

    def __init__(self, rest: Rest, objects: Objects) -> None:
        self._rest = rest
        self._objects = objects
        self._lock = threading.Lock()
        self._kept: dict[str, str] = {}

    @property
    def kept(self) -> Mapping[str, str]:
        """The definitions that uninstalled releases have left, by name, with the reason."""
        with self._lock:
            return dict(self._kept)

    def install(self, release: str, brought: Iterable[Definition]) -> None:
        """Put the definitions of the release ``namespace/name`` in place and wait until they are served.

        Raises:
            RefusedError: one of the release's own objects is there already and belongs to something else.
            ApiError: the API server refuses.
            NotReadyError: one is accepted but not served.

        """
        for definition in brought:
            target, found = self._look(definition)
            if found is None:
                self._create(definition, target, release)
            elif definition.way in _OWN:
                if not _belongs(found, release):
                    raise RefusedError(_foreign(definition, release))
                self._objects.update(target, _marked(definition, release))
            with self._lock:
                self._kept.pop(definition.name, None)

    def _create(self, definition: Definition, target: Target, release: str) -> None:
        try:
            self._objects.create(target, _marked(definition, release))
        except ApiError as error:
            # Two charts may hold the same folder; the one that comes second finds it done.
            if error.status != HTTPStatus.CONFLICT or definition.way in _OWN:
                raise

    def upgrade(self, release: str, before: Iterable[Definition], after: tuple[Definition, ...]) -> None:
        """Bring the definitions from what a release had to what it has.

        Raises:
            RefusedError: it would delete objects; or as for `install`.
            ApiError: the API server refuses.

        """
        stay = {definition.name for definition in after}
        self._remove(release, [each for each in before if each.way is Way.TEMPLATE and each.name not in stay])
        self.install(release, after)

    def uninstall(self, release: str, brought: tuple[Definition, ...]) -> None:
        """Remove the definitions that go with a release.

        Raises:
            RefusedError: objects of their kinds, or of those that stay, are still there.
            ApiError: the API server refuses.

        """
        self._remove(release, brought)

    def _remove(self, release: str, brought: Iterable[Definition]) -> None:
        owned: list[tuple[Definition, Target]] = []
        for definition in brought:
            target, found = self._look(definition)
            if found is not None and _belongs(found, release):
                self._refuse_objects(release, definition, found)
                owned.append((definition, target))
        for definition, target in owned:
            if definition.way is Way.TEMPLATE:
                self._objects.delete(target, _DELETE_SECONDS)
            else:
                with self._lock:
                    self._kept[definition.name] = definition.way.value

    def _refuse_objects(self, release: str, definition: Definition, found: Mapping[str, Any]) -> None:
        (served, *_) = defined_by(found)
        items = self._rest.get(served.everywhere)["items"] or ()
        if not items:
            return
        metadata = (item["metadata"] for item in items)
        names = ", ".join("/".join(filter(None, (each.get("namespace"), each["name"]))) for each in metadata)
        what = f"{len(items)} objects of kind {served.kind} still managed ({names})"
        if definition.way is Way.TEMPLATE:
            fault = f"would delete {what}, for it takes {definition.name} away"
        else:
            fault = f"would leave {what} without what acts on them"
        raise RefusedError(f"uninstalling {release} {fault}: they must depend on the release, to be deleted before it")

    def _look(self, definition: Definition) -> tuple[Target, Mapping[str, Any] | None]:
        target = self._objects.target(definition.manifest)
        assert target is not None  # noqa: S101 - every API server serves definitions
        return target, self._objects.find(target)


def _marked(definition: Definition, release: str) -> dict[str, Any]:
    manifest, metadata = definition.manifest, definition.manifest["metadata"]
    namespace, _, name = release.partition("/")
    marks = {_BROUGHT_BY: release}
    labels = metadata.get("labels") or {}
    if definition.way in _OWN:
        marks |= {_OWNER: name, _OWNER_NAMESPACE: namespace}
        labels = {**labels, "app.kubernetes.io/managed-by": "Helm"}
    annotations = {**(metadata.get("annotations") or {}), **marks}
    return {
        **{key: value for key, value in manifest.items() if key != "status"},
        "metadata": {"name": metadata["name"], "labels": labels, "annotations": annotations},
    }


def _belongs(found: Mapping[str, Any], release: str) -> bool:
    annotations = found["metadata"].get("annotations") or {}
    return bool(annotations.get(_BROUGHT_BY) == release)


def _foreign(definition: Definition, release: str) -> str:
    # Helm's words.
    name = release.partition("/")[2]
    return (
        "Unable to continue with install: CustomResourceDefinition "
        f'"{definition.name}" in namespace "" exists and cannot be imported into the current release: invalid '
        f'ownership metadata; annotation validation error: key "{_OWNER}" must equal "{name}"'
    )
