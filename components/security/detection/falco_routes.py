"""Where Falco's alerts go: the settings of falcosidekick's outputs, and what each needs of values, network and AWS."""

from typing import Annotated, Any, ClassVar, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field

from components.foundation.account import AccountSettings
from components.kit import chart, flows, iam
from components.kit.flows import Flow, Fqdn, Port, Workload
from components.kit.monitoring import ALERTMANAGER, ALERTMANAGER_URL, Owner, Severity
from components.kit.settings import LogRetention, Settings
from components.security.detection.falco_language import Priority

_HTTPS: Final = 443

SIDEKICK_PORT: Final = 2801
SIDEKICK: Final = Workload(
    namespace=chart.pinned()["falco"].namespace,
    name="falcosidekick",
    labels={"app.kubernetes.io/instance": "falco", "app.kubernetes.io/name": "falcosidekick"},
    ports=(Port(name="http", number=SIDEKICK_PORT),),
)

# Any address but one with a user in it: what is in a stack file is no secret.
Url = Annotated[
    str,
    Field(
        pattern=r"^https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.[a-z]+(:443)?(/[^\s?#]*)?$",
        examples=["https://alerts.example.com/falco"],
    ),
]
"""An HTTPS address on port 443, by name, without credentials."""


class Route(Settings):
    """What all routes have."""

    output: ClassVar[tuple[str, ...]]
    """Where falcosidekick's configuration has it."""
    credentials: ClassVar[tuple[str, ...]] = ()
    """The keys of `secret_name` without which the route leads nowhere."""

    minimum_priority: Priority = Priority.WARNING
    """The least grave alerts that take this route."""

    def own(self) -> dict[str, Any]:
        """Return what falcosidekick must know of it besides."""
        return {}

    def server(self) -> Fqdn | Workload | None:
        """Return who is called; nobody but AWS without."""
        return None


class AlertmanagerRoute(Route):
    """The platform's own Alertmanager."""

    output: ClassVar[tuple[str, ...]] = ("alertmanager",)

    def own(self) -> dict[str, Any]:
        """Return its address, and how its routes know whose alerts these are and how urgent.

        The second version of its API: 0.27 took the first away, which is the chart's choice.
        https://github.com/prometheus/alertmanager/releases/tag/v0.27.0
        """
        return {
            "hostport": ALERTMANAGER_URL,
            "endpoint": "/api/v2/alerts",
            "extralabels": f"owner:{Owner.SECURITY}",
            # What it would call `information`.
            "customseveritymap": ",".join(f"{each}:{Severity.INFO}" for each in ("notice", "informational", "debug")),
        }

    def server(self) -> Workload:
        """Return its pods."""
        return ALERTMANAGER


class SlackRoute(Route):
    """Slack, by an incoming webhook, which is `SLACK_WEBHOOKURL` in the Secret."""

    output: ClassVar[tuple[str, ...]] = ("slack",)
    credentials: ClassVar[tuple[str, ...]] = ("SLACK_WEBHOOKURL",)

    def server(self) -> Fqdn:
        """Return where all of Slack's webhooks are."""
        return Fqdn("hooks.slack.com")


class PagerDutyRoute(Route):
    """PagerDuty's Events API v2, whose key is `PAGERDUTY_ROUTINGKEY` in the Secret."""

    output: ClassVar[tuple[str, ...]] = ("pagerduty",)
    credentials: ClassVar[tuple[str, ...]] = ("PAGERDUTY_ROUTINGKEY",)

    minimum_priority: Priority = Priority.CRITICAL
    """The least grave alerts that wake somebody."""

    region: Literal["us", "eu"] = "us"
    """Where the PagerDuty account is."""

    def own(self) -> dict[str, Any]:
        """Return the region."""
        return {"region": self.region}

    def server(self) -> Fqdn:
        """Return the region's endpoint.

        https://developer.pagerduty.com/docs/events-api-v2-overview#service-regions
        """
        return Fqdn("events.eu.pagerduty.com" if self.region == "eu" else "events.pagerduty.com")


class WebhookRoute(Route):
    """Any program that takes a POST of JSON. Headers that let it in are `WEBHOOK_CUSTOMHEADERS` in the Secret."""

    output: ClassVar[tuple[str, ...]] = ("webhook",)

    url: Url
    """Where it listens."""

    def own(self) -> dict[str, Any]:
        """Return the address."""
        return {"address": self.url}

    def server(self) -> Fqdn:
        """Return the address's name."""
        return Fqdn(_host(self.url))


class LokiRoute(Route):
    """A Loki outside the cluster, whose user and key are `LOKI_USER` and `LOKI_APIKEY` in the Secret."""

    output: ClassVar[tuple[str, ...]] = ("loki",)
    credentials: ClassVar[tuple[str, ...]] = ("LOKI_USER", "LOKI_APIKEY")

    url: Url
    """Where it listens, without the path."""

    def own(self) -> dict[str, Any]:
        """Return the address."""
        return {"hostport": self.url}

    def server(self) -> Fqdn:
        """Return the address's name."""
        return Fqdn(_host(self.url))


