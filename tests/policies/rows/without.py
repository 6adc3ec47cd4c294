"""The kinds of rows that a rule cannot have, each with the reason."""

from collections.abc import Mapping
from typing import Final

from tests.policies.rows.row import Kind

_USER: Final = "every IAM user is one too many, whatever its inputs"

WITHOUT: Final[Mapping[tuple[str, Kind], str]] = {
    ("pod-has-controller", "good"): "it objects to every pod there is",
    ("pod-has-controller", "absent"): "it objects to every pod there is",
    ("pod-has-controller", "unknown"): "it objects to every pod there is",
    ("cilium-before-nodes", "unknown"): "the engine knows all dependencies of a plan",
    ("object-names", "unknown"): "what has no name yet is named by Pulumi, which takes no name twice",
    ("stack-size", "absent"): "every stack has a number of resources",
    ("stack-size", "unknown"): "the engine knows how many resources a plan has",
    ("data-protected", "unknown"): "the engine knows which resources of a plan are protected",
    ("prices-read-lately", "unknown"): "the day of a price stands in the table",
    ("iam-users", "good"): _USER,
    ("iam-users", "absent"): _USER,
    ("iam-users", "unknown"): _USER,
}
"""Why there is no row of a kind, by the rule's name and the kind."""
