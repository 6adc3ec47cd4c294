"""On the real engine: objects of a release's kinds, and of a release file's, come after it and go before it."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest
import yaml

from rehearsal.aws.provider import AwsStandIn
from rehearsal.engine import Engine
from rehearsal.faults import Fault, KillAfter
from rehearsal.kubernetes.inventory import snapshot
from rehearsal.kubernetes.provider import KubernetesStandIn
from rehearsal.providers.server import serve
from rehearsal.providers.standin import RefusedError
from rehearsal.recovery import recover
from rehearsal.workspace import prepare
from tests.rehearsal.charts.examples import data, definition
from tools.build import path_of

if TYPE_CHECKING:
    from rehearsal.kubernetes.control_plane import ControlPlane

pytestmark = pytest.mark.tools

ADDRESS = "https://github.com/kubernetes-sigs/gateway-api/releases/download/{}/standard-install.yaml"


class Play:
    """A program on the engine, with the Kubernetes stand-in as its only provider."""

    def __init__(self, folder: Path, plane: "ControlPlane", resources: ExitStack, fault: Fault | None = None) -> None:
        stacks = folder / "stacks"
        stacks.mkdir()
        (stacks / "Pulumi.test.yaml").write_text("config: {}\n", encoding="utf-8")
        self._workspace = resources.enter_context(prepare("test", stacks, checkpoints=fault is not None))
        self.standin = KubernetesStandIn(plane.api_client(), library=data(folder / "charts"))
        self._providers = resources.enter_context(serve(self.standin, fault=fault))
        self.provider: kubernetes.Provider

    def engine(self, program: Callable[[], None]) -> Engine:
        """Return an engine that runs the program, with `provider` at hand."""

        def run() -> None:
            self.provider = kubernetes.Provider("api", kubeconfig="{}")
            program()

        return Engine(self._workspace, path_of("pulumi"), self._providers, run)

    def options(self, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        """Return the options of a resource of the program."""
        return pulumi.ResourceOptions(provider=self.provider, depends_on=depends_on)

    def namespace(self, name: str) -> kubernetes.core.v1.Namespace:
        """Declare a namespace."""
        return kubernetes.core.v1.Namespace("ns", metadata={"name": name}, opts=self.options())

    def release(self, namespace: Any, **arguments: Any) -> kubernetes.helm.v3.Release:
        """Declare the release."""
        return kubernetes.helm.v3.Release(
            "kite", chart="kite", version="1.2.3", name="kite", namespace=namespace, opts=self.options(), **arguments
        )

    def custom(self, group: str, *depends_on: pulumi.Resource, **where: str) -> None:
        """Declare an object of the kind Kite."""
        kubernetes.apiextensions.CustomResource(
            "red",
            api_version=f"{group}/v1",
            kind="Kite",
            metadata={"name": "red", **where},
            spec={"size": 1},
            opts=self.options(*depends_on),
        )


@pytest.fixture
def play(plane: "ControlPlane", tmp_path: Path) -> Iterator[Play]:
    with ExitStack() as resources:
        yield Play(tmp_path, plane, resources)


@pytest.fixture
def group(namespace: str, tmp_path: Path, play: Play) -> str:
    del play
    own = f"{namespace}.example.com"
    file = tmp_path / "charts" / "kite" / "crds" / "all.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("example.com", own), encoding="utf-8")
    return own


def _watch(operation: str, urn: str) -> None:
    del operation, urn


def test_a_release_and_an_object_of_its_kind_live_and_go(
    play: Play, plane: "ControlPlane", namespace: str, group: str
) -> None:
    before = snapshot(plane.api_client())

    def program() -> None:
        made = play.namespace(f"{namespace}-own")
        release = play.release(made.metadata["name"], values={"replicas": 2})
        play.custom(group, release, namespace=f"{namespace}-own")

    engine = play.engine(program)
    outcomes = [engine.preview(_watch), engine.up(_watch), engine.up(_watch), engine.destroy(_watch)]

    assert [outcome.errors for outcome in outcomes] == [()] * 4
    # With the stack itself and the provider.
    assert outcomes[2].changes == {"same": 5}
    assert play.standin.summary().unvalidated == ()
    assert {key.name for key in snapshot(plane.api_client()) - before} == set(play.standin.kept)


def test_a_misspelt_key_stops_the_preview(play: Play, namespace: str) -> None:
    def program() -> None:
        play.release(namespace, values={"image": {"tagg": "1"}})

    engine = play.engine(program)

    (error,) = engine.preview(_watch).errors

    assert "property values.image.tagg" in error
    assert "the chart has no such key, did you mean tag?" in error


@pytest.mark.filterwarnings("ignore:Error in event stream")  # a killed engine's last event is half a line
def test_a_release_whose_answer_a_kill_has_cut_off_is_adopted(
    plane: "ControlPlane", tmp_path: Path, namespace: str
) -> None:
    fault = KillAfter(1)
    with ExitStack() as resources:
        play = Play(tmp_path, plane, resources, fault)

        def program() -> None:
            play.release(namespace)

        engine = play.engine(program)
        fault.arm(engine.kill)
        engine.up(_watch)
        fault.wait_until_quiet()

        recovered = recover(engine, AwsStandIn(), play.standin, _watch)
        again = engine.up(_watch)

    assert (recovered.pending, recovered.adopted) == (1, 1)
    assert again.errors == ()
    assert again.changes == {"same": 3}


@pytest.fixture
def gateway(namespace: str, tmp_path: Path, play: Play) -> str:
    """The group of two definitions that stand for the release file of the Gateway API, v1.6.1."""
    del play
    own = f"gateway.{namespace}.example.com"
    folder = tmp_path / "charts" / "gateway-api-crds" / "crds"
    (folder / "experimental").mkdir(parents=True)
    for plural, kind in (("kites", "Kite"), ("lines", "Line")):
        text = yaml.safe_dump(definition(plural, kind)).replace("example.com", own)
        (folder / f"{plural}.yaml").write_text(text, encoding="utf-8")
    index = json.loads((tmp_path / "charts" / "index.json").read_text(encoding="utf-8"))
    index["gateway-api-crds"] = {"version": "-", "app": "-", "url": "", "oci": "manifest", "ref": "v1.6.1"}
    (tmp_path / "charts" / "index.json").write_text(json.dumps(index), encoding="utf-8")
    return own


def test_a_release_file_becomes_its_objects_named_and_parented_as_by_the_provider(
    play: Play, plane: "ControlPlane", gateway: str
) -> None:
    before = snapshot(plane.api_client())

    def program() -> None:
        file = kubernetes.yaml.v2.ConfigFile(
            "api-file", file=ADDRESS.format("v1.6.1"), opts=pulumi.ResourceOptions(providers=[play.provider])
        )
        play.custom(gateway, file, namespace="default")

    engine = play.engine(program)
    outcomes = [engine.preview(_watch), engine.up(_watch), engine.up(_watch)]
    state = engine.state()["resources"]
    outcomes.append(engine.destroy(_watch))

    assert [outcome.errors for outcome in outcomes] == [()] * 4
    assert outcomes[2].changes == {"same": 6}
    made = {entry["urn"].rpartition("::")[2]: entry for entry in state}
    child = made[f"api-file:kites.{gateway}"]
    assert child["parent"] == made["api-file"]["urn"]
    assert child["provider"].startswith(made["api"]["urn"])
    assert child["id"] == f"kites.{gateway}"
    assert f"api-file:lines.{gateway}" in made
    # Resources among the outputs would be looked up, and leave a provider in the state that nothing declares.
    assert made["api-file"].get("outputs", {}) == {}
    assert snapshot(plane.api_client()) == before


@pytest.mark.parametrize(
    ("address", "unvalidated"),
    [
        (
            "https://example.com/other.yaml",
            ("ConfigFile https://example.com/other.yaml: it is not among the chart data",),
        ),
        (ADDRESS.format("v1.6.1"), ()),
    ],
)
def test_a_release_file_that_is_not_at_hand_is_named(
    play: Play, gateway: str, address: str, unvalidated: tuple[str, ...]
) -> None:
    del gateway
    play.standin.children("kubernetes:yaml/v2:ConfigFile", "api-file", {"file": address})

    assert play.standin.summary().unvalidated == unvalidated


def test_a_release_file_of_another_version_is_refused(play: Play, gateway: str) -> None:
    del gateway
    with pytest.raises(RefusedError, match=r"cannot be rehearsed: the chart data holds v1\.6\.1, not v1\.7\.0"):
        play.standin.children("kubernetes:yaml/v2:ConfigFile", "api-file", {"file": ADDRESS.format("v1.7.0")})


def test_a_component_that_nobody_can_tell_the_parts_of_is_refused(play: Play) -> None:
    with pytest.raises(RefusedError, match="kubernetes:kustomize/v2:Directory all is not rehearsed"):
        play.standin.children("kubernetes:kustomize/v2:Directory", "all", {})
