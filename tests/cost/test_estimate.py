"""An estimate belongs to layers, says what it could not reckon, and takes what it must assume from a table."""

from pathlib import Path
from typing import Any, Final

import pytest

import cost
from tests.cost.making import TODAY, entry, estimated, lines, place, urn

_KEY: Final = "aws:kms/key:Key"
_NAT: Final = "aws:ec2/natGateway:NatGateway"
_UNKNOWN: Final = "3eeb2bf0-c639-47a8-9e75-3b44932eb421"


class _NotKnown:
    """What somebody else's reader of plans puts in place of what he does not know."""


def test_a_line_belongs_to_the_component_above_it_however_far() -> None:
    between = entry("kubernetes:yaml/v2:ConfigFile", "file")
    below = {**entry(_KEY, "key"), "parent": urn("kubernetes:yaml/v2:ConfigFile", "file")}
    alone = entry(_KEY, "alone", parent="nobody")

    found = estimated(between, below, alone)

    assert {line.name: line.layer for line in found.lines} == {"key": "layer", "alone": "alone"}


def test_layers_are_in_the_order_of_what_they_cost() -> None:
    found = estimated(entry(_KEY, "key", parent="nobody"), entry(_NAT, "nat"))

    assert list(found.by_layer()) == ["layer", "key"]
    assert found.by_layer()["layer"].typical == pytest.approx(730 * 0.045 + 200 * 0.045)
    assert [line.what for line in found.drivers(2)] == ["hours", "traffic"]


def test_the_sum_is_that_of_all_lines() -> None:
    found = estimated(entry(_KEY), entry(_NAT))

    assert found.total.low == pytest.approx(sum(line.usd.low for line in found.lines))
    assert found.total.high == pytest.approx(sum(line.usd.high for line in found.lines))
    assert found.total.low < found.total.typical < found.total.high


@pytest.mark.parametrize(
    ("token", "why"),
    [
        ("aws:msk/cluster:Cluster", "nothing is known of what this type costs"),
        ("aws:efs/fileSystem:FileSystem", "by what is stored"),
    ],
)
def test_a_type_of_aws_without_a_price_is_named_and_never_silently_free(token: str, why: str) -> None:
    found = estimated(entry(token))

    assert [(each.type, each.why) for each in found.unpriced] == [(token, why)]


def test_what_is_free_and_what_runs_on_nodes_is_neither_a_line_nor_named() -> None:
    found = estimated(entry("aws:iam/role:Role"), entry("kubernetes:apps/v1:Deployment"), entry("random:index:Id"))

    assert (list(found.lines), list(found.unpriced)) == ([], [])


def test_without_a_region_nothing_is_priced_and_everything_named() -> None:
    found = cost.estimate([entry(_NAT)], today=TODAY)

    assert list(found.lines) == []
    assert {each.why for each in found.unpriced} == {
        "no price of nat gateway in a region that nothing names",
        "no price of nat gateway data in a region that nothing names",
    }


def test_the_region_is_the_providers_or_that_of_the_subnets_or_given() -> None:
    subnets = [each for each in place("eu-west-1") if each["type"] == "aws:ec2/subnet:Subnet"]

    assert estimated(region="eu-central-1").region == "eu-central-1"
    assert cost.estimate(subnets, today=TODAY).region == "eu-west-1"
    assert cost.estimate([], today=TODAY, region="eu-west-3").region == "eu-west-3"


def test_a_region_without_prices_is_named() -> None:
    found = estimated(entry(_NAT), region="xx-north-9")

    assert {each.why for each in found.unpriced} == {
        "no price of nat gateway in xx-north-9",
        "no price of nat gateway data in xx-north-9",
    }


@pytest.mark.parametrize("value", [_UNKNOWN, _NotKnown(), "many"])
@pytest.mark.parametrize(
    ("token", "inputs", "path"),
    [
        ("aws:eks/nodeGroup:NodeGroup", {"scalingConfig": {"desiredSize": ...}}, "scalingConfig.desiredSize"),
        ("aws:rds/instance:Instance", {"allocatedStorage": ...}, "allocatedStorage"),
        ("kubernetes:apps/v1:StatefulSet", {"spec": {"replicas": ...}}, "spec.replicas"),
    ],
)
def test_a_value_that_is_not_known_yet_is_named_with_its_place(
    token: str, inputs: dict[str, Any], path: str, value: Any
) -> None:
    found = estimated(entry(token, **_filled(inputs, value)))

    assert [(each.urn, each.path) for each in found.unread] == [(urn(token), path)]
    assert list(found.lines) == []


def _filled(inputs: dict[str, Any], value: Any) -> dict[str, Any]:
    return {
        name: value if inner is ... else _filled(inner, value) if isinstance(inner, dict) else inner
        for name, inner in inputs.items()
    }


def test_an_unknown_item_of_a_list_is_named_with_its_place() -> None:
    found = estimated(entry("aws:eks/nodeGroup:NodeGroup", instanceTypes=["m5.large", _UNKNOWN]))

    assert [each.path for each in found.unread] == ["instanceTypes[1]"]


def test_assumptions_of_a_file_go_before_those_of_the_package(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[nat_gb]\nlow = 1\ntypical = 10\nhigh = 100\nwhy = "measured"\n', encoding="utf-8")

    assumed = cost.assumptions().overridden(file)
    found = estimated(entry(_NAT), assumed=assumed)

    assert lines(found)["traffic"] == (0.04, 0.45, 4.5)
    assert "assumed 10 (1 to 100) GB through each NAT gateway: measured" in found.drivers(2)[1].basis


def test_an_assumption_of_a_file_may_be_of_some_resources_only(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    row = '[[bucket_gb.where]]\nname = "big-*"\nlow = 1\ntypical = 1000\nhigh = 1\nwhy = "measured"\n'
    file.write_text(row, encoding="utf-8")
    assumed = cost.assumptions().overridden(file)

    assert assumed.of("bucket_gb", "big-one").amount.typical == 1000
    assert assumed.of("bucket_gb", "metrics-store-blocks") == cost.assumptions().of("bucket_gb", "metrics-store-blocks")
    assert assumed.of("bucket_gb", "other") == cost.assumptions().of("bucket_gb", "other")


def test_a_row_of_a_file_goes_before_the_row_of_the_package_for_the_same_name(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    row = '[[bucket_gb.where]]\nname = "metrics-*"\nlow = 1\ntypical = 2\nhigh = 3\nwhy = "measured"\n'
    file.write_text(row, encoding="utf-8")

    assert cost.assumptions().overridden(file).of("bucket_gb", "metrics-store-blocks").amount.typical == 2


def test_what_is_given_for_all_goes_before_what_the_package_has_for_some(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[bucket_gb]\nlow = 1\ntypical = 2\nhigh = 3\nwhy = "measured"\n', encoding="utf-8")

    assert cost.assumptions().overridden(file).of("bucket_gb", "metrics-store-blocks").amount.typical == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [("[nat_tb]\nlow = 1\n", "nothing asks for nat_tb; use one of"), ("[", "the assumptions cannot be read")],
)
def test_a_file_of_assumptions_that_nothing_asks_for_is_refused(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ValueError, match=says):
        cost.assumptions().overridden(file)
