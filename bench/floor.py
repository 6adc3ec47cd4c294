"""The floor: a bare program that registers the same resources as a stack, written down flat, nothing to compute."""

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

import pulumi

_STACK: Final = "pulumi:pulumi:Stack"
_PROVIDERS: Final = "pulumi:providers:"


def program(deployment: Mapping[str, Any], *, layer: str = "", times: int = 1) -> Callable[[], None]:
    """Return a program of as many resources of the same types with the same inputs as a stack that has been made.

    Without layers, dependencies, settings and outputs; every input is a literal. Components stay, as empty names. The
    resources are made by the SDK's own classes, as far as they are loaded: they cost a third of a preview, and nobody
    writes programs without them.

    Args:
        deployment: The stack's exported state.
        layer: The type token of a layer that is there more than once.
        times: How often; the further ones under other names.

    """
    made_by_providers = {entry["urn"] for entry in deployment["resources"] if _is_remote(entry)}
    entries: Sequence[Mapping[str, Any]] = [
        entry
        for entry in deployment["resources"]
        if entry["type"] != _STACK and entry.get("parent") not in made_by_providers
    ]

    def register() -> None:
        providers = dict(_providers(entries))
        for entry in entries:
            if entry["type"].startswith(_PROVIDERS):
                continue
            repeated = layer and (entry["type"] == layer or f"{layer}$" in entry["urn"])
            for number in range(times if repeated else 1):
                _register(entry, f"-{number + 1}" if number else "", providers)

    return register


def _providers(entries: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, pulumi.ProviderResource]]:
    for entry in entries:
        if entry["type"].startswith(_PROVIDERS):
            package = entry["type"].removeprefix(_PROVIDERS)
            inputs = {name: value for name, value in entry["inputs"].items() if not name.startswith("__")}
            yield entry["urn"], pulumi.ProviderResource(package, entry["urn"].rpartition("::")[2], inputs)


def _is_remote(entry: Mapping[str, Any]) -> bool:
    """Tell whether a provider makes what is in a component: only when it has the cluster, so never in a preview."""
    return not entry.get("custom") and entry["type"].startswith("kubernetes:")


def _register(entry: Mapping[str, Any], suffix: str, providers: Mapping[str, pulumi.ProviderResource]) -> None:
    name = entry["urn"].rpartition("::")[2] + suffix
    if entry.get("custom"):
        # The reference ends in the provider's id.
        provider = providers[entry["provider"].rpartition("::")[0]]
        _make(entry["type"], name, entry["inputs"], pulumi.ResourceOptions(provider=provider))
    else:
        pulumi.ComponentResource(entry["type"], name)


def _make(token: str, name: str, inputs: Mapping[str, Any], options: pulumi.ResourceOptions) -> None:
    resource = _classes().get(token)
    if resource is None:
        # A custom resource of the cluster's: the SDK has no class for it.
        pulumi.CustomResource(token, name, dict(inputs), options)
        return
    home = vars(importlib.import_module(resource.__module__))
    # Where `<Name>Args` is taken by another type's nested structure, the SDK calls the resource's `<Name>InitArgs`.
    arguments = home.get(f"{resource.__name__}InitArgs") or home[f"{resource.__name__}Args"]
    names = {
        getattr(member.fget, "_pulumi_name", key): key
        for key, member in vars(arguments).items()
        if isinstance(member, property)
    }
    resource(name, opts=options, **{names[key]: value for key, value in inputs.items() if key in names})


@cache
def _classes() -> dict[str, type[pulumi.CustomResource]]:
    """Return the SDK's classes by type token, as far as they are loaded: those that the program uses are."""
    found: dict[str, type[pulumi.CustomResource]] = {}
    pending: list[type[pulumi.CustomResource]] = [pulumi.CustomResource]
    while pending:
        resource = pending.pop()
        found[getattr(resource, "pulumi_type", "")] = resource
        pending += resource.__subclasses__()
    return found
