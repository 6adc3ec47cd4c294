"""The four measures: the program over its floor, judged over unjudged, its growth, the bring-up over a bare one."""

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final
from unittest import mock

from bench import floor
from bench.measures import Measure, Timed, in_turn, measure
from components.assembly import ground
from components.compute import node_groups
from rehearsal.aws.provider import AwsStandIn
from rehearsal.engine import Engine, project_program
from rehearsal.kubernetes.control_plane import ControlPlane
from rehearsal.kubernetes.provider import KubernetesStandIn
from rehearsal.progress import Progress
from rehearsal.providers.random import RandomStandIn
from rehearsal.providers.server import serve
from rehearsal.run import POLICY_PACK, Rehearsal, rehearse
from rehearsal.workspace import prepare
from tools.build import path_of

_PREVIEW_GOAL: Final = 1.25
_PACKS_GOAL: Final = 1.25
_GROWTH_GOAL: Final = 1.15
_BRING_UP_GOAL: Final = 1.2
_GROWTH: Final = (1, 2, 4, 8)


class BenchError(Exception):
    """A measurement could not be taken; the text is the engine's or the rehearsal's own."""


def run(stack: str, pairs: int) -> list[Measure]:
    """Rehearse the stack once, then take all measures.

    Raises:
        BenchError: the stack does not pass its rehearsal, or a preview fails.

    """
    with tempfile.TemporaryDirectory() as directory:
        found = rehearse(stack, Progress(io.StringIO()), control_plane_directory=Path(directory))
    if not found.report.passed:
        raise BenchError(f"{stack} does not pass its rehearsal, so there is nothing to measure: make rehearse")
    with _previews(stack) as previews:
        return [
            _over_the_floor(stack, previews, found.deployment, pairs),
            _judged(stack, previews, pairs),
            _growth(previews, found.deployment, pairs),
            _bring_up(found),
        ]


class _Previews:
    """Previews of programs in a stack in which nothing was made."""

    def __init__(self, engine: Callable[[Callable[[], None]], Engine]) -> None:
        self._engine = engine
        self.resources: dict[str, int] = {}

    def timed(self, name: str, program: Callable[[], None], *, policy_pack: Path | None = None) -> Timed:
        """Return what previews the program and tells how long it took; `resources` counts its resources."""
        engine = self._engine(program)

        def preview() -> float:
            # A component is finished twice, once with its outputs.
            urns: set[str] = set()
            outcome = engine.preview(lambda _, urn: urns.add(urn), policy_pack=policy_pack)
            if outcome.errors:
                raise BenchError(f"the preview of {name} failed: {'; '.join(outcome.errors)}")
            self.resources[name] = len(urns)
            return outcome.seconds

        return preview


@contextmanager
def _previews(stack: str) -> Iterator[_Previews]:
    with ExitStack() as resources:
        plane = resources.enter_context(ControlPlane(Path(resources.enter_context(tempfile.TemporaryDirectory()))))
        aws = resources.enter_context(AwsStandIn())
        providers = resources.enter_context(serve(aws, KubernetesStandIn(plane.api_client()), RandomStandIn()))

        def engine(program: Callable[[], None]) -> Engine:
            return Engine(resources.enter_context(prepare(stack)), path_of("pulumi"), providers, program)

        yield _Previews(engine)


def _over_the_floor(stack: str, previews: _Previews, deployment: Any, pairs: int) -> Measure:
    taken = in_turn(
        {
            "program": previews.timed("program", project_program),
            "floor": previews.timed("floor", floor.program(deployment)),
        },
        pairs,
    )
    assert previews.resources["program"] == previews.resources["floor"], previews.resources  # noqa: S101 - else it is no floor
    return measure(
        f"preview({stack}) / preview(floor)",
        [ours / bare for ours, bare in zip(taken["program"], taken["floor"], strict=True)],
        _PREVIEW_GOAL,
        f"{min(taken['program']):.2f} s and {min(taken['floor']):.2f} s at best, of "
        f"{previews.resources['floor']} resources",
    )


def _judged(stack: str, previews: _Previews, pairs: int) -> Measure:
    """Compare a preview that the policy packs judge, their start included, with one that nobody judges."""
    taken = in_turn(
        {
            "judged": previews.timed("judged", project_program, policy_pack=POLICY_PACK),
            "unjudged": previews.timed("unjudged", project_program),
        },
        pairs,
    )
    return measure(
        f"preview({stack}) with the policy packs / without",
        [with_ / without for with_, without in zip(taken["judged"], taken["unjudged"], strict=True)],
        _PACKS_GOAL,
        f"{min(taken['judged']):.2f} s and {min(taken['unjudged']):.2f} s at best",
    )


def _growth(previews: _Previews, deployment: Any, pairs: int) -> Measure:
    """Compare how the program grows with its node groups with how the floor grows with the same resources.

    Not with a straight line: the SDK itself grows faster than that. It waits for all outputs that are still to come
    anew whenever one of them has come (`pulumi.runtime.stack.wait_for_rpcs`).
    """
    runs = {}
    for times in _GROWTH:
        runs[f"{times}x"] = previews.timed(f"{times}x", _with_node_groups(times))
        bare = floor.program(deployment, layer=node_groups.Nodes.kind, times=times)
        runs[f"{times}x of the floor"] = previews.timed(f"{times}x of the floor", bare)
    taken = in_turn(runs, pairs)
    for times in _GROWTH:
        as_many = previews.resources[f"{times}x"] == previews.resources[f"{times}x of the floor"]
        assert as_many, previews.resources  # noqa: S101 - else it is no floor

    def over_the_floor(times: int, pair: int) -> float:
        return taken[f"{times}x"][pair] / taken[f"{times}x of the floor"][pair]

    first, *_, most = _GROWTH
    figures = (
        f"{times}x: {previews.resources[f'{times}x']} in {min(taken[f'{times}x']):.2f} s, the floor in "
        f"{min(taken[f'{times}x of the floor']):.2f} s"
        for times in _GROWTH
    )
    return measure(
        f"preview / floor at {most}x the node groups over that at {first}x",
        [over_the_floor(most, pair) / over_the_floor(first, pair) for pair in range(pairs)],
        _GROWTH_GOAL,
        "; ".join(figures),
    )


def _with_node_groups(times: int) -> Callable[[], None]:
    """Return the program with so many times the layer of the nodes, under other names."""
    nodes = node_groups.Nodes

    def several(name: str, *arguments: Any, **named: Any) -> Any:
        for number in range(2, times + 1):
            nodes(f"{name}-{number}", *arguments, **named)
        return nodes(name, *arguments, **named)

    def program() -> None:
        with mock.patch.object(ground, "Nodes", several):
            project_program()

    return program


def _bring_up(found: Rehearsal) -> Measure:
    """Return the estimate of the rehearsal; it has no spread, for it is computed."""
    estimate = found.report.bring_up
    return measure(
        "bring-up / bring-up of a bare cluster",
        [estimate.ratio],
        _BRING_UP_GOAL,
        f"{estimate.minutes:.1f} and {estimate.floor_minutes:.1f} minutes by typical creation times",
    )
