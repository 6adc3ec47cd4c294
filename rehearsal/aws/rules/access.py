"""Rules of who may enter a cluster, and with which add-ons it runs."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from rehearsal.aws.facts import Facts
from rehearsal.aws.rules.values import known, texts
from rehearsal.providers.standin import Failure

_CLUSTER: Final = "aws:eks/cluster:Cluster"
_ACCESS_ENTRY: Final = "aws:eks/accessEntry:AccessEntry"
_ACCESS_POLICY_ASSOCIATION: Final = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
_NODE_TYPES: Final = ("EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "HYPERPOD_LINUX")
_TYPES: Final = ("STANDARD", "EC2", *_NODE_TYPES)
_RESERVED_USERS: Final = ("system:", "eks:", "aws:", "amazon:", "iam:")


def authentication(inputs: Mapping[str, Any], facts: Facts) -> Iterator[Failure]:
    """Access entries need a cluster that authenticates by the API.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/setting-up-access-entries.html
    """
    name = known(inputs, "clusterName")
    for cluster in facts.existing(_CLUSTER):
        # Without an accessConfig AWS's mode is CONFIG_MAP.
        mode = known(cluster.inputs, "accessConfig.authenticationMode") or "CONFIG_MAP"
        if cluster.identifier == name and mode == "CONFIG_MAP":
            yield Failure(
                "clusterName",
                f"eks CreateAccessEntry refused: InvalidRequestException: the cluster's authentication mode is {mode}; "
                f"it must be API or API_AND_CONFIG_MAP",
            )


def entry_exists(inputs: Mapping[str, Any], facts: Facts) -> Iterator[Failure]:
    """An access policy is associated with a principal that has an access entry.

    Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_AssociateAccessPolicy.html
    """
    wanted = (known(inputs, "clusterName"), known(inputs, "principalArn"))
    entries = {(entry.inputs["clusterName"], entry.inputs["principalArn"]) for entry in facts.existing(_ACCESS_ENTRY)}
    if None not in wanted and wanted not in entries:
        yield Failure(
            "principalArn",
            f"eks AssociateAccessPolicy refused: ResourceNotFoundException: cluster {wanted[0]} has no access entry "
            f"for {wanted[1]}",
        )


def access_policy(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """An access policy is one of EKS's own, not an IAM policy.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
    """
    arn = known(inputs, "policyArn")
    if isinstance(arn, str) and ":eks::aws:cluster-access-policy/" not in arn:
        yield Failure(
            "policyArn",
            f"eks AssociateAccessPolicy: {arn} is no arn:aws:eks::aws:cluster-access-policy/<name>",
        )


def access_scope(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """A scope of namespaces names them, a scope of the cluster does not.

    Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_AccessScope.html
    """
    scope = known(inputs, "accessScope.type")
    given = "namespaces" in (known(inputs, "accessScope") or {})
    if scope == "namespace" and not given:
        yield Failure(
            "accessScope.namespaces", "eks AssociateAccessPolicy: a scope of type namespace names its namespaces"
        )
    if scope == "cluster" and known(inputs, "accessScope.namespaces"):
        yield Failure(
            "accessScope.namespaces", "eks AssociateAccessPolicy: a scope of type cluster takes no namespaces"
        )


def entry_type(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """An access entry is for people and programs, or for one kind of node, which has its groups from EKS.

    Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAccessEntry.html
    """
    kind = known(inputs, "type")
    if isinstance(kind, str) and kind not in _TYPES:
        yield Failure("type", f"eks CreateAccessEntry: type has no value {kind!r}: the values are {', '.join(_TYPES)}")
    if kind in _NODE_TYPES and known(inputs, "kubernetesGroups"):
        yield Failure("kubernetesGroups", f"eks CreateAccessEntry refused: an entry of type {kind} takes no groups")


def entry_names(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """The names of Kubernetes's own users and groups cannot be given to an access entry.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html
    """
    for place, group in texts(inputs, "kubernetesGroups"):
        if group.startswith("system:"):
            yield Failure(
                place,
                f"eks CreateAccessEntry refused: InvalidParameterException: The kubernetes group name {group} is "
                f"invalid, it cannot start with system:",
            )
    user = known(inputs, "userName")
    if isinstance(user, str) and user.startswith(_RESERVED_USERS):
        yield Failure(
            "userName", f"eks CreateAccessEntry refused: a user name cannot start with {', '.join(_RESERVED_USERS)}"
        )


def addon_values(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """An add-on's configuration is a mapping in JSON or YAML.

    Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAddon.html
    """
    values = known(inputs, "configurationValues")
    if not isinstance(values, str):
        return
    try:
        read = yaml.safe_load(values)
    except yaml.YAMLError as error:
        read = f"{error}".replace("\n", " ")
    if not isinstance(read, Mapping):
        yield Failure(
            "configurationValues",
            f"eks CreateAddon refused: InvalidParameterException: ConfigurationValue is not in valid JSON or YAML "
            f"format: {read}",
        )


OF_INPUTS: Final = {
    _ACCESS_ENTRY: (entry_type, entry_names),
    _ACCESS_POLICY_ASSOCIATION: (access_policy, access_scope),
    "aws:eks/addon:Addon": (addon_values,),
}
OF_STATE: Final = {
    _ACCESS_ENTRY: (authentication,),
    _ACCESS_POLICY_ASSOCIATION: (entry_exists,),
}
