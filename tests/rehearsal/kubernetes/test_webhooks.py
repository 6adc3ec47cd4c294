"""A webhook that fails closed must not be able to lock the cluster out of itself."""

from typing import Any

import pytest

from rehearsal.kubernetes.webhooks import faults

_LABELS = {"app": "judge"}
_SPARED = {"matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["kube-system"]}]}


def _configuration(**hook: Any) -> dict[str, Any]:
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "judge"},
        "webhooks": [
            {
                "name": "judge.example.com",
                "failurePolicy": "Fail",
                "clientConfig": {"service": {"namespace": "court", "name": "judge"}},
                "rules": [{"apiGroups": ["apps"], "resources": ["deployments"], "scope": "Namespaced"}],
                "namespaceSelector": _SPARED,
                **hook,
            }
        ],
    }


def _object(kind: str, spec: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    api = {"Service": "v1", "PodDisruptionBudget": "policy/v1"}.get(kind, "apps/v1")
    return {
        "apiVersion": api,
        "kind": kind,
        "metadata": {"name": "judge", "namespace": "court", **metadata},
        "spec": spec,
    }


_SERVICE = _object("Service", {"selector": _LABELS})
_BUDGET = _object("PodDisruptionBudget", {"minAvailable": 1, "selector": {"matchLabels": _LABELS}})


def _workload(kind: str = "Deployment", labels: dict[str, str] = _LABELS, **spec: Any) -> dict[str, Any]:
    return _object(kind, {"template": {"metadata": {"labels": {**labels, "pod": "x"}}, "spec": {}}, **spec})


_TWO = _workload(replicas=2)


@pytest.mark.parametrize(
    ("manifests", "words"),
    [
        ([_configuration(), _SERVICE, _BUDGET, _workload(replicas=1)], "has 1 of the 2 replicas"),
        ([_configuration(), _SERVICE, _BUDGET, _workload()], "has 1 of the 2 replicas"),
        ([_configuration(), _SERVICE, _TWO], "no PodDisruptionBudget keeps a pod of Deployment judge"),
        (
            [_configuration(), _SERVICE, _TWO, {**_BUDGET, "metadata": {"name": "judge", "namespace": "bar"}}],
            "no PodDisruptionBudget",
        ),
        (
            [
                _configuration(),
                _SERVICE,
                _TWO,
                _object("PodDisruptionBudget", {"selector": {"matchLabels": {"app": "x"}}}),
            ],
            "no PodDisruptionBudget",
        ),
        ([_configuration(), _BUDGET, _TWO], "no workload is behind its Service court/judge"),
        ([_configuration(), _SERVICE, _BUDGET, _workload(labels={"app": "x"}, replicas=2)], "no workload is behind"),
        ([_configuration(namespaceSelector={}), _SERVICE, _BUDGET, _TWO], "asked about kube-system too"),
        (
            [
                _configuration(
                    namespaceSelector={},
                    objectSelector={"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["b"]}]},
                ),
                _SERVICE,
                _BUDGET,
                _TWO,
            ],
            "asked about kube-system too",
        ),
        (
            [
                _configuration(namespaceSelector={"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}),
                _SERVICE,
                _BUDGET,
                _TWO,
            ],
            "asked about kube-system too",
        ),
        ([_configuration(clientConfig={"url": "https://judge.example.com"})], "answered outside the cluster"),
    ],
)
def test_what_could_lock_the_cluster_out_is_told(manifests: list[dict[str, Any]], words: str) -> None:
    (fault,) = faults(manifests)

    assert fault.startswith("ValidatingWebhookConfiguration judge: judge.example.com fails closed, and ")
    assert words in fault


def test_one_that_says_nothing_of_its_failure_fails_closed() -> None:
    configuration = _configuration()
    del configuration["webhooks"][0]["failurePolicy"]

    assert len(faults([configuration, _SERVICE, _BUDGET, _workload(replicas=1)])) == 1


@pytest.mark.parametrize(
    "manifests",
    [
        [_configuration(), _SERVICE, _BUDGET, _TWO],
        [_configuration(), _SERVICE, _workload("DaemonSet")],
        [_configuration(failurePolicy="Ignore", namespaceSelector={}), _SERVICE, _workload(replicas=1)],
        # Whoever needs its kinds to be judged can wait for it; nothing else can be kept from being repaired.
        [_configuration(rules=[{"apiGroups": ["example.com"]}], namespaceSelector={}), _SERVICE, _BUDGET, _TWO],
        # Of what lies in no namespace, kube-system has none.
        [
            _configuration(rules=[{"apiGroups": ["apps"], "scope": "Cluster"}], namespaceSelector={}),
            _SERVICE,
            _BUDGET,
            _TWO,
        ],
        [_configuration(namespaceSelector={"matchLabels": {"judged": "yes"}}), _SERVICE, _BUDGET, _TWO],
        # What asks for it by a label of its own knows what it waits for.
        [
            _configuration(namespaceSelector={}, objectSelector={"matchLabels": {"judged": "yes"}}),
            _SERVICE,
            _BUDGET,
            _TWO,
        ],
    ],
)
def test_what_cannot_is_not(manifests: list[dict[str, Any]]) -> None:
    assert faults(manifests) == ()
