"""The instance-type table is what AWS describes, and settings accept nothing outside it."""

import pytest

from components.compute.instance_types import InstanceType, table
from tools import instance_types


def test_the_table_is_fresh() -> None:
    assert instance_types.TABLE.read_text(encoding="utf-8") == instance_types.render(), "run: make data"


@pytest.mark.parametrize(
    "expected",
    [
        InstanceType(
            type="m7i.large",
            architecture="x86_64",
            vcpus=2,
            memory_mib=8192,
            gpus=0,
            nvme_gb=0,
            spot=True,
            efa_interfaces=0,
            network_interfaces=3,
            addresses_per_interface=10,
        ),
        InstanceType(
            type="g6.xlarge",
            architecture="x86_64",
            vcpus=4,
            memory_mib=16384,
            gpus=1,
            nvme_gb=250,
            spot=True,
            efa_interfaces=0,
            network_interfaces=4,
            addresses_per_interface=15,
        ),
    ],
    ids=lambda expected: expected.type,
)
def test_a_type_offers_what_aws_says(expected: InstanceType) -> None:
    assert table()[expected.type] == expected


@pytest.mark.parametrize(
    ("name", "adapters"),
    # A p6-b300 is the one type whose other network cards carry adapters and whose first does not.
    [("p5.48xlarge", 32), ("p4d.24xlarge", 4), ("g6.8xlarge", 1), ("g6.4xlarge", 0), ("p6-b300.48xlarge", 0)],
)
def test_adapters_are_counted_from_the_first_network_card(name: str, adapters: int) -> None:
    assert table()[name].efa_interfaces == adapters


def test_a_type_that_is_not_sold_as_spot_is_known() -> None:
    assert (table()["hpc6a.48xlarge"].spot, table()["m7i.large"].spot) == (False, True)


def test_a_family_is_what_stands_before_the_dot() -> None:
    assert [table()[name].family for name in ("m7i.large", "m7a.large", "p6-b200.48xlarge")] == [
        "m7i",
        "m7a",
        "p6-b200",
    ]


def test_what_a_type_offers_is_said_with_its_ratio() -> None:
    assert table()["r7i.xlarge"].resources == "4 vCPU, 32 GiB (1:8)"


@pytest.mark.parametrize("name", ["t2.micro", "mac2.metal", "m4.large"])
def test_types_that_cannot_be_a_node_here_are_not_listed(name: str) -> None:
    assert name not in table()
