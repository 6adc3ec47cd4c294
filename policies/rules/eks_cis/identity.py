"""Rules about the AWS identities of nodes and pods: each its own role, taken by nobody else."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from policies.belonging import by_type, parts_of
from policies.documents import condition_keys, condition_values, principals, statements
from policies.rule import Finding, GraphRule, Parameters, Resource, ResourceRule, StackRule
from policies.values import Properties, Unknown, read

_ROLE: Final = "aws:iam/role:Role"
_ASSOCIATION: Final = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
_ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
_POD_IDENTITY: Final = "pods.eks.amazonaws.com"
_EC2: Final = "ec2.amazonaws.com"


class NodePolicies(Parameters):
    """What a node itself may have."""

    allowed: tuple[str, ...] = (
        "AmazonEKSWorkerNodePolicy",
        "AmazonEKSWorkerNodeMinimalPolicy",
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEC2ContainerRegistryReadOnly",
        "AmazonSSMManagedInstanceCore",
    )
    """The names of the managed policies that a node's role may have."""


def _pod_trust(role: Properties) -> Iterator[Finding]:
    yield from statements(read(role, "assumeRolePolicy"), "assumeRolePolicy", _pod_statement)


def _pod_statement(statement: Properties) -> Iterator[Finding]:
    names, unknown = principals(statement)
    yield from unknown
    if _POD_IDENTITY not in names:
        return
    if others := sorted(set(names) - {_POD_IDENTITY}):
        yield f"a role of pods may also be taken by {', '.join(others)}; make a role for each"
    if not condition_keys(statement) & {"aws:sourcearn", "aws:sourceaccount"}:
        yield (
            "pods of any cluster in any account may be given the role; "
            "add a condition on aws:SourceArn with the cluster's ARN to assumeRolePolicy"
        )


def _irsa_trust(role: Properties) -> Iterator[Finding]:
    yield from statements(read(role, "assumeRolePolicy"), "assumeRolePolicy", _irsa_statement)


def _irsa_statement(statement: Properties) -> Iterator[Finding]:
    federated = read(statement, "Principal", "Federated")
    if isinstance(federated, Unknown):
        yield federated
        return
    if "oidc.eks." not in str(federated):
        return
    keys = condition_keys(statement)
    subject = [key for key in keys if key.endswith(":sub")]
    if not subject:
        yield (
            "every pod of the cluster may take the role, whatever its service account; "
            "add a condition on the OIDC provider's :sub"
        )
    for key in subject:
        broad = [value for value in condition_values(statement, key) if "*" in value or "?" in value]
        if broad:
            yield f"service accounts are named by a pattern ({', '.join(broad)}); name each of them in full"
    if not any(key.endswith(":aud") for key in keys):
        yield "tokens made for somebody else are taken too; add a condition on the OIDC provider's :aud"


def _own_role(associations: Mapping[str, Properties]) -> Iterator[tuple[str, Finding]]:
    owners: dict[str, str] = {}
    for urn, association in sorted(associations.items()):
        role = read(association, "roleArn")
        if isinstance(role, Unknown):
            yield urn, role
            continue
        who = f"{read(association, 'namespace')}/{read(association, 'serviceAccount')}"
        first = owners.setdefault(str(role), who)
        if first != who:
            yield urn, f"{who} has the role of {first}, each may what either needs; make a role for each"


def _account(association: Properties) -> Iterator[Finding]:
    account = read(association, "serviceAccount", default="")
    if isinstance(account, Unknown):
        yield account
    elif account == "default":
        yield (
            "every pod that names no service account gets this role; "
            "make a service account for the pods that need it and name it in serviceAccount"
        )


def _node_policies(resources: Sequence[Resource], policies: NodePolicies) -> Iterator[tuple[str, Finding]]:
    found = by_type(resources)
    for role in found.get(_ROLE, []):
        trusted = [
            finding
            for finding in statements(read(role.inputs, "assumeRolePolicy"), "assumeRolePolicy", _trusted)
            if isinstance(finding, Unknown) or finding == _EC2
        ]
        yield from ((role.urn, each) for each in trusted if isinstance(each, Unknown))
        if _EC2 in trusted:
            for attachment in parts_of(role, found.get(_ATTACHMENT, []), "role"):
                policy = read(attachment.inputs, "policyArn")
                if isinstance(policy, Unknown):
                    yield attachment.urn, policy
                elif str(policy).rpartition("/")[2] not in policies.allowed:
                    yield (
                        attachment.urn,
                        f"whoever gets at a node may do what {policy} allows; give it to pods, by Pod Identity",
                    )


def _trusted(statement: Properties) -> Iterator[Finding]:
    names, unknown = principals(statement)
    yield from names
    yield from unknown


RULES: Final = (
    ResourceRule(
        name="pod-identity-trust",
        why="A role of pods that others may take, or pods of other clusters, is no longer the identity of one caller.",
        types=(_ROLE,),
        check=_pod_trust,
        references=("CIS Amazon EKS Benchmark 1.8.0: 5.2.1", "AWS EKS User Guide: EKS Pod Identity, role trust policy"),
    ),
    ResourceRule(
        name="irsa-trust",
        why="A trust policy that does not name the service account gives the role to every pod of the cluster.",
        types=(_ROLE,),
        check=_irsa_trust,
        references=("CIS Amazon EKS Benchmark 1.8.0: 5.2.1", "AWS EKS User Guide: IAM roles for service accounts"),
    ),
    StackRule(
        name="pod-identity-own-role",
        why="Two service accounts with one role have each other's permissions, and no record says which of them acted.",
        types=(_ASSOCIATION,),
        check=_own_role,
        references=("CIS Amazon EKS Benchmark 1.8.0: 5.2.1",),
    ),
    ResourceRule(
        name="pod-identity-account",
        why="What the default service account may do, every pod of the namespace may that was given no other.",
        types=(_ASSOCIATION,),
        check=_account,
        references=("CIS Amazon EKS Benchmark 1.8.0: 4.1.5, 5.2.1",),
    ),
    GraphRule(
        name="node-role-policies",
        why="Whatever the node's role may do is one escaped container away from everybody.",
        types=(_ATTACHMENT, _ROLE),
        check=_node_policies,
        parameters=NodePolicies(),
        references=("CIS Amazon EKS Benchmark 1.8.0: 5.1.3, 5.2.1",),
    ),
)
