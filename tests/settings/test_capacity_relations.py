"""Capacity and nodes fit together, or the one report of a stack's settings says why not."""

from typing import Any

from settings.load import parse
from settings.mend import applied
from tests.settings import refusals

_POOLS = {"general": {"instance_families": ["m7i"], "limit_vcpus": 64}}
_KARPENTER = {"autoscaler": "karpenter", "karpenter": _POOLS}
_FIXED = {"general": {"instance_types": ["m7i.large"], "min_size": 3, "max_size": 3}}


def test_karpenter_stands_beside_groups_of_a_fixed_size(data: dict[str, Any]) -> None:
    settings = parse({**data, "nodes": _FIXED, "capacity": _KARPENTER}, stack="prod")

    assert settings.gpus is False


def test_a_group_that_waits_for_an_autoscaler_is_told_that_none_comes(data: dict[str, Any]) -> None:
    data["capacity"] = _KARPENTER

    problems = {problem.path: problem for problem in refusals.problems(data)}

    assert set(problems) == {
        ("nodes", "general", "max_size"),
        ("nodes", "spot", "min_size"),
        ("nodes", "gpu", "min_size"),
        ("nodes", "storage", "max_size"),
    }
    assert "means no node for ever" in problems["nodes", "spot", "min_size"].says
    general = problems["nodes", "general", "max_size"]
    assert "is never reached" in general.says
    assert general.mend
    assert applied(data, general.mend.edits)["nodes"]["general"]["max_size"] == 3


def test_the_gpu_operator_does_not_fight_with_bottlerocket(data: dict[str, Any]) -> None:
    data["capacity"] = {"gpu": {"software": "gpu_operator"}}

    (problem,) = refusals.problems(data)

    assert problem.path == ("capacity", "gpu", "software")
    assert "needs al2023" in problem.says
    assert refusals.mended(data, problem).capacity.gpu.software == "device_plugin"


def test_the_gpu_operator_runs_on_al2023(data: dict[str, Any]) -> None:
    data["capacity"] = {"gpu": {"software": "gpu_operator"}}
    data["nodes"]["ami_family"] = "al2023"

    assert parse(data, stack="prod").gpus is True


def test_a_retiring_gpu_group_of_bottlerocket_still_has_its_own_plug_in(data: dict[str, Any]) -> None:
    data["capacity"] = {"gpu": {"software": "gpu_operator"}}
    retiring = {**data["nodes"]["gpu"], "generation": 1}
    data["nodes"] |= {"ami_family": "al2023", "retiring": {"ami_family": "bottlerocket", "gpu": retiring}}
    data["nodes"]["gpu"]["generation"] = 2

    assert [problem.path for problem in refusals.problems(data)] == [("capacity", "gpu", "software")]


def test_karpenters_gpus_are_known_to_the_image(data: dict[str, Any]) -> None:
    pools = {**_POOLS, "gpu": {"instance_families": ["g7"], "limit_vcpus": 64}}
    data |= {"nodes": _FIXED, "capacity": {"autoscaler": "karpenter", "karpenter": pools}}

    (problem,) = refusals.problems(data)

    assert problem.path == ("capacity", "karpenter", "gpu", "instance_families")
    assert "does not know the GPUs of g7" in problem.says
