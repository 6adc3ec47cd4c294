"""Rows for the rules about what watches the platform."""

from typing import Any, Final

from tests.policies.rows.kubernetes.objects import made
from tests.policies.rows.platform.stack import apps, labelled, named, release
from tests.policies.rows.row import UNKNOWN, UNKNOWN_LIST, UNKNOWN_NUMBER, UNKNOWN_OBJECT, Row

_API: Final = "kubernetes:monitoring.coreos.com/v1"
_PROMETHEUS: Final = f"{_API}:Prometheus"
_ALERTMANAGER: Final = f"{_API}:Alertmanager"
_RULE: Final = f"{_API}:PrometheusRule"
_SETS: Final = "kubernetes:apps/v1:StatefulSet"
_DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"
_WHOLE: Final[dict[str, Any]] = {
    "alert": "Down",
    "expr": "up == 0",
    "labels": {"severity": "critical", "owner": "platform"},
    "annotations": {"summary": "It is down", "description": "It is.", "runbook_url": "https://example.com/down"},
}
_SELECTED: Final = {
    "serviceMonitor": "ServiceMonitor",
    "podMonitor": "PodMonitor",
    "probe": "Probe",
    "rule": "PrometheusRule",
}


def _rule(*rules: Any, name: str = "it", labels: Any = None) -> dict[str, Any]:
    return labelled(_RULE, labels or {}, name, spec={"groups": [{"name": "a", "rules": list(rules)}]})


def _alert(**changes: Any) -> dict[str, Any]:
    return _rule({**_WHOLE, **changes})


def _instance(name: str = "it", home: str = "apps", **spec: Any) -> dict[str, Any]:
    return named(made(_PROMETHEUS, name, home, spec=spec), name)


def _selecting(name: str, by: str, operator: str = "In", **more: Any) -> dict[str, Any]:
    expression = {"key": "prometheus", "operator": operator, "values": ["a"]}
    return _instance(name, **{f"{by}Selector": {"matchExpressions": [expression]}, **more})


def _labels(name: str, **spec: Any) -> dict[str, Any]:
    return _instance(name, **{"externalLabels": {"cluster": "c", "prometheus": name}, **spec})


def _compactor(name: str, *arguments: str, token: str = _SETS, objects: str = "objects", **spec: Any) -> dict[str, Any]:
    pod = {
        "containers": [{"name": "compactor", "args": ["compact", *arguments]}],
        "volumes": [{"name": "objects", "secret": {"secretName": objects}}],
    }
    return named(made(token, name, spec={"template": {"spec": pod}, **spec}), name)


_TENANT_A: Final = "--selector.relabel-config=a"
_TENANT_B: Final = "--selector.relabel-config=b"

