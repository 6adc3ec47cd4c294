"""The platform's own programs in the cluster: Python files in a ConfigMap, run by an image that AWS keeps."""

from pathlib import Path
from typing import Final

IMAGE: Final = "public.ecr.aws/lambda/python:3.13"
"""Python with its standard library, and AWS's SDK in `/var/runtime`."""


def files(folder: Path) -> dict[str, str]:
    """Return a program's modules by file name, as they are tested."""
    return {file.name: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.py"))}
