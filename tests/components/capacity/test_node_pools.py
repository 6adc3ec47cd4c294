"""What Karpenter is told: machines as safe as those of node groups, bounds, and times at which nothing moves."""

import base64
import tomllib
from typing import Any

import pytest

from components.capacity import node_pools
from components.capacity.capacity_settings import NodePoolSettings
from components.capacity.node_pools import Ground
from components.compute.ami import AmiFamily
from components.compute.network_plugin import OWN_INTERFACE, STARTUP
from components.kit import versions
from components.kit.maintenance import MaintenanceWindow
from rehearsal.charts.definitions import manifests
from rehearsal.charts.library import at_hand
from rehearsal.kubernetes.control_plane import ControlPlane
from rehearsal.kubernetes.objects import Objects
from rehearsal.kubernetes.rest import ApiError, Rest
from tests.components import examples
from tests.components.capacity.stage import POOLS, karpenter

_ROLES = list(POOLS)


def _ground(family: str = "bottlerocket", **changes: Any) -> Ground:
    given: dict[str, Any] = {
        "ami_family": AmiFamily(family),
        "instance_profile": "karpenter-node",
        "subnet_ids": ["subnet-0a", "subnet-0b"],
        "security_group_id": "sg-0a",
        "volumes_key_arn": "arn:aws:kms:eu-central-1:111122223333:key/volumes",
        "tags": {"owner": "platform@example.com"},
        "startup_taints": (STARTUP,),
        "pod_budget": lambda kind: 110 if kind.vcpus < 30 else 250,
    }
    return Ground(**{**given, **changes})


def _pool(role: str, **changes: Any) -> NodePoolSettings:
    settings = karpenter(**{role: {**POOLS[role], **changes}})
    assert settings.karpenter
    return settings.karpenter.pools()[role]


def _class(role: str = "general", family: str = "bottlerocket", **ground: Any) -> dict[str, Any]:
    spec: dict[str, Any] = node_pools.node_class(role, _pool(role), _ground(family, **ground))["spec"]
    return spec


def _node_pool(role: str = "general", quiet: Any = "the default", **changes: Any) -> dict[str, Any]:
    block = {role: {**POOLS[role], **changes}, **({} if quiet == "the default" else {"quiet_hours": quiet})}
    settings = karpenter(**block).karpenter
    assert settings
    spec: dict[str, Any] = node_pools.node_pool(role, settings.pools()[role], settings, _ground())["spec"]
    return spec


@pytest.mark.parametrize("role", _ROLES)
def test_no_pod_starts_before_its_network_is_there(role: str) -> None:
    (taint,) = _node_pool(role)["template"]["spec"]["startupTaints"]

    assert taint == {"key": "node.cilium.io/agent-not-ready", "value": "true", "effect": "NoExecute"}


@pytest.mark.parametrize(
    ("role", "key"), [("general", None), ("spot", "node-role"), ("gpu", "nvidia.com/gpu")], ids=_ROLES
)
def test_a_pool_has_the_label_and_the_taint_of_its_role(role: str, key: str | None) -> None:
    template = _node_pool(role)["template"]

    assert template["metadata"]["labels"] == {"node-role": role}
    assert [taint["key"] for taint in template["spec"].get("taints", [])] == ([key] if key else [])


@pytest.mark.parametrize(("role", "capacity"), [("general", "on-demand"), ("spot", "spot"), ("gpu", "on-demand")])
def test_only_the_spot_pool_is_spot(role: str, capacity: str) -> None:
    wanted = {each["key"]: each["values"] for each in node_pools.requirements(role, _pool(role))}

    assert wanted["karpenter.sh/capacity-type"] == [capacity]


def test_every_type_that_is_asked_for_exists_and_is_within_the_bounds() -> None:
    pool = _pool("general", min_vcpus=8, max_vcpus=16)

    assert {kind.vcpus for kind in pool.kinds} == {8, 16}
    asked = [(each["operator"], each["values"]) for each in node_pools.requirements("general", pool)[-2:]]
    assert asked == [("Gte", ["8"]), ("Lte", ["16"])]


def test_a_mistake_is_bounded() -> None:
    assert _node_pool()["limits"] == {"cpu": "64", "memory": "512Gi"}


def test_in_quiet_hours_nothing_moves_that_need_not() -> None:
    always, quiet = _node_pool()["disruption"]["budgets"]

    assert always == {"nodes": "10%"}
    assert (quiet["nodes"], quiet["schedule"], quiet["duration"]) == ("0", "0 6 * * mon-fri", "12h")
    assert "Empty" not in quiet["reasons"]


