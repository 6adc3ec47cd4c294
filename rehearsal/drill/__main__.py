"""`python -m rehearsal.drill STACK`: has everything go wrong that can, and sees whether the stack comes up at last."""

import argparse
import random
import shutil
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from rehearsal.drill.lost_cluster import give_up, rebuild
from rehearsal.drill.report import Drill, markdown, summary, write
from rehearsal.drill.site import Site
from rehearsal.drill.trials import DisturbedError, Trial, fail, fail_all, kill, lose_answer, undisturbed
from rehearsal.drill.world import World
from rehearsal.kubernetes.control_plane import ControlPlaneError
from rehearsal.progress import Progress
from rehearsal.providers.standin import Resource
from rehearsal.workspace import PROJECT, UnknownStackError
from tools.build import BuildError

_PASSED: Final = 0
_FAILED: Final = 1
_CANNOT_RUN: Final = 2


def main(arguments: list[str] | None = None) -> int:
    """Drill; return 0 if every trial that has to converged, 1 if not, 2 if it could not run."""
    options = _parser().parse_args(arguments)
    # A killed engine's last event is half a line.
    warnings.filterwarnings("ignore", message="Error in event stream")
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    directory = Path(mkdtemp(prefix=f"drill-{options.stack}-"))
    try:
        with Progress() as progress:
            drill = _drill(options, directory, progress)
    except (UnknownStackError, DisturbedError) as failure:
        sys.stderr.write(f"{failure}\n")
        return _FAILED
    except (BuildError, ControlPlaneError) as failure:
        sys.stderr.write(f"{failure}\n")
        return _CANNOT_RUN
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    write(PROJECT / ".rehearsal" / options.stack, _name(options), drill)
    sys.stdout.write(f"{summary(drill) if drill.passed else markdown(drill)}\n")
    return _PASSED if drill.passed else _FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rehearsal.drill", description=__doc__)
    parser.add_argument("stack", help="the stack, as in Pulumi.<stack>.yaml")
    parser.add_argument(
        "--only", metavar="GLOB", help="only resources whose type::name matches, each in a trial of its own"
    )
    parser.add_argument(
        "--stacks", type=Path, default=PROJECT, help="where the stack files lie (default: this project)"
    )
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--kills", type=int, metavar="N", help="kill the engine at N random moments, instead")
    kinds.add_argument(
        "--lost-answers", action="store_true", help="lose the answer to one creation of each type, instead; a finding"
    )
    kinds.add_argument(
        "--lost-cluster", action="store_true", help="delete the cluster behind the engine's back, instead"
    )
    parser.add_argument("--seed", type=int, default=1, help="decides the moments (default: 1)")
    parser.add_argument(
        "--careless", action="store_true", help="after a kill, only unlock and update: what the runbook saves you from"
    )
    return parser


def _drill(options: argparse.Namespace, directory: Path, progress: Progress) -> Drill:
    started = time.monotonic()
    with Site(options.stack, directory, stacks=options.stacks) as site:
        progress.phase("undisturbed")
        expected, made = undisturbed(site)
        chosen = [each for each in made if fnmatchcase(f"{each.type}::{each.name}", options.only or "*")]
        if options.lost_cluster:
            kind, begin = "the cluster is deleted behind the engine's back", _lost_cluster(site, expected, directory)
        else:
            kind, begin = _trials(options, site, expected, chosen)
        progress.phase("trials", total=len(begin))
        trials = list(_run(begin, progress))
    return Drill(
        stack=options.stack,
        kind=kind,
        must_converge=not options.lost_answers and not options.careless,
        trials=trials,
        seconds=time.monotonic() - started,
    )


def _trials(
    options: argparse.Namespace, site: Site, expected: World, chosen: Sequence[Resource]
) -> tuple[str, Sequence[Callable[[], Trial]]]:
    if options.kills:
        moments = random.Random(options.seed).choices(range(1, len(chosen)), k=options.kills)  # noqa: S311 - no secret
        handling = "unlocked and updated only" if options.careless else "handled by the runbook"
        return f"{options.kills} kills, seed {options.seed}, {handling}", [
            lambda n=moment: kill(site, expected, n, adopting=not options.careless) for moment in moments
        ]
    if options.lost_answers:
        first = {each.type: each for each in reversed(chosen)}
        return "one lost answer for each type", _each(lose_answer, site, expected, first.values())
    if options.only:
        return "each creation fails once, in a trial of its own", _each(fail, site, expected, chosen)
    return "each creation fails once", [lambda: fail_all(site, expected, _said)]


def _said(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def _lost_cluster(site: Site, expected: World, directory: Path) -> Sequence[Callable[[], Trial]]:
    return (
        lambda: rebuild(site, expected, directory / "rebuilt"),
        lambda: give_up(site, directory / "given-up"),
    )


def _each(
    trial: Callable[[Site, World, Resource], Trial], site: Site, expected: World, chosen: Iterable[Resource]
) -> list[Callable[[], Trial]]:
    return [lambda resource=each: trial(site, expected, resource) for each in chosen]  # type: ignore[misc]  # bound now


def _run(begin: Iterable[Callable[[], Trial]], progress: Progress) -> Iterator[Trial]:
    for start in begin:
        trial = start()
        progress.advance(f"{trial.what} {'converged' if trial.converged else 'DID NOT CONVERGE'}")
        yield trial


def _name(options: argparse.Namespace) -> str:
    if options.kills:
        return "drill-kills-careless" if options.careless else "drill-kills"
    if options.lost_cluster:
        return "drill-lost-cluster"
    return "drill-lost-answers" if options.lost_answers else "drill"


if __name__ == "__main__":
    sys.exit(main())
