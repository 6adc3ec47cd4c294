"""`python -m rehearsal.review --base DIR --head DIR`: writes the comment for a pull request, and guards it.

Its exit status is 0 for a change within the limits, 1 for one that is refused, 2 for one that could not be judged.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from rehearsal.review import addresses, classes, guard, neighbours
from rehearsal.review.change import OPERATIONS, StackChange, UnreadableError
from rehearsal.review.classes import Rules
from rehearsal.review.comment import Reviewed, comment, unjudged
from rehearsal.review.findings import cost_of, policies
from rehearsal.review.guard import Verdict
from rehearsal.review.reading import planned, rehearsed, stacks_in

_FINE: Final = 0
_REFUSED: Final = 1
_UNJUDGED: Final = 2


def main(arguments: list[str] | None = None) -> int:
    """Review; return 0 if the change is within its limits, 1 if it is refused, 2 if it could not be judged."""
    options = _parser().parse_args(arguments)
    try:
        return _review(options)
    except UnreadableError as error:
        _write(options.out, unjudged(str(error)))
        if options.json:
            _write(options.json, _text({"verdict": "unjudged", "refusals": [str(error)], "stacks": {}}))
        sys.stderr.write(f"{error}\n")
        return _UNJUDGED


def _review(options: argparse.Namespace) -> int:
    today = options.today or datetime.now(tz=UTC).date()
    rules, allowances = classes.load(), guard.load(options.allowed)
    reviewed = [_reviewed(stack, options, today) for stack in _stacks(options)]
    changes = [each.change for each in reviewed]
    verdict = _with_rehearsals(guard.judge(changes, rules, allowances, today), changes)
    whole = options.whole or (str(_whole(options.out)) if options.out else "what --out FILE writes beside it")
    _write(options.out, comment(reviewed, verdict, rules, whole=whole))
    if options.out:
        _write(_whole(options.out), comment(reviewed, verdict, rules, whole=whole, limit=None))
    if options.json:
        _write(options.json, _text(_facts(reviewed, verdict, rules)))
    for refusal in verdict.refusals:
        sys.stderr.write(f"{refusal}\n")
    return _REFUSED if verdict.refusals else _FINE


def _reviewed(stack: str, options: argparse.Namespace, today: date) -> Reviewed:
    notes: tuple[str, ...] = ()
    if options.previews:
        change = planned(stack, options.head)
    else:
        change, notes = rehearsed(stack, None if stack in options.new else options.base, options.head)
    return Reviewed(
        change=change,
        policies=policies(change, today),
        cost=cost_of(change, today, options.region),
        notes=notes,
        addresses=addresses.told(change),
        neighbours=neighbours.told(stack, today),
    )


def _stacks(options: argparse.Namespace) -> Sequence[str]:
    if options.stack:
        return sorted(set(options.stack))
    if options.previews:
        return stacks_in([options.head], previews=True)
    if options.base is None:
        raise UnreadableError("Give --base, the folder of the rehearsals before the change, or --previews.")
    return stacks_in([options.base, options.head], previews=False)


def _with_rehearsals(verdict: Verdict, changes: Sequence[StackChange]) -> Verdict:
    """Refuse also what did not pass its rehearsal."""
    failed = tuple(
        f"{each.stack}: its rehearsal did not pass; see its report.md."
        for each in changes
        if each.head_report and each.head_report.get("verdict") != "passed"
    )
    return replace(verdict, refusals=(*verdict.refusals, *failed))


def _facts(reviewed: Sequence[Reviewed], verdict: Verdict, rules: Rules) -> dict[str, Any]:
    """Return the review as data; it holds no values of properties."""
    return {
        "verdict": "refused" if verdict.refusals else "fine",
        "refusals": list(verdict.refusals),
        "stacks": {
            each.change.stack: {
                "planned": each.change.planned,
                "numbers": {name: sum(found.operation == name for found in each.change.changes) for name in OPERATIONS},
                "changes": [
                    {
                        "urn": found.urn,
                        "operation": found.operation,
                        "class": rules.of(found).name,
                        "refused": found in verdict.refused,
                        "properties": [one.path for one in found.properties],
                    }
                    for found in sorted(each.change.changes, key=rules.risk)
                ],
                "policies": {"new": len(each.policies.new), "gone": len(each.policies.gone)},
                "cost": each.cost and {"low": each.cost.low, "typical": each.cost.typical, "high": each.cost.high},
            }
            for each in reviewed
        },
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rehearsal.review", description=__doc__)
    parser.add_argument("--base", type=Path, metavar="DIR", help="rehearsals before the change: <stack>/graph.json")
    parser.add_argument("--head", type=Path, metavar="DIR", required=True, help="the same with the change")
    parser.add_argument("--stack", action="append", default=[], metavar="NAME", help="only this one; may be repeated")
    parser.add_argument("--new", action="append", default=[], metavar="NAME", help="a stack that has no base yet")
    parser.add_argument(
        "--previews", action="store_true", help="--head holds <stack>.json, as pulumi preview --json writes it"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the comment there, and the whole beside it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the review as data")
    parser.add_argument("--whole", metavar="WHERE", help="what the comment says of where the whole is")
    parser.add_argument(
        "--allowed", type=Path, metavar="FILE", default=guard.ALLOWED, help="permissions, as allowed.toml"
    )
    parser.add_argument("--region", default="", help="where a plan's stack is, for prices, if nothing in it says so")
    parser.add_argument("--today", type=date.fromisoformat, help=argparse.SUPPRESS)
    return parser


def _whole(out: Path) -> Path:
    return out.with_name(f"{out.stem}.whole{out.suffix}")


def _text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _write(path: Path | None, text: str) -> None:
    if path is None:
        sys.stdout.write(text)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
