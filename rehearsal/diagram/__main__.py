"""`python -m rehearsal.diagram STACK`: draws a stack as it was last rehearsed.

Writes architecture.svg and architecture.md beside the rehearsal; with ``--layer NAME`` prints one layer as Mermaid.
"""

import argparse
import sys

from rehearsal.diagram.drawing import svg
from rehearsal.diagram.mermaid import of_layer, page
from rehearsal.diagram.model import of_graph
from rehearsal.parity.environments import MissingError, graph_of
from rehearsal.workspace import PROJECT


def main(arguments: list[str] | None = None) -> int:
    """Draw, say where it is, and return the exit status: 2 if there is nothing to draw."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal.diagram", description=__doc__)
    parser.add_argument("stack", help="the stack, as in Pulumi.<stack>.yaml")
    parser.add_argument("--layer", help="print this layer only, as Mermaid")
    options = parser.parse_args(arguments)
    try:
        resources = graph_of(options.stack)
        if options.layer:
            sys.stdout.write("\n".join(of_layer(resources, options.layer)) + "\n")
            return 0
        picture = of_graph(resources)
    except (MissingError, ValueError) as error:
        sys.stderr.write(f"{options.stack} cannot be drawn: {error}\n")
        return 2
    folder = PROJECT / ".rehearsal" / options.stack
    (folder / "architecture.svg").write_text(svg(picture), encoding="utf-8")
    (folder / "architecture.md").write_text("\n".join(page(picture)) + "\n", encoding="utf-8")
    sys.stdout.write(f"written to .rehearsal/{options.stack}/architecture.svg and architecture.md\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
