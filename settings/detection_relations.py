"""What must hold between a stack's detection, its account and its network."""

from collections.abc import Iterator
from typing import Final

from components.foundation.account import AccountSettings
from components.foundation.network_settings import NatMode, NetworkSettings
from components.security.detection.settings import DetectionSettings
from settings.relations import Conflict, Relation

_ROUTES: Final = ("detection", "falco", "routes")
_SECRET: Final = "secret_name"  # noqa: S105 - a setting's name


def routes_have_their_credentials(detection: DetectionSettings) -> Iterator[Conflict]:
    """Yield the Secret that is not named where a route leads nowhere without it."""
    routes = detection.falco.routes
    needed = {name: route.credentials for name, route in routes.chosen.items() if route.credentials}
    if needed and routes.secret_name is None:
        wanted = ", ".join(key for keys in needed.values() for key in keys)
        yield Conflict(
            keys=((*_ROUTES, _SECRET), *((*_ROUTES, name) for name in needed)),
            why=f"must be named: {', '.join(needed)} cannot do without {wanted}, which are kept in a Secret of the "
            "namespace falco and never in a stack file",
            remedy="falco-routes",
        )


def topics_are_in_the_region(account: AccountSettings, detection: DetectionSettings) -> Iterator[Conflict]:
    """Yield the topic of another region, which falcosidekick would ask its own region for."""
    topic = detection.falco.routes.sns
    if topic is None:
        return
    _, partition, _, region, owner, name = topic.topic_arn.split(":", 5)
    if (partition, region) != (account.partition, account.region):
        yield Conflict(
            keys=((*_ROUTES, "sns", "topic_arn"), ("account", "region")),
            why=f"is in {region}, and falcosidekick publishes in {account.region} only",
            remedy=f"arn:{account.partition}:sns:{account.region}:{owner}:{name}",
        )


def a_closed_network_alerts_inside(network: NetworkSettings, detection: DetectionSettings) -> Iterator[Conflict]:
    """Yield what detection calls where a VPC without a way out does not lead."""
    if network.nat is not NatMode.NONE or network.transit_gateway:
        return
    for name in ("slack", "pagerduty", "webhook", "loki"):
        if name in detection.falco.routes.chosen:
            yield Conflict(
                keys=((*_ROUTES, name), ("network", "nat")),
                why="is outside, where nat none leads nobody; cloudwatch_logs and sns have endpoints in the VPC",
            )
    trivy = detection.trivy
    if trivy.enabled and trivy.scans and not trivy.in_ecr:
        yield Conflict(
            keys=(("detection", "trivy", "databases"), ("network", "nat")),
            why="is outside, where nat none leads nobody: copy trivy-db and trivy-java-db to ECR and name the "
            "registry with the folder, or set detection.trivy.enabled to false",
        )


RELATIONS: Final[tuple[Relation, ...]] = (
    routes_have_their_credentials,
    topics_are_in_the_region,
    a_closed_network_alerts_inside,
)
