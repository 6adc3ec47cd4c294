"""Puts right what a killed engine leaves: the lock, and what was being created; see docs/runbooks/failed-up.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.adopt import adopt, pending_creations
from rehearsal.aws.provider import AwsStandIn
from rehearsal.engine import Engine, Watch
from rehearsal.kubernetes.provider import KubernetesStandIn
from rehearsal.kubernetes.releases import RELEASE
from rehearsal.providers.standin import Resource


class AmbiguousError(Exception):
    """More than one thing in AWS could be what a killed engine has made."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was put right.

    Attributes:
        pending: How many creations were under way when the engine died.
        adopted: How many of them were made, and are in the state now.

    """

    pending: int
    adopted: int

    def __str__(self) -> str:
        """Read like ``6 creations were under way, 5 of them made and adopted``."""
        return f"{self.pending} creations were under way, {self.adopted} of them made and adopted"


def recover(engine: Engine, aws: AwsStandIn, kubernetes: KubernetesStandIn, watch: Watch) -> Recovered:
    """Unlock the stack, look for what was being created, and take what is there into the state.

    Raises:
        AmbiguousError: tags and names do not tell what was made.
        RuntimeError: the refresh that reads what was taken in fails.

    """
    engine.unlock()
    state = engine.state()
    pending = list(pending_creations(state))
    found = {entry["urn"]: entry.get("id") or _look_up(aws, kubernetes, state, entry) for entry in pending}
    made = {urn: identifier for urn, identifier in found.items() if identifier}
    engine.replace_state(adopt(state, made))
    refreshed = engine.refresh(watch)
    if refreshed.errors:
        raise RuntimeError("the refresh after a kill failed:\n" + "\n".join(refreshed.errors))
    return Recovered(len(pending), len(made))


def _look_up(aws: AwsStandIn, kubernetes: KubernetesStandIn, state: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    """Return the id of what a creation made, by asking for what has its inputs and is in no state; else nothing."""
    if entry["type"] == RELEASE:
        # Helm takes over nothing: it refuses to install under a name that is in use.
        return kubernetes.release(entry["inputs"])
    if not entry["type"].startswith(f"{aws.package}:"):
        # The next update applies an object again, and takes over what is there; the rest exists in the state only.
        return ""
    held = {each.get("id") for each in state["resources"] if each["type"] == entry["type"]}
    resource = Resource(urn=entry["urn"], type=entry["type"], name=entry["urn"].rpartition("::")[2])
    found = [each for each in aws.search(resource, entry["inputs"]) if each not in held]
    if len(found) > 1:
        raise AmbiguousError(f"{entry['urn']} could be any of {', '.join(found)}: their tags and names are the same")
    return found[0] if found else ""
