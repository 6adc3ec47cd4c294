"""A real API server with its quota controller: what is beyond a quota is refused, what says nothing gets defaults."""

from collections.abc import Iterator
from typing import Any

import pytest

from components.capacity.cost.namespace_quotas import NAME, ContainerSettings, QuotaSettings, hard, limit_range
from rehearsal.kubernetes.control_plane import ControlPlane
from rehearsal.kubernetes.rest import ApiError, Rest
from tests.admission.server import until

pytestmark = pytest.mark.tools

# The defaults, and what differs from them.
_QUOTAS = {
    "team": QuotaSettings(),
    "bursting": QuotaSettings(),
    "unlimited": QuotaSettings(cpu_limit=None),
    "small": QuotaSettings(cpu=1, cpu_limit=1, memory_gib=1, memory_limit_gib=1, pods=1),
    "served": QuotaSettings(load_balancers=1),
}
_WITHOUT_LIMITS = "bare"


@pytest.fixture(scope="module")
def rest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rest]:
    with ControlPlane(tmp_path_factory.mktemp("quotas")) as plane:
        rest = Rest(plane.api_client())
        for namespace, quota in {**_QUOTAS, _WITHOUT_LIMITS: QuotaSettings()}.items():
            _room(rest, namespace, quota, limited=namespace != _WITHOUT_LIMITS)
        yield rest


def _room(rest: Rest, namespace: str, quota: QuotaSettings, *, limited: bool) -> None:
    rest.request("POST", "/api/v1/namespaces", body=_object("Namespace", namespace))
    place = f"/api/v1/namespaces/{namespace}"
    if limited:
        spec = limit_range(ContainerSettings(), quota)
        rest.request("POST", f"{place}/limitranges", body={**_object("LimitRange", NAME), "spec": spec})
    body = {**_object("ResourceQuota", NAME), "spec": {"hard": hard(quota)}}
    rest.request("POST", f"{place}/resourcequotas", body=body)
    # The quota holds once its controller has counted what is there.
    assert until(
        lambda: set(rest.get(f"{place}/resourcequotas/{NAME}").get("status", {}).get("hard", {})) == {*hard(quota)}
    )
    assert until(lambda: rest.find(f"{place}/serviceaccounts/default") is not None)


def _object(kind: str, name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}}


def _pod(rest: Rest, namespace: str, name: str, **resources: Any) -> dict[str, Any]:
    container = {"name": "app", "image": "registry.k8s.io/pause:3.10", "resources": resources}
    body = {**_object("Pod", name), "spec": {"containers": [container]}}
    made = rest.request("POST", f"/api/v1/namespaces/{namespace}/pods", body=body)
    given: dict[str, Any] = made.body["spec"]["containers"][0]["resources"]
    return given


def _service(rest: Rest, namespace: str, name: str, kind: str) -> None:
    spec = {"type": kind, "selector": {"app": name}, "ports": [{"port": 80}]}
    rest.request("POST", f"/api/v1/namespaces/{namespace}/services", body={**_object("Service", name), "spec": spec})


def test_a_container_that_says_nothing_gets_the_defaults(rest: Rest) -> None:
    assert _pod(rest, "team", "silent") == {
        "requests": {"cpu": "100m", "memory": "128Mi"},
        "limits": {"cpu": "1", "memory": "512Mi"},
    }


def test_a_pod_beyond_the_quota_is_refused_and_told_why(rest: Rest) -> None:
    large = {"requests": {"cpu": "6", "memory": "1Gi"}, "limits": {"cpu": "6", "memory": "1Gi"}}
    _pod(rest, "bursting", "first", **large)

    with pytest.raises(
        ApiError, match=r"exceeded quota: platform, requested: requests\.cpu=6.*limited: requests\.cpu=10"
    ):
        _pod(rest, "bursting", "second", **large)


