"""Rules about who may do what in the cluster: no right that gives all others, and none for everybody."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from policies.rule import Finding, Parameters, ResourceRule, StackRule
from policies.values import Properties, Unknown, read, split

_RBAC: Final = "kubernetes:rbac.authorization.k8s.io/v1"
_ROLES: Final = (f"{_RBAC}:ClusterRole", f"{_RBAC}:Role")
_BINDINGS: Final = (f"{_RBAC}:ClusterRoleBinding", f"{_RBAC}:RoleBinding")

_READING: Final = frozenset({"get", "list", "watch", "*"})
_CREATING: Final = frozenset({"create", "patch", "update", "*"})
_WEBHOOKS: Final = frozenset({"mutatingwebhookconfigurations", "validatingwebhookconfigurations"})

# Whose members nobody chose, or who is past all authorisation.
# https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
_EVERYBODY: Final = frozenset(
    {"system:anonymous", "system:authenticated", "system:masters", "system:serviceaccounts", "system:unauthenticated"}
)


_OWN: Final = frozenset({"kube-public", "kube-system"})


class Whole(Parameters):
    """Where a wildcard grants no more than it says."""

    groups: tuple[str, ...] = ("chaos-mesh.org",)
    """API groups of one tool, whose every kind is the same right, to break what runs in a namespace: its kinds need no
    names, its verbs do."""


class Trusted(Parameters):
    """Who may have rights that lead to all others, for it is what they are there for."""

    accounts: tuple[str, ...] = ("kube-system/local-volume-provisioner",)
    """Service accounts, ``namespace/name``: what makes volumes of local disks must be able to make volumes."""


def _rules(role: Properties) -> tuple[list[dict[str, tuple[list[str], list[Unknown]]]], list[Unknown]]:
    """Return each rule's fields as what is known of them and what is not."""
    rules, unknown = split(read(role, "rules"))
    parted = []
    for rule in rules:
        fields = {}
        for name in ("apiGroups", "resources", "verbs", "resourceNames", "nonResourceURLs"):
            known, hidden = split(read(rule, name))
            fields[name] = ([str(each) for each in known], hidden)
        parted.append(fields)
    return parted, unknown


def _wildcards(role: Properties, whole: Whole) -> Iterator[Finding]:
    rules, unknown = _rules(role)
    yield from unknown
    for rule in rules:
        groups, _ = rule["apiGroups"]
        spared = {"resources"} if groups and set(groups) <= set(whole.groups) else set()
        for name, (known, hidden) in rule.items():
            yield from hidden
            if "*" in known and name not in spared:
                yield f"it grants whatever there is or will be ({name}: *); list the {name} that are used"


def _escalation(role: Properties) -> Iterator[Finding]:
    rules, unknown = _rules(role)
    yield from unknown
    for rule in rules:
        verbs, hidden = rule["verbs"]
        yield from hidden
        for verb in sorted({"bind", "escalate", "impersonate"} & set(verbs)):
            named, _ = rule["resourceNames"]
            if not named or verb == "escalate":
                yield (
                    f"whoever has it can take every other right ({verb}); "
                    f"remove {verb}, or name what it is for in resourceNames"
                )


_Asks = Callable[[frozenset[str], frozenset[str]], bool]
# What gives a way to the rights of others, by CIS' own numbers; each with what it is granted on.
_PATHS: Final[Mapping[str, _Asks]] = {
    "read every Secret": lambda on, verbs: "secrets" in on and bool(verbs & _READING),
    "make pods under any account": lambda on, verbs: "pods" in on and bool(verbs & _CREATING),
    "run commands in any pod": lambda on, verbs: (
        bool({"pods/exec", "pods/attach"} & on) and bool(verbs & (_CREATING | {"get"}))
    ),
    "make volumes of the nodes' own paths": lambda on, verbs: "persistentvolumes" in on and bool(verbs & _CREATING),
    "reach the kubelet past the API server's log": lambda on, verbs: "nodes/proxy" in on and bool(verbs),
    "change what every request passes": lambda on, verbs: bool(_WEBHOOKS & on) and bool(verbs & _CREATING),
    "have tokens of other accounts": lambda on, verbs: "serviceaccounts/token" in on and "create" in verbs,
    "sign certificates of other users": lambda on, verbs: (
        "certificatesigningrequests/approval" in on and bool(verbs & _CREATING)
    ),
    "change who may do what": lambda on, verbs: (
        bool({"clusterroles", "clusterrolebindings"} & on) and bool(verbs & _CREATING)
    ),
}


def _everywhere(resources: Mapping[str, Properties], trusted: Trusted) -> Iterator[tuple[str, Finding]]:
    roles = {
        str(read(each, "metadata", "name")): each for each in resources.values() if each.get("kind") == "ClusterRole"
    }
    for urn, binding in sorted(resources.items()):
        if binding.get("kind") != "ClusterRoleBinding":
            continue
        name = read(binding, "roleRef", "name")
        if isinstance(name, Unknown):
            yield urn, name
        elif name in roles and not _is_trusted(binding, trusted):
            yield from ((urn, finding) for finding in _paths(roles[name]))


def _is_trusted(binding: Properties, trusted: Trusted) -> bool:
    subjects, unknown = split(read(binding, "subjects"))
    named = {f"{read(each, 'namespace')}/{read(each, 'name')}" for each in subjects}
    return not unknown and bool(named) and named <= set(trusted.accounts)


