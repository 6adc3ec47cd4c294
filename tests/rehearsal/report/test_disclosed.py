"""What looks like a secret in an exported state is told of by its place, unless the engine keeps it encrypted."""

import json
from typing import Any

import pytest

from rehearsal.report import disclosed
from rehearsal.report.disclosed import exposed_secrets, harmless, recognised_secrets
from tests.disclosure.table import Row, rows

_MAP = "kubernetes:core/v1:ConfigMap"
_RELEASE = "kubernetes:helm.sh/v3:Release"
_GENERATED = "kQ9xYwZ3hT5u" + "V2N7mRcLdP8f"
_ENCRYPTED = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:" + _GENERATED}


def _state(kind: str, inputs: dict[str, Any], outputs: dict[str, Any] | None = None) -> dict[str, Any]:
    urn = f"urn:pulumi:dev::platform::{kind}::grafana"
    return {"resources": [{"urn": urn, "type": kind, "inputs": inputs, "outputs": outputs or {}}]}


@pytest.mark.parametrize(
    ("kind", "inputs", "place"),
    [
        (_MAP, {"data": {"admin-password": "tea4two"}}, "inputs.data.admin-password"),
        (_MAP, {"data": {"app.ini": f"[security]\nadmin = {_GENERATED}"}}, "inputs.data.app.ini"),
        (_RELEASE, {"values": {"grafana": {"adminPassword": "tea4two"}}}, "inputs.values.grafana.adminPassword"),
        (_RELEASE, {"values": {"env": [{"name": "A", "value": _GENERATED}]}}, "inputs.values.env[0].value"),
        (
            "aws:eks/addon:Addon",
            {"configurationValues": json.dumps({"token": "abc"})},
            "inputs.configurationValues.token",
        ),
        ("kubernetes:core/v1:Secret", {"stringData": {"user": "me"}}, "inputs.stringData.user"),
        ("random:index/randomPassword:RandomPassword", {"result": _GENERATED}, "inputs.result"),
    ],
    ids=str,
)
def test_a_secret_in_clear_is_told_of_by_its_place_and_never_shown(
    kind: str, inputs: dict[str, Any], place: str
) -> None:
    (found,) = recognised_secrets(_state(kind, inputs))

    assert found.startswith(f"grafana ({kind}) {place} looks like a")
    assert _GENERATED not in found
    assert "tea4two" not in found


def test_outputs_are_searched_too() -> None:
    (found,) = recognised_secrets(_state(_MAP, {}, {"data": {"password": "tea4two"}}))

    assert "outputs.data.password" in found


def test_what_the_engine_keeps_encrypted_is_no_disclosure() -> None:
    assert recognised_secrets(_state(_MAP, {"data": {"password": _ENCRYPTED}})) == []
    assert recognised_secrets(_state("kubernetes:core/v1:Secret", {"data": _ENCRYPTED})) == []


@pytest.mark.parametrize("row", rows("bad"), ids=str)
def test_whatever_a_stack_file_must_not_hold_is_found_in_a_state_too(row: Row) -> None:
    assert len(recognised_secrets(_state(_RELEASE, {"values": {row.key: str(row.value)}}))) == 1


def test_what_is_known_to_be_harmless_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"type": _MAP, "path": r"inputs\.data\.seed", "why": "a test's"}
    monkeypatch.setattr(disclosed, "harmless", lambda: [row])

    assert recognised_secrets(_state(_MAP, {"data": {"seed": _GENERATED}})) == []
    assert len(recognised_secrets(_state(_MAP, {"data": {"seed2": _GENERATED}}))) == 1
    assert len(recognised_secrets(_state(_RELEASE, {"data": {"seed": _GENERATED}}))) == 1


def test_whatever_is_harmless_is_so_for_a_reason() -> None:
    assert [row for row in harmless() if not row["why"]] == []


def test_a_planted_secret_is_told_of_beside_what_looks_like_one() -> None:
    planted = "planted-secret-" + "0f1e2d3c4b5a6978"
    state = _state(_MAP, {"data": {"a": f"x {planted}", "password": "tea4two"}})

    found = exposed_secrets(state, {"platform:db": planted})
    assert [each.partition(" ")[0] for each in found] == ["platform:db", "grafana"]
