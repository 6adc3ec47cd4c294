"""Rows for the rules about what every request passes."""

from typing import Any, Final

from tests.policies.rows.kubernetes.objects import made
from tests.policies.rows.row import UNKNOWN, UNKNOWN_LIST, UNKNOWN_NUMBER, UNKNOWN_OBJECT, Row

_GROUP: Final = "kubernetes:admissionregistration.k8s.io/v1"
_VALIDATING: Final = f"{_GROUP}:ValidatingWebhookConfiguration"
_MUTATING: Final = f"{_GROUP}:MutatingWebhookConfiguration"
_PODS: Final = [{"apiGroups": [""], "resources": ["pods"]}]
_NAME: Final = "kubernetes.io/metadata.name"


def _hook(token: str = _VALIDATING, **fields: Any) -> dict[str, Any]:
    return made(token, webhooks=[{"name": "a.example.com", "rules": _PODS, **fields}])


def _without(*names: str) -> dict[str, Any]:
    return {"matchExpressions": [{"key": _NAME, "operator": "NotIn", "values": list(names)}]}


def _policy(name: Any = "it") -> dict[str, Any]:
    return made(f"{_GROUP}:ValidatingAdmissionPolicy", name)


def _binding(actions: Any, policy: Any = "it") -> dict[str, Any]:
    return made(f"{_GROUP}:ValidatingAdmissionPolicyBinding", spec={"policyName": policy, "validationActions": actions})


ROWS: Final[tuple[Row, ...]] = (
    Row(
        "webhook-patience",
        "bad",
        "half a minute",
        _hook(timeoutSeconds=30),
        ["may hold a request for 30 s; set timeoutSeconds to 10 or less"],
    ),
    Row("webhook-patience", "bad", "half a minute of one that changes", _hook(_MUTATING, timeoutSeconds=30), ["30 s"]),
    Row(
        "webhook-patience",
        "bad",
        "more than the environment has",
        _hook(timeoutSeconds=5),
        ["5 s; set timeoutSeconds to 3"],
        parameters={"seconds": 3},
    ),
    Row("webhook-patience", "good", "a few seconds", _hook(timeoutSeconds=5)),
    Row("webhook-patience", "absent", "Kubernetes' ten", _hook()),
    Row(
        "webhook-patience",
        "unknown",
        "the time",
        _hook(timeoutSeconds=UNKNOWN_NUMBER),
        unknown=["webhooks[0].timeoutSeconds"],
    ),
    Row(
        "webhook-lock-out",
        "bad",
        "everywhere",
        _hook(failurePolicy="Fail", namespaceSelector={}),
        ["refuses everything in kube-system"],
    ),
    Row(
        "webhook-lock-out",
        "bad",
        "changes everywhere",
        _hook(_MUTATING, namespaceSelector=_without("other")),
        ["refuses everything in kube-system"],
    ),
    Row("webhook-lock-out", "good", "not in kube-system", _hook(namespaceSelector=_without("kube-system"))),
    Row("webhook-lock-out", "good", "by a label of its own", _hook(objectSelector={"matchLabels": {"a": "b"}})),
    Row(
        "webhook-lock-out", "good", "nodes, which are in no namespace", _hook(rules=[{**_PODS[0], "scope": "Cluster"}])
    ),
    Row("webhook-lock-out", "good", "lets pass while nobody answers", _hook(failurePolicy="Ignore")),
    Row(
        "webhook-lock-out",
        "good",
        "a chart's own kinds",
        made(_VALIDATING, webhooks=[{"name": "a", "rules": [{"apiGroups": ["cert-manager.io"]}]}]),
    ),
    Row(
        "webhook-lock-out",
        "absent",
        "fails closed where nothing is said",
        _hook(),
        ["refuses everything in kube-system"],
    ),
    Row(
        "webhook-lock-out",
        "unknown",
        "where",
        _hook(namespaceSelector=UNKNOWN_OBJECT),
        unknown=["webhooks[0].namespaceSelector"],
    ),
    Row(
        "webhook-lock-out",
        "unknown",
        "how it fails",
        _hook(failurePolicy=UNKNOWN),
        unknown=["webhooks[0].failurePolicy"],
    ),
    Row("admission-policy-bound", "good", "bound", [_policy(), _binding(["Deny"])]),
    Row("admission-policy-bound", "bad", "bound without an action", [_policy(), _binding([])], ["nothing binds it"]),
    Row(
        "admission-policy-bound",
        "bad",
        "another is bound",
        [_policy(), _binding(["Deny"], "other")],
        ["nothing binds it"],
    ),
    Row("admission-policy-bound", "absent", "no binding", _policy(), ["nothing binds it"]),
    Row(
        "admission-policy-bound",
        "unknown",
        "the actions",
        [_policy(), _binding(UNKNOWN_LIST)],
        unknown=["spec.validationActions"],
    ),
)
