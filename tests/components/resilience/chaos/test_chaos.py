"""Chaos Mesh changes nothing outside of where experiments may be, and nobody reaches it who need not."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from components.kit import flows
from components.kit.flows import Entity
from components.resilience.chaos import flows as chaos_flows
from components.resilience.chaos.flows import AGENT, CONTROLLER
from components.resilience.chaos.settings import ACCOUNT, NAMESPACE
from components.security.namespaces import PLATFORM
from rehearsal.kubernetes.control_plane import ControlPlane
from rehearsal.kubernetes.rest import APPLY, Rest
from tests.components.resilience.chaos import built

_RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_RBAC: Final = "rbac.authorization.k8s.io"
_API: Final = f"kubernetes:{_RBAC}/v1:"


def _values(**options: Any) -> dict[str, Any]:
    values: dict[str, Any] = built.chaos(**options).one(_RELEASE, "chaos-chaos-mesh").inputs["values"]
    return values


def test_the_agent_finds_containerd_and_the_image_of_crashed_pods_is_pinned() -> None:
    values = _values()
    image = values["controllerManager"]["podChaos"]["podFailure"]["pauseImage"]

    assert values["chaosDaemon"]["runtime"] == "containerd"
    assert values["chaosDaemon"]["socketPath"] == "/run/containerd/containerd.sock"
    assert image.startswith("registry.k8s.io/pause:")
    assert not image.endswith(":latest")


@pytest.mark.parametrize(
    "image",
    [
        "111122223333.dkr.ecr.eu-central-1.amazonaws.com/chaos-mesh/chaos-daemon:v2.8.3-nft",
        "registry.example.com:5000/chaos-daemon:v2.8.3@sha256:" + 64 * "0",
    ],
)
def test_an_image_of_ones_own_is_the_agents_alone_and_comes_whole_out_of_the_chart(image: str) -> None:
    values = _values(agent_image=image)

    # chart 2.8.3, templates/_helpers.tpl: "chaos-daemon.image".
    assert "{registry}/{repository}:{tag}".format(**values["chaosDaemon"]["image"]) == image
    assert values["chaosDaemon"]["image"]["tag"].startswith("v2.8.3")
    assert "image" not in values["controllerManager"]
    assert "image" not in _values()["chaosDaemon"]


def test_an_agent_is_on_every_node_and_its_namespace_says_why_it_may_do_everything() -> None:
    (room,) = (namespace for namespace in PLATFORM if namespace.name == NAMESPACE)

    assert _values()["chaosDaemon"]["tolerations"] == [{"operator": "Exists"}]
    assert room.pod_security == "privileged"
    assert "agents" in room.reason


def test_there_is_no_dashboard_and_whoever_makes_an_experiment_is_asked_for_the_right_to() -> None:
    values = _values()

    assert values["dashboard"] == {"create": False}
    assert values["dnsServer"] == {"create": False}
    assert values["controllerManager"]["enableFilterNamespace"] is True
    # With the first that a list lacks, the program stops making the controllers of all kinds that follow.
    assert "enabledControllers" not in values["controllerManager"]
    assert "clusterScoped" not in values


def test_keys_are_made_in_the_cluster_and_none_is_in_the_release() -> None:
    values = _values()

    assert values["webhook"] == {"certManager": {"enabled": True}}
    assert values["controllerManager"]["chaosdSecurityMode"] is False


def test_its_webhooks_outlive_a_drain_of_one_node() -> None:
    recording = built.chaos()
    budget = recording.one("kubernetes:policy/v1:PodDisruptionBudget", "chaos-webhooks")
    release = recording.one(_RELEASE, "chaos-chaos-mesh")

    assert release.inputs["values"]["controllerManager"]["replicaCount"] == 2
    assert budget.inputs["spec"]["minAvailable"] == 1
    assert budget.inputs["spec"]["selector"] == {"matchLabels": dict(CONTROLLER.labels)}
    assert budget.inputs["metadata"]["namespace"] == NAMESPACE
    assert "chaos-webhooks" in release.dependencies


def test_its_own_account_and_rights_are_there_before_its_pods() -> None:
    recording = built.chaos()
    account = recording.one("kubernetes:core/v1:ServiceAccount", "chaos-controller")

    assert _values()["rbac"] == {"create": False}
    assert account.inputs["metadata"] == {"name": ACCOUNT, "namespace": NAMESPACE}
    assert {"chaos-cluster", "chaos-home", "chaos-controller"} <= {
        *recording.one(_RELEASE, "chaos-chaos-mesh").dependencies
    }


def test_on_its_nodes_network_it_leaves_the_kubelets_port_alone() -> None:
    on_nodes = _values(host_network=True)["controllerManager"]

    assert on_nodes["hostNetwork"] is True
    assert "hostNetwork" not in _values()["controllerManager"]
    assert on_nodes["env"]["WEBHOOK_PORT"] != 10250
    assert {str(port.number) for port in CONTROLLER.ports} == {str(port) for port in on_nodes["env"].values()}


def test_agents_call_nobody_and_only_the_controllers_command_them() -> None:
    needed = chaos_flows.connections()
    to_agents = {(str(flow.client), flow.port) for flow in needed if flow.server == AGENT}

    assert [flow for flow in needed if flow.client == AGENT] == []
    assert to_agents == {("chaos-mesh/controller-manager", 31767), (str(flows.PROMETHEUS), 31766)}
    assert {flow.port for flow in needed if flow.client is Entity.KUBE_APISERVER} == {chaos_flows.WEBHOOK_PORT}


@pytest.fixture(scope="module")
def rest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rest]:
    made = [
        *built.chaos().resources,
        *built.experiments({"a": built.experiment("pod_crash")}).resources,
    ]
    with ControlPlane(tmp_path_factory.mktemp("chaos")) as plane:
        rest = Rest(plane.api_client())
        for name in (NAMESPACE, "example", "vault"):
            _apply(rest, "/api/v1/namespaces", "v1", "Namespace", {"metadata": {"name": name}})
        rules = [each for each in made if each.type.startswith(_API)]
        assert len(rules) == 6
        for each in sorted(rules, key=lambda each: each.type.endswith("Binding")):
            kind = each.type.removeprefix(_API)
            namespace = each.inputs["metadata"].get("namespace")
            place = f"/namespaces/{namespace}" if namespace else ""
            _apply(rest, f"/apis/{_RBAC}/v1{place}/{kind.lower()}s", f"{_RBAC}/v1", kind, each.inputs)
        yield rest


def _apply(rest: Rest, path: str, version: str, kind: str, inputs: dict[str, Any]) -> None:
    body = {**inputs, "apiVersion": version, "kind": kind}
    place = f"{path}/{inputs['metadata']['name']}"
    rest.request("PATCH", place, {"fieldManager": "test", "force": "true"}, body, content_type=APPLY)


def _may(rest: Rest, verb: str, what: str, namespace: str = "") -> bool:
    resource, _, group = what.partition(".")
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {
            "user": f"system:serviceaccount:{NAMESPACE}:{ACCOUNT}",
            "resourceAttributes": {"verb": verb, "resource": resource, "group": group, "namespace": namespace},
        },
    }
    answer = rest.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", body=review)
    return bool(answer.body["status"]["allowed"])


@pytest.mark.tools
@pytest.mark.parametrize("namespace", ["kube-system", "vault", NAMESPACE, ""])
def test_the_api_server_lets_it_change_nothing_outside_of_where_experiments_may_be(rest: Rest, namespace: str) -> None:
    changed = [
        f"{verb} {what}"
        for verb in ("create", "update", "patch", "delete", "deletecollection")
        for what in ("pods", "configmaps", "secrets", "nodes", "podchaos.chaos-mesh.org", "schedules.chaos-mesh.org")
        if _may(rest, verb, what, namespace)
    ]

    assert changed == []


@pytest.mark.tools
@pytest.mark.parametrize("namespace", ["kube-system", "example", NAMESPACE, ""])
def test_the_api_server_lets_it_read_no_secret(rest: Rest, namespace: str) -> None:
    assert [verb for verb in ("get", "list", "watch") if _may(rest, verb, "secrets", namespace)] == []


@pytest.mark.tools
@pytest.mark.parametrize(
    ("verb", "what", "namespace"),
    [
        ("patch", "pods", "example"),
        ("delete", "pods", "example"),
        ("create", "events", "example"),
        ("update", "podnetworkchaos.chaos-mesh.org", "example"),
        # Its webhook asks by the kind's name in small letters, which is the resource's for all but this one.
        ("create", "schedule.chaos-mesh.org", "example"),
        ("watch", "pods", ""),
        ("list", "nodes", ""),
        ("get", "namespaces", ""),
        ("watch", "workflows.chaos-mesh.org", ""),
        ("create", "subjectaccessreviews.authorization.k8s.io", ""),
        ("update", "leases.coordination.k8s.io", NAMESPACE),
        ("watch", "endpointslices.discovery.k8s.io", NAMESPACE),
    ],
)
def test_the_api_server_lets_it_do_its_work(rest: Rest, verb: str, what: str, namespace: str) -> None:
    assert _may(rest, verb, what, namespace)
