"""What a client of a bucket needs, from one place: its statements, its identity, and its own way to name the bucket."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import pulumi
import yaml

from components.kit import iam, identity
from components.kit.identity import Account, PodRole, ServiceAccount
from components.kit.layer import Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket, as its clients need to know it.

    Attributes:
        name: Its name.
        arn: Its ARN.
        key_arn: The KMS key its objects are encrypted under.

    """

    name: pulumi.Input[str]
    arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]


class Access(StrEnum):
    """What a client does with a bucket's objects."""

    ADD = "add"
    """Adds objects, and sees none."""
    READ = "read"
    """Finds objects and reads them."""
    WRITE = "write"
    """Adds objects, and looks whether they are there; deletes none."""
    MANAGE = "manage"
    """Adds, reads and deletes."""


_READING: Final = ("s3:GetObject",)
# Without the second, what a failed upload leaves would wait for the bucket's lifecycle.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
_WRITING: Final = ("s3:PutObject", "s3:AbortMultipartUpload")
_ON_OBJECTS: Final[Mapping[Access, tuple[str, ...]]] = {
    Access.ADD: _WRITING,
    Access.READ: _READING,
    Access.WRITE: (*_READING, *_WRITING),
    Access.MANAGE: (*_READING, *_WRITING, "s3:DeleteObject"),
}
# Parts of an upload are put together again under the key: whoever writes must be able to decrypt, too.
_ON_KEYS: Final[Mapping[Access, tuple[str, ...]]] = {
    Access.ADD: ("kms:GenerateDataKey", "kms:Decrypt"),
    Access.READ: ("kms:Decrypt",),
    Access.WRITE: ("kms:GenerateDataKey", "kms:Decrypt"),
    Access.MANAGE: ("kms:GenerateDataKey", "kms:Decrypt"),
}


def statements(account: Account, bucket: Bucket, access: Access) -> list[iam.Statement]:
    """Return what a client may do: in this bucket, with its key through S3 alone, and nothing else."""
    # Without the right to list, S3 answers 403 in the place of 404, and a client takes what is missing for refused.
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    finds = iam.Statement(sid="FindObjects", actions=["s3:ListBucket"], resources=[bucket.arn])
    return [
        *([] if access is Access.ADD else [finds]),
        iam.Statement(
            sid=f"{access.capitalize()}Objects",
            actions=_ON_OBJECTS[access],
            resources=[pulumi.Output.concat(bucket.arn, "/*")],
        ),
        iam.Statement(
            sid="UseTheKeyThroughS3",
            actions=_ON_KEYS[access],
            resources=[bucket.key_arn],
            conditions={"StringEquals": {"kms:ViaService": [f"s3.{account.region}.amazonaws.com"]}},
        ),
    ]


def pod_role(
    layer: Layer, name: str, *, account: Account, service_account: ServiceAccount, bucket: Bucket, access: Access
) -> PodRole:
    """Make a role for a client of a bucket and associate its service account with it by EKS Pod Identity."""
    return identity.pod_role(
        layer,
        name,
        account=account,
        service_account=service_account,
        permissions=identity.Permissions(statements=statements(account, bucket, access)),
    )


class Dialect(StrEnum):
    """Whose configuration names the bucket."""

    THANOS = "thanos"


def configuration(dialect: Dialect, bucket: Bucket, region: str) -> pulumi.Output[str]:
    """Return the part of a client's configuration that names the bucket, as YAML; it never holds a credential."""
    return pulumi.Output.from_input(bucket.name).apply(
        lambda name: yaml.safe_dump(_DIALECTS[dialect](name, region), sort_keys=False)
    )


def thanos(bucket: str, region: str) -> dict[str, Any]:
    """Return Thanos' `objstore.yml`.

    Without keys and without `aws_sdk_auth` its client, minio-go, tries the environment, a file, and then what Pod
    Identity puts into the pod: the address in AWS_CONTAINER_CREDENTIALS_FULL_URI with the token of
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE. `aws_sdk_auth` would have AWS's SDK asked, in whose chain Thanos has no Pod
    Identity (https://github.com/thanos-io/objstore/issues/131). Thanos 0.42.4 has minio-go 7.0.93:
    https://github.com/minio/minio-go/blob/v7.0.93/pkg/credentials/iam_aws.go,
    https://github.com/thanos-io/objstore/blob/71d60dfee488/providers/s3/s3.go

    Nothing is said of encryption: the bucket encrypts whatever comes without.
    """
    return {
        "type": "S3",
        "config": {
            "bucket": bucket,
            "endpoint": f"s3.{region}.amazonaws.com",
            "region": region,
            # minio-go calls s3.dualstack.<region> unless told otherwise, which neither the VPC's endpoint nor a policy
            # by S3's own names lets pass. https://github.com/minio/minio-go/blob/v7.0.93/api.go
            "disable_dualstack": True,
        },
    }


def velero(bucket: Bucket, region: str, *, prefix: pulumi.Input[str]) -> dict[str, Any]:
    """Return what Velero's BackupStorageLocation says of a bucket, as its chart takes it.

    Without a region it would ask S3 in us-east-1 for the bucket's. The key is named although the bucket encrypts under
    it anyway: what Velero itself writes stays under it whatever becomes of the bucket's default.
    https://github.com/vmware-tanzu/velero-plugin-for-aws/blob/main/backupstoragelocation.md
    """
    return {
        "provider": "aws",
        "bucket": bucket.name,
        "prefix": prefix,
        "config": {"region": region, "kmsKeyId": bucket.key_arn},
    }


_DIALECTS: Final[Mapping[Dialect, Callable[[str, str], dict[str, Any]]]] = {Dialect.THANOS: thanos}
