"""Every environment of the project, and what a stack could choose besides, assembled on the recording engine."""

import copy
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import pulumi
import yaml

from components.assembly import Platform
from settings import PlatformSettings
from settings.load import parse
from tests.components.recording import Recording, build

PROJECT = Path(__file__).parent.parent
STACKS = tuple(
    sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in PROJECT.glob("Pulumi.*.yaml"))
)

VARIANTS: Final[Mapping[str, Mapping[str, Any]]] = {
    row["name"]: row for row in yaml.safe_load((PROJECT / "tests" / "variants.yaml").read_text(encoding="utf-8"))
}
"""What a stack could choose and no environment does, by name: each as the row of variants.yaml."""

EVERY: Final = (*STACKS, *VARIANTS)
"""The environments and the variants of them, by name."""

REMOVED: Final = "REMOVED"
"""What an edit says of a key that is to disappear."""


def edited(stack: str, edit: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of an environment's stack file in which key paths have other values."""
    text = (PROJECT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = copy.deepcopy(yaml.safe_load(text))
    for path, value in edit.items():
        _set(content["config"], path, value)
    return content


def content_of(name: str) -> dict[str, Any]:
    """Return the content of the stack file of an environment or a variant."""
    variant = VARIANTS.get(name, {"of": name, "edit": {}})
    return edited(variant["of"], _soon(variant["edit"]))


def _soon(value: Any) -> Any:
    """Return a value with a month from now for every day: a rehearsal refuses what is over, and what is far away."""
    if isinstance(value, dict):
        return {key: _soon(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_soon(item) for item in value]
    return datetime.now(UTC).date() + timedelta(days=30) if isinstance(value, date) else value


@cache
def settings_of(name: str) -> PlatformSettings:
    """Return the settings of an environment or a variant."""
    prefix = "platform:"
    config = content_of(name)["config"]
    blocks = {key.removeprefix(prefix): value for key, value in config.items() if key.startswith(prefix)}
    return parse(blocks, stack=name)


@cache
def assembled(name: str) -> Recording:
    """Return the recording of an environment or a variant; it is made once, so treat it as read-only."""
    settings = settings_of(name)

    def program() -> None:
        for key, value in Platform(settings).outputs.items():
            pulumi.export(key, value)

    return build(program)


def _set(content: Any, path: str, value: Any) -> None:
    *way, last = path.split(".")
    for step in way:
        content = content.setdefault(step, {})
    if value == REMOVED:
        del content[last]
    else:
        content[last] = value
