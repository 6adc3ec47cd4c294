"""Objects of kinds that a CustomResourceDefinition adds, such as those whose fields do not all lie below `spec`."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components.kit.layer import Layer


def create(
    layer: Layer,
    role: str,
    manifest: Mapping[str, Any],
    *,
    depends_on: Sequence[pulumi.Resource],
) -> pulumi.CustomResource:
    """Make an object within a layer.

    The SDK's own class, `kubernetes.apiextensions.CustomResource`, sends `spec` and nothing beside it; what is made
    here is of the same type to the provider, and the whole object is sent.

    Args:
        layer: The layer it belongs to.
        role: The end of its logical name.
        manifest: The object, with `apiVersion`, `kind` and its name.
        depends_on: What brings the definition of its kind. It is destroyed after the object, which whoever finalises
            objects of the kind needs.

    """
    return pulumi.CustomResource(
        f"kubernetes:{manifest['apiVersion']}:{manifest['kind']}",
        f"{layer.pulumi_resource_name}-{role}",
        dict(manifest),
        opts=layer.child(depends_on=depends_on),
    )
