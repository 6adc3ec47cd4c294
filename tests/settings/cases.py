"""Reads the table of wrong configurations and the reports they get; run as a program it writes the reports anew.

The table, `cases.yaml`, is reviewed as a text: a person will read those reports. After a change of wording run
``python -m tests.settings.cases`` and read the difference.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from settings.load import normalized
from settings.problems import explain
from settings.report import render
from tests.settings.sample import Sample, changed

TABLE: Final = Path(__file__).parent / "cases.yaml"
STACK: Final = "prod"


@dataclass(frozen=True, slots=True)
class Row:
    """One wrong configuration and the items of its report."""

    name: str
    change: dict[str, Any]
    report: str

    @property
    def data(self) -> dict[str, Any]:
        """The wrong configuration, decoded."""
        return normalized(Sample, changed(self.change))

    def actual(self) -> str:
        """Return the items of the report as they are now, without headline and closing line."""
        return "\n\n".join(render(explain(Sample, self.data), STACK).split("\n\n")[1:-1]) + "\n"


def rows() -> list[Row]:
    """Return the table."""
    return [Row(**entry) for entry in yaml.safe_load(TABLE.read_text(encoding="utf-8"))]


def main() -> int:
    """Write every report as it is now."""
    entries = []
    for row in rows():
        report = "".join(f"    {line}".rstrip() + "\n" for line in row.actual().splitlines())
        change = yaml.safe_dump(row.change, default_flow_style=True, width=1000).strip()
        entries.append(f"- name: {row.name}\n  change: {change}\n  report: |2\n{report}")
    TABLE.write_text("\n".join(entries), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