def test_a_burst_above_what_is_requested_is_let_in_until_the_sum_of_limits(rest: Rest) -> None:
    bursting = {"requests": {"cpu": "500m", "memory": "64Mi"}, "limits": {"cpu": "6", "memory": "1Gi"}}
    _pod(rest, "bursting", "burst-1", **bursting)
    _pod(rest, "bursting", "burst-2", **bursting)

    with pytest.raises(ApiError, match=r"requested: limits\.cpu=6"):
        _pod(rest, "bursting", "burst-3", **bursting)


def test_more_pods_than_the_quota_are_refused(rest: Rest) -> None:
    _pod(rest, "small", "one")

    with pytest.raises(ApiError, match=r"exceeded quota: platform, requested: .*pods=1"):
        _pod(rest, "small", "two")


def test_a_container_above_the_most_is_refused(rest: Rest) -> None:
    with pytest.raises(ApiError, match="maximum memory usage per Container is 16Gi"):
        _pod(rest, "team", "huge", requests={"memory": "20Gi"}, limits={"memory": "20Gi"})


def test_a_request_above_the_default_limit_needs_a_limit_of_its_own(rest: Rest) -> None:
    with pytest.raises(ApiError, match="must be less than or equal to memory limit of 512Mi"):
        _pod(rest, "team", "asking", requests={"memory": "1Gi"})

    assert (
        _pod(rest, "team", "limited", requests={"memory": "1Gi"}, limits={"memory": "1Gi"})["limits"]["memory"] == "1Gi"
    )


def test_without_the_limit_range_the_quota_refuses_whoever_names_no_limits(rest: Rest) -> None:
    with pytest.raises(ApiError, match=r"failed quota: platform: must specify limits\.cpu"):
        _pod(rest, _WITHOUT_LIMITS, "silent")


def test_without_a_limit_of_cpu_a_container_that_says_nothing_has_none(rest: Rest) -> None:
    assert _pod(rest, "unlimited", "silent") == {
        "requests": {"cpu": "100m", "memory": "128Mi"},
        "limits": {"memory": "512Mi"},
    }


@pytest.mark.parametrize("kind", ["LoadBalancer", "NodePort"])
def test_a_way_in_beside_the_entry_is_refused(rest: Rest, kind: str) -> None:
    with pytest.raises(ApiError, match=r"exceeded quota: platform, requested: .*services"):
        _service(rest, "team", kind.lower(), kind)


def test_as_many_load_balancers_as_the_quota_says_are_let_in(rest: Rest) -> None:
    _service(rest, "served", "first", "LoadBalancer")

    with pytest.raises(ApiError, match=r"services\.loadbalancers=1"):
        _service(rest, "served", "second", "LoadBalancer")


def test_a_device_that_nobody_granted_is_refused(rest: Rest) -> None:
    with pytest.raises(ApiError, match=r"requests\.nvidia\.com/gpu=1"):
        _pod(rest, "team", "gpu", limits={"nvidia.com/gpu": "1"})


def test_a_volume_beyond_the_quota_is_refused(rest: Rest) -> None:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "600Gi"}}}
    body = {**_object("PersistentVolumeClaim", "large"), "spec": spec}

    with pytest.raises(ApiError, match=r"requested: requests\.storage=600Gi.*limited: requests\.storage=500Gi"):
        rest.request("POST", "/api/v1/namespaces/team/persistentvolumeclaims", body=body)


def test_what_is_gone_is_given_back(rest: Rest) -> None:
    path = "/api/v1/namespaces/unlimited/resourcequotas/platform"
    _pod(rest, "unlimited", "passing", requests={"cpu": "9"})
    assert until(lambda: rest.get(path)["status"]["used"]["requests.cpu"] in {"9", "9100m"})
    rest.request("DELETE", "/api/v1/namespaces/unlimited/pods/passing", {"gracePeriodSeconds": "0"})

    assert until(lambda: rest.get(path)["status"]["used"]["requests.cpu"] in {"0", "100m"})
