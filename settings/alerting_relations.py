"""What must hold within a stack's alerting, and between it, the secrets it needs, the network and the day."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import available_timezones

from components.foundation.network_settings import NatMode, NetworkSettings
from components.kit.maintenance import MaintenanceSettings
from components.kit.monitoring import NAMESPACE, Owner
from components.observability.alerting.configuration import RESERVED
from components.observability.alerting.maintenance import PLATFORM, within
from components.observability.alerting.receivers import Receiver
from components.observability.alerting.settings import AlertingSettings
from components.observability.settings import ObservabilitySettings
from components.security.secrets.settings import SecretsSettings
from settings.relations import Conflict, Relation
from settings.shape import Path

if TYPE_CHECKING:
    from components.observability.alerting.routes import Match

_ALERTING: Final = ("observability", "alerting")
_DEFAULT: Final = (*_ALERTING, "default_receiver")
# Beyond a quarter nobody remembers why: whoever still needs it then writes a new day, and so looks at it.
_LONGEST: Final = timedelta(days=92)


def alerts_go_to_receivers_that_exist(observability: ObservabilitySettings) -> Iterator[Conflict]:
    """Yield the receivers that are named and not there."""
    alerting = observability.alerting
    named: dict[Path, str] = {
        (*_ALERTING, "routes", index, "receiver"): route.receiver for index, route in enumerate(alerting.routes)
    }
    if alerting.default_receiver:
        named[_DEFAULT] = alerting.default_receiver
    for path, name in named.items():
        if name not in alerting.receivers:
            there = ", ".join(sorted(alerting.receivers)) or "none"
            yield Conflict(
                keys=(path, (*_ALERTING, "receivers")),
                why=f"names the receiver {name}, which is not in receivers ({there})",
            )


def every_receiver_is_told_something(observability: ObservabilitySettings) -> Iterator[Conflict]:
    """Yield the receivers that nothing leads to, that have no way, and those whose names are taken."""
    alerting = observability.alerting
    told = {route.receiver for route in alerting.routes} | {alerting.default_receiver}
    for name, receiver in alerting.receivers.items():
        path = (*_ALERTING, "receivers", name)
        if name in RESERVED:
            yield Conflict(
                keys=(path,), why=f"has a name that the platform itself uses ({', '.join(sorted(RESERVED))})"
            )
        if not any(getattr(receiver, way) for way in Receiver.WAYS):
            yield Conflict(keys=(path,), why=f"has no way to be told: give it one of {', '.join(Receiver.WAYS)}")
        if name not in told:
            yield Conflict(
                keys=(path, (*_ALERTING, "routes")),
                why="is told nothing: no route leads to it, and it is not default_receiver; add one or take it away",
            )
    if alerting.receivers and not alerting.default_receiver:
        yield Conflict(
            keys=(_DEFAULT, (*_ALERTING, "receivers")),
            why="must be named: what fits no route would reach nobody",
            remedy=min(alerting.receivers),
        )


def every_way_out_is_described(observability: ObservabilitySettings) -> Iterator[Conflict]:
    """Yield the ways that receivers take and that nothing describes, and those described that nobody takes."""
    alerting = observability.alerting
    for way, what in (("email", "a smarthost and a sender"), ("servicenow", "the instance")):
        described, users = getattr(alerting, way), sorted(alerting.using(way))
        if users and not described:
            yield Conflict(
                keys=((*_ALERTING, way), (*_ALERTING, "receivers", users[0], way)),
                why=f"is missing: {', '.join(users)} cannot be told without {what}",
            )
        if described and not users:
            yield Conflict(
                keys=((*_ALERTING, way), (*_ALERTING, "receivers")),
                why=f"is used by no receiver: give one {way}, or take this away",
            )


def labels_have_values_that_alerts_have(observability: ObservabilitySettings) -> Iterator[Conflict]:
    """Yield the owners that nobody knows: no alert would ever fit."""
    alerting = observability.alerting
    asked: list[tuple[Path, Match]] = [
        *(((*_ALERTING, "routes", index), each) for index, each in enumerate(alerting.routes)),
        *(((*_ALERTING, "silences", name), each) for name, each in alerting.silences.items()),
    ]
    for path, match in asked:
        for index, owner in enumerate(match.owners):
            if owner not in alerting.owners:
                yield Conflict(
                    keys=((*path, "owners", index), (*_ALERTING, "teams")),
                    why=f"is {owner}, whom no alert has as its owner: the platform's are {', '.join(Owner)}; a team of "
                    "your own needs an entry in teams",
                )


def every_route_is_taken(observability: ObservabilitySettings) -> Iterator[Conflict]:
    """Yield the routes that repeat another, and those behind one that takes everything."""
    routes = observability.alerting.routes
    seen = Counter[str]()
    closed: int | None = None
    for index, route in enumerate(routes):
        path = (*_ALERTING, "routes", index)
        same = route.model_dump_json()
        if seen[same]:
            yield Conflict(keys=(path,), why="says what another route says already; take one of them away")
        elif closed is not None:
            yield Conflict(
                keys=(path, (*_ALERTING, "routes", closed)),
                why="is never asked: the route before it takes every alert; move it up, or let that one go_on",
            )
        seen[same] += 1
        if closed is None and not route.matchers and not route.go_on:
            closed = index


def windows_are_used_and_exist(
    observability: ObservabilitySettings, maintenance: MaintenanceSettings
) -> Iterator[Conflict]:
    """Yield windows of maintenance that are not there, that no route keeps, and whose clock nobody knows."""
    alerting = observability.alerting
    known = within(alerting, maintenance.window).maintenance
    for index, route in enumerate(alerting.routes):
        for position, name in enumerate(route.quiet_in):
            if name not in known:
                yield Conflict(
                    keys=((*_ALERTING, "routes", index, "quiet_in", position), (*_ALERTING, "maintenance")),
                    why=f"names the window {name}, which is not in "
                    + ("platform:maintenance" if name == PLATFORM else "maintenance"),
                )
    used = {name for route in alerting.routes for name in route.quiet_in}
    for name, window in alerting.maintenance.items():
        path = (*_ALERTING, "maintenance", name)
        if name not in used:
            yield Conflict(keys=(path,), why="keeps nobody quiet: name it in quiet_in of a route, or take it away")
        if window.time_zone not in available_timezones():
            yield Conflict(keys=((*path, "time_zone"),), why=f"is no time zone: {window.time_zone}", remedy="UTC")


def silences_are_narrow(observability: ObservabilitySettings) -> Iterator[Conflict]:
    """Yield the silences that would hide what nobody has thought of."""
    for name, silence in observability.alerting.silences.items():
        if not (silence.alerts or silence.namespaces):
            yield Conflict(
                keys=((*_ALERTING, "silences", name),),
                why="is about everything that may ever happen: name alerts or namespaces",
            )


def credentials_come_from_a_store(observability: ObservabilitySettings, secrets: SecretsSettings) -> Iterator[Conflict]:
    """Yield the credentials that are nowhere, and the store that does not hand them out."""
    alerting = observability.alerting
    path = (*_ALERTING, "credentials")
    if not alerting.needed_credentials:
        return
    if alerting.credentials is None:
        asked = ", ".join(f"{'.'.join(where)} ({key})" for where, key in alerting.needed_credentials.items())
        yield Conflict(
            keys=(path, *((*_ALERTING, *where) for where in alerting.needed_credentials)),
            why=f"must say in which store they are: {asked} cannot do without. Credentials are never kept here",
            remedy={"store": "aws", "key": "alerting"},
        )
        return
    name = alerting.credentials.store
    store = getattr(secrets.stores, name)
    if store is None:
        yield Conflict(
            keys=((*path, "store"), ("secrets", "stores", name)),
            why=f"is {name}, and the stack has no such store: add it to secrets.stores, for the namespace {NAMESPACE}",
        )
    elif NAMESPACE not in store.namespaces:
        yield Conflict(
            keys=(("secrets", "stores", name, "namespaces"), (*path, "store")),
            why=f"leaves {NAMESPACE} out, where Alertmanager's credentials must come to",
            remedy=[*store.namespaces, NAMESPACE],
        )


def a_closed_network_tells_nobody_outside(
    observability: ObservabilitySettings, network: NetworkSettings
) -> Iterator[Conflict]:
    """Yield the ways that a VPC without a way out does not lead."""
    if network.nat is not NatMode.NONE or network.transit_gateway:
        return
    for where in _outside(observability.alerting):
        yield Conflict(
            keys=((*_ALERTING, *where), ("network", "nat")),
            why="is outside, where nat none leads nobody: give the VPC a way out, or leave this out",
        )


def _outside(alerting: AlertingSettings) -> Iterator[Path]:
    for name, receiver in alerting.receivers.items():
        yield from (("receivers", name, way) for way in Receiver.WAYS if getattr(receiver, way))
    if alerting.heartbeat:
        yield ("heartbeat",)


def silenced_until(today: date) -> Relation:
    """Return the relation between silences and the day."""

    def no_silence_is_over(observability: ObservabilitySettings) -> Iterator[Conflict]:
        for name, silence in observability.alerting.silences.items():
            path = (*_ALERTING, "silences", name, "until")
            if silence.until < today:
                yield Conflict(
                    keys=(path,),
                    why=f"is over: {silence.owner} silenced it until then ({silence.reason}); take the silence "
                    "away, or give it a later day",
                )
            elif silence.until - today > _LONGEST:
                yield Conflict(
                    keys=(path,),
                    why=f"is more than {_LONGEST.days} days away: nobody will know why by then",
                    remedy=(today + _LONGEST).isoformat(),
                )

    return no_silence_is_over


RELATIONS: Final[tuple[Relation, ...]] = (
    alerts_go_to_receivers_that_exist,
    every_receiver_is_told_something,
    every_way_out_is_described,
    labels_have_values_that_alerts_have,
    every_route_is_taken,
    windows_are_used_and_exist,
    silences_are_narrow,
    credentials_come_from_a_store,
    a_closed_network_tells_nobody_outside,
)
