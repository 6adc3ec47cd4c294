"""Writes docs/reference/policies.md and its schema: every rule, what it answers, how it is broken, and what holds it.

Run as ``python -m tests.policies.reference``; ``make policies`` does.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from policies.configuration import FOLDER, schema
from policies.rule import Parameters, ResourceRule, Rule
from policies.rules import GROUPS, RULES
from tests.policies.mutations.tables import MUTATIONS
from tests.policies.rows.all import ROWS

ROOT: Final = Path(__file__).resolve().parents[2]
REFERENCE: Final = ROOT / "docs" / "reference" / "policies.md"
SCHEMA: Final = ROOT / "docs" / "reference" / "policies.schema.json"
_TEST: Final = "test_a_rule_says_of_each_row_what_is_expected"
# Benchmarks whose entries have numbers or names, each of which is a control by itself.
_BENCHMARKS: Final = ("CIS Amazon EKS Benchmark 1.8.0", "AWS Security Hub", "hardeneks", "AWS Config")
_ENTRIES: Final = re.compile(r"(\d+(?:\.\d+)+) to (\d+(?:\.\d+)+)")
_INTRODUCTION: Final = """\
# The policies

Written from the rules by `make policies`; change the rules, not this file.

`pulumi preview --policy-pack policies/analyzer` judges a plan by {count} rules in four groups. A *mandatory* fault
stops the plan; an *advisory* one is only said. What a preview cannot know is said too, and judged by the update. The
groups hold everywhere unless an environment says otherwise in `policies/config/<stack>.json` (a stack without one,
`dev.alice`, has that of the stack it is called after, `dev`, or else `policies/config/default.json`), whose keys an
editor completes by [its schema](policies.schema.json):

```json
{{
  "$schema": "../../docs/reference/policies.schema.json",
  "groups": {{ "kubernetes": "advisory" }},
  "rules": {{
    "log-retention": {{ "level": "remediate", "parameters": {{ "minimum_days": 90 }} }},
    "rds-multi-az": {{ "level": "off" }}
  }}
}}
```

* A group is `on`, `advisory` (its rules only report) or `off`. A rule's own level wins: `mandatory`, `advisory`, `off`,
  or `remediate` for those that can mend what they find before it is planned.
* A file that says what no rule has stops every plan with one sentence. So does an exemption that has ended
  (`policies/exemptions.toml`): a rule that is wrong for one resource is exempted there, with an owner, a reason and a
  last day.
* "Rows" are the cases that hold a rule (good, bad, absent and not known yet), each asked of the plain function and of
  the pack over the engine's own protocol. "Broken" is in how many ways the program's resources are broken to see the
  rule object.
"""


@cache
def reference() -> str:
    """Return the page."""
    return "\n".join([_INTRODUCTION.format(count=len(RULES)), *_groups(), *_environments(), *_matrix()]) + "\n"


def schema_text() -> str:
    """Return the schema of a configuration as its file has it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def write() -> None:
    """Write both files."""
    REFERENCE.write_text(reference(), encoding="utf-8")
    SCHEMA.write_text(schema_text(), encoding="utf-8")


def controls() -> Mapping[str, Mapping[str, list[Rule]]]:
    """Return the rules that answer each entry of each benchmark."""
    found: dict[str, dict[str, list[Rule]]] = {name: {} for name in _BENCHMARKS}
    for rule in RULES:
        for each in rule.references:
            benchmark, _, entries = each.partition(": ")
            for entry in _split(entries) if benchmark in found else ():
                found[benchmark].setdefault(entry, []).append(rule)
    return found


def _split(entries: str) -> Iterator[str]:
    for entry in entries.split(", "):
        if several := _ENTRIES.fullmatch(entry):
            stem, _, first = several[1].rpartition(".")
            last = several[2].rpartition(".")[2]
            yield from (f"{stem}.{number}" for number in range(int(first), int(last) + 1))
        else:
            yield entry


def _groups() -> Iterator[str]:
    for group, rules in GROUPS.items():
        yield f"## {group}\n"
        yield "| Rule | Level | Why | Judges | Parameters | Rows | Broken |"
        yield "|---|---|---|---|---|---:|---:|"
        yield from map(_rule, rules)
        yield ""


def _rule(rule: Rule) -> str:
    level = f"{rule.level}, can mend" if isinstance(rule, ResourceRule) and rule.mend else rule.level
    rows = sum(row.rule == rule.name for row in ROWS)
    broken = sum(mutation.rule == rule.name for mutation in MUTATIONS)
    judged = ", ".join(dict.fromkeys(token.rpartition(":")[2] for token in rule.types))
    cells = (f"`{rule.name}`", level, rule.why, judged, _parameters(rule.parameters), rows, broken or "")
    return f"| {' | '.join(_cell(str(cell)) for cell in cells)} |"


def _parameters(parameters: Parameters | None) -> str:
    if parameters is None:
        return ""
    given = json.loads(parameters.model_dump_json())
    return "; ".join(f"`{name}` {json.dumps(value)}" for name, value in given.items())


def _environments() -> Iterator[str]:
    yield "## What environments set\n"
    yield "| Stack | Rule | Level | Parameters |"
    yield "|---|---|---|---|"
    for path in sorted(FOLDER.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        for group, switch in content.get("groups", {}).items():
            yield f"| {path.stem} | all of {group} | {switch} | |"
        for name, own in content.get("rules", {}).items():
            given = "; ".join(f"`{key}` {json.dumps(value)}" for key, value in own.get("parameters", {}).items())
            yield f"| {path.stem} | `{name}` | {own.get('level', '')} | {_cell(given)} |"
    yield ""


def _matrix() -> Iterator[str]:
    yield "## Which rule answers which control\n"
    yield "A control is here where a plan can tell; the example is a case that must fail, and the test that it does is"
    yield f"`{_TEST}` of `tests/policies/test_rules.py` with the case's name, and the like of `test_pack.py`.\n"
    for benchmark, entries in controls().items():
        yield f"### {benchmark}\n"
        yield "| Control | Rule | A case that must fail |"
        yield "|---|---|---|"
        for entry in sorted(entries, key=_order):
            for rule in entries[entry]:
                yield f"| {entry} | `{rule.name}` | `{_cell(_example(rule))}` |"
        yield ""


def _example(rule: Rule) -> str:
    return next(str(row) for row in ROWS if row.rule == rule.name and row.faults)


def _order(entry: str) -> tuple[str, list[int]]:
    return re.sub(r"[\d.]+$", "", entry), [int(number) for number in re.findall(r"\d+", entry)]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    write()
