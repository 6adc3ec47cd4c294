"""The real Pulumi engine, driven through one stack's phases."""

import gc
import re
import runpy
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pulumi import automation as auto
from pulumi.automation.events import EngineEvent

from rehearsal.workspace import PROJECT, Workspace

_PROJECT_NAME: Final = "platform"
# The engine marks colours as <{%bold%}> and leaves rendering to whoever shows the message.
_COLOURS: Final = re.compile(r"<\{%.*?%\}>")

# What the engine adds for the whole update after it has said what is wrong.
_SAYS_NOTHING: Final = frozenset({"preview failed", "update failed", "destroy failed"})

# What it puts before a message, once or twice, of which it then says one with and one without.
_PREFIXES: Final = re.compile(r"^(Preview failed: |an unhandled error occurred: )+")

Watch = Callable[[str, str], None]
"""Told of every finished step: the operation and the resource's URN."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One policy violation: the rule, its level (``mandatory`` or ``advisory``), the resource's URN and the message."""

    rule: str
    level: str
    urn: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one phase did.

    Attributes:
        seconds: Wall-clock time.
        steps: Number of resources the engine got to; 0 when the program was refused before it registered any.
        changes: Number of steps by operation: create, update, replace, delete, same.
        errors: The engine's error messages; empty when the phase succeeded.
        violations: What the policy packs said.

    """

    seconds: float
    steps: int
    changes: Mapping[str, int]
    errors: tuple[str, ...]
    violations: tuple[Violation, ...] = ()


def project_program() -> None:
    """Run the very program that `pulumi up` runs."""
    runpy.run_path(str(PROJECT / "__main__.py"), run_name="__main__")


class Engine:
    """One stack on the real engine, whose providers are the stand-ins.

    Args:
        workspace: The prepared copy of the stack file.
        pulumi: The Pulumi CLI.
        debug_providers: Where the stand-ins listen, as `server.serve` yields it.
        program: What the engine runs.

    """

    def __init__(
        self, workspace: Workspace, pulumi: Path, debug_providers: str, program: Callable[[], None] = project_program
    ) -> None:
        self._workspace = workspace
        self._environment = {**workspace.environment, "PULUMI_DEBUG_PROVIDERS": debug_providers}
        self._command = auto.PulumiCommand(root=str(pulumi.parent.parent), skip_version_check=True)
        self._stack = auto.create_or_select_stack(
            stack_name=workspace.stack,
            project_name=_PROJECT_NAME,
            program=program,
            opts=auto.LocalWorkspaceOptions(
                work_dir=str(workspace.directory),
                env_vars=self._environment,
                pulumi_command=self._command,
            ),
        )
        for path, secret in workspace.planted.items():
            self._stack.set_config(path, auto.ConfigValue(secret, secret=True), path=True)

    @property
    def version(self) -> str:
        """The engine's version."""
        return str(self._command.version)

    def preview(self, watch: Watch, *, policy_pack: Path) -> Outcome:
        """Plan, judged by the policy pack."""
        return self._run(
            lambda on_event: self._stack.preview(on_event=on_event, policy_packs=[str(policy_pack)]), watch
        )

    def up(self, watch: Watch, *, policy_pack: Path | None = None) -> Outcome:
        """Apply, judged by the policy pack if one is given: now every value is known."""
        packs = [str(policy_pack)] if policy_pack else None
        return self._run(lambda on_event: self._stack.up(on_event=on_event, policy_packs=packs), watch)

    def destroy(self, watch: Watch) -> Outcome:
        """Destroy."""
        return self._run(lambda on_event: self._stack.destroy(on_event=on_event), watch)

    def unprotect(self) -> None:
        """Lift the protection of every resource, as an operator would who means to destroy."""
        self._command.run(
            ["state", "unprotect", "--all", "--yes", "--stack", self._workspace.stack],
            str(self._workspace.directory),
            self._environment,
        )

    def state(self) -> dict[str, Any]:
        """Return the stack's exported deployment; its secrets are encrypted."""
        exported = self._stack.export_stack().deployment
        return dict(exported) if exported else {}

    def _run(self, command: Callable[[Callable[[EngineEvent], None]], object], watch: Watch) -> Outcome:
        record = _Record(watch)
        started = time.monotonic()
        try:
            command(record.take)
        except auto.CommandError as failure:
            record.errors = record.errors or [_last_words(str(failure))]
        finally:
            _bury_what_the_sdk_left()
        return Outcome(
            seconds=time.monotonic() - started,
            steps=record.steps,
            changes=record.changes,
            errors=tuple(dict.fromkeys(record.errors)),
            violations=tuple(record.violations),
        )


class _Record:
    """What the engine's events told so far."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self.steps = 0
        self.changes: Mapping[str, int] = {}
        self.errors: list[str] = []
        self.violations: list[Violation] = []

    def take(self, event: EngineEvent) -> None:
        # The stack itself is registered before the program runs.
        if (finished := event.res_outputs_event) and finished.metadata.type != "pulumi:pulumi:Stack":
            self.steps += 1
            self._watch(finished.metadata.op.value, finished.metadata.urn)
        if summary := event.summary_event:
            self.changes = {getattr(op, "value", op): count for op, count in summary.resource_changes.items()}
        if (diagnostic := event.diagnostic_event) and diagnostic.severity == "error":
            message = _plain(diagnostic.message)
            if message not in _SAYS_NOTHING:
                self.errors.append(_PREFIXES.sub("", message))
        if policy := event.policy_event:
            self.violations.append(
                Violation(
                    rule=policy.policy_name,
                    level=policy.enforcement_level,
                    urn=policy.resource_urn or "",
                    message=_plain(policy.message),
                )
            )


def _bury_what_the_sdk_left() -> None:
    """Collect the coroutines the SDK leaves suspended when a program or its engine fails.

    Collected at any later moment they raise there, in the middle of whatever runs; what they raise means nothing.
    """
    hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        gc.collect()
    finally:
        sys.unraisablehook = hook


def _plain(message: str) -> str:
    """Return an engine message without its colour directives."""
    return _COLOURS.sub("", message).strip()


def _last_words(text: str) -> str:
    """Return the end of a command's output, for a failure that came without an event."""
    return "\n".join(text.strip().splitlines()[-20:])
