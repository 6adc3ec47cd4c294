"""Rows for the rules about what stays up while nodes come and go."""

from typing import Any, Final

from tests.policies.rows.kubernetes.objects import made, workload
from tests.policies.rows.row import UNKNOWN, UNKNOWN_LIST, UNKNOWN_NUMBER, Row

_BUDGET: Final = "kubernetes:policy/v1:PodDisruptionBudget"
_DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"
_STATEFUL_SET: Final = "kubernetes:apps/v1:StatefulSet"
_PROMETHEUS: Final = "kubernetes:monitoring.coreos.com/v1:Prometheus"
_ALERTMANAGER: Final = "kubernetes:monitoring.coreos.com/v1:Alertmanager"
_CRON_JOB: Final = "kubernetes:batch/v1:CronJob"
_JOB: Final = "kubernetes:batch/v1:Job"
_AUTOSCALER: Final = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
_BOUNDS: Final = {
    "concurrencyPolicy": "Forbid",
    "startingDeadlineSeconds": 60,
    "successfulJobsHistoryLimit": 1,
    "failedJobsHistoryLimit": 1,
}


def _budget(name: str = "it", home: str = "apps", labels: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    return made(_BUDGET, name, home, spec={"selector": {"matchLabels": labels or {"app": "it"}}, **spec})


def _pods(token: str, replicas: Any, **pod: Any) -> dict[str, Any]:
    return workload(token, pod, replicas=replicas)


def _of(kind: str) -> dict[str, Any]:
    return _budget(labels={"app.kubernetes.io/name": kind, "app.kubernetes.io/instance": "it"}, maxUnavailable=1)


def _range(**spec: Any) -> dict[str, Any]:
    return made(_AUTOSCALER, spec=spec)


def _cron(**spec: Any) -> dict[str, Any]:
    return made(_CRON_JOB, spec={**_BOUNDS, **spec})


ROWS: Final[tuple[Row, ...]] = (
    Row("disruption-budget-drains", "good", "one may go", [_budget(maxUnavailable=1), _pods(_DEPLOYMENT, 2)]),
    Row("disruption-budget-drains", "good", "two of three stay", [_budget(minAvailable=2), _pods(_STATEFUL_SET, 3)]),
    Row(
        "disruption-budget-drains",
        "good",
        "other pods",
        [_budget(minAvailable=2, labels={"app": "other"}), _pods(_DEPLOYMENT, 2)],
    ),
    Row("disruption-budget-drains", "bad", "none may go", _budget(maxUnavailable=0), ["it lets no pod go"]),
    Row("disruption-budget-drains", "bad", "none of a hundred", _budget(maxUnavailable="0%"), ["it lets no pod go"]),
    Row("disruption-budget-drains", "bad", "all stay", _budget(minAvailable="100%"), ["it lets no pod go"]),
    Row(
        "disruption-budget-drains",
        "bad",
        "as many as there are",
        [_budget(minAvailable=2), _pods(_DEPLOYMENT, 2)],
        ["it keeps 2 of the 2 pods of Deployment it"],
    ),
    Row(
        "disruption-budget-drains",
        "bad",
        "of what an operator makes",
        [_budget(minAvailable=1, labels={"prometheus": "it"}), _pods(_PROMETHEUS, 1), _pods(_ALERTMANAGER, 1)],
        ["1 pods of Prometheus it"],
    ),
    Row("disruption-budget-drains", "absent", "no number", _budget(), ["it says of no number of pods"]),
    Row(
        "disruption-budget-drains",
        "unknown",
        "the number",
        _budget(minAvailable=UNKNOWN),
        unknown=["spec.minAvailable"],
    ),
    Row("disruption-budget-present", "good", "there is one", [_pods(_DEPLOYMENT, 2), _budget(maxUnavailable=1)]),
    Row("disruption-budget-present", "good", "of Prometheus", [_pods(_PROMETHEUS, 2), _of("prometheus")]),
    Row("disruption-budget-present", "good", "of Alertmanager", [_pods(_ALERTMANAGER, 3), _of("alertmanager")]),
    Row("disruption-budget-present", "good", "a single pod", _pods(_DEPLOYMENT, 1)),
    Row(
        "disruption-budget-present",
        "bad",
        "in another namespace",
        [_pods(_STATEFUL_SET, 3), _budget(home="other")],
        ["a drain may take all its pods at once"],
    ),
    Row(
        "disruption-budget-present",
        "bad",
        "two of them",
        [_pods(_DEPLOYMENT, 2), _budget("a"), _budget("b")],
        ["its pods are in two budgets (row-1 and row-2)"],
    ),
    Row(
        "disruption-budget-present", "absent", "none", _pods(_DEPLOYMENT, 2), ["a drain may take all its pods at once"]
    ),
    Row(
        "disruption-budget-present",
        "unknown",
        "how many pods",
        _pods(_DEPLOYMENT, UNKNOWN_NUMBER),
        unknown=["spec.replicas"],
    ),
    *(
        Row(
            "replicas-spread",
            "bad",
            f"an empty list, {token.rpartition(':')[2]}",
            _pods(token, 2, topologySpreadConstraints=[]),
            ["all its pods may be on one node"],
        )
        for token in (_DEPLOYMENT, _STATEFUL_SET, _PROMETHEUS, _ALERTMANAGER)
    ),
    Row("replicas-spread", "good", "over zones", _pods(_DEPLOYMENT, 2, topologySpreadConstraints=[{"maxSkew": 1}])),
    Row(
        "replicas-spread",
        "good",
        "away from each other",
        _pods(_DEPLOYMENT, 2, affinity={"podAntiAffinity": {"a": []}}),
    ),
    Row("replicas-spread", "good", "a single pod", _pods(_DEPLOYMENT, 1)),
    Row("replicas-spread", "absent", "nothing is said", _pods(_DEPLOYMENT, 2), ["all its pods may be on one node"]),
    Row(
        "replicas-spread",
        "unknown",
        "the constraints",
        _pods(_DEPLOYMENT, 2, topologySpreadConstraints=UNKNOWN_LIST),
        unknown=["spec.template.spec.topologySpreadConstraints"],
    ),
    Row("cron-job-bounds", "good", "bounded", _cron()),
    Row("cron-job-bounds", "bad", "one beside the other", _cron(concurrencyPolicy="Allow"), ["is joined by the next"]),
    Row(
        "cron-job-bounds",
        "absent",
        "nothing is said",
        made(_CRON_JOB, spec={}),
        ["is joined by the next", "startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"],
    ),
    Row("cron-job-bounds", "unknown", "a bound", _cron(concurrencyPolicy=UNKNOWN), unknown=["spec.concurrencyPolicy"]),
    Row("job-ends", "good", "a Job", made(_JOB, spec={"activeDeadlineSeconds": 60})),
    Row("job-ends", "good", "a CronJob's", _cron(jobTemplate={"spec": {"activeDeadlineSeconds": 60}})),
    Row(
        "job-ends",
        "bad",
        "a CronJob's without end",
        _cron(jobTemplate={"spec": {}}),
        ["a run that hangs stays for ever"],
    ),
    Row("job-ends", "absent", "a Job without end", made(_JOB, spec={}), ["a run that hangs stays for ever"]),
    Row(
        "job-ends",
        "unknown",
        "the end",
        made(_JOB, spec={"activeDeadlineSeconds": UNKNOWN_NUMBER}),
        unknown=["spec.activeDeadlineSeconds"],
    ),
    Row(
        "pod-has-controller",
        "bad",
        "a pod",
        made("kubernetes:core/v1:Pod", spec={}),
        ["nothing makes it anew where its node goes"],
    ),
    Row("autoscaler-range", "good", "two to ten", _range(minReplicas=2, maxReplicas=10)),
    Row("autoscaler-range", "bad", "no room", _range(minReplicas=3, maxReplicas=3), ["it cannot add a pod"]),
    Row("autoscaler-range", "absent", "down to one", _range(maxReplicas=10), ["it leaves 1 pod when little is asked"]),
    Row(
        "autoscaler-range",
        "unknown",
        "the most",
        _range(minReplicas=2, maxReplicas=UNKNOWN_NUMBER),
        unknown=["spec.maxReplicas"],
    ),
)
