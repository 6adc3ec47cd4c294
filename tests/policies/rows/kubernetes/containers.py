"""Rows for the rules about containers."""

from typing import Any, Final

from policies.rules.kubernetes.pods import WORKLOADS
from tests.policies.rows.kubernetes.objects import APP, made, of_every_type, workload
from tests.policies.rows.row import UNKNOWN, UNKNOWN_BOOLEAN, UNKNOWN_LIST, Row

_DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"
_SERVING: Final = (_DEPLOYMENT, "kubernetes:apps/v1:DaemonSet", "kubernetes:apps/v1:StatefulSet")
_PROMETHEUS: Final = "kubernetes:monitoring.coreos.com/v1:Prometheus"
_FIRST: Final = "spec.template.spec.containers[0]"
_ENOUGH: Final = {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "1Gi"}}


def _with(**fields: Any) -> dict[str, Any]:
    return {"containers": [{**APP, **fields}]}


def _one(**fields: Any) -> dict[str, Any]:
    return workload(_DEPLOYMENT, _with(**fields))


def _env(name: str, value: Any) -> dict[str, Any]:
    return {"env": [{"name": name, "value": value}]}


_DIGEST: Final = "quay.io/a/b@sha256:" + "0" * 64
_ACCOUNTS_OWN: Final = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/a:v1"

