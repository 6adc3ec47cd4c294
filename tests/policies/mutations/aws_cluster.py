"""What a careless change does to the cluster and its nodes, and which rule must object."""

import base64
from collections.abc import Callable
from typing import Any, Final

from tests.policies.mutations.mutation import REMOVED, Mutation

_CLUSTER: Final = "aws:eks/cluster:Cluster"
_NODES: Final = "aws:eks/nodeGroup:NodeGroup"
_TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"
_ADDON: Final = "aws:eks/addon:Addon"
_ENTRY: Final = "aws:eks/accessEntry:AccessEntry"
_ASSOCIATION: Final = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
_POD: Final = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
_ROLE: Final = "aws:iam/role:Role"
_ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
_LOGS: Final = "aws:cloudwatch/logGroup:LogGroup"
_SCANNING: Final = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"


def _told(text: str) -> Callable[[Any], str]:
    """Return what adds a line to user data."""

    def add(old: Any) -> str:
        return base64.b64encode(base64.b64decode(old or "") + f"\n{text}\n".encode()).decode()

    return add


MUTATIONS: Final[tuple[Mutation, ...]] = (
    Mutation("a public endpoint", _CLUSTER, "vpcConfig.endpointPublicAccess", True, "eks-endpoint"),
    Mutation("the endpoint as AWS has it", _CLUSTER, "vpcConfig.endpointPublicAccess", REMOVED, "eks-endpoint"),
    Mutation("no private endpoint", _CLUSTER, "vpcConfig.endpointPrivateAccess", False, "eks-private-endpoint"),
    Mutation("no network at all", _CLUSTER, "vpcConfig", REMOVED, "eks-private-endpoint"),
    Mutation("Secrets in the clear", _CLUSTER, "encryptionConfig", REMOVED, "eks-secrets-encryption"),
    Mutation("nothing to encrypt", _CLUSTER, "encryptionConfig.resources", [], "eks-secrets-encryption"),
    Mutation("no key", _CLUSTER, "encryptionConfig.provider", REMOVED, "eks-secrets-encryption"),
    Mutation("aws-auth again", _CLUSTER, "accessConfig.authenticationMode", "CONFIG_MAP", "eks-authentication-mode"),
    Mutation(
        "both ways in", _CLUSTER, "accessConfig.authenticationMode", "API_AND_CONFIG_MAP", "eks-authentication-mode"
    ),
    Mutation("nothing said of access", _CLUSTER, "accessConfig", REMOVED, "eks-authentication-mode"),
    Mutation(
        "its creator stays administrator",
        _CLUSTER,
        "accessConfig.bootstrapClusterCreatorAdminPermissions",
        True,
        "eks-authentication-mode",
    ),
    Mutation("no logs", _CLUSTER, "enabledClusterLogTypes", REMOVED, "eks-audit-logs"),
    Mutation("no audit log", _CLUSTER, "enabledClusterLogTypes", ["api", "authenticator"], "eks-audit-logs"),
    Mutation("extended support", _CLUSTER, "upgradePolicy.supportType", "EXTENDED", "eks-upgrade-policy"),
    Mutation("support as AWS has it", _CLUSTER, "upgradePolicy", REMOVED, "eks-upgrade-policy"),
    Mutation("no protection", _CLUSTER, "deletionProtection", False, "eks-deletion-protection"),
    Mutation("no zonal shift", _CLUSTER, "zonalShiftConfig", REMOVED, "eks-zonal-shift"),
    Mutation("a version of long ago", _CLUSTER, "version", "1.28", "eks-supported-version"),
    Mutation("a version without support", _CLUSTER, "version", "1.32", "eks-supported-version"),
    Mutation("whatever version there is", _CLUSTER, "version", REMOVED, "eks-supported-version"),
    Mutation("a control plane ahead by far", _CLUSTER, "version", "1.39", "node-version-skew"),
    Mutation("the group under another name", _LOGS, "name", "/aws/eks/other/cluster", "eks-log-group", "cluster-logs"),
    Mutation("the group is gone", _LOGS, "", REMOVED, "eks-log-group", "cluster-logs"),
    Mutation("an add-on at any version", _ADDON, "addonVersion", REMOVED, "addon-version-pinned"),
    Mutation("the template's latest", _NODES, "launchTemplate.version", "$Latest", "node-template-pinned"),
    Mutation("the template's default", _NODES, "launchTemplate.version", "$Default", "node-template-pinned"),
    Mutation("nodes ahead", _NODES, "version", "1.37", "node-version-skew"),
    Mutation("nodes far behind", _NODES, "version", "1.33", "node-version-skew"),
    Mutation(
        "a whole account lets itself in",
        _ENTRY,
        "principalArn",
        "arn:aws:iam::111122223333:root",
        "access-entry-principal",
    ),
    Mutation(
        "a user lets himself in", _ENTRY, "principalArn", "arn:aws:iam::111122223333:user/jo", "access-entry-principal"
    ),
    Mutation(
        "every role is let in",
        _ASSOCIATION,
        "principalArn",
        "arn:aws:iam::111122223333:role/*",
        "access-entry-principal",
    ),
    Mutation("Kubernetes' own group", _ENTRY, "kubernetesGroups", ["system:masters"], "access-entry-groups"),
    Mutation("IMDSv1", _TEMPLATE, "metadataOptions.httpTokens", "optional", "imds-v2"),
    Mutation("the metadata service as EC2 has it", _TEMPLATE, "metadataOptions", REMOVED, "imds-v2"),
    Mutation("pods reach the metadata service", _TEMPLATE, "metadataOptions.httpPutResponseHopLimit", 2, "imds-v2"),
    Mutation("a disk in the clear", _TEMPLATE, "blockDeviceMappings.*.ebs.encrypted", "false", "encrypted-volumes"),
    Mutation("a disk as EC2 has it", _TEMPLATE, "blockDeviceMappings.*.ebs.encrypted", REMOVED, "encrypted-volumes"),
    Mutation("no disks", _TEMPLATE, "blockDeviceMappings", REMOVED, "encrypted-volumes"),
    Mutation("a key to log in", _TEMPLATE, "keyName", "admin", "node-group-private"),
    Mutation("remote access", _NODES, "remoteAccess", {"ec2SshKey": "admin"}, "node-group-private"),
    Mutation(
        "public addresses",
        _TEMPLATE,
        "networkInterfaces",
        [{"associatePublicIpAddress": "true"}],
        "node-group-private",
    ),
    Mutation("an image of old", _NODES, "amiType", "AL2_x86_64", "node-ami"),
    Mutation("an image of one's own", _NODES, "amiType", "CUSTOM", "node-ami"),
    Mutation("an image as EKS has it", _NODES, "amiType", REMOVED, "node-ami"),
    Mutation("all nodes at once", _NODES, "updateConfig.maxUnavailablePercentage", 100, "node-rollout"),
    Mutation("no repair", _NODES, "nodeRepairConfig", REMOVED, "node-repair"),
    Mutation("no room to grow", _NODES, "scalingConfig.maxSize", 0, "node-group-scaling"),
    Mutation("spot for everything", _NODES, "capacityType", "SPOT", "spot-tainted", "nodes-general"),
    Mutation("spot for anybody", _NODES, "taints", [], "spot-tainted", "nodes-spot"),
    Mutation("GPUs for anybody", _NODES, "taints", [], "gpu-tainted", "nodes-gpu"),
    Mutation("nothing that stays", _NODES, "scalingConfig.minSize", 0, "on-demand-nodes", "nodes-general"),
    Mutation("only spot", _NODES, "capacityType", "SPOT", "on-demand-nodes", "nodes-general"),
    Mutation("nodes in public subnets", _NODES, "subnetIds.*", "<network-public-a.id>", "node-private-subnets"),
    Mutation(
        "a control plane in public subnets",
        _CLUSTER,
        "vpcConfig.subnetIds.*",
        "<network-public-b.id>",
        "node-private-subnets",
    ),
    Mutation("a kubelet for anybody", _TEMPLATE, "userData", _told("--anonymous-auth=true"), "kubelet-settings"),
    Mutation(
        "a kubelet that allows all", _TEMPLATE, "userData", _told("authorization-mode: AlwaysAllow"), "kubelet-settings"
    ),
    Mutation("a kubelet that shows all", _TEMPLATE, "userData", _told("readOnlyPort: 10255"), "kubelet-settings"),
    Mutation("a certificate for ever", _TEMPLATE, "userData", _told("rotateCertificates: false"), "kubelet-settings"),
    Mutation(
        "a root shell on each node",
        _TEMPLATE,
        "userData",
        base64.b64encode(b"[settings.host-containers.admin]\nenabled = true\n").decode(),
        "node-admin-container",
    ),
    Mutation("a key in the user data", _TEMPLATE, "userData", _told("AKIAIOSFODNN7EXAMPLE"), "user-data-secrets"),
    Mutation(
        "a password in the user data", _TEMPLATE, "userData", _told("password=hunter22hunter22"), "user-data-secrets"
    ),
    Mutation(
        "a role for pods of any cluster",
        _ROLE,
        "assumeRolePolicy",
        '{"Statement": [{"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, '
        '"Action": "sts:AssumeRole"}]}',
        "pod-identity-trust",
    ),
    Mutation(
        "a role for pods and instances",
        _ROLE,
        "assumeRolePolicy",
        '{"Statement": [{"Effect": "Allow", "Principal": {"Service": ["pods.eks.amazonaws.com", "ec2.amazonaws.com"]}, '
        '"Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}]}',
        "pod-identity-trust",
    ),
    Mutation(
        "a role for every service account",
        _ROLE,
        "assumeRolePolicy",
        '{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": '
        '"arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/X"}, "Condition": '
        '{"StringLike": {"oidc.eks.eu-central-1.amazonaws.com/id/X:sub": "system:serviceaccount:*"}}}]}',
        "irsa-trust",
    ),
    Mutation("one role for several", _POD, "roleArn", "<cilium-operator.arn>", "pod-identity-own-role", "[!c]*"),
    Mutation("a role for the default account", _POD, "serviceAccount", "default", "pod-identity-account"),
    Mutation(
        "a node that may do all with S3",
        _ATTACHMENT,
        "policyArn",
        "arn:aws:iam::aws:policy/AmazonS3FullAccess",
        "node-role-policies",
        "nodes-*",
    ),
    Mutation("scanning on demand", _SCANNING, "rules.*.scanFrequency", "MANUAL", "ecr-scan"),
    Mutation("no scanning", _SCANNING, "rules", [], "ecr-scan"),
    Mutation("some repositories", _SCANNING, "rules.*.repositoryFilters.*.filter", "team-*", "ecr-scan-everything"),
    Mutation("GuardDuty is off", "aws:guardduty/detector:Detector", "enable", False, "guardduty-detector"),
    Mutation(
        "GuardDuty without the audit log",
        "aws:guardduty/detectorFeature:DetectorFeature",
        "status",
        "DISABLED",
        "guardduty-eks",
        "*audit-logs",
    ),
)
