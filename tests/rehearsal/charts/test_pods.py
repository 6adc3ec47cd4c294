"""Of a workload it is known who its pods are, where they listen, and what they run and need."""

from typing import Any

import pytest

from rehearsal.charts.pods import Pods, read


def _workload(kind: str = "Deployment", **spec: Any) -> dict[str, Any]:
    pod = {"metadata": {"labels": {"app": "lamp"}}, "spec": {"containers": [{"name": "a", "image": "a:1"}], **spec}}
    metadata = {"name": "lamp"}
    match kind:
        case "Pod":
            return {"apiVersion": "v1", "kind": kind, **pod, "metadata": {**metadata, **pod["metadata"]}}
        case "CronJob":
            job = {"jobTemplate": {"spec": {"template": pod}}}
            return {"apiVersion": "batch/v1", "kind": kind, "metadata": metadata, "spec": job}
        case "Job":
            return {"apiVersion": "batch/v1", "kind": kind, "metadata": metadata, "spec": {"template": pod}}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": {"template": pod}}


def _service(port: dict[str, Any], selector: dict[str, str] | None = None, **metadata: str) -> dict[str, Any]:
    spec = {"selector": {"app": "lamp"} if selector is None else selector, "ports": [port]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "lamp", **metadata}, "spec": spec}


def _only(*manifests: dict[str, Any]) -> Pods:
    (found,) = read(manifests, "night", "night/lamp")
    return found


@pytest.mark.parametrize("kind", ["CronJob", "DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "StatefulSet"])
def test_the_pods_of_every_kind_of_workload_are_read(kind: str) -> None:
    found = _only(_workload(kind))

    assert (found.owner, found.namespace, found.labels["app"]) == (f"{kind} night/lamp", "night", "lamp")
    assert (found.images, found.without_requests, found.host_network) == (("a:1",), ("a",), False)
    assert str(found) == f"{kind} night/lamp (release night/lamp)"


def test_the_pods_of_a_job_have_the_labels_that_its_controller_gives_them() -> None:
    given = {"batch.kubernetes.io/job-name": "lamp", "job-name": "lamp"}

    assert _only(_workload("Job")).labels == {"app": "lamp", **given}
    assert _only(_workload("Deployment")).labels == {"app": "lamp"}


def test_other_objects_have_no_pods() -> None:
    assert read([_service({"port": 80}), {"apiVersion": "example.com/v1", "kind": "Deployment"}], "night") == ()


@pytest.mark.parametrize(
    ("container", "sockets"),
    [
        ({"ports": [{"containerPort": 80}, {"containerPort": 53, "protocol": "UDP"}]}, {(80, "TCP"), (53, "UDP")}),
        ({"readinessProbe": {"httpGet": {"port": 81}}}, {(81, "TCP")}),
        (
            {"livenessProbe": {"tcpSocket": {"port": "82"}}, "startupProbe": {"grpc": {"port": 83}}},
            {(82, "TCP"), (83, "TCP")},
        ),
        (
            {"ports": [{"name": "web", "containerPort": 84}], "livenessProbe": {"httpGet": {"port": "web"}}},
            {(84, "TCP")},
        ),
        ({"livenessProbe": {"exec": {"command": ["true"]}}}, set()),
    ],
)
def test_a_container_listens_where_its_ports_and_probes_are(container: dict[str, Any], sockets: set[Any]) -> None:
    assert _only(_workload(containers=[{"name": "a", **container}])).sockets == sockets


@pytest.mark.parametrize(
    ("service", "sockets"),
    [
        (_service({"port": 80}), {(80, "TCP"), (9000, "TCP")}),
        (_service({"port": 80, "targetPort": 8080, "protocol": "UDP"}), {(8080, "UDP"), (9000, "TCP")}),
        (_service({"port": 80, "targetPort": "web"}), {(9000, "TCP")}),
        (_service({"port": 80, "targetPort": "nowhere"}), {(9000, "TCP")}),
        (_service({"port": 80}, {"app": "other"}), {(9000, "TCP")}),
        (_service({"port": 80}, {}), {(9000, "TCP")}),
        (_service({"port": 80}, namespace="elsewhere"), {(9000, "TCP")}),
    ],
)
def test_a_service_tells_where_the_pods_it_selects_listen(service: dict[str, Any], sockets: set[Any]) -> None:
    workload = _workload(containers=[{"name": "a", "ports": [{"name": "web", "containerPort": 9000}]}])

    assert _only(workload, service).sockets == sockets


@pytest.mark.parametrize(
    ("account", "subject", "calls"),
    [
        ("lamp", {"kind": "ServiceAccount", "name": "lamp"}, True),
        ("lamp", {"kind": "ServiceAccount", "name": "lamp", "namespace": "night"}, True),
        ("lamp", {"kind": "ServiceAccount", "name": "lamp", "namespace": "day"}, False),
        ("lamp", {"kind": "User", "name": "lamp"}, False),
        ("other", {"kind": "ServiceAccount", "name": "lamp"}, False),
        ("", {"kind": "ServiceAccount", "name": "default"}, True),
    ],
)
@pytest.mark.parametrize("kind", ["ClusterRoleBinding", "RoleBinding"])
def test_who_has_a_role_calls_the_api_server(account: str, subject: dict[str, str], kind: str, *, calls: bool) -> None:
    binding = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "subjects": [subject]}

    assert _only(_workload(serviceAccountName=account), binding).calls_api == calls


def test_init_containers_run_images_and_only_those_that_stay_listen() -> None:
    inits = [
        {"name": "once", "image": "once:1", "ports": [{"containerPort": 1}]},
        {"name": "stays", "image": "stays:1", "ports": [{"containerPort": 2}], "restartPolicy": "Always"},
    ]
    found = _only(_workload(initContainers=inits, hostNetwork=True))

    assert found.images == ("once:1", "stays:1", "a:1")
    assert found.sockets == {(2, "TCP")}
    assert found.host_network


@pytest.mark.parametrize(
    ("resources", "without"),
    [
        ({}, ("a",)),
        ({"requests": {"cpu": "1"}}, ("a",)),
        ({"requests": {"cpu": "1", "memory": "1Gi"}}, ()),
        ({"requests": {"cpu": "1"}, "limits": {"memory": "1Gi"}}, ()),
        (None, ("a",)),
    ],
)
def test_a_container_that_does_not_say_what_it_needs_is_named(
    resources: dict[str, Any] | None, without: tuple[str, ...]
) -> None:
    assert _only(_workload(containers=[{"name": "a", "resources": resources}])).without_requests == without
