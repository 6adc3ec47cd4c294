"""The order of the steps, and the exit status that tells the truth about them."""

import json
import logging
import ssl
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from .databases import connect
from .failures import ASK_A_PERSON, BootstrapError
from .first_run import Cluster, initialise
from .keeper import Api, Keeper
from .session import Session
from .wanted_state import Reconciler

_LOG: Final = logging.getLogger("vault-bootstrap")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What differs between a cluster and a test.

    Attributes:
        secrets_manager: Returns the client for a region.
        pause: Waits for so many seconds.
        say: Tells what happens.

    """

    secrets_manager: Callable[[str], Api] = field(repr=False)
    pause: Callable[[float], None] = time.sleep
    say: Callable[[str], None] = _LOG.info


def main(folder: Path, secret: str) -> int:
    """Run, and return the exit status.

    Args:
        folder: Has `wanted.json` and `place.json`, all of `run` but the secret.
        secret: The ARN of the secret that keeps Vault's keys.

    """
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
    return guarded(
        json.loads((folder / "wanted.json").read_text(encoding="utf-8")),
        json.loads((folder / "place.json").read_text(encoding="utf-8")) | {"secret": secret},
        Surroundings(secrets_manager=_secrets_manager),
    )


def guarded(wanted: dict[str, Any], place: dict[str, Any], around: Surroundings) -> int:
    """Run, and turn whatever happens into an exit status and words without a secret."""
    try:
        changes = run(wanted, place, around)
    except BootstrapError as error:
        around.say(f"FAILED: {error}")
        around.say("A person must act first." if error.status == ASK_A_PERSON else "Another run may succeed.")
        return error.status
    except Exception as error:  # noqa: BLE001 - a traceback's last line may hold what was sent or answered
        at = error.__traceback__
        while at is not None and at.tb_next is not None:
            at = at.tb_next
        where = f"{Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}" if at else "an unknown place"
        around.say(f"FAILED: {type(error).__name__} at {where}, which this program does not expect")
        return BootstrapError.status
    around.say(f"Vault is as wanted; {changes} changes")
    return 0


def run(wanted: dict[str, Any], place: dict[str, Any], around: Surroundings) -> int:
    """Initialise, sign in, reconcile, sign out.

    Args:
        wanted: What `components/security/vault/access.py` makes of the settings.
        place: Where it runs: ``servers``, ``ca`` and ``jwt`` (files), ``region`` and ``secret`` (an ARN).
        around: What differs in a test.

    Returns:
        The number of changes.

    """
    cluster = Cluster(
        addresses=place["servers"],
        trust=ssl.create_default_context(cafile=place["ca"]),
        pause=around.pause,
        say=around.say,
    )
    keeper = Keeper(api=around.secrets_manager(place["region"]), arn=place["secret"], pause=around.pause)
    initialise(cluster, keeper)
    leader = cluster.active()
    around.say(f"{leader} leads")
    with cluster.client(leader) as client:
        session = Session(client=client, keeper=keeper, role=wanted["role"], jwt=Path(place["jwt"]), say=around.say)
        session.begin()
        changes = reconcile(Reconciler(client=client, say=around.say), keeper, wanted)
        session.end()
        return changes


def reconcile(reconciler: Reconciler, keeper: Keeper, wanted: dict[str, Any]) -> int:
    """Bring everything to the wanted state, and return the number of changes.

    The audit device comes first, so that the log has all the rest.
    """
    reconciler.mounts("sys/audit", wanted["audit"])
    reconciler.mounts("sys/mounts", wanted["mounts"])
    reconciler.mounts("sys/auth", wanted["auth"])
    for mount, authority in wanted["authorities"].items():
        reconciler.authority(mount, authority)
    for path, document in wanted["documents"].items():
        reconciler.document(path, document)
    connect(reconciler, keeper, wanted["databases"])
    reconciler.owned(wanted["owned"])
    return reconciler.changes


def _secrets_manager(region: str) -> Api:
    import boto3  # noqa: PLC0415 - in the cluster only: whoever reads this module elsewhere needs no AWS

    api: Api = boto3.client("secretsmanager", region_name=region)
    return api
