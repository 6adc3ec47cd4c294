"""Rows for the rules about who is let in: policies on resources, rights of roles, users and sessions."""

from typing import Any, Final

from tests.policies.rows.making import NOTHING, four
from tests.policies.rows.row import UNKNOWN, Row

_OPEN: Final = {
    "key-policy-public": ("aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey", "aws:kms/keyPolicy:KeyPolicy"),
    "bucket-policy-public": ("aws:s3/bucketPolicy:BucketPolicy",),
    "messaging-policy-public": (
        "aws:sqs/queuePolicy:QueuePolicy",
        "aws:sqs/queue:Queue",
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sns/topic:Topic",
    ),
    "secret-policy-public": (
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        "aws:secretsmanager/secret:Secret",
    ),
}
_DEPUTIES: Final = (
    "aws:kms/key:Key",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sns/topicPolicy:TopicPolicy",
)
_RIGHTS: Final = (
    ("iam-pass-role", "iam:PassRole", "arn:aws:iam::111122223333:role/one", "any role may be passed"),
    ("iam-escalation", "iam:PutRolePolicy", "arn:aws:iam::111122223333:role/one", "given to oneself"),
    ("kms-decrypt-everywhere", "kms:Decrypt", "arn:aws:kms:eu-central-1:111122223333:key/1", "of every key"),
)
_HOLDERS: Final = ("aws:iam/policy:Policy", "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy")
_NARROW: Final = {"StringEquals": {"aws:SourceAccount": "111122223333"}}


def _policy(principal: Any, effect: str = "Allow", **more: Any) -> dict[str, Any]:
    statement = {"Effect": effect, "Action": "*", "Resource": "*", "Principal": principal}
    return {"policy": {"Statement": [{**statement, **more}]}}


def _right(action: Any, resource: Any, **more: Any) -> dict[str, Any]:
    return {"policy": {"Statement": [{"Effect": "Allow", "Action": action, "Resource": resource, **more}]}}


def _open(rule: str, kind: str) -> tuple[Row, ...]:
    return (
        Row(rule, "good", f"an account, of {kind}", _policy({"AWS": "arn:aws:iam::111122223333:root"}), type=kind),
        Row(rule, "good", f"narrowed, of {kind}", _policy("*", Condition=_NARROW), type=kind),
        Row(rule, "good", f"denied to all, of {kind}", _policy("*", "Deny"), type=kind),
        Row(rule, "bad", f"everybody, of {kind}", _policy({"AWS": ["*"]}), ["anyone with an AWS account"], type=kind),
        Row(
            rule,
            "bad",
            f"a condition that narrows nothing, of {kind}",
            _policy("*", Condition={"Bool": {"aws:SecureTransport": "true"}}),
            ["anyone with an AWS account"],
            type=kind,
        ),
        Row(rule, "absent", f"no policy, of {kind}", {}, type=kind),
        Row(rule, "unknown", f"policy, of {kind}", {"policy": UNKNOWN}, unknown=["policy"], type=kind),
    )


def _deputy(kind: str) -> tuple[Row, ...]:
    rule, service = "confused-deputy", {"Service": "delivery.logs.amazonaws.com"}
    return (
        Row(rule, "good", f"for an account, of {kind}", _policy(service, Condition=_NARROW), type=kind),
        Row(rule, "good", f"a role, of {kind}", _policy({"AWS": "arn:aws:iam::111122223333:role/x"}), type=kind),
        Row(
            rule,
            "good",
            f"for a context, of {kind}",
            _policy(service, Condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:x"}}),
            type=kind,
        ),
        Row(
            rule,
            "bad",
            f"under a condition of something else, of {kind}",
            _policy(service, Condition={"Bool": {"aws:SecureTransport": "true"}}),
            ["any account's"],
            type=kind,
        ),
        Row(rule, "absent", f"no condition, of {kind}", _policy(service), ["any account's"], type=kind),
        Row(rule, "unknown", f"policy, of {kind}", {"policy": UNKNOWN}, unknown=["policy"], type=kind),
    )


def _rights(rule: str, action: str, narrow: str, fault: str) -> tuple[Row, ...]:
    service = action.partition(":")[0]
    every = [
        Row(rule, "bad", f"on everything, in {kind}", _right(action, "*"), [fault], type=kind)
        for kind in _HOLDERS
        if kind != "aws:iam/role:Role"
    ]
    return (
        *every,
        Row(
            rule,
            "bad",
            "in a role itself",
            {"inlinePolicies": [_right(action, "*")]},
            [fault],
            type="aws:iam/role:Role",
        ),
        Row(rule, "bad", "by a pattern", _right(f"{service}:*", [f"{narrow.rpartition('/')[0]}/*"]), [fault]),
        Row(rule, "good", "on one", _right(action, narrow)),
        Row(rule, "good", "another action", _right("ec2:DescribeVpcs", "*")),
        Row(rule, "good", "under a condition", _right(action, "*", Condition=_NARROW)),
        Row(rule, "absent", "no document", {}),
        Row(
            rule,
            "unknown",
            "resource",
            _right(action, UNKNOWN),
            unknown=["policy.Statement[0].Resource"],
        ),
    )


ROWS: Final = (
    *(row for rule, kinds in _OPEN.items() for kind in kinds for row in _open(rule, kind)),
    *(row for kind in _DEPUTIES for row in _deputy(kind)),
    *(row for right in _RIGHTS for row in _rights(*right)),
    Row("iam-users", "bad", "a user", {"name": "jo"}, ["never end"], type="aws:iam/user:User"),
    Row("iam-users", "bad", "a key", {"user": "jo"}, ["never end"], type="aws:iam/accessKey:AccessKey"),
    Row("iam-users", "bad", "a password", {}, ["never end"], type="aws:iam/userLoginProfile:UserLoginProfile"),
    *four("iam-session", "maxSessionDuration", 3600, 43200, fault="lasts 12 hours", absent=NOTHING),
    Row("iam-session", "good", "as long as allowed", {"maxSessionDuration": 43200}, parameters={"most_hours": 12}),
)
