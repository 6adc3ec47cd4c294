"""Holds declared flows against rendered pods: a policy that selects nobody protects nobody, and says so nowhere."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.charts.pods import Pods

_OUTPUTS: Final = frozenset({"namespaces", "declared"})
_RELEASE: Final = "kubernetes:helm.sh/v3:Release"

Workload = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What the comparison found.

    Attributes:
        workloads: How many declared workloads there are.
        found: How many of them select rendered pods.
        pods: How many rendered workloads were compared with them.
        faults: Where the two contradict each other.
        remarks: What is rendered and not declared, though it may need no connection; what is declared and not seen in
            anything rendered, though a program may still make it.

    """

    workloads: int = 0
    found: int = 0
    pods: int = 0
    faults: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def agreement(resources: Sequence[Mapping[str, Any]], pods: Sequence[Pods], rendered: AbstractSet[str]) -> Agreement:
    """Compare what a stack's state declares with its pods.

    Args:
        resources: The resources of an exported deployment.
        pods: The pods of all rendered releases, and of the workloads that the program declares itself.
        rendered: The rendered releases, ``namespace/name``; of a namespace with others nothing is said to be missing.

    """
    declaring = [entry["outputs"] for entry in resources if (entry.get("outputs") or {}).keys() >= _OUTPUTS]
    if not declaring or not pods:
        return Agreement()
    workloads: list[Workload] = [each for outputs in declaring for each in outputs["declared"]["workloads"]]
    closed = frozenset(name for outputs in declaring for name in outputs["namespaces"])
    releases = {
        f"{entry['inputs'].get('namespace')}/{entry['inputs'].get('name')}"
        for entry in resources
        if entry.get("type") == _RELEASE and entry.get("inputs")
    }
    unseen = {release.partition("/")[0] for release in releases - rendered}
    seen = {each.namespace for each in pods} - unseen
    strangers = list(_strangers(pods, workloads, closed))
    matches = [(workload, [each for each in pods if _selects(workload, each)]) for workload in workloads]
    return Agreement(
        workloads=len(workloads),
        found=sum(bool(matched) for _, matched in matches),
        pods=len(pods),
        faults=(*(text for needs, text in strangers if needs), *_contradictions(matches)),
        remarks=(*(text for needs, text in strangers if not needs), *_unseen(matches, seen)),
    )


def _strangers(
    pods: Sequence[Pods], workloads: Sequence[Workload], closed: AbstractSet[str]
) -> Iterator[tuple[bool, str]]:
    """Yield what no workload declares, and whether it surely needs connections: it listens, or calls the API server."""
    for each in pods:
        if each.namespace not in closed or each.host_network or any(_selects(workload, each) for workload in workloads):
            continue
        labels = ", ".join(f"{key}={value}" for key, value in sorted(each.labels.items()))
        said = f"{each} is in a closed namespace and no declared workload has its labels ({labels})"
        needs = [f"{number}/{protocol}" for number, protocol in sorted(each.sockets)]
        if needs or each.calls_api:
            listens = f"it listens on {', '.join(needs)}" if needs else ""
            calls = "its service account has a role, so that it calls the API server" if each.calls_api else ""
            yield True, f"{said}, although {' and '.join(filter(None, (listens, calls)))}"
        else:
            yield False, said


def _contradictions(matches: Sequence[tuple[Workload, Sequence[Pods]]]) -> Iterator[str]:
    for workload, matched in matches:
        name = f"{workload['namespace']}/{workload['name']}"
        for each in matched:
            if each.host_network != bool(workload["host_network"]):
                uses, said = ("uses", "not") if each.host_network else ("does not use", "so")
                yield f"{each} {uses} its node's network, and the declared workload {name} says {said}"


def _unseen(matches: Sequence[tuple[Workload, Sequence[Pods]]], seen: AbstractSet[str]) -> Iterator[str]:
    for workload, matched in matches:
        name = f"{workload['namespace']}/{workload['name']}"
        if not matched and workload["namespace"] in seen:
            yield f"no rendered pod has the labels of the declared workload {name}"
        sockets = {socket for each in matched for socket in each.sockets}
        for port in workload["ports"] if matched else ():
            socket = (int(port["number"]), port["protocol"])
            if socket not in sockets:
                yield f"nothing rendered says that {name} listens on {socket[0]}/{socket[1]}"


def _selects(workload: Workload, pods: Pods) -> bool:
    return bool(workload["namespace"] == pods.namespace and workload["labels"].items() <= pods.labels.items())
