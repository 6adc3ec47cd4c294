"""Rows for the rules about the control plane's flags, versions, logs and who may enter."""

from typing import Any, Final

from tests.policies.rows.making import NOTHING, entry, four
from tests.policies.rows.row import UNKNOWN, UNKNOWN_LIST, Row

_CLUSTER: Final = "aws:eks/cluster:Cluster"
_NODES: Final = "aws:eks/nodeGroup:NodeGroup"
_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
_ENTRY: Final = "aws:eks/accessEntry:AccessEntry"
_ASSOCIATION: Final = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
_ROLE: Final = "arn:aws:iam::111122223333:role/admin"
_POLICY: Final = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


def _pair(cluster: dict[str, Any], other: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [entry(_CLUSTER, "cluster", cluster), entry(kind, "other", other)]


def _versions(nodes: Any, cluster: Any = "1.36") -> list[dict[str, Any]]:
    given = {"clusterName": "c"} if nodes is None else {"clusterName": "c", "version": nodes}
    return _pair({"name": "c", "version": cluster}, given, _NODES)


def _administrators(count: int, **more: Any) -> list[dict[str, Any]]:
    given = {"clusterName": "c", "policyArn": _POLICY, "accessScope": {"type": "cluster"}, **more}
    return [entry(_ASSOCIATION, f"a{number}", given) for number in range(count)]


def _logs(name: Any) -> list[dict[str, Any]]:
    return _pair({"name": "c", "enabledClusterLogTypes": ["audit"]}, {"name": name}, _GROUP)


ROWS: Final = (
    *four("eks-private-endpoint", "vpcConfig.endpointPrivateAccess", True, False, fault="no address inside"),
    *four("eks-upgrade-policy", "upgradePolicy.supportType", "STANDARD", "EXTENDED", fault="extended support"),
    *four("eks-deletion-protection", "deletionProtection", True, False, fault="one call deletes"),
    *four("eks-zonal-shift", "zonalShiftConfig.enabled", True, False, fault="cannot be shifted"),
    *four("eks-supported-version", "version", "1.36", "1.32", fault="left it on 2026-03-23", absent="default"),
    Row("eks-supported-version", "good", "a minor newer than the table", {"version": "1.39"}),
    Row("eks-supported-version", "bad", "older than the table", {"version": "1.27"}, ["no standard support any more"]),
    Row(
        "eks-supported-version",
        "bad",
        "too near its end for this environment",
        {"version": "1.36"},
        ["leaves standard support on 2027-08-02"],
        parameters={"days_left": 36500},
    ),
    *four("addon-version-pinned", "addonVersion", "v1.4.0-eksbuild.2", "", fault="EKS's to choose"),
    *four("node-template-pinned", "launchTemplate.version", "3", "$Latest", fault="($Latest)", absent=NOTHING),
    Row("node-version-skew", "good", "as the control plane", _versions("1.36")),
    Row("node-version-skew", "good", "one behind, as during an upgrade", _versions("1.35")),
    Row("node-version-skew", "good", "a cluster that is not in the stack", [entry(_NODES, "n", {"version": "1.20"})]),
    Row("node-version-skew", "bad", "two behind", _versions("1.34"), ["2 minors behind"]),
    Row("node-version-skew", "bad", "ahead", _versions("1.37"), ["ahead of their API server of 1.36"]),
    Row("node-version-skew", "bad", "more than Kubernetes has", _versions("1.32"), ["4"], parameters={"minors": 9}),
    Row("node-version-skew", "absent", "then it is the cluster's", _versions(None)),
    Row("node-version-skew", "unknown", "the nodes'", _versions(UNKNOWN), unknown=["version"]),
    Row("node-version-skew", "unknown", "the cluster's", _versions("1.36", UNKNOWN), unknown=["version"]),
    Row("eks-log-group", "good", "a group with its name", _logs("/aws/eks/c/cluster")),
    Row("eks-log-group", "good", "nothing is recorded", [entry(_CLUSTER, "cluster", {"name": "c"})]),
    Row("eks-log-group", "bad", "a group of another cluster", _logs("/aws/eks/d/cluster"), ["/aws/eks/c/cluster"]),
    Row(
        "eks-log-group",
        "absent",
        "no group",
        [entry(_CLUSTER, "cluster", {"name": "c", "enabledClusterLogTypes": ["api"]})],
        ["EKS makes the log group"],
    ),
    Row("eks-log-group", "unknown", "the group's name", _logs(UNKNOWN), unknown=["name"]),
    Row(
        "eks-log-group",
        "unknown",
        "the cluster's name",
        _pair({"name": UNKNOWN, "enabledClusterLogTypes": ["audit"]}, {"name": "x"}, _GROUP),
        unknown=["name"],
    ),
    *four(
        "access-entry-principal",
        "principalArn",
        _ROLE,
        "arn:aws:iam::111122223333:root",
        fault="a whole account",
        absent=NOTHING,
    ),
    Row(
        "access-entry-principal",
        "good",
        "a policy for a role",
        {"principalArn": _ROLE},
        type=_ASSOCIATION,
    ),
    Row(
        "access-entry-principal",
        "bad",
        "a policy for a user",
        {"principalArn": "arn:aws:iam::111122223333:user/jo"},
        ["an IAM user"],
        type=_ASSOCIATION,
    ),
    Row("access-entry-principal", "bad", "a pattern", {"principalArn": "arn:aws:iam::1:role/*"}, ["a pattern"]),
    Row(
        "access-entry-principal",
        "bad",
        "a session",
        {"principalArn": "arn:aws:sts::111122223333:assumed-role/admin/jo"},
        ["a session"],
    ),
    Row("access-entry-groups", "good", "a group of RBAC's", {"kubernetesGroups": ["platform:viewer"]}),
    Row("access-entry-groups", "bad", "a system group", {"kubernetesGroups": ["system:masters"]}, ["system:masters"]),
    Row("access-entry-groups", "absent", "no groups", {}),
    Row("access-entry-groups", "unknown", "groups", {"kubernetesGroups": UNKNOWN_LIST}, unknown=["kubernetesGroups"]),
    Row("cluster-administrators", "good", "three", _administrators(3)),
    Row("cluster-administrators", "good", "of a namespace", _administrators(9, accessScope={"type": "namespace"})),
    Row("cluster-administrators", "bad", "one", _administrators(1), ["only 1 principal"]),
    Row("cluster-administrators", "bad", "five", _administrators(5), ["5 principals"]),
    Row("cluster-administrators", "good", "five are allowed", _administrators(5), parameters={"most": 5}),
    Row("cluster-administrators", "absent", "no scope", _administrators(1, accessScope={})),
    Row("cluster-administrators", "unknown", "policy", _administrators(1, policyArn=UNKNOWN), unknown=["policyArn"]),
)
