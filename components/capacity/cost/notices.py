"""Who is told of what a stack costs, by AWS itself."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from components.kit.settings import Settings


class SubscribersSettings(Settings):
    """Who is told by AWS, which sends e-mails of its own and publishes to SNS."""

    emails: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", examples=["finance@example.com"])], ...],
        # As many for one notification: https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html
        Field(max_length=10),
    ] = ()
    """Addresses of e-mails, at most ten. Of anomalies they get one summary a day."""

    topic_arn: (
        Annotated[
            str,
            Field(
                # FIFO topics end in .fifo, and neither service publishes to one.
                pattern=r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$",
                examples=["arn:aws:sns:eu-central-1:111122223333:costs"],
            ),
        ]
        | None
    ) = None
    """An SNS topic of the account, no FIFO one. Its policy must let `budgets.amazonaws.com` and
    `costalerts.amazonaws.com` publish, and the policy of its key, if it has one, let them use it."""

    @model_validator(mode="after")
    def _everyone_is_told_once(self) -> Self:
        twice = sorted({email for email in self.emails if self.emails.count(email) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} is named twice, which AWS refuses; name every address once")
        return self

    @property
    def any(self) -> bool:
        """Whether anybody is told."""
        return bool(self.emails or self.topic_arn)
