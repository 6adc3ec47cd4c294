"""Rows for the rules about how pods come to rights in AWS."""

from typing import Any, Final

from tests.policies.rows.kubernetes.objects import APP, made, of_every_type, workload
from tests.policies.rows.platform.stack import apps, entry, release
from tests.policies.rows.row import UNKNOWN, UNKNOWN_LIST, UNKNOWN_OBJECT, Row

_ACCOUNT: Final = "kubernetes:core/v1:ServiceAccount"
_ASSOCIATION: Final = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
_ROLE: Final = "eks.amazonaws.com/role-arn"
_WHY: Final = "platform/why-web-identity"
_ARN: Final = "arn:aws:iam::111122223333:role/shop"


def _account(annotations: Any) -> dict[str, Any]:
    return {**made(_ACCOUNT), "metadata": {"name": "shop", "namespace": "apps", "annotations": annotations}}


def _association(name: str = "it", account: Any = "shop", home: Any = "apps", role: str = _ARN) -> dict[str, Any]:
    return entry(_ASSOCIATION, name, namespace=home, serviceAccount=account, roleArn=role)


def _env(name: Any) -> dict[str, Any]:
    return {"containers": [{**APP, "env": [{"name": name, "value": "a"}]}]}


ROWS: Final[tuple[Row, ...]] = (
    Row("account-without-web-identity", "good", "another annotation", _account({"team": "shop"})),
    Row("account-without-web-identity", "bad", "a role", _account({_ROLE: _ARN}), ["takes a role by a web identity"]),
    Row("account-without-web-identity", "good", "with a reason", _account({_ROLE: _ARN, _WHY: "it knows no other"})),
    Row(
        "account-without-web-identity",
        "bad",
        "an empty reason",
        _account({_ROLE: _ARN, _WHY: ""}),
        ["takes a role by a web identity"],
    ),
    Row("account-without-web-identity", "absent", "no annotations", made(_ACCOUNT)),
    Row(
        "account-without-web-identity",
        "unknown",
        "the annotations",
        _account(UNKNOWN_OBJECT),
        unknown=["metadata.annotations"],
    ),
    Row("release-without-keys", "good", "none", release(values={"serviceAccount": {"annotations": {"team": "shop"}}})),
    Row(
        "release-without-keys",
        "bad",
        "a role",
        release(values={"serviceAccount": {"annotations": {_ROLE: _ARN}}}),
        ["values.serviceAccount.annotations takes a role"],
    ),
    Row(
        "release-without-keys",
        "bad",
        "a key",
        release(values={"env": [{"name": "AWS_ACCESS_KEY_ID", "value": "a"}]}),
        ["values.env[0] hands out a key of AWS"],
    ),
    Row("release-without-keys", "absent", "no values", release(values=None)),
    Row("release-without-keys", "unknown", "the values", release(values=UNKNOWN_OBJECT), unknown=["values"]),
    *of_every_type(
        "pod-without-keys",
        "bad",
        "a key",
        _env("AWS_SECRET_ACCESS_KEY"),
        faults=["container app has a key of AWS that never ends"],
    ),
    Row("pod-without-keys", "good", "the region", workload("kubernetes:apps/v1:Deployment", _env("AWS_REGION"))),
    Row("pod-without-keys", "absent", "no variables", workload("kubernetes:apps/v1:Deployment", {"containers": [APP]})),
    Row(
        "pod-without-keys",
        "unknown",
        "the variables",
        workload("kubernetes:apps/v1:Deployment", {"containers": [{**APP, "env": UNKNOWN_LIST}]}),
        unknown=["spec.template.spec.containers[0].env"],
    ),
    Row(
        "pod-without-keys",
        "unknown",
        "a variable",
        workload("kubernetes:apps/v1:Deployment", _env(UNKNOWN)),
        unknown=["spec.template.spec.containers[0].env[0].name"],
    ),
    Row("pod-identity-own", "good", "its own", [_association(), apps()]),
    Row(
        "pod-identity-own",
        "good",
        "two accounts of a namespace with one role",
        [_association("a"), _association("b", "cart"), apps()],
    ),
    Row("pod-identity-own", "good", "a system's", _association(home="kube-system")),
    Row(
        "pod-identity-own",
        "bad",
        "the default account",
        [_association(account="default"), apps()],
        ["every pod of apps without its own account has the role"],
    ),
    Row(
        "pod-identity-own",
        "bad",
        "twice",
        [_association("a"), _association("b"), apps()],
        ["a gives apps/shop a role already"],
    ),
    Row(
        "pod-identity-own",
        "bad",
        "a role for two namespaces",
        [_association("a"), _association("b", home="kube-system"), apps()],
        ["a gives pods of apps the same role"],
    ),
    Row(
        "pod-identity-own",
        "absent",
        "a namespace from nowhere",
        _association(),
        ["no resource of the stack is its namespace apps"],
    ),
    Row(
        "pod-identity-own",
        "unknown",
        "the account",
        [_association(account=UNKNOWN), apps()],
        unknown=["serviceAccount"],
    ),
)
