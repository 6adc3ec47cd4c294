"""The driver serves pods on every node and rotates what they read; the provider trusts whoever signs for Vault."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.kit import chart
from components.kit.flows import PROMETHEUS, Entity
from components.security.secrets import secrets_store
from components.security.secrets.secrets_store import DRIVER, PROVIDER, SecretsStore, driver_values, provider_values
from components.security.secrets.settings import SecretsSettings
from components.security.vault import flows as vault_flows
from components.security.vault.settings import ADDRESS
from rehearsal.charts.library import at_hand
from rehearsal.charts.values import problems
from tests.components import examples
from tests.components.recording import Recording, build

_RELEASE = "kubernetes:helm.sh/v3:Release"


def _settings(**settings: Any) -> SecretsSettings:
    return examples.parsed(SecretsSettings, **settings)


def _built(**settings: Any) -> Recording:
    return build(lambda: SecretsStore("secrets-store", _settings(**settings), issuer="private"))


def test_what_is_mounted_is_rotated_at_the_interval_that_is_asked_for() -> None:
    chosen = driver_values(_settings(rotation_minutes=7))

    assert (chosen["enableSecretRotation"], chosen["rotationPollInterval"]) == (True, "7m")


@pytest.mark.parametrize("minutes", [0, 1441])
def test_an_interval_that_is_none_is_refused(minutes: int) -> None:
    with pytest.raises(ValidationError):
        _settings(rotation_minutes=minutes)


def test_nothing_is_copied_to_etcd_unless_it_is_asked_for_with_a_reason() -> None:
    reason = "the database's operator reads Secrets only"
    asked = driver_values(_settings(sync={"reason": reason}))

    assert "syncSecret" not in driver_values(_settings())
    assert asked["syncSecret"] == {"enabled": True}
    assert asked["linux"]["daemonsetAnnotations"] == {"platform/sync-secret-reason": reason}
    with pytest.raises(ValidationError):
        _settings(sync={})


def test_the_kubelet_makes_the_token_that_vaults_roles_ask_for() -> None:
    assert driver_values(_settings())["tokenRequests"] == [{"audience": "vault"}]


def test_a_pod_may_mount_on_any_node_whatever_its_taints() -> None:
    library = at_hand()
    if library is None:
        pytest.skip("the chart's own defaults are not at hand")
    pinned = chart.pinned()[DRIVER]
    defaults = library.find(DRIVER, pinned.version, pinned.repository)
    assert defaults is not None

    assert defaults.defaults["linux"]["tolerations"] == [{"operator": "Exists"}]
    assert "tolerations" not in driver_values(_settings())["linux"]
    assert provider_values()["csi"]["pod"]["tolerations"] == [{"operator": "Exists"}]


def test_neither_is_evicted_before_the_pods_that_need_it() -> None:
    assert driver_values(_settings())["linux"]["priorityClassName"] == "system-node-critical"
    assert provider_values()["csi"]["priorityClassName"] == "system-node-critical"


def test_driver_and_provider_meet_where_bottlerocket_lets_a_container_write() -> None:
    folder = provider_values()["csi"]["daemonSet"]["providersDir"]

    assert folder == driver_values(_settings())["linux"]["providersDir"]
    assert folder.startswith("/var/lib/kubelet/")


def test_of_vaults_chart_there_is_the_provider_only() -> None:
    chosen = provider_values()

    assert (chosen["server"], chosen["injector"]) == ({"enabled": False}, {"enabled": False})
    assert chosen["global"]["enabled"] is False
    assert chosen["csi"]["enabled"] is True
    release = _built().one(_RELEASE, f"secrets-store-{PROVIDER}").inputs
    assert (release["chart"], release["name"], release["namespace"]) == ("vault", PROVIDER, "secrets-store")
    assert release["version"] == chart.pinned()["vault"].version


def test_the_provider_calls_vault_over_tls_and_trusts_the_authority_that_signs_for_it() -> None:
    certificate = _built().one("kubernetes:cert-manager.io/v1:Certificate", "secrets-store-vault-ca").inputs
    csi = provider_values()["csi"]
    (volume,), (mount,) = csi["volumes"], csi["volumeMounts"]

    assert provider_values()["global"]["externalVaultAddr"] == ADDRESS
    assert ADDRESS.startswith("https://")
    assert certificate["metadata"]["namespace"] == "secrets-store"
    assert certificate["spec"]["issuerRef"]["name"] == "private"
    assert volume["secret"] == {
        "secretName": certificate["spec"]["secretName"],
        "items": [{"key": "ca.crt", "path": "ca.crt"}],
    }
    assert csi["agent"]["extraArgs"] == [f"-ca-cert={mount['mountPath']}/ca.crt"]


def test_a_lease_outlives_a_rotation() -> None:
    """Without the agent, which is the chart's default, each rotation would make a new login to a database."""
    assert "enabled" not in provider_values()["csi"]["agent"]


def test_the_provider_comes_after_whom_it_trusts_and_beside_the_driver() -> None:
    provider = _built().one(_RELEASE, f"secrets-store-{PROVIDER}")

    assert "secrets-store-vault-ca" in provider.dependencies
    assert f"secrets-store-{DRIVER}" not in provider.dependencies


def test_its_definitions_are_brought_up_to_date_by_a_job_that_may_call_the_api() -> None:
    labels = driver_values(_settings())["linux"]["crds"]["podLabels"]

    assert labels == secrets_store.DEFINITIONS_JOB.labels
    assert [flow.server for flow in secrets_store.connections() if flow.client == secrets_store.DEFINITIONS_JOB] == [
        Entity.KUBE_APISERVER
    ]


def test_only_the_provider_talks_to_vault() -> None:
    flows = secrets_store.connections()

    assert [flow.client for flow in flows if flow.server == vault_flows.VAULT] == [secrets_store.PROVIDER_PODS]
    assert [flow.port for flow in flows if flow.client == PROMETHEUS] == [8095]


@pytest.mark.parametrize(
    ("entry", "values"),
    [
        (DRIVER, driver_values(_settings(sync={"reason": "an operator reads Secrets only"}))),
        (PROVIDER, provider_values()),
    ],
    ids=[DRIVER, PROVIDER],
)
def test_the_charts_know_every_value(entry: str, values: dict[str, Any]) -> None:
    library = at_hand()
    if library is None:
        pytest.skip("the charts' own files are not at hand")
    pinned = chart.pinned()[entry]
    found = library.find(pinned.chart or entry, pinned.version, pinned.repository)

    assert found is not None
    assert [f"{problem.property}: {problem.reason}" for problem in problems(found, values)] == []
