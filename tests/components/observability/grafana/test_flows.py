"""Grafanas reach what they show, where they keep things, and whoever vouches for people; the entry reaches them."""

import pytest

from components.kit.flows import PROMETHEUS, Entity, Flow, Fqdn
from components.kit.monitoring import ALERTMANAGER
from components.observability.dashboards.panels import Grafana
from components.observability.grafana.flows import DATABASES, Address, connections
from components.observability.grafana.instances import workload
from components.observability.thanos.flows import FRONTEND

_DATABASE = Address(server=Fqdn("db.example.com"), port=5432)
_ISSUER = Address(server=Fqdn("login.example.com"), port=443)


def _of(grafana: Grafana, flows: tuple[Flow, ...]) -> set[tuple[object, int]]:
    return {(str(flow.server), flow.port) for flow in flows if flow.client == workload(grafana)}


@pytest.mark.parametrize("grafana", [*Grafana])
def test_a_grafana_reaches_what_it_needs(grafana: Grafana) -> None:
    flows = connections([grafana], database=_DATABASE, issuers=[_ISSUER], thanos=True)

    assert _of(grafana, flows) >= {
        (str(FRONTEND), 9090),
        (str(PROMETHEUS), 9090),
        (str(ALERTMANAGER), 9093),
        ("db.example.com", 5432),
        ("login.example.com", 443),
        (str(Entity.KUBE_APISERVER), 443),
    }


def test_nobody_comes_to_it_but_the_entry_the_kubelet_and_who_watches() -> None:
    flows = connections([Grafana.MAIN], database=None, issuers=[], thanos=False)
    clients = {flow.client for flow in flows if flow.server == workload(Grafana.MAIN)}

    assert clients == {Entity.INGRESS, Entity.HOST, PROMETHEUS}


def test_what_a_stack_does_not_have_is_not_reached() -> None:
    flows = connections([Grafana.MAIN], database=None, issuers=[], thanos=False)

    assert not [flow for flow in flows if isinstance(flow.server, Fqdn)]
    assert not [flow for flow in flows if flow.server == FRONTEND or DATABASES in {flow.client, flow.server}]
    assert connections([], database=_DATABASE, issuers=[_ISSUER], thanos=True) == ()


def test_the_job_reaches_the_database_and_nothing_else_but_names() -> None:
    flows = connections([Grafana.MAIN], database=_DATABASE, issuers=[_ISSUER], thanos=True)

    assert {flow.port for flow in flows if flow.client == DATABASES} == {53, 5432}
