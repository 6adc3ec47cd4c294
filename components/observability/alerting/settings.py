"""What a stack decides about alerting: whom it tells of what, how, and when it does not."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from components.kit.monitoring import Owner
from components.kit.settings import OneOrThree, Settings
from components.observability.alerting.receivers import Address, Host, KeyName, Name, Receiver
from components.observability.alerting.routes import Route, Silence, Timings, Window


class CredentialsSettings(Settings):
    """Where the credentials of all receivers are: one secret with several keys, which becomes files."""

    store: Literal["aws", "vault", "gcp", "azure"] = "aws"
    """The store of `secrets.stores`, which must serve the namespace `monitoring`."""

    key: Annotated[str, Field(max_length=512, pattern=r"^[A-Za-z0-9_+=.@/-]+$", examples=["alerting"])] = "alerting"
    """The secret's name in the store, behind the store's prefix."""


class SmtpSettings(Settings):
    """How e-mail leaves the cluster. TLS is required."""

    smarthost: Host
    """The server that takes it."""

    # https://docs.aws.amazon.com/ses/latest/dg/smtp-connect.html: 25 is throttled by EC2.
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    """Its port."""

    sender: Address
    """Whom it comes from."""

    username: Annotated[str, Field(min_length=1, examples=["platform-smtp"])] | None = None
    """As whom Alertmanager signs in; it does not unless set."""

    file: KeyName = "smtp-password"
    """The key with the password of `username`."""


class Target(StrEnum):
    """What an alert becomes in ServiceNow."""

    INCIDENTS = "incidents"
    """A record of the table `incident`, opened and resolved by the forwarder."""
    EVENTS = "events"
    """A record of `em_event`, from which ServiceNow's Event Management makes its own alerts; it needs that plug-in."""


class ServiceNowSettings(Settings):
    """The instance of ServiceNow that the forwarder writes to."""

    instance: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", max_length=40, examples=["example"])]
    """Its name, before `.service-now.com`."""

    target: Target = Target.INCIDENTS
    """What an alert becomes there."""

    authentication: Literal["oauth", "basic"] = "oauth"
    """How the forwarder signs in: `oauth` by the keys `servicenow-client-id` and `servicenow-client-secret` (client
    credentials), `basic` by `servicenow-username` and `servicenow-password`."""

    caller: Annotated[str, Field(min_length=1, max_length=100, examples=["platform.alerts"])] | None = None
    """The user name that incidents name as their caller; the one that signs in unless set."""

    close_code: Annotated[str, Field(min_length=1, max_length=40, examples=["Solution provided"])] = (
        "Resolved by caller"
    )
    """The resolution code of an incident whose alert has ended. The instance's list of codes must have it."""

    @property
    def host(self) -> str:
        """The instance's host."""
        return f"{self.instance}.service-now.com"

    @property
    def credentials(self) -> tuple[str, ...]:
        """The keys that the forwarder reads."""
        if self.authentication == "oauth":
            return ("servicenow-client-id", "servicenow-client-secret")
        return ("servicenow-username", "servicenow-password")


class HeartbeatSettings(Settings):
    """A dead man's switch: somebody outside is told every few minutes that alerts come through, and notices silence."""

    host: Annotated[Host, Field(examples=["hc-ping.com"])]
    """Where the URL below leads, for the network."""

    file: KeyName = "heartbeat-url"
    """The key with the URL. Who knows it can keep the switch quiet."""

    every_minutes: Annotated[int, Field(ge=1, le=60)] = 5
    """How often. Set the service outside to miss two."""


class ServersSettings(Settings):
    """The servers of Alertmanager."""

    # Each tells what another has told already, and silences: two cannot tell which of them is cut off, three can.
    replicas: OneOrThree = 3
    """Three, one in each zone; one in a stack that may miss an alert."""

    storage_gib: Annotated[int, Field(ge=1, le=100)] = 2
    """The volume of each, for silences and for what was told."""


class AlertingSettings(Settings):
    """Who is told of alerts. Without a receiver they are seen in Grafana only."""

    servers: ServersSettings = ServersSettings()
    """The servers of Alertmanager."""

    credentials: CredentialsSettings | None = None
    """Where the credentials of receivers are."""

    email: SmtpSettings | None = None
    """How e-mail leaves the cluster."""

    servicenow: ServiceNowSettings | None = None
    """The instance of ServiceNow."""

    heartbeat: HeartbeatSettings | None = None
    """Who notices that alerts come through no more."""

    teams: list[Name] = Field(default=[])
    """Who acts on alerts besides the platform's own owners, by the label `owner` that their rules have."""

    receivers: dict[Name, Receiver] = Field(default={})
    """Who is told, by name."""

    default_receiver: Name | None = None
    """Who is told of what fits no route."""

    routes: list[Route] = Field(default=[])
    """Which alerts go to whom, in this order."""

    timings: Timings = Timings()
    """How soon and how often somebody is told, by severity."""

    maintenance: dict[Name, Window] = Field(default={})
    """Windows that come back every week, by the name that routes know them by."""

    silences: dict[Name, Silence] = Field(default={})
    """What nobody is told of until a day, by name."""

    @property
    def owners(self) -> frozenset[str]:
        """Everybody who may own an alert."""
        return frozenset({*Owner, *self.teams})

    def using(self, way: str) -> dict[str, Receiver]:
        """Return the receivers that are told by a way, ``email``, by name."""
        return {name: each for name, each in self.receivers.items() if getattr(each, way)}

    @property
    def needed_credentials(self) -> dict[tuple[str, ...], str]:
        """The keys of the Secret that something cannot do without, by the setting that asks for it."""
        found: dict[tuple[str, ...], str] = {
            ("receivers", name, way): key
            for name, each in self.receivers.items()
            for way, key in each.credentials.items()
        }
        if self.email and self.email.username:
            found[("email",)] = self.email.file
        if self.heartbeat:
            found[("heartbeat",)] = self.heartbeat.file
        if self.servicenow:
            found[("servicenow",)] = ", ".join(self.servicenow.credentials)
        return found
