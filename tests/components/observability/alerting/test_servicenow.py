"""The forwarders run as Pod Security wants them, and may do what they need: claim alerts, and write to one instance."""

import json
from typing import Any

import pytest

from components.kit.flows import Entity, Fqdn
from components.observability.alerting import servicenow
from components.observability.alerting.servicenow import ServiceNowForwarder
from components.observability.alerting.settings import ServiceNowSettings
from tests.components import examples
from tests.components.recording import Recording, build


def _settings(**values: Any) -> ServiceNowSettings:
    return examples.parsed(ServiceNowSettings, instance="example", **values)


def _built(**values: Any) -> Recording:
    return build(lambda: ServiceNowForwarder("servicenow", _settings(**values), cluster_name="platform-test"))


def _pod(recording: Recording) -> dict[str, Any]:
    (deployment,) = recording.of("kubernetes:apps/v1:Deployment")
    spec: dict[str, Any] = deployment.inputs["spec"]["template"]["spec"]
    return spec


def test_there_are_two_of_which_a_drain_leaves_one() -> None:
    recording = _built()

    (deployment,) = recording.of("kubernetes:apps/v1:Deployment")
    assert deployment.inputs["spec"]["replicas"] == 2
    (budget,) = recording.of("kubernetes:policy/v1:PodDisruptionBudget")
    assert budget.inputs["spec"]["minAvailable"] == 1
    assert budget.inputs["spec"]["selector"]["matchLabels"] == deployment.inputs["spec"]["selector"]["matchLabels"]


def test_pods_are_restricted_and_have_time_to_end() -> None:
    pod = _pod(_built())

    assert pod["securityContext"]["runAsNonRoot"] is True
    (container,) = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    # Five seconds until nobody is sent there, and Alertmanager's fifty.
    assert pod["terminationGracePeriodSeconds"] > 55


@pytest.mark.parametrize(
    ("authentication", "keys"),
    [
        ("oauth", ["servicenow-client-id", "servicenow-client-secret"]),
        ("basic", ["servicenow-username", "servicenow-password"]),
    ],
)
def test_a_forwarder_sees_its_own_keys_and_no_others(authentication: str, keys: list[str]) -> None:
    (volume,) = [each for each in _pod(_built(authentication=authentication))["volumes"] if "secret" in each]

    assert volume["secret"] == {
        "secretName": "alertmanager-credentials",
        "items": [{"key": key, "path": key} for key in keys],
    }


def test_it_may_claim_alerts_and_nothing_else() -> None:
    recording = _built()

    (role,) = recording.of("kubernetes:rbac.authorization.k8s.io/v1:Role")
    assert role.inputs["metadata"]["namespace"] == "monitoring"
    assert role.inputs["rules"] == [
        {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["create", "get", "delete"]}
    ]
    assert {"servicenow-claims", "servicenow-account"} <= recording.before("servicenow-deployment")


def test_events_need_no_claim_and_so_no_right_and_no_token() -> None:
    recording = _built(target="events")

    assert recording.of("kubernetes:rbac.authorization.k8s.io/v1:Role") == []
    assert _pod(recording)["automountServiceAccountToken"] is False
    assert _pod(_built())["automountServiceAccountToken"] is True


def test_it_calls_its_own_instance_and_the_api_that_has_the_claims() -> None:
    def called(**values: Any) -> set[str]:
        flows = servicenow.connections(_settings(**values))
        return {str(flow.server) for flow in flows if isinstance(flow.server, Fqdn | Entity)}

    assert called() == {"example.service-now.com", "kube-apiserver"}
    assert called(target="events") == {"example.service-now.com"}


def test_every_module_of_the_program_is_mounted_and_another_program_is_another_config_map() -> None:
    recording = _built()

    (config_map,) = recording.of("kubernetes:core/v1:ConfigMap")
    (mounted,) = [each for each in _pod(recording)["volumes"] if each["name"] == "program"]
    assert {item["key"] for item in mounted["configMap"]["items"]} == set(config_map.inputs["data"]) - {"settings.json"}
    assert json.loads(config_map.inputs["data"]["settings.json"])["cluster"] == "platform-test"
    (other,) = _built(caller="platform").of("kubernetes:core/v1:ConfigMap")
    assert other.inputs["metadata"]["name"] != config_map.inputs["metadata"]["name"]
