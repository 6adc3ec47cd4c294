"""Names, faults and replacements that the provider decides on before it asks an API server."""

from typing import Any

import pytest

from rehearsal.kubernetes.inputs import AUTONAMED, faults, named, refuse_unrehearsed, without_secrets
from rehearsal.kubernetes.replacement import deletes_first, replacing
from rehearsal.providers.properties import UNKNOWN
from rehearsal.providers.standin import Failure, RefusedError, Resource

_CONFIG = Resource(urn="urn", type="kubernetes:core/v1:ConfigMap", name="grafana-settings")


def test_a_name_is_made_from_the_logical_name_and_the_seed() -> None:
    first = named(_CONFIG, {"metadata": {}}, {}, b"seed")
    assert first == named(_CONFIG, {"metadata": {}}, {}, b"seed")
    assert first != named(_CONFIG, {"metadata": {}}, {}, b"another seed")
    assert first["metadata"]["name"].startswith("grafana-settings-")
    assert len(first["metadata"]["name"]) == len("grafana-settings-") + 8


@pytest.mark.parametrize("inputs", [{}, {"metadata": None}, {"metadata": {"labels": {"a": "b"}}}])
def test_every_object_without_a_name_gets_one(inputs: dict[str, Any]) -> None:
    assert named(_CONFIG, inputs, {}, b"seed")["metadata"]["name"]


def test_a_made_up_name_is_kept() -> None:
    olds = named(_CONFIG, {"metadata": {}}, {}, b"seed")
    news = named(_CONFIG, {"metadata": {"labels": {"a": "b"}}}, olds, b"another seed")
    assert news["metadata"]["name"] == olds["metadata"]["name"]


def test_a_name_that_was_given_is_not_kept_when_it_is_given_no_more() -> None:
    news = named(_CONFIG, {"metadata": {}}, {"metadata": {"name": "settings"}}, b"seed")
    assert news["metadata"]["name"] != "settings"


@pytest.mark.parametrize("metadata", [{"name": "settings"}, {"generateName": "settings-"}, UNKNOWN])
def test_a_name_that_is_given_or_not_yet_known_is_left_alone(metadata: Any) -> None:
    assert named(_CONFIG, {"metadata": metadata}, {}, b"seed") == {"metadata": metadata}


@pytest.mark.parametrize(
    ("type_token", "inputs", "expected"),
    [
        ("core/v1:ConfigMap", {"apiVersion": "v1", "kind": "ConfigMap"}, []),
        ("apps/v1:Deployment", {"apiVersion": "apps/v1", "kind": "Deployment"}, []),
        (
            "core/v1:ConfigMap",
            {"kind": "ConfigMap"},
            [Failure("apiVersion", "is missing; the type kubernetes:core/v1:ConfigMap says v1")],
        ),
        (
            "apps/v1:Deployment",
            {"apiVersion": "apps/v1beta1", "kind": "Deployment"},
            [Failure("apiVersion", "is apps/v1beta1, but the type kubernetes:apps/v1:Deployment says apps/v1")],
        ),
        (
            "core/v1:ConfigMap",
            {"apiVersion": "v1", "kind": "Secret", "metadata": []},
            [
                Failure("kind", "is Secret, but the type kubernetes:core/v1:ConfigMap says ConfigMap"),
                Failure("metadata", "must be an object with the object's name"),
            ],
        ),
    ],
)
def test_inputs_must_fit_their_type(type_token: str, inputs: dict[str, Any], expected: list[Failure]) -> None:
    assert faults(f"kubernetes:{type_token}", inputs) == expected


@pytest.mark.parametrize(
    ("type_token", "inputs", "reason"),
    [
        ("kubernetes:core/v1:NamespacePatch", {"kind": "Namespace"}, "made by something outside this stack"),
        ("kubernetes:core/v1:ConfigMapList", {"kind": "ConfigMapList", "items": []}, "resources of their own"),
    ],
)
def test_what_stands_for_something_else_than_one_object_is_refused(
    type_token: str, inputs: dict[str, Any], reason: str
) -> None:
    with pytest.raises(RefusedError, match=reason):
        refuse_unrehearsed(type_token, inputs)


