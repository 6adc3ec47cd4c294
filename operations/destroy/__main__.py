"""`python -m operations.destroy STACK`: prints the plan of a destroy and writes it beside the stack's rehearsal."""

import argparse
import sys

from rich.console import Console
from rich.markdown import Markdown

from operations.destroy.page import markdown
from operations.rehearsed import PROJECT, NotRehearsedError, read


def main(arguments: list[str] | None = None) -> int:
    """Plan; return 1 if there is no rehearsal to plan from."""
    parser = argparse.ArgumentParser(prog="python -m operations.destroy", description=__doc__)
    parser.add_argument("stack", help="the stack, as in Pulumi.<stack>.yaml")
    options = parser.parse_args(arguments)
    try:
        text = markdown(read(options.stack))
    except NotRehearsedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    path = PROJECT / ".rehearsal" / options.stack / "destroy-plan.md"
    path.write_text(text, encoding="utf-8")
    console = Console()
    console.print(Markdown(text))
    console.print(f"\nwritten to {path.relative_to(PROJECT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
