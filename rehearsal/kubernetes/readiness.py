"""Waits for what the API server accepts first and completes, or deletes, only afterwards."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from rehearsal.kubernetes.rest import Rest

# A definition is served after some 50 ms, a quota counted after 20 ms; this leaves room for a busy machine.
_COMPLETION_SECONDS: Final = 120
_FIRST_PAUSE: Final = 0.01
_LONGEST_PAUSE: Final = 0.25


_Answer = TypeVar("_Answer")


class NotReadyError(Exception):
    """An object was accepted but did not become usable, or is still there; the text says what is missing."""


def wait_until_established(rest: Rest, path: str) -> dict[str, Any]:
    """Wait until the API server serves the CustomResourceDefinition at `path`; return it.

    Raises:
        NotReadyError: it does not, with the API server's reason.

    """

    def established() -> dict[str, Any] | None:
        definition = rest.get(path)
        return definition if _conditions(definition).get("Established", {}).get("status") == "True" else None

    definition = poll(established, _COMPLETION_SECONDS)
    if definition is None:
        reasons = [each["message"] for each in _conditions(rest.get(path)).values() if each["status"] == "False"]
        raise NotReadyError(f"{path.rsplit('/', 1)[-1]} was accepted but is not served: {'; '.join(reasons)}")
    return definition


def wait_until_counted(rest: Rest, path: str) -> None:
    """Wait until the ResourceQuota at `path` is in force: before that the API server refuses what it limits.

    Raises:
        NotReadyError: it does not come into force.

    """

    def counted() -> bool:
        quota = rest.get(path)
        return set(quota["spec"].get("hard", ())) <= set(quota.get("status", {}).get("hard", ()))

    if not poll(counted, _COMPLETION_SECONDS):
        raise NotReadyError(f"the ResourceQuota {path.rsplit('/', 1)[-1]} was accepted but never came into force")


def wait_until_gone(rest: Rest, path: str, uid: str, seconds: float) -> None:
    """Wait until the object `uid` at `path` is really deleted.

    Raises:
        NotReadyError: it is still there after `seconds`; the text names what holds it.

    """

    def remaining() -> dict[str, Any] | None:
        found = rest.find(path)
        return found if found is not None and found["metadata"]["uid"] == uid else None

    if not poll(lambda: remaining() is None, seconds) and (found := remaining()) is not None:
        raise NotReadyError(
            f"{found['kind']} {found['metadata']['name']} is still there {seconds:g} s after its deletion. "
            f"{_held(found)}"
        )


def poll(probe: Callable[[], _Answer], seconds: float) -> _Answer:
    """Ask until the answer is true in Python's sense or the time is over; return the last answer."""
    deadline = time.monotonic() + seconds
    pause = _FIRST_PAUSE
    while True:
        answer = probe()
        if answer or time.monotonic() > deadline:
            return answer
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def _held(found: Mapping[str, Any]) -> str:
    # A namespace has finalizers of its own kind in its spec, and says in its conditions what it waits for.
    finalizers = [*found["metadata"].get("finalizers", ()), *found.get("spec", {}).get("finalizers", ())]
    waits = [
        each["message"]
        for each in _conditions(found).values()
        if each["status"] == "True" and each["type"].startswith("Namespace")
    ]
    parts = [f"Finalizers: {', '.join(finalizers) or 'none'}."]
    parts += ["; ".join(waits)] if waits else []
    return " ".join(parts)


def _conditions(found: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["type"]: each for each in found.get("status", {}).get("conditions") or ()}
