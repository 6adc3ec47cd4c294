"""Rules about what watches the platform: each thing once, under one name, and for somebody who knows what to do."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from policies.rule import Finding, GraphRule, Resource, ResourceRule
from policies.rules.kubernetes.pods import containers
from policies.rules.kubernetes.releases import RELEASE
from policies.rules.kubernetes.selectors import matches
from policies.rules.platform import graph
from policies.values import Properties, Unknown, flag, read, split

_API: Final = "kubernetes:monitoring.coreos.com/v1"
_PROMETHEUS: Final = f"{_API}:Prometheus"
_ALERTMANAGER: Final = f"{_API}:Alertmanager"
_RULE: Final = f"{_API}:PrometheusRule"
_STATEFUL_SET: Final = "kubernetes:apps/v1:StatefulSet"
_DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"
_NAMESPACE: Final = "kubernetes:core/v1:Namespace"

# By which selectors a Prometheus chooses what.
_SELECTORS: Final[Mapping[str, str]] = {
    f"{_API}:ServiceMonitor": "serviceMonitor",
    f"{_API}:PodMonitor": "podMonitor",
    f"{_API}:Probe": "probe",
    _RULE: "rule",
}
_SEVERITIES: Final = frozenset({"critical", "info", "warning"})
_ANNOTATIONS: Final = ("summary", "description", "runbook_url")


def _rules(resource: Properties) -> tuple[list[Any], list[Unknown]]:
    groups, unknown = split(read(resource, "spec", "groups"))
    found = []
    for group in groups:
        rules, hidden = split(read(group, "rules"))
        found += rules
        unknown = [*unknown, *hidden]
    return found, unknown


def _alerts(resource: Properties) -> Iterator[Finding]:
    rules, unknown = _rules(resource)
    yield from unknown
    for rule in rules:
        name = read(rule, "alert")
        if isinstance(name, Unknown):
            yield name
        elif name is not None:
            yield from _told(name, rule)


def _told(name: str, rule: Properties) -> Iterator[Finding]:
    severity, owner = read(rule, "labels", "severity"), read(rule, "labels", "owner")
    for key, value, wrong, remedy in (
        (
            "severity",
            severity,
            severity not in _SEVERITIES,
            f"set labels.severity to one of {', '.join(sorted(_SEVERITIES))}",
        ),
        ("owner", owner, not owner, "set labels.owner to who is to mend it"),
    ):
        if isinstance(value, Unknown):
            yield value
        elif wrong:
            yield f"alert {name} has no {key} that a route knows ({value}); {remedy}"
    for key in _ANNOTATIONS:
        value = read(rule, "annotations", key)
        if isinstance(value, Unknown):
            yield value
        elif not str(value or "").strip():
            yield f"alert {name} wakes somebody without {key}; write annotations.{key}"


def _alert_names(resources: Sequence[Resource]) -> Iterator[tuple[str, Finding]]:
    seen: dict[tuple[Any, ...], str] = {}
    for resource in graph.of(resources, _RULE):
        rules, unknown = _rules(resource.inputs)
        yield from ((resource.urn, each) for each in unknown)
        for rule in rules:
            name = read(rule, "alert")
            if name is None or isinstance(name, Unknown):
                continue
            labels = str(read(resource.inputs, "metadata", "labels", default={}))
            # The same question to another Prometheus has another answer.
            key = (name, str(read(rule, "expr")), str(read(rule, "labels", "severity")), labels)
            if key in seen:
                yield resource.urn, f"alert {name} is asked twice, here and in {seen[key]}; remove one of the two"
            seen.setdefault(key, resource.name)


def _selected_once(resources: Sequence[Resource]) -> Iterator[tuple[str, Finding]]:
    instances = list(graph.of(resources, _PROMETHEUS))
    spaces = {
        str(read(each.inputs, "metadata", "name")): read(each.inputs, "metadata", "labels", default={})
        for each in graph.of(resources, _NAMESPACE)
    }
    for watched in graph.of(resources, *_SELECTORS) if instances else ():
        by = _SELECTORS[watched.type]
        labels = read(watched.inputs, "metadata", "labels", default={})
        home = read(watched.inputs, "metadata", "namespace", default="default")
        selectors = [read(each.inputs, "spec", f"{by}Selector") for each in instances]
        hidden = [each for each in (labels, home, *selectors) if isinstance(each, Unknown)]
        if hidden:
            yield watched.urn, hidden[0]
            continue
        own = spaces.get(str(home), {})
        space = {"kubernetes.io/metadata.name": home, **(own if isinstance(own, Mapping) else {})}
        takers = [each.name for each in instances if _takes(each, by, labels, home, space)]
        if not takers:
            yield (
                watched.urn,
                "no Prometheus selects it, so that nothing comes of it; set its label to one that a Prometheus selects",
            )
        elif len(takers) > 1:
            yield (
                watched.urn,
                (
                    f"{' and '.join(takers)} select it, which counts it twice; "
                    "set its label to one that a single Prometheus selects"
                ),
            )


def _takes(instance: Resource, by: str, labels: Mapping[str, Any], home: Any, space: Mapping[str, Any]) -> bool:
    """Tell whether a Prometheus chooses what has labels; without a selector of namespaces it looks in its own."""
    spaces = read(instance.inputs, "spec", f"{by}NamespaceSelector")
    near = home == read(instance.inputs, "metadata", "namespace", default="default")
    return matches(read(instance.inputs, "spec", f"{by}Selector"), labels) and (
        near if spaces is None else matches(spaces, space)
    )


def _labels_unique(resources: Sequence[Resource]) -> Iterator[tuple[str, Finding]]:
    seen: dict[tuple[tuple[str, str], ...], str] = {}
    for instance in graph.of(resources, _PROMETHEUS):
        labels = read(instance.inputs, "spec", "externalLabels", default={})
        copies = read(instance.inputs, "spec", "replicas", default=1)
        replica = read(instance.inputs, "spec", "replicaExternalLabelName", default="prometheus_replica")
        hidden = [each for each in (labels, copies, replica) if isinstance(each, Unknown)]
        hidden += [
            each for each in (labels.values() if isinstance(labels, Mapping) else ()) if isinstance(each, Unknown)
        ]
        yield from ((instance.urn, each) for each in hidden)
        if hidden:
            continue
        key = tuple(sorted((str(name), str(value)) for name, value in labels.items()))
        if not labels or key in seen:
            other = f"as {seen[key]} has" if key in seen else "at all"
            yield (
                instance.urn,
                (
                    f"its blocks and alerts have no label of their own {other}, so that two sources become "
                    "one; set spec.externalLabels to what no other has"
                ),
            )
        seen.setdefault(key, instance.name)
        if copies > 1 and replica == "":
            yield (
                instance.urn,
                "its replicas cannot be told apart, and their blocks overlap; set spec.replicaExternalLabelName",
            )


def _told_to_somebody(resources: Sequence[Resource]) -> Iterator[tuple[str, Finding]]:
    there = {graph.name_of(each) for each in graph.of(resources, _ALERTMANAGER)}
    for instance in graph.of(resources, _PROMETHEUS):
        named, unknown = split(read(instance.inputs, "spec", "alerting", "alertmanagers"))
        yield from ((instance.urn, each) for each in unknown)
        if there and not named and not unknown:
            yield instance.urn, "its alerts reach nobody; add an Alertmanager to spec.alerting.alertmanagers"


def _compactors(resources: Sequence[Resource]) -> Iterator[tuple[str, Finding]]:
    found: dict[str, list[tuple[Resource, frozenset[str]]]] = defaultdict(list)
    for workload in graph.of(resources, _STATEFUL_SET, _DEPLOYMENT):
        arguments = _compaction(workload)
        if arguments is None:
            continue
        copies = read(workload.inputs, "spec", "replicas", default=1)
        if isinstance(copies, Unknown):
            yield workload.urn, copies
        elif copies > 1:
            yield (
                workload.urn,
                f"{int(copies)} of its pods compact the same blocks and destroy them; set spec.replicas to 1",
            )
        found[_bucket(workload)].append((workload, _share(arguments)))
    for release in graph.of(resources, RELEASE):
        if (
            read(release.inputs, "chart") == "thanos"
            and flag(read(release.inputs, "values", "compactor", "enabled", default=False)) is True
        ):
            found[f"{read(release.inputs, 'namespace')}/thanos-objstore"].append((release, frozenset()))
    for several in found.values():
        yield from _one_each(several)


def _compaction(workload: Resource) -> list[str] | None:
    """Return the arguments of a compactor; None of anything else."""
    for each in containers(workload.inputs)[0]:
        arguments, _ = split(read(each.given, "args"))
        if arguments and arguments[0] == "compact":
            return [str(argument) for argument in arguments]
    return None


def _bucket(workload: Resource) -> str:
    """Return what tells the bucket of a compactor from others: the Secret with its configuration."""
    volumes, _ = split(read(workload.inputs, "spec", "template", "spec", "volumes"))
    secrets = [read(each, "secret", "secretName") for each in volumes]
    named = next((str(each) for each in secrets if each), "")
    return f"{read(workload.inputs, 'metadata', 'namespace', default='default')}/{named}"


def _share(arguments: Sequence[str]) -> frozenset[str]:
    """Return what limits a compactor to some of the blocks; empty for one of all."""
    return frozenset(each for each in arguments if each.startswith("--selector.relabel-config"))


def _one_each(several: Sequence[tuple[Resource, frozenset[str]]]) -> Iterator[tuple[str, Finding]]:
    for number, (second, share) in enumerate(several):
        for first, other in several[:number]:
            if not share or not other or share == other:
                yield (
                    second.urn,
                    (
                        f"{first.name} compacts the same blocks of the bucket, and two destroy them; "
                        "remove one of the two, or set a --selector.relabel-config of its own on each"
                    ),
                )


RULES: Final = (
    ResourceRule(
        name="alert-explained",
        why="An alert without owner, severity and runbook wakes the wrong one, who then knows nothing to do.",
        types=(_RULE,),
        check=_alerts,
        references=(
            "Google SRE Workbook: Alerting on SLOs",
            "Prometheus documentation: Alerting rules, labels and annotations",
        ),
    ),
    GraphRule(
        name="alert-once",
        why="Who is woken twice by one thing does not get up for the third.",
        types=(_RULE,),
        check=_alert_names,
        references=("Prometheus documentation: Alerting, naming",),
    ),
    GraphRule(
        name="monitor-selected-once",
        why="What no Prometheus selects is watched by nobody, and nobody is told; what two select is counted twice.",
        types=(*_SELECTORS, _PROMETHEUS),
        check=_selected_once,
        references=("Prometheus Operator documentation: ServiceMonitor selection",),
    ),
    GraphRule(
        name="external-labels-unique",
        why="Thanos takes two sources with the same labels for one, and drops or merges what each of them saw.",
        types=(_PROMETHEUS,),
        check=_labels_unique,
        references=("Thanos documentation: Sidecar, external labels",),
    ),
    GraphRule(
        name="alerts-reach-somebody",
        why="A rule that fires where no Alertmanager is named tells nobody.",
        types=(_PROMETHEUS, _ALERTMANAGER),
        check=_told_to_somebody,
        references=("Prometheus Operator documentation: Alerting",),
    ),
    GraphRule(
        name="one-compactor",
        why="Two compactors of one stream of blocks overwrite each other, and what was measured is gone.",
        types=(_STATEFUL_SET, _DEPLOYMENT, RELEASE),
        check=_compactors,
        references=("Thanos documentation: Compactor, only one instance may run",),
    ),
)
