"""The floor: a bare program that registers the same resources as a stack, written down flat, nothing to compute."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import pulumi

_STACK: Final = "pulumi:pulumi:Stack"
_PROVIDERS: Final = "pulumi:providers:"


def program(deployment: Mapping[str, Any]) -> Callable[[], None]:
    """Return a program of as many resources of the same types with the same inputs as a stack that has been made.

    Without layers, dependencies, settings and outputs; every input is a literal. Components stay, as empty names.
    """
    entries: Sequence[Mapping[str, Any]] = [entry for entry in deployment["resources"] if entry["type"] != _STACK]

    def register() -> None:
        providers = dict(_providers(entries))
        for entry in entries:
            name = entry["urn"].rpartition("::")[2]
            if entry["type"].startswith(_PROVIDERS):
                continue
            if not entry.get("custom"):
                pulumi.ComponentResource(entry["type"], name)
                continue
            # The reference ends in the provider's id.
            provider = providers[entry["provider"].rpartition("::")[0]]
            pulumi.CustomResource(entry["type"], name, dict(entry["inputs"]), pulumi.ResourceOptions(provider=provider))

    return register


def _providers(entries: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, pulumi.ProviderResource]]:
    for entry in entries:
        if entry["type"].startswith(_PROVIDERS):
            package = entry["type"].removeprefix(_PROVIDERS)
            inputs = {name: value for name, value in entry["inputs"].items() if not name.startswith("__")}
            yield entry["urn"], pulumi.ProviderResource(package, entry["urn"].rpartition("::")[2], inputs)
