"""Which rules hold in an environment, how strictly, and with which numbers: `config/<stack>.json`."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policies.rule import Level, Parameters, ResourceRule, Rule
from policies.rules import GROUPS

FOLDER: Final = Path(__file__).with_name("config")
DEFAULT: Final = "default"
"""The configuration of every stack that has none of its own."""

_MODEL: Final = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


class RuleConfiguration(BaseModel):
    """What an environment says of one rule."""

    model_config = _MODEL

    level: Literal["mandatory", "advisory", "remediate", "off"] | None = None
    """How strictly it holds; unset is as its group has it."""
    parameters: dict[str, Any] = Field(default_factory=dict)
    """Its parameters that differ from their defaults."""


class Configuration(BaseModel):
    """What an environment says of the policies."""

    model_config = _MODEL

    schema_: str = Field(default="", alias="$schema")
    """Where an editor finds the schema of this file."""
    groups: dict[str, Literal["on", "advisory", "off"]] = Field(default_factory=dict)
    """Which groups hold (default on); the rules of an advisory one only report. A rule's own level wins."""
    rules: dict[str, RuleConfiguration] = Field(default_factory=dict)
    """What differs for single rules, by name."""


def rules_of(stack: str, folder: Path = FOLDER) -> tuple[Rule, ...]:
    """Return the rules that hold in a stack, with the levels and parameters its configuration gives them.

    Args:
        stack: The stack's name. One with no file of its own, ``dev.alice``, has that of the stack it is called after,
            ``dev``, and else that of `DEFAULT`.
        folder: Where the files are.

    Raises:
        ValueError: the configuration cannot be read or says what no rule has; the message is one sentence.

    """
    # What is no plain name would lead out of the folder.
    names = (stack, stack.partition(".")[0]) if re.fullmatch(r"[\w-][\w.-]*", stack) else ()
    paths = [folder / f"{name}.json" for name in (*names, DEFAULT)]
    path = next((path for path in paths if path.exists()), paths[-1])
    return configured(_read(path), path.name)


def configured(configuration: Configuration, where: str = "the configuration") -> tuple[Rule, ...]:
    """Return the rules of all groups as a configuration has them, without those that are off."""
    known = {rule.name for rules in GROUPS.values() for rule in rules}
    for what, given, there in (("group", configuration.groups, GROUPS), ("rule", configuration.rules, known)):
        if strange := sorted(set(given) - set(there)):
            raise ValueError(f"{where}: there is no {what} {strange[0]}; use one of {', '.join(sorted(there))}")
    chosen = []
    for group, rules in GROUPS.items():
        switch = configuration.groups.get(group, "on")
        for rule in rules:
            own = configuration.rules.get(rule.name, RuleConfiguration())
            level = own.level or {"on": rule.level, "advisory": "advisory", "off": "off"}[switch]
            if level != "off":
                chosen.append(_with(rule, level, own.parameters, f"{where}: rule {rule.name}"))
    return tuple(chosen)


def schema() -> dict[str, Any]:
    """Return the JSON schema of the files, with every group, rule and parameter there is."""
    found = Configuration.model_json_schema(by_alias=True)
    switch = found["properties"]["groups"].pop("additionalProperties")
    found["properties"]["groups"] |= {
        "properties": dict.fromkeys(GROUPS, switch),
        "additionalProperties": False,
    }
    rules = {rule.name: _rule_schema(rule) for group in GROUPS.values() for rule in group}
    found["properties"]["rules"] = {
        "title": "Rules",
        "description": found["properties"]["rules"]["description"],
        "type": "object",
        "properties": rules,
        "additionalProperties": False,
    }
    found.pop("$defs")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


def _read(path: Path) -> Configuration:
    try:
        return Configuration.model_validate(json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_once))
    except OSError as error:
        raise ValueError(f"{path.name}: it cannot be read ({error.strerror}); every stack needs its rules") from None
    except ValidationError as error:
        raise ValueError(f"{path.name}: {_first(error)}") from None
    except ValueError as error:
        raise ValueError(f"{path.name}: it is not JSON ({error})") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise ValueError(f"{twice[0]} is given twice")
    return dict(pairs)


def _with(rule: Rule, level: Level, parameters: Mapping[str, Any], where: str) -> Rule:
    if level == "remediate" and not (isinstance(rule, ResourceRule) and rule.mend):
        raise ValueError(f"{where} cannot mend what it finds; set its level to mandatory, advisory or off")
    if not parameters:
        return replace(rule, level=level)
    if rule.parameters is None:
        raise ValueError(f"{where} has no parameters; remove them")
    try:
        # As JSON, where a list may stand for a tuple.
        given = type(rule.parameters).model_validate_json(json.dumps(dict(parameters)))
    except ValidationError as error:
        raise ValueError(f"{where}, {_first(error)}") from None
    return replace(rule, level=level, parameters=given)


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the file'}: {first['msg']}"


def _rule_schema(rule: Rule) -> dict[str, Any]:
    own = RuleConfiguration.model_json_schema()
    levels = ["mandatory", "advisory", "off"]
    if isinstance(rule, ResourceRule) and rule.mend:
        levels.append("remediate")
    own["properties"]["level"] = {"enum": levels, "default": rule.level}
    own["properties"]["parameters"] = _parameters_schema(rule.parameters)
    return {**own, "title": rule.name, "description": rule.why}


def _parameters_schema(parameters: Parameters | None) -> dict[str, Any]:
    if parameters is None:
        return {"type": "object", "maxProperties": 0}
    return type(parameters).model_json_schema()
