"""The schema editors check stack files with, the reference people read, and Pulumi.yaml say what the models say."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from settings import schema
from settings.load import blocks_of
from settings.model import PlatformSettings
from settings.shape import shape_of
from tests.settings.sample import Sample
from tests.settings.workspace import ROOT

STACK_FILES = sorted(ROOT.glob("Pulumi.*.yaml"))
VALIDATOR = jsonschema.Draft7Validator(schema.stack_file_schema())


@pytest.fixture
def stack() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.prod.yaml").read_text(encoding="utf-8"))
    return found


def _says(stack: dict[str, Any]) -> str:
    return "\n".join(error.message for error in VALIDATOR.iter_errors(stack))


def test_the_committed_schema_is_the_models() -> None:
    committed = json.loads(schema.SCHEMA_FILE.read_text(encoding="utf-8"))
    assert committed == schema.stack_file_schema(), "run `make schema`"


def test_the_committed_reference_is_the_models() -> None:
    assert schema.REFERENCE_FILE.read_text(encoding="utf-8") == schema.reference(), "run `make schema`"


def test_both_files_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "SCHEMA_FILE", tmp_path / "new/settings.schema.json")
    monkeypatch.setattr(schema, "REFERENCE_FILE", tmp_path / "new/settings.md")
    assert schema.main() == 0
    assert json.loads(schema.SCHEMA_FILE.read_text(encoding="utf-8")) == schema.stack_file_schema()
    assert schema.REFERENCE_FILE.read_text(encoding="utf-8") == schema.reference()


@pytest.mark.parametrize("model", [PlatformSettings, Sample])
def test_the_schema_is_a_schema(model: type[PlatformSettings | Sample]) -> None:
    made = schema.stack_file_schema(model)
    jsonschema.Draft7Validator.check_schema(made)
    assert "$defs" not in json.dumps(made)


@pytest.mark.parametrize("file", STACK_FILES, ids=lambda file: file.name)
def test_every_stack_file_follows_the_schema(file: Path) -> None:
    assert not _says(yaml.safe_load(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("file", STACK_FILES, ids=lambda file: file.name)
def test_every_stack_file_names_the_schema_for_editors(file: Path) -> None:
    first = file.read_text(encoding="utf-8").partition("\n")[0]
    assert first == schema.EDITOR_LINE
    assert (file.parent / first.partition("$schema=")[2]) == schema.SCHEMA_FILE


@pytest.mark.parametrize("file", STACK_FILES, ids=lambda file: file.name)
def test_every_stack_file_has_its_blocks_in_the_models_order(file: Path) -> None:
    names = list(blocks_of(file))
    assert names == [name for name in PlatformSettings.model_fields if name in names]


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        pytest.param(["platform:stroage"], {}, "'platform:stroage'", id="an unknown block"),
        pytest.param(["platform:network", "natt"], "single", "'natt' was unexpected", id="an unknown key"),
        pytest.param(["platform:network", "nat"], "one", "'one' is not one of", id="a wrong choice"),
        pytest.param(["platform:network", "cidr"], "10.20.0.0", "does not match", id="no network"),
        pytest.param(["platform:account", "id"], 111122223333, "is not of type 'string'", id="digits without quotes"),
        pytest.param(["platform:nodes", "general", "min_size"], -1, "less than the minimum", id="out of range"),
        pytest.param(["platform:retain_data"], "maybe", "is not valid under any", id="no switch"),
        pytest.param(["platform:nodes", "spot"], {}, "is not valid under any", id="an incomplete optional block"),
    ],
)
def test_an_editor_shows_what_is_wrong(stack: dict[str, Any], path: list[str], value: object, complaint: str) -> None:
    target = stack["config"]
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    assert complaint in _says(stack)


@pytest.mark.parametrize("name", [n for n, field in PlatformSettings.model_fields.items() if field.is_required()])
def test_an_editor_shows_a_block_that_is_missing(stack: dict[str, Any], name: str) -> None:
    del stack["config"][f"platform:{name}"]
    assert f"'platform:{name}' is a required property" in _says(stack)


def test_what_pulumi_itself_writes_is_no_mistake(stack: dict[str, Any]) -> None:
    stack["config"]["platform:retain_data"] = "true"
    stack["config"]["aws:region"] = "eu-central-1"
    stack["encryptionsalt"] = "v1:salt"
    assert not _says(stack)


def test_the_reference_tells_key_type_default_and_meaning() -> None:
    lines = schema.reference(Sample).splitlines()
    assert "## `platform:lists`" in lines
    assert "| `group.least` | a whole number from 0 to 10 | required | The lower end. |" in lines
    assert "| `group.most` | a whole number from 1 to 10 | `10` | The upper end. |" in lines
    assert "| `spare` | a block | none | A block that may be there. |" in lines
    assert "| `name` | text that matches `^[a-z]+$` | required | Lower-case letters. |" in lines
    assert "| `keep` | true or false | required | A switch of its own. |" in lines
    assert "| `title` | text | `untitled` | A text of its own. |" in lines


def test_pulumi_yaml_documents_each_key_in_the_models_words() -> None:
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))
    shape = shape_of(PlatformSettings)
    told = {key: entry["description"] for key, entry in project["config"].items()}
    assert list(told.items()) == [(f"platform:{name}", child.meaning) for name, child in shape.children]


def test_pulumi_yaml_holds_no_default_and_no_type_that_would_come_before_the_report() -> None:
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))
    assert project["name"] == "platform"
    for entry in project["config"].values():
        assert set(entry) == {"description", "default"}
        assert not entry["default"]
