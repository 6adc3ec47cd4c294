"""`python -m operations.destroy STACK`: prints the plan of a destroy and writes it beside the stack's rehearsal."""

import argparse
import sys

from operations.destroy.page import markdown
from operations.page import show
from operations.rehearsed import NotRehearsedError, read


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
    show(options.stack, "destroy-plan.md", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
