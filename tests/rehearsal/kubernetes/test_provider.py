"""A good object is created, found unchanged, updated, replaced and deleted as by the real provider."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from rehearsal.kubernetes.inventory import snapshot
from rehearsal.kubernetes.provider import KubernetesStandIn
from rehearsal.providers.properties import UNKNOWN
from rehearsal.providers.standin import Change, RefusedError
from tests.rehearsal.kubernetes.conftest import resource

if TYPE_CHECKING:
    from rehearsal.kubernetes.control_plane import ControlPlane
    from rehearsal.kubernetes.rest import Rest
    from tests.rehearsal.kubernetes.conftest import Engine

pytestmark = pytest.mark.tools

# One of every kind that behaves in a way of its own; NAMESPACE is the namespace they make for themselves.
_GOOD = """
- {apiVersion: v1, kind: Namespace, metadata: {name: NAMESPACE, labels: {pod-security.kubernetes.io/enforce: baseline}}}
- apiVersion: v1
  kind: ResourceQuota
  metadata: {name: quota, namespace: NAMESPACE}
  spec: {hard: {count/deployments.apps: "5", requests.cpu: "10"}}
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: grafana, namespace: NAMESPACE}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: NAMESPACE}, data: {retries: "3"}}
- {apiVersion: v1, kind: Secret, metadata: {name: login, namespace: NAMESPACE}, stringData: {password: correct-horse}}
- apiVersion: v1
  kind: Service
  metadata: {name: grafana, namespace: NAMESPACE}
  spec: {type: LoadBalancer, ports: [{port: 80, targetPort: http}], selector: {app: grafana}}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: grafana, namespace: NAMESPACE}
  spec:
    replicas: 2
    selector: {matchLabels: {app: grafana}}
    template:
      metadata: {labels: {app: grafana}}
      spec: {containers: [{name: grafana, image: example.com/grafana, resources: {requests: {cpu: 100m}}}]}
- apiVersion: v1
  kind: PersistentVolumeClaim
  metadata: {name: data, namespace: NAMESPACE}
  spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}
- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: default-deny, namespace: NAMESPACE}
  spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata: {name: NAMESPACE-readers, labels: {rbac.authorization.k8s.io/aggregate-to-view: "true"}}
  rules: [{apiGroups: [example.com], resources: [gadgets], verbs: [get, list, watch]}]
- apiVersion: storage.k8s.io/v1
  kind: StorageClass
  metadata: {name: NAMESPACE-gp3}
  provisioner: ebs.csi.aws.com
  parameters: {type: gp3, encrypted: "true"}
  volumeBindingMode: WaitForFirstConsumer
- apiVersion: apiextensions.k8s.io/v1
  kind: CustomResourceDefinition
  metadata: {name: gadgets.NAMESPACE.example.com}
  spec:
    group: NAMESPACE.example.com
    scope: Namespaced
    names: {kind: Gadget, plural: gadgets}
    versions:
      - name: v1
        served: true
        storage: true
        schema:
          openAPIV3Schema:
            type: object
            properties: {spec: {type: object, properties: {size: {type: integer, minimum: 1}}}}
