"""The bring-up estimate is the critical path, to the second, on graphs small enough to check by hand."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pulumi_aws
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.report.bring_up import FLOOR, Latencies, Latency, schedule
from rehearsal.report.model import Step
from tests.rehearsal.report.states import State, component, resource, stack, state, urn

LAYER = "platform:test:Layer"
TESTED = Latencies.load()


def latency(token: str, seconds: float, where: dict[str, Any] | None = None) -> Latency:
    return Latency(type=token, seconds=seconds, source="made up", where=where or {})


BY_NAME = Latencies(
    entries=tuple(latency(f"aws:test/x:{seconds}", seconds) for seconds in (0, 1, 5, 10, 60, 600)),
    default=latency("*", 2),
)


def timed(name: str, seconds: int, **more: Any) -> State:
    return resource(name, f"aws:test/x:{seconds}", **more)


def at(name: str, seconds: int) -> str:
    return urn(name, f"aws:test/x:{seconds}")


def starts(*resources: State) -> dict[str, float]:
    return {bar.node.name: bar.start for bar in schedule(state(*resources), BY_NAME).bars}


def test_the_critical_path_is_the_longest_chain_of_waits() -> None:
    vpc = timed("vpc", 5)
    subnet = timed("subnet", 1, after=[at("vpc", 5)])
    key = timed("key", 10)
    cluster = timed("cluster", 600, after=[at("subnet", 1), at("key", 10)])
    role = timed("role", 1)
    nodes = timed("nodes", 60, after=[at("cluster", 600), at("role", 1)])

    made = schedule(state(stack(), vpc, subnet, key, cluster, role, nodes), BY_NAME)

    assert [(bar.node.name, bar.start, bar.finish) for bar in made.path] == [
        ("key", 0, 10),
        ("cluster", 10, 610),
        ("nodes", 610, 670),
    ]
    assert made.estimate.minutes == 670 / 60
    assert made.estimate.path[0] == Step(name="key", type="aws:test/x:10", seconds=10)
    assert {bar.node.name: bar.start for bar in made.bars if not bar.critical} == {"vpc": 0, "subnet": 5, "role": 0}
    assert made.estimate.estimated == 6


def test_what_nothing_waits_for_may_itself_be_the_longest() -> None:
    made = schedule(state(timed("slow", 600), timed("a", 5), timed("b", 5, after=[at("a", 5)])), BY_NAME)

    assert [bar.node.name for bar in made.path] == ["slow"]


def test_a_parent_is_not_waited_for_unless_a_provider_makes_it() -> None:
    layer = component("layer")
    slow = timed("slow", 60, parent=urn("layer", LAYER))
    sibling = timed("sibling", 1, parent=urn("layer", LAYER))
    child = timed("child", 1, parent=at("slow", 60))

    assert starts(layer, slow, sibling, child) == {"slow": 0, "sibling": 0, "child": 60}


def test_children_wait_for_what_their_component_depends_on() -> None:
    # Measured on the real engine: the component registers only then, and its children only after it.
    slow = timed("slow", 60)
    layer = component("layer", after=[at("slow", 60)])
    child = timed("child", 1, parent=urn("layer", LAYER))

    assert starts(slow, layer, child) == {"slow": 0, "child": 60}


def test_a_provider_takes_no_time_but_hands_on_what_it_waits_for() -> None:
    cluster = timed("cluster", 600)
    provider = resource("kubernetes", "pulumi:providers:kubernetes", after=[at("cluster", 600)])
    provided = f"{urn('kubernetes', 'pulumi:providers:kubernetes')}::id"

    assert starts(cluster, provider, timed("namespace", 1, provider=provided)) == {"cluster": 0, "namespace": 600}


def test_a_type_without_a_latency_gets_the_default_and_is_counted() -> None:
    unknown = [resource(name, "aws:new/thing:Thing") for name in ("a", "b")]

    estimate = schedule(state(*unknown, timed("c", 1)), BY_NAME).estimate

    assert (estimate.minutes, dict(estimate.defaulted)) == (2 / 60, {"aws:new/thing:Thing": 2})


def test_an_empty_state_takes_no_time() -> None:
    made = schedule({}, BY_NAME)

    assert (made.bars, made.path, made.estimate.minutes, made.estimate.ratio) == ((), (), 0, 0)


def test_the_floor_is_a_vpc_subnets_a_control_plane_a_node_group_and_a_release() -> None:
    powers = [2**index for index in range(len(FLOOR))]
    entries = tuple(latency(token, power) for (token, _), power in zip(FLOOR, powers, strict=True))
    kinds = [token.rpartition(":")[2] for token, _ in FLOOR]

    assert Latencies(entries=entries, default=latency("*", 1000)).floor_seconds == 1 + 2 + 4 + 8 + 16
    assert kinds == ["Vpc", "Subnet", "Cluster", "NodeGroup", "Release"]


def test_the_ratio_is_that_to_the_floor() -> None:
    floor = [resource(token, token, inputs=dict(inputs)) for token, inputs in FLOOR]
    chained = [entry | {"dependencies": [before["urn"]]} for before, entry in pairwise(floor)]

    estimate = schedule(state(floor[0], *chained)).estimate

    assert estimate.ratio == pytest.approx(1.0)
    assert estimate.floor_minutes == (12 + 11 + 606 + 119 + 75) / 60


@pytest.mark.parametrize(
    ("inputs", "seconds"),
    [({"vpcEndpointType": "Interface"}, 90), ({"vpcEndpointType": "Gateway"}, 6), ({}, 6)],
    ids=["interface", "gateway", "unset"],
)
def test_inputs_can_decide_how_long_a_creation_takes(inputs: dict[str, Any], seconds: float) -> None:
    assert TESTED.of("aws:ec2/vpcEndpoint:VpcEndpoint", inputs).seconds == seconds


@pytest.mark.parametrize("entry", TESTED.entries, ids=lambda entry: f"{entry.type}{dict(entry.where) or ''}")
def test_every_latency_can_be_reached_and_says_where_it_is_from(entry: Latency) -> None:
    assert TESTED.of(entry.type.replace("*", "thing"), entry.where) is entry, "an earlier entry hides this one"
    assert entry.seconds >= 0
    assert len(entry.source) > 20


EXACT = sorted({entry.type for entry in TESTED.entries if entry.type.startswith("aws:") and "*" not in entry.type})


@pytest.mark.parametrize("token", EXACT)
def test_every_aws_type_with_a_latency_exists(token: str) -> None:
    service, kind = token.split(":")[1].split("/")
    file = re.sub("([A-Z])", r"_\1", kind).lower()
    module = Path(pulumi_aws.__path__[0]) / service / f"{file}.py"

    assert f"'{token}'" in module.read_text(encoding="utf-8")


@st.composite
def random_states(draw: st.DrawFn) -> list[tuple[int, list[int]]]:
    size = draw(st.integers(1, 7))
    earlier = [st.lists(st.integers(0, index - 1), unique=True) if index else st.just([]) for index in range(size)]
    return [(draw(st.sampled_from([0, 1, 5, 10])), draw(before)) for before in earlier]


@given(random_states())
def test_minutes_and_starts_are_those_of_the_longest_chain(described: list[tuple[int, list[int]]]) -> None:
    names = [at(f"n{index}", seconds) for index, (seconds, _) in enumerate(described)]
    resources = [
        timed(f"n{index}", seconds, after=[names[before] for before in earlier])
        for index, (seconds, earlier) in enumerate(described)
    ]

    def finish(index: int) -> int:
        seconds, earlier = described[index]
        return seconds + max((finish(before) for before in earlier), default=0)

    made = schedule(state(*resources), BY_NAME)

    assert {bar.node.name: bar.finish for bar in made.bars} == {f"n{i}": finish(i) for i in range(len(described))}
    assert made.estimate.minutes == max(finish(index) for index in range(len(described))) / 60
    assert [bar.start for bar in made.path] == [0.0, *(bar.finish for bar in made.path)][: len(made.path)]