def _paths(role: Properties) -> Iterator[Finding]:
    rules, unknown = _rules(role)
    yield from unknown
    for rule in rules:
        resources, verbs = frozenset(rule["resources"][0]), frozenset(rule["verbs"][0])
        if rule["resourceNames"][0]:
            continue
        for what, asks in _PATHS.items():
            if asks(resources, verbs):
                yield (
                    f"its subjects can {what} in every namespace; "
                    "write a RoleBinding for each namespace in its place, or name the objects in "
                    "resourceNames"
                )


def _secrets(role: Properties) -> Iterator[Finding]:
    rules, unknown = _rules(role)
    yield from unknown
    for rule in rules:
        resources, verbs = set(rule["resources"][0]), set(rule["verbs"][0])
        yield from (each for name in ("resources", "verbs", "resourceNames") for each in rule[name][1])
        if "secrets" in resources and verbs & _READING and not any(rule["resourceNames"]):
            yield "it reads every Secret of its namespace, those of others in it too; name the Secrets in resourceNames"


def _cluster_admin(binding: Properties) -> Iterator[Finding]:
    name = read(binding, "roleRef", "name")
    if isinstance(name, Unknown):
        yield name
    elif name in {"admin", "cluster-admin", "edit"} and not (
        name != "cluster-admin" and binding.get("kind") == "RoleBinding"
    ):
        yield (
            f"it gives {name}, which is nearly every right there is; "
            "name a role with the rights that are used in roleRef"
        )


def _subjects(binding: Properties) -> Iterator[Finding]:
    subjects, unknown = split(read(binding, "subjects"))
    yield from unknown
    for subject in subjects:
        kind, name = read(subject, "kind"), read(subject, "name", default="")
        if isinstance(name, Unknown):
            yield name
        elif kind == "ServiceAccount" and name == "default":
            yield (
                "it gives a right to the account that every pod without its own has; "
                "name an account of the pods it is for"
            )
        elif name in _EVERYBODY or str(name).startswith("system:serviceaccounts:"):
            yield f"its subject {name} is nobody in particular; name the group or the account that it is for"


def _dangling(resources: Mapping[str, Properties]) -> Iterator[tuple[str, Finding]]:
    there = {
        (_where(each), str(read(each, "metadata", "name"))) for each in resources.values() if each.get("kind") == "Role"
    }
    for urn, binding in sorted(resources.items()):
        name, where = read(binding, "roleRef", "name"), _where(binding)
        # Kubernetes makes roles of its own in kube-system and kube-public.
        if read(binding, "roleRef", "kind") != "Role" or where in _OWN:
            continue
        unknown = [each for each in (name, where) if isinstance(each, Unknown)]
        yield from ((urn, each) for each in unknown)
        if not unknown and (where, name) not in there:
            yield (
                urn,
                (
                    f"there is no Role {where}/{name} in the stack, so that it grants nothing; "
                    "add the Role, or name another in roleRef"
                ),
            )


def _where(resource: Properties) -> Any:
    return read(resource, "metadata", "namespace", default="default")


RULES: Final = (
    ResourceRule(
        name="rbac-wildcards",
        why="A wildcard grants kinds and verbs that come with the next version or chart, which nobody judged.",
        types=_ROLES,
        check=_wildcards,
        parameters=Whole(),
        references=(
            "CIS Amazon EKS Benchmark 1.8.0: 4.1.3",
            "hardeneks: restrict_wildcard_for_roles",
            "hardeneks: restrict_wildcard_for_cluster_roles",
        ),
    ),
    ResourceRule(
        name="rbac-escalation",
        why="Who may bind, escalate or impersonate has all rights of the cluster in two requests.",
        types=_ROLES,
        check=_escalation,
        references=("CIS Amazon EKS Benchmark 1.8.0: 4.1.8",),
    ),
    StackRule(
        name="rbac-paths-to-all",
        why="Some rights over a whole cluster are as good as all, by way of a pod, a token, a volume or a webhook.",
        types=(f"{_RBAC}:ClusterRoleBinding", f"{_RBAC}:ClusterRole"),
        check=_everywhere,
        parameters=Trusted(),
        references=("CIS Amazon EKS Benchmark 1.8.0: 4.1.2, 4.1.4, 4.1.9, 4.1.10, 4.1.11, 4.1.12",),
    ),
    ResourceRule(
        name="rbac-secrets-named",
        why="Whoever lists Secrets reads them, and a namespace holds Secrets of more than one program.",
        types=(f"{_RBAC}:Role",),
        check=_secrets,
        references=("CIS Amazon EKS Benchmark 1.8.0: 4.1.2",),
    ),
    ResourceRule(
        name="rbac-cluster-admin",
        why="Nothing that is automatic needs every right, and what has it is worth taking over.",
        types=_BINDINGS,
        check=_cluster_admin,
        references=("CIS Amazon EKS Benchmark 1.8.0: 4.1.1",),
    ),
    ResourceRule(
        name="rbac-subjects",
        why="A right of everybody, or of an account that pods have by default, is one of whoever breaks into any pod.",
        types=_BINDINGS,
        check=_subjects,
        references=(
            "CIS Amazon EKS Benchmark 1.8.0: 4.1.5",
            "hardeneks: disable_anonymous_access_for_roles",
            "hardeneks: disable_anonymous_access_for_cluster_roles",
        ),
    ),
    StackRule(
        name="rbac-role-exists",
        why="A binding to a role that is not there grants nothing, until somebody makes a role of that name.",
        types=(f"{_RBAC}:RoleBinding", f"{_RBAC}:Role"),
        check=_dangling,
        references=("Kubernetes documentation: Using RBAC Authorization, RoleBinding and ClusterRoleBinding",),
    ),
)
