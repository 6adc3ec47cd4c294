"""Whom alerts are sent to: the settings of each way out of the cluster, without any credential."""

from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import Field

from components.kit.settings import Settings

Name = Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", max_length=63)]
"""A name that people give: small letters, digits and hyphens."""

Host = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.[a-z]+$", max_length=253)]
"""A host by its full name."""

KeyName = Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", max_length=253, examples=["slack-url"])]
"""A key of the Secret `alertmanager-credentials`, which becomes a file. What is in it is never written here."""

Address = Annotated[str, Field(pattern=r"^[^@\s,<>]+@[^@\s,<>]+\.[^@\s,<>]+$", examples=["platform@example.com"])]
"""Somebody's address for e-mail."""


class EmailChannel(Settings):
    """E-mail, by the smarthost of `email`."""

    to: Annotated[list[Address], Field(min_length=1)]
    """Who gets it."""


class SlackChannel(Settings):
    """Slack, by an incoming webhook."""

    channel: Annotated[str, Field(pattern=r"^#[a-z0-9_-]{1,80}$", examples=["#platform-alerts"])]
    """The channel, with its hash sign."""

    file: KeyName = "slack-url"
    """The key with the webhook's URL."""


class PagerDutyChannel(Settings):
    """A service of PagerDuty, by its Events API v2."""

    file: KeyName = "pagerduty-routing-key"
    """The key with the integration key."""

    eu: bool = False
    """Whether the account is in PagerDuty's service region EU."""

    @property
    def host(self) -> str:
        """The region's endpoint: https://developer.pagerduty.com/docs/events-api-v2-overview#service-regions."""
        return "events.eu.pagerduty.com" if self.eu else "events.pagerduty.com"


class WebhookChannel(Settings):
    """Any program that takes Alertmanager's own POST of JSON."""

    url: Annotated[
        str,
        Field(
            pattern=r"^https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.[a-z]+(:443)?(/[^\s?#]*)?$",
            examples=["https://alerts.example.com/platform"],
        ),
    ]
    """Where it listens: HTTPS on port 443. A secret in an address would lie in the stack file: use `file`."""

    file: KeyName | None = None
    """The key with the bearer token that lets Alertmanager in; none is sent unless set."""

    @property
    def host(self) -> str:
        """Whose name the address has."""
        return urlsplit(self.url).hostname or ""


class ServiceNowChannel(Settings):
    """ServiceNow, by the forwarder that `servicenow` describes."""

    assignment_group: Annotated[str, Field(min_length=1, max_length=80, examples=["Platform Operations"])] | None = None
    """The group that incidents are assigned to; ServiceNow's own rules decide unless set."""


class Receiver(Settings):
    """Somebody who is told, by one way or by several at once."""

    email: EmailChannel | None = None
    """By e-mail."""

    slack: SlackChannel | None = None
    """In a channel of Slack."""

    pagerduty: PagerDutyChannel | None = None
    """By a page."""

    webhook: WebhookChannel | None = None
    """By a program of their own."""

    servicenow: ServiceNowChannel | None = None
    """By an incident or an event in ServiceNow."""

    WAYS: ClassVar[tuple[str, ...]] = ("email", "slack", "pagerduty", "webhook", "servicenow")

    @property
    def credentials(self) -> dict[str, str]:
        """The keys of the Secret that its ways cannot do without, by way."""
        keyed = {"slack": self.slack, "pagerduty": self.pagerduty, "webhook": self.webhook}
        return {way: channel.file for way, channel in keyed.items() if channel and channel.file}
