"""Rows for the rules about objects that a later cluster refuses, or that lie where nobody looks."""

from typing import Any, Final

from policies.rules.kubernetes.versions import NAMESPACED, REMOVED
from tests.policies.rows.kubernetes.objects import made
from tests.policies.rows.row import ENTRY, UNKNOWN, Row

_CRON_JOB: Final = {"type": "kubernetes:batch/v1beta1:CronJob"}
_RELEASE: Final = "kubernetes:helm.sh/v3:Release"


def _nowhere(token: str) -> dict[str, Any]:
    if token == _RELEASE:
        return {"chart": "a", "values": {}}
    return {**made(token), "metadata": {"name": "it"}}


ROWS: Final[tuple[Row, ...]] = (
    *(
        Row("api-version-served", "bad", f"{token}", made(token), [f"since Kubernetes {since}; write it in {instead}"])
        for token, (since, instead) in REMOVED.items()
    ),
    Row(
        "api-version-served",
        "good",
        "served by now",
        {ENTRY: _CRON_JOB, "apiVersion": "batch/v1", "kind": "CronJob"},
    ),
    Row("api-version-served", "absent", "no version", {ENTRY: _CRON_JOB, "kind": "CronJob"}),
    Row(
        "api-version-served",
        "unknown",
        "the version",
        {ENTRY: _CRON_JOB, "apiVersion": UNKNOWN, "kind": "CronJob"},
        unknown=["apiVersion"],
    ),
    *(
        Row(
            "default-namespace",
            "absent",
            f"no namespace, {token}",
            _nowhere(token),
            ["it lands in the namespace default"],
            type=token,
        )
        for token in NAMESPACED
    ),
    Row(
        "default-namespace",
        "bad",
        "by name",
        made("kubernetes:core/v1:ConfigMap", namespace="default"),
        ["it lands in the namespace default"],
    ),
    Row(
        "default-namespace",
        "bad",
        "a release by name",
        {"chart": "a", "namespace": "default"},
        ["name another in namespace"],
        type=_RELEASE,
    ),
    Row("default-namespace", "good", "another", made("kubernetes:core/v1:Service")),
    Row("default-namespace", "good", "a release elsewhere", {"chart": "a", "namespace": "apps"}, type=_RELEASE),
    Row(
        "default-namespace",
        "unknown",
        "the namespace",
        made("kubernetes:core/v1:Secret", namespace=UNKNOWN),
        unknown=["metadata.namespace"],
    ),
)
