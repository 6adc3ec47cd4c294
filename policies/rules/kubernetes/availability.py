"""Rules about what stays up while nodes come and go: budgets, spread, and jobs that end."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.rule import Finding, ResourceRule, StackRule
from policies.rules.kubernetes.pods import OPERATED, is_workload, labels, namespace, replicas, spec
from policies.rules.kubernetes.selectors import matches
from policies.values import Properties, Unknown, read

_BUDGET: Final = "kubernetes:policy/v1:PodDisruptionBudget"
_REPLICATED: Final = ("kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet", *OPERATED)
_CRON_JOB: Final = "kubernetes:batch/v1:CronJob"
_JOB: Final = "kubernetes:batch/v1:Job"
_SEVERAL: Final = 2


def _drains(resources: Mapping[str, Properties]) -> Iterator[tuple[str, Finding]]:
    workloads = [each for each in resources.values() if is_workload(each)]
    for urn, budget in sorted(resources.items()):
        if budget.get("kind") == "PodDisruptionBudget":
            yield from ((urn, finding) for finding in _lets_go(budget, workloads))


def _lets_go(budget: Properties, workloads: list[Properties]) -> Iterator[Finding]:
    most, least = read(budget, "spec", "maxUnavailable"), read(budget, "spec", "minAvailable")
    unknown = [each for each in (most, least) if isinstance(each, Unknown)]
    yield from unknown
    if unknown:
        return
    if most is None and least is None:
        yield "it says of no number of pods that they may go; set spec.maxUnavailable to 1"
    if most in (0, "0", "0%") or least == "100%":
        yield "it lets no pod go, so that no node can be drained; set spec.maxUnavailable to 1"
        return
    for workload in workloads:
        count = replicas(workload)
        if not _covers(budget, workload) or isinstance(least, str | None) or isinstance(count, Unknown):
            continue
        if least >= count:
            name = f"{workload['kind']} {read(workload, 'metadata', 'name')}"
            yield (
                f"it keeps {int(least)} of the {int(count)} pods of {name}, so that no node can be drained; "
                "set spec.maxUnavailable to 1"
            )


def _covers(budget: Properties, workload: Properties) -> bool:
    same = namespace(budget) == namespace(workload)
    return same and matches(read(budget, "spec", "selector"), labels(workload))


def _budgeted(resources: Mapping[str, Properties]) -> Iterator[tuple[str, Finding]]:
    budgets = {urn: each for urn, each in resources.items() if each.get("kind") == "PodDisruptionBudget"}
    for urn, workload in sorted(resources.items()):
        if urn in budgets:
            continue
        count = replicas(workload)
        if isinstance(count, Unknown):
            yield urn, count
            continue
        found = [name for name, budget in budgets.items() if _covers(budget, workload)]
        if count >= _SEVERAL and not found:
            yield urn, "a drain may take all its pods at once; add a PodDisruptionBudget that selects them"
        if len(found) > 1:
            names = " and ".join(sorted(each.rpartition("::")[2] for each in found))
            yield (
                urn,
                f"its pods are in two budgets ({names}), and the API server refuses to evict those; remove one of them",
            )


def _spread(workload: Properties) -> Iterator[Finding]:
    count, pod = replicas(workload), spec(workload)
    constraints = read(pod, "topologySpreadConstraints")
    affinity = read(pod, "affinity", "podAntiAffinity")
    for value in (count, constraints, affinity):
        if isinstance(value, Unknown):
            yield value
            return
    if count >= _SEVERAL and not constraints and not affinity:
        yield "all its pods may be on one node, and go with it; add topologySpreadConstraints over zones and nodes"


_CRON_BOUNDS: Final[Mapping[str, str]] = {
    "startingDeadlineSeconds": "a run that is missed is started at any later time, or after 100 of them never again",
    "successfulJobsHistoryLimit": "nobody decided how many of its runs stay",
    "failedJobsHistoryLimit": "nobody decided how many of its failures stay to be looked at",
}


def _cron(job: Properties) -> Iterator[Finding]:
    concurrency = read(job, "spec", "concurrencyPolicy", default="Allow")
    if isinstance(concurrency, Unknown):
        yield concurrency
    elif concurrency == "Allow":
        yield "a run that hangs is joined by the next, and the next; set spec.concurrencyPolicy to Forbid or Replace"
    for name, what in _CRON_BOUNDS.items():
        given = read(job, "spec", name)
        if isinstance(given, Unknown):
            yield given
        elif given is None:
            yield f"{what}; set spec.{name}"


def _ends(job: Properties) -> Iterator[Finding]:
    inner = read(job, "spec", "jobTemplate", "spec") if job.get("kind") == "CronJob" else read(job, "spec")
    deadline = read(inner, "activeDeadlineSeconds")
    if isinstance(deadline, Unknown):
        yield deadline
    elif deadline is None:
        yield "a run that hangs stays for ever; set activeDeadlineSeconds of its Job"


def _alone(pod: Properties) -> Iterator[Finding]:
    del pod
    yield "nothing makes it anew where its node goes; write a Deployment, a StatefulSet or a Job in its place"


def _range(autoscaler: Properties) -> Iterator[Finding]:
    least, most = read(autoscaler, "spec", "minReplicas", default=1), read(autoscaler, "spec", "maxReplicas")
    unknown = [each for each in (least, most) if isinstance(each, Unknown)]
    yield from unknown
    if unknown:
        return
    if least < _SEVERAL:
        yield (
            f"it leaves {int(least)} pod when little is asked, which one drain takes; set spec.minReplicas to 2 or more"
        )
    if most is None or most <= least:
        yield "it cannot add a pod; set spec.maxReplicas above spec.minReplicas"


def _rule(name: str, why: str, types: tuple[str, ...], check: Any, *references: str) -> ResourceRule:
    return ResourceRule(name=name, why=why, types=types, check=check, references=references)


RULES: Final = (
    StackRule(
        name="disruption-budget-drains",
        why="A budget that lets no pod go stops every upgrade of nodes, until somebody deletes it in a hurry.",
        types=(_BUDGET, *_REPLICATED),
        check=_drains,
        references=("AWS EKS Best Practices Guide: Cluster Upgrades, PodDisruptionBudgets",),
    ),
    StackRule(
        name="disruption-budget-present",
        why="Two pods are two only as long as nobody drains both their nodes at once.",
        types=(*_REPLICATED, _BUDGET),
        check=_budgeted,
        references=("AWS EKS Best Practices Guide: Cluster Upgrades, PodDisruptionBudgets",),
    ),
    _rule(
        "replicas-spread",
        "Replicas of one node fail as one.",
        _REPLICATED,
        _spread,
        "hardeneks: schedule_replicas_across_nodes",
    ),
    _rule(
        "cron-job-bounds",
        "What runs by the clock goes wrong at night, and must not pile up until somebody looks.",
        (_CRON_JOB,),
        _cron,
        "Kubernetes documentation: CronJob",
    ),
    _rule(
        "job-ends",
        "A job that hangs looks like one that works.",
        (_CRON_JOB, _JOB),
        _ends,
        "Kubernetes documentation: Jobs, job termination and cleanup",
    ),
    _rule(
        "pod-has-controller",
        "A pod that nothing keeps is gone with its node.",
        ("kubernetes:core/v1:Pod",),
        _alone,
        "hardeneks: avoid_running_singleton_pods",
    ),
    _rule(
        "autoscaler-range",
        "An autoscaler that may go down to one pod makes quiet hours the ones with outages.",
        ("kubernetes:autoscaling/v2:HorizontalPodAutoscaler",),
        _range,
        "hardeneks: run_multiple_replicas",
    ),
)
