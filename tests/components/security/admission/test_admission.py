"""The rules that the API server holds: which, where, and how strictly."""

import re
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from components.networking.cilium import CiliumSettings
from components.security.admission import policies as admission_policies
from components.security.admission.admission import Admission
from components.security.admission.catalog import Judgement, RuleSet, catalog
from components.security.admission.settings import AdmissionSettings, Mode
from settings import admission_relations
from tests.components import examples
from tests.components.recording import Recording, build

_PLATFORM = ("cert-manager", "kube-node-lease", "kube-public", "kube-system")
_POLICY = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy"
_BINDING = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding"
_EXCEPTION = {"rule": "host-path", "namespace": "legacy", "reason": "the driver is replaced", "until": "2027-03-31"}


def _settings(**values: Any) -> AdmissionSettings:
    return examples.parsed(AdmissionSettings, **values)


def _built(**values: Any) -> Recording:
    return build(lambda: Admission("admission", _settings(**values), platform=_PLATFORM))


def _judgement(rule: str) -> Judgement:
    return next(each for each in admission_policies.held_natively(_settings(), _PLATFORM) if each.rule.name == rule)


def _binding(rule: str, **values: Any) -> dict[str, Any]:
    spec: dict[str, Any] = _built(**values).one(_BINDING, f"admission-{rule}-binding").inputs["spec"]
    return spec


def test_every_rule_says_why_and_what_to_do() -> None:
    for name, rule in catalog().items():
        assert rule.why.endswith("."), name
        assert "; " in rule.message, name
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)


def test_the_pod_security_standards_are_there_and_more() -> None:
    sets = [rule.set for rule in catalog().values()]

    assert {each: sets.count(each) for each in RuleSet} == {
        RuleSet.BASELINE: 18,
        RuleSet.RESTRICTED: 6,
        RuleSet.BEST_PRACTICE: 11,
    }


def test_without_an_engine_the_api_server_holds_every_rule_and_with_one_those_that_must_not_fail() -> None:
    def held(engine: str) -> set[str]:
        made = _built(engine=engine, owner_label="owner", registries=["a.example.com"], load_balancer_classes=["x"])
        return {each.inputs["metadata"]["name"].removeprefix("platform-") for each in made.of(_POLICY)}

    assert held("none") == set(catalog())
    assert held("kyverno") == held("gatekeeper") == {name for name, rule in catalog().items() if rule.native}


def test_a_rule_without_its_parameter_is_not_made() -> None:
    names = {each.name for each in _built(engine="none").of(_POLICY)}

    assert "admission-image-registry" not in names
    assert "admission-namespace-owner" not in names
    assert "admission-privileged" in names


def test_a_policy_is_bound_after_it_is_made_and_so_unbound_before_it_goes() -> None:
    made = _built(mode="enforce")

    assert {each.inputs["spec"]["policyName"] for each in made.of(_BINDING)} == {
        each.inputs["metadata"]["name"] for each in made.of(_POLICY)
    }
    for binding in made.of(_BINDING):
        assert binding.dependencies == (binding.name.removesuffix("-binding"),)


@pytest.mark.parametrize(
    ("values", "actions"),
    [
        ({}, ["Warn", "Audit"]),
        ({"mode": "audit"}, ["Warn", "Audit"]),
        ({"mode": "enforce"}, ["Deny"]),
        ({"mode": "enforce", "audit_only": ["host-path"]}, ["Warn", "Audit"]),
        ({"mode": "enforce", "audit_only": ["host-ports"]}, ["Deny"]),
    ],
)
def test_a_rule_refuses_where_the_stack_says_so(values: dict[str, Any], actions: list[str]) -> None:
    assert _binding("host-path", **values)["validationActions"] == actions


def test_nothing_is_refused_unless_a_stack_says_so() -> None:
    assert AdmissionSettings().mode is Mode.AUDIT


