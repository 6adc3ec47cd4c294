"""Rows for the rules about the values of Helm releases."""

from typing import Any, Final

from tests.policies.rows.kubernetes.objects import namespace
from tests.policies.rows.row import UNKNOWN, UNKNOWN_BOOLEAN, UNKNOWN_LIST, UNKNOWN_OBJECT, Row

_RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_SCHEME: Final = "service.beta.kubernetes.io/aws-load-balancer-scheme"


def release(home: Any = "apps", **values: Any) -> dict[str, Any]:
    """Return the inputs of a release with values."""
    return {"chart": "a", "version": "1.2.3", "namespace": home, "values": values}


def _both(level: str, **values: Any) -> list[dict[str, Any]]:
    return [release(**values), namespace(level)]


def _secret(**values: Any) -> dict[str, Any]:
    return release(auth=values)


_UNKNOWN_VALUES: Final = {**release(), "values": UNKNOWN_OBJECT}

ROWS: Final[tuple[Row, ...]] = (
    Row(
        "release-privileges",
        "bad",
        "privileged",
        _both("baseline", agent={"securityContext": {"privileged": True}}),
        ["values.agent.securityContext.privileged asks for what pods of a baseline namespace"],
    ),
    Row(
        "release-privileges",
        "bad",
        "the node's network",
        _both("restricted", hostNetwork=True),
        ["values.hostNetwork asks for"],
    ),
    Row("release-privileges", "bad", "the node's processes", _both("restricted", hostPID="true"), ["values.hostPID"]),
    Row(
        "release-privileges",
        "bad",
        "a path of the node",
        _both("baseline", volumes=[{"name": "a", "hostPath": {"path": "/"}}]),
        ["values.volumes[0] is a volume of the node's own path"],
    ),
    Row(
        "release-privileges",
        "bad",
        "root",
        _both("restricted", pod={"runAsNonRoot": False}),
        ["set values.pod.runAsNonRoot to true"],
    ),
    Row(
        "release-privileges",
        "bad",
        "escalation",
        _both("restricted", pod={"allowPrivilegeEscalation": True}),
        ["allowPrivilegeEscalation"],
    ),
    Row(
        "release-privileges",
        "bad",
        "in a namespace from nowhere",
        release(hostIPC=True),
        ["pods of a baseline namespace"],
    ),
    Row(
        "release-privileges",
        "good",
        "an agent where agents are admitted",
        _both("privileged", privileged=True, hostNetwork=True),
    ),
    Row("release-privileges", "good", "an agent in kube-system", release("kube-system", privileged=True)),
    Row(
        "release-privileges",
        "good",
        "escalation where baseline holds",
        _both("baseline", pod={"allowPrivilegeEscalation": True}),
    ),
    Row("release-privileges", "good", "root where baseline holds", _both("baseline", pod={"runAsNonRoot": False})),
    Row("release-privileges", "absent", "no values", {"chart": "a", "namespace": "apps"}),
    Row(
        "release-privileges",
        "unknown",
        "a value",
        _both("restricted", hostNetwork=UNKNOWN_BOOLEAN),
        unknown=["values.hostNetwork"],
    ),
    Row("release-privileges", "unknown", "the namespace", release(UNKNOWN, hostNetwork=True), unknown=["namespace"]),
    Row("release-privileges", "unknown", "all values", _UNKNOWN_VALUES, unknown=["values"]),
    Row(
        "release-image-pinned",
        "bad",
        "latest",
        release(image={"repository": "a", "tag": "latest"}),
        ["values.image.tag is latest, which moves"],
    ),
    Row(
        "release-image-pinned",
        "bad",
        "a whole image",
        release(sidecar={"image": "quay.io/a/b:main"}),
        ["values.sidecar.image is quay.io/a/b:main"],
    ),
    Row(
        "release-image-pinned",
        "good",
        "a version",
        release(image={"tag": "v1.2.3"}, sidecar={"image": "quay.io/a/b:v1"}),
    ),
    Row("release-image-pinned", "absent", "the chart's own", release()),
    Row("release-image-pinned", "unknown", "the tag", release(image={"tag": UNKNOWN}), unknown=["values.image.tag"]),
    Row("release-image-pinned", "unknown", "all values", _UNKNOWN_VALUES, unknown=["values"]),
    Row(
        "release-secret-literals",
        "bad",
        "a password",
        _secret(adminPassword="hunter2"),
        ["values.auth.adminPassword looks like a secret"],
    ),
    Row(
        "release-secret-literals",
        "bad",
        "among arguments",
        release(args=["--token=hunter2"]),
        ["values.args looks like an assignment of a secret"],
    ),
    Row("release-secret-literals", "good", "a Secret's name", _secret(existingSecret="grafana-admin")),
    Row("release-secret-literals", "good", "a long text", release(text="b" * 600 * 1024)),
    Row(
        "release-secret-literals",
        "bad",
        "a line of a long text",
        release(text="harmless\n" * 1000 + "--token=hunter2\n"),
        ["values.text looks like an assignment of a secret"],
    ),
    Row("release-secret-literals", "absent", "no values", {"chart": "a"}),
    Row("release-secret-literals", "unknown", "all values", _UNKNOWN_VALUES, unknown=["values"]),
    Row(
        "release-exposure",
        "bad",
        "a port of every node",
        release(service={"type": "NodePort"}),
        ["values.service opens a port on every node"],
    ),
    Row(
        "release-exposure",
        "bad",
        "for the world",
        release(service={"type": "LoadBalancer"}),
        ["everybody in the world can reach values.service"],
    ),
    Row(
        "release-exposure",
        "bad",
        "for the world, at length",
        release(service={"type": "LoadBalancer", "loadBalancerSourceRanges": ["0.0.0.0/0"]}),
        ["everybody"],
    ),
    Row(
        "release-exposure",
        "bad",
        "addresses of others",
        release(service={"externalIPs": ["198.51.100.7"]}),
        ["addresses it does not own"],
    ),
    Row(
        "release-exposure",
        "good",
        "internal",
        release(service={"type": "LoadBalancer", "annotations": {_SCHEME: "internal"}}),
    ),
    Row(
        "release-exposure",
        "good",
        "for an office",
        release(service={"type": "LoadBalancer", "loadBalancerSourceRanges": ["198.51.100.0/24"]}),
    ),
    Row("release-exposure", "absent", "the chart's own", release()),
    Row("release-exposure", "unknown", "the type", release(service={"type": UNKNOWN}), unknown=["values.service.type"]),
    Row("release-exposure", "unknown", "all values", _UNKNOWN_VALUES, unknown=["values"]),
    Row(
        "release-wildcards",
        "bad",
        "every verb",
        release(extraRules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]}]),
        ["values.extraRules[0].verbs grants whatever"],
    ),
    Row("release-wildcards", "good", "each by name", release(extraRules=[{"resources": ["pods"], "verbs": ["get"]}])),
    Row("release-wildcards", "good", "a list of something else", release(resources=["*"])),
    Row("release-wildcards", "absent", "no rules", release()),
    Row(
        "release-wildcards",
        "unknown",
        "the verbs",
        release(extraRules=[{"verbs": UNKNOWN_LIST}]),
        unknown=["values.extraRules[0].verbs"],
    ),
    Row("release-wildcards", "unknown", "all values", _UNKNOWN_VALUES, unknown=["values"]),
)