- {apiVersion: NAMESPACE.example.com/v1, kind: Gadget, metadata: {name: small, namespace: NAMESPACE}, spec: {size: 1}}
"""


def _good(namespace: str) -> list[dict[str, Any]]:
    manifests: list[dict[str, Any]] = yaml.safe_load(_GOOD.replace("NAMESPACE", f"{namespace}-own"))
    return manifests


def test_good_objects_are_created_found_unchanged_and_deleted_without_a_trace(
    plane: "ControlPlane", engine: "Engine", namespace: str
) -> None:
    before = snapshot(plane.api_client())
    manifests = _good(namespace)
    made = [engine.create(manifest) for manifest in manifests]
    assert len(snapshot(plane.api_client()) - before) == len(manifests)
    assert engine.standin.summary().accepted == len(manifests)
    assert engine.standin.summary().unvalidated == ()
    for manifest in manifests:
        inputs = engine.checked(manifest)
        assert engine.standin.diff(resource(manifest), inputs, engine.checked(manifest, olds=inputs)) == Change()
    for identifier, state in reversed(made):
        engine.delete(identifier, state)
    assert snapshot(plane.api_client()) == before


def test_the_outputs_are_the_object_as_the_api_server_holds_it(engine: "Engine", namespace: str) -> None:
    identifier, outputs = engine.create(
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "grafana", "namespace": namespace},
            "spec": {"ports": [{"port": 80}]},
        }
    )
    assert identifier == f"{namespace}/grafana"
    assert outputs["spec"]["clusterIP"].startswith("172.20.")
    assert outputs["metadata"]["uid"]
    assert "managedFields" not in outputs["metadata"]


def test_an_update_changes_the_object_and_removes_what_the_inputs_no_longer_say(
    engine: "Engine", namespace: str
) -> None:
    def config(data: dict[str, str]) -> dict[str, Any]:
        metadata = {"name": "settings", "namespace": namespace}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}

    identifier, state = engine.create(config({"a": "1", "b": "2"}))
    assert engine.update(identifier, state, config({"a": "3"}))["data"] == {"a": "3"}


def test_a_field_that_something_else_owns_is_not_taken_away(engine: "Engine", rest: "Rest", namespace: str) -> None:
    def config(value: str) -> dict[str, Any]:
        metadata = {"name": "contested", "namespace": namespace}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"owner": value}}

    identifier, state = engine.create(config("pulumi"))
    rest.request("PUT", f"/api/v1/namespaces/{namespace}/configmaps/contested", body=config("controller"))
    with pytest.raises(RefusedError, match=r"Apply failed with 1 conflict.*: \.data\.owner"):
        engine.update(identifier, state, config("again"))


def test_deleting_what_is_gone_already_succeeds(engine: "Engine", namespace: str) -> None:
    identifier, state = engine.create(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "short-lived", "namespace": namespace}}
    )
    engine.delete(identifier, state)
    engine.delete(identifier, state)


def test_a_namespace_takes_along_what_is_in_it(engine: "Engine", rest: "Rest", namespace: str) -> None:
    engine.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "inside", "namespace": namespace}})
    state = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    engine.delete(namespace, state)
    assert rest.find(f"/api/v1/namespaces/{namespace}") is None


def test_a_deletion_that_a_finalizer_holds_up_names_it(plane: "ControlPlane", engine: "Engine", namespace: str) -> None:
    metadata = {"name": "held", "namespace": namespace, "finalizers": ["example.com/never"]}
    identifier, state = engine.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
    impatient = KubernetesStandIn(plane.api_client(), delete_seconds=0.1)
    with pytest.raises(
        RefusedError,
        match=r"ConfigMap held is still there 0\.1 s after its deletion\. Finalizers: example\.com/never\.",
    ):
        impatient.delete(resource(state), identifier, state)


def test_a_preview_makes_nothing(plane: "ControlPlane", engine: "Engine", namespace: str) -> None:
    before = snapshot(plane.api_client())
    for manifest in _good(namespace):
        assert engine.create(manifest, preview=True)[1] == engine.checked(manifest)
    engine.create({"apiVersion": "unheard.example.com/v1", "kind": "Of", "metadata": {"name": "x"}}, preview=True)
    assert snapshot(plane.api_client()) == before
    assert engine.standin.summary().accepted == 0


def test_a_preview_does_not_judge_what_it_does_not_know(engine: "Engine", namespace: str) -> None:
    metadata = {"name": "later", "namespace": namespace}
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"arn": UNKNOWN}, "dota": {}}
    assert engine.create(manifest, preview=True)[1]["data"] == {"arn": UNKNOWN}


def test_the_preview_of_a_replacement_does_not_stumble_over_the_object_to_be_replaced(
    engine: "Engine", namespace: str
) -> None:
    def config(value: str) -> dict[str, Any]:
        metadata = {"name": "fixed", "namespace": namespace}
        data = {"a": value}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data, "immutable": True}

    engine.create(config("b"))
    engine.create(config("c"), preview=True)


def test_an_object_that_exists_already_is_left_as_it_is(engine: "Engine", rest: "Rest", namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps/taken"
    metadata = {"name": "taken", "namespace": namespace}
    first = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"of": "the first"}}
    engine.create(first, name="another")
    with pytest.raises(RefusedError, match='configmaps "taken" already exists'):
        engine.create({**first, "data": {"of": "the second"}})
    assert rest.get(path)["data"] == {"of": "the first"}


def test_a_workload_may_name_what_the_rest_of_its_stack_makes_later(engine: "Engine", namespace: str) -> None:
    pod = {
        "serviceAccountName": "later",
        "priorityClassName": "later",
        "containers": [{"name": "a", "image": "example.com/a"}],
    }
    template = {"metadata": {"labels": {"app": "a"}}, "spec": pod}
    spec = {"selector": {"matchLabels": {"app": "a"}}, "template": template}
    metadata = {"name": "early", "namespace": namespace}
    engine.create({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec})


def test_two_resources_cannot_be_the_same_object(engine: "Engine", namespace: str) -> None:
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one", "namespace": namespace}}

    def attempt(number: int) -> str:
        try:
            return engine.create(manifest, name=f"thing-{number}")[0]
        except RefusedError as refusal:
            return str(refusal)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, range(8)))
    assert answers.count(f"{namespace}/one") == 1
    assert answers.count('configmaps "one" already exists') == 7


def test_a_generated_name_is_kept_by_the_updates(engine: "Engine", namespace: str) -> None:
    metadata = {"generateName": "run-", "namespace": namespace}
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": "1"}}
    identifier, state = engine.create(manifest)
    assert re.fullmatch(rf"{namespace}/run-\w{{5}}", identifier)
    updated = engine.update(identifier, state, {**manifest, "data": {"a": "2"}})
    assert updated["metadata"]["name"] == state["metadata"]["name"]
    assert updated["data"] == {"a": "2"}


def test_an_object_without_a_namespace_belongs_to_the_default_one(engine: "Engine") -> None:
    identifier, state = engine.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "homeless"}})
    assert identifier == "default/homeless"
    engine.delete(identifier, state)


def test_no_value_of_a_secret_is_in_a_refusal(engine: "Engine", namespace: str) -> None:
    metadata = {"name": "pin", "namespace": namespace}
    with pytest.raises(RefusedError, match=r"\.stringData\.pin: expected string") as refusal:
        engine.create({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"pin": 81549}})
    assert "81549" not in str(refusal.value)


def test_a_quota_is_in_force_as_soon_as_it_is_created(engine: "Engine", namespace: str) -> None:
    where = {"namespace": namespace}
    hard = {"hard": {"secrets": "0"}}
    engine.create({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "none", **where}, "spec": hard})
    with pytest.raises(RefusedError, match="exceeded quota: none, requested: secrets=1, used: secrets=0"):
        engine.create({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "one-too-many", **where}})


def test_hundreds_of_objects_at_once_are_all_accepted(engine: "Engine", rest: "Rest", namespace: str) -> None:
    def create(number: int) -> str:
        metadata = {"name": f"of-many-{number}", "namespace": namespace}
        return engine.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})[0]

    with ThreadPoolExecutor(32) as pool:
        assert len(set(pool.map(create, range(300)))) == 300
    found = rest.get(f"/api/v1/namespaces/{namespace}/configmaps")["items"]
    assert sum(item["metadata"]["name"].startswith("of-many-") for item in found) == 300


def test_an_api_server_that_does_not_answer_is_a_refusal_that_says_so(plane: "ControlPlane", namespace: str) -> None:
    client = plane.api_client()
    standin = KubernetesStandIn(client)
    client.configuration.host = "https://127.0.0.1:9"
    with pytest.raises(RefusedError, match=r"the API server at .* does not answer"):
        standin.delete(
            resource({"apiVersion": "v1", "kind": "ConfigMap"}),
            f"{namespace}/x",
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}},
        )
