"""Vault's policies as typed data, written as HCL, and judged before Vault does, by the rules that it documents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

_GLOB: Final = "*"
_SEGMENT: Final = "+"


class Capability(StrEnum):
    """What a policy may grant on a path: https://developer.hashicorp.com/vault/docs/concepts/policies#capabilities."""

    CREATE = "create"
    READ = "read"
    UPDATE = "update"
    PATCH = "patch"
    DELETE = "delete"
    LIST = "list"
    SUDO = "sudo"
    DENY = "deny"
    """Takes everything away, whatever else is granted on the same path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What whoever holds it may do.

    Attributes:
        name: Its name, in lower case as Vault keeps it.
        rules: Path to capabilities. A path is as the API has it, without ``/v1/``: ``secret/data/team/*``. ``*`` ends
            a path and stands for any rest of it; ``+`` stands for one whole segment.

    Raises:
        ValueError: Vault would refuse it, or would understand something else than what is written.

    """

    name: str
    rules: Mapping[str, Sequence[Capability]]

    def __post_init__(self) -> None:
        if not self.name or self.name != self.name.lower() or set(self.name) - _NAME:
            raise ValueError(f"policy {self.name!r}: a name has lower case letters, digits and -")
        if self.name in _VAULTS_OWN:
            raise ValueError(f"policy {self.name}: Vault has a policy of this name itself")
        if not self.rules:
            raise ValueError(f"policy {self.name}: without a rule it is of no use")
        for path, capabilities in self.rules.items():
            problem = _path_problem(path) or _capabilities_problem(capabilities)
            if problem:
                raise ValueError(f"policy {self.name}, path {path!r}: {problem}")


_NAME: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_VAULTS_OWN: Final = frozenset({"root", "default"})


def hcl(policy: Policy) -> str:
    """Return a policy as Vault reads it; equal policies are written equally, whatever order they were made in."""

    def rule(path: str, granted: Sequence[Capability]) -> str:
        names = ", ".join(f'"{each}"' for each in Capability if each in granted)
        return f'path "{path}" {{\n  capabilities = [{names}]\n}}\n'

    return "\n".join(rule(path, granted) for path, granted in sorted(policy.rules.items()))


def allows(policies: Iterable[Policy], path: str, capability: Capability) -> bool:
    """Tell whether a token with these policies, and no other, may do something on a path.

    Vault's policy ``default``, which lets every token look after itself, is not among them unless it is given.

    Args:
        policies: What the token holds.
        path: Of the request, ``secret/data/team/app``; a list's with or without the slash that ends it.
        capability: What the request needs. `DENY` is nothing that one may do.

    """
    merged = _merged(policies)
    deciding = _deciding(merged, path, listing=capability is Capability.LIST)
    return bool(deciding) and all(
        capability in merged[pattern] and Capability.DENY not in merged[pattern] for pattern in deciding
    )


class Kv(NamedTuple):
    """The paths of one secret, or of all below a prefix, in the version 2 key-value engine.

    https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
    """

    mount: str
    prefix: str

    def path(self, operation: str) -> str:
        """Return the API's path of an operation: ``data``, ``metadata``, ``delete``, ``undelete``, ``destroy``."""
        return f"{self.mount}/{operation}/{self.prefix}"

    def read(self) -> dict[str, tuple[Capability, ...]]:
        """Let read the secret of that path and all below it, and see what there is.

        Never ``prefix*``: it would be ``prefix-of-others`` too.
        """
        read, seen = (Capability.READ,), (Capability.READ, Capability.LIST)
        return {**self._both("data", read), **self._both("metadata", seen)}

    def write(self) -> dict[str, tuple[Capability, ...]]:
        """Let write too, and delete versions so that they can be brought back; never destroy them."""
        written = (Capability.CREATE, Capability.READ, Capability.UPDATE, Capability.PATCH, Capability.DELETE)
        update = (Capability.UPDATE,)
        return {
            **self.read(),
            **self._both("data", written),
            **self._both("delete", update),
            **self._both("undelete", update),
        }

    def _both(self, operation: str, capabilities: tuple[Capability, ...]) -> dict[str, tuple[Capability, ...]]:
        return {self.path(operation): capabilities, f"{self.path(operation)}/{_GLOB}": capabilities}


def _merged(policies: Iterable[Policy]) -> dict[str, frozenset[Capability]]:
    merged: dict[str, frozenset[Capability]] = {}
    for policy in policies:
        for path, capabilities in policy.rules.items():
            merged[path] = merged.get(path, frozenset()) | frozenset(capabilities)
    return merged


def _deciding(merged: Mapping[str, object], path: str, *, listing: bool) -> list[str]:
    """Apply https://developer.hashicorp.com/vault/docs/concepts/policies#priority-matching.

    A list is one of a folder, whose slash a policy may leave out. Which of the two patterns then decides that match
    with and without it, is not documented, and so both must allow it: https://github.com/hashicorp/vault/pull/23874
    """
    exact = {pattern for pattern in merged if not {_GLOB, _SEGMENT} & set(pattern)}
    folder = f"{path.rstrip('/')}/"
    forms = (folder, folder.rstrip("/")) if listing else (path,)
    for form in forms:
        if form in exact:
            return [form]
    wild = merged.keys() - exact
    best = (max((each for each in wild if _matches(each, form)), key=_priority, default=None) for form in forms)
    return [pattern for pattern in best if pattern is not None]


def _matches(pattern: str, path: str) -> bool:
    glob = pattern.endswith(_GLOB)
    segments, parts = pattern.removesuffix(_GLOB).split("/"), path.split("/")
    if len(parts) < len(segments) or (not glob and len(parts) != len(segments)):
        return False
    *whole, last = segments
    if not all(segment in {_SEGMENT, part} for segment, part in zip(whole, parts, strict=False)):
        return False
    end = parts[len(whole)]
    return last in {_SEGMENT, end} or (glob and end.startswith(last))


def _priority(pattern: str) -> tuple[int, bool, int, int, str]:
    """Return what is greater, the more a pattern counts: Vault's list of five, in its order."""
    first = min((pattern.index(sign) for sign in (_SEGMENT, _GLOB) if sign in pattern), default=len(pattern))
    return first, not pattern.endswith(_GLOB), -pattern.split("/").count(_SEGMENT), len(pattern), pattern


def _path_problem(path: str) -> str:
    if not path or path.startswith("/"):
        return "a path has no slash at its start, as the API's after /v1/"
    if _GLOB in path[:-1]:
        return "* is a wildcard at the end of a path only; + is one segment"
    if any(_SEGMENT in segment and segment != _SEGMENT for segment in path.split("/")):
        return "+ stands for one whole segment, and for nothing else"
    if "//" in path:
        return "an empty segment never matches"
    if '"' in path or "\\" in path or "{{" in path or any(not sign.isprintable() for sign in path):
        return "quotes, backslashes, templates and control characters cannot be judged before Vault does"
    return ""


def _capabilities_problem(capabilities: Sequence[Capability]) -> str:
    if not capabilities:
        return "give capabilities; to take them away, deny"
    if Capability.DENY in capabilities and len(set(capabilities)) > 1:
        return "deny stands alone: nothing is granted beside it"
    return ""
