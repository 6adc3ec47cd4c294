"""Which namespaces faults may be brought into on purpose, as Chaos Mesh knows them."""

from collections.abc import Collection


def marks(namespace: str, disturbed: Collection[str]) -> dict[str, str]:
    """Return the annotations of a namespace, by which Chaos Mesh may choose pods there if it is one of those named.

    https://chaos-mesh.org/docs/configure-enabled-namespace/

    Args:
        namespace: Its name.
        disturbed: The namespaces that may be disturbed.

    """
    return {"chaos-mesh.org/inject": "enabled"} if namespace in disturbed else {}
