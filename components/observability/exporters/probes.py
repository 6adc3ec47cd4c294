"""Probe objects: how Prometheus asks an exporter about something else, and who may be asked."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Final

from components.kit import chart, flows
from components.kit.flows import Cidr, Flow, Fqdn, Peer, Port, Workload
from components.kit.monitoring import NAMESPACE, Instance, watched_by

API: Final = "monitoring.coreos.com/v1"


def exporter(release: str, port: int) -> Workload:
    """Return the pods of an exporter's release, as all these charts label them."""
    labels = {"app.kubernetes.io/name": release, "app.kubernetes.io/instance": release}
    return Workload(
        namespace=chart.pinned()[release].namespace,
        name=release,
        labels=labels,
        ports=(Port(name="http", number=port),),
    )


def service(pods: Workload, port: int) -> str:
    """Return where an exporter's Service is asked."""
    return f"{pods.name}.{pods.namespace}.svc.cluster.local:{port}"


def probe(
    kind: str, job: str, target: str, *, prober: str, instance: Instance, told: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a Probe, whose series have a `job`, and the target as their `instance`.

    Args:
        kind: What is asked about, in a word: an address and a database may have the same name.
        job: Its name in the settings.
        target: What the exporter is given.
        prober: Host and port of the exporter's Service.
        instance: Who watches it.
        told: What the exporter is told besides, as the object has it: its `module`, or other `params`.

    """
    labels = {"app.kubernetes.io/managed-by": "pulumi", **watched_by(instance)}
    return {
        "apiVersion": API,
        "kind": "Probe",
        "metadata": {"name": f"{kind}-{job}", "namespace": NAMESPACE, "labels": labels},
        "spec": {
            "jobName": job,
            "prober": {"url": prober, "path": "/probe"},
            **told,
            "targets": {"staticConfig": {"static": [target]}},
        },
    }


def peer(host: str) -> Peer:
    """Return a host outside the cluster as policies know it: by its name, or by its address where it has no name."""
    try:
        address = IPv4Address(host)
    except ValueError:
        return Fqdn(host)
    return Cidr(block=IPv4Network(address))


def connections(pods: Workload, asked: Mapping[tuple[str, int], str]) -> tuple[Flow, ...]:
    """Return the connections of an exporter: to whom it asks, and to nobody else, whatever it is told to ask.

    Args:
        pods: The exporter's.
        asked: By host and port, what for.

    """
    (port,) = pods.ports
    return (
        *flows.dns(pods),
        *flows.probes(pods, port.number),
        *flows.scrape(pods, port.number),
        *(Flow(client=pods, server=peer(host), port=number, why=why) for (host, number), why in sorted(asked.items())),
    )
