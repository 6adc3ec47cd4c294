"""`python -m rehearsal STACK`: rehearses a stack, prints the report and says by its exit status whether it passed."""

import argparse
import shutil
import signal
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from rich.console import Console

from rehearsal.faults import FailOnce, KillAfter
from rehearsal.kubernetes.control_plane import ControlPlaneError
from rehearsal.progress import Progress
from rehearsal.report import files
from rehearsal.report.terminal import terminal
from rehearsal.run import RefusedError, Rehearsal, rehearse
from rehearsal.survival.scheduling.simulation import simulated
from rehearsal.workspace import PROJECT, UnknownStackError
from tools.build import BuildError

_PASSED: Final = 0
_FAILED: Final = 1
_CANNOT_RUN: Final = 2
# A shell's convention: 128 and the signal's number.
_SIGNALLED: Final = 128
_INTERRUPTED: Final = _SIGNALLED + signal.SIGINT


def main(arguments: list[str] | None = None) -> int:
    """Rehearse; return 0 if it passed, 1 if it did not, 2 if it could not run, 130 if it was interrupted."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _end)
    # A script's background jobs are born deaf to Ctrl-C; this one starts servers and must hear it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    control_plane = Path(mkdtemp(prefix=f"control-plane-{options.stack}-"))
    kept = False
    try:
        with Progress() as progress:
            found = rehearse(
                options.stack,
                progress,
                control_plane_directory=control_plane,
                keep=options.keep,
                stacks=options.stacks,
                fault=_fault(options),
            )
        found = replace(found, report=replace(found.report, unjudged_by_design=tuple(options.unjudged)))
        kept = found.control_plane is not None
        if options.simulate:
            found = _simulated(found, control_plane / "simulation")
        return _tell(found, PROJECT / ".rehearsal" / options.stack)
    except (RefusedError, UnknownStackError) as refusal:
        _say(refusal)
        return _FAILED
    except ControlPlaneError as failure:
        logs = _keep_logs(control_plane, PROJECT / ".rehearsal" / options.stack / "logs")
        _say(f"{failure}\nThe logs are kept in {logs.relative_to(PROJECT)}.")
        return _CANNOT_RUN
    except BuildError as failure:
        _say(failure)
        return _CANNOT_RUN
    except KeyboardInterrupt:
        _say("interrupted; everything that was started has been stopped")
        return _INTERRUPTED
    finally:
        if not kept:
            shutil.rmtree(control_plane, ignore_errors=True)


def _simulated(found: Rehearsal, directory: Path) -> Rehearsal:
    directory.mkdir()
    resources = found.deployment.get("resources", [])
    kept = simulated(found.report.survival, resources, found.report.rendering.manifests, directory)
    return replace(found, report=replace(found.report, survival=kept))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rehearsal", description=__doc__)
    parser.add_argument("stack", help="the stack to rehearse, as in Pulumi.<stack>.yaml")
    parser.add_argument(
        "--keep", action="store_true", help="stop after the second up and leave the API server running, for kubectl"
    )
    parser.add_argument(
        "--stacks", type=Path, default=PROJECT, help="where the stack files lie (default: this project)"
    )
    parser.add_argument(
        "--simulate", action="store_true", help="have kube-scheduler place the stack's pods on nodes like its groups"
    )
    parser.add_argument(
        "--unjudged",
        metavar="GLOB",
        action="append",
        default=[],
        help="what nothing can judge, such as 'Policy kasten-io/*': it is listed, and no objection",
    )
    faults = parser.add_mutually_exclusive_group()
    faults.add_argument(
        "--fail-once", metavar="GLOB", help="have the first creation of each resource fail whose type::name matches"
    )
    faults.add_argument("--kill-after", type=int, metavar="N", help="kill the engine after N creations, and recover")
    return parser


def _fault(options: argparse.Namespace) -> FailOnce | KillAfter | None:
    if options.fail_once:
        return FailOnce(options.fail_once)
    return KillAfter(options.kill_after) if options.kill_after else None


def _end(number: int, frame: object) -> None:
    """End as an exception would, so that everything that was started is stopped."""
    del frame
    sys.exit(_SIGNALLED + number)


def _tell(found: Rehearsal, folder: Path) -> int:
    files.write(folder, found.report, found.deployment, found.schedule)
    Console().print(terminal(found.report, folder.relative_to(PROJECT)))
    if found.control_plane:
        _say(
            "The API server is still running, with everything in it. Look around with:\n"
            f"  kubectl --kubeconfig {found.control_plane.kubeconfig} get namespaces,storageclasses\n"
            f"and end it with:\n  {found.control_plane.stop_command}"
        )
    return _PASSED if found.report.passed else _FAILED


def _say(sentence: object) -> None:
    sys.stderr.write(f"{sentence}\n")


def _keep_logs(control_plane: Path, logs: Path) -> Path:
    shutil.rmtree(logs, ignore_errors=True)
    shutil.copytree(control_plane / "logs", logs, dirs_exist_ok=True)
    return logs


if __name__ == "__main__":
    sys.exit(main())