class CloudWatchRoute(Route):
    """A log group in CloudWatch Logs, which is made here and written to by EKS Pod Identity."""

    output: ClassVar[tuple[str, ...]] = ("aws", "cloudwatchlogs")

    minimum_priority: Priority = Priority.NOTICE
    """The least grave alerts that are kept."""

    retention_days: LogRetention = 365
    """Days the alerts are kept; CloudWatch knows certain numbers only."""


class SnsRoute(Route):
    """An SNS topic of the stack's account and region, which is there and is published to by EKS Pod Identity."""

    output: ClassVar[tuple[str, ...]] = ("aws", "sns")

    topic_arn: Annotated[
        str,
        Field(
            pattern=r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$",
            examples=["arn:aws:sns:eu-central-1:111122223333:security"],
        ),
    ]
    """The topic. One that is encrypted with a customer key needs a key policy that lets the role use it."""

    def own(self) -> dict[str, Any]:
        """Return the topic."""
        return {"topicarn": self.topic_arn}


class FalcoRoutes(Settings):
    """Where alerts go. Without any route they are in Falco's own log and counted in metrics."""

    alertmanager: AlertmanagerRoute | None = None
    """The platform's own Alertmanager."""

    slack: SlackRoute | None = None
    """A channel of Slack."""

    pagerduty: PagerDutyRoute | None = None
    """A service of PagerDuty."""

    webhook: WebhookRoute | None = None
    """Any program that takes a POST of JSON."""

    loki: LokiRoute | None = None
    """A Loki outside the cluster."""

    cloudwatch_logs: CloudWatchRoute | None = None
    """A log group in the stack's account."""

    sns: SnsRoute | None = None
    """An SNS topic."""

    secret_name: (
        Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", max_length=253, examples=["falco-routes"])]
        | None
    ) = None
    """The Secret in the namespace `falco` with the routes' credentials, by the names of falcosidekick's environment
    variables. An ExternalSecret fills it; it must be there before this is set."""

    @property
    def chosen(self) -> dict[str, Route]:
        """The routes that are taken, by name."""
        routes = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: route for name, route in routes.items() if isinstance(route, Route)}

    @property
    def in_aws(self) -> bool:
        """Whether any route needs a role in AWS."""
        return self.cloudwatch_logs is not None or self.sns is not None


def config(routes: FalcoRoutes, region: str, log_group: str) -> dict[str, Any]:
    """Return falcosidekick's configuration; credentials are in none of it.

    Args:
        routes: Where alerts go.
        region: AWS's.
        log_group: The name of the log group.

    """
    found: dict[str, Any] = {"existingSecret": routes.secret_name} if routes.secret_name else {}
    if routes.in_aws:
        found["aws"] = {"useirsa": False, "region": region}
    for route in routes.chosen.values():
        *folder, name = route.output
        place = found[folder[0]] if folder else found
        place[name] = {**route.own(), "minimumpriority": str(route.minimum_priority)}
    if routes.cloudwatch_logs:
        found["aws"]["cloudwatchlogs"]["loggroup"] = log_group
    return found


def connections(routes: FalcoRoutes, account: AccountSettings) -> tuple[Flow, ...]:
    """Return the connections of falcosidekick to where alerts go."""
    called = {name: route.server() for name, route in routes.chosen.items()}
    outside = (
        Flow(
            client=SIDEKICK,
            server=server,
            port=_HTTPS if isinstance(server, Fqdn) else server.ports[0].number,
            why=f"sends alerts by the route {name}",
        )
        for name, server in called.items()
        if server
    )
    if not routes.in_aws:
        return (*outside,)
    # It asks STS who it is before it starts.
    services = ("sts", *(["logs"] if routes.cloudwatch_logs else []), *(["sns"] if routes.sns else []))
    return (*outside, *flows.pod_identity(SIDEKICK), *flows.aws_api(SIDEKICK, account.region, *services))


def permissions(routes: FalcoRoutes, account: AccountSettings, log_group: str) -> list[iam.Statement]:
    """Let falcosidekick write to its log group and publish to its topic, and nothing else."""
    statements = []
    if routes.cloudwatch_logs:
        group = f"arn:{account.partition}:logs:{account.region}:{account.id}:log-group:{log_group}"
        statements.append(
            iam.Statement(
                sid="KeepAlerts",
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                # The group's streams: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
                resources=[f"{group}:*"],
            )
        )
    if routes.sns:
        statements.append(iam.Statement(sid="PublishAlerts", actions=["sns:Publish"], resources=[routes.sns.topic_arn]))
    return statements


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
