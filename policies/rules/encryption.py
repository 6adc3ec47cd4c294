"""Rules about encryption keys."""

from collections.abc import Iterator
from typing import Final

from policies.rule import Finding, ResourceRule
from policies.values import Properties, Unknown, flag, read


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


RULES: Final = (
    ResourceRule(
        name="key-rotation",
        why="Rotation bounds how much one exposed key can decrypt, and KMS does it without touching the data.",
        types=("aws:kms/key:Key",),
        check=_rotation,
        references=("AWS Security Hub: KMS.4",),
    ),
)
