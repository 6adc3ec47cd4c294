"""Rules of policy documents: that they can be read, and that a key's policy leaves someone to administer it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.aws.facts import Facts
from rehearsal.aws.rules.values import known, listed
from rehearsal.providers.standin import Failure

_ADMINISTERS: Final = ("kms:*", "kms:Put*", "kms:PutKeyPolicy", "*")
# The size AWS counts leaves white space out.
_INLINE_CHARACTERS: Final = 10_240
_MANAGED_CHARACTERS: Final = 6_144
_TRUST_CHARACTERS: Final = 2_048


def key_policy(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """A key's policy lets someone change it again, or AWS refuses it (the policy lockout safety check).

    Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html (BypassPolicyLockoutSafetyCheck)
    """
    policy = known(inputs, "policy")
    if policy is None or inputs.get("bypassPolicyLockoutSafetyCheck"):
        return
    try:
        document = _document(policy)
    except ValueError as error:
        yield Failure("policy", f"kms CreateKey refused: MalformedPolicyDocumentException: {error}")
        return
    if not any(_administers(statement) for statement in listed(document.get("Statement"))):
        yield Failure(
            "policy",
            "kms CreateKey refused: MalformedPolicyDocumentException: The new key policy will not allow you to update "
            "the key policy in the future. Allow kms:PutKeyPolicy to the account or to a role that administers keys",
        )


def _sized(name: str, limit: int, operation: str) -> Any:
    def size(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
        """A policy document is JSON and within AWS's size, white space not counted.

        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
        """
        policy = known(inputs, name)
        if policy is None:
            return
        try:
            _document(policy)
        except ValueError as error:
            yield Failure(name, f"iam {operation} refused: MalformedPolicyDocument: {error}")
            return
        length = (
            len("".join(policy.split())) if isinstance(policy, str) else len(json.dumps(policy, separators=(",", ":")))
        )
        if length > limit:
            yield Failure(
                name,
                f"iam {operation} refused: LimitExceeded: the document has {length} characters, the quota is {limit}",
            )

    return size


def _document(policy: Any) -> Mapping[str, Any]:
    document = json.loads(policy) if isinstance(policy, str) else policy
    if not isinstance(document, Mapping):
        raise ValueError("a policy document is a JSON object")  # noqa: TRY004 - for the caller it is one of many faults of the text
    return document


def _administers(statement: Mapping[str, Any]) -> bool:
    actions = listed(statement.get("Action"))
    return (
        statement.get("Effect") == "Allow"
        and bool(statement.get("Principal"))
        and any(a in _ADMINISTERS for a in actions)
    )


OF_INPUTS: Final = {
    "aws:kms/key:Key": (key_policy,),
    "aws:iam/rolePolicy:RolePolicy": (_sized("policy", _INLINE_CHARACTERS, "PutRolePolicy"),),
    "aws:iam/policy:Policy": (_sized("policy", _MANAGED_CHARACTERS, "CreatePolicy"),),
    "aws:iam/role:Role": (_sized("assumeRolePolicy", _TRUST_CHARACTERS, "CreateRole"),),
}
