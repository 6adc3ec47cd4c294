"""EKS: clusters, node groups, who may enter, add-ons, identities of pods."""

import base64
from typing import Final

from rehearsal.aws.table import AutomaticName, Call, Row

# What a program may decode: base64 of a text that says where it comes from.
_CERTIFICATE: Final = base64.b64encode(b"<the cluster's certificate authority, invented by the rehearsal>").decode()
_CLUSTER: Final = {"clusterName": "cluster"}

CLUSTER: Final = Row(
    type="aws:eks/cluster:Cluster",
    service="eks",
    create=Call(
        operation="CreateCluster",
        members={
            "vpcConfig": "resourcesVpcConfig",
            "enabledClusterLogTypes": "logging.clusterLogging[].types",
        },
        implied={"enabledClusterLogTypes": {"logging": {"clusterLogging": [{"enabled": True}]}}},
    ),
    identifier="cluster.name",
    answer="cluster",
    further=(
        Call(
            service="ec2",
            operation="DescribeSubnets",
            named="subnets",
            fixed={"SubnetIds": "=inputs.vpcConfig.subnetIds"},
        ),
        # EKS makes a security group for every cluster; rules of the program may name it.
        Call(
            service="ec2",
            operation="CreateSecurityGroup",
            named="group",
            fixed={
                "GroupName": "eks-cluster-sg-{name}",
                "Description": "EKS created security group applied to the interfaces of the control plane",
                "VpcId": "=subnets.Subnets[0].VpcId",
            },
        ),
    ),
    attributes={
        "identities": "=create.cluster.identity",
        "certificateAuthority": {"data": _CERTIFICATE},
        "vpcConfig": {
            "clusterSecurityGroupId": "=group.GroupId",
            "vpcId": "=subnets.Subnets[0].VpcId",
            "publicAccessCidrs": "=create.cluster.resourcesVpcConfig.publicAccessCidrs",
        },
        # Only a cluster on an Outpost has one.
        "clusterId": "",
    },
    # AWS takes one kind of change in a call: https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateClusterConfig.html
    updates=tuple(
        Call(operation="UpdateClusterConfig", takes=(name,), fixed={"name": "{id}"})
        for name in ("deletionProtection", "upgradePolicy", "zonalShiftConfig", "controlPlaneScalingConfig")
    ),
    delete=(
        Call(operation="DeleteCluster", fixed={"name": "{id}"}),
        Call(
            service="ec2",
            operation="DeleteSecurityGroup",
            fixed={"GroupId": "=inputs.vpcConfig.clusterSecurityGroupId"},
            needs="inputs.vpcConfig.clusterSecurityGroupId",
        ),
    ),
    own={
        "defaultAddonsToRemoves": "the provider's own: it deletes these add-ons after creation",
        "forceUpdateVersion": "the provider's own: it is used when the version changes",
        "vpcConfig.clusterSecurityGroupId": "AWS's answer, not a request",
        "vpcConfig.vpcId": "AWS's answer, not a request",
        "kubernetesNetworkConfig.serviceIpv6Cidr": "AWS's answer, not a request",
    },
    immutable=(
        "name",
        "roleArn",
        "outpostConfig",
        "bootstrapSelfManagedAddons",
        "accessConfig.bootstrapClusterCreatorAdminPermissions",
        "kubernetesNetworkConfig.ipFamily",
        "kubernetesNetworkConfig.serviceIpv4Cidr",
    ),
    name=AutomaticName(),
    references={
        "roleArn": "role",
        "vpcConfig.subnetIds": "subnet",
        "vpcConfig.securityGroupIds": "security group",
        "encryptionConfig.provider.keyArn": "key",
    },
)

