"""What a stack puts on a real API server lets in all of the stack's own objects, and keeps others out of its rooms."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from components.assembly.security import left_alone
from components.security.admission import policies as admission_policies
from components.security.admission.catalog import RuleSet, catalog
from components.security.admission.settings import Engine, Mode
from rehearsal.kubernetes.control_plane import ControlPlane
from tests.admission.rows import Row, rows, sound
from tests.admission.server import REGISTRATION, Server, path_of, until
from tests.environments import EVERY, assembled, settings_of

pytestmark = pytest.mark.tools

_STACKS = ("prod", "dev")
# How the engine writes a value that is secret: `pulumi.runtime.rpc`.
_SECRET = ("4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270")
_BUILT_IN = ("apps", "batch", "core", "policy", "rbac.authorization.k8s.io")
_STANDARDS = {name for name, rule in catalog().items() if rule.set is not RuleSet.BEST_PRACTICE}
_HOSTILE = [row for row in rows() if row.kind == "Pod" and row.before is None and row.broken & _STANDARDS]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An API server with the namespaces of prod and of the example, and every rule refusing."""
    chosen = settings_of("prod").admission.model_copy(update={"engine": Engine.NONE, "mode": Mode.ENFORCE})
    with ControlPlane(tmp_path_factory.mktemp("stack")) as running:
        server = Server(running.api_client())
        rooms = [room for stack in _STACKS for room in _objects(stack, "Namespace")]
        for room in {room["metadata"]["name"]: room for room in reversed(rooms)}.values():
            server.make(room)
        for judgement in admission_policies.held_natively(chosen, left_alone()):
            server.rest.request(
                "POST", f"{REGISTRATION}/validatingadmissionpolicies", body=admission_policies.policy(judgement)
            )
            binding = admission_policies.binding(judgement, chosen, left_alone())
            server.rest.request("POST", f"{REGISTRATION}/validatingadmissionpolicybindings", body=binding)
        for namespace in ("example", "vault"):
            account = f"/api/v1/namespaces/{namespace}/serviceaccounts/default"
            assert until(lambda account=account: server.rest.find(account) is not None)  # type: ignore[misc]  # bound at once
        image = {"spec.containers.0.image": "public.ecr.aws/example/app:latest", "spec.serviceAccountName": "default"}
        assert until(lambda: "image-tag" in server.create(sound("Pod", image), "example").refusal)
        assert until(lambda: "protected" in server.send("DELETE", "/api/v1/namespaces/vault").refusal)
        yield server


def _objects(stack: str, *kinds: str) -> list[Mapping[str, Any]]:
    return [
        {**_told(made.inputs), "apiVersion": group.removeprefix("core/"), "kind": kind}
        for made in assembled(stack).resources
        for group, _, kind in [made.type.removeprefix("kubernetes:").rpartition(":")]
        if made.type.startswith("kubernetes:") and group.split("/")[0] in _BUILT_IN and (not kinds or kind in kinds)
    ]


def _told(value: Any) -> Any:
    """Return a value as the API server gets it: without the engine's marks of what is secret."""
    match value:
        case {"value": secret, **marks} if _SECRET in marks.items():
            return _told(secret)
        case dict():
            return {key: _told(item) for key, item in value.items()}
        case list():
            return [_told(item) for item in value]
        case _:
            return value


@pytest.mark.parametrize("stack", EVERY)
def test_no_object_of_the_platforms_own_is_refused(stack: str, server: Server) -> None:
    for manifest in _objects(stack):
        namespace = manifest["metadata"].get("namespace", "")
        refusal = server.create(manifest, namespace if isinstance(namespace, str) else "example").refusal
        assert refusal == "" or "already exists" in refusal or "not found" in refusal, (manifest["metadata"], refusal)


@pytest.mark.parametrize("row", _HOSTILE, ids=lambda row: row.what)
def test_what_the_standards_forbid_stays_out_of_a_room_of_the_platform(row: Row, server: Server) -> None:
    manifest = {**row.manifest, "spec": {**row.manifest["spec"], "serviceAccountName": "default"}}

    assert 'violates PodSecurity "restricted:latest"' in server.create(manifest, "vault").refusal


def test_a_room_of_the_platform_is_not_deleted_by_hand_before_its_mark_is_taken_away(server: Server) -> None:
    refusal = server.send("DELETE", "/api/v1/namespaces/velero").refusal
    assert "protected-deletion: this is protected against deletion" in refusal

    current = server.rest.get("/api/v1/namespaces/velero")
    del current["metadata"]["annotations"]["platform/protected"]
    server.rest.request("PUT", "/api/v1/namespaces/velero", body=current)
    assert server.send("DELETE", "/api/v1/namespaces/velero").refusal == ""


def test_a_namespace_of_a_team_can_be_deleted(server: Server) -> None:
    server.make(sound("Namespace"))

    assert server.send("DELETE", "/api/v1/namespaces/tried").refusal == ""


def test_a_team_keeps_its_rights_everywhere_and_enters_no_pod_of_the_platform(server: Server) -> None:
    role = sound("ClusterRole", {"metadata.name": "enters"})
    role["rules"] = [{"apiGroups": [""], "resources": ["pods", "pods/exec"], "verbs": ["create", "get"]}]
    subjects = [{"kind": "User", "name": "developer", "apiGroup": "rbac.authorization.k8s.io"}]
    binding = sound("ClusterRoleBinding", {"metadata.name": "enters", "roleRef.name": "enters", "subjects": subjects})
    server.make(role)
    server.make(binding)

    def told(user: str, namespace: str) -> str:
        path = f"{path_of(sound('Pod'), namespace)}/nobody/exec?command=id&stdout=true"
        return server.send("POST", path, dry=False, user=user).refusal

    assert until(lambda: "platform-sessions" in told("developer", "vault"))
    assert "platform-sessions" not in told("developer", "example")
    assert "platform-sessions" not in told("", "vault")
