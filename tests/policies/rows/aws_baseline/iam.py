"""Rows for the rules about IAM."""

import json
from typing import Any, Final

from tests.policies.rows.row import UNKNOWN, UNKNOWN_LIST, Row

_ROLE: Final = "aws:iam/role:Role"
_ROLE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
_ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
_ADMINISTRATOR: Final = "arn:aws:iam::aws:policy/AdministratorAccess"
_BUCKET: Final = "arn:aws:s3:::backups/*"


def _document(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def _policy(**statement: Any) -> dict[str, Any]:
    return {"policy": _document(**statement)}


def _as_object(**statement: Any) -> dict[str, Any]:
    return {"policy": {"Statement": {"Effect": "Allow", **statement}}}


def _trust(principal: Any) -> dict[str, Any]:
    return {"assumeRolePolicy": _document(Action="sts:AssumeRole", Principal=principal)}


ROWS: Final = (
    Row("iam-wildcard", "good", "listed actions", _policy(Action=["ec2:DescribeInstances"], Resource="*")),
    Row("iam-wildcard", "good", "all actions of a service on one bucket", _policy(Action="s3:*", Resource=[_BUCKET])),
    Row("iam-wildcard", "good", "a prefix is not a service", _policy(Action="ec2:Describe*", Resource="*")),
    Row("iam-wildcard", "good", "a denial", _policy(Effect="Deny", Action="*", Resource="*")),
    Row(
        "iam-wildcard", "good", "a service may take the role", _trust({"Service": "pods.eks.amazonaws.com"}), type=_ROLE
    ),
    Row(
        "iam-wildcard",
        "good",
        "another managed policy",
        {"policyArn": "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"},
        type=_ATTACHMENT,
    ),
    Row("iam-wildcard", "bad", "everything", _policy(Action="*", Resource="*"), ["* is allowed on every resource"]),
    Row(
        "iam-wildcard",
        "bad",
        "a service",
        _policy(Action=["s3:GetObject", "ec2:*"], Resource=["*"]),
        ["ec2:* is allowed"],
        type=_ROLE_POLICY,
    ),
    Row("iam-wildcard", "bad", "everything but", _policy(NotAction="iam:*", Resource="*"), ["NotAction is allowed"]),
    Row("iam-wildcard", "bad", "everywhere but", _policy(Action="s3:*", NotResource=_BUCKET), ["s3:* is allowed"]),
    Row("iam-wildcard", "bad", "a document given as an object", _as_object(Action="*", Resource="*"), ["* is allowed"]),
    Row(
        "iam-wildcard",
        "bad",
        "a role's own policies",
        {"inlinePolicies": [{"policy": _document(Action="kms:*", Resource="*")}]},
        ["kms:*"],
        type=_ROLE,
    ),
    Row("iam-wildcard", "bad", "anyone may take the role", _trust("*"), ["anyone in any AWS account"], type=_ROLE),
    Row(
        "iam-wildcard",
        "bad",
        "anyone by AWS principal",
        _trust({"AWS": ["arn:aws:iam::111122223333:root", "*"]}),
        ["anyone in any AWS account"],
        type=_ROLE,
    ),
    Row(
        "iam-wildcard",
        "bad",
        "anyone but",
        {"assumeRolePolicy": _document(NotPrincipal={"AWS": "111122223333"})},
        ["anyone in any"],
        type=_ROLE,
    ),
    Row(
        "iam-wildcard",
        "bad",
        "an administrator by attachment",
        {"policyArn": _ADMINISTRATOR},
        [_ADMINISTRATOR],
        type=_ATTACHMENT,
    ),
    Row(
        "iam-wildcard",
        "bad",
        "an administrator by list",
        {"managedPolicyArns": [UNKNOWN, _ADMINISTRATOR]},
        [_ADMINISTRATOR],
        ["managedPolicyArns[0]"],
        type=_ROLE,
    ),
    Row("iam-wildcard", "bad", "what nobody can read", {"policy": "[masked]"}, ["policy is not JSON"]),
    Row("iam-wildcard", "absent", "no document", {}),
    Row("iam-wildcard", "absent", "a role with nothing", {}, type=_ROLE),
    Row("iam-wildcard", "absent", "a statement without a resource allows nothing", _policy(Action="*")),
    Row("iam-wildcard", "unknown", "the document", {"policy": UNKNOWN}, unknown=["policy"]),
    Row(
        "iam-wildcard", "unknown", "the trust", {"assumeRolePolicy": UNKNOWN}, unknown=["assumeRolePolicy"], type=_ROLE
    ),
    Row(
        "iam-wildcard",
        "unknown",
        "who is trusted",
        {"assumeRolePolicy": {"Statement": [{"Effect": "Allow", "Principal": {"AWS": [UNKNOWN]}}]}},
        unknown=["assumeRolePolicy.Statement[0].Principal.AWS[0]"],
        type=_ROLE,
    ),
    Row(
        "iam-wildcard",
        "unknown",
        "a role's own policies",
        {"inlinePolicies": UNKNOWN_LIST},
        unknown=["inlinePolicies"],
        type=_ROLE,
    ),
    Row(
        "iam-wildcard",
        "unknown",
        "the resource of a wide action",
        _as_object(Action="s3:*", Resource=UNKNOWN),
        unknown=["policy.Statement.Resource"],
    ),
    Row(
        "iam-wildcard",
        "unknown",
        "the action on everything",
        _as_object(Action=UNKNOWN, Resource="*"),
        unknown=["policy.Statement.Action"],
    ),
    Row(
        "iam-wildcard",
        "unknown",
        "a statement",
        {"policy": {"Statement": [UNKNOWN]}},
        unknown=["policy.Statement[0]"],
    ),
    Row(
        "iam-wildcard",
        "unknown",
        "the effect",
        _as_object(Effect=UNKNOWN, Action="*", Resource="*"),
        unknown=["policy.Statement.Effect"],
    ),
    Row(
        "iam-wildcard",
        "good",
        "the resource of a narrow action does not matter",
        _as_object(Action="s3:GetObject", Resource=UNKNOWN),
    ),
)
