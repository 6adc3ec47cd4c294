"""The pinned versions: whole, and of the minors the platform runs."""

import re

import pytest

from components.compute import kubernetes_versions
from components.compute.addons import ADDONS
from components.kit.versions import Versions, pinned

_PINS = [(minor, name) for minor, pins in pinned().addons.items() for name in pins]


def test_an_add_on_is_pinned_for_its_minor_only() -> None:
    versions = Versions(kubernetes="1.36", addons={"1.36": {"coredns": "v1.14.6-eksbuild.4"}})

    assert versions.addon("coredns", "1.36") == "v1.14.6-eksbuild.4"
    assert versions.addon("coredns", "1.35") is None
    assert versions.addon("metrics-server", "1.36") is None


def test_every_add_on_is_pinned_for_the_platforms_own_minor() -> None:
    assert set(pinned().addons[pinned().kubernetes]) == set(ADDONS)


def test_no_pin_is_left_of_a_minor_or_an_add_on_that_is_gone() -> None:
    assert set(pinned().addons) <= set(kubernetes_versions.deployable())
    assert {name for _, name in _PINS} <= set(ADDONS)


@pytest.mark.parametrize(("minor", "name"), _PINS)
def test_a_pin_is_an_exact_version(minor: str, name: str) -> None:
    assert re.fullmatch(r"v\d+\.\d+\.\d+-eksbuild\.\d+", pinned().addons[minor][name])
