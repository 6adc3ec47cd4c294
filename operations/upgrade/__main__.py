"""`python -m operations.upgrade STACK MINOR`: prints the plan of an upgrade, writes it beside the stack's rehearsal."""

import argparse
import sys
from datetime import UTC, datetime

from components.kit import versions
from operations.page import show
from operations.rehearsed import NotRehearsedError, read
from operations.upgrade import apis, charts
from operations.upgrade.minors import NoPlanError, hops
from operations.upgrade.page import Given, hop, markdown
from rehearsal.charts import library
from rehearsal.workspace import PROJECT
from settings.load import read_file
from settings.report import SettingsError
from tools.build import BuildError, path_of


def main(arguments: list[str] | None = None) -> int:
    """Plan; return 1 if there is none, having said why."""
    parser = argparse.ArgumentParser(prog="python -m operations.upgrade", description=__doc__)
    parser.add_argument("stack", help="the stack, as in Pulumi.<stack>.yaml")
    parser.add_argument("to", metavar="minor", help="the Kubernetes minor it is to run, 1.37")
    options = parser.parse_args(arguments)
    try:
        text = _plan(options.stack, options.to)
    except (NotRehearsedError, NoPlanError, SettingsError, BuildError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    show(options.stack, "upgrade-plan.md", text)
    return 0


def _plan(stack: str, target: str) -> str:
    rehearsed = read(stack)
    settings = read_file(PROJECT / f"Pulumi.{stack}.yaml")
    way = hops(settings.cluster.version, target, newest=apis.newest())
    given = Given(
        rehearsed=rehearsed,
        settings=settings,
        pinned=versions.pinned(),
        library=library.at_hand(),
        judge=charts.helm(path_of("helm")),
        today=datetime.now(UTC).date(),
    )
    return markdown(given, [hop(given, now, then) for now, then in way])


if __name__ == "__main__":
    sys.exit(main())
