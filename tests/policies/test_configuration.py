"""An environment chooses its rules in one file, and a file that says what no rule has stops everything."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from policies.configuration import DEFAULT, FOLDER, Configuration, configured, rules_of, schema
from policies.rules import GROUPS, RULES
from tests.environments import STACKS


def _rules(tmp_path: Path, text: str, stack: str = "dev") -> dict[str, Any]:
    (tmp_path / f"{DEFAULT}.json").write_text("{}", encoding="utf-8")
    (tmp_path / "dev.json").write_text(text, encoding="utf-8")
    return {rule.name: rule for rule in rules_of(stack, tmp_path)}


def _set(**rules: Any) -> str:
    return json.dumps({"rules": {name.replace("_", "-"): value for name, value in rules.items()}})


def test_a_stack_without_a_file_has_every_rule_as_it_is(tmp_path: Path) -> None:
    assert rules_of("elsewhere", FOLDER) == RULES
    assert set(_rules(tmp_path, '{"groups": {"eks-cis": "off"}}', "other")) == {rule.name for rule in RULES}


@pytest.mark.parametrize("stack", ["../dev", "", "a/b", ".."])
def test_a_name_that_leads_out_of_the_folder_is_no_name_of_a_file(tmp_path: Path, stack: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "dev.json").write_text("broken", encoding="utf-8")
    (tmp_path / "in" / f"{DEFAULT}.json").write_text("{}", encoding="utf-8")

    assert rules_of(stack, tmp_path / "in") == RULES


def test_a_group_is_switched_off_or_made_advisory(tmp_path: Path) -> None:
    rules = _rules(tmp_path, '{"groups": {"eks-cis": "off", "aws-baseline": "advisory"}}')

    assert not {rule.name for rule in GROUPS["eks-cis"]} & set(rules)
    assert {rules[rule.name].level for rule in GROUPS["aws-baseline"]} == {"advisory"}
    assert all(rules[rule.name] == rule for rule in GROUPS["kubernetes"])


def test_a_rule_s_own_level_wins_over_its_group_s(tmp_path: Path) -> None:
    text = '{"groups": {"aws-baseline": "off"}, "rules": {"rds-public": {"level": "mandatory"}}}'
    rules = _rules(tmp_path, text)

    assert {rule.name for rule in GROUPS["aws-baseline"]} & set(rules) == {"rds-public"}
    assert rules["rds-public"].level == "mandatory"


def test_a_rule_is_switched_off_lowered_or_told_to_mend(tmp_path: Path) -> None:
    rules = _rules(
        tmp_path,
        _set(rds_public={"level": "off"}, imds_v2={"level": "advisory"}, log_retention={"level": "remediate"}),
    )

    assert "rds-public" not in rules
    assert (rules["imds-v2"].level, rules["log-retention"].level) == ("advisory", "remediate")


def test_parameters_differ_where_they_are_given_and_nowhere_else(tmp_path: Path) -> None:
    rules = _rules(
        tmp_path,
        _set(
            log_retention={"parameters": {"minimum_days": 90}},
            allowed_regions={"parameters": {"allowed": ["eu-west-1"]}},
        ),
    )

    retention = rules["log-retention"]
    assert (retention.parameters.minimum_days, retention.parameters.maximum_days, retention.level) == (
        90,
        731,
        "mandatory",
    )
    assert rules["allowed-regions"].parameters.allowed == ("eu-west-1",)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("{", r"dev.json: it is not JSON", id="no JSON"),
        pytest.param("[]", r"dev.json: the file: ", id="no object"),
        pytest.param('{"rule": {}}', r"dev.json: rule: Extra inputs", id="a misspelt key"),
        pytest.param('{"rules": {}, "rules": {}}', r"rules is given twice", id="a key twice"),
        pytest.param(
            '{"groups": {"eks": "on"}}', r"no group eks; use one of aws-baseline, eks-cis", id="no such group"
        ),
        pytest.param('{"groups": {"eks-cis": true}}', r"dev.json: groups.eks-cis: ", id="a switch that is none"),
        pytest.param(_set(rds={"level": "off"}), r"there is no rule rds; use one of ", id="no such rule"),
        pytest.param(_set(rds_public={"level": "warn"}), r"rules.rds-public.level: ", id="no such level"),
        pytest.param(_set(rds_public={"levels": "off"}), r"rules.rds-public.levels: Extra", id="a misspelt level"),
        pytest.param(
            _set(rds_public={"level": "remediate"}), r"rule rds-public cannot mend what it finds; set", id="no mending"
        ),
        pytest.param(
            _set(rds_public={"parameters": {"days": 1}}), r"rule rds-public has no parameters; remove", id="none"
        ),
        pytest.param(
            _set(log_retention={"parameters": {"days": 1}}), r"rule log-retention, days: Extra", id="a misspelt one"
        ),
        pytest.param(
            _set(log_retention={"parameters": {"minimum_days": "90"}}),
            r"rule log-retention, minimum_days: Input should be a valid integer",
            id="a text for a number",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_sentence(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as refusal:
        _rules(tmp_path, text)

    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("stack", "days"),
    [("dev", 1), ("dev.alice", 1), ("dev-alice", 2), ("devious", 2), ("dev.alice.two", 1), (".dev", 2)],
)
def test_a_stack_that_is_called_after_another_has_its_configuration(tmp_path: Path, stack: str, days: int) -> None:
    for name, kept in (("dev", 1), (DEFAULT, 2)):
        text = json.dumps({"rules": {"log-retention": {"parameters": {"minimum_days": kept}}}})
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")

    (rule,) = [rule for rule in rules_of(stack, tmp_path) if rule.name == "log-retention"]

    assert rule.parameters is not None
    assert rule.parameters.model_dump()["minimum_days"] == days


def test_no_configuration_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"default.json: it cannot be read"):
        rules_of("dev", tmp_path)


def test_every_environment_has_its_file_and_every_file_its_environment() -> None:
    files = {path.stem for path in FOLDER.glob("*.json")}

    assert files == {DEFAULT, *STACKS}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_every_file_is_what_its_schema_says(path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))

    jsonschema.validate(content, schema())
    assert (path.parent / content["$schema"]).resolve().name == "policies.schema.json"
    assert configured(Configuration.model_validate(content))


@pytest.mark.parametrize(
    "content",
    [
        {"groups": {"eks": "on"}},
        {"rules": {"rds": {"level": "off"}}},
        {"rules": {"rds-public": {"level": "remediate"}}},
        {"rules": {"rds-public": {"parameters": {"days": 1}}}},
        {"rules": {"log-retention": {"parameters": {"days": 1}}}},
    ],
    ids=str,
)
def test_the_schema_refuses_what_is_refused(content: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, schema())


def test_the_default_is_what_the_rules_say() -> None:
    """The rows are held against the default pack, so that nothing there may be off."""
    assert configured(Configuration()) == RULES == rules_of(DEFAULT)
