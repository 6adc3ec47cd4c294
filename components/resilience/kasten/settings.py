"""What a stack decides about Kasten beyond what it decides about backups, and the names its parts are known by."""

from typing import Annotated, Final

from pydantic import Field

from components.kit import chart
from components.kit.settings import Settings

CHART: Final = "k10"
NAMESPACE: Final = chart.pinned()[CHART].namespace

ACCOUNT: Final = "k10-k10"
"""The service account of all of Kasten's pods, those that it makes among them."""

PROFILE: Final = "backups"
"""Kasten's name for the bucket."""
CREDENTIALS: Final = "backups-role"
"""The Secret that says by which role the bucket is used. It holds no credential."""

LICENSE: Final = "k10-license"
"""The Secret with the licence, and its key `license`: the chart's own names for both."""
PASSPHRASE: Final = "k10-dr-secret"  # noqa: S105 - the name of a Secret, not what is in it
"""The Secret that Kasten encrypts the copies of its own catalogue with, by its key `key`; Kasten decides the names."""


class KastenSettings(Settings):
    """What Kasten needs to be told besides."""

    company: Annotated[str, Field(min_length=1, max_length=100, examples=["Example"])]
    """In whose name Veeam's licence agreement is accepted (https://docs.kasten.io/eula)."""

    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", examples=["platform@example.com"])]
    """Whom Veeam may write to about it."""

    accept_eula: bool = False
    """Whether that agreement is accepted. Nobody but the company can say so."""

    accept_no_drills: bool = False
    """Whether the stack does without the proof that its backups can be restored: drills are Velero's."""

    own_license: bool = False
    """Whether the Secret `k10-license` in `kasten-io` has a licence under its key `license`. Without, Kasten is its
    free edition, for a few nodes."""
