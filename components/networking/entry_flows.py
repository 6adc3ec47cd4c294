"""The connections in the entries' own namespaces: what their doors lead to, and nothing else."""

from collections.abc import Sequence
from typing import Final

from components.foundation.subnets import ZonePlan
from components.kit.flows import Cidr, Entity, Flow, Peer, Port, Workload
from components.networking import certificates, example_app
from components.networking.entry_settings import PUBLIC, EntryMode, EntrySettings
from components.networking.gateways import namespace_of

# https://cert-manager.io/docs/configuration/acme/http01/: the pod that answers a challenge stands beside the
# Certificate it is for.
_CHALLENGE_PORT: Final = 8089


def namespaces(settings: EntrySettings) -> list[str]:
    """Return the namespaces that the entries bring and that are closed.

    That of ingress-nginx stays open: it calls every pod that any Ingress names, which no list of flows could hold.
    """
    rooms = [namespace_of(entry) for entry in settings.points] if settings.mode is EntryMode.GATEWAY else []
    return [*rooms, *([example_app.NAMESPACE] if _closes_the_example(settings) else [])]


def connections(settings: EntrySettings, plan: Sequence[ZonePlan]) -> tuple[Flow, ...]:
    """Return what must be possible in them.

    Args:
        settings: Of the entry.
        plan: The VPC's subnets: ALBs call from those they stand in.

    """
    example = example_app.connections(_callers(settings, plan)) if _closes_the_example(settings) else ()
    return (*_challenges(settings), *example)


def _closes_the_example(settings: EntrySettings) -> bool:
    return settings.example_app is not None and settings.mode is not EntryMode.NGINX


def _callers(settings: EntrySettings, plan: Sequence[ZonePlan]) -> tuple[Peer, ...]:
    if settings.mode is EntryMode.GATEWAY:
        return (Entity.INGRESS,)
    return tuple(Cidr(block=zone.public if settings.example_app == PUBLIC else zone.node) for zone in plan)


def _challenges(settings: EntrySettings) -> tuple[Flow, ...]:
    if settings.mode is not EntryMode.GATEWAY or certificates.http_solver(settings) is None:
        return ()
    solver = Workload(
        namespace=namespace_of(PUBLIC),
        name="acme-solver",
        labels={"acme.cert-manager.io/http01-solver": "true"},
        ports=(Port(name="http", number=_CHALLENGE_PORT),),
    )
    why = "brings Let's Encrypt's challenges"
    return (Flow(client=Entity.INGRESS, server=solver, port=_CHALLENGE_PORT, why=why),)
