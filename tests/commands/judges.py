"""Says what is wrong with a command: by asking the program itself, or AWS's own description of its operations."""

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.session import Session

from tests.commands.blocks import Command
from tools.build import path_of

# https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html
_EVERYWHERE: Final = frozenset({"--query", "--output", "--region", "--profile", "--no-cli-pager", "--debug"})
_PAGES: Final = frozenset({"--max-items", "--page-size", "--starting-token", "--no-paginate"})
# What the AWS CLI adds to the services' own operations: its source is its documentation.
# https://docs.aws.amazon.com/cli/latest/reference/
_OWN: Final[dict[tuple[str, str], frozenset[str]]] = {
    ("s3", "ls"): frozenset({"--recursive", "--human-readable", "--summarize"}),
    ("s3", "cp"): frozenset({"--recursive", "--quiet"}),
    ("s3", "rm"): frozenset({"--recursive", "--quiet"}),
    ("s3", "sync"): frozenset({"--delete", "--quiet"}),
    ("eks", "update-kubeconfig"): frozenset({"--name", "--role-arn", "--alias", "--kubeconfig", "--dry-run"}),
    ("logs", "tail"): frozenset({"--since", "--follow", "--filter-pattern", "--format", "--log-stream-names"}),
}
_LEAF: Final = re.compile(r"^  .*(?:SUBCOMMAND|\[command\]|COMMAND)\s*$", re.MULTILINE)


def faults(command: Command) -> list[str]:
    """Return what is wrong with a command, nothing if it exists as it is written."""
    if command.words[0] == "aws":
        return list(_aws(command.words[1:], whole=command.whole))
    return list(_asked(command.words))


def _asked(words: tuple[str, ...]) -> Iterator[str]:
    """Have a program of the cobra family tell how its command is used: it refuses what it does not know before."""
    program, *arguments = words
    # What stands behind is a pod's, not the program's.
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    # Behind its command's name, so that no option takes it for its value.
    named = next((index for index, word in enumerate(own) if word.startswith("-")), len(own)) or len(own)
    run = subprocess.run(
        [path_of(program), *own[:named], "--help", *own[named:]],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    said = (run.stderr or run.stdout).strip()
    if run.returncode and "flag needs an argument" not in said:
        yield said.splitlines()[0] if said else f"ended with {run.returncode}"
    elif not run.returncode and own and _is_a_group(run.stdout):
        yield "is no command but a group of them"


def _is_a_group(usage: str) -> bool:
    lines = re.split(r"^Usage:\s*$", usage, flags=re.MULTILINE)[-1].strip().splitlines()
    head = [line for line in lines[:2] if line.strip()]
    return bool(head) and all(_LEAF.search(f"  {line.strip()}") for line in head)


def _aws(words: tuple[str, ...], *, whole: bool) -> Iterator[str]:
    service, *rest = [word for word in words if not word.startswith("--") or word.partition("=")[0] not in _EVERYWHERE]
    given = {word.partition("=")[0] for word in words if word.startswith("--")} - _EVERYWHERE
    if not rest:
        yield "names no operation"
        return
    if (service, rest[0]) in _OWN:
        unknown = given - _OWN[service, rest[0]]
        yield from (f"{service} {rest[0]} has no {flag}" for flag in sorted(unknown))
        return
    try:
        # The CLI's own `s3` is made of several operations each; the service is beside it.
        model = _session().get_service_model("s3" if service == "s3api" else service)
    except UnknownServiceError:
        yield f"there is no service {service}"
        return
    operation = rest[0]
    if operation == "wait":
        yield from _waits(service, rest)
        return
    known = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in known:
        yield f"{service} has no {operation}"
        return
    yield from _members(model.operation_model(known[operation]), given, whole=whole)


def _members(operation: Any, given: set[str], *, whole: bool) -> Iterator[str]:
    shape = operation.input_shape
    members = {f"--{xform_name(name, '-')}": name for name in (shape.members if shape else {})}
    negated = {f"--no-{flag[2:]}" for flag in members}
    yield from (f"{operation.name} takes no {flag}" for flag in sorted(given - {*members, *negated, *_PAGES}))
    needed = {f"--{xform_name(name, '-')}" for name in (shape.required_members if shape and whole else [])}
    yield from (f"{operation.name} needs {flag}" for flag in sorted(needed - given))


def _waits(service: str, words: list[str]) -> Iterator[str]:
    names = {xform_name(name, "-") for name in _session().get_waiter_model(service).waiter_names}
    if len(words) == 1 or words[1] not in names:
        yield f"{service} has nothing to wait for called {' '.join(words[1:2])}"


@cache
def _session() -> Session:
    return Session()
