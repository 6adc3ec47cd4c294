"""Kyverno judges by every rule, stops nobody when it is down, and verifies what it is told to."""

from typing import Any

from components.kit.flows import Entity, Fqdn, workloads
from components.security.admission import kyverno
from components.security.admission.catalog import catalog
from components.security.admission.kyverno import Kyverno, values
from components.security.admission.settings import AdmissionSettings
from tests.components import examples
from tests.components.recording import Recording, build

_PLATFORM = ("cert-manager", "kube-public", "kube-system", "kyverno")
_POLICY = "kubernetes:policies.kyverno.io/v1:ValidatingPolicy"
_IMAGES = "kubernetes:policies.kyverno.io/v1:ImageValidatingPolicy"
_KEYLESS = {
    "images": ["111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop/*"],
    "keyless": {"issuer": "https://token.actions.githubusercontent.com", "subject": "https://github.com/example/shop"},
}
_KEY = {"images": ["ghcr.io/example/*"], "key": "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----"}


def _settings(**chosen: Any) -> AdmissionSettings:
    return examples.parsed(AdmissionSettings, **{"engine": "kyverno", **chosen})


def _built(**chosen: Any) -> Recording:
    return build(
        lambda: Kyverno(
            "kyverno",
            _settings(**chosen),
            platform=_PLATFORM,
            account=examples.account(),
            cluster=examples.cluster(),
        )
    )


def test_it_judges_by_every_rule_an_engine_can() -> None:
    made = _built(registries=["a.example.com"], load_balancer_classes=["x"], owner_label="owner").of(_POLICY)

    assert {each.name.removeprefix("kyverno-") for each in made} == {
        name for name, rule in catalog().items() if not rule.only_native
    }


def test_a_policy_comes_after_the_release_that_brings_its_kind_and_goes_before_it() -> None:
    for made in _built().of(_POLICY):
        assert made.dependencies == ("kyverno-kyverno",)


def test_an_engine_without_pods_stops_nobody() -> None:
    recording = _built(mode="enforce", signatures=[_KEYLESS])

    for made in [*recording.of(_POLICY), *recording.of(_IMAGES)]:
        assert made.inputs["spec"]["failurePolicy"] == "Ignore"
    (expression,) = values(_PLATFORM)["config"]["webhooks"]["namespaceSelector"]["matchExpressions"]
    assert (expression["operator"], set(expression["values"])) == ("NotIn", set(_PLATFORM))
    assert "kube-system" in expression["values"]


def test_a_drained_node_leaves_two_that_answer() -> None:
    chosen = values(_PLATFORM)["admissionController"]

    assert chosen["replicas"] - chosen["podDisruptionBudget"]["minAvailable"] == 1
    assert chosen["podDisruptionBudget"]["enabled"] is True
    assert chosen["topologySpreadConstraints"][0]["topologyKey"] == "topology.kubernetes.io/zone"


def test_audit_warns_and_enforce_refuses() -> None:
    def actions(**chosen: Any) -> list[str]:
        found: list[str] = _built(**chosen).one(_POLICY, "kyverno-host-path").inputs["spec"]["validationActions"]
        return found

    assert actions() == ["Warn", "Audit"]
    assert actions(mode="enforce") == ["Deny"]
    assert actions(mode="enforce", audit_only=["host-path"]) == ["Warn", "Audit"]


def test_without_signatures_it_has_no_role_and_calls_nobody_outside() -> None:
    assert _built().of("aws:iam/role:Role") == []
    assert not [flow for flow in kyverno.connections(_settings(), examples.account()) if isinstance(flow.server, Fqdn)]


def test_signatures_are_fetched_with_a_role_that_reads_images_only() -> None:
    recording = _built(signatures=[_KEYLESS])
    association = recording.one("aws:eks/podIdentityAssociation:PodIdentityAssociation", "kyverno-kyverno")
    statements = kyverno.permissions(examples.account())

    assert association.inputs["serviceAccount"] == "kyverno-admission-controller"
    actions = {action for statement in statements for action in statement.actions}
    assert actions == {
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetAuthorizationToken",
        "ecr:GetDownloadUrlForLayer",
    }


def test_what_was_verified_is_what_runs() -> None:
    spec = _built(signatures=[_KEYLESS]).one(_IMAGES, "kyverno-signature-0").inputs["spec"]

    assert spec["validationConfigurations"] == {"mutateDigest": True, "verifyDigest": True, "required": True}
    assert spec["matchImageReferences"] == [{"glob": _KEYLESS["images"][0]}]  # type: ignore[index]  # a list of strings


def test_a_signer_is_an_identity_or_a_key() -> None:
    recording = _built(signatures=[_KEYLESS, _KEY])
    first, second = (
        recording.one(_IMAGES, f"kyverno-signature-{index}").inputs["spec"]["attestors"][0]["cosign"]
        for index in (0, 1)
    )

    assert first["keyless"]["identities"] == [_KEYLESS["keyless"]]
    assert second["key"] == {"data": _KEY["key"]}
    hosts = {
        flow.server.name
        for flow in kyverno.connections(_settings(signatures=[_KEYLESS, _KEY]), examples.account())
        if isinstance(flow.server, Fqdn)
    }
    assert {"ghcr.io", "rekor.sigstore.dev", "tuf-repo-cdn.sigstore.dev"} <= hosts


def test_its_hooks_reach_the_api_server() -> None:
    found = kyverno.connections(_settings(), examples.account())

    callers = {str(flow.client) for flow in found if flow.server is Entity.KUBE_APISERVER}
    assert callers == {str(pod) for pod in workloads(found) if pod.namespace == "kyverno"} & callers
    assert {f"kyverno/kyverno-{job}" for job in ("rm-webhooks", "migrate-resources", "scale-to-zero")} <= callers


def test_the_api_server_reaches_its_webhook() -> None:
    found = kyverno.connections(_settings(), examples.account())

    assert {(str(flow.server), flow.port) for flow in found if flow.client is Entity.KUBE_APISERVER} == {
        ("kyverno/kyverno-admission-controller", 9443)
    }
