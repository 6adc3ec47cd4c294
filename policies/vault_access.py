"""What Vault would let a role read, judged from its roles and policies as plain data, by the rules Vault documents."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_RULE: Final = re.compile(r'path "([^"]+)" \{\s*capabilities = \[([^\]]*)\]\s*\}')

Rules = Mapping[str, Sequence[str]]
"""A policy: capabilities by path."""


@dataclass(frozen=True)
class Access:
    """Who may take which role, and what the role's policies say.

    Attributes:
        policies: Rules by the policy's name.
        roles: By the role's name: `namespace`, `service_accounts` and `policies`.

    """

    policies: Mapping[str, Rules]
    roles: Mapping[str, Mapping[str, Any]]

    def allows(self, role: str, path: str, capability: str) -> bool:
        """Tell whether a role may do something on a path."""
        held = [self.policies[name] for name in self.roles[role]["policies"] if name in self.policies]
        return allows(held, path, capability)


def parse(text: str) -> Access | None:
    """Return what the wanted state of Vault says, which its configuration reads, or None if it is something else.

    Args:
        text: JSON with what Vault's API is to be told: below `owned` the policies in HCL, and the bindings of roles.

    """
    try:
        owned = json.loads(text)["owned"]
        policies = {name: _hcl(each["policy"]) for name, each in owned["sys/policies/acl"].items()}
        roles = {name: _binding(each) for name, each in owned["auth/kubernetes/role"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return Access(policies, roles)


def _hcl(text: str) -> Rules:
    """Return the rules of a policy; what is not plainly a path with its capabilities could say anything.

    Raises:
        ValueError: there is something else in it.

    """
    if _RULE.sub("", text).strip():
        raise ValueError(f"not rules alone: {text}")
    return {path: re.findall(r'"([a-z]+)"', capabilities) for path, capabilities in _RULE.findall(text)}


def _binding(role: Mapping[str, Any]) -> Mapping[str, Any]:
    # https://developer.hashicorp.com/vault/api-docs/auth/kubernetes#create-update-role
    (namespace,) = role["bound_service_account_namespaces"]
    return {
        "namespace": namespace,
        "service_accounts": role["bound_service_account_names"],
        "policies": role["token_policies"],
    }


def allows(held: Iterable[Rules], path: str, capability: str) -> bool:
    """Tell whether a token with these policies may do something on a path, one without a slash at its end.

    One path of the policies decides, and what any of them grants on it is added up:
    https://developer.hashicorp.com/vault/docs/concepts/policies#priority-matching
    """
    granted: dict[str, set[str]] = {}
    for policy in held:
        for pattern, capabilities in policy.items():
            granted.setdefault(pattern, set()).update(capabilities)
    # A list is of a folder, whose slash a policy may leave out. With and without it two patterns may decide, and which
    # of them counts is not documented: both must allow it.
    asked = (f"{path}/", path) if capability == "list" else (path,)
    exact = [each for each in asked if each in granted][:1]
    best = (max(filter(_fitting(each), granted), key=_rank, default=None) for each in asked)
    deciding = exact or [pattern for pattern in best if pattern is not None]
    return bool(deciding) and all(capability in granted[each] and "deny" not in granted[each] for each in deciding)


def _fitting(path: str) -> Callable[[str], bool]:
    """Return what tells whether a pattern of a policy fits a path."""
    return lambda pattern: _expression(pattern).fullmatch(path) is not None


def _expression(pattern: str) -> re.Pattern[str]:
    body = pattern.removesuffix("*")
    segments = ["[^/]*" if segment == "+" else re.escape(segment) for segment in body.split("/")]
    return re.compile("/".join(segments) + (".*" if body != pattern else ""))


def _rank(pattern: str) -> tuple[int, bool, int, int, str]:
    first = re.search(r"\+|\*$", pattern)
    return (
        first.start() if first else len(pattern),
        not pattern.endswith("*"),
        -pattern.split("/").count("+"),
        len(pattern),
        pattern,
    )
