"""IAM policy documents from typed statements, so that a wildcard cannot slip in without its reason."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import pulumi

VERSION: Final = "2012-10-17"
"""The current version of the policy language, not a date to update."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of a policy document.

    Attributes:
        sid: What the statement is for, in CamelCase; unique in its document.
        actions: IAM actions, ``kms:Decrypt``.
        resources: ARNs. A lone ``*`` needs `wildcard_reason`.
        principals: For resource policies: principal type to principals, ``{"Service": ["eks.amazonaws.com"]}``.
        conditions: IAM condition block: operator to key to values.
        effect: Whether it allows or, above all that allow, denies.
        wildcard_reason: Why a bare ``*`` in actions or resources is right here.

    Raises:
        ValueError: a bare ``*`` has no reason.

    """

    sid: str
    actions: Sequence[str]
    resources: Sequence[pulumi.Input[str]] = ()
    principals: Mapping[str, Sequence[pulumi.Input[str]]] = field(default_factory=dict)
    conditions: Mapping[str, Mapping[str, Sequence[pulumi.Input[str]]]] = field(default_factory=dict)
    effect: Literal["Allow", "Deny"] = "Allow"
    wildcard_reason: str = ""

    def __post_init__(self) -> None:
        if ("*" in self.resources or "*" in self.actions) and not self.wildcard_reason:
            raise ValueError(f"statement {self.sid}: a bare * on actions or resources needs a wildcard_reason")

    def render(self) -> dict[str, Any]:
        """Return the statement as IAM writes it; parts that are empty are left out."""
        parts: dict[str, Any] = {
            "Sid": self.sid,
            "Effect": self.effect,
            "Principal": {kind: list(names) for kind, names in self.principals.items()},
            "Action": list(self.actions),
            "Resource": list(self.resources),
            "Condition": {
                operator: {key: list(values) for key, values in keys.items()}
                for operator, keys in self.conditions.items()
            },
        }
        return {key: value for key, value in parts.items() if value}


def document(statements: Sequence[Statement]) -> pulumi.Output[str]:
    """Return the policy document as JSON; resources may still be outputs."""
    rendered = {"Version": VERSION, "Statement": [statement.render() for statement in statements]}
    return pulumi.Output.json_dumps(rendered)


def service_trust(service: str) -> str:
    """Return the trust policy by which an AWS service (``eks.amazonaws.com``) may assume a role."""
    trust = Statement(sid="Assume", actions=["sts:AssumeRole"], principals={"Service": [service]})
    return json.dumps({"Version": VERSION, "Statement": [trust.render()]})


def aws_managed(partition: str, policy: str) -> str:
    """Return the ARN of a policy that AWS keeps, ``AmazonEKS_CNI_Policy``, named with its path if it has one."""
    return f"arn:{partition}:iam::aws:policy/{policy}"
