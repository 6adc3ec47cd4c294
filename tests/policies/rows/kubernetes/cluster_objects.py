"""Rows for the rules about namespaces and storage classes."""

from typing import Any, Final

from policies.rules.kubernetes.levels import ENFORCE
from policies.rules.kubernetes.namespaces import REASON, REVIEW_BY
from tests.policies.rows.row import UNKNOWN, UNKNOWN_OBJECT, Row

_BETA: Final = "storageclass.beta.kubernetes.io/is-default-class"


def _namespace(level: Any, **annotations: Any) -> dict[str, Any]:
    return {"metadata": {"labels": {ENFORCE: level}, "annotations": annotations}}


def _default(mark: Any, name: str = "storageclass.kubernetes.io/is-default-class") -> dict[str, Any]:
    return {"metadata": {"annotations": {name: mark}}}


def _ebs(**parameters: Any) -> dict[str, Any]:
    return {"provisioner": "ebs.csi.aws.com", "parameters": {"type": "gp3", **parameters}}


ROWS: Final = (
    Row("namespace-pod-security", "good", "restricted", _namespace("restricted")),
    Row(
        "namespace-pod-security",
        "good",
        "privileged with a reason",
        _namespace("privileged", **{REASON: "the CNI loads BPF programs"}),
    ),
    Row("namespace-pod-security", "bad", "privileged without a reason", _namespace("privileged"), ["does not say why"]),
    Row(
        "namespace-pod-security",
        "bad",
        "privileged with a blank reason",
        _namespace("privileged", **{REASON: " "}),
        ["does not say why"],
    ),
    Row("namespace-pod-security", "bad", "an empty label", _namespace(""), ["admits any pod"]),
    Row(
        "namespace-pod-security",
        "absent",
        "no label",
        {"metadata": {"name": "vault", "labels": {"team": "platform"}}},
        ["admits any pod"],
    ),
    Row("namespace-pod-security", "absent", "no metadata", {}, ["admits any pod"]),
    Row(
        "namespace-pod-security", "unknown", "the label", _namespace(UNKNOWN), unknown=[f'metadata.labels["{ENFORCE}"]']
    ),
    Row(
        "namespace-pod-security",
        "unknown",
        "the reason",
        _namespace("privileged", **{REASON: UNKNOWN}),
        unknown=[f'metadata.annotations["{REASON}"]'],
    ),
    Row(
        "namespace-pod-security-review", "good", "a day to come", _namespace("privileged", **{REVIEW_BY: "9999-12-31"})
    ),
    Row(
        "namespace-pod-security-review",
        "bad",
        "a day that is past",
        _namespace("privileged", **{REVIEW_BY: "2020-01-31"}),
        ["by 2020-01-31; set the label"],
    ),
    Row("namespace-pod-security-review", "absent", "no day", _namespace("restricted")),
    Row(
        "namespace-pod-security-review",
        "unknown",
        "the day",
        _namespace("privileged", **{REVIEW_BY: UNKNOWN}),
        unknown=[f'metadata.annotations["{REVIEW_BY}"]'],
    ),
    Row("encrypted-storage-class", "good", "encrypted", _ebs(encrypted="true")),
    Row("encrypted-storage-class", "good", "another provisioner", {"provisioner": "efs.csi.aws.com"}),
    Row("encrypted-storage-class", "bad", "not encrypted", _ebs(encrypted="false"), ["not encrypted"]),
    Row("encrypted-storage-class", "absent", "unset is not encrypted", _ebs(), ["not encrypted"]),
    Row(
        "encrypted-storage-class", "unknown", "whether it is", _ebs(encrypted=UNKNOWN), unknown=["parameters.encrypted"]
    ),
    Row("encrypted-storage-class", "unknown", "whose it is", {"provisioner": UNKNOWN}, unknown=["provisioner"]),
    Row("default-storage-class", "good", "one of two", [_default("true"), _default("false")]),
    Row("default-storage-class", "bad", "two", [_default("true"), _default("true")], ["row-0 is the default"]),
    Row("default-storage-class", "bad", "three", [_default("true")] * 3, ["row-0 is the default"] * 2),
    Row(
        "default-storage-class",
        "bad",
        "one by the older annotation",
        [_default("true", _BETA), _default("true")],
        ["row-0 is the default"],
    ),
    Row(
        "default-storage-class",
        "absent",
        "no annotation is no default",
        [{}, {"metadata": {"name": "gp3"}}, _default("true")],
    ),
    Row(
        "default-storage-class",
        "unknown",
        "one mark",
        [_default("true"), _default(UNKNOWN)],
        unknown=['metadata.annotations["storageclass.kubernetes.io/is-default-class"]'],
    ),
    Row(
        "default-storage-class",
        "unknown",
        "all annotations",
        [{"metadata": {"annotations": UNKNOWN_OBJECT}}],
        unknown=["metadata.annotations"],
    ),
)
