"""An API server with Velero's definitions, for the programs beside Velero."""

from collections.abc import Iterator

import pytest

from components.resilience.backup import drills
from rehearsal.charts.library import at_hand
from rehearsal.kubernetes.control_plane import ControlPlane
from rehearsal.kubernetes.rest import Rest
from tests.components.resilience.backup.velero_stand_in import SCRATCH, VELERO, prepare


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    library = at_hand()
    if library is None:
        pytest.skip("the charts' files are not here")
    with ControlPlane(tmp_path_factory.mktemp("drills")) as running:
        prepare(Rest(running.api_client()), library.folder / "velero" / "crds")
        yield running


@pytest.fixture
def rest(plane: ControlPlane) -> Iterator[Rest]:
    calls = Rest(plane.api_client())
    calls.request("POST", "/api/v1/namespaces/velero/configmaps", body={"metadata": {"name": drills.RESULTS_NAME}})
    yield calls
    for path in (f"{VELERO}/backups", f"{VELERO}/restores", f"{VELERO}/schedules", f"{SCRATCH}/configmaps"):
        calls.request("DELETE", path)
    calls.request("DELETE", f"/api/v1/namespaces/velero/configmaps/{drills.RESULTS_NAME}")
