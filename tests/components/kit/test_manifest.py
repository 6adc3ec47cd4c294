"""A release file comes in from its publisher's address, in the pinned version, as a part of its layer."""

from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from components.kit import manifest
from components.kit.layer import Layer
from tests.components.recording import Recorded, build

TYPE = "kubernetes:yaml/v2:ConfigFile"
ADDRESS = "https://example.com/releases/v1.2.3/install.yaml"


class Sky(Layer, kind="test:kit:ManifestSky"):
    """A layer with one release file."""

    def __init__(self, name: str = "kites", **options: Any) -> None:
        namespace = kubernetes.core.v1.Namespace("namespace", metadata={"name": "sky"})
        super().__init__("sky", pulumi.ResourceOptions(depends_on=[namespace]))
        manifest.install(self, name, protect=True, **options)


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    monkeypatch.setattr(manifest, "pinned", lambda: {"kites": ADDRESS})
    return build(Sky).one(TYPE, "sky-kites")


def test_the_file_is_the_pinned_one(file: Recorded) -> None:
    assert file.inputs == {"file": ADDRESS}
    assert file.protect


def test_it_belongs_to_its_layer_and_waits_for_what_that_waits_for(file: Recorded) -> None:
    assert file.parent == "sky"
    assert "namespace" in file.dependencies


def test_a_manifest_that_is_not_pinned_is_not_installed() -> None:
    with pytest.raises(KeyError, match="balloons"):
        build(lambda: Sky("balloons"))


def test_the_version_is_put_into_the_address() -> None:
    address = manifest.pinned()["gateway-api"]

    assert "{" not in address
    assert address.startswith("https://github.com/kubernetes-sigs/gateway-api/releases/download/v")