NODE_GROUP: Final = Row(
    type="aws:eks/nodeGroup:NodeGroup",
    service="eks",
    create=Call(
        operation="CreateNodegroup",
        members={
            "nodeGroupName": "nodegroupName",
            "nodeRoleArn": "nodeRole",
            "subnetIds": "subnets",
            "remoteAccess.sourceSecurityGroupIds": "sourceSecurityGroups",
        },
    ),
    identifier="{clusterName}:{nodeGroupName}",
    answer="nodegroup",
    reads=(Call(operation="DescribeCluster", named="cluster", fixed={"name": "{clusterName}"}),),
    attributes={
        "arn": "=create.nodegroup.nodegroupArn",
        "version": "=cluster.cluster.version",
        "releaseVersion": "<{logical}.releaseVersion>",
        # The emulator makes these up.
        "diskSize": "=`0`",
        "remoteAccess": "=`null`",
    },
    delete=(
        Call(
            operation="DeleteNodegroup",
            fixed={"clusterName": "{clusterName}", "nodegroupName": "{nodeGroupName}"},
        ),
    ),
    own={
        "forceUpdateVersion": "the provider's own: it is used when the version changes",
        "nodeGroupNamePrefix": "the provider's own: it becomes the beginning of the name",
    },
    immutable=(
        "clusterName",
        "nodeGroupName",
        "nodeGroupNamePrefix",
        "nodeRoleArn",
        "subnetIds",
        "amiType",
        "capacityType",
        "diskSize",
        "instanceTypes",
        "launchTemplate.id",
        "launchTemplate.name",
        "remoteAccess",
    ),
    name=AutomaticName(property="nodeGroupName"),
    references={"nodeRoleArn": "role", "subnetIds": "subnet", "launchTemplate.id": "launch template", **_CLUSTER},
)

ACCESS_ENTRY: Final = Row(
    type="aws:eks/accessEntry:AccessEntry",
    service="eks",
    create=Call(operation="CreateAccessEntry"),
    identifier="{clusterName}:{principalArn}",
    attributes={
        "kubernetesGroups": "=`[]`",
        "accessEntryArn": "arn:{partition}:eks:{region}:{account}:access-entry/{clusterName}/role/{account}/{logical}",
    },
    immutable=("clusterName", "principalArn", "type"),
    # The principal is not looked up: who may enter is mostly made outside the program.
    references=_CLUSTER,
    emulated=False,
)

ACCESS_POLICY_ASSOCIATION: Final = Row(
    type="aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    service="eks",
    create=Call(operation="AssociateAccessPolicy"),
    identifier="{clusterName}#{principalArn}#{policyArn}",
    immutable=("clusterName", "principalArn", "policyArn", "accessScope"),
    references=_CLUSTER,
    emulated=False,
)

ADDON: Final = Row(
    type="aws:eks/addon:Addon",
    service="eks",
    create=Call(
        operation="CreateAddon",
        members={"resolveConflictsOnCreate": "resolveConflicts"},
    ),
    identifier="{clusterName}:{addonName}",
    further=(
        Call(
            operation="UpdateAddon",
            takes=("resolveConflictsOnUpdate",),
            members={"resolveConflictsOnUpdate": "resolveConflicts"},
            fixed={"clusterName": "{clusterName}", "addonName": "{addonName}"},
            emulated=False,
        ),
    ),
    attributes={"arn": "arn:{partition}:eks:{region}:{account}:addon/{clusterName}/{addonName}"},
    own={"preserve": "the provider's own: it keeps the add-on's objects at deletion"},
    immutable=("clusterName", "addonName", "namespaceConfig"),
    references={
        **_CLUSTER,
        "serviceAccountRoleArn": "role",
        "podIdentityAssociations.roleArn": "role",
    },
    emulated=False,
)

POD_IDENTITY_ASSOCIATION: Final = Row(
    type="aws:eks/podIdentityAssociation:PodIdentityAssociation",
    service="eks",
    create=Call(operation="CreatePodIdentityAssociation"),
    identifier="{clusterName},{namespace},{serviceAccount}",
    attributes={
        "associationId": "a-{logical}",
        "associationArn": "arn:{partition}:eks:{region}:{account}:podidentityassociation/{clusterName}/a-{logical}",
    },
    immutable=("clusterName", "namespace", "serviceAccount"),
    references={**_CLUSTER, "roleArn": "role", "targetRoleArn": "role"},
    emulated=False,
)

ROWS: Final = (CLUSTER, NODE_GROUP, ACCESS_ENTRY, ACCESS_POLICY_ASSOCIATION, ADDON, POD_IDENTITY_ASSOCIATION)
