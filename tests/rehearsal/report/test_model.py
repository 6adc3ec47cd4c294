"""A rehearsal has passed only if nothing at all objects, and report.json keeps its published shape."""

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from rehearsal.reachability.matrix import Reachability
from rehearsal.report.model import AwsResources, KubernetesObjects, Left, Phase, Policies, Report
from tests.rehearsal.report.reports import PASSED

SCHEMA = json.loads(Path("docs/reference/report.schema.json").read_text(encoding="utf-8"))


def with_phase(phase: Phase) -> Report:
    return replace(PASSED, phases=tuple(phase if old.name == phase.name else old for old in PASSED.phases))


FAILED = {
    "a failure": (replace(PASSED, failures=("The VPC was refused.",)), "The VPC was refused."),
    "a second up that changes something": (
        with_phase(Phase("up-again", 2.0, update=1, same=11)),
        "The second up left 11 of 12 resources as they were and changed 1.",
    ),
    "a second up that loses sight of a resource": (
        with_phase(Phase("up-again", 2.0, same=11)),
        "The second up left 11 of 12 resources as they were and changed 0.",
    ),
    "a second up that makes something besides": (
        with_phase(Phase("up-again", 2.0, create=1, same=12)),
        "The second up left 12 of 12 resources as they were and changed 1.",
    ),
    "no second up": (
        replace(PASSED, phases=PASSED.phases[:2]),
        "The second up did not run, so nothing shows that the program settles.",
    ),
    "nothing made": (
        replace(with_phase(Phase("up-again", 2.0)), resources=0),
        "The second up left 0 of 0 resources as they were and changed 0.",
    ),
    "an unvalidated object": (
        replace(PASSED, kubernetes_objects=KubernetesObjects(3, ("Foo default/bar",))),
        "Nothing judged Foo default/bar.",
    ),
    "an invented type": (
        replace(PASSED, aws_resources=AwsResources(invented=("aws:new/thing:Thing",))),
        "Nothing judged resources of type aws:new/thing:Thing.",
    ),
    "a mandatory violation": (
        replace(PASSED, policies=Policies(mandatory=2)),
        "Mandatory policies found 2 violations.",
    ),
    "a network policy that proves nothing": (
        replace(PASSED, reachability=Reachability(unread=("the entity neighbours is not understood",))),
        "Nothing is proved about who reaches whom: the entity neighbours is not understood.",
    ),
    "something left without a reason": (
        replace(PASSED, left_behind=(Left("Service web", "Kubernetes", " "),)),
        "Service web is still in Kubernetes after the destroy, and no design says why.",
    ),
    "an exposed secret": (
        replace(PASSED, exposed_secrets=("db at $.resources[1].inputs.x",)),
        "A secret stands unencrypted in the state: db at $.resources[1].inputs.x.",
    ),
}


def test_a_rehearsal_without_objections_has_passed() -> None:
    assert (PASSED.passed, PASSED.objections) == (True, ())


@pytest.mark.parametrize(("report", "objection"), FAILED.values(), ids=FAILED.keys())
def test_each_fault_alone_fails_the_rehearsal_and_is_named(report: Report, objection: str) -> None:
    assert (report.passed, report.objections) == (False, (objection,))


def test_advisory_violations_do_not_fail_a_rehearsal() -> None:
    assert replace(PASSED, policies=Policies(advisory=7)).passed


@pytest.mark.parametrize("report", [PASSED, *(report for report, _ in FAILED.values())], ids=["passed", *FAILED])
def test_report_json_keeps_its_schema(report: Report) -> None:
    jsonschema.validate(report.to_json(), SCHEMA)


def test_report_json_holds_the_facts() -> None:
    content = PASSED.to_json()

    assert content["phases"][0] == {
        "name": "preview",
        "seconds": 1.8,
        "create": 12,
        "update": 0,
        "replace": 0,
        "delete": 0,
        "same": 0,
        "note": "",
    }
    assert {key: content["aws_resources"][key] for key in ("emulated", "modelled", "invented")} == {
        "emulated": 4,
        "modelled": 3,
        "invented": [],
    }
    assert {key: content["bring_up"][key] for key in ("minutes", "floor_minutes", "ratio")} == {
        "minutes": 12.3,
        "floor_minutes": 13.7,
        "ratio": 0.9,
    }
    assert content["bring_up"]["path"][0] == {"name": "network-vpc", "type": "aws:ec2/vpc:Vpc", "seconds": 12}
    assert (content["stack"], content["verdict"], content["resources"]) == ("dev", "passed", 12)
    assert content["left_behind"][0]["explained"] is True


REQUIRED = [
    *[(key,) for key in SCHEMA["required"]],
    *[("phases", 0, key) for key in ("name", "seconds", "create", "update", "replace", "delete", "same")],
    *[("kubernetes_objects", key) for key in ("accepted", "unvalidated")],
    *[("aws_resources", key) for key in ("emulated", "modelled", "invented")],
    *[("policies", key) for key in ("mandatory", "advisory")],
    *[("bring_up", key) for key in ("minutes", "floor_minutes", "ratio", "path")],
]


@pytest.mark.parametrize("path", REQUIRED, ids=lambda path: ".".join(map(str, path)))
def test_the_schema_misses_every_key_the_design_names(path: tuple[Any, ...]) -> None:
    content = copy.deepcopy(PASSED.to_json())
    *outer, last = path
    holder: Any = content
    for key in outer:
        holder = holder[key]
    del holder[last]

    with pytest.raises(jsonschema.ValidationError, match=f"'{last}' is a required property"):
        jsonschema.validate(content, SCHEMA)


def test_the_schema_refuses_a_passed_verdict_beside_an_objection() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(PASSED.to_json() | {"objections": ["x"]}, SCHEMA)
