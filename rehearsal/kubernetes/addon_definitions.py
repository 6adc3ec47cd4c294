"""The CustomResourceDefinitions that EKS add-ons bring: there is no release that would hold them."""

import threading
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from rehearsal.charts.definitions import manifests
from rehearsal.charts.library import Library
from rehearsal.kubernetes.inputs import group_and_kind
from rehearsal.kubernetes.objects import Objects
from rehearsal.providers.standin import RefusedError

# Group of the kinds, the add-on, and where their definitions lie beneath the chart data.
# https://docs.aws.amazon.com/eks/latest/userguide/csi-snapshot-controller.html
_BROUGHT: Final[Mapping[str, tuple[str, str]]] = {
    "snapshot.storage.k8s.io": ("snapshot-controller", "external-snapshotter-crds"),
    "groupsnapshot.storage.k8s.io": ("snapshot-controller", "external-snapshotter-crds"),
}

_KEPT: Final = "an EKS add-on brought it, and it goes with its cluster"

Addons = Callable[[], Collection[str]]
"""Returns the names of the add-ons that are there now."""


class AddonDefinitions:
    """Puts the definitions of an add-on in place when the first object of their kinds comes.

    Args:
        objects: The API server, as the provider uses it.
        library: The definitions' files, if they are at hand.
        addons: Which add-ons there are; None where no AWS is part of the rehearsal.

    """

    def __init__(self, objects: Objects, library: Library | None, addons: Addons | None) -> None:
        self._objects = objects
        self._library = library
        self._addons = addons
        self._lock = threading.Lock()
        self._kept: dict[str, str] = {}

    @property
    def kept(self) -> Mapping[str, str]:
        """The definitions it has put in place, by name, with the reason why they stay."""
        with self._lock:
            return dict(self._kept)

    def serve(self, manifest: Mapping[str, Any]) -> None:
        """Have the kind of an object served, if an add-on brings it and its definition is at hand.

        Raises:
            RefusedError: the add-on is not there.
            ApiError: the API server refuses a definition.
            NotReadyError: it accepts one, but does not serve it.

        """
        group, kind = group_and_kind(manifest)
        addon, folder = _BROUGHT.get(group, ("", ""))
        if not addon:
            return
        if self._addons is not None and addon not in self._addons():
            raise RefusedError(
                f'no matches for kind "{kind}" in version "{manifest["apiVersion"]}": it comes with the EKS add-on '
                f"{addon}, on which the object must depend"
            )
        if self._library is None:
            return
        with self._lock:
            for definition in manifests(self._library.folder / folder / "crds"):
                name = definition["metadata"]["name"]
                target = self._objects.target(definition)
                if name not in self._kept and target is not None:
                    self._objects.create(target, dict(definition))
                    self._kept[name] = _KEPT
