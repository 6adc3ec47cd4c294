"""Rules about worker nodes: what a pod can steal from one, what its disks give away, who can log in."""

from collections.abc import Iterator
from typing import Final

from policies.rule import Finding, ResourceRule
from policies.values import Properties, Unknown, flag, read, split

_LAUNCH_TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"
_NODE_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"


def _imds(template: Properties) -> Iterator[Finding]:
    endpoint = read(template, "metadataOptions", "httpEndpoint", default="enabled")
    if isinstance(endpoint, Unknown):
        yield endpoint
        return
    if endpoint == "disabled":
        return
    tokens = read(template, "metadataOptions", "httpTokens", default="optional")
    if isinstance(tokens, Unknown):
        yield tokens
    elif tokens != "required":
        yield (
            "the instance metadata service answers requests without a session token (IMDSv1); "
            "set metadataOptions.httpTokens to required"
        )
    # An AMI registered with ImdsSupport v2.0, as Amazon Linux 2023 is, makes 2 of an unset limit
    # (EC2 API Reference, Image.ImdsSupport); from there a pod of the pod network reaches the node's role.
    limit = read(template, "metadataOptions", "httpPutResponseHopLimit", default="unset, which is 2 with a recent AMI")
    if isinstance(limit, Unknown):
        yield limit
    elif limit != 1:
        yield (
            f"pods can fetch the node's own credentials (the hop limit is {limit}); "
            "set metadataOptions.httpPutResponseHopLimit to 1"
        )


def _volumes(template: Properties) -> Iterator[Finding]:
    devices, unknown = split(read(template, "blockDeviceMappings"))
    yield from unknown
    if not devices and not unknown:
        yield (
            "the root volume is as the AMI has it, which is not encrypted; "
            "set blockDeviceMappings with ebs.encrypted for the AMI's root device"
        )
    for device in devices:
        volume = read(device, "ebs")
        encrypted = flag(read(volume, "encrypted", default=False))
        if isinstance(encrypted, Unknown):
            yield encrypted
        elif volume is not None and not encrypted:
            yield (
                f"the volume {read(device, 'deviceName', default='of an unnamed device')} is not encrypted; "
                "set ebs.encrypted to true"
            )


def _entrances(resource: Properties) -> Iterator[Finding]:
    for name in ("remoteAccess", "keyName"):
        entrance = read(resource, name)
        if isinstance(entrance, Unknown):
            yield entrance
        elif entrance:
            yield f"nodes accept SSH logins with a shared key ({name}); remove {name} and log in by Session Manager"
    interfaces, unknown = split(read(resource, "networkInterfaces"))
    yield from unknown
    for interface in interfaces:
        public = flag(read(interface, "associatePublicIpAddress", default=False))
        if isinstance(public, Unknown):
            yield public
        elif public:
            yield "nodes get public addresses; set networkInterfaces associatePublicIpAddress to false"


RULES: Final = (
    ResourceRule(
        name="imds-v2",
        why="Over the metadata service a pod, or whoever can make one send a request, obtains the node's IAM role.",
        types=(_LAUNCH_TEMPLATE,),
        check=_imds,
        references=("AWS Security Hub: EC2.8, EC2.170", "hardeneks: check_access_to_instance_profile"),
    ),
    ResourceRule(
        name="encrypted-volumes",
        why="A node's disk holds what its pods wrote, image layers and logs; a snapshot of it must be worthless.",
        types=(_LAUNCH_TEMPLATE,),
        check=_volumes,
        references=("AWS Security Hub: EC2.3, EC2.181",),
    ),
    ResourceRule(
        name="node-group-private",
        why="A node that can be logged in to from outside is a way around the API server and its audit log.",
        types=(_NODE_GROUP, _LAUNCH_TEMPLATE),
        check=_entrances,
        references=(
            "CIS Amazon EKS Benchmark 1.8.0: 5.4.3",
            "AWS Security Hub: EC2.9, EC2.25",
            "hardeneks: deploy_workers_onto_private_subnets",
        ),
    ),
)
