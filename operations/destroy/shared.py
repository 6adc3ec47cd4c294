"""What a stack made that there is one of for its account, or for the region of it: it goes for other stacks too."""

from collections.abc import Iterator, Mapping
from typing import Final

from operations.rehearsed import Rehearsed
from rehearsal.report.graph import Node

# What a deletion does is each service's own; what it says of stays true for who made none of it.
_LOST: Final[Mapping[str, str]] = {
    # https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_suspend-disable.html
    "guardduty/detector:Detector": (
        "GuardDuty watches nothing of this account in this region any more, and all its findings are gone, other "
        "stacks' too: export them before, and have another stack make the detector"
    ),
    # https://docs.aws.amazon.com/inspector/latest/user/deactivating-best-practices.html
    "inspector2/enabler:Enabler": (
        "Inspector looks at no image of the account's registry in this region any more, and its findings are gone"
    ),
    # https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
    "ecr/registryScanningConfiguration:RegistryScanningConfiguration": (
        "the registry goes back to what AWS has by default: no image is scanned by itself, whoever pushes it"
    ),
    # https://docs.aws.amazon.com/cost-management/latest/userguide/manage-ad.html
    "costexplorer/anomalyMonitor:AnomalyMonitor": (
        "the account's monitor of its services, with what it learned of usual costs; a subscription of another stack "
        "that names it (`anomalies.monitor_arn`) hears of nothing more"
    ),
    # https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
    "costexplorer/costAllocationTag:CostAllocationTag": (
        "the tag is inactive in the account's bill from then on, for the costs of every stack"
    ),
    # https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
    "ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions": (
        "the internet may reach every VPC of the account in this region again, as far as its own routes and groups let"
    ),
}


def shared(rehearsed: Rehearsed) -> Iterator[tuple[Node, str]]:
    """Yield each such resource of a stack, and what its end does to the others."""
    for end, lost in _LOST.items():
        for node in rehearsed.of(end):
            yield node, lost
