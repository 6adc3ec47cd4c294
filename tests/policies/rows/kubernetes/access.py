"""Rows for the rules about who may do what in the cluster."""

from typing import Any, Final

from tests.policies.rows.kubernetes.objects import made
from tests.policies.rows.row import UNKNOWN, UNKNOWN_LIST, Row

_RBAC: Final = "kubernetes:rbac.authorization.k8s.io/v1"
_ROLE: Final = f"{_RBAC}:Role"
_CLUSTER_ROLE: Final = f"{_RBAC}:ClusterRole"
_BINDING: Final = f"{_RBAC}:RoleBinding"
_CLUSTER_BINDING: Final = f"{_RBAC}:ClusterRoleBinding"


def _role(resources: Any, verbs: Any, token: str = _ROLE, **more: Any) -> dict[str, Any]:
    return made(token, rules=[{"apiGroups": [""], "resources": resources, "verbs": verbs, **more}])


def _bound(
    name: Any = "it", *subjects: dict[str, Any], token: str = _CLUSTER_BINDING, kind: str = "ClusterRole"
) -> dict[str, Any]:
    return made(token, roleRef={"kind": kind, "name": name}, subjects=list(subjects) or [_account("shop")])


def _account(name: str, namespace: str = "apps") -> dict[str, Any]:
    return {"kind": "ServiceAccount", "name": name, "namespace": namespace}


def _group(name: str) -> dict[str, Any]:
    return {"kind": "Group", "name": name}


