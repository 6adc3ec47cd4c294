"""What must hold in a stack that is there for the loss of a region: nothing of it may need what is lost."""

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from components.foundation.account import AccountSettings
from components.kit.settings import Settings
from components.resilience.backup.settings import BackupSettings
from components.security.vault.settings import VaultSettings
from settings.relations import Conflict, Relation
from settings.shape import Path

_SOURCE: Final = ("backup", "source")
# Where it is said which region that is.
_SAID: Final = (*_SOURCE, "lost_region")


def what_is_lost_is_elsewhere(backup: BackupSettings, account: AccountSettings) -> Iterator[Conflict]:
    """Yield the region that a stack is there for the loss of and that it is in itself, or reads from."""
    source = backup.source
    if source is None or source.lost_region is None:
        return
    if source.lost_region == account.region:
        yield Conflict(
            keys=(_SAID, ("account", "region")),
            why="is this stack's own region: it would be lost with what it is to bring back",
        )
    elif source.region == source.lost_region:
        yield Conflict(
            keys=((*_SOURCE, "region"), _SAID),
            why="is the region that is lost: name the copy of the bucket, its key and its region, as "
            "`pulumi stack output recovery` of the other stack tells them",
            remedy=account.region,
        )


def keys_are_where_they_are_used(
    backup: BackupSettings, vault: VaultSettings, account: AccountSettings
) -> Iterator[Conflict]:
    """Yield the keys of other stacks that are in another region than what they open, or whose policy lets nobody in."""
    used: list[tuple[Path, str, str]] = []
    if backup.source:
        used.append(((*_SOURCE, "key_arn"), backup.source.key_arn, backup.source.region))
    if vault.seal_key_arn:
        used.append((("vault", "seal_key_arn"), vault.seal_key_arn, account.region))
    for path, arn, region in used:
        _, _, _, its_region, its_account, _ = arn.split(":", 5)
        if its_region != region:
            yield Conflict(
                keys=(path,),
                why=f"is a key in {its_region}, and what it opens is in {region}: name the copy of the key there",
            )
        if its_account != account.id:
            yield Conflict(
                keys=(path, ("account", "id")),
                why=f"is a key of the account {its_account}, whose policy lets nobody of {account.id} in",
            )


def mappings_of_images_are_clear(backup: BackupSettings) -> Iterator[Conflict]:
    """Yield what is part of another entry: Velero takes the first that fits, in an order that nobody knows."""
    for inner in sorted(backup.images):
        for outer in sorted(backup.images):
            if inner != outer and inner in outer:
                yield Conflict(
                    keys=(("backup", "images", inner), ("backup", "images", outer)),
                    why=f"is part of `{outer}`, too: Velero applies one of the two, and not always the same one; "
                    "write both out further",
                )


def _needs_nothing_lost(layer: str) -> Relation:
    """Return the relation by which a layer's settings name nothing in the region that is lost."""

    def nothing_is_in_the_region_that_is_lost(**layers: Any) -> Iterator[Conflict]:
        source = layers["backup"].source
        lost = source.lost_region if source else None
        if lost is None or lost == source.region:
            return
        place = re.compile(rf"(?:^|[./:@]){re.escape(lost)}[a-z]?(?:$|[./:@])")
        for path, text in _texts(layers[layer], (layer,)):
            if place.search(text) and path != _SAID:
                yield Conflict(
                    keys=(path, _SAID),
                    why=f"names something in {lost}, and this stack is there for the day when that is lost",
                )

    names = sorted({layer, "backup"})
    parameters = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in names]
    nothing_is_in_the_region_that_is_lost.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # a function takes attributes, and this one is the standard's
    return nothing_is_in_the_region_that_is_lost


def _texts(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield every text among settings with its path. Keys are names: what they name is in their values."""
    if isinstance(value, Settings):
        for name in type(value).model_fields:
            yield from _texts(getattr(value, name), (*path, name))
    elif isinstance(value, str):
        yield path, str(value)
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _texts(each, (*path, str(name)))
    elif isinstance(value, Sequence):
        for index, each in enumerate(value):
            yield from _texts(each, (*path, index))


LAYERS: Final = (
    "account",
    "network",
    "encryption",
    "flow_logs",
    "cluster",
    "cilium",
    "nodes",
    "storage",
    "capacity",
    "cost",
    "dns",
    "certificates",
    "entry",
    "admission",
    "vault",
    "secrets",
    "identity",
    "detection",
    "observability",
    "backup",
    "chaos",
    "maintenance",
)
"""Every layer whose settings may name a place."""

RELATIONS: Final[tuple[Relation, ...]] = (
    what_is_lost_is_elsewhere,
    keys_are_where_they_are_used,
    mappings_of_images_are_clear,
    *(_needs_nothing_lost(layer) for layer in LAYERS),
)
