"""Reads a stack's configuration: the only code of the project that does."""

import json
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import pulumi
import yaml
from pulumi.runtime import config as runtime_config
from pydantic import BaseModel, ValidationError

from settings.mend import NAMESPACE
from settings.model import PlatformSettings
from settings.problems import explain
from settings.relations import Assembled, as_json
from settings.report import SettingsError
from settings.secrets import disclosed, merged, withheld
from settings.shape import shape_of

_Model = TypeVar("_Model", bound=Assembled)
_PREFIX = f"{NAMESPACE}:"


def load() -> PlatformSettings:
    """Return the settings of the stack that is being deployed.

    Raises:
        SettingsError: Something is wrong with them; its text reports everything that is.

    """
    # Config reads single keys only; a misspelled one would never be asked for.
    present = {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}
    names = {key.removeprefix(_PREFIX) for key in present if key.startswith(_PREFIX)} | set(
        PlatformSettings.model_fields
    )
    raw = {name: value for name in sorted(names) if (value := runtime_config.get_config(_PREFIX + name)) is not None}
    secret_keys = set(runtime_config.get_config_secret_keys_env())
    secrets = {name for name in raw if _PREFIX + name in secret_keys or runtime_config.is_config_secret(_PREFIX + name)}
    # The one place where the day enters: support ends whether or not a file changes. EKS counts its days in UTC.
    return parse(raw, stack=pulumi.get_stack(), secrets=secrets, today=datetime.now(UTC).date())


def parse(
    raw: Mapping[str, object], *, stack: str, secrets: Collection[str] = (), today: date | None = None
) -> PlatformSettings:
    """Return the settings that a configuration describes.

    Args:
        raw: The values of the project's namespace by key without ``platform:``, as Pulumi gives them (JSON text) or
            already decoded.
        stack: The stack's name, for the report.
        secrets: Keys that Pulumi keeps encrypted; the report repeats none of their values, and they may hold secrets.
        today: The day on which what ends by itself is judged; without it, it is not.

    Raises:
        SettingsError: Something is wrong with them; its text reports everything that is.

    """
    if today:
        # For its judgement alone: the settings are the same on every day.
        read(PlatformSettings.as_of(today), raw, stack=stack, secrets=secrets)
    return read(PlatformSettings, raw, stack=stack, secrets=secrets)


def read_file(path: Path) -> PlatformSettings:
    """Return the settings in a stack file, for whoever needs them without a deployment.

    Raises:
        SettingsError: As for `parse`.

    """
    return parse(blocks_of(path), stack=path.name.removeprefix("Pulumi.").removesuffix(".yaml"))


def blocks_of(path: Path) -> dict[str, object]:
    """Return the raw values of a stack file by key without ``platform:``."""
    config = yaml.safe_load(path.read_text(encoding="utf-8"))["config"]
    return {key.removeprefix(_PREFIX): value for key, value in config.items() if key.startswith(_PREFIX)}


def read(model: type[_Model], raw: Mapping[str, object], *, stack: str, secrets: Collection[str] = ()) -> _Model:
    """Return a model of the given type; see `parse`."""
    data = normalized(model, raw)
    disclosures = disclosed(data, secrets)
    # A report repeats values, and so does what mends them.
    shown = withheld(data, disclosures)
    try:
        settings = model.model_validate_json(as_json(shown))
    except ValidationError:
        raise SettingsError(merged(model, shown, disclosures, explain(model, shown, secrets)), stack) from None
    if disclosures:
        raise SettingsError(merged(model, shown, disclosures, ()), stack)
    return settings


def normalized(model: type[Assembled], raw: Mapping[str, object]) -> dict[str, Any]:
    """Decode the values. A key without a value counts as left out, and a block that is left out as an empty one."""
    texts = {name for name in raw if (shape := shape_of(model).child(name)) and shape.node.get("type") == "string"}
    decoded = {name: value if name in texts else _decoded(value) for name, value in raw.items()}
    data = {name: value for name, value in decoded.items() if not (name in model.model_fields and value in ("", None))}
    for name, field in model.model_fields.items():
        kind = field.annotation
        if name not in data and field.is_required() and isinstance(kind, type) and issubclass(kind, BaseModel):
            data[name] = {}
    return data


def _decoded(value: object) -> object:
    """Read a text as JSON where it is JSON: Pulumi keeps every top-level value as text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value
