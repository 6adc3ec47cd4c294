"""Nodes without a way to the internet get every image of Cilium from elsewhere."""

from typing import Any

import pytest

from components.networking import images

_REGISTRY = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/quay"
_VALUES = {"hubble": {"relay": {"enabled": True}, "tls": {"auto": {"method": "cronJob"}}}, "operator": {"replicas": 2}}


@pytest.mark.parametrize(
    ("path", "repository"),
    [
        (("image",), "cilium"),
        (("operator", "image"), "operator"),
        (("envoy", "image"), "cilium-envoy"),
        (("certgen", "image"), "certgen"),
        (("hubble", "relay", "image"), "hubble-relay"),
        (("hubble", "ui", "backend", "image"), "hubble-ui-backend"),
        (("hubble", "ui", "frontend", "image"), "hubble-ui"),
    ],
)
def test_every_image_comes_from_the_named_registry(path: tuple[str, ...], repository: str) -> None:
    place: Any = images.from_registry(_VALUES, _REGISTRY)
    for step in path:
        place = place[step]

    assert place == {"repository": f"{_REGISTRY}/cilium/{repository}"}
    assert f"quay.io/cilium/{repository}" in images.UPSTREAM


def test_the_other_values_stay_and_the_given_ones_are_untouched() -> None:
    changed = images.from_registry(_VALUES, _REGISTRY)

    assert changed["hubble"]["tls"] == {"auto": {"method": "cronJob"}}
    assert changed["hubble"]["relay"]["enabled"] is True
    assert changed["operator"]["replicas"] == 2
    assert _VALUES == {
        "hubble": {"relay": {"enabled": True}, "tls": {"auto": {"method": "cronJob"}}},
        "operator": {"replicas": 2},
    }
