"""Creates, changes and deletes objects on the API server, and waits where it completes them only afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from rehearsal.kubernetes import readiness
from rehearsal.kubernetes.permissive import PermissiveDefinitions
from rehearsal.kubernetes.resource_types import Catalogue, ResourceType, defined_by
from rehearsal.kubernetes.rest import APPLY, ApiError, Rest
from rehearsal.kubernetes.workloads import refuse_inadmissible_pods

# The provider's own field manager; without force a field that something else owns is a conflict, as it is there.
# Server-side apply refuses by itself fields that a schema does not know; Strict says so for whatever else is decoded.
_APPLY: Final = {"fieldManager": "pulumi-kubernetes", "force": "false", "fieldValidation": "Strict"}


@dataclass(frozen=True, slots=True)
class Target:
    """Where an object is: its type, namespace (empty for a cluster's own) and name."""

    type: ResourceType
    namespace: str
    name: str

    @property
    def path(self) -> str:
        """The object's path on the API server."""
        return self.type.path(self.namespace, self.name)

    @property
    def identifier(self) -> str:
        """The provider's id of the object, ``monitoring/grafana``."""
        return f"{self.namespace}/{self.name}" if self.type.namespaced else self.name


class Objects:
    """The API server as the provider uses it; called from many threads at once."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._catalogue = Catalogue(rest)
        self._permissive = PermissiveDefinitions(rest)

    @property
    def served(self) -> str:
        """What is known of the types that the API server serves, as a digest."""
        return self._catalogue.digest

    def target(self, manifest: Mapping[str, Any]) -> Target | None:
        """Return where an object belongs, or None where the API server does not serve its kind."""
        found = self._catalogue.find(manifest["apiVersion"], manifest["kind"])
        if found is None:
            return None
        metadata = manifest["metadata"]
        namespace = (metadata.get("namespace") or "default") if found.namespaced else ""
        return Target(found, namespace, metadata["name"])

    def await_kind(self, manifest: Mapping[str, Any], seconds: float) -> bool:
        """Wait at most `seconds` until the API server serves an object's kind, in whatever version; tell if it does."""
        return readiness.poll(lambda: self.target(manifest) is not None or bool(self._versions(manifest)), seconds)

    def serve_anything(self, manifest: Mapping[str, Any]) -> Target:
        """Have the API server take the kind of an object without judging it.

        Raises:
            ApiError: the kind cannot come from a definition that is merely not at hand, because its group is the API
                server's own, or because a definition that is at hand has no such version.

        """
        self.refuse_impossible(manifest)
        namespaced = "namespace" in manifest["metadata"]
        self._catalogue.add(self._permissive.define(manifest["apiVersion"], manifest["kind"], namespaced=namespaced))
        target = self.target(manifest)
        assert target is not None  # noqa: S101 - its type was added a line above
        return target

    def refuse_impossible(self, manifest: Mapping[str, Any]) -> None:
        """Refuse an object of a kind that is not served and that no definition can add.

        Raises:
            ApiError: its group is the API server's own, or a definition that is at hand has no such version.

        """
        group = manifest["apiVersion"].rpartition("/")[0]
        kind = manifest["kind"]
        versions = self._versions(manifest)
        if self._catalogue.is_own(group) or (versions and not self._permissive.cover(group, kind)):
            served = f"; it is served in {', '.join(versions)}" if versions else ""
            message = f'no matches for kind "{kind}" in version "{manifest["apiVersion"]}"{served}'
            raise ApiError(HTTPStatus.NOT_FOUND, "NotFound", message)

    def judged(self, target: Target) -> bool:
        """Tell whether the API server knows what an object of this type must look like."""
        return not self._permissive.cover(target.type.group, target.type.kind)

    def exists(self, target: Target) -> bool:
        """Tell whether the object is there."""
        return self.find(target) is not None

    def find(self, target: Target) -> dict[str, Any] | None:
        """Return the object, or None where there is none."""
        return self._rest.find(target.path)

    def create(self, target: Target, manifest: Mapping[str, Any]) -> dict[str, Any]:
        """Apply an object that must not be there yet; return it once it is usable.

        Raises:
            ApiError: the API server refuses.
            NotReadyError: it accepts, but the object does not become usable.

        """
        if self.exists(target):
            raise _already_exists(target)
        refuse_inadmissible_pods(self._rest, target.namespace, manifest)
        answer = self._rest.request("PATCH", target.path, _APPLY, manifest, content_type=APPLY)
        if not answer.created:
            # Another resource of the same stack was faster.
            raise _already_exists(target)
        match target.type.full_name:
            case "customresourcedefinitions.apiextensions.k8s.io":
                self._catalogue.add(defined_by(readiness.wait_until_established(self._rest, target.path)))
            case "resourcequotas":
                readiness.wait_until_counted(self._rest, target.path)
        return answer.body

    def update(self, target: Target, manifest: Mapping[str, Any]) -> dict[str, Any]:
        """Apply an object again; return it.

        Raises:
            ApiError: the API server refuses.

        """
        refuse_inadmissible_pods(self._rest, target.namespace, manifest)
        return self._rest.request("PATCH", target.path, _APPLY, manifest, content_type=APPLY).body

    def try_out(self, target: Target, manifest: Mapping[str, Any]) -> None:
        """Have the API server judge an object without keeping it.

        Raises:
            ApiError: the API server refuses.

        """
        self._rest.request("PATCH", target.path, {**_APPLY, "dryRun": "All"}, manifest, content_type=APPLY)

    def delete(self, target: Target, seconds: float) -> None:
        """Delete an object and wait at most `seconds` until it is gone; one that is not there is gone already.

        Raises:
            ApiError: the API server refuses.
            NotReadyError: the object is still there.

        """
        # Nothing here runs workloads, so no object has dependents worth waiting for.
        answer = self._rest.delete(target.path)
        # What goes at once is answered with a status, what has to be finalized first with the object itself.
        if answer is not None and answer.get("kind") != "Status":
            readiness.wait_until_gone(self._rest, target.path, answer["metadata"]["uid"], seconds)

    def _versions(self, manifest: Mapping[str, Any]) -> tuple[str, ...]:
        return self._catalogue.versions(manifest["apiVersion"].rpartition("/")[0], manifest["kind"])


def _already_exists(target: Target) -> ApiError:
    message = f'{target.type.full_name} "{target.name}" already exists'
    return ApiError(HTTPStatus.CONFLICT, "AlreadyExists", message)
