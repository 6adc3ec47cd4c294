"""Rules of who may use what: roles that a service must be able to assume, keys that a service must be able to use."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote

from rehearsal.aws.facts import Facts
from rehearsal.aws.rules.values import known, listed, texts
from rehearsal.providers.standin import Failure, RefusedError

_ASSUME: Final = "sts:AssumeRole"
_AUTOSCALING_ROLE: Final = "AWSServiceRoleForAutoScaling"


def trusted(path: str, operation: str, principal: str, actions: tuple[str, ...] = (_ASSUME,)) -> Any:
    """Return the rule that the role at a path lets a service assume it."""

    def trust(inputs: Mapping[str, Any], facts: Facts) -> Iterator[Failure]:
        """A service can assume the role it is given.

        Sources: https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html,
        https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html,
        https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
        """
        for place, arn in texts(inputs, path):
            document = _trust_policy(arn, facts)
            lacking = [
                action for action in actions if document is not None and not _allows(document, principal, action)
            ]
            if lacking:
                yield Failure(
                    place,
                    f"eks {operation} refused: InvalidParameterException: the trust policy of {arn} does not allow "
                    f"{principal} {' and '.join(lacking)}",
                )

    return trust


def logs_may_use_key(inputs: Mapping[str, Any], facts: Facts) -> Iterator[Failure]:
    """A log group's key lets CloudWatch Logs use it.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    for place, key in texts(inputs, "kmsKeyId"):
        services = {f"logs.{facts.region}.amazonaws.com", "logs.amazonaws.com", "*"}
        if not any(_principals(statement) & services for statement in _key_statements(key, facts)):
            yield Failure(
                place,
                f"logs CreateLogGroup refused: InvalidParameterException: The specified KMS Key Id could not be found: "
                f"the policy of {key} does not allow logs.{facts.region}.amazonaws.com to use it",
            )


def nodes_may_use_key(inputs: Mapping[str, Any], facts: Facts) -> Iterator[Failure]:
    """The key of a node group's disks lets EC2 Auto Scaling's service-linked role use it, or no node starts.

    Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
    """
    template = known(inputs, "launchTemplate")
    if not isinstance(template, Mapping):
        return
    for mapping in facts.template(template).get("BlockDeviceMappings", ()):
        key = mapping.get("Ebs", {}).get("KmsKeyId")
        statements = _key_statements(key, facts) if key else [{"Principal": "*"}]
        who = {name for statement in statements for name in _principals(statement)}
        if "*" not in who and not any(_AUTOSCALING_ROLE in name for name in who):
            yield Failure(
                "launchTemplate",
                f"eks CreateNodegroup: no node would start: the policy of {key}, which encrypts "
                f"{mapping.get('DeviceName')}, does not name the service-linked role {_AUTOSCALING_ROLE}",
            )


def _trust_policy(role: str, facts: Facts) -> Mapping[str, Any] | None:
    try:
        found = facts.ask("iam", "GetRole", {"RoleName": role.rpartition("/")[2]})["Role"]
    except RefusedError:
        return None  # named by the rule on references
    document = found["AssumeRolePolicyDocument"]
    read: Mapping[str, Any] = json.loads(unquote(document)) if isinstance(document, str) else document
    return read


def _allows(document: Mapping[str, Any], principal: str, action: str) -> bool:
    return any(
        statement.get("Effect") == "Allow"
        and _principals(statement) & {principal, "*"}
        and {action, "sts:*", "*"} & set(listed(statement.get("Action")))
        for statement in listed(document.get("Statement"))
    )


def _key_statements(key: str, facts: Facts) -> list[Mapping[str, Any]]:
    try:
        policy = facts.ask("kms", "GetKeyPolicy", {"KeyId": key, "PolicyName": "default"})["Policy"]
    except RefusedError:
        return [{"Principal": "*"}]  # no key of this account
    statements = listed(json.loads(policy).get("Statement"))
    return [statement for statement in statements if statement.get("Effect") == "Allow"]


def _principals(statement: Mapping[str, Any]) -> set[str]:
    principal = statement.get("Principal")
    if isinstance(principal, Mapping):
        return {name for names in principal.values() for name in listed(names)}
    return set(listed(principal))


OF_STATE: Final = {
    "aws:eks/cluster:Cluster": (trusted("roleArn", "CreateCluster", "eks.amazonaws.com"),),
    "aws:eks/nodeGroup:NodeGroup": (
        trusted("nodeRoleArn", "CreateNodegroup", "ec2.amazonaws.com"),
        nodes_may_use_key,
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": (
        trusted("roleArn", "CreatePodIdentityAssociation", "pods.eks.amazonaws.com", (_ASSUME, "sts:TagSession")),
    ),
    "aws:eks/addon:Addon": (
        trusted(
            "podIdentityAssociations.roleArn", "CreateAddon", "pods.eks.amazonaws.com", (_ASSUME, "sts:TagSession")
        ),
    ),
    "aws:cloudwatch/logGroup:LogGroup": (logs_may_use_key,),
}
