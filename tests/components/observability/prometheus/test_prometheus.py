"""Each Prometheus has an address, a budget for drains and rights that come before it."""

from typing import Any

from components.kit.monitoring import Instance
from components.observability.prometheus.prometheus import Prometheus, url
from components.observability.prometheus.settings import PrometheusSettings
from tests.components import examples
from tests.components.observability.prometheus.stage import around
from tests.components.recording import Recording, build


def _prometheus(**settings: Any) -> Recording:
    return build(lambda: Prometheus("prometheus", examples.parsed(PrometheusSettings, **settings), around=around()))


def test_each_instance_has_an_address_of_its_own_that_leads_to_its_pods() -> None:
    recording = _prometheus()

    for name in ("app", "system", "database", "platform", "tooling", "argos"):
        service = recording.one("kubernetes:core/v1:Service", f"prometheus-{name}").inputs
        assert service["metadata"]["name"] == f"prometheus-{name}"
        assert service["spec"]["selector"] == {
            "app.kubernetes.io/name": "prometheus",
            "app.kubernetes.io/instance": name,
        }
        assert service["spec"]["sessionAffinity"] == "ClientIP"
    assert url(Instance.APP) == "http://prometheus-app.monitoring.svc.cluster.local:9090"


def test_a_drain_takes_one_replica_at_a_time_and_waits_for_nothing_where_there_is_one() -> None:
    budget = "kubernetes:policy/v1:PodDisruptionBudget"

    assert len(_prometheus(replicas=2).of(budget)) == 6
    assert {each.inputs["spec"]["maxUnavailable"] for each in _prometheus(replicas=2).of(budget)} == {1}
    assert _prometheus(replicas=1).of(budget) == []


def test_all_instances_are_one_account_whose_rights_come_first() -> None:
    recording = _prometheus()

    (account,) = recording.of("kubernetes:core/v1:ServiceAccount")
    assert account.inputs["metadata"] == {
        "name": "prometheus",
        "namespace": "monitoring",
        "labels": {"app.kubernetes.io/managed-by": "pulumi"},
    }
    (binding,) = recording.of("kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding")
    for made in recording.of("kubernetes:monitoring.coreos.com/v1:Prometheus"):
        assert {account.name, binding.name} <= set(made.dependencies)
