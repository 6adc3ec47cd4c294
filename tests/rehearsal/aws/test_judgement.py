"""How the judge reads AWS's definitions: patterns as Java means them, names across spellings, templates."""

import pytest

from rehearsal.aws.definitions import service_model
from rehearsal.aws.names import counterpart
from rehearsal.aws.patterns import matches
from rehearsal.aws.rows import ROWS
from rehearsal.aws.templates import look_up, render
from rehearsal.providers.properties import UNKNOWN


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        pytest.param(r"[\w+=,.@-]+", "eks.platform@x", True, id="whole value"),
        pytest.param(r"[\w+=,.@-]+", "eks platform", False, id="part of the value is not enough"),
        pytest.param(r"[\w]+", "é", False, id="words are ASCII"),
        pytest.param(r"[\p{L}]+", "é", True, id="letters are Unicode's"),
        pytest.param(r"[\w-_]*", "a-b_c", True, id="hyphen after a class"),
        pytest.param(r"\d{12}", "١٢٣٤٥٦٧٨٩٠١٢", False, id="digits are ASCII"),
        pytest.param("[\\u0020-\\u00FF]*", "für", True, id="escapes by number"),
        pytest.param("[\\u0020-\\u00FF]*", "→", False, id="outside of the range"),
    ],
)
def test_a_pattern_means_what_it_means_to_aws(pattern: str, value: str, expected: object) -> None:
    assert matches(pattern, value) is expected


def test_every_pattern_of_the_services_in_the_tables_can_be_read() -> None:
    patterns = set()
    for service in {row.service for row in ROWS.values()}:
        model = service_model(service)
        patterns |= {model.shape_for(name).metadata.get("pattern") for name in model.shape_names}

    read = [matches(pattern, "x") for pattern in patterns if pattern]

    assert len(read) > 80


@pytest.mark.parametrize(
    ("name", "members", "expected"),
    [
        ("thumbprintLists", ["Url", "ThumbprintList"], "ThumbprintList"),
        ("identities", ["identity"], "identity"),
        ("vcpuCount", ["VCpuCount"], "VCpuCount"),
        ("tag", ["Tags", "Tag"], "Tag"),
        ("cidr", ["CidrBlock"], None),
    ],
)
def test_a_name_finds_its_counterpart(name: str, members: list[str], expected: str | None) -> None:
    assert counterpart(name, members) == expected


def test_a_template_keeps_a_lone_fields_value_and_does_not_guess() -> None:
    context = {"id": "vpc-1", "subnets": ["a", "b"], "later": UNKNOWN}

    assert render({"Ids": "{subnets}", "Arn": "vpc/{id}"}, context) == {"Ids": ["a", "b"], "Arn": "vpc/vpc-1"}
    assert render("vpc/{later}", context) is UNKNOWN
    assert render("vpc/{never}", context) is UNKNOWN
    assert render("=create.Vpc.VpcId", context, {"create": {"Vpc": {"VpcId": "vpc-2"}}}) == "vpc-2"
    assert render("=create.Vpc.VpcId", context) is UNKNOWN
    assert look_up("Vpc.VpcId", context, {"Vpc": {"VpcId": "vpc-3"}}) == "vpc-3"
    assert look_up("{id}:x", context, {}) == "vpc-1:x"
