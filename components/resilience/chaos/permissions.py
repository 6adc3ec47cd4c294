"""What Chaos Mesh may do: see the cluster, and change nothing but its own where experiments may be."""

from typing import Final

import pulumi_kubernetes as kubernetes

_GROUP: Final = "chaos-mesh.org"
_READ: Final = ("get", "list", "watch")


def in_the_cluster() -> list[kubernetes.rbac.v1.PolicyRuleArgs]:
    """Return what its caches and its webhooks need everywhere. The chart's own role writes every Secret there is."""
    return [
        _rule("", ["namespaces", "nodes", "pods"], _READ),
        # Its metrics count experiments of all kinds.
        _rule(_GROUP, ["*"], _READ),
        # Whoever makes an experiment must be allowed to where it happens.
        _rule("authorization.k8s.io", ["subjectaccessreviews"], ["create"]),
    ]


def at_home() -> list[kubernetes.rbac.v1.PolicyRuleArgs]:
    """Return what it needs in its own namespace: to agree on a leader, and to find the agent on a node."""
    return [
        _rule("coordination.k8s.io", ["leases"], [*_READ, "create", "update", "patch"]),
        _rule("discovery.k8s.io", ["endpointslices"], _READ),
        _rule("", ["events"], ["create", "patch"]),
    ]


def where_it_happens() -> list[kubernetes.rbac.v1.PolicyRuleArgs]:
    """Return what it needs in a namespace where experiments may be."""
    return [
        _rule("", ["pods"], ["update", "patch", "delete"]),
        _rule("", ["events"], ["create", "patch"]),
        # Of all kinds: its webhook asks for the right to make a `schedule`, which is no resource's name.
        _rule(_GROUP, ["*"], [*_READ, "create", "update", "patch", "delete"]),
    ]


def _rule(group: str, resources: list[str], verbs: list[str] | tuple[str, ...]) -> kubernetes.rbac.v1.PolicyRuleArgs:
    return kubernetes.rbac.v1.PolicyRuleArgs(api_groups=[group], resources=resources, verbs=[*verbs])
