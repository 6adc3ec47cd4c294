"""Kinds that come with an EKS add-on: served once it is there, refused while it is not."""

from typing import Any

import pytest

from rehearsal.charts.library import at_hand
from rehearsal.kubernetes.control_plane import ControlPlane
from rehearsal.kubernetes.provider import KubernetesStandIn
from rehearsal.providers.standin import RefusedError
from tests.rehearsal.kubernetes.conftest import Engine

pytestmark = pytest.mark.tools

_CLASS: dict[str, Any] = {
    "apiVersion": "snapshot.storage.k8s.io/v1",
    "kind": "VolumeSnapshotClass",
    "metadata": {"name": "ebs"},
    "driver": "ebs.csi.aws.com",
    "deletionPolicy": "Retain",
}


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a control plane of its own: definitions that others brought would be there already."""
    if at_hand() is None:
        pytest.skip("the definitions are not at hand: set CHART_DATA")
    with ControlPlane(tmp_path_factory.mktemp("plane")) as running:
        yield running


def _engine(plane: ControlPlane, *addons: str) -> Engine:
    return Engine(KubernetesStandIn(plane.api_client(), addons=lambda: addons))


def test_without_the_add_on_its_kinds_are_unknown(plane: ControlPlane) -> None:
    with pytest.raises(RefusedError, match="comes with the EKS add-on snapshot-controller, on which the object must"):
        _engine(plane, "coredns").create(_CLASS)


def test_with_the_add_on_its_own_definitions_judge(plane: ControlPlane) -> None:
    engine = _engine(plane, "snapshot-controller")

    with pytest.raises(RefusedError, match=r"deletionPolicy: Unsupported value: .Archive"):
        engine.create({**_CLASS, "deletionPolicy": "Archive"})
    identifier, outputs = engine.create(_CLASS)

    summary = engine.standin.summary()
    assert (summary.accepted, summary.unvalidated) == (1, ())
    assert "it goes with its cluster" in engine.standin.kept["volumesnapshotclasses.snapshot.storage.k8s.io"]
    engine.delete(identifier, outputs)
