"""Rules of names and numbers whose allowed values AWS's definitions leave open."""

import base64
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.aws.facts import Facts
from rehearsal.aws.patterns import matches
from rehearsal.aws.rules.values import known
from rehearsal.providers.standin import Failure

_RETENTION_DAYS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
_WINDOW_DAYS: Final = (7, 30)
_USER_DATA_BYTES: Final = 16_384
_ROLE_ARN: Final = r"arn:aws[a-z-]*:iam::(\d{12}|aws):(role|user|root|assumed-role|federated-user)(/[\w+=,.@/-]+)?"
_KUBERNETES_VERSION: Final = r"1\.\d{2}"


def retention(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """A log group keeps its events for one of a few numbers of days.

    Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    """
    days = known(inputs, "retentionInDays")
    if isinstance(days, int) and days not in {0, *_RETENTION_DAYS}:
        yield Failure(
            "retentionInDays",
            f"logs PutRetentionPolicy: retentionInDays has no value {days}: the values are "
            f"{', '.join(map(str, _RETENTION_DAYS))}",
        )


def deletion_window(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """A key waits between 7 and 30 days for its deletion.

    Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
    """
    days = known(inputs, "deletionWindowInDays")
    if isinstance(days, int) and not _WINDOW_DAYS[0] <= days <= _WINDOW_DAYS[1]:
        yield Failure(
            "deletionWindowInDays", f"kms ScheduleKeyDeletion: PendingWindowInDays is from 7 to 30, not {days}"
        )


def alias_name(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """A key's alias begins with alias/, and alias/aws/ is AWS's own.

    Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
    """
    name = known(inputs, "name")
    if isinstance(name, str) and (not name.startswith("alias/") or name.startswith("alias/aws/")):
        yield Failure(
            "name", f"kms CreateAlias: AliasName begins with alias/ and not with alias/aws/, which {name!r} does not"
        )


def role_arn(name: str) -> Any:
    """Return the rule that an input is the ARN of an IAM principal."""

    def principal(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
        """A principal is named by its ARN.

        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
        """
        arn = known(inputs, name)
        if isinstance(arn, str) and not matches(_ROLE_ARN, arn):
            yield Failure(name, f"eks refused: InvalidParameterException: {arn!r} is not the ARN of an IAM principal")

    return principal


def kubernetes_version(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """A version of Kubernetes is given as its minor version, 1.34.

    Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
    """
    version = known(inputs, "version")
    if isinstance(version, str) and not matches(_KUBERNETES_VERSION, version):
        yield Failure(
            "version",
            f"eks refused: InvalidParameterException: unsupported Kubernetes version {version!r}, give 1.<minor>",
        )


def user_data(inputs: Mapping[str, Any], _: Facts) -> Iterator[Failure]:
    """A launch template's user data is base64 and at most 16 KB.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RequestLaunchTemplateData.html
    """
    text = known(inputs, "userData")
    if not isinstance(text, str):
        return
    try:
        size = len(base64.b64decode(text, validate=True))
    except ValueError:
        yield Failure(
            "userData",
            "ec2 CreateLaunchTemplate refused: InvalidUserData.Malformed: Invalid BASE64 encoding of user data",
        )
        return
    if size > _USER_DATA_BYTES:
        yield Failure("userData", f"ec2 CreateLaunchTemplate refused: user data is limited to 16384 bytes, not {size}")


OF_INPUTS: Final = {
    "aws:cloudwatch/logGroup:LogGroup": (retention,),
    "aws:ec2/launchTemplate:LaunchTemplate": (user_data,),
    "aws:kms/key:Key": (deletion_window,),
    "aws:kms/alias:Alias": (alias_name,),
    "aws:eks/accessEntry:AccessEntry": (role_arn("principalArn"),),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": (role_arn("principalArn"),),
    "aws:eks/cluster:Cluster": (role_arn("roleArn"), kubernetes_version),
    "aws:eks/nodeGroup:NodeGroup": (role_arn("nodeRoleArn"), kubernetes_version),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": (role_arn("roleArn"),),
}