ROWS: Final[tuple[Row, ...]] = (
    *of_every_type(
        "image-pinned",
        "bad",
        "latest",
        _with(image="quay.io/a/b:latest"),
        faults=["has the tag latest, which moves; write the version"],
    ),
    Row(
        "image-pinned",
        "bad",
        "no tag, a port before it",
        _one(image="registry.example.com:5000/a"),
        ["names no version, which is latest"],
    ),
    Row(
        "image-pinned",
        "bad",
        "of Prometheus itself",
        made(_PROMETHEUS, spec={"image": "quay.io/prometheus/prometheus:main"}),
        ["container prometheus's image"],
    ),
    Row(
        "image-pinned",
        "bad",
        "of its sidecar",
        made(_PROMETHEUS, spec={"thanos": {"image": "quay.io/thanos/thanos"}}),
        ["container thanos-sidecar's image"],
    ),
    Row("image-pinned", "good", "a version", _one(image="quay.io/a/b:v1.2.3")),
    Row("image-pinned", "good", "a digest", _one(image=_DIGEST)),
    Row("image-pinned", "good", "the operator's own", made(_PROMETHEUS, spec={})),
    Row("image-pinned", "absent", "no image", _one(), ["container app has no image"]),
    Row("image-pinned", "unknown", "the image", _one(image=UNKNOWN), unknown=[f"{_FIRST}.image"]),
    *of_every_type(
        "image-registry",
        "bad",
        "the node chooses",
        _with(image="busybox:1.36"),
        faults=["comes from no registry, so that the node chooses one; name one of docker.io"],
    ),
    Row(
        "image-registry",
        "bad",
        "a strange one",
        _one(image="registry.example.net/a:v1"),
        ["comes from registry.example.net"],
    ),
    Row("image-registry", "good", "a known one", _one(image="registry.k8s.io/pause:3.10")),
    Row("image-registry", "good", "the account's own", _one(image=_ACCOUNTS_OWN)),
    Row(
        "image-registry",
        "bad",
        "one like the account's own",
        _one(image=_ACCOUNTS_OWN.replace("amazonaws.com", "amazonaws.com.example.net")),
        ["example.net"],
    ),
    Row(
        "image-registry",
        "good",
        "the environment's mirror",
        _one(image="mirror.example.com/a:v1"),
        parameters={"hosts": ["mirror.example.com"]},
    ),
    Row("image-registry", "absent", "no image, which another rule refuses", _one()),
    Row("image-registry", "unknown", "the image", _one(image=UNKNOWN), unknown=[f"{_FIRST}.image"]),
    *of_every_type(
        "container-requests",
        "bad",
        "no memory",
        _with(resources={"requests": {"cpu": "1"}}),
        faults=["container app has no memory in requests"],
    ),
    Row(
        "container-requests",
        "bad",
        "Prometheus with an image and no requests",
        made(_PROMETHEUS, spec={"image": "quay.io/a:v1"}),
        ["container prometheus has no cpu", "container prometheus has no memory"],
    ),
    Row("container-requests", "good", "both", _one(resources=_ENOUGH)),
    Row(
        "container-requests",
        "good",
        "a limit is a request of as much",
        _one(resources={"limits": {"cpu": "1", "memory": "1Gi"}}),
    ),
    Row("container-requests", "absent", "neither", _one(), ["no cpu in requests", "no memory in requests"]),
    Row(
        "container-requests",
        "unknown",
        "the memory",
        _one(resources={"requests": {"cpu": "1", "memory": UNKNOWN}}),
        unknown=[f"{_FIRST}.resources.requests.memory"],
    ),
    *of_every_type(
        "container-memory-limit",
        "bad",
        "of CPU only",
        _with(resources={"limits": {"cpu": "1"}}),
        faults=["container app has no memory in limits; set resources.limits.memory"],
    ),
    Row("container-memory-limit", "good", "limited", _one(resources=_ENOUGH)),
    Row("container-memory-limit", "absent", "none", _one(), ["no memory in limits"]),
    Row(
        "container-memory-limit",
        "unknown",
        "the limits",
        _one(resources={"limits": UNKNOWN_BOOLEAN}),
        unknown=[f"{_FIRST}.resources.limits"],
    ),
    *of_every_type(
        "container-readiness",
        "bad",
        "nobody asks",
        _with(ports=[{"containerPort": 80}]),
        faults=["gets requests before it can answer them; add a readinessProbe"],
        types=_SERVING,
    ),
    Row(
        "container-readiness",
        "good",
        "asked",
        _one(ports=[{"containerPort": 80}], readinessProbe={"httpGet": {"port": 80}}),
    ),
    Row(
        "container-readiness",
        "good",
        "an init container",
        workload(_DEPLOYMENT, {"initContainers": [{**APP, "ports": [{"containerPort": 80}]}]}),
    ),
    Row("container-readiness", "absent", "listens nowhere", _one()),
    Row(
        "container-readiness",
        "unknown",
        "the probe",
        _one(ports=[{"containerPort": 80}], readinessProbe=UNKNOWN),
        unknown=[f"{_FIRST}.readinessProbe"],
    ),
    *of_every_type(
        "container-read-only-root",
        "bad",
        "writable",
        _with(securityContext={"readOnlyRootFilesystem": False}),
        faults=["container app can change its own programs"],
    ),
    Row("container-read-only-root", "good", "read-only", _one(securityContext={"readOnlyRootFilesystem": True})),
    Row("container-read-only-root", "absent", "the runtime makes it writable", _one(), ["can change its own programs"]),
    Row(
        "container-read-only-root",
        "unknown",
        "the value",
        _one(securityContext={"readOnlyRootFilesystem": UNKNOWN_BOOLEAN}),
        unknown=[f"{_FIRST}.securityContext.readOnlyRootFilesystem"],
    ),
    *of_every_type(
        "container-secret-literals",
        "bad",
        "a password",
        _with(**_env("DB_PASSWORD", "hunter2")),
        faults=["variable DB_PASSWORD of container app looks like a secret"],
    ),
    Row(
        "container-secret-literals",
        "bad",
        "an argument",
        _one(args=["--api-token=hunter2"]),
        ["args of container app has what looks like a secret"],
    ),
    Row(
        "container-secret-literals",
        "good",
        "a reference",
        workload(
            _DEPLOYMENT,
            {
                "containers": [
                    {**APP, "env": [{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}]}
                ]
            },
        ),
    ),
    Row("container-secret-literals", "good", "a plain value", _one(**_env("LOG_LEVEL", "debug"))),
    Row("container-secret-literals", "good", "what another resource tells", _one(**_env("DB_PASSWORD", UNKNOWN))),
    Row("container-secret-literals", "absent", "no variables", _one()),
    Row("container-secret-literals", "unknown", "the variables", _one(env=UNKNOWN_LIST), unknown=[f"{_FIRST}.env"]),
    *of_every_type(
        "default-account-token",
        "absent",
        "the default account's token",
        _with(),
        faults=["hold a token of the account that every pod of the namespace shares"],
        types=WORKLOADS,
    ),
    Row(
        "default-account-token",
        "bad",
        "the default account by name",
        workload(_DEPLOYMENT, {"serviceAccountName": "default"}),
        ["hold a token"],
    ),
    Row("default-account-token", "good", "no token", workload(_DEPLOYMENT, {"automountServiceAccountToken": False})),
    Row(
        "default-account-token",
        "good",
        "an account of their own",
        workload(_DEPLOYMENT, {"serviceAccountName": "shop"}),
    ),
    Row(
        "default-account-token",
        "unknown",
        "the account",
        workload(_DEPLOYMENT, {"serviceAccountName": UNKNOWN}),
        unknown=["spec.template.spec.serviceAccountName"],
    ),
)
