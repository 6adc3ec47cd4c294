"""On the real engine: a rendered release settles, is refused in Helm's words, and is held against declared flows."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from rehearsal.charts.library import Library
from rehearsal.engine import Engine
from rehearsal.kubernetes.provider import KubernetesStandIn
from rehearsal.providers.server import serve
from rehearsal.report.rendering import Rendering, rendering
from rehearsal.workspace import prepare
from tests.rehearsal.charts.archive_examples import NAME, VERSION, archives
from tools.build import path_of

if TYPE_CHECKING:
    from rehearsal.kubernetes.control_plane import ControlPlane

pytestmark = pytest.mark.tools

LABELS = {"app.kubernetes.io/name": "lantern"}


class _Declaring(pulumi.ComponentResource):
    """Publishes flows as the component that makes network policies does."""

    def __init__(self, namespace: str, labels: dict[str, str]) -> None:
        super().__init__("test:index:Declaring", "policies")
        port = {"name": "", "number": 8080, "protocol": "TCP"}
        lamp = {"namespace": namespace, "name": "lamp", "labels": labels, "host_network": False, "ports": [port]}
        self.register_outputs(
            {"namespaces": [namespace], "api_server": [], "declared": {"workloads": [lamp], "flows": []}}
        )


class _Play:
    """A program with one release, on the engine."""

    def __init__(self, folder: Path, plane: "ControlPlane", namespace: str, resources: ExitStack) -> None:
        (folder / "stacks").mkdir()
        (folder / "stacks" / "Pulumi.test.yaml").write_text("config: {}\n", encoding="utf-8")
        self._workspace = resources.enter_context(prepare("test", folder / "stacks"))
        kept = archives(folder / "charts")
        wicks = folder / "charts" / NAME / "crds" / "wicks.yaml"
        wicks.write_text(wicks.read_text(encoding="utf-8").replace("example.com", f"{namespace}.example.com"))
        library = Library(kept.unpacked(), of=kept)
        self.standin = KubernetesStandIn(plane.api_client(), library=library, archives=kept)
        self._providers = resources.enter_context(serve(self.standin))
        self._namespace = namespace

    def engine(self, declared: dict[str, str], **values: Any) -> Engine:
        """Return an engine whose program declares pods with these labels and installs the chart with these values."""

        def program() -> None:
            options = pulumi.ResourceOptions(provider=kubernetes.Provider("api", kubeconfig="{}"))
            _Declaring(self._namespace, declared)
            kubernetes.helm.v3.Release(
                "lamp",
                chart=NAME,
                version=VERSION,
                name="lamp",
                namespace=self._namespace,
                values={"oil": False, **values},
                opts=options,
            )

        return Engine(self._workspace, path_of("pulumi"), self._providers, program)

    def rendering(self, engine: Engine) -> Rendering:
        """Return what the report says."""
        return rendering(self.standin.summary().rendering, engine.state()["resources"])


@pytest.fixture
def play(plane: "ControlPlane", tmp_path: Path, namespace: str) -> Iterator[_Play]:
    with ExitStack() as resources:
        yield _Play(tmp_path, plane, namespace, resources)


def _watch(operation: str, urn: str) -> None:
    del operation, urn


def test_a_rendered_release_settles_is_upgraded_and_goes(play: _Play) -> None:
    engine = play.engine(LABELS)
    outcomes = [engine.preview(_watch), engine.up(_watch), engine.up(_watch)]
    assert [outcome.errors for outcome in outcomes] == [()] * 3
    assert outcomes[2].changes == {"same": 4}
    found = play.rendering(engine)
    assert (found.objects, found.agreement.found, found.objections) == (3, 1, ())

    upgraded = play.engine(LABELS, replicas=2)
    outcomes = [upgraded.up(_watch), upgraded.destroy(_watch)]
    assert [outcome.errors for outcome in outcomes] == [(), ()]
    assert outcomes[0].changes["update"] == 1


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"refuse": True}, "a lantern needs oil"),
        ({"replicas": -1}, "spec.replicas: Invalid value: -1"),
    ],
)
def test_a_refusal_fails_the_update_in_its_own_words(play: _Play, values: dict[str, Any], reason: str) -> None:
    errors = play.engine(LABELS, **values).up(_watch).errors

    assert reason in "\n".join(errors)


def test_labels_that_no_pod_has_fail_the_rehearsal(play: _Play, namespace: str) -> None:
    engine = play.engine({"app.kubernetes.io/name": "lanterm"})
    assert engine.up(_watch).errors == ()

    (objection,) = play.rendering(engine).objections
    assert f"Deployment {namespace}/lamp (release {namespace}/lamp) is in a closed namespace" in objection
