"""One API server for the whole table: the rules are put on it as a stack makes them, first to warn, then to refuse."""

from collections.abc import Iterator, Mapping

import pytest

from components.security.admission import policies as admission_policies
from rehearsal.kubernetes.control_plane import ControlPlane
from tests.admission.rows import PLATFORM, Row, rows, settings
from tests.admission.server import REGISTRATION, Server, prepare, until

_POLICIES = f"{REGISTRATION}/validatingadmissionpolicies"
_BINDINGS = f"{REGISTRATION}/validatingadmissionpolicybindings"


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    with ControlPlane(tmp_path_factory.mktemp("admission")) as running:
        yield running


@pytest.fixture(scope="session")
def warning(plane: ControlPlane) -> Server:
    """The API server with every rule in mode `audit`."""
    server = Server(plane.api_client())
    prepare(server, (row for row in rows() if row.before is not None))
    chosen = settings(mode="audit", engine="none")
    for judgement in admission_policies.held_natively(chosen, PLATFORM):
        server.rest.request("POST", _POLICIES, body=admission_policies.policy(judgement))
        server.rest.request("POST", _BINDINGS, body=admission_policies.binding(judgement, chosen, PLATFORM))
    for name, row in _examples().items():
        assert until(lambda name=name, row=row: name in server.attempt(row).rules()), f"{name} never warned"  # type: ignore[misc]  # bound at once
    return server


@pytest.fixture(scope="session")
def answers(warning: Server) -> Mapping[str, frozenset[str]]:
    """For each row the rules that warned; in mode `audit` they all speak, in mode `enforce` the first one only."""
    return {row.what: warning.attempt(row).rules() for row in rows()}


@pytest.fixture(scope="session")
def refusing(warning: Server, answers: Mapping[str, frozenset[str]]) -> Server:
    """The same API server with every rule in mode `enforce`."""
    del answers
    chosen = settings(mode="enforce", engine="none")
    for judgement in admission_policies.held_natively(chosen, PLATFORM):
        body = admission_policies.binding(judgement, chosen, PLATFORM)
        path = f"{_BINDINGS}/{body['metadata']['name']}"
        current = warning.rest.get(path)
        warning.rest.request("PUT", path, body={**body, "metadata": current["metadata"]})
    for name, row in _examples().items():
        assert until(lambda row=row: bool(warning.attempt(row).refusal)), f"{name} never refused"  # type: ignore[misc]  # bound at once
    return warning


def _examples() -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in rows():
        for name in row.broken:
            if name not in found or len(row.broken) < len(found[name].broken):
                found[name] = row
    return found
