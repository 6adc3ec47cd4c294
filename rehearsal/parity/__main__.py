"""`python -m rehearsal.parity dev prod`: compares two environments as they were last rehearsed.

Ends with 0 if everything that differs is meant, 1 if not, 2 if there is nothing to compare.
"""

import argparse
import sys

from rehearsal.parity import intended
from rehearsal.parity.comparison import compare
from rehearsal.parity.environments import MissingError, graph_of, settings_of
from rehearsal.parity.page import lines


def main(arguments: list[str] | None = None) -> int:
    """Compare, print the page, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal.parity", description=__doc__)
    parser.add_argument("a", help="an environment, as in Pulumi.<a>.yaml")
    parser.add_argument("b", help="the other one")
    options = parser.parse_args(arguments)
    pair = (options.a, options.b)
    try:
        settings = (settings_of(options.a), settings_of(options.b))
        found = compare(graph_of(options.a), graph_of(options.b), intended.read(), settings)
    except (MissingError, ValueError) as error:
        sys.stderr.write(f"{' and '.join(pair)} cannot be compared: {error}\n")
        return 2
    sys.stdout.write("\n".join(lines(found)) + "\n")
    return 0 if found.fine else 1


if __name__ == "__main__":
    sys.exit(main())
