"""The metrics server: two of them, apart, one always there."""

from components.capacity import metrics_server
from components.capacity.metrics_server import MetricsServer
from tests.components.capacity.stage import RELEASE, refuse_wrong_values
from tests.components.recording import build


def test_metrics_are_there_while_a_node_is_drained() -> None:
    values = metrics_server.values()

    assert values["replicas"] > values["podDisruptionBudget"]["maxUnavailable"]
    assert values["podDisruptionBudget"]["enabled"] is True
    assert values["updateStrategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_on_its_nodes_network_the_old_pod_makes_room_first() -> None:
    assert metrics_server.values(host_network=True)["updateStrategy"]["rollingUpdate"]["maxSurge"] == 0


def test_its_spread_counts_its_own_pods() -> None:
    (release,) = build(lambda: MetricsServer("metrics-server")).of(RELEASE)

    for constraint in release.inputs["values"]["topologySpreadConstraints"]:
        assert constraint["labelSelector"]["matchLabels"] == {"app.kubernetes.io/instance": release.inputs["name"]}


def test_kubelets_are_believed_by_their_certificate_only() -> None:
    """EKS signs the kubelets' certificates; the flag that most guides add would accept any."""
    assert "--kubelet-insecure-tls" not in str(metrics_server.values())


def test_the_chart_knows_every_value() -> None:
    refuse_wrong_values("metrics-server", metrics_server.values(host_network=True))
