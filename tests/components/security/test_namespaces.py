"""The platform's namespaces: each with a Pod Security level, and a reason where it is not the strictest."""

import pytest

from components.security.namespaces import PLATFORM, Namespaces
from tests.components.recording import build

_ENFORCE = "pod-security.kubernetes.io/enforce"


def test_every_namespace_enforces_its_level_and_warns_about_the_strictest() -> None:
    recording = build(lambda: Namespaces("namespaces"))

    labels = {
        made.inputs["metadata"]["name"]: made.inputs["metadata"]["labels"]
        for made in recording.of("kubernetes:core/v1:Namespace")
    }
    assert {name: each[_ENFORCE] for name, each in labels.items()} == {
        "cert-manager": "restricted",
        "ingress": "restricted",
        "vault": "restricted",
        "keycloak": "restricted",
        "kyverno": "restricted",
        "gatekeeper-system": "restricted",
        "trivy-system": "restricted",
        "falco": "privileged",
        "external-secrets": "restricted",
        "secrets-store": "privileged",
        "gpu": "privileged",
        "monitoring": "restricted",
        "node-exporter": "privileged",
        "thanos": "restricted",
        "grafana": "restricted",
        "platform-etcd": "restricted",
        "opencost": "restricted",
        "velero": "privileged",
        "kasten-io": "baseline",
        "chaos-mesh": "privileged",
        "backup-canary": "restricted",
        "backup-drill": "restricted",
    }
    assert {each["pod-security.kubernetes.io/warn"] for each in labels.values()} == {"restricted"}


def test_a_level_below_restricted_says_why_in_the_cluster() -> None:
    recording = build(lambda: Namespaces("namespaces"))

    reasons = {
        made.inputs["metadata"]["name"]: made.inputs["metadata"]["annotations"].get("platform/pod-security-reason", "")
        for made in recording.of("kubernetes:core/v1:Namespace")
    }
    assert reasons == {namespace.name: namespace.reason for namespace in PLATFORM}


def test_a_level_below_restricted_says_when_it_is_looked_at_anew_and_no_other_does() -> None:
    recording = build(lambda: Namespaces("namespaces"))

    for made in recording.of("kubernetes:core/v1:Namespace"):
        annotations = made.inputs["metadata"]["annotations"]
        assert ("platform/pod-security-reason" in annotations) == ("platform/pod-security-review-by" in annotations)


@pytest.mark.parametrize("protected", [True, False])
def test_a_namespace_is_marked_against_deletion_where_the_stack_keeps_its_data(*, protected: bool) -> None:
    recording = build(lambda: Namespaces("namespaces", protected=protected))

    for made in recording.of("kubernetes:core/v1:Namespace"):
        assert made.inputs["metadata"]["annotations"].get("platform/protected") == ("true" if protected else None)
