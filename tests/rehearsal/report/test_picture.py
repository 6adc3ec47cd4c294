"""bring-up.svg is well-formed, true to the schedule, and stays inside its frame."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from rehearsal.report.bring_up import Latencies, Latency, Schedule, schedule
from rehearsal.report.lanes import NO_LAYER, Lane, Scale, lanes, layers_of
from rehearsal.report.picture import picture
from tests.rehearsal.report.states import State, component, resource, stack, state, urn

LAYER = "platform:test:Layer"
STACK = urn("platform-prod", "pulumi:pulumi:Stack")
SVG = "{http://www.w3.org/2000/svg}"
LATENCIES = Latencies(
    entries=tuple(
        Latency(type=f"aws:test/x:{seconds}", seconds=seconds, source="made up", where={})
        for seconds in (1, 30, 60, 600, 605)
    ),
    default=Latency(type="*", seconds=2, source="made up", where={}),
)


def timed(name: str, seconds: int, layer: str = "", **more: Any) -> State:
    return resource(name, f"aws:test/x:{seconds}", **({"parent": urn(layer, LAYER)} if layer else {}), **more)


def at(name: str, seconds: int) -> str:
    return urn(name, f"aws:test/x:{seconds}")


def layer(name: str, parent: str = STACK) -> State:
    return component(name, parent=parent)


PLATFORM = state(
    stack(),
    layer("network"),
    layer("compute"),
    resource("default", "pulumi:providers:aws"),
    timed("network-vpc", 60, "network"),
    timed("network-tag", 1, "network"),
    timed("compute-cluster", 600, "compute", after=[at("network-vpc", 60)]),
    timed("compute-nodes", 60, "compute", after=[at("compute-cluster", 600)]),
    timed("compute-logs", 60, "compute"),
)


def laid_out(deployment: State) -> Schedule:
    return schedule(deployment, LATENCIES)


def drawn(deployment: State) -> ET.Element:
    return ET.fromstring(picture("prod", laid_out(deployment)))  # noqa: S314 - our own output


def titles(root: ET.Element, marked: str) -> list[str]:
    found = [element for element in root.iter() if element.get("class") == marked]
    return [element.findtext(f"{SVG}title", "") for element in found]


def lanes_of(deployment: State) -> list[Lane]:
    made = laid_out(deployment)
    return lanes(made, Scale(left=100, width=720, seconds=720))


def test_every_resource_a_provider_makes_is_drawn_once() -> None:
    root = drawn(PLATFORM)

    assert sorted(titles(root, "critical bar")) == [
        "compute-cluster (aws:test/x:600): 1 min to 11 min",
        "compute-nodes (aws:test/x:60): 11 min to 12 min",
        "network-vpc (aws:test/x:60): 0 s to 1 min",
    ]
    assert titles(root, "bar") == ["compute-logs (aws:test/x:60): 0 s to 1 min"]
    assert titles(root, "dot") == ["network-tag (aws:test/x:1): 0 s to 1 s"]


def test_bars_are_as_long_as_the_creation_takes() -> None:
    network, compute = lanes_of(PLATFORM)

    assert [(bar.bar.node.name, bar.x, bar.width) for bar in network.bars] == [("network-vpc", 100, 60)]
    assert {bar.bar.node.name: (bar.x, bar.width) for bar in compute.bars} == {
        "compute-cluster": (160, 600),
        "compute-nodes": (760, 60),
        "compute-logs": (100, 60),
    }


def test_lanes_are_layers_in_the_order_they_are_complete() -> None:
    assert [(lane.name, len(lane.bars), len(lane.dots)) for lane in lanes_of(PLATFORM)] == [
        ("network", 1, 1),
        ("compute", 3, 0),
    ]


def test_labels_leave_out_what_the_lane_already_says() -> None:
    labels = {bar.bar.node.name: bar.label.text for lane in lanes_of(PLATFORM) for bar in lane.bars if bar.label}

    assert labels == {
        "network-vpc": "vpc, 1 min",
        "compute-cluster": "cluster, 10 min",
        "compute-nodes": "nodes, 1 min",
        "compute-logs": "logs",
    }


def test_a_narrow_bar_off_the_critical_path_has_no_label() -> None:
    (lane,) = lanes_of(state(timed("slow", 600), timed("narrow", 30)))

    assert {bar.bar.node.name: bar.label is not None for bar in lane.bars} == {"slow": True, "narrow": False}


def test_what_is_critical_has_a_label_however_short() -> None:
    (lane,) = lanes_of(state(timed("slow", 600), timed("last", 1, after=[at("slow", 600)])))

    assert [(bar.label.text if bar.label else "", bar.width) for bar in lane.bars] == [
        ("slow, 10 min", 600),
        ("last, 1 s", 3),
    ]


def test_bars_and_labels_of_one_row_do_not_overlap() -> None:
    crowd = [timed(f"compute-thing-{number}", 60, "compute") for number in range(6)]
    compute = lanes_of(PLATFORM | {"resources": [*PLATFORM["resources"], *crowd]})[1]

    begun_together = [bar.row for bar in compute.bars if bar.x == 100]

    assert len(begun_together) == 7
    assert len(set(begun_together)) == 7


@pytest.mark.parametrize("number", [3, 400], ids=["a few", "hundreds"])
def test_dots_that_begin_together_never_cover_each_other_nor_leave_the_plot(number: int) -> None:
    late = [timed(f"n{index}", 1, after=[at("slow", 605)]) for index in range(number)]
    (lane,) = lanes_of(state(timed("slow", 605), *late))

    places = {(dot.x, dot.level) for dot in lane.dots}

    assert len(places) == len(lane.dots) == number - 1
    assert all(100 <= x <= 820 for x, _ in places)
    assert number > 3 or all(x >= 705 for x, _ in places), "the dots stand before their resources can begin"
    assert lane.levels <= 20


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        pytest.param([layer("network"), timed("vpc", 60, "network")], {"vpc": "network"}, id="one layer"),
        pytest.param([timed("vpc", 60, parent=STACK)], {"vpc": NO_LAYER}, id="no component"),
        pytest.param(
            [
                layer("a"),
                layer("inner", urn("a", LAYER)),
                layer("b"),
                timed("deep", 60, "inner"),
                timed("vpc", 60, "b"),
            ],
            {"deep": "a", "vpc": "b"},
            id="a component inside a layer",
        ),
        pytest.param(
            [
                layer("platform"),
                *(layer(name, urn("platform", LAYER)) for name in ("a", "b")),
                timed("x", 60, "a"),
                timed("y", 60, "b"),
                timed("z", 60, "platform"),
            ],
            {"x": "a", "y": "b", "z": "platform"},
            id="a component around all layers",
        ),
    ],
)
def test_a_layer_is_the_outermost_component_that_does_not_hold_everything(
    resources: list[State], expected: dict[str, str]
) -> None:
    made = laid_out(state(stack(), *resources))

    assert {found.rpartition("::")[2]: name for found, name in layers_of(made).items()} == expected


def test_nothing_is_drawn_outside_the_frame() -> None:
    root = drawn(PLATFORM)
    width, height = float(root.get("width", "0")), float(root.get("height", "0"))

    assert width == 1100
    for element in root.iter():
        for key, limit in (("x", width), ("x1", width), ("x2", width), ("cx", width), ("y", height), ("cy", height)):
            assert 0 <= float(element.get(key, "0")) <= limit
        assert float(element.get("x", "0")) + float(element.get("width", "0")) <= width


def test_the_critical_path_is_joined_where_one_bar_ends_and_the_next_begins() -> None:
    root = drawn(PLATFORM)
    bars = sorted((rect for rect in root.iter(f"{SVG}rect") if rect.get("class") == "critical bar"), key=_begin)
    lines = [line for line in root.iter(f"{SVG}line") if line.get("stroke-width") == "1.5"]

    assert [_begin(after) for after in bars[1:]] == pytest.approx(
        [_begin(bar) + _width(bar) for bar in bars[:-1]], abs=0.2
    )
    assert [float(line.get("x1", "")) for line in lines] == pytest.approx(
        [_begin(after) for after in bars[1:]], abs=0.2
    )
    assert all(line.get("x1") == line.get("x2") for line in lines)


def _begin(rect: ET.Element) -> float:
    return float(rect.get("x", ""))


def _width(rect: ET.Element) -> float:
    return float(rect.get("width", ""))


def test_names_cannot_break_the_picture() -> None:
    root = drawn(state(layer('<b> & "c"'), timed("vpc", 60, '<b> & "c"')))

    assert '<b> & "c"' in [element.text for element in root.iter(f"{SVG}text")]


def test_a_long_layer_name_is_cut_before_it_reaches_the_bars() -> None:
    name = "a-layer-with-a-name-that-nobody-would-choose"
    root = drawn(state(layer(name), timed("vpc", 60, name)))

    (shown,) = [element.text for element in root.iter(f"{SVG}text") if (element.text or "").startswith("a-layer")]

    assert shown is not None
    assert shown.endswith("…")
    assert len(shown) < 31


def test_the_heading_says_how_long_and_how_that_compares() -> None:
    texts = [element.text or "" for element in drawn(PLATFORM).iter(f"{SVG}text")]

    assert texts[0] == "prod: ready about 12 minutes after the first pulumi up begins"
    assert texts[1].startswith("5 resources in 2 layers, ")


def test_the_same_state_gives_the_same_picture_in_whatever_order_it_was_written() -> None:
    reversed_state = PLATFORM | {"resources": PLATFORM["resources"][::-1]}

    assert picture("prod", laid_out(PLATFORM)) == picture("prod", laid_out(reversed_state))


def test_an_empty_state_still_gives_a_picture() -> None:
    assert drawn({}).tag == f"{SVG}svg"
