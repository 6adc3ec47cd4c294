"""Forwarders and Alertmanagers on a simulated ServiceNow, for the tests of both."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from components.observability.alerting.servicenow_forwarder.claims import Claims
from components.observability.alerting.servicenow_forwarder.credentials import Basic
from components.observability.alerting.servicenow_forwarder.forwarder import OK, Forwarder
from components.observability.alerting.servicenow_forwarder.incidents import Incidents
from components.observability.alerting.servicenow_forwarder.metrics import Metrics
from components.observability.alerting.servicenow_forwarder.servicenow import ServiceNow
from tests.components.observability.alerting.servicenow_forwarder.service_now import (
    Cluster,
    Instance,
    Killed,
    Line,
    Pod,
    stamp,
)
from tests.components.observability.alerting.servicenow_forwarder.world import World


class Stage:
    """Two forwarders behind a Service, which are replaced when they are killed."""

    def __init__(self, folder: Path, world: World, instance: Instance, cluster: Cluster) -> None:
        (folder / "servicenow-username").write_text("platform\n", encoding="utf-8")
        (folder / "servicenow-password").write_text("not-a-password\n", encoding="utf-8")
        (folder / "token").write_text("not-a-token", encoding="utf-8")
        self.world, self.instance, self.cluster = world, instance, cluster
        self._folder = folder
        self.metrics = Metrics()
        self.pods = [self._started(), self._started()]

    def _started(self) -> tuple[Pod, Forwarder]:
        pod = Pod()
        service_now = ServiceNow(
            transport=Line(call=self.instance.call, pod=pod),
            credentials=Basic(folder=self._folder),
            metrics=self.metrics,
            pause=self.world.pause,
            clock=self.world.clock,
            chance=self.world.chance,
        )
        claims = Claims(
            transport=Line(call=self.cluster.call, pod=pod),
            proof=self._folder / "token",
            namespace="monitoring",
            holder="forwarder",
            clock=self.world.clock,
        )
        desk = Incidents(instance=service_now, claims=claims, metrics=self.metrics, close_code="Resolved by caller")
        forwarder = Forwarder(
            desk=desk, cluster="platform-prod", metrics=self.metrics, clock=self.world.clock, now=self.world.clock
        )
        return pod, forwarder

    def restart(self, which: int) -> None:
        """Kill a forwarder in the middle of what it does, and start another in its place."""
        self.pods[which][0].dead = True
        self.pods[which] = self._started()

    def notify(self, *told: Mapping[str, Any], which: int | None = None) -> int:
        """Hand a notification to one of them; the status that Alertmanager hears, 0 where it hears none."""
        _, forwarder = self.pods[self.world.chance.randrange(2) if which is None else which]
        try:
            return forwarder.notify(json.dumps({"alerts": told}).encode(), "Platform Operations")
        except Killed:
            return 0

    def insist(self, told: Mapping[str, Any], patience: int = 400) -> None:
        """Hand a notification over as Alertmanager does: again and again, until it is taken."""
        wait = 1.0
        for _ in range(patience):
            if self.notify(told) == OK:
                return
            self.world.pause(wait * self.world.chance.uniform(0.5, 1.5))
            wait = min(wait * 2, 60.0)
        raise AssertionError(f"never delivered: {told}")


def alert(number: int, since: datetime, until: datetime | None = None, **labels: str) -> dict[str, Any]:
    """Return an alert as Alertmanager tells of it."""
    return {
        "status": "resolved" if until else "firing",
        "labels": {"alertname": "DiskFull", "severity": "critical", "instance": f"node-{number}", **labels},
        "annotations": {"summary": f"The disk of node-{number} is full", "description": "Nothing can be written."},
        "startsAt": stamp(since),
        "endsAt": stamp(until) if until else "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus/graph",
        "fingerprint": f"{number:016x}",
    }


def staged(folder: Path, seed: int = 1, rate: Mapping[str, float] | None = None, failing: float = 0.0) -> Stage:
    """Return a stage with its world."""
    world = World(seed)
    return Stage(folder, world, Instance(world=world, rate=dict(rate or {})), Cluster(world=world, failing=failing))
