"""Small exported states, written the way the engine writes them."""

from collections.abc import Iterable
from typing import Any

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the engine's name for secrets, not one of them
ASSET = "c44067f5952c0a294b673a41bacd8c17"

State = dict[str, Any]


def urn(name: str, kind: str = "aws:test/thing:Thing") -> str:
    return f"urn:pulumi:prod::platform::{kind}::{name}"


def resource(name: str, kind: str = "aws:test/thing:Thing", **more: Any) -> State:
    """One resource a provider makes; `after` names what it depends on, by URN."""
    after = more.pop("after", [])
    return {"urn": urn(name, kind), "custom": True, "type": kind, "dependencies": list(after), **more}


def component(name: str, kind: str = "platform:test:Layer", **more: Any) -> State:
    return resource(name, kind, **more) | {"custom": False}


def stack() -> State:
    return component("platform-prod", "pulumi:pulumi:Stack")


def state(*resources: State) -> State:
    return {"manifest": {"version": "v3.256.0"}, "resources": list(resources)}


def secret(value: str) -> State:
    """As `pulumi stack export --show-secrets` writes it, which is what the automation API calls."""
    return {SIGNATURE: SECRET, "plaintext": f'"{value}"'}


def urns(resources: Iterable[State]) -> list[str]:
    return [entry["urn"] for entry in resources]