def test_the_platform_and_kubernetes_are_left_alone_by_name() -> None:
    (expression,) = _binding("host-path")["matchResources"]["namespaceSelector"]["matchExpressions"]

    assert expression == {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": [*_PLATFORM]}


def test_an_exception_is_of_one_rule_in_one_namespace() -> None:
    def out(rule: str) -> list[str]:
        selector = _binding(rule, exceptions=[_EXCEPTION])["matchResources"]["namespaceSelector"]
        values: list[str] = selector["matchExpressions"][0]["values"]
        return values

    assert set(out("host-path")) - set(out("host-ports")) == {"legacy"}


def test_sessions_are_judged_in_the_platform_and_deletions_everywhere() -> None:
    (expression,) = _binding("platform-sessions")["matchResources"]["namespaceSelector"]["matchExpressions"]

    assert (expression["operator"], expression["values"]) == ("In", [*_PLATFORM])
    assert "matchResources" not in _binding("protected-deletion")


def test_an_update_that_leaves_alone_what_is_judged_is_never_refused() -> None:
    for judgement in admission_policies.held_natively(_settings(engine="none"), _PLATFORM):
        updated = {operation for match in judgement.rule.group.match for operation in match.operations}
        if {"CREATE", "UPDATE"} <= updated:
            assert judgement.expression.startswith("(oldObject != null && "), judgement.rule.name


def test_a_policy_holds_only_the_variables_it_needs_each_after_those_it_uses() -> None:
    names = [each["name"] for each in _judgement("privileged").named_variables]

    assert names == ["podSpec", "oldPodSpec", "started", "containers"]


def test_an_expression_that_fails_lets_nothing_in() -> None:
    assert {each.inputs["spec"]["failurePolicy"] for each in _built().of(_POLICY)} == {"Fail"}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"engine": ["kyverno", "gatekeeper"]}, "engine"),
        ({"audit_only": ["hostpath"]}, "hostpath is no rule; there are added-capabilities"),
        ({"registries": ["https://ghcr.io"]}, "registries"),
        ({"registries": ["ghcr.io/"]}, "registries"),
        ({"exceptions": [{**_EXCEPTION, "reason": "because"}]}, "reason"),
        ({"exceptions": [{key: value for key, value in _EXCEPTION.items() if key != "until"}]}, "until"),
        ({"exceptions": [{**_EXCEPTION, "rule": "everything"}]}, "everything is no rule"),
    ],
)
def test_settings_that_could_not_be_meant_are_refused(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        _settings(**values)


@pytest.mark.parametrize(("today", "ended"), [(date(2027, 3, 31), False), (date(2027, 4, 1), True)])
def test_an_exception_is_told_of_when_it_has_ended(today: date, *, ended: bool) -> None:
    told = [*admission_relations.excepted_until(today)(_settings(exceptions=[_EXCEPTION]))]

    assert bool(told) == ended
    for conflict in told:
        assert conflict.keys == (("admission", "exceptions", 0, "until"),)
        assert "legacy was excepted from host-path" in conflict.why


@pytest.mark.parametrize("engine", ["gatekeeper", "none"])
def test_signatures_nobody_would_look_at_are_refused(engine: str) -> None:
    signature = {"images": ["ghcr.io/example/*"], "key": "-----BEGIN PUBLIC KEY-----"}
    (told,) = admission_relations.signatures_are_verified_by_kyverno(_settings(engine=engine, signatures=[signature]))

    assert told.remedy == "kyverno"
    assert "verifies no image" in told.why


def test_a_signature_has_one_who_signs() -> None:
    images = ["ghcr.io/example/*"]
    key = "-----BEGIN PUBLIC KEY-----"
    keyless = {"issuer": "https://example.com", "subject": "builder"}
    signatures = [
        {"images": images},
        {"images": images, "key": key, "keyless": keyless},
        {"images": images, "key": key},
    ]
    told = [*admission_relations.a_signature_has_one_signer(_settings(engine="kyverno", signatures=signatures))]

    assert [conflict.keys[0][-1] for conflict in told] == [0, 1]


@pytest.mark.parametrize(
    ("engine", "routing", "refused"),
    [("kyverno", "overlay", True), ("none", "overlay", False), ("kyverno", "eni", False)],
)
def test_an_engine_that_could_not_be_asked_is_refused(engine: str, routing: str, *, refused: bool) -> None:
    cilium = examples.parsed(CiliumSettings, routing=routing)

    assert bool([*admission_relations.the_api_server_reaches_the_engine(_settings(engine=engine), cilium)]) == refused