def test_a_node_that_is_out_of_date_waits_for_the_window_and_one_that_is_dear_does_not() -> None:
    settings = karpenter(general=POOLS["general"], quiet_hours=None).karpenter
    assert settings
    window = examples.parsed(MaintenanceWindow, days=["saturday"], start="02:00", hours=4)

    always, closed = node_pools.budgets(settings.pools()["general"], settings, window)

    assert always == {"nodes": "10%"}
    assert closed == {"nodes": "0", "reasons": ["Drifted"], "schedule": "0 6 * * sat", "duration": "164h"}


def test_without_quiet_hours_there_is_one_budget() -> None:
    assert _node_pool(quiet=None)["disruption"]["budgets"] == [{"nodes": "10%"}]


def test_no_node_lives_for_ever_even_if_a_pod_will_not_go() -> None:
    spec = _node_pool(expire_after_days=7)["template"]["spec"]

    assert (spec["expireAfter"], spec["terminationGracePeriod"]) == ("168h", "24h")


@pytest.mark.parametrize("family", ["bottlerocket", "al2023"])
def test_a_machine_is_as_safe_as_one_of_a_node_group(family: str) -> None:
    spec = _class(family=family)

    assert (spec["metadataOptions"]["httpTokens"], spec["metadataOptions"]["httpPutResponseHopLimit"]) == (
        "required",
        1,
    )
    for mapping in spec["blockDeviceMappings"]:
        assert (mapping["ebs"]["encrypted"], mapping["ebs"]["volumeType"]) == (True, "gp3")
        assert mapping["ebs"]["kmsKeyID"].endswith("key/volumes")


@pytest.mark.parametrize("family", ["bottlerocket", "al2023"])
def test_an_image_is_a_release_and_not_the_latest(family: str) -> None:
    (term,) = _class(family=family)["amiSelectorTerms"]

    assert term == {"alias": f"{family}@{versions.pinned().machine_images[family]}"}
    assert "latest" not in term["alias"]


def test_pods_get_no_address_of_the_interface_a_machine_starts_with() -> None:
    assert _class()["tags"][OWN_INTERFACE[0]] == OWN_INTERFACE[1]


def test_a_node_takes_no_more_pods_than_the_smallest_type_has_addresses_for() -> None:
    assert _class()["kubelet"] == {"maxPods": 110}


def test_only_gpu_nodes_share_devices() -> None:
    told = {role: tomllib.loads(_class(role, gpu_time_slices=4)["userData"])["settings"] for role in _ROLES}

    assert {role for role, settings in told.items() if "kubelet-device-plugins" in settings} == {"gpu"}


def test_user_data_is_plain_text() -> None:
    """An EC2NodeClass takes it as it is; a launch template would want it in base 64."""
    with pytest.raises(ValueError, match=r"base64|padding|ASCII|characters"):
        base64.b64decode(_class()["userData"], validate=True)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    library = at_hand()
    if library is None:
        pytest.skip("the charts' own files are not at hand: set CHART_DATA")
    with ControlPlane(tmp_path_factory.mktemp("plane")) as plane:
        objects = Objects(Rest(plane.api_client()))
        for definition in manifests(library.folder / "karpenter-crd" / "crds"):
            target = objects.target(definition)
            assert target
            objects.create(target, dict(definition))
        yield objects


def _applied(server: Objects, manifest: dict[str, Any]) -> None:
    target = server.target(manifest)
    assert target
    server.try_out(target, manifest)


@pytest.mark.tools
@pytest.mark.parametrize("family", ["bottlerocket", "al2023"])
@pytest.mark.parametrize("role", _ROLES)
def test_karpenters_own_definitions_accept_it(server: Objects, role: str, family: str) -> None:
    settings = karpenter().karpenter
    assert settings
    window = examples.parsed(MaintenanceWindow, days=["tuesday", "saturday"], start="22:30", hours=4)
    ground = _ground(family, gpu_time_slices=4, window=window)

    _applied(server, node_pools.node_class(role, settings.pools()[role], ground))
    _applied(server, node_pools.node_pool(role, settings.pools()[role], settings, ground))


@pytest.mark.tools
def test_karpenters_own_definitions_refuse_what_is_wrong(server: Objects) -> None:
    settings = karpenter().karpenter
    assert settings
    pool = node_pools.node_pool("general", settings.pools()["general"], settings, _ground())
    pool["spec"]["disruption"]["budgets"][1].pop("duration")

    with pytest.raises(ApiError, match="'schedule' must be set with 'duration'"):
        _applied(server, pool)
