"""Which images Cilium's chart pulls, so that nodes without a way to the internet get them from elsewhere."""

from collections.abc import Mapping
from typing import Any, Final

_UPSTREAM: Final = "quay.io/cilium"

# By where the chart's values have them; only those of what is switched on.
_IMAGES: Final = {
    ("image",): "cilium",
    ("operator", "image"): "operator",
    ("envoy", "image"): "cilium-envoy",
    ("certgen", "image"): "certgen",
    ("hubble", "relay", "image"): "hubble-relay",
    ("hubble", "ui", "backend", "image"): "hubble-ui-backend",
    ("hubble", "ui", "frontend", "image"): "hubble-ui",
}

UPSTREAM: Final = tuple(f"{_UPSTREAM}/{name}" for name in _IMAGES.values())
"""The images by their own names; the operator's is completed by the chart (`operator-aws`, `operator-generic`)."""


def from_registry(values: Mapping[str, Any], registry: str) -> dict[str, Any]:
    """Return the chart's values with all images taken from a registry that stands in the place of quay.io."""
    changed: dict[str, Any] = {**values}
    for path, name in _IMAGES.items():
        inner = changed
        for step in path:
            inner[step] = {**inner.get(step, {})}
            inner = inner[step]
        inner["repository"] = f"{registry}/cilium/{name}"
    return changed
