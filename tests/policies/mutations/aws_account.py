"""What a careless change does to the rest of the AWS account, and which rule must object."""

import json
from collections.abc import Callable
from typing import Any, Final

from tests.policies.mutations.mutation import REMOVED, Mutation

_KEY: Final = "aws:kms/key:Key"
_KEYS: Final = "aws:kms/*Key"
_ROLE: Final = "aws:iam/role:Role"
_RIGHTS: Final = "aws:iam/rolePolicy:RolePolicy"
_ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
_INGRESS: Final = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
_DEFAULT_GROUP: Final = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
_SUBNET: Final = "aws:ec2/subnet:Subnet"
_FLOW_LOG: Final = "aws:ec2/flowLog:FlowLog"
_NAT: Final = "aws:ec2/natGateway:NatGateway"
_ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
_BUCKET: Final = "aws:s3/bucket:Bucket"
_BLOCK: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
_BUCKET_POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
_VERSIONING: Final = "aws:s3/bucketVersioning:BucketVersioning"
_ENCRYPTION: Final = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
_LIFECYCLE: Final = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
_LOCK: Final = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
_REPLICATION: Final = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
_OWNERSHIP: Final = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
_DATABASE: Final = "aws:rds/instance:Instance"
_SECRET: Final = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type token
_SECRET_POLICY: Final = "aws:secretsmanager/secretPolicy:SecretPolicy"  # noqa: S105 - a type token
_LOGS: Final = "aws:cloudwatch/logGroup:LogGroup"
_PROVIDER: Final = "pulumi:providers:aws"
_ADMINISTRATOR: Final = "arn:aws:iam::aws:policy/AdministratorAccess"
_OPEN_RULE: Final = [{"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"]}]


def _also(**statement: Any) -> Callable[[Any], str]:
    """Return what adds a statement to a document."""

    def add(old: Any) -> str:
        document = json.loads(old) if old else {"Version": "2012-10-17", "Statement": []}
        return json.dumps({**document, "Statement": [*document["Statement"], {"Effect": "Allow", **statement}]})

    return add


def _without(sid: str) -> Callable[[Any], str]:
    """Return what takes a statement out of a document."""

    def drop(old: Any) -> str:
        document = json.loads(old)
        return json.dumps({**document, "Statement": [each for each in document["Statement"] if each["Sid"] != sid]})

    return drop


def _unconditional(old: Any) -> str:
    """Return a document whose services act for anybody."""
    document = json.loads(old)
    for statement in document["Statement"]:
        if "Service" in statement.get("Principal", {}):
            statement.pop("Condition", None)
    return json.dumps(document)


def _default_tags(old: Any) -> str:
    tags = json.loads(old)["tags"]
    return json.dumps({"tags": {key: value for key, value in tags.items() if key != "owner"}})


_ANYONE: Final = {"Principal": {"AWS": "*"}, "Resource": "*"}

