"""What a person reads when a stack's configuration is wrong."""

import pytest

from settings.load import read
from settings.problems import Problem
from settings.report import WIDTH, SettingsError, render
from tests.settings.cases import STACK, Row, rows
from tests.settings.sample import GOOD, REMOVED, Sample, changed

# Ten of the mistakes people make, all in one file.
TEN_MISTAKES = {
    "texts": {"code": 42, "cdoe": "4711", "level": "very-high", "block": "10.1.0.1/16", "address": "10.1.1"},
    "numbers": {"count": 101, "switch": "yes"},
    "lists": {"zones": ["x"], "group": {"least": 8, "most": 6}},
    "keep": REMOVED,
}
TEN_PROBLEMS = r"""Pulumi.prod.yaml: 10 problems

 1.  platform:texts.code = 42
     must be text such as `1234` that matches `^\d{4}$`; digits are a number in YAML unless they
     stand in quotes
     For example:
       pulumi config set --path 'platform:texts.code' 1234 --type string --stack prod

 2.  platform:texts.level = "very-high"
     must be one of `low`, `middle` or `very_high`; did you mean `very_high`?
     To mend it:
       pulumi config set --path 'platform:texts.level' very_high --stack prod

 3.  platform:texts.block = "10.1.0.1/16"
     is an address inside the network 10.1.0.0/16; the network itself is wanted
     To mend it:
       pulumi config set --path 'platform:texts.block' 10.1.0.0/16 --stack prod

 4.  platform:texts.address = "10.1.1"
     must be an IPv4 address
     To mend it:
       pulumi config rm --path 'platform:texts.address' --stack prod

 5.  platform:texts.cdoe = "4711"
     is not a setting; did you mean `code`?
     To mend it:
       pulumi config rm --path 'platform:texts.cdoe' --stack prod

 6.  platform:numbers.count = 101
     must be a whole number from 1 to 100
     To mend it:
       pulumi config set --path 'platform:numbers.count' 100 --stack prod

 7.  platform:numbers.switch = "yes"
     must be true or false
     To mend it:
       pulumi config rm --path 'platform:numbers.switch' --stack prod
       pulumi config set --path 'platform:numbers.switch' true --stack prod

 8.  platform:lists.zones = ["x"]
     has 1 item; it must be a list of 2 to 4 items, each text
     For example:
       pulumi config set --path 'platform:lists.zones[1]' a --stack prod

 9.  platform:lists.group
     least 8 is greater than most 6
     To mend it:
       pulumi config set --path 'platform:lists.group.least' 6 --stack prod

10.  platform:keep
     is missing; it must be true or false
     A switch of its own.
     For example:
       pulumi config set 'platform:keep' true --stack prod

Every setting and its meaning: docs/reference/settings.md"""


def test_all_problems_of_a_stack_file_stand_in_one_report() -> None:
    with pytest.raises(SettingsError) as caught:
        read(Sample, changed(TEN_MISTAKES), stack=STACK)
    assert str(caught.value) == TEN_PROBLEMS
    assert caught.value.stack == STACK
    assert len(caught.value.problems) == 10


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.name)
def test_every_kind_of_problem_is_reported_as_written_in_the_table(row: Row) -> None:
    assert row.actual() == row.report


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.name)
def test_only_commands_are_wider_than_the_report(row: Row) -> None:
    lines = [line for line in row.actual().splitlines() if "pulumi config" not in line]
    assert max(len(line) for line in lines) <= WIDTH


def test_the_table_names_every_row_once() -> None:
    names = [row.name for row in rows()]
    assert len(set(names)) == len(names)


def test_sound_data_is_no_problem() -> None:
    assert read(Sample, GOOD, stack=STACK).texts.name == "sample"


def test_one_problem_is_counted_in_the_singular() -> None:
    with pytest.raises(SettingsError, match=r"^Pulumi\.dev\.yaml: 1 problem\n"):
        read(Sample, changed({"keep": REMOVED}), stack="dev")


def test_names_with_hyphens_are_not_broken_at_the_end_of_a_line() -> None:
    report = render([Problem(("network",), None, f"{'word ' * 17}eu-central-1a")], STACK)
    assert "\n     eu-central-1a\n" in report
