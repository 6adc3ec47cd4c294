"""The Trivy operator reports on every workload, reads images only, and needs no privilege for it."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from components.kit.flows import INTERNET, Fqdn
from components.kit.namespaces import PodSecurity
from components.security.detection import trivy_operator
from components.security.detection.trivy_operator import SCAN, SERVER, TrivyOperator, TrivySettings
from components.security.namespaces import PLATFORM
from tests.components import examples
from tests.components.capacity.stage import RELEASE, refuse_wrong_values
from tests.components.recording import build

_COPY = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/aquasecurity"


def _values(**settings: Any) -> dict[str, Any]:
    return trivy_operator.values(examples.parsed(TrivySettings, **settings))


def test_everything_is_reported_on_unless_a_stack_says_otherwise() -> None:
    operator = _values()["operator"]

    for scanner in ("vulnerability", "exposedSecret", "configAudit", "rbacAssessment"):
        assert operator[f"{scanner}ScannerEnabled"] is True
    assert operator["sbomGenerationEnabled"] is operator["clusterComplianceEnabled"] is True


def test_no_part_of_it_needs_more_than_the_restricted_level() -> None:
    values = _values()
    (namespace,) = [each for each in PLATFORM if each.name == "trivy-system"]
    pods = (
        values["podSecurityContext"],
        values["trivy"]["server"]["podSecurityContext"],
        values["trivyOperator"]["scanJobPodTemplatePodSecurityContext"],
    )
    containers = (
        values["trivy"]["server"]["securityContext"],
        values["trivyOperator"]["scanJobPodTemplateContainerSecurityContext"],
    )

    assert namespace.pod_security is PodSecurity.RESTRICTED
    # The collector of nodes' files is what would need another level.
    assert values["operator"]["infraAssessmentScannerEnabled"] is False
    assert all(pod["runAsNonRoot"] and pod["seccompProfile"] == {"type": "RuntimeDefault"} for pod in pods)
    for container in containers:
        assert container["allowPrivilegeEscalation"] is False
        assert container["capabilities"] == {"drop": ["ALL"]}


def test_it_reads_no_secret_of_other_namespaces() -> None:
    assert _values()["operator"]["accessGlobalSecretsAndServiceAccount"] is False


def test_the_databases_are_fetched_by_one_server_and_asked_by_every_scan() -> None:
    values = _values()

    assert values["operator"]["builtInTrivyServer"] is True
    assert values["trivy"]["storageClassEnabled"] is False
    assert (values["trivy"]["dbRegistry"], values["trivy"]["dbRepository"]) == ("ghcr.io", "aquasecurity/trivy-db")
    copied = _values(databases=_COPY)["trivy"]
    assert (copied["javaDbRegistry"], copied["javaDbRepository"]) == (
        "111122223333.dkr.ecr.eu-central-1.amazonaws.com",
        "aquasecurity/trivy-java-db",
    )


def test_benchmarks_that_would_pass_what_nobody_looked_at_are_not_the_default() -> None:
    assert _values()["compliance"]["specs"] == ["k8s-nsa-1.0", "k8s-pss-baseline-0.1", "k8s-pss-restricted-0.1"]
    assert _values(compliance=["eks-cis-1.4"])["compliance"]["specs"] == ["eks-cis-1.4"]
    assert _values(compliance=[])["operator"]["clusterComplianceEnabled"] is False


def test_a_scan_is_bounded_in_number_time_memory_and_disk() -> None:
    values = _values(concurrent_scans=7)

    assert values["operator"]["scanJobsConcurrentLimit"] == 7
    assert values["operator"]["scanJobTTL"] == "1h"
    assert values["trivy"]["resources"]["limits"] == {"memory": "1G", "ephemeralStorage": "5Gi"}


def test_policies_know_a_scan_by_a_label_that_every_scan_bears() -> None:
    labels = _values()["trivyOperator"]["scanJobPodTemplateLabels"]

    assert dict(label.split("=") for label in labels.split(",")) == SCAN.labels


def test_scans_read_images_anywhere_and_the_server_its_databases_only() -> None:
    flows = trivy_operator.connections(TrivySettings(), examples.account())

    assert [flow.port for flow in flows if flow.client == SCAN and flow.server == INTERNET] == [443]
    assert {flow.server.name for flow in flows if flow.client == SERVER and isinstance(flow.server, Fqdn)} == {
        "ghcr.io",
        "pkg-containers.githubusercontent.com",
    }
    assert not [flow for flow in flows if flow.client == SERVER and flow.server == INTERNET]
    assert [str(flow.client) for flow in flows if flow.server == INTERNET] == [str(SCAN)]


def test_copies_of_the_databases_are_read_from_ecr_and_its_bucket() -> None:
    flows = trivy_operator.connections(examples.parsed(TrivySettings, databases=_COPY), examples.account())

    assert {flow.server.name for flow in flows if flow.client == SERVER and isinstance(flow.server, Fqdn)} == {
        "111122223333.dkr.ecr.eu-central-1.amazonaws.com",
        "api.ecr.eu-central-1.amazonaws.com",
        "s3.eu-central-1.amazonaws.com",
        "*.s3.eu-central-1.amazonaws.com",
    }


def test_without_scans_there_is_no_server_and_nobody_outside_is_called() -> None:
    settings = examples.parsed(TrivySettings, vulnerabilities=False, exposed_secrets=False)
    flows = trivy_operator.connections(settings, examples.account())

    assert trivy_operator.values(settings)["operator"]["builtInTrivyServer"] is False
    assert not [flow for flow in flows if flow.server == INTERNET or isinstance(flow.server, Fqdn)]


def test_scans_read_the_accounts_images_and_have_their_role_before_the_first() -> None:
    recording = build(
        lambda: TrivyOperator("trivy-operator", TrivySettings(), account=examples.account(), cluster=examples.cluster())
    )
    policy = recording.one("aws:iam/rolePolicy:RolePolicy", "trivy-operator-scans")
    log_in, read = json.loads(policy.inputs["policy"])["Statement"]
    association = recording.one("aws:eks/podIdentityAssociation:PodIdentityAssociation", "trivy-operator-scans").inputs

    assert log_in["Action"] == ["ecr:GetAuthorizationToken"]
    assert read["Resource"] == ["arn:aws:ecr:eu-central-1:111122223333:repository/*"]
    assert not [action for action in read["Action"] if "Put" in action or "Upload" in action or "Delete" in action]
    assert (association["namespace"], association["serviceAccount"]) == ("trivy-system", "trivy-operator")
    assert "trivy-operator-scans" in recording.one(RELEASE, "trivy-operator-trivy-operator").dependencies


@pytest.mark.parametrize(
    "wrong",
    [
        {"compliance": ["rke2-cis-1.24"]},
        {"concurrent_scans": 0},
        {"report_hours": 1},
        {"exclude_namespaces": ["Kube_System"]},
        {"databases": "ghcr.io"},
        {"databases": "https://ghcr.io/aquasecurity"},
    ],
    ids=str,
)
def test_what_the_operator_could_not_use_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        examples.parsed(TrivySettings, **wrong)


def test_the_chart_knows_every_value() -> None:
    refuse_wrong_values("trivy-operator", _values(exclude_namespaces=["sandbox-*"], databases=_COPY))
