"""Makes the silences that are wanted and not there, and ends those of its own that nobody wants any more.

It may run as often as one likes: https://github.com/prometheus/alertmanager/blob/v0.34.0/api/v2/openapi.yaml
"""

import json
import logging
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

_LOG: Final = logging.getLogger("silencer")

AUTHOR: Final = "platform-settings"
"""Who made a silence, by its field `createdBy`; those of people are left alone."""

_SECONDS: Final = 20.0

Call: TypeAlias = Callable[[str, str, Any], Any]
"""Sends a request, ``(method, path, body)``, and returns the answer's JSON. Raises `OSError` if there is none."""


def main(file: Path, address: str) -> int:
    """Run once, and return the exit status: 1 asks for another run.

    Args:
        file: The silences that are wanted.
        address: Of any Alertmanager; they tell each other.

    """
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")

    def call(method: str, path: str, body: Any) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the address is the stack's own
            address + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - as above
            return json.loads(answer.read() or b"null")

    wanted = json.loads(file.read_text(encoding="utf-8"))
    try:
        made, ended = reconcile(wanted, call, datetime.now(UTC))
    except (OSError, ValueError) as error:
        _LOG.error("Alertmanager was not brought to the wanted state: %s", error)
        return 1
    _LOG.info("made %d silences, ended %d", made, ended)
    return 0


def reconcile(wanted: Sequence[Mapping[str, Any]], call: Call, now: datetime) -> tuple[int, int]:
    """Make what is missing, then end what nobody wants; what is both for a moment stays silent.

    Args:
        wanted: Silences with `matchers`, `endsAt` and `comment`, as Alertmanager takes them.
        call: Reaches Alertmanager.
        now: When the new ones begin, if they have not ended by then.

    Returns:
        How many were made, and how many ended.

    """
    own = [
        each
        for each in call("GET", "/api/v2/silences", None)
        if each["createdBy"] == AUTHOR and each["status"]["state"] != "expired"
    ]
    there: dict[str, str] = {}
    # A second one of the same kind is left over from a run whose answer was lost.
    surplus = [each["id"] for each in own if there.setdefault(identity(each), each["id"]) != each["id"]]
    live = {identity(each): each for each in wanted if datetime.fromisoformat(each["endsAt"]) > now}
    missing = [each for name, each in live.items() if name not in there]
    for each in missing:
        call("POST", "/api/v2/silences", {**each, "createdBy": AUTHOR, "startsAt": now.isoformat()})
    surplus += [id_ for name, id_ in there.items() if name not in live]
    for id_ in surplus:
        call("DELETE", f"/api/v2/silence/{id_}", None)
    return len(missing), len(surplus)


def identity(silence: Mapping[str, Any]) -> str:
    """Return what tells silences apart: whatever differs makes another."""
    matchers = sorted(
        (each["name"], each["value"], each["isRegex"], each.get("isEqual", True)) for each in silence["matchers"]
    )
    ends = datetime.fromisoformat(silence["endsAt"]).astimezone(UTC).isoformat()
    return json.dumps([matchers, ends, silence["comment"]])
