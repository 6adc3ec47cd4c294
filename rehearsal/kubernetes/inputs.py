"""What the provider itself does with a resource's inputs before any API server sees them."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.providers.standin import Failure, Properties, RefusedError, Resource

# https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/metadata/annotations.go
AUTONAMED: Final = "pulumi.com/autonamed"
"""The annotation ``"true"`` on every object whose name the provider has made up."""


def refuse_unrehearsed(type_token: str, inputs: Mapping[str, Any]) -> None:
    """Refuse the types of the package that stand for something else than one object.

    Raises:
        RefusedError: the type is one of them.

    """
    kind = type_token.rpartition(":")[2]
    if kind.endswith("Patch") and inputs.get("kind") == kind.removesuffix("Patch"):
        raise RefusedError(f"{type_token} is not rehearsed: what it patches is made by something outside this stack")
    if kind.endswith("List") and "items" in inputs:
        raise RefusedError(f"{type_token} is not rehearsed: declare its items as resources of their own")


def faults(type_token: str, inputs: Mapping[str, Any]) -> list[Failure]:
    """Return what is missing from the inputs, or does not fit the type token, without asking the API server."""
    group_version, kind = type_token.removeprefix("kubernetes:").rsplit(":", 1)
    api_version = group_version.removeprefix("core/")
    found = []
    for field, expected in (("apiVersion", api_version), ("kind", kind)):
        if field not in inputs:
            found.append(Failure(field, f"is missing; the type {type_token} says {expected}"))
        elif inputs[field] != expected:
            found.append(Failure(field, f"is {inputs[field]}, but the type {type_token} says {expected}"))
    if not isinstance(inputs.get("metadata", {}), Mapping):
        found.append(Failure("metadata", "must be an object with the object's name"))
    return found


def named(resource: Resource, inputs: Properties, olds: Mapping[str, Any], seed: bytes) -> Properties:
    """Return the inputs with a name made from the logical name where they give none, the same again at every update."""
    metadata = inputs.get("metadata") or {}
    if not isinstance(metadata, Mapping) or "name" in metadata or "generateName" in metadata:
        return inputs
    old = olds.get("metadata", {})
    if old.get("annotations", {}).get(AUTONAMED) == "true":
        name = old["name"]
    else:
        suffix = hashlib.sha256(seed).hexdigest()[:8] if seed else secrets.token_hex(4)
        name = f"{resource.name}-{suffix}"
    annotations = {**metadata.get("annotations", {}), AUTONAMED: "true"}
    return {**inputs, "metadata": {**metadata, "name": name, "annotations": annotations}}


def with_generated_name(manifest: Properties) -> Properties:
    """Return a manifest whose ``generateName`` is made a name; server-side apply takes no other."""
    metadata = manifest.get("metadata", {})
    if "name" in metadata or "generateName" not in metadata:
        return manifest
    # The API server, too, appends five characters.
    name = f"{metadata['generateName']}{secrets.token_hex(3)[:5]}"
    rest = {key: value for key, value in metadata.items() if key != "generateName"}
    return {**manifest, "metadata": {**rest, "name": name}}


def without_secrets(message: str, manifest: Mapping[str, Any]) -> str:
    """Return the API server's message about a manifest without any value of a Secret in it."""
    if manifest.get("kind") != "Secret":
        return message
    for field in ("data", "stringData"):
        values = manifest.get(field)
        for value in values.values() if isinstance(values, Mapping) else [values]:
            if value not in (None, ""):
                message = re.sub(rf"(?<!\w){re.escape(str(value))}(?!\w)", "***", message)
    return message


def live_inputs(inputs: Properties, live: Mapping[str, Any]) -> Properties:
    """Return the inputs with the values that the object has now, so that a change made elsewhere shows.

    What the inputs do not set is whoever else's, or the API server's default, and stays out.
    """
    written_only = {key: inputs[key] for key in ("stringData",) if key in inputs}
    return {key: _live(value, live[key]) for key, value in inputs.items() if key in live} | written_only


def _live(value: Any, now: Any) -> Any:
    if isinstance(value, Mapping) and isinstance(now, Mapping):
        return {key: _live(item, now[key]) for key, item in value.items() if key in now}
    if isinstance(value, list) and isinstance(now, list) and len(value) == len(now):
        return [_live(*pair) for pair in zip(value, now, strict=True)]
    return now


def group_and_kind(manifest: Mapping[str, Any]) -> tuple[str, str]:
    """Return the API group, empty for the core group, and the kind of an object."""
    return str(manifest["apiVersion"]).rpartition("/")[0], str(manifest["kind"])


def identified(identifier: str, manifest: Properties) -> Properties:
    """Return the manifest with the name and namespace that the provider's id holds."""
    namespace, _, name = identifier.rpartition("/")
    metadata = {key: value for key, value in manifest.get("metadata", {}).items() if key != "generateName"}
    metadata["name"] = name
    if namespace:
        metadata["namespace"] = namespace
    return {**manifest, "metadata": metadata}
