"""What of a stack costs on when it is gone, in US dollars a month, until somebody deletes it."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import cost
from operations.destroy import claims
from operations.destroy.retention import holds
from operations.rehearsed import Rehearsed
from rehearsal.report.graph import Node

# What the lines of volumes begin with, and the one of what lies in a bucket.
_VOLUMES: Final = "volume"
_STORAGE: Final = "storage"
_BUCKET: Final = "s3/bucket:Bucket"


def bill(rehearsed: Rehearsed) -> cost.Estimate:
    """Return what volumes that outlive their claims cost on, and what lies in buckets that only time empties.

    Keys and secrets cost nothing while they wait for their end: https://aws.amazon.com/kms/pricing/ and
    https://aws.amazon.com/secrets-manager/pricing/.
    """
    entries = [_entry(node) for node in rehearsed.resources]
    every = cost.estimate(entries)
    # A claim whose class is not there has no line: what remains is in a class that retains, of charts too.
    dropped = {node.urn for node in rehearsed.of(claims.CLASS) if not claims.retains(node)}
    retained = cost.estimate([entry for entry in entries if entry["urn"] not in dropped])
    outliving = {node.urn for node in claims.outliving(rehearsed)}
    stuck = {hold.node.urn for hold in holds(rehearsed) if hold.left and hold.node.type.endswith(_BUCKET)}
    staying = [
        *(line for line in retained.lines if line.what.startswith(_VOLUMES)),
        *(line for line in every.lines if line.urn in outliving and line.what.startswith(_VOLUMES)),
        *(line for line in every.lines if line.urn in stuck and line.what == _STORAGE),
    ]
    return cost.Estimate(lines=_once(staying), region=every.region)


def _once(lines: Iterable[cost.Line]) -> list[cost.Line]:
    return list({line.key: line for line in lines}.values())


def _entry(node: Node) -> Mapping[str, Any]:
    """Return a resource as the reckoning reads it."""
    return {
        "urn": node.urn,
        "type": node.type,
        "name": node.name,
        "parent": node.parent,
        "dependencies": node.dependencies,
        "inputs": node.inputs,
    }
