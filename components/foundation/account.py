"""Which AWS account and region a stack lives in, and the provider that refuses every other."""

import re
from typing import Annotated, Final

import pulumi_aws as aws
from pydantic import Field, field_validator

from components.kit.settings import Settings

# AWS reserves these for itself; a tag that starts with them is refused at creation.
_RESERVED_TAG_PREFIX: Final = "aws:"


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

    @field_validator("tags")
    @classmethod
    def _tags_are_not_reserved(cls, tags: dict[str, str]) -> dict[str, str]:
        reserved = [key for key in tags if key.lower().startswith(_RESERVED_TAG_PREFIX)]
        if reserved:
            raise ValueError(f"the tag keys {', '.join(reserved)} start with aws:, which AWS reserves; choose others")
        return tags

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
