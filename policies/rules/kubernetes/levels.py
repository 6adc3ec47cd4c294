"""Holds pods to the Pod Security Standard that their own namespace declares in the same stack."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from policies.rule import Finding, StackCheck
from policies.rules.kubernetes.pods import EVERY, is_workload, namespace
from policies.values import Properties, Unknown, read

ENFORCE: Final = "pod-security.kubernetes.io/enforce"
NAMESPACE: Final = "kubernetes:core/v1:Namespace"
TYPES: Final = (*EVERY, NAMESPACE)
"""The types of every rule that holds pods to their namespace's standard."""

PodCheck = Callable[[Properties], Iterator[Finding]]

_RANK: Final = {"privileged": 0, "baseline": 1, "restricted": 2}

UNDECLARED: Final = "baseline"
"""The standard for namespaces that no resource of the stack declares: what breaks it can take over the node."""

NODE_AGENTS: Final = frozenset({"kube-system"})
"""Namespaces that no resource declares and that are privileged: the network and the disks of nodes are served there."""


def held(checks: Mapping[str, PodCheck]) -> StackCheck:
    """Make checks of pods a check of a stack.

    Args:
        checks: What is asked of pods, by the first standard that asks for it; a stricter one asks for it too.

    """

    def judge(resources: Mapping[str, Properties]) -> Iterator[tuple[str, Finding]]:
        levels = declared(resources)
        for urn, workload in sorted(resources.items()):
            if not is_workload(workload):
                continue
            level = enforced(levels, namespace(workload))
            for first, check in checks.items():
                found = list(check(workload))
                if isinstance(level, Unknown):
                    yield from ((urn, level) for _ in found[:1])
                elif _RANK[level] >= _RANK[first]:
                    yield from ((urn, _explained(finding, level)) for finding in found)

    return judge


def declared(resources: Mapping[str, Properties]) -> dict[str, Any]:
    """Return the standard that each Namespace enforces; one that says nothing enforces none."""
    return {
        str(read(each, "metadata", "name")): read(each, "metadata", "labels", ENFORCE, default="privileged")
        for each in resources.values()
        if each.get("kind") == "Namespace"
    }


def enforced(levels: Mapping[str, Any], name: Any) -> Any:
    """Return the standard of a namespace; `Unknown` where the namespace or its standard is."""
    if isinstance(name, Unknown):
        return name
    level = levels.get(name, "privileged" if name in NODE_AGENTS else UNDECLARED)
    return level if isinstance(level, Unknown) or level in _RANK else "privileged"


def _explained(finding: Finding, level: str) -> Finding:
    if isinstance(finding, Unknown):
        return finding
    what, _, remedy = finding.partition("; ")
    return f"{what}, and its namespace is {level}; {remedy}"
