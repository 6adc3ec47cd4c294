"""The rules that the Ruler evaluates over all instances, in Prometheus' own form."""

from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).parent / "aggregations.yaml"


def files() -> dict[str, str]:
    """Return files of rules by name."""
    return {_FILE.name: _FILE.read_text(encoding="utf-8")}
