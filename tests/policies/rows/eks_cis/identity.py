"""Rows for the rules about the AWS identities of nodes and pods."""

from typing import Any, Final

from tests.policies.rows.making import NOTHING, entry, four
from tests.policies.rows.row import UNKNOWN, Row

_ROLE: Final = "aws:iam/role:Role"
_ASSOCIATION: Final = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
_ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
_WORKER: Final = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"
_S3: Final = "arn:aws:iam::aws:policy/AmazonS3FullAccess"
_ISSUER: Final = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE"


def _trust(principal: Any, **condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": principal}
    return {"assumeRolePolicy": {"Statement": [{**statement, "Condition": condition} if condition else statement]}}


def _pods(**condition: Any) -> dict[str, Any]:
    return _trust({"Service": "pods.eks.amazonaws.com"}, **condition)


def _irsa(**tests: str) -> dict[str, Any]:
    return _trust(
        {"Federated": f"arn:aws:iam::111122223333:oidc-provider/{_ISSUER}"},
        StringLike={f"{_ISSUER}:{key}": value for key, value in tests.items()},
    )


def _association(name: str, role: Any, account: str) -> dict[str, Any]:
    return entry(_ASSOCIATION, name, {"roleArn": role, "namespace": "apps", "serviceAccount": account})


def _attached(trusted: Any, policy: Any, role: Any = "node") -> list[dict[str, Any]]:
    given = {"role": role, "policyArn": policy}
    return [
        entry(_ROLE, "node", {"name": "node", **_trust({"Service": trusted})}),
        entry(_ATTACHMENT, "policy", {key: value for key, value in given.items() if value}, [(_ROLE, "node")]),
    ]


_OF_CLUSTER: Final = {"ArnEquals": {"aws:SourceArn": "arn:aws:eks:eu-central-1:111122223333:cluster/c"}}

ROWS: Final = (
    Row("pod-identity-trust", "good", "pods of one cluster", _pods(**_OF_CLUSTER)),
    Row("pod-identity-trust", "good", "not a role of pods", _trust({"Service": "ec2.amazonaws.com"})),
    Row(
        "pod-identity-trust",
        "bad",
        "others too",
        _trust({"Service": ["pods.eks.amazonaws.com", "ec2.amazonaws.com"]}, **_OF_CLUSTER),
        ["also be taken by ec2.amazonaws.com"],
    ),
    Row("pod-identity-trust", "bad", "another condition", _pods(Bool={"x": "y"}), ["any cluster"]),
    Row("pod-identity-trust", "absent", "no condition", _pods(), ["any cluster"]),
    Row("pod-identity-trust", "absent", "no document", {}),
    Row("pod-identity-trust", "unknown", "document", {"assumeRolePolicy": UNKNOWN}, unknown=["assumeRolePolicy"]),
    Row("irsa-trust", "good", "one account", _irsa(sub="system:serviceaccount:apps:shop", aud="sts.amazonaws.com")),
    Row("irsa-trust", "good", "no provider of EKS", _trust({"Federated": "cognito-identity.amazonaws.com"})),
    Row(
        "irsa-trust",
        "bad",
        "every account of a namespace",
        _irsa(sub="system:serviceaccount:apps:*", aud="sts.amazonaws.com"),
        ["by a pattern"],
    ),
    Row("irsa-trust", "bad", "any audience", _irsa(sub="system:serviceaccount:apps:shop"), ["somebody else"]),
    Row("irsa-trust", "absent", "no condition", _irsa(aud="sts.amazonaws.com"), ["every pod"]),
    Row(
        "irsa-trust",
        "unknown",
        "provider",
        _trust({"Federated": UNKNOWN}),
        unknown=["assumeRolePolicy.Statement[0].Principal.Federated"],
    ),
    Row(
        "pod-identity-own-role",
        "good",
        "a role each",
        [_association("a", "arn:a", "a"), _association("b", "arn:b", "b")],
    ),
    Row(
        "pod-identity-own-role",
        "bad",
        "one for both",
        [_association("a", "arn:a", "a"), _association("b", "arn:a", "b")],
        ["apps/b has the role of apps/a"],
    ),
    Row("pod-identity-own-role", "absent", "one association", [_association("a", "arn:a", "a")]),
    Row("pod-identity-own-role", "unknown", "role", [_association("a", UNKNOWN, "a")], unknown=["roleArn"]),
    *four("pod-identity-account", "serviceAccount", "shop", "default", fault="every pod that names", absent=NOTHING),
    Row("node-role-policies", "good", "what a node needs", _attached("ec2.amazonaws.com", _WORKER)),
    Row("node-role-policies", "good", "another's role", _attached("pods.eks.amazonaws.com", _S3)),
    Row("node-role-policies", "good", "attached to another role", _attached("ec2.amazonaws.com", _S3, role="other")),
    Row("node-role-policies", "bad", "more", _attached("ec2.amazonaws.com", _S3), ["AmazonS3FullAccess allows"]),
    Row(
        "node-role-policies",
        "good",
        "more that is allowed",
        _attached("ec2.amazonaws.com", _S3),
        parameters={"allowed": ["AmazonS3FullAccess"]},
    ),
    Row("node-role-policies", "absent", "nothing attached", _attached("ec2.amazonaws.com", _WORKER)[:1]),
    Row(
        "node-role-policies",
        "unknown",
        "policy",
        _attached("ec2.amazonaws.com", UNKNOWN),
        unknown=["policyArn"],
    ),
    Row(
        "node-role-policies",
        "bad",
        "its role not known yet, but what it waits for",
        _attached("ec2.amazonaws.com", _S3, role=UNKNOWN),
        ["AmazonS3FullAccess allows"],
    ),
)
