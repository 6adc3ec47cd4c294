"""Rules about IAM: what a role may do and who may take it."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final

from policies.documents import condition_keys, principals, statements
from policies.rule import Finding, Parameters, ResourceRule
from policies.values import Properties, Unknown, read, split

_POLICIES: Final = ("aws:iam/policy:Policy", "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy")
# How an ARN ends that is every resource of its kind.
_EVERYTHING: Final = (":role/*", ":key/*", ":policy/*")
# Each changes what somebody may do: who has them on everything has everything.
_ESCALATING: Final = (
    "iam:attachrolepolicy",
    "iam:attachuserpolicy",
    "iam:createaccesskey",
    "iam:createpolicyversion",
    "iam:putrolepolicy",
    "iam:putuserpolicy",
    "iam:setdefaultpolicyversion",
    "iam:updateassumerolepolicy",
)


class Session(Parameters):
    """How long somebody stays somebody else."""

    most_hours: int = 4
    """The most hours for which a role may be taken; IAM takes 1 to 12."""


def _wildcards(resource: Properties) -> Iterator[Finding]:
    inline, unknown = split(read(resource, "inlinePolicies"))
    yield from unknown
    for holder in (resource, *inline):
        yield from statements(read(holder, "policy"), "policy", _grant)
    yield from statements(read(resource, "assumeRolePolicy"), "assumeRolePolicy", _trust)
    for name in ("policyArn", "managedPolicyArns"):
        arns, unknown = split(read(resource, name))
        yield from unknown
        for arn in arns:
            if str(arn).endswith(":policy/AdministratorAccess"):
                yield f"{arn} allows every action on everything; write a policy with the actions that are needed"


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
    names, unknown = principals(statement)
    if "*" in names or read(statement, "NotPrincipal") is not None:
        yield "anyone in any AWS account may assume the role; name the service or the role ARNs in Principal"
    else:
        yield from unknown


def _pass_role(resource: Properties) -> Iterator[Finding]:
    yield from _allowed(resource, ("iam:passrole",), "any role may be passed to a service; list the ARNs of the roles")


def _escalation(resource: Properties) -> Iterator[Finding]:
    yield from _allowed(resource, _ESCALATING, "rights can be given to oneself; list the ARNs they are needed on")


def _decrypt(resource: Properties) -> Iterator[Finding]:
    fault = "data of every key can be decrypted; list the ARNs of the keys"
    yield from _allowed(resource, ("kms:decrypt", "kms:reencryptfrom"), fault)


def _allowed(resource: Properties, actions: Sequence[str], fault: str) -> Iterator[Finding]:
    """Find statements that allow one of some actions on every resource, and under no condition."""

    def judge(statement: Properties) -> Iterator[Finding]:
        given, unknown_actions = split(read(statement, "Action"))
        resources, unknown_resources = split(read(statement, "Resource"))
        fitting = [each for each in given if any(fnmatchcase(action, str(each).lower()) for action in actions)]
        everywhere = any(
            str(each) == "*" or str(each).endswith((":role/*", ":key/*", ":policy/*")) for each in resources
        )
        if fitting and everywhere and not condition_keys(statement):
            yield f"{', '.join(fitting)}: {fault}"
        elif (fitting or unknown_actions) and (everywhere or unknown_resources):
            yield from (*unknown_actions, *unknown_resources)

    inline, unknown = split(read(resource, "inlinePolicies"))
    yield from unknown
    for holder in (resource, *inline):
        yield from statements(read(holder, "policy"), "policy", judge)


def _user(user: Properties) -> Iterator[Finding]:
    del user
    yield "credentials that never end are made here; remove them and let people and machines take a role"


def _session(role: Properties, session: Session) -> Iterator[Finding]:
    seconds = read(role, "maxSessionDuration", default=3600)
    if isinstance(seconds, Unknown):
        yield seconds
    elif seconds > session.most_hours * 3600:
        yield f"a session lasts {seconds / 3600:.0f} hours; set maxSessionDuration to {session.most_hours * 3600}"


RULES: Final = (
    ResourceRule(
        name="iam-wildcard",
        why="Whoever takes over one workload must not get more of the account than that workload uses.",
        types=(*_POLICIES, "aws:iam/rolePolicyAttachment:RolePolicyAttachment"),
        check=_wildcards,
        references=("AWS Security Hub: IAM.1, IAM.21",),
    ),
    ResourceRule(
        name="iam-pass-role",
        why="Whoever may pass any role to a service can do whatever any role of the account can.",
        types=_POLICIES,
        check=_pass_role,
        references=("AWS IAM User Guide: granting permissions to pass a role to a service",),
    ),
    ResourceRule(
        name="iam-escalation",
        why="Whoever may change policies or trust may give himself everything else.",
        types=_POLICIES,
        check=_escalation,
        references=("AWS IAM User Guide: permissions boundaries",),
    ),
    ResourceRule(
        name="kms-decrypt-everywhere",
        why="Whoever may decrypt with every key needs only a copy of the data, and those are easy to come by.",
        types=_POLICIES,
        check=_decrypt,
        references=("AWS Security Hub: KMS.1, KMS.2",),
    ),
    ResourceRule(
        name="iam-users",
        why="A user's access keys do not expire, and are found in laptops, logs and repositories for years.",
        types=("aws:iam/accessKey:AccessKey", "aws:iam/user:User", "aws:iam/userLoginProfile:UserLoginProfile"),
        check=_user,
        references=("AWS IAM User Guide: security best practices, temporary credentials",),
    ),
    ResourceRule(
        name="iam-session",
        why="A session outlives the reason it was begun for by as long as it is allowed to.",
        types=("aws:iam/role:Role",),
        check=_session,
        parameters=Session(),
        references=("AWS IAM User Guide: maximum session duration of a role",),
    ),
)