@pytest.mark.parametrize(
    ("group", "kind", "old", "new", "expected"),
    [
        ("", "Service", {"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}, ("metadata",)),
        ("", "Service", {"metadata": {"namespace": "a"}}, {"metadata": {"namespace": "b"}}, ("metadata",)),
        ("", "Service", {"metadata": {"labels": {"a": "b"}}}, {"metadata": {}}, ()),
        ("", "Service", {"spec": {"clusterIP": "None"}}, {"spec": {}}, ("spec",)),
        ("", "Service", {"spec": {"ports": []}}, {"spec": {}}, ()),
        ("apps", "Deployment", {"spec": {"selector": {"a": "b"}}}, {"spec": {"selector": {"a": "c"}}}, ("spec",)),
        ("apps", "Deployment", {"spec": {"template": 1}}, {"spec": {"template": 2}}, ()),
        ("batch", "Job", {"spec": {"template": 1}}, {"spec": {"template": 2}}, ("spec",)),
        ("apps", "StatefulSet", {"spec": {"volumeClaimTemplates": [1]}}, {"spec": {}}, ("spec",)),
        ("storage.k8s.io", "StorageClass", {"parameters": {"a": "b"}}, {"parameters": {"a": "c"}}, ("parameters",)),
        ("storage.k8s.io", "StorageClass", {"allowVolumeExpansion": True}, {}, ()),
        ("rbac.authorization.k8s.io", "RoleBinding", {"roleRef": {"a": "b"}}, {"roleRef": {"a": "c"}}, ("roleRef",)),
        ("", "ConfigMap", {"data": {"a": "b"}}, {"data": {"a": "c"}}, ("data",)),
        ("", "Secret", {"stringData": {"a": "b"}}, {"stringData": {"a": "c"}}, ("stringData",)),
        ("example.com", "ConfigMap", {"data": {"a": "b"}}, {"data": {"a": "c"}}, ()),
    ],
)  # fmt: skip
def test_what_cannot_be_changed_in_place_replaces_the_object(
    group: str, kind: str, old: dict[str, Any], new: dict[str, Any], expected: tuple[str, ...]
) -> None:
    assert replacing(group, {"kind": kind, **old}, {"kind": kind, **new}, frozenset()) == expected


def test_config_maps_and_secrets_are_changed_in_place_if_the_provider_is_told_so() -> None:
    mutable = frozenset({"enableConfigMapMutable"})
    old, new = {"kind": "ConfigMap", "data": {"a": "b"}}, {"kind": "ConfigMap", "data": {"a": "c"}}
    assert replacing("", old, new, mutable) == ()
    assert replacing("", {**old, "immutable": True}, new, mutable) == ("data",)
    assert replacing("", {**old, "kind": "Secret"}, {**new, "kind": "Secret"}, mutable) == ("data",)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"name": "a"}, {"name": "a"}, True),
        ({"name": "a"}, {"name": "b"}, False),
        ({"name": "a", "namespace": "x"}, {"name": "a", "namespace": "y"}, False),
        ({"name": "a-1"}, {"name": "a-1", "annotations": {AUTONAMED: "true"}}, False),
        ({"generateName": "a-"}, {"generateName": "a-"}, False),
    ],
)
def test_only_an_object_that_keeps_its_name_is_deleted_before_its_successor_is_made(
    old: dict[str, Any], new: dict[str, Any], *, expected: bool
) -> None:
    assert deletes_first({"metadata": old}, {"metadata": new}) is expected


@pytest.mark.parametrize(
    ("manifest", "message", "expected"),
    [
        ({"kind": "Secret", "stringData": {"pin": 1234}}, "expected string, got {1234}", "expected string, got {***}"),
        ({"kind": "Secret", "data": {"a": "YQ=="}}, 'Invalid value: "YQ=="', 'Invalid value: "***"'),
        ({"kind": "Secret", "stringData": "hunter2"}, "expected map, got hunter2", "expected map, got ***"),
        ({"kind": "Secret", "stringData": {"a": "v"}}, "version v1: v is wrong", "version v1: *** is wrong"),
        ({"kind": "ConfigMap", "data": {"pin": 1234}}, "expected string, got 1234", "expected string, got 1234"),
    ],
)
def test_values_of_a_secret_are_masked(manifest: dict[str, Any], message: str, expected: str) -> None:
    assert without_secrets(message, manifest) == expected
