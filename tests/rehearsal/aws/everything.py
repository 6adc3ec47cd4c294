"""A resource of every type that the tables know, as a program would ask for it."""

import json

from tests.rehearsal.aws.inputs import (
    ACCESS_ENTRY,
    ACCESS_POLICY,
    ADDON,
    ADMIN,
    ENDPOINT,
    KEY,
    LOG_GROUP,
    RULE,
)
from tests.rehearsal.aws.world import REGION, World, policy

ELSEWHERE = "eu-west-1"

EGRESS = "vpc/securityGroupEgressRule:SecurityGroupEgressRule"


def _rest_of_ec2(world: World) -> None:
    vpc = world.identifier("vpc")
    private = world.identifier("private")
    group = world.identifier("group")
    world.make(ENDPOINT, "s3", vpcId=vpc, serviceName=f"com.amazonaws.{REGION}.s3", routeTableIds=[private])
    world.make(
        ENDPOINT,
        "sts",
        vpcId=vpc,
        serviceName=f"com.amazonaws.{REGION}.sts",
        vpcEndpointType="Interface",
        subnetIds=world.subnets,
        securityGroupIds=[group],
        privateDnsEnabled=True,
    )
    world.make(RULE, "in", securityGroupId=group, ipProtocol="tcp", fromPort=443, toPort=443, cidrIpv4="10.0.0.0/16")
    world.make(EGRESS, "out-rule", securityGroupId=group, ipProtocol="-1", cidrIpv4="0.0.0.0/0")
    world.make("ec2/defaultSecurityGroup:DefaultSecurityGroup", "default", vpcId=vpc, tags={"use": "none"})
    inline = [{"protocol": "tcp", "fromPort": 80, "toPort": 80, "cidrBlocks": ["10.0.0.0/16", "10.1.0.0/16"]}]
    world.make("ec2/securityGroup:SecurityGroup", "inline", vpcId=vpc, ingress=inline)
    world.make("ec2/placementGroup:PlacementGroup", "close", strategy="cluster")
    world.make(
        "ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions", "shut", internetGatewayBlockMode="block-ingress"
    )
    transit = "tgw-0123456789abcdef0"
    world.make(
        "ec2transitgateway/vpcAttachment:VpcAttachment",
        "hub",
        vpcId=vpc,
        subnetIds=world.subnets,
        transitGatewayId=transit,
    )


def _rest_of_iam(world: World) -> None:
    read = policy({"Action": ["s3:GetObject"], "Resource": "*"})
    managed = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
    world.make("iam/rolePolicy:RolePolicy", "inline-policy", role="platform", policy=read)
    world.make("iam/policy:Policy", "policy", policy=read)
    world.make("iam/rolePolicyAttachment:RolePolicyAttachment", "attached", role="platform", policyArn=managed)
    world.make("iam/instanceProfile:InstanceProfile", "profile", role="platform")
    url = world.outputs("cluster")["identities"][0]["oidcs"][0]["issuer"]
    world.make("iam/openIdConnectProvider:OpenIdConnectProvider", "oidc", url=url, clientIdLists=["sts.amazonaws.com"])


def _rest_of_eks(world: World) -> None:
    entry = {"clusterName": "platform", "principalArn": world.role}
    world.make(ACCESS_ENTRY, "entry", **entry)
    world.make(ACCESS_POLICY, "entry-policy", **entry, policyArn=ADMIN, accessScope={"type": "cluster"})
    world.make(ADDON, "cni", clusterName="platform", addonName="vpc-cni", resolveConflictsOnUpdate="PRESERVE")
    identity = {"clusterName": "platform", "namespace": "kube-system", "serviceAccount": "dns"}
    world.make("eks/podIdentityAssociation:PodIdentityAssociation", "identity", **identity, roleArn=world.role)


