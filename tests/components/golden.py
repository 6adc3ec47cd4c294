"""Reads and writes the reviewed user data of every kind of node, as each launch template carries it.

After a change run ``python -m tests.components.golden`` and read the difference: every node starts with it.
"""

import base64
import sys
from pathlib import Path
from typing import Final

from tests.components import nodes

FOLDER: Final = Path(__file__).parent / "compute" / "golden"
FAMILIES: Final = ("al2023", "bottlerocket")


def actual() -> dict[str, str]:
    """Return the user data of both operating systems and all roles, by file name."""
    return {
        f"{family}-{name.removeprefix('nodes-')}.txt": base64.b64decode(template["userData"]).decode()
        for family in FAMILIES
        for name, template in nodes.templates(ami_family=family).items()
    }


def main() -> int:
    """Write the files anew."""
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.iterdir():
        path.unlink()
    for name, text in actual().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