ROWS: Final[tuple[Row, ...]] = (
    Row("alert-explained", "good", "all there", _alert()),
    Row("alert-explained", "good", "a recorded figure", _rule({"record": "a:b", "expr": "1"})),
    Row(
        "alert-explained",
        "bad",
        "no runbook",
        _alert(annotations={**_WHOLE["annotations"], "runbook_url": " "}),
        ["wakes somebody without runbook_url"],
    ),
    Row(
        "alert-explained",
        "bad",
        "a severity of its own",
        _alert(labels={"severity": "page", "owner": "a"}),
        ["has no severity that a route knows (page)"],
    ),
    Row("alert-explained", "bad", "nobody's", _alert(labels={"severity": "info"}), ["has no owner"]),
    Row(
        "alert-explained",
        "absent",
        "nothing but a question",
        _rule({"alert": "Down", "expr": "up == 0"}),
        ["severity", "owner", "summary", "description", "runbook_url"],
    ),
    Row(
        "alert-explained",
        "unknown",
        "the owner",
        _alert(labels={"severity": "info", "owner": UNKNOWN}),
        unknown=["spec.groups[0].rules[0].labels.owner"],
    ),
    Row("alert-once", "good", "two questions", [_rule(_WHOLE, {**_WHOLE, "expr": "up == 1"})]),
    Row(
        "alert-once",
        "good",
        "of two Prometheus",
        [_rule(_WHOLE, labels={"prometheus": "a"}), _rule(_WHOLE, name="b", labels={"prometheus": "b"})],
    ),
    Row(
        "alert-once",
        "bad",
        "in two places",
        [_rule(_WHOLE, name="a"), _rule(_WHOLE, name="b")],
        ["alert Down is asked twice, here and in a"],
    ),
    Row("alert-once", "bad", "in one place", _rule(_WHOLE, _WHOLE), ["alert Down is asked twice, here and in it"]),
    Row("alert-once", "absent", "no groups", made(_RULE, spec={})),
    Row("alert-once", "unknown", "the groups", made(_RULE, spec={"groups": UNKNOWN_LIST}), unknown=["spec.groups"]),
    *(
        Row(
            "monitor-selected-once",
            "good",
            f"by one, {kind}",
            [labelled(f"{_API}:{kind}", {"prometheus": "a"}), _selecting("a", by), _selecting("rest", by, "NotIn")],
        )
        for by, kind in _SELECTED.items()
    ),
    *(
        Row(
            "monitor-selected-once",
            "bad",
            f"by two, {kind}",
            [labelled(f"{_API}:{kind}", {"prometheus": "a"}), _selecting("a", by), _selecting("b", by)],
            ["a and b select it"],
        )
        for by, kind in _SELECTED.items()
    ),
    Row(
        "monitor-selected-once",
        "bad",
        "in another namespace than it looks",
        [labelled(f"{_API}:ServiceMonitor", {"prometheus": "a"}, home="other"), _selecting("a", "serviceMonitor")],
        ["no Prometheus selects it"],
    ),
    Row(
        "monitor-selected-once",
        "good",
        "in a namespace by its label",
        [
            labelled(f"{_API}:ServiceMonitor", {"prometheus": "a"}),
            _selecting(
                "a",
                "serviceMonitor",
                home="monitoring",
                serviceMonitorNamespaceSelector={"matchLabels": {"team": "shop"}},
            ),
            apps(team="shop"),
        ],
    ),
    Row(
        "monitor-selected-once",
        "absent",
        "no label",
        [labelled(f"{_API}:PodMonitor", {}), _selecting("a", "podMonitor")],
        ["no Prometheus selects it"],
    ),
    Row("monitor-selected-once", "absent", "no Prometheus here at all", labelled(f"{_API}:PodMonitor", {})),
    Row(
        "monitor-selected-once",
        "unknown",
        "its labels",
        [labelled(f"{_API}:Probe", UNKNOWN_OBJECT), _selecting("a", "probe")],
        unknown=["metadata.labels"],
    ),
    Row("external-labels-unique", "good", "each its own", [_labels("a"), _labels("b")]),
    Row(
        "external-labels-unique",
        "bad",
        "one for two",
        [_labels("a"), _labels("b", externalLabels={"cluster": "c", "prometheus": "a"})],
        ["no label of their own as a has"],
    ),
    Row(
        "external-labels-unique",
        "bad",
        "replicas alike",
        _labels("a", replicas=2, replicaExternalLabelName=""),
        ["its replicas cannot be told apart"],
    ),
    Row("external-labels-unique", "absent", "none", _instance(), ["no label of their own at all"]),
    Row(
        "external-labels-unique",
        "unknown",
        "a label",
        _labels("a", externalLabels={"cluster": UNKNOWN}),
        unknown=["spec.externalLabels.cluster"],
    ),
    Row(
        "alerts-reach-somebody",
        "good",
        "named",
        [_instance(alerting={"alertmanagers": [{"name": "a"}]}), made(_ALERTMANAGER)],
    ),
    Row("alerts-reach-somebody", "good", "no Alertmanager here", _instance()),
    Row(
        "alerts-reach-somebody",
        "bad",
        "an empty list",
        [_instance(alerting={"alertmanagers": []}), made(_ALERTMANAGER)],
        ["its alerts reach nobody"],
    ),
    Row(
        "alerts-reach-somebody", "absent", "not named", [_instance(), made(_ALERTMANAGER)], ["its alerts reach nobody"]
    ),
    Row(
        "alerts-reach-somebody",
        "unknown",
        "who",
        [_instance(alerting={"alertmanagers": UNKNOWN_LIST}), made(_ALERTMANAGER)],
        unknown=["spec.alerting.alertmanagers"],
    ),
    Row("one-compactor", "good", "one", [_compactor("a")]),
    Row("one-compactor", "good", "each its tenant", [_compactor("a", _TENANT_A), _compactor("b", _TENANT_B)]),
    Row("one-compactor", "good", "each its bucket", [_compactor("a"), _compactor("b", objects="other")]),
    Row(
        "one-compactor",
        "bad",
        "two",
        [_compactor("a"), _compactor("b", token=_DEPLOYMENT)],
        ["a compacts the same blocks"],
    ),
    Row(
        "one-compactor",
        "bad",
        "two of a tenant",
        [_compactor("a", _TENANT_A), _compactor("b", _TENANT_A)],
        ["a compacts the same blocks"],
    ),
    Row(
        "one-compactor",
        "bad",
        "one of all and one of a tenant",
        [_compactor("a"), _compactor("b", _TENANT_B)],
        ["a compacts the same blocks"],
    ),
    Row(
        "one-compactor",
        "bad",
        "the chart's own beside it",
        [_compactor("a", objects="thanos-objstore"), release(chart="thanos", values={"compactor": {"enabled": True}})],
        ["a compacts the same blocks"],
    ),
    Row("one-compactor", "bad", "two pods", _compactor("a", replicas=2), ["2 of its pods compact the same blocks"]),
    Row("one-compactor", "absent", "none", [made(_SETS, spec={}), release(chart="thanos")]),
    Row(
        "one-compactor", "unknown", "how many pods", _compactor("a", replicas=UNKNOWN_NUMBER), unknown=["spec.replicas"]
    ),
)
