"""Which AWS account and region a stack lives in, and the provider that refuses every other."""

import re
from typing import Annotated, Final, Self

import pulumi_aws as aws
from pydantic import Field, field_validator, model_validator

from components.kit.settings import Settings

# AWS reserves these for itself; a tag that starts with them is refused at creation.
_RESERVED_TAG_PREFIX: Final = "aws:"
# AWS itself takes any letter; the configuration schema of the add-on aws-ebs-csi-driver (controller.extraVolumeTags)
# takes these characters only, and EKS refuses the add-on for any other.
_VOLUME_TAG: Final = re.compile(r"[a-zA-Z0-9 _.:/=+\-@]*")


class AccountSettings(Settings):
    """The AWS account and region the stack lives in, and the tags everything carries."""

    id: Annotated[str, Field(pattern=r"^\d{12}$", examples=["111122223333"])]
    """The account's 12 digits. Credentials of any other account are refused before anything is planned."""

    region: Annotated[str, Field(pattern=r"^[a-z]{2}(-gov|-iso[a-z]?)?-[a-z]+-\d$", examples=["eu-central-1"])]
    """The region every resource is made in."""

    tags: dict[Annotated[str, Field(min_length=1, max_length=128)], Annotated[str, Field(max_length=256)]] = Field(
        default={}, max_length=40
    )
    """Tags for every AWS resource, such as owner and cost center. (AWS allows 50 a resource; layers need up to ten.)"""

    permissions_boundary_arn: (
        Annotated[
            str,
            Field(
                pattern=r"^arn:aws[a-z-]*:iam::(aws|\d{12}):policy/[\w+=,.@/-]+$",
                examples=["arn:aws:iam::111122223333:policy/platform-boundary"],
            ),
        ]
        | None
    ) = None
    """The IAM policy no role of the platform can exceed. Set it where the deployer may only make roles with it."""

    @field_validator("tags")
    @classmethod
    def _tags_are_not_reserved(cls, tags: dict[str, str]) -> dict[str, str]:
        reserved = [key for key in tags if key.lower().startswith(_RESERVED_TAG_PREFIX)]
        if reserved:
            raise ValueError(f"the tag keys {', '.join(reserved)} start with aws:, which AWS reserves; choose others")
        return tags

    @field_validator("tags")
    @classmethod
    def _tags_fit_volumes_too(cls, tags: dict[str, str]) -> dict[str, str]:
        unfit = [f"{key}: {value}" for key, value in tags.items() if not _VOLUME_TAG.fullmatch(key + value)]
        if unfit:
            raise ValueError(
                f"{', '.join(unfit)} has characters that the EBS CSI driver refuses in the tags of volumes; "
                "use letters a to z, digits, spaces and _ . : / = + - @"
            )
        return tags

    @model_validator(mode="after")
    def _the_boundary_is_of_this_account(self) -> Self:
        arn = self.permissions_boundary_arn
        if arn is None:
            return self
        _, partition, _, _, account, _ = arn.split(":", 5)
        if partition != self.partition:
            raise ValueError(
                f"permissions_boundary_arn is of the partition {partition}, and {self.region} is of {self.partition}"
            )
        if account not in {self.id, "aws"}:
            raise ValueError(
                f"permissions_boundary_arn is of the account {account}, and the roles are of {self.id}: "
                "a boundary is a policy of the same account, or one of AWS's own"
            )
        return self

    @property
    def partition(self) -> str:
        """The partition that begins the account's ARNs: ``aws``, ``aws-us-gov`` or ``aws-cn``."""
        if self.region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if re.match(r"us-gov-", self.region) else "aws"

    @property
    def root_arn(self) -> str:
        """The account itself as a principal: it delegates to the account's IAM policies."""
        return f"arn:{self.partition}:iam::{self.id}:root"


def provider(name: str, settings: AccountSettings) -> aws.Provider:
    """Return the one AWS provider of a stack."""
    return aws.Provider(
        name,
        region=settings.region,
        allowed_account_ids=[settings.id],
        default_tags=aws.ProviderDefaultTagsArgs(tags={**settings.tags, "managed-by": "pulumi"}),
    )
