"""Enrolment against a real API server: whose label names a class is in its Schedule, and no other Schedule stays."""

import json
from pathlib import Path
from typing import Any

import pytest

from components.resilience.backup import enrolment as namespace_rule
from components.resilience.backup.classes import LABEL, Choice
from components.resilience.backup.program import enrolment
from rehearsal.kubernetes.control_plane import ControlPlane
from rehearsal.kubernetes.rest import ApiError, Rest
from tests.components.resilience.backup import built
from tests.components.resilience.backup.velero_stand_in import VELERO, client, merge

pytestmark = pytest.mark.tools


def _labelled(rest: Rest, name: str, backup_class: str) -> None:
    rest.request("POST", "/api/v1/namespaces", body={"metadata": {"name": name, "labels": {LABEL: backup_class}}})


def _enrolled(plane: ControlPlane, **values: Any) -> list[str]:
    plan = namespace_rule.plan(built.settings(**values), region="eu-central-1", alone=["velero", "vault"])
    return enrolment.enrol(client(plane, lambda _: None), json.loads(json.dumps(plan)))


def _schedules(rest: Rest) -> dict[str, list[str]]:
    found = rest.get(f"{VELERO}/schedules")["items"]
    return {each["metadata"]["name"]: each["spec"]["template"]["includedNamespaces"] for each in found}


def test_a_namespace_is_in_the_schedule_of_the_class_that_its_label_names(plane: ControlPlane, rest: Rest) -> None:
    for name, backup_class in (("shop", "gold"), ("cart", "gold"), ("vault", "gold"), ("scratchpad", "none")):
        _labelled(rest, name, backup_class)

    assert _enrolled(plane) == []
    # With what a drill restores.
    assert _schedules(rest) == {"apps-gold": ["backup-canary", "cart", "shop"]}

    for name in ("shop", "cart"):
        chosen = {LABEL: "silver" if name == "shop" else None}
        merge(rest, f"/api/v1/namespaces/{name}", {"metadata": {"labels": chosen}})
    assert _enrolled(plane) == []
    # A schedule without namespaces would be one of all of them.
    assert _schedules(rest) == {"apps-silver": ["backup-canary", "shop"]}


def _scheduled(rest: Rest, name: str, labels: dict[str, str] | None = None) -> None:
    template = {"includedNamespaces": ["shop"]}
    body = {
        "apiVersion": "velero.io/v1",
        "kind": "Schedule",
        "metadata": {"name": name, "labels": labels or {}},
        "spec": {"schedule": "0 * * * *", "template": template},
    }
    rest.request("POST", f"{VELERO}/schedules", body=body)


def test_schedules_kept_under_other_names_go_and_those_of_others_stay(plane: ControlPlane, rest: Rest) -> None:
    _labelled(rest, "books", "silver")
    others = ("platform-gold", "eu-west-1-platform-gold", "shop-apps-gold", "apps-gold-hourly", "nightly")
    # As they were made before they had a mark, under both kinds of names; and one of a form that is none any more.
    for name in ("apps-gold", "apps-silver", "eu-west-1-apps-bronze", "us-gov-west-1-apps-silver", *others):
        _scheduled(rest, name)
    _scheduled(rest, "of-an-earlier-form", {"platform/enrolment": "true"})

    _enrolled(plane)
    assert set(_schedules(rest)) == {"apps-silver", *others}
    (silver,) = (each for each in rest.get(f"{VELERO}/schedules")["items"] if each["metadata"]["name"] == "apps-silver")
    assert silver["metadata"]["labels"] == {LABEL: "silver", "platform/enrolment": "true"}
    assert silver["spec"]["schedule"] == "30 1 * * *"

    # The stack reads another cluster's backups, and then none any more.
    _enrolled(plane, source=built.SOURCE)
    assert set(_schedules(rest)) == {"eu-central-1-apps-silver", *others}
    _enrolled(plane)
    assert set(_schedules(rest)) == {"apps-silver", *others}


def test_a_class_that_is_none_is_told_with_the_namespaces_that_ask_for_it(
    plane: ControlPlane, rest: Rest, tmp_path: Path
) -> None:
    _labelled(rest, "till", "platinum")

    assert _enrolled(plane) == ["till: there is no class platinum; label it with one of gold, silver, bronze or none"]

    plan = tmp_path / "plan.json"
    told = namespace_rule.plan(built.settings(), region="eu-central-1", alone=[])
    plan.write_text(json.dumps({**told, "schedules": {}}))
    assert enrolment.main(plan, client(plane, lambda _: None)) == 1


# The last of them: the API server may hold a rule for a moment after it is gone.
def test_the_api_server_refuses_a_namespace_whose_label_names_no_class(rest: Rest) -> None:
    registration = "/apis/admissionregistration.k8s.io/v1"
    for kind, body in (
        ("validatingadmissionpolicies", namespace_rule.rule()),
        ("validatingadmissionpolicybindings", namespace_rule.binding()),
    ):
        rest.request("POST", f"{registration}/{kind}", body=body)
    try:
        said = _refusals(rest)
        for choice in Choice:
            _labelled(rest, f"of-{choice}", choice)
    finally:
        for kind in ("validatingadmissionpolicybindings", "validatingadmissionpolicies"):
            rest.request("DELETE", f"{registration}/{kind}/platform-backup-class")

    assert "there is no class of backup platinum; choose one of gold, silver, bronze, none" in said


def _refusals(rest: Rest) -> str:
    """Return the refusal of a class that is none; the API server takes moments to know a new rule."""
    for attempt in range(2000):
        try:
            _labelled(rest, f"refused-{attempt}", "platinum")
        except ApiError as refusal:
            return str(refusal)
        rest.request("DELETE", f"/api/v1/namespaces/refused-{attempt}")
    return ""
