"""The picture shows what the graph holds, no line runs over another, and the committed one is of today's prod."""

from itertools import combinations
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from rehearsal.diagram import __main__
from rehearsal.diagram.drawing import svg
from rehearsal.diagram.mermaid import mermaid, of_layer, page
from rehearsal.diagram.model import of_graph
from rehearsal.diagram.places import CARD, places, rows
from rehearsal.parity.environments import MissingError
from tests.rehearsal.diagram.write import PAGE, PICTURE, drawn

_PREFIX = "urn:pulumi:prod::platform::"


def _entry(type_: str, name: str, parent: str = "", *waits: str, **inputs: Any) -> dict[str, Any]:
    urn = f"{_PREFIX}{type_}::{name}"
    return {"urn": urn, "type": type_, "name": name, "parent": parent, "dependencies": list(waits), "inputs": inputs}


def _stack() -> list[dict[str, Any]]:
    network = _entry("platform:foundation:Network", "network")
    vpc = _entry("aws:ec2/vpc:Vpc", "network-vpc", network["urn"])
    cluster = _entry("platform:compute:Cluster", "cluster")
    plane = _entry("aws:eks/cluster:Cluster", "cluster-control-plane", cluster["urn"], vpc["urn"])
    provider = _entry("pulumi:providers:kubernetes", "kubernetes", "", plane["urn"])
    velero = _entry("platform:resilience:Velero", "velero", "", network["urn"])
    chart = _entry("kubernetes:helm.sh/v3:Release", "velero-velero", velero["urn"], chart="oci://x.example.com/velero")
    guard = _entry("platform:resilience:DestroyGuard", "destroy-guard", "", chart["urn"])
    return [network, vpc, cluster, plane, provider, velero, {**chart, "provider": provider["urn"]}, guard]


def test_a_picture_is_what_the_layers_hold_and_wait_for() -> None:
    found = of_graph(_stack())

    assert [(each.name, each.tier, each.aws, each.kubernetes, each.charts) for each in found.layers.values()] == [
        ("network", "foundation", 1, 0, ()),
        ("cluster", "compute", 1, 0, ()),
        ("destroy-guard", "resilience", 0, 0, ()),
        ("velero", "resilience", 0, 1, ("velero",)),
    ]
    # velero waits for the cluster by its provider, and so its own wait for the network says nothing new.
    assert found.waits == (("cluster", "velero"), ("network", "cluster"))
    assert found.last == ("destroy-guard",)


def test_what_holds_no_layer_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        of_graph([_entry("aws:ec2/vpc:Vpc", "network-vpc")])


def test_the_committed_picture_and_page_are_of_prod_as_it_is() -> None:
    picture = drawn()

    assert PICTURE.read_text(encoding="utf-8") == svg(picture), "make diagram, and look at it"
    assert PAGE.read_text(encoding="utf-8") == "\n".join(page(picture)) + "\n", "make diagram, and look at it"


def test_every_layer_of_prod_stands_below_what_it_waits_for_and_on_no_other() -> None:
    picture = drawn()
    found = places(picture)

    assert set(found.cards) == set(picture.layers) - set(picture.last)
    assert all(found.cards[earlier][1] + CARD[1] < found.cards[later][1] for earlier, later in picture.waits)
    for (ax, ay), (bx, by) in combinations(found.cards.values(), 2):
        assert abs(ax - bx) >= CARD[0] or abs(ay - by) >= CARD[1]
    assert all(len(row) == len(set(row.values())) for row in rows(picture))


def test_no_two_lines_of_prod_run_over_each_other_or_behind_a_box() -> None:
    picture = drawn()
    found = places(picture)
    pieces = [(net.source, (line[0], line[1])) for net in found.nets for line in net.lines]

    for (one, (a, b)), (other, (c, d)) in combinations(pieces, 2):
        if one == other:
            continue
        for along, across in ((0, 1), (1, 0)):
            if a[across] == b[across] == c[across] == d[across]:
                assert max(a[along], c[along]) >= min(b[along], d[along]), (one, other)
    for source, ((ax, ay), (bx, by)) in pieces:
        for x, y in found.cards.values():
            inside = max(ax, x) < min(bx, x + CARD[0]) if ay == by else max(ay, y) < min(by, y + CARD[1])
            at = y < ay < y + CARD[1] if ay == by else x < ax < x + CARD[0]
            assert not (inside and at), source


def test_every_wait_of_prod_has_its_arrow() -> None:
    picture = drawn()

    assert sum(len(net.ends) for net in places(picture).nets) == len(picture.waits)


def test_the_picture_is_readable_on_white_and_on_black() -> None:
    root = ET.fromstring(svg(of_graph(_stack())))  # noqa: S314 - what the project itself drew
    style = root.findtext("{http://www.w3.org/2000/svg}style") or ""
    light, dark = style.split("@media (prefers-color-scheme:dark)")
    used = {word for each in root.iter() for word in each.get("class", "").split()} - {"strong", "net", "label"}

    assert used
    assert all(f".{word}{{fill:" in light and f".{word}{{fill:" in dark for word in used)


def test_a_line_of_mermaid_for_each_layer_and_each_arrow() -> None:
    lines = list(mermaid(of_graph(_stack())))

    assert '    l_velero["velero<br/>1 Kubernetes"]' in lines
    assert [line for line in lines if "-->" in line] == ["  l_cluster --> l_velero", "  l_network --> l_cluster"]
    assert list(of_layer(_stack(), "velero"))[1:] == ['  Release["Release<br/>velero"]']
    with pytest.raises(ValueError, match="there is no layer nothing"):
        list(of_layer(_stack(), "nothing"))


def test_the_command_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def missing(stack: str) -> None:
        raise MissingError(f"run `make rehearse STACK={stack}` first")

    monkeypatch.setattr(__main__, "graph_of", missing)

    assert __main__.main(["dev"]) == 2
    assert "make rehearse STACK=dev" in capsys.readouterr().err
