"""What a refresh sees: the live object, its absence, or a cluster that does not answer."""

import copy
from typing import TYPE_CHECKING, Any

import pytest

from rehearsal.kubernetes.control_plane import ControlPlane
from rehearsal.kubernetes.provider import KubernetesStandIn
from rehearsal.kubernetes.rest import Rest
from rehearsal.providers.standin import RefusedError
from tests.rehearsal.kubernetes.conftest import Engine, resource

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.tools


def _config(namespace: str, **data: str) -> dict[str, Any]:
    metadata = {"name": "settings", "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def _path(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/configmaps/settings"


def test_an_object_as_it_was_made_shows_no_drift(engine: Engine, namespace: str) -> None:
    inputs = engine.checked(_config(namespace, colour="red"))
    identifier, outputs = engine.standin.create(resource(inputs), inputs, preview=False)

    assert engine.standin.read(resource(inputs), identifier, outputs, inputs) == (outputs, inputs)


def test_a_change_made_elsewhere_shows_in_inputs_and_outputs(engine: Engine, namespace: str, rest: Rest) -> None:
    inputs = engine.checked(_config(namespace, colour="red"))
    identifier, outputs = engine.standin.create(resource(inputs), inputs, preview=False)
    changed = {**_config(namespace, colour="blue", size="large")}
    rest.request("PUT", _path(namespace), body=changed)

    found = engine.standin.read(resource(inputs), identifier, outputs, inputs)

    assert found is not None
    assert found[0]["data"] == {"colour": "blue", "size": "large"}
    assert found[1]["data"] == {"colour": "blue"}, "what the program does not set is not its drift"


def test_an_object_deleted_elsewhere_is_gone(engine: Engine, namespace: str, rest: Rest) -> None:
    inputs = engine.checked(_config(namespace))
    identifier, outputs = engine.standin.create(resource(inputs), inputs, preview=False)
    rest.request("DELETE", _path(namespace))

    assert engine.standin.read(resource(inputs), identifier, outputs, inputs) is None


def test_a_creation_is_repeated_by_the_resource_that_made_the_object_and_by_no_other(
    engine: Engine, namespace: str
) -> None:
    inputs = engine.checked(_config(namespace))
    first = engine.standin.create(resource(inputs), inputs, preview=False)

    assert engine.standin.create(resource(inputs), inputs, preview=False)[0] == first[0]
    with pytest.raises(RefusedError, match="already exists"):
        engine.standin.create(resource(inputs, "another"), inputs, preview=False)


@pytest.fixture
def lost(plane: ControlPlane) -> KubernetesStandIn:
    """A stand-in whose API server has answered so far and does not any more."""
    api_client = plane.api_client()
    standin = KubernetesStandIn(api_client)
    api_client.configuration = copy.copy(api_client.configuration)
    # Nothing listens on the discard port.
    api_client.configuration.host = "https://127.0.0.1:9"
    return standin


def test_a_cluster_that_does_not_answer_is_not_a_cluster_that_is_gone(lost: KubernetesStandIn) -> None:
    inputs = _config("default")

    attempts: tuple[Callable[[], object], ...] = (
        lambda: lost.read(resource(inputs), "default/settings", inputs, inputs),
        lambda: lost.delete(resource(inputs), "default/settings", inputs),
    )
    for attempt in attempts:
        with pytest.raises(RefusedError, match=r"unreachable.*PULUMI_K8S_DELETE_UNREACHABLE=true"):
            attempt()
    with pytest.raises(RefusedError, match="unreachable"):
        lost.create(resource(inputs), inputs, preview=False)


@pytest.mark.parametrize("how", ["environment", "configuration"])
def test_its_objects_leave_the_state_only_when_told_so(
    lost: KubernetesStandIn, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    inputs = _config("default")
    if how == "environment":
        monkeypatch.setenv("PULUMI_K8S_DELETE_UNREACHABLE", "true")
    else:
        lost.configure({"deleteUnreachable": "true"})

    assert lost.read(resource(inputs), "default/settings", inputs, inputs) is None
    lost.delete(resource(inputs), "default/settings", inputs)
    with pytest.raises(RefusedError, match="unreachable"):
        lost.update(resource(inputs), "default/settings", inputs, inputs)


def test_a_plan_is_made_without_the_cluster(lost: KubernetesStandIn) -> None:
    inputs = _config("default")

    assert lost.create(resource(inputs), inputs, preview=True) == ("", inputs)


def test_objects_can_be_left_as_they_were(lost: KubernetesStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_K8S_SKIP_UPDATE_UNREACHABLE", "true")
    inputs = _config("default")

    assert lost.read(resource(inputs), "default/settings", inputs, inputs) == (inputs, inputs)
