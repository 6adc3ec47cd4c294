"""Proves the policies of a rehearsed stack from its state, and shows who reaches whom."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from rehearsal.reachability import declared
from rehearsal.reachability.declared import Flow, OfWorkload, Side
from rehearsal.reachability.manifests import KINDS, read
from rehearsal.reachability.matrix import Reachability, prove
from rehearsal.reachability.model import UnsupportedError

# What a component publishes that declares flows; its type and name do not matter.
_OUTPUTS: Final = frozenset({"namespaces", "api_server", "declared"})
_USUAL: Final = "TCP"


def summary(resources: Sequence[Mapping[str, Any]]) -> Reachability:
    """Return the proof over the policies in a state, of what its components declare.

    Args:
        resources: The resources of an exported deployment.

    Returns:
        The proof; an empty one where no component declares flows.

    """
    declaring = [entry["outputs"] for entry in resources if (entry.get("outputs") or {}).keys() >= _OUTPUTS]
    if not declaring:
        return Reachability()
    manifests = [entry.get("inputs") or {} for entry in resources if not entry.get("delete")]
    try:
        policies = read([each for each in manifests if (each.get("apiVersion"), each.get("kind")) in KINDS])
        return prove(declared.read(declaring), policies)
    except UnsupportedError as error:
        return Reachability(unread=(str(error),))


def markdown(proof: Reachability) -> Iterator[str]:
    """Yield the lines of the report's section; none where no component declares flows."""
    if not proof.flows and not proof.unread:
        return
    yield "## Who reaches whom"
    yield ""
    yield (
        f"{len(proof.flows) - len(proof.missing)} of {len(proof.flows)} declared flows are allowed; undeclared and "
        f"allowed: {len(proof.undeclared)}. Judged: {proof.pairs} pairs on all ports, under {proof.policies} policies."
    )
    for why, pairs in sorted(proof.accepted.items()):
        yield f"Allowed without being declared, {pairs} pairs: {why}."
    if proof.objections:
        yield ""
        yield from (f"- {objection}" for objection in proof.objections)
    for namespace in sorted(proof.namespaces):
        flows = [flow for flow in proof.flows if namespace in {_namespace(flow.client), _namespace(flow.server)}]
        yield ""
        yield from _grid(namespace, flows, proof.missing) if flows else [f"`{namespace}`: closed, with no flow at all."]


def _grid(namespace: str, flows: Sequence[Flow], missing: Sequence[Flow]) -> Iterator[str]:
    """Yield a table with a row for each client and a column for each server, of ports."""
    clients, servers = (
        _names(namespace, (flow.client for flow in flows)),
        _names(namespace, (flow.server for flow in flows)),
    )
    yield f"| `{namespace}`: from \\ to | {' | '.join(servers)} |"
    yield f"| --- |{' --- |' * len(servers)}"
    for client in clients:
        cells = (
            ", ".join(
                _port(flow) + (" **missing**" if flow in missing else "")
                for flow in flows
                if (_name(namespace, flow.client), _name(namespace, flow.server)) == (client, server)
            )
            for server in servers
        )
        yield f"| {client} | {' | '.join(cells)} |"


def _names(namespace: str, sides: Iterator[Side]) -> list[str]:
    return sorted({_name(namespace, side) for side in sides})


def _name(namespace: str, side: Side) -> str:
    return str(side).removeprefix(f"{namespace}/").replace("*", "\\*")


def _port(flow: Flow) -> str:
    number, protocol = flow.socket
    return str(number) if protocol == _USUAL else f"{number}/{protocol}"


def _namespace(side: Side) -> str:
    return side.pod.namespace if isinstance(side, OfWorkload) else ""
