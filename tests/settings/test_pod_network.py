"""Cilium against its nodes and the VPC: what cannot work is refused before anything is made, with the reason."""

from typing import Any

import pytest

from settings.load import parse
from tests.settings import refusals


@pytest.mark.parametrize(
    ("types", "most"), [(["t3.small"], 93), (["t3.nano"], 13), (["m7i.xlarge", "m6i.xlarge"], 110)]
)
def test_a_node_takes_no_more_pods_than_it_has_addresses_for(data: dict[str, Any], types: list[str], most: int) -> None:
    data["nodes"]["general"].update(instance_types=types, max_pods=most + 1)
    (problem,) = refusals.problems(data)

    assert problem.path == ("nodes", "general", "max_pods")
    assert problem.says.startswith(f"is too many: a {types[-1] if len(types) == 1 else types[0]} has addresses for")
    assert refusals.mended(data, problem).nodes.general.max_pods == most


def test_a_group_on_its_way_out_is_held_to_its_addresses_too(data: dict[str, Any]) -> None:
    data["nodes"]["retiring"] = {"gpu": {**data["nodes"]["gpu"], "max_pods": 111}}
    data["nodes"]["gpu"]["generation"] = 2

    assert [problem.path for problem in refusals.problems(data)] == [("nodes", "retiring", "gpu", "max_pods")]


def test_pods_of_enis_have_subnets(data: dict[str, Any]) -> None:
    data["network"]["pod_cidr"] = None
    (problem,) = refusals.problems(data)

    assert problem.path == ("network", "pod_cidr")
    assert str(refusals.mended(data, problem).network.pod_cidr) == "100.64.0.0/16"


def _overlay(data: dict[str, Any], **cilium: str) -> None:
    data["cilium"].update(routing="overlay", **cilium)
    # The API server would reach no engine.
    data["admission"]["engine"] = "none"


@pytest.mark.parametrize("entry", [{"mode": "alb"}, {"mode": "nginx", "accept_nginx_retirement": True}])
def test_into_an_overlay_only_gateways_lead(data: dict[str, Any], entry: dict[str, Any]) -> None:
    _overlay(data)
    assert parse(data, stack="prod").host_network

    certificate = {"certificate_arn": "arn:aws:acm:eu-central-1:111122223333:certificate/1234"}
    domain = {"domain": "example.com", **(certificate if entry["mode"] == "alb" else {})}
    data["entry"] = {**entry, "public": domain}
    problem = refusals.problems(data)[0]

    assert problem.path == ("entry", "mode")
    assert "an ALB sends to addresses of pods, which the VPC does not know" in problem.says


@pytest.mark.parametrize(
    ("network", "overlay", "says"),
    [
        ({}, "100.64.0.0/12", "shares addresses with 100.64.0.0/16"),
        (
            {"transit_gateway": {"id": "tgw-0123456789abcdef0", "cidrs": ["100.100.8.0/24"]}},
            "100.96.0.0/12",
            "shares addresses with 100.100.8.0/24",
        ),
    ],
    ids=["the pod subnets'", "another network's"],
)
def test_an_overlay_has_addresses_of_its_own(
    data: dict[str, Any], network: dict[str, Any], overlay: str, says: str
) -> None:
    data["network"].update(network)
    _overlay(data, overlay_cidr=overlay)
    (problem,) = refusals.problems(data)

    assert problem.path == ("cilium", "overlay_cidr")
    assert problem.says.startswith(says)
    data["cilium"]["routing"] = "eni"
    assert parse(data, stack="prod").cilium.routing == "eni"


def test_every_node_has_its_share_of_the_overlay(data: dict[str, Any]) -> None:
    _overlay(data, overlay_cidr="100.96.0.0/20")
    (problem,) = refusals.problems(data)

    assert problem.path == ("cilium", "overlay_cidr")
    assert problem.says.startswith(
        "has a share for 16 nodes, and all groups at max_size, while they are updated, have "
    )
    data["cilium"]["overlay_cidr"] = "100.96.0.0/16"
    assert parse(data, stack="prod").host_network


def test_the_default_overlay_is_apart_from_the_default_pod_subnets(data: dict[str, Any]) -> None:
    _overlay(data)

    assert parse(data, stack="prod").host_network


def test_an_overlay_needs_no_pod_subnets(data: dict[str, Any]) -> None:
    """Their block would be too small for nodes with ENIs."""
    data["network"]["pod_cidr"] = "100.64.0.0/18"
    assert [problem.path for problem in refusals.problems(data)] == [("network", "pod_cidr")]
    _overlay(data)
    assert parse(data, stack="prod").host_network


def test_nodes_without_a_way_to_the_internet_get_ciliums_images_from_elsewhere(data: dict[str, Any]) -> None:
    data["network"]["nat"] = "none"
    # They have reasons of their own to need the internet.
    data["dns"] = data["entry"] = data["observability"] = data["cost"] = {}
    data["detection"] = {"trivy": {"enabled": False}}
    (problem,) = refusals.problems(data)

    assert problem.path == ("cilium", "image_registry")
    assert problem.says.startswith("must be named: Cilium's images are on quay.io")
    data["cilium"]["image_registry"] = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/quay"
    assert parse(data, stack="prod").network.nat == "none"


def test_eks_auto_mode_is_refused_with_the_reason(data: dict[str, Any]) -> None:
    data["nodes"]["auto_mode"] = True
    (problem,) = refusals.problems(data)

    assert problem.path == ("nodes", "auto_mode")
    assert "come with AWS's own network plug-in" in problem.says


@pytest.mark.parametrize("name", ["Platform", "platform-", "platform_prod", "p" * 33])
def test_a_name_cilium_does_not_take_is_refused(data: dict[str, Any], name: str) -> None:
    data["cluster"]["name"] = name

    assert [problem.path for problem in refusals.problems(data)] == [("cluster", "name")]
