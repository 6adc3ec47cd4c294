"""The real Pulumi engine, driven through one stack's phases."""

import gc
import json
import re
import runpy
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pulumi import automation as auto
from pulumi.automation.events import EngineEvent, StepEventMetadata

from rehearsal.command import Command
from rehearsal.workspace import PROJECT, Workspace

_PROJECT_NAME: Final = "platform"
# The format of exported states (apitype.DeploymentSchemaVersionCurrent).
_DEPLOYMENT_VERSION: Final = 3
# The engine marks colours as <{%bold%}> and leaves rendering to whoever shows the message.
_COLOURS: Final = re.compile(r"<\{%.*?%\}>")

# What the engine adds for the whole update after it has said what is wrong.
_SAYS_NOTHING: Final = frozenset({"preview failed", "update failed", "destroy failed"})

# What it puts before a message, once or twice, of which it then says one with and one without.
_PREFIXES: Final = re.compile(r"^(Preview failed: |an unhandled error occurred: )+")

# The engine splits a replacement into three steps, of which "replace" is the one in the middle.
_TOLD: Final = frozenset({"create", "update", "replace", "delete", "same"})

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
class Step:
    """What happens to one resource that does not stay as it is.

    Attributes:
        operation: ``create``, ``update``, ``replace``, ``delete``, or, where only that changes, ``protect`` and
            ``unprotect``.
        urn: The resource.
        type: Its type token.
        properties: The input properties that differ; of a replacement those that force it.

    """

    operation: str
    urn: str
    type: str
    properties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one phase did.

    Attributes:
        seconds: Wall-clock time.
        steps: Number of resources the engine got to; 0 when the program was refused before it registered any.
        changes: Number of steps by operation: create, update, replace, delete, same.
        errors: The engine's error messages; empty when the phase succeeded.
        violations: What the policy packs said.
        changed: What happens to each resource that does not stay as it is, in the engine's order.

    """

    seconds: float
    steps: int
    changes: Mapping[str, int]
    errors: tuple[str, ...]
    violations: tuple[Violation, ...] = ()
    changed: tuple[Step, ...] = ()


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
        self._environment: dict[str, str] = {**workspace.environment, "PULUMI_DEBUG_PROVIDERS": debug_providers}
        self._command = Command(pulumi)
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

    def attach(self, debug_providers: str) -> None:
        """Go on with providers that listen elsewhere, as `server.serve` yields it."""
        self._environment["PULUMI_DEBUG_PROVIDERS"] = debug_providers
        self._stack.workspace.env_vars = {**self._stack.workspace.env_vars, "PULUMI_DEBUG_PROVIDERS": debug_providers}

    @property
    def version(self) -> str:
        """The engine's version."""
        return str(self._command.version)

    def preview(self, watch: Watch, *, policy_pack: Path | None = None) -> Outcome:
        """Plan, judged by the policy pack if one is given."""
        packs = [str(policy_pack)] if policy_pack else None
        return self._run(lambda on_event: self._stack.preview(on_event=on_event, policy_packs=packs), watch)

    def up(self, watch: Watch, *, policy_pack: Path | None = None, go_on: bool = False) -> Outcome:
        """Apply, judged by the policy pack if one is given: now every value is known.

        With `go_on` whatever does not need what has failed is tried all the same.
        """
        packs = [str(policy_pack)] if policy_pack else None
        return self._run(
            lambda on_event: self._stack.up(on_event=on_event, policy_packs=packs, continue_on_error=go_on or None),
            watch,
        )

    def destroy(self, watch: Watch) -> Outcome:
        """Destroy."""
        return self._run(lambda on_event: self._stack.destroy(on_event=on_event), watch)

    def refresh(self, watch: Watch, *, clear_pending_creates: bool = False) -> Outcome:
        """Bring the state to what the providers find.

        Args:
            watch: Is told of every resource.
            clear_pending_creates: Whether to forget the creations that a killed update left without an answer.

        """
        return self._run(
            lambda on_event: self._stack.refresh(on_event=on_event, clear_pending_creates=clear_pending_creates), watch
        )

    def kill(self) -> None:
        """Kill whatever the engine is doing; it can save nothing and unlock nothing any more."""
        self._command.kill()

    def unlock(self) -> None:
        """Remove the lock that a killed engine leaves on the stack: `pulumi cancel`.

        A kill in the middle of a write also leaves half a state file (of a file backend: S3 writes all or nothing). The
        copy beside it is one step older, and so calls pending what the lost step was about.
        """
        checkpoint = self._workspace.directory / f"backend/.pulumi/stacks/{_PROJECT_NAME}/{self._workspace.stack}.json"
        if not _is_json(checkpoint):
            shutil.copy(checkpoint.with_name(f"{checkpoint.name}.bak"), checkpoint)
        self._stack.cancel()

    def configure(self, key: str, value: str) -> None:
        """Change a plain value of the stack's configuration, in the copy of its stack file."""
        self._stack.set_config(key, auto.ConfigValue(value))

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

    def replace_state(self, deployment: Mapping[str, Any]) -> None:
        """Import an edited deployment in place of the state."""
        self._stack.import_stack(auto.Deployment(version=_DEPLOYMENT_VERSION, deployment=dict(deployment)))

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
            changed=tuple(record.changed),
        )


class _Record:
    """What the engine's events told so far."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self.steps = 0
        self.changes: Mapping[str, int] = {}
        self.errors: list[str] = []
        self.violations: list[Violation] = []
        self.changed: list[Step] = []

    def take(self, event: EngineEvent) -> None:
        if (begun := event.resource_pre_event) and (step := _step(begun.metadata)):
            self.changed.append(step)
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


def _step(metadata: StepEventMetadata) -> Step | None:
    """Return what a step does; nothing for one that does nothing, or is a part of a replacement."""
    operation = metadata.op.value
    if operation not in _TOLD or metadata.type == "pulumi:pulumi:Stack":
        return None
    properties = (metadata.keys if operation == "replace" else metadata.diffs) or []
    if operation == "same":
        before, after = (bool(state and state.protect) for state in (metadata.old, metadata.new))
        if before == after:
            return None
        operation = "protect" if after else "unprotect"
    return Step(operation=operation, urn=metadata.urn, type=metadata.type, properties=tuple(sorted(properties)))


def _bury_what_the_sdk_left() -> None:
    """Collect the coroutines the SDK leaves suspended when a program or its engine fails.

    Collected at any later moment they raise there, in the middle of whatever runs; what they raise means nothing.
    """
    hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        gc.collect()
    finally:
        sys.unraisablehook = hook


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return False
    return True


def _plain(message: str) -> str:
    """Return an engine message without its colour directives."""
    return _COLOURS.sub("", message).strip()


def _last_words(text: str) -> str:
    """Return the end of a command's output, for a failure that came without an event."""
    return "\n".join(text.strip().splitlines()[-20:])
