"""What a stack may decide about its nodes; what would not work is refused with the figures."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.compute.node_settings import NodesSettings
from tests.components.nodes import ALL, FABRIC, GENERAL, GPU, SPOT, STORAGE, parsed

_LARGE = ["m7i.large", "m7a.large", "m6i.large", "m6a.large", "m5.large", "m5a.large"]


def test_the_groups_are_those_that_are_named() -> None:
    assert list(parsed().groups()) == ["general", "spot", "gpu", "storage"]
    assert list(parsed(spot=None, gpu=None).groups()) == ["general", "storage"]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"general": None}, "general"),
        ({"general": {**GENERAL, "instance_types": ["m7i.lrge"]}}, "did you mean m7i.large"),
        ({"general": {**GENERAL, "instance_types": []}}, "at least 1"),
        ({"general": {**GENERAL, "min_size": 7}}, "min_size 7 is greater than max_size 6"),
        ({"general": {**GENERAL, "min_size": -1}}, "greater than or equal to 0"),
        ({"general": {**GENERAL, "max_size": 451}}, "less than or equal to 450"),
        ({"general": {**GENERAL, "max_unavailable_percent": 0}}, "greater than or equal to 1"),
        ({"general": {**GENERAL, "generation": 0}}, "greater than or equal to 1"),
        ({"general": {**GENERAL, "efa": True}}, "Extra inputs"),
        ({"ami_family": "ubuntu"}, "bottlerocket"),
        ({"generl": GENERAL}, "Extra inputs"),
    ],
    ids=str,
)
def test_impossible_nodes_are_refused(values: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        parsed(**values)


@pytest.mark.parametrize(
    ("types", "reason"),
    [
        (["m7i.large", "m7g.large"], r"must share an architecture: m7i.large is x86_64, m7g.large is arm64"),
        (["m7i.large", "m7i.xlarge"], r"m7i.large has 2 vCPU, 8 GiB \(1:4\); m7i.xlarge has 4 vCPU, 16 GiB \(1:4\)"),
        (["m7i.large", "r7i.large"], r"m7i.large has 2 vCPU, 8 GiB \(1:4\); r7i.large has 2 vCPU, 16 GiB \(1:8\)"),
        # The one that differs stands last: every pair is compared.
        (["m7i.large", "m6i.large", "c7i.large"], r"c7i.large has 2 vCPU, 4 GiB \(1:2\)"),
    ],
    ids=str,
)
def test_types_of_one_group_must_be_alike(types: list[str], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        parsed(general={**GENERAL, "instance_types": types})


def test_types_with_another_number_of_gpus_are_not_alike() -> None:
    with pytest.raises(ValidationError, match=r"96 vCPU, 384 GiB \(1:4\), 4 GPU; g4dn.metal has .*\(1:4\), 8 GPU"):
        parsed(gpu={**GPU, "instance_types": ["g5.24xlarge", "g4dn.metal"]})


def test_types_that_differ_in_name_only_are_alike() -> None:
    assert parsed(general={**GENERAL, "instance_types": _LARGE}).general.instance_types == tuple(_LARGE)


@pytest.mark.parametrize(
    ("types", "reason"),
    [
        (
            _LARGE[:5],
            r"6 types or more of 3 families or more.*there are 5 of 5 \(m5, m6a, m6i, m7a, m7i\).*2 vCPU, 8 GiB",
        ),
        ([*_LARGE[:5], _LARGE[0]], "there are 5 of 5"),
        ([*_LARGE[:5], "r7i.large"], r"all must be of one size: .*r7i.large has 2 vCPU, 16 GiB \(1:8\)"),
        (["hpc7a.12xlarge"], "hpc7a.12xlarge is not sold as Spot"),
    ],
    ids=["five types", "one named twice", "another ratio", "no Spot"],
)
def test_spot_without_a_choice_is_refused_with_the_figures(types: list[str], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        parsed(spot={**SPOT, "instance_types": types})


def test_six_spot_types_of_two_families_are_too_few_families(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.compute.instance_types.InstanceType.family", property(lambda kind: kind.type[:2]))

    with pytest.raises(ValidationError, match=r"there are 6 of 2 \(m6, m7\)"):
        parsed(
            spot={
                **SPOT,
                "instance_types": ["m7i.large", "m7a.large", "m7i-flex.large", "m6i.large", "m6a.large", "m6id.large"],
            }
        )


@pytest.mark.parametrize("role", ["general", "spot", "storage"])
def test_devices_without_a_driver_are_refused(role: str) -> None:
    with pytest.raises(ValidationError, match="drivers only the gpu group"):
        parsed(**{role: {**ALL[role], "instance_types": ["g6.xlarge"]}})


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"gpu": GENERAL}, "m7i.large has no NVIDIA device"),
        ({"gpu": {**GPU, "instance_types": ["g7.8xlarge"]}}, "branch 580, they need 595"),
        ({"gpu": {**GPU, "instance_types": ["g7.8xlarge"]}, "ami_family": "al2023"}, "AL2023_x86_64_NVIDIA"),
        ({"gpu": {**GPU, "efa": True, "zone": "eu-central-1a"}}, "g6.xlarge has no Elastic Fabric Adapter"),
        ({"gpu": {**FABRIC, "zone": None}}, "efa needs zone"),
        ({"gpu": {**FABRIC, "instance_types": ["p6-b300.48xlarge"]}}, "no Elastic Fabric Adapter on its first"),
        (
            {"gpu": {**FABRIC, "instance_types": ["p5.48xlarge", "p5en.48xlarge"]}},
            "p5.48xlarge has 32, p5en.48xlarge has 16",
        ),
        ({"gpu": {**GPU, "capacity_reservation": {}}}, "one of them"),
        ({"gpu": {**GPU, "capacity_reservation": {"id": "cr-1"}}}, "pattern"),
        ({"gpu": {**GPU, "capacity_reservation": {"id": "cr-0123456789abcdef0"}}}, "name it as zone"),
        ({"storage": GENERAL}, "m7i.large has no local NVMe disk"),
        ({"storage": {**STORAGE, "local_disks": "mount"}}, "bottlerocket makes one array"),
    ],
    ids=str,
)
def test_machines_that_do_not_do_for_their_role_are_refused(values: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        parsed(**values)


def test_a_group_of_reservations_may_span_zones() -> None:
    arn = "arn:aws:resource-groups:eu-central-1:111122223333:group/gpu"
    group = parsed(gpu={**GPU, "capacity_reservation": {"resource_group_arn": arn}}).gpu

    assert group is not None
    assert group.zone is None


def test_each_disk_can_be_mounted_by_amazon_linux() -> None:
    assert parsed(ami_family="al2023", storage={**STORAGE, "local_disks": "mount"}).storage


def test_no_generation_is_both_in_use_and_retiring() -> None:
    with pytest.raises(ValidationError, match=r"general: generation 2 is both in use and retiring; .* generation 3"):
        parsed(general={**GENERAL, "generation": 2}, retiring={"general": {**GENERAL, "generation": 2}})


def test_a_new_generation_that_fails_can_retire_in_favour_of_the_old_one() -> None:
    settings = parsed(retiring={"general": {**GENERAL, "generation": 2}})

    assert (settings.general.generation, settings.retiring.groups()["general"].generation) == (1, 2)


def test_a_role_can_retire_for_good() -> None:
    settings = parsed(spot=None, retiring={"spot": SPOT})

    assert (list(settings.groups()), list(settings.retiring.groups())) == (["general", "gpu", "storage"], ["spot"])


def test_the_driver_of_a_retiring_group_is_that_of_its_own_image() -> None:
    old = {"gpu": {**GPU, "instance_types": ["g7.8xlarge"]}, "ami_family": "al2023"}

    with pytest.raises(ValidationError, match="AL2023_x86_64_NVIDIA"):
        parsed(gpu=None, retiring=old)


def test_a_retiring_group_may_mount_disks_as_its_own_system_can() -> None:
    old = {"storage": {**STORAGE, "local_disks": "mount"}, "ami_family": "al2023"}

    assert isinstance(parsed(storage={**STORAGE, "generation": 2}, retiring=old), NodesSettings)
