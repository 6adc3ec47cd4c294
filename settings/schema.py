"""Writes what the settings models say for editors (a JSON Schema of a stack file) and for people (a reference)."""

import json
import sys
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from settings.mend import NAMESPACE
from settings.model import PlatformSettings
from settings.shape import Shape, rows, shape_of

ROOT: Final = Path(__file__).resolve().parent.parent
SCHEMA_FILE: Final = ROOT / "docs/reference/settings.schema.json"
REFERENCE_FILE: Final = ROOT / "docs/reference/settings.md"
EDITOR_LINE: Final = "# yaml-language-server: $schema=docs/reference/settings.schema.json"
"""The first line of every stack file; editors find the schema by it."""

# Python's ipaddress accepts exactly these and checks the numbers; an editor that knows the pattern shows most slips.
_IPV4_NETWORK: Final = r"^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$"
# https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/
_PULUMI_KEYS: Final = {
    "environment": "Pulumi ESC environments the stack imports.",
    "secretsprovider": "What encrypts the stack's secrets.",
    "encryptedkey": "The data key, itself encrypted by the secrets provider.",
    "encryptionsalt": "The salt of the passphrase secrets provider.",
}


def stack_file_schema(model: type[BaseModel] = PlatformSettings) -> dict[str, Any]:
    """Return the JSON Schema of a whole ``Pulumi.<env>.yaml``.

    Draft 7, because editors' YAML servers know it best; of what pydantic writes only the place of shared definitions
    differs.
    """
    source = _for_editors(model.model_json_schema())
    keys = {f"{NAMESPACE}:{name}": _top_level(node) for name, node in source["properties"].items()}
    known = {"enum": list(keys)}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Configuration of one stack",
        "type": "object",
        "required": ["config"],
        "properties": {
            "config": {
                "type": "object",
                "description": "The stack's configuration.",
                "properties": keys,
                "required": [f"{NAMESPACE}:{name}" for name in source["required"]],
                # Other namespaces (aws:, pulumi:) are Pulumi's and the providers' own.
                "propertyNames": {"anyOf": [known, {"not": {"pattern": f"^{NAMESPACE}:"}}]},
            },
            **{key: {"description": meaning} for key, meaning in _PULUMI_KEYS.items()},
        },
        "additionalProperties": False,
        "definitions": source.get("$defs", {}),
    }


def reference(model: type[BaseModel] = PlatformSettings) -> str:
    """Return the settings reference: for each block a table of its keys."""
    top = shape_of(model)
    lines = [
        "# Settings",
        "",
        "Every key a stack file (`Pulumi.<env>.yaml`) may hold.",
        "Written from the models by `make schema`; change the models, not this file.",
    ]
    for name, shape in top.children:
        lines += ["", f"## `{NAMESPACE}:{name}`", "", _flowing(shape), "", *_table(name, shape)]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write both files."""
    SCHEMA_FILE.parent.mkdir(parents=True, exist_ok=True)
    SCHEMA_FILE.write_text(json.dumps(stack_file_schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    REFERENCE_FILE.write_text(reference(), encoding="utf-8")
    return 0


def _table(name: str, shape: Shape) -> list[str]:
    keys = list(rows(shape)) or [((name,), shape, not shape.has("default"))]
    return [
        "| Key | Allowed | Default | Meaning |",
        "|---|---|---|---|",
        *(_row(".".join(map(str, path)), own, required=required) for path, own, required in keys),
    ]


def _row(key: str, shape: Shape, *, required: bool) -> str:
    allowed = "a block" if shape.keys else shape.words()
    return f"| `{key}` | {_cell(allowed)} | {_default(shape, required=required)} | {_cell(_flowing(shape))} |"


def _default(shape: Shape, *, required: bool) -> str:
    if required:
        return "required"
    value = shape.node.get("default")
    return "none" if value is None else f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _flowing(shape: Shape) -> str:
    return " ".join(shape.node.get("description", "").split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _top_level(node: dict[str, Any]) -> dict[str, Any]:
    """Let a top-level scalar be text as well: whenever Pulumi writes the file, it puts top-level scalars in quotes."""
    if node.get("type") != "boolean":
        return node
    told = {key: value for key, value in node.items() if key != "type"}
    return {**told, "anyOf": [{"type": "boolean"}, {"enum": ["true", "false"]}]}


def _for_editors(node: Any) -> Any:
    """Return the schema without the titles pydantic makes from names, and with what editors can check of a network."""
    if isinstance(node, list):
        return [_for_editors(item) for item in node]
    if not isinstance(node, dict):
        return node.replace("#/$defs/", "#/definitions/") if isinstance(node, str) else node
    result = {
        key: _for_editors(value) for key, value in node.items() if not (key == "title" and isinstance(value, str))
    }
    if result.get("format") == "ipv4network":
        result["pattern"] = _IPV4_NETWORK
    if isinstance(result.get("description"), str):
        result["description"] = " ".join(result["description"].split())
    # Draft 7 reads nothing that stands beside a reference.
    target = result.pop("$ref", None)
    return {"$ref": target} if target and not result else {"allOf": [{"$ref": target}], **result} if target else result


if __name__ == "__main__":  # pragma: no cover  # main is tested
    sys.exit(main())
