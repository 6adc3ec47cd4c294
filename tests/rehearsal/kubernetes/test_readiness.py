"""An object counts as created when it is usable, and as deleted when it is gone."""

from collections.abc import Mapping
from typing import Any, cast

import pytest

from rehearsal.kubernetes import readiness
from rehearsal.kubernetes.readiness import NotReadyError, wait_until_counted, wait_until_established, wait_until_gone
from rehearsal.kubernetes.rest import Rest


class _Sequence:
    """Stands for the API server: answers one thing after the other, the last one again and again."""

    def __init__(self, *answers: Mapping[str, Any] | None) -> None:
        self.left = list(answers)

    def get(self, path: str) -> Mapping[str, Any] | None:
        del path
        return self.left.pop(0) if len(self.left) > 1 else self.left[0]

    find = get


def _rest(*answers: Mapping[str, Any] | None) -> tuple[Rest, _Sequence]:
    sequence = _Sequence(*answers)
    return cast("Rest", sequence), sequence


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_COMPLETION_SECONDS", 0.05)


_SPEC = {"spec": {"hard": {"pods": "1", "services": "2"}}}


def test_a_quota_is_in_force_when_everything_in_it_is_counted() -> None:
    counted = {**_SPEC, "status": {"hard": {"pods": "1", "services": "2"}}}
    rest, sequence = _rest(_SPEC, {**_SPEC, "status": {"hard": {"pods": "1"}}}, counted)
    wait_until_counted(rest, "/quotas/compute")
    assert sequence.left == [counted]


def test_a_quota_that_is_never_counted_is_named() -> None:
    rest, _ = _rest(_SPEC)
    with pytest.raises(NotReadyError, match="the ResourceQuota compute was accepted but never came into force"):
        wait_until_counted(rest, "/quotas/compute")


def _definition(**conditions: str) -> dict[str, Any]:
    listed = [{"type": name, "status": value, "message": f"why {name}"} for name, value in conditions.items()]
    return {"status": {"conditions": listed or None}}


def test_a_definition_is_usable_when_it_is_established() -> None:
    rest, sequence = _rest(_definition(), _definition(Established="False"), _definition(Established="True"))
    assert wait_until_established(rest, "/definitions/gadgets.example.com") == _definition(Established="True")
    assert len(sequence.left) == 1


def test_a_definition_that_is_never_established_says_why() -> None:
    rest, _ = _rest(_definition(NamesAccepted="False", Established="False", Other="True"))
    with pytest.raises(
        NotReadyError,
        match=r"^gadgets\.example\.com was accepted but is not served: why NamesAccepted; why Established$",
    ):
        wait_until_established(rest, "/definitions/gadgets.example.com")


def _namespace(uid: str) -> dict[str, Any]:
    remaining = {"type": "NamespaceFinalizersRemaining", "status": "True", "message": "one Gadget has a finalizer"}
    settled = {"type": "NamespaceDeletionDiscoveryFailure", "status": "False", "message": "all discovered"}
    return {
        "kind": "Namespace",
        "metadata": {"name": "monitoring", "uid": uid},
        "spec": {"finalizers": ["kubernetes"]},
        "status": {"conditions": [remaining, settled]},
    }


@pytest.mark.parametrize("successor", [None, _namespace("another")], ids=["nothing", "another object of that name"])
def test_an_object_is_gone_when_there_is_nothing_or_another_in_its_place(successor: dict[str, Any] | None) -> None:
    rest, sequence = _rest(_namespace("one"), _namespace("one"), successor)
    wait_until_gone(rest, "/namespaces/monitoring", "one", seconds=5)
    assert sequence.left == [successor]


def test_a_namespace_that_stays_says_what_holds_it() -> None:
    rest, _ = _rest(_namespace("one"))
    with pytest.raises(NotReadyError) as failure:
        wait_until_gone(rest, "/namespaces/monitoring", "one", seconds=0.05)
    assert str(failure.value) == (
        "Namespace monitoring is still there 0.05 s after its deletion. "
        "Finalizers: kubernetes. one Gadget has a finalizer"
    )
