"""Every type of every environment is of the class that somebody chose for it, and malformed data is refused."""

from pathlib import Path

import pytest
import yaml

from rehearsal.review import classes
from rehearsal.review.change import UnreadableError
from tests.environments import EVERY, assembled
from tests.rehearsal.review.changes import change

RULES = classes.load()
TABLE = yaml.safe_load((Path(__file__).parent / "classes.yaml").read_text(encoding="utf-8"))
ROWS = [(name, *row.split(" ")) for name, rows in TABLE.items() for row in rows]
# A release is known by its name, and this component by what is in it.
_BY_NAME = "kubernetes:helm.sh/v3:Release"
_CONSTRAINT = "kubernetes:constraints.gatekeeper.sh/v1beta1:Constraint"
_OF_MANY = "kubernetes:yaml/v2:ConfigFile"


@pytest.mark.parametrize(("name", "kind", "resource"), [(*row, "any")[:3] for row in ROWS])
def test_a_resource_is_of_the_class_that_was_chosen(name: str, kind: str, resource: str) -> None:
    assert RULES.of(change("update", kind, resource)).name == name


@pytest.mark.parametrize("environment", EVERY)
def test_somebody_chose_a_class_for_every_type(environment: str) -> None:
    known = {row[1] for row in ROWS}
    types = {each.type for each in assembled(environment).resources if each.custom} - {_BY_NAME, _OF_MANY}
    # Of these, each rule makes its own.
    types = {_CONSTRAINT if each.startswith(_CONSTRAINT.rpartition(":")[0]) else each for each in types}

    assert sorted(types - known) == [], "say in tests/rehearsal/review/classes.yaml what is lost with them"


def test_whatever_the_engine_protects_holds_state() -> None:
    assert RULES.of(change("delete", "kubernetes:core/v1:ConfigMap", protected=True)).name == "state"


def test_a_stack_has_the_limits_of_the_one_it_is_called_after() -> None:
    assert RULES.limits_of("dev.alice") == RULES.limits_of("dev") != RULES.limits_of("prod")
    assert RULES.limits_of("prod") == RULES.limits_of("develop")


CLASSES = """
[[class]]
name = "state"
title = "State"
match = [{ type = "a:*" }]

[[class]]
name = "rest"
title = "Rest"
match = []
"""
LIMITS = """
[default]
state = { delete = 0, replace = 0, unprotect = 0, update = "any", create = "any" }
rest = { delete = 1, replace = 1, unprotect = 1, update = "any", create = "any" }
"""


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        (CLASSES.replace('name = "state"', 'name = "other"'), LIMITS, "needs a class state"),
        (CLASSES.replace('title = "State"', ""), LIMITS, "a class has a name, a title, and a match"),
        (CLASSES.replace('type = "a:*"', 'name = "a"'), LIMITS, "a class has a name, a title, and a match"),
        (CLASSES, LIMITS.replace("[default]", "[prod]"), r"needs a table \[default\]"),
        (CLASSES, LIMITS.replace("delete = 0, ", ""), "state says nothing of delete"),
        (CLASSES, LIMITS.replace("delete = 0", "delete = -1"), "state.delete must be a number from 0 on"),
        (CLASSES, LIMITS.replace("delete = 0", "delete = true"), "state.delete must be a number from 0 on"),
        (CLASSES, LIMITS.replace("delete = 0", 'delete = "all"'), "state.delete must be a number from 0 on"),
        (CLASSES, LIMITS.replace("delete = 0", "explode = 0"), "state needs limits for delete"),
        (CLASSES, LIMITS.replace("rest =", "others ="), "there is no class others"),
        (CLASSES, f"prod = 1\n{LIMITS}", "must be a table"),
        (CLASSES, "[default", "is not TOML"),
    ],
)
def test_malformed_data_is_told_in_one_sentence(tmp_path: Path, first: str, second: str, sentence: str) -> None:
    files = [tmp_path / "classes.toml", tmp_path / "limits.toml"]
    for file, text in zip(files, (first, second), strict=True):
        file.write_text(text, encoding="utf-8")

    with pytest.raises(UnreadableError, match=sentence):
        classes.load(*files)


def test_what_a_table_leaves_out_is_as_by_default(tmp_path: Path) -> None:
    (tmp_path / "classes.toml").write_text(CLASSES, encoding="utf-8")
    (tmp_path / "limits.toml").write_text(f"{LIMITS}\n[dev]\nrest = {{ delete = 9 }}\n", encoding="utf-8")

    rules = classes.load(tmp_path / "classes.toml", tmp_path / "limits.toml")

    assert rules.limits_of("dev")["rest"] == {**rules.limits_of("prod")["rest"], "delete": 9}
    assert rules.limits_of("dev")["state"] == rules.limits_of("prod")["state"]
