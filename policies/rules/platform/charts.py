"""Rules about Helm releases: which chart, from where, in which version, and what becomes of one that fails."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from policies.rule import Finding, GraphRule, Parameters, Resource, ResourceRule
from policies.rules.kubernetes.levels import NAMESPACE, NODE_AGENTS
from policies.rules.kubernetes.releases import RELEASE
from policies.rules.platform import graph
from policies.values import Properties, Unknown, flag, read

RETIRED: Final = Path(__file__).with_name("retired.toml")
PURPOSE: Final = "platform/purpose"
"""The annotation of a namespace that says what it is for."""

# https://semver.org, with the v that some charts write; no range, no wildcard.
_EXACT: Final = re.compile(r"v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?")
_SECURE: Final = ("https://", "oci://")
_ENGINES: Final = frozenset({"gatekeeper", "kyverno"})


class Patience(Parameters):
    """How long an installation may take."""

    seconds: int = 1800
    """At most this long; an update that hangs longer is not looked at any more."""


class Room(Parameters):
    """How large the values of a release may be."""

    kib: int = 512
    """At most so many KiB of values: Helm keeps each version in a Secret, which holds 1 MiB with the manifests."""


@cache
def retired() -> Mapping[str, Mapping[str, Any]]:
    """Return the charts and repositories that get no more versions, by name: since when, instead, source."""
    tables: Mapping[str, Mapping[str, Any]] = tomllib.loads(RETIRED.read_text(encoding="utf-8"))
    return tables


def _pinned(release: Properties) -> Iterator[Finding]:
    version = read(release, "version")
    if isinstance(version, Unknown):
        yield version
    elif version is None:
        yield "its version is whichever is newest on the day; set version to one exactly"
    elif not _EXACT.fullmatch(str(version)):
        yield f"its version {version} is a range, and means another on another day; set version to one exactly"


def _source(release: Properties) -> Iterator[Finding]:
    chart, repository = read(release, "chart", default=""), read(release, "repositoryOpts", "repo")
    for given in (chart, repository):
        if isinstance(given, Unknown):
            yield given
            return
    where = repository or (chart if "://" in str(chart) else "")
    if where and not str(where).startswith(_SECURE):
        yield (
            f"its chart comes over {str(where).partition('://')[0]}, where anybody on the way can change it; "
            "set repositoryOpts.repo to a place with https or oci"
        )
    elif not where:
        yield "its chart comes from whatever repository the machine knows; set repositoryOpts.repo"


def _maintained(resources: Sequence[Resource]) -> Iterator[tuple[str, Finding]]:
    purposes = {
        str(read(each.inputs, "metadata", "name")): str(
            read(each.inputs, "metadata", "annotations", PURPOSE, default="")
        )
        for each in graph.of(resources, NAMESPACE)
    }
    for release in graph.of(resources, RELEASE):
        chart, where = (
            read(release.inputs, "chart", default=""),
            read(release.inputs, "repositoryOpts", "repo", default=""),
        )
        hidden = [each for each in (chart, where) if isinstance(each, Unknown)]
        yield from ((release.urn, each) for each in hidden)
        if hidden:
            continue
        name = str(chart).rstrip("/").rpartition("/")[2]
        row = retired().get(name) or next(
            (each for key, each in retired().items() if key in f"{where}/{chart}" and "/" in key), None
        )
        known = f"{name}, which is retired" in purposes.get(str(read(release.inputs, "namespace")), "")
        if row and not known:
            yield (
                release.urn,
                (
                    f"{name} gets no more versions, not even for security, since {row['since']}; "
                    f"write {row['instead']} in its place, "
                    f'or "{name}, which is retired" into the annotation {PURPOSE} of its namespace'
                ),
            )


def _atomic(release: Properties, patience: Patience) -> Iterator[Finding]:
    unwaited, atomic, timeout = (read(release, name) for name in ("skipAwait", "atomic", "timeout"))
    for given in (unwaited, atomic, timeout):
        if isinstance(given, Unknown):
            yield given
            return
    # What is not waited for cannot be rolled back.
    if not flag(unwaited) and not flag(atomic):
        yield "a version that fails stays half installed; set atomic to true"
    if timeout is None:
        yield "nobody decided how long it may take; set timeout"
    elif not 0 < timeout <= patience.seconds:
        yield f"it may take {int(timeout)} s; set timeout to between 1 and {patience.seconds}"
    history = read(release, "maxHistory")
    if isinstance(history, Unknown):
        yield history
    elif not history:
        yield "every version it ever had stays in the cluster; set maxHistory"


def _room(release: Properties, room: Room) -> Iterator[Finding]:
    values = read(release, "values", default={})
    if isinstance(values, Unknown):
        yield values
        return
    kib = len(repr(values).encode()) // 1024
    if kib > room.kib:
        yield (
            f"its values are {kib} KiB, and Helm keeps each version in one Secret; "
            f"list what is large in ConfigMaps instead, below {room.kib} KiB"
        )


def _namespaces(resources: Sequence[Resource]) -> Iterator[tuple[str, Finding]]:
    declared = {str(read(each.inputs, "metadata", "name")): each for each in graph.of(resources, NAMESPACE)}
    for release in graph.of(resources, RELEASE):
        name = read(release.inputs, "namespace")
        if isinstance(name, Unknown):
            yield release.urn, name
            continue
        if name in NODE_AGENTS:
            continue
        if name not in declared:
            yield (
                release.urn,
                (
                    f"no resource of the stack is its namespace {name}, so that nobody set its limits and "
                    "policies; add the Namespace"
                ),
            )
        elif declared[name].urn not in graph.before(resources, release.urn):
            yield (
                release.urn,
                f"it may be installed before its namespace {name} is there; add the Namespace to what it depends on",
            )


def _one_engine(resources: Sequence[Resource]) -> Iterator[tuple[str, Finding]]:
    engines = [each for each in graph.of(resources, RELEASE) if read(each.inputs, "chart") in _ENGINES]
    hidden = [each for each in graph.of(resources, RELEASE) if isinstance(read(each.inputs, "chart"), Unknown)]
    yield from ((each.urn, read(each.inputs, "chart")) for each in hidden if engines)
    for second in engines[1:]:
        yield second.urn, f"{engines[0].name} judges every request already; remove one of the two"


def _rule(name: str, why: str, check: Any, *references: str, parameters: Parameters | None = None) -> ResourceRule:
    return ResourceRule(name=name, why=why, types=(RELEASE,), check=check, references=references, parameters=parameters)


RULES: Final = (
    _rule(
        "chart-pinned",
        "A range of versions makes two updates of the same program two different platforms.",
        _pinned,
        "Pulumi documentation: Helm Release, version",
    ),
    _rule(
        "chart-source",
        "A chart decides what runs with all rights of its deployer, so that it must come from where it was looked at.",
        _source,
        "Helm documentation: Provenance and Integrity",
    ),
    GraphRule(
        name="chart-maintained",
        why="A chart that gets no more versions gets no more fixes either, and the next minor may end it.",
        types=(RELEASE, NAMESPACE),
        check=_maintained,
        references=("Kubernetes blog: Ingress NGINX retirement", "Grafana documentation: Migrate to Alloy"),
    ),
    _rule(
        "release-atomic",
        "A release that fails halfway has neither the old version nor the new one.",
        _atomic,
        "Pulumi documentation: Helm Release, atomic and timeout",
        parameters=Patience(),
    ),
    _rule(
        "release-size",
        "A release that outgrows one Secret cannot be upgraded, nor rolled back.",
        _room,
        "Kubernetes documentation: Secrets, size limit",
        parameters=Room(),
    ),
    GraphRule(
        name="release-namespace",
        why="A namespace that a chart finds missing is made without level, owner and policies, or not at all.",
        types=(RELEASE, NAMESPACE),
        check=_namespaces,
        references=("CIS Amazon EKS Benchmark 1.8.0: 4.5.1",),
    ),
    GraphRule(
        name="one-admission-engine",
        why="Two engines judge every request twice, by rules that nobody compares, and one of them locks out "
        "the other.",
        types=(RELEASE,),
        check=_one_engine,
        references=("Kubernetes documentation: Admission Webhook Good Practices",),
    ),
)
