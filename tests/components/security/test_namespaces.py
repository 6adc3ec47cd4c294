"""The platform's namespaces: each with a Pod Security level, and a reason where it is not the strictest."""

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
        "gpu": "privileged",
        "monitoring": "privileged",
        "velero": "privileged",
    }
    assert {each["pod-security.kubernetes.io/warn"] for each in labels.values()} == {"restricted"}


def test_a_level_below_restricted_says_why_in_the_cluster() -> None:
    recording = build(lambda: Namespaces("namespaces"))

    reasons = {
        made.inputs["metadata"]["name"]: made.inputs["metadata"]["annotations"].get("platform/pod-security-reason", "")
        for made in recording.of("kubernetes:core/v1:Namespace")
    }
    assert reasons == {namespace.name: namespace.reason for namespace in PLATFORM}
