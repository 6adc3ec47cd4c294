"""An object whose definition is nowhere to be had is accepted, and never silently."""

from typing import TYPE_CHECKING, Any

import pytest

from rehearsal.kubernetes import provider
from rehearsal.kubernetes.inventory import snapshot
from rehearsal.kubernetes.permissive import _plural
from rehearsal.kubernetes.provider import KubernetesStandIn
from rehearsal.providers.standin import RefusedError
from tests.rehearsal.kubernetes.conftest import resource

if TYPE_CHECKING:
    from rehearsal.kubernetes.control_plane import ControlPlane
    from tests.rehearsal.kubernetes.conftest import Engine

pytestmark = pytest.mark.tools


def _object(api_version: str, kind: str, name: str, namespace: str | None = None) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": {"any": {"thing": [1, "two"]}}}


def _definition(group: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": {"spec": {"type": "object", "required": ["size"]}}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"gadgets.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": "Gadget", "plural": "gadgets"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
        },
    }


def test_an_object_of_an_unknown_kind_is_accepted_whole_and_reported(engine: "Engine", namespace: str) -> None:
    api_version = f"{namespace}.example.com/v1"
    identifier, outputs = engine.create(_object(api_version, "Policy", "strict", namespace))
    assert identifier == f"{namespace}/strict"
    assert outputs["spec"] == {"any": {"thing": [1, "two"]}}
    engine.create(_object(api_version, "ClusterPolicy", "strict"))
    assert engine.standin.summary().accepted == 0
    assert engine.standin.summary().unvalidated == (
        f"{api_version} ClusterPolicy strict",
        f"{api_version} Policy {namespace}/strict",
    )


def test_an_unknown_kind_in_two_versions_is_accepted_in_both(engine: "Engine", namespace: str) -> None:
    for version in ("v1beta1", "v1", "v1alpha1"):
        engine.create(_object(f"{namespace}.example.com/{version}", "Gadget", f"in-{version}", namespace))
    assert len(engine.standin.summary().unvalidated) == 3


def test_a_stand_in_started_later_still_knows_what_is_unvalidated(
    plane: "ControlPlane", engine: "Engine", namespace: str
) -> None:
    manifest = _object(f"{namespace}.example.com/v1", "Gadget", "one", namespace)
    identifier, state = engine.create(manifest)
    later = KubernetesStandIn(plane.api_client())
    later.update(resource(manifest), identifier, state, manifest)
    assert later.summary().unvalidated == (f"{namespace}.example.com/v1 Gadget {namespace}/one",)


def test_an_unvalidated_object_is_left_behind_until_it_is_deleted_its_made_up_definition_never(
    plane: "ControlPlane", engine: "Engine", namespace: str
) -> None:
    before = snapshot(plane.api_client())
    identifier, state = engine.create(_object(f"{namespace}.example.com/v1", "Gadget", "one", namespace))
    left = snapshot(plane.api_client()) - before
    assert [str(each) for each in left] == [f"{namespace}.example.com/Gadget {namespace}/one"]
    engine.delete(identifier, state)
    assert snapshot(plane.api_client()) == before


@pytest.mark.parametrize(
    ("api_version", "kind", "reason"),
    [
        ("v1", "Pood", 'no matches for kind "Pood" in version "v1"'),
        ("apps/v1", "Deployement", 'no matches for kind "Deployement" in version "apps/v1"'),
        ("networking.k8s.io/v1", "Ingres", 'no matches for kind "Ingres" in version "networking.k8s.io/v1"'),
        (
            "apps/v1beta2",
            "Deployment",
            'no matches for kind "Deployment" in version "apps/v1beta2"; it is served in v1',
        ),
    ],
)
def test_a_kind_kubernetes_itself_would_have_to_know_is_refused(
    engine: "Engine", api_version: str, kind: str, reason: str
) -> None:
    with pytest.raises(RefusedError) as refusal:
        engine.create(_object(api_version, kind, "one"))
    assert str(refusal.value) == reason


def test_a_version_that_the_definition_at_hand_does_not_serve_is_refused(engine: "Engine", namespace: str) -> None:
    group = f"{namespace}.example.com"
    engine.create(_definition(group))
    with pytest.raises(RefusedError, match=r'in version ".*/v1beta1"; it is served in v1$'):
        engine.create(_object(f"{group}/v1beta1", "Gadget", "one", namespace))


def test_an_object_is_judged_by_the_definition_its_stack_has_made(engine: "Engine", namespace: str) -> None:
    group = f"{namespace}.example.com"
    engine.create(_definition(group))
    with pytest.raises(RefusedError, match=r"spec\.size: Required value"):
        engine.create(_object(f"{group}/v1", "Gadget", "one", namespace))
    assert engine.standin.summary().unvalidated == ()


def test_an_object_that_does_not_wait_for_the_definition_in_its_stack_is_refused(
    engine: "Engine", namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "_DEFINITION_SECONDS", 0.1)
    group = f"{namespace}.example.com"
    engine.checked(_definition(group))
    with pytest.raises(RefusedError, match="this stack holds its CustomResourceDefinition: the object must depend on"):
        engine.create(_object(f"{group}/v1", "Gadget", "one", namespace))


@pytest.mark.parametrize(
    ("kind", "plural"),
    [
        ("Certificate", "certificates"),
        ("CiliumNetworkPolicy", "ciliumnetworkpolicies"),
        ("Gateway", "gateways"),
        ("VolumeSnapshotClass", "volumesnapshotclasses"),
        ("NodeMesh", "nodemeshes"),
    ],
)
def test_plurals_are_those_of_the_field(kind: str, plural: str) -> None:
    assert _plural(kind) == plural
