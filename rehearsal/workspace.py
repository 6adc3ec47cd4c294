"""The throw-away place a rehearsal happens in: a copy of the stack file, a local backend, planted secrets."""

import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import yaml

PROJECT: Final = Path(__file__).parent.parent

# Belongs to the encryption of the real stack, which a rehearsal must not need.
_ENCRYPTION_KEYS: Final = ("encryptionsalt", "encryptedkey", "secretsprovider")

# The file backend rewrites the whole state at every step otherwise; what a rehearsal makes does not outlive it.
_NO_CHECKPOINTS: Final = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}


class UnknownStackError(Exception):
    """There is no stack file of that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A prepared working directory.

    Attributes:
        stack: The stack's name.
        directory: Where the copies of Pulumi.yaml and the stack file lie.
        environment: What the engine runs with; nothing of it points outside `directory`.
        planted: Secret values put in place of encrypted ones, by configuration path.

    """

    stack: str
    directory: Path
    environment: Mapping[str, str]
    planted: Mapping[str, str]


def stack_names(stacks: Path = PROJECT) -> list[str]:
    """Return the stacks that have a file in a folder, in alphabetical order."""
    return sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in stacks.glob("Pulumi.*.yaml"))


@contextmanager
def prepare(stack: str, stacks: Path = PROJECT, *, checkpoints: bool = False) -> Iterator[Workspace]:
    """Copy what the engine reads into a temporary directory, which is removed at the end.

    Args:
        stack: The stack's name.
        stacks: Where the stack files lie.
        checkpoints: Whether the engine saves the state at every step, as it does for a real stack, and not at the end
            only. What is about being interrupted needs it.

    Raises:
        UnknownStackError: there is no ``Pulumi.<stack>.yaml``.

    """
    source = stacks / f"Pulumi.{stack}.yaml"
    if not source.is_file():
        raise UnknownStackError(
            f"there is no stack {stack!r} ({source.name} is missing); there are: {', '.join(stack_names(stacks))}"
        )
    with TemporaryDirectory(prefix=f"rehearsal-{stack}-") as temporary:
        directory = Path(temporary)
        content = yaml.safe_load(source.read_text(encoding="utf-8")) or {}
        for key in _ENCRYPTION_KEYS:
            content.pop(key, None)
        planted: dict[str, str] = {}
        content["config"] = {
            key: _without_secrets(value, key, planted) for key, value in content.get("config", {}).items()
        }
        content["config"] = {key: value for key, value in content["config"].items() if value is not None}
        (directory / source.name).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        shutil.copy(PROJECT / "Pulumi.yaml", directory)
        environment = _environment(directory) | ({} if checkpoints else _NO_CHECKPOINTS)
        yield Workspace(stack=stack, directory=directory, environment=environment, planted=planted)


def _without_secrets(value: Any, path: str, planted: dict[str, str]) -> Any:
    """Return the value without its encrypted parts; each gets a recognisable secret in `planted`."""
    if isinstance(value, dict):
        if set(value) == {"secure"}:
            planted[path] = f"planted-secret-{secrets.token_hex(16)}"
            return None
        kept = {key: _without_secrets(item, f"{path}.{key}", planted) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not None or value[key] is None}
    if isinstance(value, list):
        return [_without_secrets(item, f"{path}[{index}]", planted) for index, item in enumerate(value)]
    return value


def _environment(directory: Path) -> dict[str, str]:
    backend = directory / "backend"
    backend.mkdir()
    return {
        "PULUMI_BACKEND_URL": f"file://{backend}",
        "PULUMI_HOME": str(directory / "home"),
        "PULUMI_CONFIG_PASSPHRASE": secrets.token_hex(16),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
