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
            network_interfaces=4,
            addresses_per_interface=15,
        ),
    ],
    ids=lambda expected: expected.type,
)
def test_a_type_offers_what_aws_says(expected: InstanceType) -> None:
    assert table()[expected.type] == expected


@pytest.mark.parametrize("name", ["t2.micro", "mac2.metal", "m4.large"])
def test_types_that_cannot_be_a_node_here_are_not_listed(name: str) -> None:
    assert name not in table()
