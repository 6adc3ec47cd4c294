"""One control plane for all tests: it starts in 3 s, and every test works in a namespace of its own."""

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from rehearsal.kubernetes.control_plane import ControlPlane
from rehearsal.kubernetes.provider import KubernetesStandIn
from rehearsal.kubernetes.rest import Rest
from rehearsal.providers.standin import Properties, Resource
from tests.rehearsal.charts.examples import data

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    with ControlPlane(tmp_path_factory.mktemp("plane")) as running:
        yield running


@pytest.fixture(scope="session")
def rest(plane: ControlPlane) -> Rest:
    return Rest(plane.api_client())


@pytest.fixture
def standin(plane: ControlPlane) -> KubernetesStandIn:
    return KubernetesStandIn(plane.api_client(), delete_seconds=15)


@pytest.fixture
def namespace(rest: Rest) -> str:
    name = f"case-{next(_NUMBERS)}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    rest.request("POST", "/api/v1/namespaces", body=body)
    return name


@pytest.fixture
def engine(standin: KubernetesStandIn) -> "Engine":
    return Engine(standin)


@pytest.fixture
def helm(plane: ControlPlane, tmp_path: Path) -> KubernetesStandIn:
    """The stand-in with the chart `kite`, whose two definitions are in its folder crds/."""
    return KubernetesStandIn(plane.api_client(), library=data(tmp_path))


@pytest.fixture
def group(rest: Rest, namespace: str, tmp_path: Path, helm: KubernetesStandIn) -> str:
    """A group of the test's own for the definitions of `kite`, for what a release leaves stays for the next test."""
    del rest, helm
    own = f"{namespace}.example.com"
    file = tmp_path / "kite" / "crds" / "all.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("example.com", own), encoding="utf-8")
    return own


class Engine:
    """Asks the stand-in as Pulumi's engine does: check, then create or update."""

    def __init__(self, standin: KubernetesStandIn) -> None:
        self.standin = standin

    def checked(self, manifest: Mapping[str, Any], olds: Properties | None = None, seed: bytes = b"seed") -> Properties:
        """Return the checked inputs of a manifest."""
        inputs, failures = self.standin.check(resource(manifest), dict(manifest), olds=olds or {}, seed=seed)
        assert failures == []
        return inputs

    def create(
        self, manifest: Mapping[str, Any], *, preview: bool = False, name: str = "thing"
    ) -> tuple[str, Properties]:
        """Check and create, for the resource of that name."""
        return self.standin.create(resource(manifest, name), self.checked(manifest), preview=preview)

    def update(self, identifier: str, state: Properties, manifest: Mapping[str, Any]) -> Properties:
        """Check and update."""
        return self.standin.update(resource(manifest), identifier, state, self.checked(manifest))

    def delete(self, identifier: str, state: Properties) -> None:
        """Delete."""
        self.standin.delete(resource(state), identifier, state)


def resource(manifest: Mapping[str, Any], name: str = "thing") -> Resource:
    """Return the resource that declares a manifest."""
    group_version = manifest["apiVersion"] if "/" in manifest["apiVersion"] else f"core/{manifest['apiVersion']}"
    token = f"kubernetes:{group_version}:{manifest['kind']}"
    return Resource(urn=f"urn:pulumi:test::platform::{token}::{name}", type=token, name=name)
