"""Rules whose faults can be mended without asking anybody: how long logs are kept, and whose a resource is.

With the level ``remediate`` the engine plans the mended resource and says so; elsewhere they find faults as all do.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import Field

from policies.rule import Finding, Parameters, ResourceRule
from policies.values import Properties, Unknown, read

# What CloudWatch Logs takes: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html.
_RETENTIONS: Final = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
# What costs money or holds data, so that somebody will ask whose it is.
_OWNED: Final = (
    "aws:dynamodb/table:Table",
    "aws:ebs/volume:Volume",
    "aws:ec2/eip:Eip",
    "aws:ec2/instance:Instance",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/vpc:Vpc",
    "aws:efs/fileSystem:FileSystem",
    "aws:eks/cluster:Cluster",
    "aws:eks/nodeGroup:NodeGroup",
    "aws:kms/key:Key",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:rds/instance:Instance",
    "aws:s3/bucket:Bucket",
    "aws:secretsmanager/secret:Secret",
    "aws:sqs/queue:Queue",
)


class Retention(Parameters):
    """How long logs are kept."""

    minimum_days: int = 30
    """The least; mending takes the next that CloudWatch has."""
    maximum_days: int = 731
    """The most; unset keeps them for ever, which is more than that."""


class DefaultTags(Parameters):
    """What everything that an AWS provider makes must carry."""

    required: tuple[str, ...] = ("environment", "owner", "managed-by")
    """The keys that its default tags must have."""
    values: dict[str, str] = Field(default_factory=dict)
    """What mending puts where a key is missing; a key without a value here is not mended."""


class ResourceTags(Parameters):
    """What a resource must carry beside the default tags."""

    required: tuple[str, ...] = ()
    """The keys that what costs money or holds data must have; none unless an environment says so."""
    values: dict[str, str] = Field(default_factory=dict)
    """What mending puts where a key is missing; a key without a value here is not mended."""


def _retention(group: Properties, retention: Retention) -> Iterator[Finding]:
    days = read(group, "retentionInDays", default=0)
    # Infrequent access that is delivered elsewhere is kept for two days, which nobody can change.
    if read(group, "logGroupClass") == "DELIVERY":
        return
    if isinstance(days, Unknown):
        yield days
    elif days == 0:
        yield f"the logs are kept, and paid for, for ever; set retentionInDays to {_kept(retention)} or more"
    elif days < retention.minimum_days:
        yield f"the logs are kept for {days:.0f} days; set retentionInDays to {_kept(retention)} or more"
    elif days > retention.maximum_days:
        yield f"the logs are kept for {days:.0f} days; set retentionInDays to {retention.maximum_days} or less"


def _mend_retention(group: Properties, retention: Retention) -> Mapping[str, Any]:
    faults = [each for each in _retention(group, retention) if not isinstance(each, Unknown)]
    return {"retentionInDays": _kept(retention)} if faults else {}


def _kept(retention: Retention) -> int:
    return next((days for days in _RETENTIONS if days >= retention.minimum_days), _RETENTIONS[-1])


def _default_tags(provider: Properties, tags: DefaultTags) -> Iterator[Finding]:
    given = _of_provider(provider)
    if isinstance(given, Unknown):
        yield given
        return
    missing = [key for key in tags.required if not given.get(key)]
    if missing:
        yield f"what this provider makes does not say its {', '.join(missing)}; add them to defaultTags.tags"


def _mend_default_tags(provider: Properties, tags: DefaultTags) -> Mapping[str, Any]:
    given = _of_provider(provider)
    if isinstance(given, Unknown):
        return {}
    added = {key: tags.values[key] for key in tags.required if not given.get(key) and key in tags.values}
    # Providers take their structures as JSON.
    return {"defaultTags": json.dumps({"tags": {**given, **added}})} if added else {}


def _of_provider(provider: Properties) -> Any:
    given = read(provider, "defaultTags", default={})
    if isinstance(given, str):
        given = json.loads(given)
    return read(given, "tags", default={})


def _resource_tags(resource: Properties, tags: ResourceTags) -> Iterator[Finding]:
    given = read(resource, "tags", default={})
    if not tags.required:
        return
    if isinstance(given, Unknown):
        yield given
        return
    missing = [key for key in tags.required if not given.get(key)]
    if missing:
        yield f"the resource does not say its {', '.join(missing)}; add them to tags"


def _mend_resource_tags(resource: Properties, tags: ResourceTags) -> Mapping[str, Any]:
    given = read(resource, "tags", default={})
    if isinstance(given, Unknown):
        return {}
    added = {key: tags.values[key] for key in tags.required if not given.get(key) and key in tags.values}
    return {"tags": {**given, **added}} if added else {}


RULES: Final = (
    ResourceRule(
        name="log-retention",
        why="Logs that end too soon are missing in the investigation, and those that never end are paid for for ever.",
        types=("aws:cloudwatch/logGroup:LogGroup",),
        check=_retention,
        mend=_mend_retention,
        parameters=Retention(),
        references=("AWS Security Hub: CloudWatch.16",),
    ),
    ResourceRule(
        name="default-tags",
        why="What does not say whose it is and where it comes from is neither cleaned up nor paid by anybody.",
        types=("pulumi:providers:aws",),
        check=_default_tags,
        mend=_mend_default_tags,
        parameters=DefaultTags(),
        references=("Pulumi Registry: aws.Provider, defaultTags",),
    ),
    ResourceRule(
        name="resource-tags",
        why="Default tags cannot say what differs between resources, such as who pays for one of them.",
        types=_OWNED,
        check=_resource_tags,
        mend=_mend_resource_tags,
        parameters=ResourceTags(),
        references=("AWS Billing User Guide: cost allocation tags",),
    ),
)
