"""Rows for the rules about where volumes are made, and of what."""

from typing import Any, Final

from tests.policies.rows.kubernetes.objects import made
from tests.policies.rows.row import UNKNOWN, UNKNOWN_LIST, Row

_CLASS: Final = "kubernetes:storage.k8s.io/v1:StorageClass"
_CLAIM: Final = "kubernetes:core/v1:PersistentVolumeClaim"
_STATEFUL_SET: Final = "kubernetes:apps/v1:StatefulSet"
_OPERATED: Final = (
    "kubernetes:monitoring.coreos.com/v1:Prometheus",
    "kubernetes:monitoring.coreos.com/v1:Alertmanager",
)
_DEFAULT: Final = "storageclass.kubernetes.io/is-default-class"


def _class(mode: Any = None, **annotations: str) -> dict[str, Any]:
    found = made(_CLASS, provisioner="ebs.csi.aws.com", **({"volumeBindingMode": mode} if mode else {}))
    return found | {"metadata": {"name": "gp3", "annotations": annotations}}


def _claim(name: Any = None) -> dict[str, Any]:
    return made(_CLAIM, spec={"storageClassName": name} if name else {})


def _templates(name: str) -> dict[str, Any]:
    return made(_STATEFUL_SET, spec={"volumeClaimTemplates": [{"spec": {"storageClassName": name}}]})


def _stored(token: str, name: str) -> dict[str, Any]:
    return made(token, spec={"storage": {"volumeClaimTemplate": {"spec": {"storageClassName": name}}}})


ROWS: Final[tuple[Row, ...]] = (
    Row("storage-class-zone", "good", "where its pod is", _class("WaitForFirstConsumer")),
    Row("storage-class-zone", "good", "another provisioner", made(_CLASS, provisioner="efs.csi.aws.com")),
    Row("storage-class-zone", "bad", "anywhere", _class("Immediate"), ["a volume is made in any zone"]),
    Row("storage-class-zone", "absent", "anywhere where nothing is said", _class(), ["a volume is made in any zone"]),
    Row("storage-class-zone", "unknown", "the mode", _class(UNKNOWN), unknown=["volumeBindingMode"]),
    Row("claim-storage-class", "good", "of a class that is there", [_claim("gp3"), _class()]),
    Row("claim-storage-class", "good", "of the default", [_claim(), _class(**{_DEFAULT: "true"})]),
    Row("claim-storage-class", "good", "a stack without classes", _claim("gp2")),
    Row(
        "claim-storage-class",
        "bad",
        "of none that is there",
        [_claim("gp2"), _class()],
        ["there is no storage class gp2"],
    ),
    Row(
        "claim-storage-class",
        "bad",
        "a StatefulSet's",
        [_templates("gp2"), _class()],
        ["there is no storage class gp2"],
    ),
    *(
        Row(
            "claim-storage-class",
            "bad",
            token.rpartition(":")[2],
            [_stored(token, "gp2"), _class()],
            ["no storage class gp2"],
        )
        for token in _OPERATED
    ),
    Row("claim-storage-class", "absent", "no class and no default", [_claim(), _class()], ["and there is no default"]),
    Row("claim-storage-class", "unknown", "the class", [_claim(UNKNOWN), _class()], unknown=["spec.storageClassName"]),
    Row(
        "claim-storage-class",
        "unknown",
        "the claims",
        [made(_STATEFUL_SET, spec={"volumeClaimTemplates": UNKNOWN_LIST}), _class()],
        unknown=["spec.volumeClaimTemplates"],
    ),
)
