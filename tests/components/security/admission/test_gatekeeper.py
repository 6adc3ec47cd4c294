"""Gatekeeper judges by every rule, is asked about nothing else, and stops nobody when it is down."""

from typing import Any

from components.kit.flows import Entity
from components.security.admission import gatekeeper
from components.security.admission.catalog import catalog
from components.security.admission.gatekeeper import Gatekeeper, values
from components.security.admission.settings import AdmissionSettings
from tests.components import examples
from tests.components.recording import Recording, build

_PLATFORM = ("cert-manager", "gatekeeper-system", "kube-public", "kube-system")
_TEMPLATE = "kubernetes:templates.gatekeeper.sh/v1:ConstraintTemplate"


def _built(**chosen: Any) -> Recording:
    settings = examples.parsed(AdmissionSettings, **{"engine": "gatekeeper", **chosen})
    return build(lambda: Gatekeeper("gatekeeper", settings, platform=_PLATFORM))


def _constraint(rule: str, **chosen: Any) -> dict[str, Any]:
    (made,) = [each for each in _built(**chosen).resources if each.name == f"gatekeeper-{rule}"]
    spec: dict[str, Any] = made.inputs["spec"]
    return spec


def test_it_judges_by_every_rule_an_engine_can() -> None:
    made = _built(registries=["a.example.com"], load_balancer_classes=["x"], owner_label="owner")

    judged = {name for name, rule in catalog().items() if not rule.only_native}
    assert {each.name for each in made.of(_TEMPLATE)} == {f"gatekeeper-{name}-template" for name in judged}
    for name in judged:
        (constraint,) = [each for each in made.resources if each.name == f"gatekeeper-{name}"]
        assert constraint.dependencies == (f"gatekeeper-{name}-template",)


def test_a_template_is_called_after_its_kind_and_judged_in_cel() -> None:
    made = _built().one(_TEMPLATE, "gatekeeper-host-path-template").inputs

    assert made["metadata"]["name"] == "platformhostpath"
    assert made["spec"]["crd"]["spec"]["names"]["kind"] == "PlatformHostPath"
    (code,) = made["spec"]["targets"][0]["code"]
    assert code["engine"] == "K8sNativeValidation"
    assert code["source"]["generateVAP"] is False


def test_audit_warns_and_enforce_denies() -> None:
    assert _constraint("host-path")["enforcementAction"] == "warn"
    assert _constraint("host-path", mode="enforce")["enforcementAction"] == "deny"
    assert _constraint("host-path", mode="enforce", audit_only=["host-path"])["enforcementAction"] == "warn"


def test_the_platform_and_exceptions_are_left_alone() -> None:
    exception = {"rule": "host-path", "namespace": "legacy", "reason": "it is replaced soon", "until": "2027-03-31"}

    assert _constraint("host-path", exceptions=[exception])["match"]["excludedNamespaces"] == [
        "cert-manager",
        "gatekeeper-system",
        "kube-public",
        "kube-system",
        "legacy",
    ]
    assert _constraint("host-ports", exceptions=[exception])["match"]["excludedNamespaces"] == [*_PLATFORM]


def test_no_webhook_of_gatekeeper_fails_closed() -> None:
    chosen = values(_PLATFORM)

    assert chosen["validatingWebhookCheckIgnoreFailurePolicy"] == "Ignore"
    assert "validatingWebhookFailurePolicy" not in chosen  # the chart's own is Ignore
    assert chosen["validatingWebhookExemptNamespacesLabels"] == {"kubernetes.io/metadata.name": [*_PLATFORM]}
    assert catalog()["engine-stays"].native


def test_a_drained_node_leaves_two_webhooks() -> None:
    chosen = values(_PLATFORM)

    assert (chosen["replicas"], chosen["pdb"]["controllerManager"]["minAvailable"]) == (3, 2)


def test_it_is_asked_about_what_rules_are_about_and_nothing_else() -> None:
    asked = gatekeeper.asked_about()

    assert {resource for each in asked for resource in each["resources"]} == {
        "clusterrolebindings",
        "clusterroles",
        "cronjobs",
        "daemonsets",
        "deployments",
        "jobs",
        "namespaces",
        "pods",
        "pods/ephemeralcontainers",
        "replicasets",
        "replicationcontrollers",
        "rolebindings",
        "roles",
        "services",
        "statefulsets",
    }
    assert {operation for each in asked for operation in each["operations"]} == {"CREATE", "UPDATE"}


def test_its_pods_and_its_hook_reach_the_api_server_and_its_webhook_is_reached() -> None:
    found = gatekeeper.connections()

    callers = {str(flow.client) for flow in found if flow.server is Entity.KUBE_APISERVER}
    assert callers == {str(pod) for pod in (gatekeeper.CONTROLLER, gatekeeper.AUDIT, gatekeeper.DEFINITIONS)}
    assert [(str(flow.server), flow.port) for flow in found if flow.client is Entity.KUBE_APISERVER] == [
        ("gatekeeper-system/gatekeeper-controller-manager", 8443)
    ]
