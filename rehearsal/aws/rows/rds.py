"""RDS: instances and the subnets they may stand in."""

from typing import Final

from rehearsal.aws.table import AutomaticName, Call, Row

_INSTANCE: Final = {"DBInstanceIdentifier": "{identifier}"}
_GROUP: Final = {"DBSubnetGroupName": "{id}"}

# What ModifyDBInstance takes as it is.
_CHANGED: Final = (
    "allocatedStorage",
    "autoMinorVersionUpgrade",
    "backupRetentionPeriod",
    "backupWindow",
    "caCertIdentifier",
    "copyTagsToSnapshot",
    "deletionProtection",
    "engineVersion",
    "instanceClass",
    "maintenanceWindow",
    "maxAllocatedStorage",
    "multiAz",
    "performanceInsightsEnabled",
    "performanceInsightsRetentionPeriod",
    "publiclyAccessible",
    "vpcSecurityGroupIds",
)
_CALLED: Final = {
    "backupWindow": "PreferredBackupWindow",
    "instanceClass": "DBInstanceClass",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "caCertIdentifier": "CACertificateIdentifier",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
}
_MEMBERS: Final = {
    **_CALLED,
    "customerOwnedIpEnabled": "EnableCustomerOwnedIp",
    "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "parameterGroupName": "DBParameterGroupName",
    "identifier": "DBInstanceIdentifier",
    "dbName": "DBName",
    "username": "MasterUsername",
    "performanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
}
_NOT_REHEARSED: Final = {
    "password": "it would be in the state: use manageMasterUserPassword",
    "passwordWo": "use manageMasterUserPassword",
    "replicateSourceDb": "no table says what AWS makes of a replica",
    "snapshotIdentifier": "no table says what AWS makes of a restored instance",
    "restoreToPointInTime": "no table says what AWS makes of a restored instance",
    "replicaMode": "no table says what AWS makes of a replica",
    "passwordWoVersion": "use manageMasterUserPassword",
    "s3Import": "no table says what AWS makes of an import",
    "upgradeStorageConfig": "no table says what AWS makes of a replica",
    "warningEventCategories": "the provider's newest, of which the definitions know nothing",
    "blueGreenUpdate": "no table says what AWS makes of two instances in turn",
}

INSTANCE: Final = Row(
    type="aws:rds/instance:Instance",
    service="rds",
    create=Call(operation="CreateDBInstance", members=_MEMBERS),
    identifier="DBInstance.DbiResourceId",
    answer="DBInstance",
    reads=(Call(named="now", operation="DescribeDBInstances", fixed=_INSTANCE),),
    updates=(
        Call(operation="ModifyDBInstance", takes=_CHANGED, members=_CALLED, fixed=_INSTANCE),
        Call(
            operation="AddTagsToResource",
            takes=("tags",),
            fixed={"ResourceName": "=now.DBInstances[0].DBInstanceArn"},
        ),
    ),
    attributes={
        "arn": "=now.DBInstances[0].DBInstanceArn",
        "address": "=now.DBInstances[0].Endpoint.Address",
        "endpoint": "=join(':', [now.DBInstances[0].Endpoint.Address, to_string(now.DBInstances[0].Endpoint.Port)])",
        "port": "=now.DBInstances[0].Endpoint.Port",
        "resourceId": "=now.DBInstances[0].DbiResourceId",
        "masterUserSecrets": "=[{secretArn: now.DBInstances[0].MasterUserSecret.SecretArn, "
        "kmsKeyId: now.DBInstances[0].MasterUserSecret.KmsKeyId, secretStatus: 'active'}]",
    },
    delete=(
        Call(
            operation="DeleteDBInstance",
            takes=("skipFinalSnapshot", "deleteAutomatedBackups"),
            members={},
            fixed=_INSTANCE,
            only={"skipFinalSnapshot": True},
        ),
        Call(
            operation="DeleteDBInstance",
            takes=("skipFinalSnapshot", "finalSnapshotIdentifier", "deleteAutomatedBackups"),
            members={"finalSnapshotIdentifier": "FinalDBSnapshotIdentifier"},
            fixed=_INSTANCE,
            unless={"skipFinalSnapshot": True},
        ),
    ),
    own={
        "allowMajorVersionUpgrade": "the provider's own: it is of updates only",
        "identifierPrefix": "the provider's own: it becomes the beginning of the identifier",
        "applyImmediately": "the provider's own: it is of updates only",
        "deleteAutomatedBackups": "the provider's own: it is of the deletion only",
        "finalSnapshotIdentifier": "the provider's own: it is of the deletion only",
        "skipFinalSnapshot": "the provider's own: it is of the deletion only",
    },
    not_rehearsed=_NOT_REHEARSED,
    immutable=(
        "availabilityZone",
        "dbName",
        "dbSubnetGroupName",
        "engine",
        "identifier",
        "identifierPrefix",
        "kmsKeyId",
        "performanceInsightsKmsKeyId",
        "storageEncrypted",
        "username",
    ),
    name=AutomaticName(property="identifier", lowercase=True),
    references={"kmsKeyId": "key", "performanceInsightsKmsKeyId": "key", "vpcSecurityGroupIds": "security group"},
)

SUBNET_GROUP: Final = Row(
    type="aws:rds/subnetGroup:SubnetGroup",
    service="rds",
    create=Call(
        operation="CreateDBSubnetGroup",
        members={"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription"},
        # pulumi-aws gives this text when the program gives none.
        fixed={"DBSubnetGroupDescription": "Managed by Pulumi"},
    ),
    identifier="{name}",
    updates=(
        Call(
            operation="ModifyDBSubnetGroup",
            takes=("subnetIds", "description"),
            members={"description": "DBSubnetGroupDescription"},
            fixed=_GROUP,
        ),
    ),
    attributes={
        "arn": "arn:{partition}:rds:{region}:{account}:subgrp:{name}",
        "description": "Managed by Pulumi",
        "vpcId": "=create.DBSubnetGroup.VpcId",
    },
    delete=(Call(operation="DeleteDBSubnetGroup", fixed=_GROUP),),
    immutable=("name", "namePrefix"),
    name=AutomaticName(lowercase=True),
    references={"subnetIds": "subnet"},
)

ROWS: Final = (INSTANCE, SUBNET_GROUP)
