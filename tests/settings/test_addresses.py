"""Nodes and pods against the addresses there are: refused with the figures, mended with what works."""

from ipaddress import IPv4Network
from typing import Any

from settings.load import parse
from tests.settings import refusals


def test_a_group_that_outgrows_the_network_is_refused_with_the_figures(data: dict[str, Any]) -> None:
    data["nodes"]["spot"]["max_size"] = 400
    (problem,) = refusals.problems(data)

    assert problem.path == ("nodes", "spot", "max_size")
    assert "100.64.0.0/19 of eu-central-1a has 8187 usable addresses and would have to hold " in problem.says
    fitting = refusals.mended(data, problem).nodes.groups()["spot"].max_size
    assert 30 < fitting < 400
    assert f"what fits: max_size {fitting}" in problem.says


def test_a_larger_block_is_named_where_one_would_do(data: dict[str, Any]) -> None:
    data["network"]["pod_cidr"] = "100.64.0.0/17"
    data["nodes"]["spot"]["max_size"] = 60
    (problem,) = refusals.problems(data)

    assert problem.path == ("nodes", "spot", "max_size")
    assert ", or, before the first up, pod_cidr 100.64.0.0/16" in problem.says
    data["network"]["pod_cidr"] = "100.64.0.0/16"
    assert parse(data, stack="prod").nodes.groups()["spot"].max_size == 60


def test_a_block_that_no_smaller_group_would_save_is_refused_itself(data: dict[str, Any]) -> None:
    data["network"]["pod_cidr"] = "100.64.0.0/18"
    (problem,) = refusals.problems(data)

    assert problem.path == ("network", "pod_cidr")
    assert "100.64.0.0/21 of eu-central-1a has 2043 usable addresses" in problem.says
    assert str(refusals.mended(data, problem).network.pod_cidr) == "100.64.0.0/17"


def test_both_blocks_are_refused_where_both_are_too_small(data: dict[str, Any]) -> None:
    data["network"].update(cidr="10.20.0.0/20", pod_cidr="100.64.0.0/17")
    data["nodes"]["spot"].update(max_size=70, max_pods=10)
    data["nodes"]["general"].update(min_size=450, max_size=450, max_pods=10)
    problems = refusals.problems(data)

    assert [problem.path for problem in problems] == [("network", "cidr"), ("network", "pod_cidr")]


def test_what_no_block_can_hold_is_left_to_the_person(data: dict[str, Any]) -> None:
    data["nodes"]["general"].update(min_size=450, max_size=450)
    (problem,) = refusals.problems(data)

    assert problem.path == ("nodes", "general", "max_size")
    assert "no size of it and no block would do" in problem.says
    assert problem.mend is None


def test_another_networks_addresses_may_not_be_those_of_services(data: dict[str, Any]) -> None:
    data["network"]["transit_gateway"] = {"id": "tgw-0123456789abcdef0", "cidrs": ["10.0.0.0/9", "172.20.8.0/24"]}
    (problem,) = refusals.problems(data)

    assert problem.path == ("cluster", "service_cidr")
    assert problem.says.startswith("holds 172.20.8.0/24, which lies behind the transit gateway")
    assert str(refusals.mended(data, problem).cluster.service_cidr) == "10.100.0.0/16"


def test_the_api_server_is_not_opened_to_everything_that_is_routed_to_it(data: dict[str, Any]) -> None:
    data["network"].update(nat="none", transit_gateway={"id": "tgw-0123456789abcdef0", "cidrs": ["0.0.0.0/0"]})
    data["cluster"]["access_path"] = "vpn"
    data["cilium"]["image_registry"] = "registry.example.com/quay"
    (problem,) = refusals.problems(data)

    assert problem.path == ("cluster", "private_access_cidrs")
    assert "0.0.0.0/0" in problem.says
    assert refusals.mended(data, problem).cluster.private_access_cidrs == (IPv4Network(data["network"]["cidr"]),)


def test_a_gpu_zone_that_is_none_is_the_only_problem_reported_of_it(data: dict[str, Any]) -> None:
    data["nodes"]["gpu"]["zone"] = "eu-central-1f"

    assert [problem.path for problem in refusals.problems(data)] == [("nodes", "gpu", "zone")]
