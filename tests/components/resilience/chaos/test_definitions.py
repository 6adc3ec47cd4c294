"""A real API server with Chaos Mesh's own definition takes each experiment, and no field that it does not define."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from components.resilience.chaos.experiments import schedule
from rehearsal.charts.library import at_hand
from rehearsal.kubernetes.control_plane import ControlPlane
from rehearsal.kubernetes.rest import ApiError, Rest
from tests.components.resilience.chaos import built

pytestmark = pytest.mark.tools

_CRDS: Final = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_SCHEDULES: Final = "/apis/chaos-mesh.org/v1alpha1/namespaces/example/schedules"
_STRICTLY: Final = {"fieldValidation": "Strict", "dryRun": "All"}
_LOOKS: Final = 2000


@pytest.fixture(scope="module")
def rest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rest]:
    library = at_hand()
    if library is None:
        pytest.skip("the charts' files are not here")
    with ControlPlane(tmp_path_factory.mktemp("definitions")) as plane:
        rest = Rest(plane.api_client())
        rest.request("POST", "/api/v1/namespaces", body={"metadata": {"name": "example"}})
        _define(rest, library.folder / "chaos-mesh" / "crds" / "chaos-mesh.org_schedules.yaml")
        yield rest


def _define(rest: Rest, definition: Path) -> None:
    body = yaml.safe_load(definition.read_text(encoding="utf-8"))
    rest.request("POST", _CRDS, body=body)
    for _ in range(_LOOKS):
        try:
            rest.get(_SCHEDULES)
        except ApiError:
            continue
        return
    pytest.fail("the definition is not served")


def _manifest(fault: str, about: dict[str, Any] | None = None) -> dict[str, Any]:
    settings = built.settings({"drill": built.experiment(fault, about)})
    return schedule("drill", settings.experiments["drill"], built.PAGE)


@pytest.mark.parametrize(
    ("fault", "about"),
    [
        *((fault, None) for fault in built.FAULTS),
        ("pod_crash", {"percent": 50}),
        ("node_loss", {"node_labels": {"a": "b"}}),
        ("network_delay", {"milliseconds": 1, "jitter_milliseconds": 1}),
        ("volume_loss", {"path": "/data", "container": "db"}),
    ],
)
def test_every_fault_is_one_that_chaos_mesh_defines(rest: Rest, fault: str, about: dict[str, Any] | None) -> None:
    made = rest.request("POST", _SCHEDULES, _STRICTLY, _manifest(fault, about)).body

    assert made["spec"] == _manifest(fault, about)["spec"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("mode", "some", "Unsupported value"),
        ("action", "pod-nap", "Unsupported value"),
        ("lasts", "1m", "unknown field"),
    ],
)
def test_what_chaos_mesh_does_not_define_is_refused(rest: Rest, field: str, value: str, words: str) -> None:
    manifest = _manifest("pod_crash")
    manifest["spec"]["podChaos"][field] = value

    with pytest.raises(ApiError, match=words):
        rest.request("POST", _SCHEDULES, _STRICTLY, manifest)
