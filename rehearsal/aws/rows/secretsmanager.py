"""Secrets Manager: secrets without their values, and who may use them."""

from typing import Final

from rehearsal.aws.table import AutomaticName, Call, Row

_SECRET: Final = {"SecretId": "{id}"}
_COPIES: Final = {"replicas": "AddReplicaRegions"}

SECRET: Final = Row(
    type="aws:secretsmanager/secret:Secret",
    service="secretsmanager",
    create=Call(operation="CreateSecret", members=_COPIES),
    identifier="ARN",
    updates=(
        Call(operation="UpdateSecret", takes=("description", "kmsKeyId"), fixed=_SECRET),
        Call(operation="TagResource", takes=("tags",), fixed=_SECRET),
        Call(operation="ReplicateSecretToRegions", takes=("replicas",), members=_COPIES, fixed=_SECRET),
    ),
    attributes={"arn": "{id}", "policy": '=`""`'},
    delete=(
        # AWS keeps a secret that has copies, and the provider takes them away before.
        Call(
            operation="RemoveRegionsFromReplication",
            fixed={**_SECRET, "RemoveReplicaRegions": "=inputs.replicas[*].region"},
            needs="inputs.replicas",
            always=True,
        ),
        # The provider's: 0 days are no days at all.
        Call(
            operation="DeleteSecret",
            takes=("recoveryWindowInDays",),
            fixed=_SECRET,
            unless={"recoveryWindowInDays": 0},
            always=True,
        ),
        Call(
            operation="DeleteSecret",
            takes=("recoveryWindowInDays",),
            fixed={**_SECRET, "ForceDeleteWithoutRecovery": True},
            only={"recoveryWindowInDays": 0},
        ),
    ),
    own={
        "recoveryWindowInDays": "the provider's own: it is of the deletion only",
        "replicas.lastAccessedDate": "AWS's answer, which the provider lets one write down",
        "replicas.status": "AWS's answer",
        "replicas.statusMessage": "AWS's answer",
    },
    not_rehearsed={
        "policy": "use aws.secretsmanager.SecretPolicy",
    },
    immutable=("name", "namePrefix"),
    name=AutomaticName(),
    references={"kmsKeyId": "key"},
)

SECRET_POLICY: Final = Row(
    type="aws:secretsmanager/secretPolicy:SecretPolicy",
    service="secretsmanager",
    create=Call(operation="PutResourcePolicy", members={"secretArn": "SecretId", "policy": "ResourcePolicy"}),
    identifier="{secretArn}",
    updates=(
        Call(
            operation="PutResourcePolicy",
            takes=("policy", "blockPublicPolicy"),
            members={"policy": "ResourcePolicy"},
            fixed=_SECRET,
        ),
    ),
    delete=(Call(operation="DeleteResourcePolicy", fixed=_SECRET),),
    immutable=("secretArn",),
)

ROWS: Final = (SECRET, SECRET_POLICY)
