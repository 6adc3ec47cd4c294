"""Specs of objects in the API's own form, as the rest of the program and the Kubernetes documentation write them."""

from typing import Any


def as_given(spec: dict[str, Any]) -> Any:
    """Return the spec of an SDK resource unchanged.

    The SDK takes camel-case keys although its types do not say so. Given as it is, the type checker would try the dict
    against every one of the SDK's overloads, level by level.

    Args:
        spec: The spec, with the API's own keys.

    """
    return spec
