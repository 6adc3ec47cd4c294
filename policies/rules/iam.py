"""Rules about IAM: what a role may do and who may take it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.rule import Check, Finding, ResourceRule
from policies.values import Properties, Unknown, read, split


def _wildcards(resource: Properties) -> Iterator[Finding]:
    inline, unknown = split(read(resource, "inlinePolicies"))
    yield from unknown
    for holder in (resource, *inline):
        yield from _statements(read(holder, "policy"), "policy", _grant)
    yield from _statements(read(resource, "assumeRolePolicy"), "assumeRolePolicy", _trust)
    for name in ("policyArn", "managedPolicyArns"):
        arns, unknown = split(read(resource, name))
        yield from unknown
        for arn in arns:
            if str(arn).endswith(":policy/AdministratorAccess"):
                yield f"{arn} allows every action on everything; write a policy with the actions that are needed"


def _statements(document: Any, name: str, judge: Check) -> Iterator[Finding]:
    """Apply `judge` to every Allow statement of an IAM document, given as JSON or as an object."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            yield f"{name} is not JSON, so that nobody can tell what it allows; write it with json.dumps"
            return
    statements, unknown = split(read(document, "Statement"))
    yield from unknown
    for statement in statements:
        effect = read(statement, "Effect")
        if isinstance(effect, Unknown):
            yield effect
        elif effect == "Allow":
            yield from judge(statement)


def _grant(statement: Properties) -> Iterator[Finding]:
    actions, unknown_actions = split(read(statement, "Action"))
    resources, unknown_resources = split(read(statement, "Resource"))
    broad = [str(action) for action in actions if str(action).endswith(":*") or action == "*"]
    # Allowing all except a list is as wide as a wildcard, and grows with each service AWS adds.
    if read(statement, "NotAction") is not None:
        broad.append("NotAction")
    everywhere = "*" in resources or read(statement, "NotResource") is not None
    if broad and everywhere:
        yield (
            f"{', '.join(broad)} is allowed on every resource; "
            "list the actions that are needed, or the ARNs they are needed on"
        )
    elif (broad or unknown_actions) and (everywhere or unknown_resources):
        yield from (*unknown_actions, *unknown_resources)


def _trust(statement: Properties) -> Iterator[Finding]:
    principal = read(statement, "Principal")
    kinds = principal.values() if isinstance(principal, Mapping) else [principal]
    names, unknown = [], []
    for kind in kinds:
        known, hidden = split(kind)
        names += known
        unknown += hidden
    if "*" in names or read(statement, "NotPrincipal") is not None:
        yield "anyone in any AWS account may assume the role; name the service or the role ARNs in Principal"
    else:
        yield from unknown


RULES: Final = (
    ResourceRule(
        name="iam-wildcard",
        why="Whoever takes over one workload must not get more of the account than that workload uses.",
        types=(
            "aws:iam/policy:Policy",
            "aws:iam/role:Role",
            "aws:iam/rolePolicy:RolePolicy",
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        ),
        check=_wildcards,
        references=("AWS Security Hub: IAM.1, IAM.21",),
    ),
)