def _everywhere(resources: list[str], verbs: list[str], *subjects: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    return [_bound("it", *subjects), _role(resources, verbs, _CLUSTER_ROLE, **more)]


_PATHS: Final = (
    ("secrets", "list", "read every Secret"),
    ("pods", "create", "make pods under any account"),
    ("pods/exec", "create", "run commands in any pod"),
    ("persistentvolumes", "create", "make volumes of the nodes' own paths"),
    ("nodes/proxy", "get", "reach the kubelet"),
    ("validatingwebhookconfigurations", "patch", "change what every request passes"),
    ("serviceaccounts/token", "create", "have tokens of other accounts"),
    ("certificatesigningrequests/approval", "update", "sign certificates"),
    ("clusterrolebindings", "create", "change who may do what"),
)

ROWS: Final[tuple[Row, ...]] = (
    Row("rbac-wildcards", "bad", "verbs", _role(["pods"], ["*"]), ["(verbs: *); list the verbs that are used"]),
    Row("rbac-wildcards", "bad", "resources of the cluster", _role(["*"], ["get"], _CLUSTER_ROLE), ["(resources: *)"]),
    Row("rbac-wildcards", "bad", "groups", _role(["pods"], ["get"], apiGroups=["*"]), ["(apiGroups: *)"]),
    Row(
        "rbac-wildcards",
        "bad",
        "paths",
        made(_CLUSTER_ROLE, rules=[{"nonResourceURLs": ["*"], "verbs": ["get"]}]),
        ["nonResourceURLs"],
    ),
    Row("rbac-wildcards", "good", "the kinds of one tool", _role(["*"], ["create"], apiGroups=["chaos-mesh.org"])),
    Row(
        "rbac-wildcards",
        "bad",
        "every verb on the kinds of one tool",
        _role(["*"], ["*"], apiGroups=["chaos-mesh.org"]),
        ["(verbs: *)"],
    ),
    Row(
        "rbac-wildcards",
        "bad",
        "the kinds of one tool and others",
        _role(["*"], ["get"], apiGroups=["chaos-mesh.org", "apps"]),
        ["(resources: *)"],
    ),
    Row("rbac-wildcards", "good", "each by name", _role(["pods"], ["get", "list"])),
    Row("rbac-wildcards", "absent", "no rules", made(_ROLE)),
    Row("rbac-wildcards", "unknown", "the verbs", _role(["pods"], UNKNOWN_LIST), unknown=["rules[0].verbs"]),
    Row(
        "rbac-escalation",
        "bad",
        "escalate",
        _role(["roles"], ["escalate"], resourceNames=["a"]),
        ["(escalate); remove escalate"],
    ),
    Row("rbac-escalation", "bad", "bind anything", _role(["clusterroles"], ["bind", "get"], _CLUSTER_ROLE), ["(bind)"]),
    Row(
        "rbac-escalation",
        "bad",
        "impersonate anybody",
        _role(["users"], ["impersonate"], _CLUSTER_ROLE),
        ["(impersonate)"],
    ),
    Row(
        "rbac-escalation",
        "good",
        "bind what is named",
        _role(["clusterroles"], ["bind"], _CLUSTER_ROLE, resourceNames=["viewer"]),
    ),
    Row("rbac-escalation", "absent", "no rules", made(_ROLE)),
    Row("rbac-escalation", "unknown", "the verbs", _role(["users"], [UNKNOWN]), unknown=["rules[0].verbs[0]"]),
    *(
        Row("rbac-paths-to-all", "bad", what, _everywhere([resource], [verb]), [what])
        for resource, verb, what in _PATHS
    ),
    *(
        Row("rbac-paths-to-all", "good", f"another verb on {resource}", _everywhere([resource], ["delete"]))
        for resource, _, _ in _PATHS
        if resource != "nodes/proxy"
    ),
    Row("rbac-paths-to-all", "bad", "every verb is each", _everywhere(["secrets"], ["*"]), ["read every Secret"]),
    Row("rbac-paths-to-all", "good", "one Secret by name", _everywhere(["secrets"], ["get"], resourceNames=["a"])),
    Row(
        "rbac-paths-to-all",
        "good",
        "within a namespace",
        [_bound(token=_BINDING), _role(["secrets"], ["get"], _CLUSTER_ROLE)],
    ),
    Row(
        "rbac-paths-to-all",
        "good",
        "whose work it is",
        _everywhere(["persistentvolumes"], ["create"], _account("local-volume-provisioner", "kube-system")),
    ),
    Row(
        "rbac-paths-to-all",
        "bad",
        "whose work it is, and another",
        _everywhere(
            ["persistentvolumes"], ["create"], _account("local-volume-provisioner", "kube-system"), _account("shop")
        ),
        ["make volumes"],
    ),
    Row(
        "rbac-paths-to-all",
        "good",
        "an account the environment trusts",
        _everywhere(["secrets"], ["get"], _account("shop")),
        parameters={"accounts": ["apps/shop"]},
    ),
    Row("rbac-paths-to-all", "absent", "a role of elsewhere", _bound("view")),
    Row("rbac-paths-to-all", "unknown", "the role", _bound(UNKNOWN), unknown=["roleRef.name"]),
    Row(
        "rbac-secrets-named",
        "bad",
        "all of a namespace",
        _role(["secrets"], ["watch"]),
        ["it reads every Secret of its namespace"],
    ),
    Row("rbac-secrets-named", "good", "one by name", _role(["secrets"], ["get"], resourceNames=["a"])),
    Row("rbac-secrets-named", "good", "made and not read", _role(["secrets"], ["create"])),
    Row("rbac-secrets-named", "absent", "no rules", made(_ROLE)),
    Row("rbac-secrets-named", "unknown", "the resources", _role(UNKNOWN_LIST, ["get"]), unknown=["rules[0].resources"]),
    Row("rbac-cluster-admin", "bad", "of the cluster", _bound("cluster-admin"), ["it gives cluster-admin"]),
    Row(
        "rbac-cluster-admin",
        "bad",
        "within a namespace",
        _bound("cluster-admin", token=_BINDING),
        ["it gives cluster-admin"],
    ),
    Row("rbac-cluster-admin", "bad", "edit, of the cluster", _bound("edit"), ["it gives edit"]),
    Row("rbac-cluster-admin", "good", "edit, within a namespace", _bound("edit", token=_BINDING)),
    Row("rbac-cluster-admin", "absent", "no role", made(_CLUSTER_BINDING)),
    Row("rbac-cluster-admin", "unknown", "the role", _bound(UNKNOWN), unknown=["roleRef.name"]),
    Row(
        "rbac-subjects", "bad", "the default account", _bound("it", _account("default")), ["every pod without its own"]
    ),
    Row(
        "rbac-subjects",
        "bad",
        "whoever has signed in",
        _bound("it", _group("system:authenticated"), token=_BINDING),
        ["system:authenticated is nobody in particular"],
    ),
    Row(
        "rbac-subjects",
        "bad",
        "nobody",
        _bound("it", {"kind": "User", "name": "system:anonymous"}),
        ["system:anonymous"],
    ),
    Row("rbac-subjects", "bad", "past all authorisation", _bound("it", _group("system:masters")), ["system:masters"]),
    Row(
        "rbac-subjects",
        "bad",
        "all accounts of a namespace",
        _bound("it", _group("system:serviceaccounts:apps")),
        ["system:serviceaccounts:apps"],
    ),
    Row("rbac-subjects", "good", "a group and an account", _bound("it", _group("platform:viewer"), _account("shop"))),
    Row("rbac-subjects", "absent", "no subjects", made(_CLUSTER_BINDING)),
    Row("rbac-subjects", "unknown", "a subject's name", _bound("it", _group(UNKNOWN)), unknown=["subjects[0].name"]),
    Row("rbac-role-exists", "good", "in its namespace", [_bound("it", token=_BINDING, kind="Role"), _role([], [])]),
    Row(
        "rbac-role-exists",
        "bad",
        "in another namespace",
        [_bound("it", token=_BINDING, kind="Role"), made(_ROLE, namespace="other")],
        ["there is no Role apps/it"],
    ),
    Row(
        "rbac-role-exists",
        "good",
        "Kubernetes' own",
        made(
            _BINDING,
            namespace="kube-system",
            roleRef={"kind": "Role", "name": "extension-apiserver-authentication-reader"},
        ),
    ),
    Row(
        "rbac-role-exists",
        "absent",
        "the role is not there",
        _bound("it", token=_BINDING, kind="Role"),
        ["there is no Role apps/it"],
    ),
    Row(
        "rbac-role-exists",
        "unknown",
        "the role's name",
        _bound(UNKNOWN, token=_BINDING, kind="Role"),
        unknown=["roleRef.name"],
    ),
)
