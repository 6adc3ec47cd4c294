"""The customer keys that everything at rest is encrypted under."""

from dataclasses import dataclass
from typing import Annotated

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.foundation.account import AccountSettings
from components.kit import iam
from components.kit.layer import Layer
from components.kit.settings import Settings


class EncryptionSettings(Settings):
    """The KMS keys."""

    deletion_window_days: Annotated[int, Field(ge=7, le=30)] = 30
    """Days between a key's deletion and its end, 7 to 30: the time in which a mistake can still be taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionOutputs:
    """ARNs of the keys, one for each kind of thing at rest."""

    secrets_key_arn: pulumi.Output[str]
    volumes_key_arn: pulumi.Output[str]
    logs_key_arn: pulumi.Output[str]
    flow_logs_key_arn: pulumi.Output[str]


class Encryption(Layer, kind="platform:foundation:Encryption"):
    """One rotating key for each kind of thing at rest, so that one can be cut off without the others."""

    def __init__(
        self,
        name: str,
        settings: EncryptionSettings,
        *,
        account: AccountSettings,
        retain_data: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)

        def key(role: str, description: str, *grants: iam.Statement) -> pulumi.Output[str]:
            made = aws.kms.Key(
                f"{name}-{role}",
                description=description,
                enable_key_rotation=True,
                deletion_window_in_days=settings.deletion_window_days,
                policy=iam.document([administration(account), *grants]),
                tags={"Name": f"{name}-{role}"},
                opts=self.child(protect=retain_data),
            )
            aws.kms.Alias(f"{name}-{role}", target_key_id=made.key_id, opts=self.child())
            return made.arn

        self.outputs = self.publish(
            EncryptionOutputs(
                secrets_key_arn=key("secrets", "Kubernetes Secrets in the control plane's etcd"),
                volumes_key_arn=key("volumes", "Disks of nodes and persistent volumes", volume_use(account)),
                logs_key_arn=key("logs", "CloudWatch log groups", log_use(account)),
                flow_logs_key_arn=key("flow-logs", "The record of the VPC's traffic", log_delivery_use(account)),
            )
        )


def administration(account: AccountSettings) -> iam.Statement:
    """Let the account's IAM policies decide who may use and administer a key; without it everyone is locked out."""
    return iam.Statement(
        sid="AccountPoliciesDecide",
        actions=["kms:*"],
        resources=["*"],
        principals={"AWS": [account.root_arn]},
        wildcard_reason="in a key policy * means this key; https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
    )


def volume_use(account: AccountSettings) -> iam.Statement:
    """Let EC2 encrypt disks for anyone in the account who may start instances, as AWS's own EBS key does.

    Auto Scaling starts managed nodes under a service-linked role. Naming that role here would fail in an account where
    it does not exist yet, and creating it fails where it does.
    """
    return iam.Statement(
        sid="DisksThroughEc2",
        actions=[
            "kms:Encrypt",
            "kms:Decrypt",
            "kms:ReEncrypt*",
            "kms:GenerateDataKey*",
            "kms:CreateGrant",
            "kms:DescribeKey",
        ],
        resources=["*"],
        principals={"AWS": ["*"]},
        conditions={
            "StringEquals": {
                "kms:CallerAccount": [account.id],
                "kms:ViaService": [f"ec2.{account.region}.amazonaws.com"],
            }
        },
        wildcard_reason="in a key policy * means this key; the conditions narrow it to this account through EC2",
    )


def log_use(account: AccountSettings) -> iam.Statement:
    """Let CloudWatch Logs encrypt the account's log groups.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    arns = f"arn:{account.partition}:logs:{account.region}:{account.id}:log-group:*"
    return iam.Statement(
        sid="LogGroups",
        actions=["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
        resources=["*"],
        principals={"Service": [f"logs.{account.region}.amazonaws.com"]},
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": [arns]}},
        wildcard_reason="in a key policy * means this key",
    )


def log_delivery_use(account: AccountSettings) -> iam.Statement:
    """Let AWS encrypt the account's own logs that it delivers to a bucket.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html#AWS-logs-SSE-KMS-S3
    """
    return iam.Statement(
        sid="LogsDeliveredToABucket",
        actions=["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
        resources=["*"],
        principals={"Service": ["delivery.logs.amazonaws.com"]},
        conditions={
            "StringEquals": {"aws:SourceAccount": [account.id]},
            "ArnLike": {"aws:SourceArn": [f"arn:{account.partition}:logs:{account.region}:{account.id}:*"]},
        },
        wildcard_reason="in a key policy * means this key; the conditions narrow it to this account's logs",
    )
