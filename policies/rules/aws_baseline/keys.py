"""Rules about encryption keys."""

from collections.abc import Iterator
from typing import Final

from policies.expect import off, on
from policies.rule import Finding, Parameters, ResourceRule
from policies.values import Properties, Unknown, flag, read


class Window(Parameters):
    """How long a mistake can be taken back."""

    minimum_days: int = 30
    """For how many days a deleted key must be recoverable; KMS takes 7 to 30."""


def _rotation(key: Properties) -> Iterator[Finding]:
    spec = read(key, "customerMasterKeySpec", default="SYMMETRIC_DEFAULT")
    if isinstance(spec, Unknown):
        yield spec
    # KMS rotates nothing but symmetric encryption keys.
    if spec != "SYMMETRIC_DEFAULT":
        return
    rotated = flag(read(key, "enableKeyRotation", default=False))
    if isinstance(rotated, Unknown):
        yield rotated
    elif not rotated:
        yield "the key is never rotated; set enableKeyRotation to true"


def _window(key: Properties, window: Window) -> Iterator[Finding]:
    days = read(key, "deletionWindowInDays", default=30)
    if isinstance(days, Unknown):
        yield days
    elif days < window.minimum_days:
        yield f"a deleted key is gone after {days:.0f} days; set deletionWindowInDays to {window.minimum_days} or more"


RULES: Final = (
    ResourceRule(
        name="key-rotation",
        why="Rotation bounds how much one exposed key can decrypt, and KMS does it without touching the data.",
        types=("aws:kms/key:Key",),
        check=_rotation,
        references=("AWS Security Hub: KMS.4",),
    ),
    ResourceRule(
        name="key-deletion-window",
        why="A key that is deleted takes along all it ever encrypted, and the window is the time to notice.",
        types=("aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey"),
        check=_window,
        parameters=Window(),
        references=("AWS KMS Developer Guide: deleting keys",),
    ),
    ResourceRule(
        name="key-enabled",
        why="What a key that is off encrypted cannot be read, which shows when it is needed.",
        types=("aws:kms/key:Key",),
        check=on("isEnabled", default=True, fault="the key is off; set isEnabled to true"),
        references=("AWS KMS Developer Guide: enabling and disabling keys",),
    ),
    ResourceRule(
        name="key-policy-checked",
        why="A policy that locks out whoever wrote it can be undone by AWS Support only, in days.",
        types=("aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey"),
        check=off(
            "bypassPolicyLockoutSafetyCheck",
            default=False,
            fault="the policy may lock everybody out; set bypassPolicyLockoutSafetyCheck to false",
        ),
        references=("AWS KMS Developer Guide: key policies, default key policy",),
    ),
)
