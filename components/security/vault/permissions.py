"""Who may open Vault's seal, keep its keys and store its snapshots in AWS, and what nobody may do."""

import pulumi

from components.compute.access import AccessSettings
from components.foundation.account import AccountSettings
from components.foundation.encryption import administration
from components.kit import iam


def key_policy(account: AccountSettings, *, retain_data: bool) -> pulumi.Output[str]:
    """Return the policy of a key without which Vault's data is lost: as long as data is retained, nobody ends it.

    The way to its end is `retain_data: false` and an up, which takes the refusal away: nobody is an exception to it.
    """
    refusals = [
        iam.Statement(
            sid="NobodyEndsIt",
            effect="Deny",
            actions=["kms:ScheduleKeyDeletion", "kms:DisableKey"],
            resources=["*"],
            principals={"AWS": ["*"]},
            wildcard_reason="in a key policy * means this key",
        )
    ]
    return iam.document([administration(account), *(refusals if retain_data else [])])


def unsealing(key: pulumi.Input[str]) -> list[iam.Statement]:
    """Let the servers open their seal.

    https://developer.hashicorp.com/vault/docs/configuration/seal/awskms#authentication
    """
    return [
        iam.Statement(sid="OpenTheSeal", actions=["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"], resources=[key])
    ]


def keeping_keys(account: AccountSettings, secret: pulumi.Input[str], *, key: pulumi.Input[str]) -> list[iam.Statement]:
    """Let the bootstrap write Vault's recovery keys and initial root token, and find out that it has."""
    return [
        iam.Statement(
            sid="KeepTheKeys",
            actions=[
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetSecretValue",
                "secretsmanager:PutSecretValue",
            ],
            resources=[secret],
        ),
        _through(account, "secretsmanager", key),
    ]


def storing_snapshots(
    account: AccountSettings, bucket: pulumi.Output[str], *, key: pulumi.Input[str]
) -> list[iam.Statement]:
    """Let the job add snapshots; it can neither read, nor list, nor delete what is there."""
    return [
        iam.Statement(sid="AddSnapshots", actions=["s3:PutObject"], resources=[pulumi.Output.concat(bucket, "/*")]),
        _through(account, "s3", key),
    ]


def secret_policy(access: AccessSettings, bootstrap: pulumi.Input[str]) -> pulumi.Output[str]:
    """Return the policy of the secret with Vault's keys: whatever IAM allows, few read or replace its value.

    Whoever may change this policy can still let others in; that call is CloudTrail's to tell.
    """
    people = [access.admin, *([access.break_glass] if access.break_glass else [])]
    return iam.document(
        [
            iam.Statement(
                sid="NobodyElseSeesTheKeys",
                effect="Deny",
                actions=["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
                resources=["*"],
                principals={"AWS": ["*"]},
                conditions={"ArnNotEquals": {"aws:PrincipalArn": [*people, bootstrap]}},
                wildcard_reason="in a secret's policy * means this secret",
            )
        ]
    )


def _through(account: AccountSettings, service: str, key: pulumi.Input[str]) -> iam.Statement:
    return iam.Statement(
        sid="UseTheKeyThroughTheService",
        actions=["kms:GenerateDataKey", "kms:Decrypt"],
        resources=[key],
        conditions={"StringEquals": {"kms:ViaService": [f"{service}.{account.region}.amazonaws.com"]}},
    )
