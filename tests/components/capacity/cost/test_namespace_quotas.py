"""Every namespace has a quota with room to burst, and a container that says nothing fits into it."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.capacity.cost import namespace_quotas
from components.capacity.cost.namespace_quotas import (
    ContainerSettings,
    NamespaceQuotas,
    QuotaSettings,
    QuotasSettings,
    hard,
    limit_range,
)
from tests.components import examples
from tests.components.recording import Recording, build

_QUOTA = "kubernetes:core/v1:ResourceQuota"
_LIMITS = "kubernetes:core/v1:LimitRange"


def _built(*namespaces: str, **settings: Any) -> Recording:
    return build(
        lambda: NamespaceQuotas("namespace-quotas", examples.parsed(QuotasSettings, **settings), namespaces=namespaces)
    )


def test_every_namespace_gets_both_and_the_limits_first() -> None:
    recording = _built("shop", "cart")

    for kind in (_QUOTA, _LIMITS):
        assert {made.inputs["metadata"]["namespace"] for made in recording.of(kind)} == {"shop", "cart"}
    # With a quota alone, whoever names no limit is refused.
    assert recording.one(_QUOTA, "namespace-quotas-shop").dependencies == ("namespace-quotas-shop-containers",)


def test_a_namespace_may_have_a_quota_of_its_own() -> None:
    recording = _built("shop", "cart", namespaces={"cart": {"cpu": 2, "cpu_limit": 4}})

    assert recording.one(_QUOTA, "namespace-quotas-shop").inputs["spec"]["hard"]["requests.cpu"] == "10"
    assert recording.one(_QUOTA, "namespace-quotas-cart").inputs["spec"]["hard"]["requests.cpu"] == "2"


def test_a_quota_leaves_as_much_room_again_to_burst_into() -> None:
    held = hard(QuotaSettings())

    assert (held["requests.cpu"], held["limits.cpu"]) == ("10", "20")
    assert (held["requests.memory"], held["limits.memory"]) == ("32Gi", "64Gi")


def test_what_costs_beside_nodes_is_held_too() -> None:
    held = hard(QuotaSettings())

    assert (held["requests.storage"], held["persistentvolumeclaims"]) == ("500Gi", "20")
    assert (held["services.loadbalancers"], held["services.nodeports"]) == ("0", "0")
    assert held["requests.nvidia.com/gpu"] == "0"


def test_a_namespace_that_may_have_load_balancers_may_have_the_ports_that_they_take() -> None:
    held = hard(QuotaSettings(load_balancers=2))

    assert held["services.loadbalancers"] == "2"
    assert "services.nodeports" not in held


def test_without_a_limit_of_cpu_no_container_is_given_one() -> None:
    quota = QuotaSettings(cpu_limit=None)
    (container,) = limit_range(ContainerSettings(), quota)["limits"]

    assert "limits.cpu" not in hard(quota)
    # Of a most and no default, Kubernetes makes the default.
    assert (container["default"], container["max"]) == ({"memory": "512Mi"}, {"memory": "16384Mi"})
    assert container["defaultRequest"] == {"cpu": "100m", "memory": "128Mi"}


def test_no_container_may_be_larger_than_its_namespace() -> None:
    (container,) = limit_range(
        ContainerSettings(), QuotaSettings(cpu=2, cpu_limit=4, memory_gib=4, memory_limit_gib=8)
    )["limits"]

    assert container["max"] == {"cpu": "4000m", "memory": "8192Mi"}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"cpu": 10, "cpu_limit": 5}, "cpu_limit 5 is below cpu 10"),
        ({"memory_gib": 10, "memory_limit_gib": 5}, "memory_limit_gib 5 is below memory_gib 10"),
        ({"pods": 0}, "greater than or equal to 1"),
        ({"cpu": 0}, "greater than or equal to 1"),
        ({"volumes_gib": -1}, "greater than or equal to 0"),
    ],
    ids=str,
)
def test_a_quota_with_limits_below_its_requests_or_for_nothing_is_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        examples.parsed(QuotaSettings, **wrong)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"cpu_millicores": 2000}, "cpu_millicores 2000 is above cpu_limit_millicores 1000"),
        ({"memory_mib": 1024}, "memory_mib 1024 is above memory_limit_mib 512"),
        ({"cpu_limit_millicores": 9000}, "cpu_limit_millicores 9000 is above most_cpu_millicores 8000"),
        ({"memory_limit_mib": 20_000}, "memory_limit_mib 20000 is above most_memory_mib 16384"),
    ],
    ids=str,
)
def test_defaults_that_the_api_server_would_refuse_are_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        examples.parsed(ContainerSettings, **wrong)


@pytest.mark.parametrize(
    ("quotas", "says"),
    [
        (
            {"default": {"cpu": 1}, "containers": {"cpu_millicores": 1500, "cpu_limit_millicores": 2000}},
            "the quota default .* cpu_millicores 1500 is more than cpu",
        ),
        (
            {"namespaces": {"shop": {"cpu": 1, "cpu_limit": 1}}, "containers": {"cpu_limit_millicores": 2000}},
            "the quota shop .* cpu_limit_millicores 2000 is more than cpu_limit",
        ),
        (
            {"default": {"memory_gib": 1}, "containers": {"memory_mib": 2048, "memory_limit_mib": 4096}},
            "memory_mib 2048 is more than memory_gib",
        ),
        (
            {"default": {"memory_gib": 1, "memory_limit_gib": 1}, "containers": {"memory_limit_mib": 2048}},
            "memory_limit_mib 2048 is more than memory_limit_gib",
        ),
    ],
    ids=str,
)
def test_a_quota_below_what_one_container_is_given_is_refused(quotas: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        examples.parsed(QuotasSettings, **quotas)


def test_a_default_limit_of_cpu_counts_only_where_there_are_such_limits() -> None:
    quotas = examples.parsed(
        QuotasSettings, default={"cpu": 1, "cpu_limit": None}, containers={"cpu_limit_millicores": 4000}
    )

    assert "cpu" not in limit_range(quotas.containers, quotas.default)["limits"][0]["default"]


def test_both_objects_have_one_name_that_people_know() -> None:
    recording = _built("shop")

    assert {made.inputs["metadata"]["name"] for made in (*recording.of(_QUOTA), *recording.of(_LIMITS))} == {
        namespace_quotas.NAME
    }
