"""The trials: an undisturbed run, a creation that fails, an answer that is lost, an engine that is killed."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from rehearsal.drill.site import Site, Stage, watch
from rehearsal.drill.world import Differences, World, compare
from rehearsal.faults import FailOnce, KillAfter, Struck
from rehearsal.providers.standin import RefusedError, Resource, StandIn
from rehearsal.recovery import recover

# A failed creation is made up for by the next update; the second is for what both failed and was in the way.
_UPDATES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of one trial.

    Attributes:
        what: What was disturbed: a resource, or the number of creations before the kill.
        type: The resource's type token, or empty.
        updates: How many updates it took after the disturbance.
        errors: What the last of them said, if it failed.
        differences: How the world ended up.
        seconds: How long it took.
        found: What the operator had to do about it, in words.

    """

    what: str
    type: str = ""
    updates: int = 0
    errors: tuple[str, ...] = ()
    differences: Differences = field(default_factory=Differences)
    seconds: float = 0.0
    found: str = ""

    @property
    def converged(self) -> bool:
        """Whether an update succeeded in the end and nothing differs."""
        return not self.errors and not self.differences


class DisturbedError(Exception):
    """The stack does not come up even when nothing disturbs it."""


def undisturbed(site: Site) -> tuple[World, tuple[Resource, ...]]:
    """Run the stack once; return the world and the resources that providers made, in their order.

    Raises:
        DisturbedError: it fails.

    """
    made: list[Resource] = []

    class Listener:
        def around(self, resource: Resource, create: Callable[[], Any]) -> Any:
            made.append(resource)
            return create()

    with site.stage(Listener()) as stage:
        outcome = stage.up()
        if outcome.errors:
            raise DisturbedError("the stack does not come up by itself:\n" + "\n".join(outcome.errors))
        return stage.world(), tuple(made)


def fail(site: Site, expected: World, resource: Resource) -> Trial:
    """Have the creation of one resource fail once, and update until it succeeds."""
    started = time.monotonic()
    fault = FailOnce(resource.urn)
    with site.stage(fault) as stage:
        first = stage.up()
        assert fault.struck, f"{resource.urn} was never created"  # noqa: S101 - it was, undisturbed
        assert first.errors  # noqa: S101 - the provider refused
        trial = _settle(stage, expected, Trial(what=resource.name, type=resource.type))
    return replace(trial, seconds=time.monotonic() - started)


def fail_all(site: Site, expected: World, advance: Callable[[str], None] = lambda _: None) -> Trial:
    """Have the first creation of every resource fail, and update until no update does anything else.

    An update comes one step further along every chain of dependencies, for nothing is tried before what it needs.
    """
    started = time.monotonic()
    fault = FailOnce("*")
    with site.stage(fault) as stage:
        errors: tuple[str, ...] = ()
        updates, going = 0, True
        while going:
            before = len(fault.struck)
            errors = stage.up(go_on=True).errors
            updates += 1
            advance(f"{len(fault.struck)} creations have failed once after {updates} updates")
            # One that failed although nothing new was struck has a fault of its own.
            going = bool(errors) and len(fault.struck) > before
        trial = Trial(
            what=f"{len(fault.struck)} creations",
            updates=updates,
            errors=errors,
            differences=compare(expected, stage.world()),
        )
    return replace(trial, seconds=time.monotonic() - started)


def lose_answer(site: Site, expected: World, resource: Resource) -> Trial:
    """Have the answer to one creation get lost, and see what the next update makes of it.

    What is then not as it should be, is deleted as an operator would; that must end it.
    """
    started = time.monotonic()
    fault = FailOnce(resource.urn, answer_lost=True)
    with site.stage(fault) as stage:
        stage.up()
        trial = _settle(stage, expected, Trial(what=resource.name, type=resource.type))
        found = "taken over by the next update"
        if not trial.converged:
            found = f"refused: {trial.errors[0]}" if trial.errors else "made twice"
            found += f"; {_deleted_by_hand(stage, fault.struck[0])}"
            trial = _settle(stage, expected, trial)
    return replace(trial, seconds=time.monotonic() - started, found=found)


def _deleted_by_hand(stage: Stage, struck: Struck) -> str:
    provider: StandIn = stage.aws if struck.resource.type.startswith("aws:") else stage.kubernetes
    try:
        provider.delete(struck.resource, struck.identifier, dict(struck.outputs))
    except RefusedError as refusal:
        return f"cannot be deleted: {refusal}"
    return "deleted by hand"


def kill(site: Site, expected: World, creations: int, *, adopting: bool = True) -> Trial:
    """Kill the engine after a number of creations, and do what the runbook says.

    Args:
        site: Where.
        expected: The undisturbed world.
        creations: When.
        adopting: Whether what was being created is looked for in AWS; otherwise the stack is only unlocked and updated.

    """
    started = time.monotonic()
    fault = KillAfter(creations)
    with site.stage(fault) as stage:
        fault.arm(stage.engine.kill)
        stage.up()
        fault.wait_until_quiet()
        if adopting:
            found = str(recover(stage.engine, stage.aws, stage.kubernetes, watch))
        else:
            stage.engine.unlock()
            found = "nothing looked for"
        trial = _settle(stage, expected, Trial(what=f"after {creations} creations"))
        if trial.differences.missing and not adopting:
            stage.refresh()
            trial = _settle(stage, expected, trial)
    return replace(trial, seconds=time.monotonic() - started, found=found)


def _settle(stage: Stage, expected: World, trial: Trial) -> Trial:
    """Update until that succeeds, at most a few times, and compare."""
    updates, errors = trial.updates, trial.errors
    for _ in range(_UPDATES):
        updates += 1
        previous, errors = errors, stage.up().errors
        if not errors or errors == previous:
            break
    return replace(trial, updates=updates, errors=errors, differences=compare(expected, stage.world()))
