"""What a preview tells of a release: every fault of its values at its path, what changes, and what it cannot know."""

from typing import TYPE_CHECKING

import pytest

from rehearsal.kubernetes.inventory import snapshot
from rehearsal.kubernetes.provider import KubernetesStandIn
from rehearsal.providers.properties import UNKNOWN
from rehearsal.providers.standin import Change, Failure, Properties
from tests.rehearsal.kubernetes.release import RESOURCE, inputs

if TYPE_CHECKING:
    from rehearsal.kubernetes.control_plane import ControlPlane

pytestmark = pytest.mark.tools


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"values": {"replica": 1}}, Failure("values.replica", "the chart has no such key, did you mean replicas?")),
        (
            {"values": {"image": {"tags": UNKNOWN}}},
            Failure("values.image.tags", "the chart has no such key, did you mean tag?"),
        ),
        (
            {"version": "9.9.9"},
            Failure("version", "kite 9.9.9 cannot be judged: the chart's files at hand are of 1.2.3"),
        ),
        ({"name": "Kite"}, Failure("name", "Kite is no name of a release: 53 characters, as of a DNS name")),
        ({"valueYamlFiles": ["a"]}, Failure("valueYamlFiles", "is not rehearsed: give the values themselves")),
    ],
)
def test_a_fault_is_told_at_its_property_before_anything_is_made(
    helm: KubernetesStandIn, given: Properties, expected: Failure
) -> None:
    assert helm.check(RESOURCE, inputs("anywhere", **given), olds={}, seed=b"")[1] == [expected]


def test_what_is_not_known_yet_is_no_fault(helm: KubernetesStandIn) -> None:
    given = inputs("anywhere", values=UNKNOWN, name=UNKNOWN, repositoryOpts=UNKNOWN)

    assert helm.check(RESOURCE, given, olds={}, seed=b"")[1] == []


def test_the_providers_defaults_are_filled_in(helm: KubernetesStandIn) -> None:
    first, _ = helm.check(RESOURCE, {"chart": "kite"}, olds={}, seed=b"seed")
    again, _ = helm.check(RESOURCE, {"chart": "kite"}, olds=first, seed=b"other")
    hasty, _ = helm.check(RESOURCE, {"chart": "kite", "skipAwait": True}, olds={}, seed=b"seed")

    assert first["name"].startswith("kite-")
    assert (first["namespace"], first["timeout"]) == ("default", 300)
    assert again == first
    assert "timeout" not in hasty


@pytest.mark.parametrize(
    ("news", "expected"),
    [
        ({}, Change()),
        ({"values": {"replicas": 2}}, Change(properties=("values",))),
        ({"version": "1.2.4"}, Change(properties=("version",))),
        ({"repositoryOpts": {"repo": "https://b.example.com"}}, Change(properties=("repositoryOpts",))),
        ({"name": "b"}, Change(properties=("name",), replaces=("name",))),
        ({"namespace": "b"}, Change(properties=("namespace",), replaces=("namespace",))),
    ],
)
def test_another_name_or_namespace_is_another_release(
    helm: KubernetesStandIn, news: Properties, expected: Change
) -> None:
    assert helm.diff(RESOURCE, inputs("a"), {**inputs("a"), **news}) == expected


def test_a_preview_makes_nothing_and_does_not_know_the_status(plane: "ControlPlane", helm: KubernetesStandIn) -> None:
    before = snapshot(plane.api_client())

    identifier, outputs = helm.create(RESOURCE, inputs("anywhere"), preview=True)

    assert (identifier, outputs["status"]) == ("", UNKNOWN)
    assert helm.planned(RESOURCE, {"status": {"revision": 1}}, {}, inputs("anywhere"))["status"] is UNKNOWN
    assert snapshot(plane.api_client()) == before
