"""What Grafanas encrypt with is made once, in the cluster, and does not hold their pods up."""

from typing import Any

import pytest

from components.observability.dashboards.panels import Grafana
from components.observability.grafana import instances
from components.observability.grafana import secrets as grafana_secrets
from components.observability.grafana.values import values
from tests.components.observability.grafana.examples import EVERY, EXISTING, RDS, built, provider, surroundings

_EXTERNAL = "kubernetes:external-secrets.io/v1:ExternalSecret"
_RELEASE = "kubernetes:helm.sh/v3:Release"


@pytest.mark.parametrize("grafana", [*Grafana])
def test_every_secret_that_a_pod_mounts_is_one_that_is_made(grafana: Grafana) -> None:
    mounted = {mount["secretName"] for mount in values(grafana, surroundings())["extraSecretMounts"]}
    made = {each.inputs["metadata"]["name"] for each in built(by=provider(), instances=EVERY, **RDS).of(_EXTERNAL)}

    assert mounted == {grafana_secrets.keys(grafana), grafana_secrets.client(grafana)}
    assert mounted <= made


@pytest.mark.parametrize("given", [RDS, EXISTING])
def test_the_job_finds_its_administrator_in_the_secret_that_is_copied(given: dict[str, Any]) -> None:
    recording = built(**given)
    (job,) = recording.of("kubernetes:batch/v1:Job")
    (container,) = job.inputs["spec"]["template"]["spec"]["containers"]
    asked = {each["valueFrom"]["secretKeyRef"]["name"] for each in container["env"] if "valueFrom" in each}

    assert asked == {grafana_secrets.DATABASE_STORE}
    assert asked <= {each.inputs["spec"]["target"]["name"] for each in recording.of(_EXTERNAL)}


def test_a_release_waits_for_no_secret_for_its_pods_do() -> None:
    """Else what copies secrets, which waits for certificates, would be on the longest way of a first `up`."""
    recording = built(by=provider(), instances=EVERY, **RDS)
    synced = {each.name for each in recording.of(_EXTERNAL)}

    for grafana in Grafana:
        assert not recording.before(f"grafana-{instances.release(grafana)}") & synced
        assert recording.one(_RELEASE, f"grafana-{instances.release(grafana)}").inputs["timeout"] >= 600
