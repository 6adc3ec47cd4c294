"""Rows for the rules about objects beside each other."""

from typing import Any, Final

from tests.policies.rows.kubernetes.objects import made
from tests.policies.rows.platform.stack import APPS, after, apps, entry, named
from tests.policies.rows.row import ENTRY, UNKNOWN, UNKNOWN_OBJECT, Row

_CONFIG_MAP: Final = "kubernetes:core/v1:ConfigMap"
_SECRET: Final = "kubernetes:core/v1:Secret"  # noqa: S105 - a type token
_SERVICE: Final = "kubernetes:core/v1:Service"
_GATEWAY: Final = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
_QUOTA: Final = "kubernetes:core/v1:ResourceQuota"
_LIMITS: Final = "kubernetes:core/v1:LimitRange"
_BINDING: Final = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"
_NAME: Final = "service.beta.kubernetes.io/aws-load-balancer-name"


def _other() -> dict[str, Any]:
    return {**apps(), "metadata": {"name": "other"}, ENTRY: {"name": "other"}}


def _balanced(name: Any, logical: str = "it") -> dict[str, Any]:
    found = named(made(_SERVICE, logical), logical)
    return {**found, "metadata": {**found["metadata"], "annotations": {_NAME: name}}}


def _entrance(name: str) -> dict[str, Any]:
    return made(_GATEWAY, spec={"infrastructure": {"annotations": {_NAME: name}}})


def _ingress(logical: str, group: str = "") -> dict[str, Any]:
    found = named(made("kubernetes:networking.k8s.io/v1:Ingress", logical), logical)
    annotations = {"alb.ingress.kubernetes.io/load-balancer-name": "n", "alb.ingress.kubernetes.io/group.name": group}
    return {**found, "metadata": {**found["metadata"], "annotations": annotations}}


def _bound(kind: str) -> dict[str, Any]:
    return made(_BINDING, subjects=[{"kind": kind, "name": "developers"}])


def _some(token: str, **fields: Any) -> dict[str, Any]:
    return made(token, **fields)


