"""Rules about how pods come to rights in AWS: by Pod Identity, each account its own role, and by nothing else."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from policies.rule import Finding, GraphRule, Resource, ResourceRule
from policies.rules.kubernetes.pods import EVERY, containers
from policies.rules.kubernetes.releases import RELEASE, walk
from policies.rules.platform import graph
from policies.values import Properties, Unknown, read, split

_ASSOCIATION: Final = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
_ACCOUNT: Final = "kubernetes:core/v1:ServiceAccount"
_NAMESPACE: Final = "kubernetes:core/v1:Namespace"
_ROLE_ANNOTATION: Final = "eks.amazonaws.com/role-arn"
_REASON: Final = "platform/why-web-identity"
_KEYS: Final = frozenset(
    {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SHARED_CREDENTIALS_FILE"}
)
_SYSTEM: Final = "kube-system"


def _account(account: Properties) -> Iterator[Finding]:
    annotations = read(account, "metadata", "annotations", default={})
    if isinstance(annotations, Unknown):
        yield annotations
    elif _ROLE_ANNOTATION in annotations and not annotations.get(_REASON):
        yield (
            "it takes a role by a web identity, past Pod Identity; "
            f"remove the annotation {_ROLE_ANNOTATION}, and add a PodIdentityAssociation, or say in the annotation "
            f"{_REASON} why its program cannot use one"
        )


def _release(release: Properties) -> Iterator[Finding]:
    values = read(release, "values", default={})
    if isinstance(values, Unknown):
        yield values
        return
    for path, given in walk(values):
        if _ROLE_ANNOTATION in given:
            yield (
                f"{path} takes a role by a web identity, past Pod Identity; "
                f"remove {_ROLE_ANNOTATION}, and add a PodIdentityAssociation"
            )
        if read(given, "name") in _KEYS:
            yield f"{path} hands out a key of AWS that never ends; remove it, and add a PodIdentityAssociation"


def _keys(workload: Properties) -> Iterator[Finding]:
    found, unknown = containers(workload)
    yield from unknown
    for container in found:
        variables, hidden = split(read(container.given, "env"))
        yield from hidden
        for variable in variables:
            name = read(variable, "name")
            if isinstance(name, Unknown):
                yield name
            elif name in _KEYS:
                yield (
                    f"container {container.name} has a key of AWS that never ends ({name}); "
                    "remove it, and add a PodIdentityAssociation"
                )


def _associations(resources: Sequence[Resource]) -> Iterator[tuple[str, Finding]]:
    spaces = {str(read(each.inputs, "metadata", "name")) for each in graph.of(resources, _NAMESPACE)} | {_SYSTEM}
    seen: dict[tuple[Any, Any], str] = {}
    roles: dict[Any, tuple[str, str]] = {}
    for association in graph.of(resources, _ASSOCIATION):
        home, account = (read(association.inputs, name) for name in ("namespace", "serviceAccount"))
        hidden = [each for each in (home, account) if isinstance(each, Unknown)]
        yield from ((association.urn, each) for each in hidden)
        if hidden:
            continue
        if home not in spaces:
            yield (
                association.urn,
                (
                    f"no resource of the stack is its namespace {home}, so that whoever makes one has the "
                    "role; name one that is there"
                ),
            )
        if account == "default":
            yield (
                association.urn,
                f"every pod of {home} without its own account has the role; name an account of the pods it is for",
            )
        if (home, account) in seen:
            yield (
                association.urn,
                (
                    f"{seen[home, account]} gives {home}/{account} a role already, and EKS takes one only; "
                    "remove one of the two"
                ),
            )
        seen.setdefault((home, account), association.name)
        role = read(association.inputs, "roleArn")
        other = roles.setdefault(role, (str(home), association.name)) if isinstance(role, str) else (str(home), "")
        if other[0] != home:
            yield association.urn, f"{other[1]} gives pods of {other[0]} the same role; add a role for each namespace"


RULES: Final = (
    ResourceRule(
        name="account-without-web-identity",
        why="A role trusted by a web identity is held by a text in an annotation, which whoever may edit "
        "accounts may write.",
        types=(_ACCOUNT,),
        check=_account,
        references=(
            "CIS Amazon EKS Benchmark 1.8.0: 5.2.1",
            "AWS EKS Best Practices Guide: Identity and Access Management",
        ),
    ),
    ResourceRule(
        name="release-without-keys",
        why="Values with a role or a key are the same way around Pod Identity, only out of sight.",
        types=(RELEASE,),
        check=_release,
        references=("CIS Amazon EKS Benchmark 1.8.0: 5.2.1",),
    ),
    ResourceRule(
        name="pod-without-keys",
        why="A key that never ends is still good when it is found in a year.",
        types=EVERY,
        check=_keys,
        references=(
            "CIS Amazon EKS Benchmark 1.8.0: 5.2.1",
            "AWS EKS Best Practices Guide: Identity and Access Management",
        ),
    ),
    GraphRule(
        name="pod-identity-own",
        why="A role that two kinds of pods share has the rights of both, and its log tells neither.",
        types=(_ASSOCIATION, _NAMESPACE),
        check=_associations,
        references=(
            "CIS Amazon EKS Benchmark 1.8.0: 5.2.1",
            "AWS EKS User Guide: Learn how EKS Pod Identity grants pods access to AWS services",
        ),
    ),
)