def _keys_and_logs(world: World) -> None:
    statements = (
        {"Principal": {"AWS": f"arn:aws:iam::{world.account}:root"}, "Action": "kms:*", "Resource": "*"},
        {"Principal": {"Service": f"logs.{REGION}.amazonaws.com"}, "Action": "kms:Encrypt*", "Resource": "*"},
    )
    key = world.make(KEY, "logs-key", policy=policy(*statements), deletionWindowInDays=7)
    world.make("kms/alias:Alias", "alias", targetKeyId=key)
    arn = world.outputs("logs-key")["arn"]
    world.make(LOG_GROUP, "logs", name="/platform/flow", retentionInDays=30, kmsKeyId=arn)
    destination = {"logDestination": world.outputs("logs")["arn"], "iamRoleArn": world.role}
    world.make("ec2/flowLog:FlowLog", "flow", vpcId=world.identifier("vpc"), trafficType="REJECT", **destination)


def _storage(world: World) -> None:
    bucket = world.make("s3/bucket:Bucket", "state", tags={"holds": "state"})
    world.make(
        "s3/bucketVersioning:BucketVersioning", "v", bucket=bucket, versioningConfiguration={"status": "Enabled"}
    )
    default = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": world.outputs("key")["arn"]}
    rules = [{"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": True}]
    token = "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"  # noqa: S105 - a type
    world.make(token, "sse", bucket=bucket, rules=rules)
    world.make("s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "block", bucket=bucket, blockPublicAcls=True)
    owner = {"objectOwnership": "BucketOwnerEnforced"}
    world.make("s3/bucketOwnershipControls:BucketOwnershipControls", "owner", bucket=bucket, rule=owner)
    statement = {"Principal": {"AWS": world.role}, "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    world.make("s3/bucketPolicy:BucketPolicy", "bucket-policy", bucket=bucket, policy=policy(statement))
    expiry = {"id": "old", "status": "Enabled", "filter": {"prefix": ""}, "expiration": {"days": 30}}
    world.make("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "expiry", bucket=bucket, rules=[expiry])
    _locked_and_secret(world)
    queue = world.make("sqs/queue:Queue", "interruptions", messageRetentionSeconds=300, sqsManagedSseEnabled=True)
    arn = world.outputs("interruptions")["arn"]
    statement = {"Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn}
    world.make("sqs/queuePolicy:QueuePolicy", "interruptions-policy", queueUrl=queue, policy=policy(statement))
    pattern = json.dumps({"source": ["aws.ec2"]})
    rule = world.make("cloudwatch/eventRule:EventRule", "spot", eventPattern=pattern)
    world.make("cloudwatch/eventTarget:EventTarget", "spot-target", rule=rule, arn=arn, targetId="queue")
    world.make("sqs/queue:Queue", "ordered", fifoQueue=True)


def _locked_and_secret(world: World) -> None:
    bucket = world.make("s3/bucket:Bucket", "snapshots", objectLockEnabled=True)
    token = "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"  # noqa: S105 - a type
    world.make(token, "lock", bucket=bucket, rule={"defaultRetention": {"mode": "GOVERNANCE", "days": 30}})
    _replicated(world)
    secret = world.make(
        "secretsmanager/secret:Secret", "recovery", kmsKeyId=world.outputs("key")["arn"], recoveryWindowInDays=0
    )
    statement = {"Principal": {"AWS": world.role}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    world.make("secretsmanager/secretPolicy:SecretPolicy", "readers", secretArn=secret, policy=policy(statement))


def _replicated(world: World) -> None:
    statement = {"Principal": {"AWS": f"arn:aws:iam::{world.account}:root"}, "Action": "kms:*", "Resource": "*"}
    world.make(KEY, "shared", policy=policy(statement), multiRegion=True, deletionWindowInDays=7)
    primary = world.outputs("shared")["arn"]
    world.make(
        "kms/replicaKey:ReplicaKey", "shared-elsewhere", primaryKeyArn=primary, region=ELSEWHERE, description="far"
    )
    buckets = {"original": REGION, "copy": ELSEWHERE}
    made = {name: world.make("s3/bucket:Bucket", name, region=region) for name, region in buckets.items()}
    for name, region in buckets.items():
        enabled = {"bucket": made[name], "versioningConfiguration": {"status": "Enabled"}, "region": region}
        world.make("s3/bucketVersioning:BucketVersioning", f"{name}-versions", **enabled)
    rule = {
        "id": "all",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "deleteMarkerReplication": {"status": "Enabled"},
        "sourceSelectionCriteria": {"sseKmsEncryptedObjects": {"status": "Enabled"}},
        "destination": {
            "bucket": world.outputs("copy")["arn"],
            "encryptionConfiguration": {"replicaKmsKeyId": world.outputs("shared-elsewhere")["arn"]},
            "replicationTime": {"status": "Enabled", "time": {"minutes": 15}},
            "metrics": {"status": "Enabled", "eventThreshold": {"minutes": 15}},
        },
    }
    token = "s3/bucketReplicationConfig:BucketReplicationConfig"  # noqa: S105 - a type
    world.make(token, "replication", bucket=made["original"], role=world.role, rules=[rule])
    world.make(
        "cloudwatch/metricAlarm:MetricAlarm",
        "late",
        region=ELSEWHERE,
        namespace="AWS/S3",
        metricName="ReplicationLatency",
        dimensions={"SourceBucket": made["original"], "DestinationBucket": made["copy"], "RuleId": "everything"},
        statistic="Maximum",
        period=300,
        evaluationPeriods=3,
        comparisonOperator="GreaterThanThreshold",
        threshold=900,
        treatMissingData="ignore",
        alarmActions=[f"arn:aws:sns:{ELSEWHERE}:{world.account}:storage"],
        okActions=[f"arn:aws:sns:{ELSEWHERE}:{world.account}:storage"],
        tags={"Name": "late"},
    )


def _detection_and_databases(world: World) -> None:
    detector = world.make("guardduty/detector:Detector", "detector", enable=True)
    feature = {"detectorId": detector, "name": "EKS_AUDIT_LOGS", "status": "ENABLED"}
    world.make("guardduty/detectorFeature:DetectorFeature", "audit", **feature)
    world.make("inspector2/enabler:Enabler", "inspector", accountIds=[world.account], resourceTypes=["ECR"])
    on_push = {"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}]}
    token = "ecr/registryScanningConfiguration:RegistryScanningConfiguration"  # noqa: S105 - a type
    world.make(token, "scans", scanType="BASIC", rules=[on_push])
    world.make("rds/subnetGroup:SubnetGroup", "databases", subnetIds=world.subnets)
    world.make(
        "rds/instance:Instance",
        "database",
        engine="postgres",
        instanceClass="db.t4g.medium",
        allocatedStorage=20,
        username="platform",
        storageEncrypted=True,
        kmsKeyId=world.outputs("key")["arn"],
        manageMasterUserPassword=True,
        dbSubnetGroupName=world.outputs("databases")["name"],
        skipFinalSnapshot=True,
    )


def _billing(world: World) -> None:
    notification = {
        "comparisonOperator": "GREATER_THAN",
        "notificationType": "FORECASTED",
        "threshold": 100,
        "thresholdType": "PERCENTAGE",
        "subscriberEmailAddresses": ["finance@example.com", "platform@example.com"],
        "subscriberSnsTopicArns": [f"arn:aws:sns:{REGION}:{world.account}:costs"],
    }
    world.make(
        "budgets/budget:Budget",
        "budget",
        budgetType="COST",
        timeUnit="MONTHLY",
        limitAmount="100",
        limitUnit="USD",
        costFilters=[{"name": "TagKeyValue", "values": ["user:environment$dev"]}],
        notifications=[notification],
    )
    services = {"monitorType": "DIMENSIONAL", "monitorDimension": "SERVICE"}
    monitor = world.make("costexplorer/anomalyMonitor:AnomalyMonitor", "services", **services)
    world.make(
        "costexplorer/anomalySubscription:AnomalySubscription",
        "daily",
        frequency="DAILY",
        monitorArnLists=[monitor],
        subscribers=[{"type": "EMAIL", "address": "finance@example.com"}],
        thresholdExpression={
            "dimension": {
                "key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
                "matchOptions": ["GREATER_THAN_OR_EQUAL"],
                "values": ["100"],
            }
        },
    )
    tag = "costexplorer/costAllocationTag:CostAllocationTag"
    world.make(tag, "environment", tagKey="environment", status="Active")


def everything(world: World) -> None:
    """Make a resource of every type of the tables."""
    world.build()
    ec2, storage = (_rest_of_ec2, _rest_of_iam, _rest_of_eks), (_keys_and_logs, _storage, _detection_and_databases)
    for part in (*ec2, *storage, _billing):
        part(world)
