"""Where trials happen: one API server and one emulator of AWS for all, emptied before each."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from rehearsal.aws.emulator import Emulator
from rehearsal.aws.provider import AwsStandIn
from rehearsal.drill.world import World, look
from rehearsal.engine import Engine, Outcome, project_program
from rehearsal.faults import Fault
from rehearsal.kubernetes.control_plane import ControlPlane
from rehearsal.kubernetes.inventory import ObjectKey, snapshot
from rehearsal.kubernetes.provider import KubernetesStandIn
from rehearsal.kubernetes.readiness import poll
from rehearsal.kubernetes.resource_types import discover
from rehearsal.kubernetes.rest import Rest
from rehearsal.providers.random import RandomStandIn
from rehearsal.providers.server import serve
from rehearsal.workspace import PROJECT, Workspace, prepare
from tools.build import path_of

_NAMESPACE: Final = ("", "Namespace")
_EMPTY_SECONDS: Final = 30


class NotEmptyError(Exception):
    """A trial left something on the API server that cannot be removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One trial's engine and providers.

    Attributes:
        engine: The engine; its state is empty at first.
        aws: AWS.
        kubernetes: The API server, as the provider uses it.
        objects: Tells what the stack has made on the API server.

    """

    engine: Engine
    aws: AwsStandIn
    kubernetes: KubernetesStandIn
    objects: Callable[[], frozenset[ObjectKey]]

    def up(self, *, go_on: bool = False) -> Outcome:
        """Apply, without a policy pack: they have judged the undisturbed stack in its rehearsal."""
        return self.engine.up(watch, go_on=go_on)

    def refresh(self) -> Outcome:
        """Bring the state to what there is; creations that are still pending are forgotten."""
        return self.engine.refresh(watch, clear_pending_creates=True)

    def world(self) -> World:
        """Return what exists now."""
        return look(self.engine.state(), self.aws, self.objects())


class Site:
    """Opens one stage after another; use it inside its `with` block.

    Args:
        stack: The stack.
        directory: Where API servers keep data and logs.
        stacks: Where the stack files lie.
        program: What the engine runs.

    """

    def __init__(
        self, stack: str, directory: Path, *, stacks: Path = PROJECT, program: Callable[[], None] = project_program
    ) -> None:
        self._stack = stack
        self._directory = directory
        self._stacks = stacks
        self._program = program
        self._resources = ExitStack()

    def __enter__(self) -> Self:
        """Start the API server and the emulator."""
        with ExitStack() as starting:
            self._workspace: Workspace = starting.enter_context(
                # What a killed engine had saved is what all this is about.
                prepare(self._stack, self._stacks, checkpoints=True)
            )
            self.emulator = starting.enter_context(Emulator())
            self.plane = starting.enter_context(ControlPlane(self._directory / "plane"))
            self._own = snapshot(self.plane.api_client())
            self._engine = Engine(self._workspace, path_of("pulumi"), "", self._program)
            self.backend = self._workspace.directory / "backend"
            self._pristine = self._workspace.directory / "pristine"
            shutil.copytree(self.backend, self._pristine)
            self._resources = starting.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything."""
        self._resources.__exit__(kind, error, trace)

    @contextmanager
    def stage(self, fault: Fault | None = None) -> Iterator[Stage]:
        """Empty AWS, the API server and the state, and open a stage on which `fault` comes in between."""
        self.emulator.reset()
        clear(self.plane, self._own)
        shutil.rmtree(self.backend)
        shutil.copytree(self._pristine, self.backend)
        with self.joined(self.plane, AwsStandIn(self.emulator), fault) as stage:
            yield stage

    @contextmanager
    def joined(self, plane: ControlPlane, aws: AwsStandIn, fault: Fault | None = None) -> Iterator[Stage]:
        """Open a stage with this API server, and AWS and the state as they are."""
        kubernetes = KubernetesStandIn(plane.api_client())
        own = self._own
        with serve(aws, kubernetes, RandomStandIn(), fault=fault) as providers:
            # One engine for all: making one takes 1 s.
            self._engine.attach(providers)
            yield Stage(
                engine=self._engine,
                aws=aws,
                kubernetes=kubernetes,
                objects=lambda: snapshot(plane.api_client()) - own,
            )


def clear(plane: ControlPlane, own: frozenset[ObjectKey]) -> None:
    """Remove every object from an API server but its own.

    Raises:
        NotEmptyError: something stays.

    """
    rest = Rest(plane.api_client())
    types = {(each.group, each.kind): each for each in discover(rest)}
    surplus = snapshot(plane.api_client()) - own
    # Namespaces last: their contents go first.
    for key in sorted(surplus, key=lambda key: (key.group, key.kind) == _NAMESPACE):
        path = types[key.group, key.kind].path(key.namespace, key.name)
        # What went with its namespace or its definition is gone already.
        rest.delete(path)
        if (key.group, key.kind) == _NAMESPACE and (remaining := rest.find(path)) is not None:
            # The controller would take 6 s to see that it is empty.
            rest.request("PUT", f"{path}/finalize", body={**remaining, "spec": {"finalizers": []}})
    if not poll(lambda: not snapshot(plane.api_client()) - own, _EMPTY_SECONDS):
        left = ", ".join(str(key) for key in sorted(snapshot(plane.api_client()) - own))
        raise NotEmptyError(f"the API server still holds, after {_EMPTY_SECONDS} s: {left}")


def watch(operation: str, urn: str) -> None:
    """Nobody watches single resources of a trial."""
    del operation, urn
