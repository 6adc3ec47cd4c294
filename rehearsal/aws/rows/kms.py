"""KMS: keys and their names."""

from typing import Final

from rehearsal.aws.table import AutomaticName, Call, Row

KEY: Final = Row(
    type="aws:kms/key:Key",
    service="kms",
    create=Call(operation="CreateKey", members={"customerMasterKeySpec": "KeySpec"}),
    identifier="KeyMetadata.KeyId",
    answer="KeyMetadata",
    further=(
        Call(
            operation="EnableKeyRotation",
            takes=("enableKeyRotation", "rotationPeriodInDays"),
            fixed={"KeyId": "{id}"},
            unless={"enableKeyRotation": False},
        ),
        Call(operation="DisableKey", takes=("isEnabled",), fixed={"KeyId": "{id}"}, unless={"isEnabled": True}),
        Call(
            operation="ScheduleKeyDeletion",
            takes=("deletionWindowInDays",),
            members={"deletionWindowInDays": "PendingWindowInDays"},
            fixed={"KeyId": "{id}"},
            emulated=False,
        ),
    ),
    updates=(
        Call(
            operation="DisableKeyRotation",
            takes=("enableKeyRotation",),
            only={"enableKeyRotation": False},
            fixed={"KeyId": "{id}"},
        ),
        Call(operation="EnableKey", takes=("isEnabled",), only={"isEnabled": True}, fixed={"KeyId": "{id}"}),
        # The only name there is; AWS takes it for granted, moto does not.
        Call(operation="PutKeyPolicy", takes=("policy",), fixed={"KeyId": "{id}", "PolicyName": "default"}),
        Call(operation="UpdateKeyDescription", takes=("description",), fixed={"KeyId": "{id}"}),
    ),
    reads=(Call(named="policy", operation="GetKeyPolicy", fixed={"KeyId": "{id}", "PolicyName": "default"}),),
    attributes={"policy": "=policy.Policy", "rotationPeriodInDays": "=`365`"},
    delete=(
        Call(
            operation="ScheduleKeyDeletion",
            takes=("deletionWindowInDays",),
            members={"deletionWindowInDays": "PendingWindowInDays"},
            fixed={"KeyId": "{id}"},
            always=True,
        ),
    ),
    own={
        "enableKeyRotation": "the provider's own: it decides whether EnableKeyRotation is called",
        "isEnabled": "the provider's own: it decides whether DisableKey is called",
    },
    immutable=("customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"),
    remains="pending deletion: AWS destroys a key only after its waiting period",
)

ALIAS: Final = Row(
    type="aws:kms/alias:Alias",
    service="kms",
    create=Call(operation="CreateAlias", members={"name": "AliasName"}),
    identifier="{name}",
    updates=(Call(operation="UpdateAlias", takes=("targetKeyId",), fixed={"AliasName": "{id}"}),),
    reads=(Call(named="key", operation="DescribeKey", takes=("targetKeyId",), members={"targetKeyId": "KeyId"}),),
    attributes={
        "arn": "arn:{partition}:kms:{region}:{account}:{name}",
        "targetKeyArn": "=key.KeyMetadata.Arn",
    },
    delete=(Call(operation="DeleteAlias", fixed={"AliasName": "{id}"}),),
    immutable=("name", "namePrefix"),
    name=AutomaticName(before="alias/"),
)

REPLICA_KEY: Final = Row(
    type="aws:kms/replicaKey:ReplicaKey",
    service="kms",
    create=Call(
        operation="ReplicateKey",
        members={"primaryKeyArn": "KeyId"},
        fixed={"ReplicaRegion": "{region}"},
        asked_where="primaryKeyArn",
    ),
    identifier="ReplicaKeyMetadata.KeyId",
    answer="ReplicaKeyMetadata",
    # moto gives a replica the primary's; AWS takes these with the first call.
    further=(
        Call(
            operation="PutKeyPolicy",
            takes=("policy",),
            again=True,
            fixed={"KeyId": "{id}", "PolicyName": "default"},
        ),
        Call(operation="UpdateKeyDescription", takes=("description",), again=True, fixed={"KeyId": "{id}"}),
    ),
    reads=(Call(named="policy", operation="GetKeyPolicy", fixed={"KeyId": "{id}", "PolicyName": "default"}),),
    attributes={
        "policy": "=policy.Policy",
        # They are the primary's, whose rotation moto does not copy.
        "keyRotationEnabled": "=`true`",
    },
    delete=(
        Call(
            operation="ScheduleKeyDeletion",
            takes=("deletionWindowInDays",),
            members={"deletionWindowInDays": "PendingWindowInDays"},
            fixed={"KeyId": "{id}"},
            always=True,
        ),
    ),
    own={
        "deletionWindowInDays": "the provider's own: it is of the deletion only",
        "enabled": "the provider's own: it decides whether DisableKey is called",
    },
    immutable=("primaryKeyArn",),
    remains="pending deletion: AWS destroys a key only after its waiting period",
)

ROWS: Final = (KEY, ALIAS, REPLICA_KEY)