MUTATIONS: Final[tuple[Mutation, ...]] = (
    Mutation("no rotation", _KEY, "enableKeyRotation", False, "key-rotation"),
    Mutation("rotation as KMS has it", _KEY, "enableKeyRotation", REMOVED, "key-rotation"),
    Mutation("a key gone too soon", _KEYS, "deletionWindowInDays", 1, "key-deletion-window"),
    Mutation("a key that is off", _KEY, "isEnabled", False, "key-enabled"),
    Mutation("no look at the policy", _KEYS, "bypassPolicyLockoutSafetyCheck", True, "key-policy-checked"),
    Mutation("everybody's key", _KEYS, "policy", _also(Action="kms:Decrypt", **_ANYONE), "key-policy-public"),
    Mutation("a key that acts for anybody", _KEY, "policy", _unconditional, "confused-deputy", "encryption-flow-logs"),
    Mutation("public addresses", _SUBNET, "mapPublicIpOnLaunch", True, "public-subnets"),
    Mutation("open to the internet", _INGRESS, "cidrIpv4", "0.0.0.0/0", "security-group-open"),
    Mutation("open to the internet over IPv6", _INGRESS, "cidrIpv6", "::/0", "security-group-open"),
    Mutation("open inline", _GROUP, "ingress", _OPEN_RULE, "security-group-open"),
    Mutation("the default group, open", _DEFAULT_GROUP, "ingress", _OPEN_RULE, "security-group-open"),
    Mutation("the default group with a rule", _DEFAULT_GROUP, "ingress", [{"self": True}], "default-security-group"),
    Mutation("the default group lets out", _DEFAULT_GROUP, "egress", [{"protocol": "-1"}], "default-security-group"),
    Mutation("the default group as AWS has it", _DEFAULT_GROUP, "", REMOVED, "default-security-group"),
    Mutation("SSH", _INGRESS, "fromPort", 22, "no-remote-login"),
    Mutation("no flow log", _FLOW_LOG, "", REMOVED, "vpc-flow-logs"),
    Mutation("some traffic", _FLOW_LOG, "trafficType", "REJECT", "vpc-flow-logs"),
    Mutation("a zone without a way out", _NAT, "", REMOVED, "nat-per-zone", "network-nat-b"),
    Mutation("an endpoint for everybody", _ENDPOINT, "policy", REMOVED, "vpc-endpoint-policy"),
    Mutation("another region", _PROVIDER, "region", "us-east-1", "allowed-regions"),
    Mutation("a copy in another region", "aws:kms/replicaKey:ReplicaKey", "region", "us-east-1", "allowed-regions"),
    Mutation("any account", _PROVIDER, "allowedAccountIds", REMOVED, "allowed-accounts"),
    Mutation("nobody's", _PROVIDER, "defaultTags", _default_tags, "default-tags"),
    Mutation("no tags", _PROVIDER, "defaultTags", REMOVED, "default-tags"),
    Mutation("everything", _RIGHTS, "policy", _also(Action="*", Resource="*"), "iam-wildcard"),
    Mutation("everything of a service", _RIGHTS, "policy", _also(Action="s3:*", Resource="*"), "iam-wildcard"),
    Mutation("all but a few", _RIGHTS, "policy", _also(NotAction="iam:*", Resource="*"), "iam-wildcard"),
    Mutation("an administrator", _ATTACHMENT, "policyArn", _ADMINISTRATOR, "iam-wildcard"),
    Mutation(
        "taken by anybody", _ROLE, "assumeRolePolicy", _also(Principal="*", Action="sts:AssumeRole"), "iam-wildcard"
    ),
    Mutation("any role", _RIGHTS, "policy", _also(Action="iam:PassRole", Resource="*"), "iam-pass-role"),
    Mutation(
        "any role by its path",
        _RIGHTS,
        "policy",
        _also(Action=["iam:GetRole", "iam:PassRole"], Resource="arn:aws:iam::111122223333:role/*"),
        "iam-pass-role",
    ),
    Mutation(
        "rights for oneself", _RIGHTS, "policy", _also(Action="iam:PutRolePolicy", Resource="*"), "iam-escalation"
    ),
    Mutation("trust for oneself", _RIGHTS, "policy", _also(Action="iam:Update*", Resource="*"), "iam-escalation"),
    Mutation("every key", _RIGHTS, "policy", _also(Action="kms:Decrypt", Resource="*"), "kms-decrypt-everywhere"),
    Mutation("half a day", _ROLE, "maxSessionDuration", 43200, "iam-session"),
    Mutation("a public bucket, by its policy", _BLOCK, "blockPublicPolicy", False, "s3-public-access"),
    Mutation("a public bucket, by its lists", _BLOCK, "blockPublicAcls", REMOVED, "s3-public-access"),
    Mutation("lists that count", _BLOCK, "ignorePublicAcls", False, "s3-public-access"),
    Mutation("strangers", _BLOCK, "restrictPublicBuckets", False, "s3-public-access"),
    Mutation("nothing blocked", _BLOCK, "", REMOVED, "s3-public-access"),
    Mutation("no versions", _VERSIONING, "versioningConfiguration.status", "Suspended", "s3-versioning"),
    Mutation("nothing said of versions", _VERSIONING, "", REMOVED, "s3-versioning"),
    Mutation(
        "Amazon's key",
        _ENCRYPTION,
        "rules.*.applyServerSideEncryptionByDefault",
        {"sseAlgorithm": "AES256"},
        "s3-encryption-key",
    ),
    Mutation(
        "the account's key",
        _ENCRYPTION,
        "rules.*.applyServerSideEncryptionByDefault.kmsMasterKeyId",
        REMOVED,
        "s3-encryption-key",
    ),
    Mutation("a bucket in the clear", _ENCRYPTION, "", REMOVED, "s3-encryption-key"),
    Mutation("without TLS", _BUCKET_POLICY, "policy", _without("TlsOnly"), "s3-tls-only"),
    Mutation("no policy", _BUCKET_POLICY, "", REMOVED, "s3-tls-only"),
    Mutation(
        "read by everybody", _BUCKET_POLICY, "policy", _also(Action="s3:GetObject", **_ANYONE), "bucket-policy-public"
    ),
    Mutation(
        "written by anybody's service", _BUCKET_POLICY, "policy", _unconditional, "confused-deputy", "flow-logs-*"
    ),
    Mutation("kept for ever", _LIFECYCLE, "", REMOVED, "s3-lifecycle"),
    Mutation("an end that is off", _LIFECYCLE, "rules.*.status", "Disabled", "s3-lifecycle", "flow-logs-*"),
    Mutation("lists decide", _OWNERSHIP, "rule.objectOwnership", "ObjectWriter", "s3-acls"),
    Mutation("emptied when it goes", _BUCKET, "forceDestroy", lambda _: True, "s3-force-destroy", "[!f]*"),
    Mutation("no lock", _LOCK, "", REMOVED, "s3-object-lock", "*-snapshots"),
    Mutation("a lock of a day", _LOCK, "rule.defaultRetention.days", 1, "s3-object-lock", "*-snapshots"),
    Mutation("a lock without a time", _LOCK, "rule", REMOVED, "s3-object-lock", "*-snapshots"),
    Mutation("one region", _REPLICATION, "", REMOVED, "s3-replication"),
    Mutation("copying is off", _REPLICATION, "rules.*.status", "Disabled", "s3-replication"),
    Mutation("a public database", _DATABASE, "publiclyAccessible", True, "rds-public"),
    Mutation("a database in the clear", _DATABASE, "storageEncrypted", False, "rds-encrypted"),
    Mutation("a database as RDS has it", _DATABASE, "storageEncrypted", REMOVED, "rds-encrypted"),
    Mutation("one zone", _DATABASE, "multiAz", False, "rds-multi-az"),
    Mutation("deleted by one call", _DATABASE, "deletionProtection", False, "rds-deletion-protection"),
    Mutation("no backups", _DATABASE, "backupRetentionPeriod", 0, "rds-backups"),
    Mutation("backups as RDS has them", _DATABASE, "backupRetentionPeriod", REMOVED, "rds-backups"),
    Mutation("nothing left", _DATABASE, "skipFinalSnapshot", True, "rds-final-snapshot"),
    Mutation("old and staying so", _DATABASE, "autoMinorVersionUpgrade", False, "rds-minor-upgrades"),
    Mutation("snapshots of nobody", _DATABASE, "copyTagsToSnapshot", False, "rds-tags-to-snapshots"),
    Mutation("a secret under the account's key", _SECRET, "kmsKeyId", REMOVED, "secret-key"),
    Mutation("a secret gone at once", _SECRET, "recoveryWindowInDays", 0, "secret-recovery"),
    Mutation(
        "a secret for everybody",
        _SECRET_POLICY,
        "policy",
        _also(Action="secretsmanager:GetSecretValue", **_ANYONE),
        "secret-policy-public",
    ),
    Mutation("logs for ever", _LOGS, "retentionInDays", REMOVED, "log-retention"),
    Mutation("logs for a week", _LOGS, "retentionInDays", 7, "log-retention"),
    Mutation("logs under no key", _LOGS, "kmsKeyId", REMOVED, "log-encrypted"),
)