ROWS: Final[tuple[Row, ...]] = (
    *(
        Row("namespace-declared", "good", f"after it, {token}", [after(made(token), APPS), apps()])
        for token in (_CONFIG_MAP, _SECRET, _SERVICE)
    ),
    Row("namespace-declared", "good", "one that every cluster has", made(_CONFIG_MAP, namespace="kube-system")),
    Row(
        "namespace-declared",
        "bad",
        "before it",
        [made(_CONFIG_MAP), apps()],
        ["may be made before its namespace apps is there"],
    ),
    Row(
        "namespace-declared",
        "bad",
        "another one",
        [made(_CONFIG_MAP), _other()],
        ["no resource of the stack is its namespace apps"],
    ),
    Row(
        "namespace-declared",
        "absent",
        "from nowhere",
        made("kubernetes:a.example.com/v1:Any"),
        ["no resource of the stack is its namespace apps"],
    ),
    Row(
        "namespace-declared",
        "unknown",
        "where",
        [made(_CONFIG_MAP, namespace=UNKNOWN), apps()],
        unknown=["metadata.namespace"],
    ),
    Row("namespace-owner", "good", "owned", apps(owner="platform")),
    Row("namespace-owner", "bad", "by nobody", apps(owner=""), ["nobody is told what goes wrong"]),
    Row("namespace-owner", "absent", "no label", apps(), ["set the label owner"]),
    Row("namespace-owner", "unknown", "by whom", apps(owner=UNKNOWN), unknown=["metadata.labels.owner"]),
    Row("namespace-quota", "good", "people have both", [_bound("Group"), _some(_QUOTA), _some(_LIMITS), apps()]),
    Row("namespace-quota", "good", "nobody has rights there", [apps(), _other()]),
    Row("namespace-quota", "good", "a program's rights", [_bound("ServiceAccount"), apps()]),
    Row("namespace-quota", "good", "defaults alone", [_some(_LIMITS), apps()]),
    *(
        Row(
            "namespace-quota",
            "bad",
            f"a {kind} without a quota",
            [_bound(kind), _some(_LIMITS), apps()],
            ["people have rights in apps, and nothing holds what they take; add a ResourceQuota"],
        )
        for kind in ("Group", "User")
    ),
    Row(
        "namespace-quota",
        "bad",
        "the quota of another",
        [_bound("Group"), made(_QUOTA, namespace="other"), made(_LIMITS, namespace="other"), apps(), _other()],
        ["people have rights in apps, and nothing holds", "a container in apps that names no requests"],
    ),
    Row(
        "namespace-quota",
        "bad",
        "a quota without defaults",
        [_some(_QUOTA), apps(), _other()],
        ["a container in apps that names no requests and limits gets none"],
    ),
    Row(
        "namespace-quota",
        "absent",
        "neither",
        [_bound("Group"), apps(), _other()],
        ["people have rights in apps", "a container in apps"],
    ),
    *(
        Row(
            "namespace-quota",
            "unknown",
            f"whose {token}",
            made(token, namespace=UNKNOWN),
            unknown=["metadata.namespace"],
        )
        for token in (_QUOTA, _LIMITS, _BINDING)
    ),
    Row("object-size", "good", "small", made(_CONFIG_MAP, data={"a": "b"})),
    Row(
        "object-size", "bad", "large", made(_CONFIG_MAP, data={"a": "b" * 1024 * 1024, "c": "d"}), ["it holds 1024 KiB"]
    ),
    Row(
        "object-size",
        "bad",
        "a large Secret",
        made(_SECRET, stringData={"a": "b" * 2 * 1024 * 1024}),
        ["it holds 2048 KiB"],
    ),
    Row("object-size", "absent", "empty", made(_CONFIG_MAP)),
    Row("object-size", "unknown", "a value", made(_CONFIG_MAP, data={"a": UNKNOWN}), unknown=["data.a"]),
    Row("object-size", "unknown", "all values", made(_SECRET, data=UNKNOWN_OBJECT), unknown=["data"]),
    Row("load-balancer-names", "good", "each its own", [_balanced("a"), _entrance("b")]),
    Row(
        "load-balancer-names",
        "bad",
        "one for two",
        [_balanced("a", "first"), _entrance("a")],
        ["first has a load balancer a too"],
    ),
    Row(
        "load-balancer-names",
        "bad",
        "one for two Ingresses",
        [_ingress("a"), _ingress("b")],
        ["a has a load balancer n too"],
    ),
    Row("load-balancer-names", "good", "one for a group", [_ingress("a", group="g"), _ingress("b", group="g")]),
    Row("load-balancer-names", "absent", "AWS names them", [made(_SERVICE), made(_GATEWAY)]),
    Row("load-balancer-names", "unknown", "the name", _balanced(UNKNOWN), unknown=[f'metadata.annotations["{_NAME}"]']),
    *(
        Row(
            "object-names",
            "bad",
            f"one object twice, {token}",
            [named(made(token), "a"), named(made(token), "b")],
            ["a is the same object of the cluster"],
        )
        for token in (_CONFIG_MAP, _SECRET, _SERVICE, "kubernetes:core/v1:Namespace")
    ),
    Row("object-names", "good", "in two namespaces", [made(_CONFIG_MAP), made(_CONFIG_MAP, namespace="other")]),
    Row("object-names", "good", "of two kinds", [made(_CONFIG_MAP), made(_SECRET)]),
    Row(
        "object-names",
        "good",
        "in namespaces that are not known yet",
        [made(_CONFIG_MAP, namespace=UNKNOWN), made(_CONFIG_MAP, namespace=UNKNOWN)],
    ),
    Row(
        "object-names",
        "absent",
        "Pulumi names them",
        [{"apiVersion": "v1", "kind": "ConfigMap"}, {"apiVersion": "v1", "kind": "ConfigMap"}],
    ),
    Row(
        "stack-size",
        "bad",
        "heavier than the environment has",
        [made(_CONFIG_MAP, data={"a": "b" * 1024 * 1024}), entry("pulumi:pulumi:Stack")],
        ["the stack's inputs are 1 MiB, and this is the largest"],
        parameters={"mib": 1},
    ),
    Row("stack-size", "good", "small", entry("pulumi:pulumi:Stack")),
    Row(
        "stack-size",
        "bad",
        "larger than the environment has",
        [entry("a:b:C"), entry("pulumi:pulumi:Stack")],
        ["the stack has 2 resources, more than 1"],
        parameters={"resources": 1},
    ),
)
