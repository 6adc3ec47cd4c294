"""Draws the picture as SVG: readable on white and on black, and the same bytes for the same graph."""

from typing import Final
from xml.etree import ElementTree as ET

from rehearsal.diagram.model import Drawn, Picture
from rehearsal.diagram.places import CARD, Net, Places, places

# One colour for each tier, light and dark: apart for eyes that see no difference of red and green too, as each card
# stands in its tier's panel besides.
_COLOURS: Final = {
    "foundation": ("#8a5a00", "#e0a94a"),
    "compute": ("#1f6feb", "#6cb0ff"),
    "networking": ("#0f7b6c", "#4fd1bd"),
    "capacity": ("#6b7785", "#a8b3bf"),
    "resilience": ("#a8410f", "#ff9a66"),
    "security": ("#b3203f", "#ff8095"),
    "observability": ("#6f42c1", "#b794f6"),
}
_OTHER: Final = ("#444c56", "#c0c8d0")
_INKS: Final = {
    "ground": ("#ffffff", "#0d1117"),
    "card": ("#ffffff", "#161b22"),
    "panel": ("#f3f5f8", "#131920"),
    "ink": ("#1f2933", "#e6edf3"),
    "grey": ("#57606a", "#9aa6b2"),
}
_FOOT: Final = 66.0
_MARGIN: Final = 16.0
_MOST_CHARTS: Final = 28


def svg(picture: Picture) -> str:
    """Return the picture as SVG text."""
    found = places(picture)
    width, height = found.width, found.height + (_FOOT if picture.last else 0)
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": _number(width),
            "height": _number(height),
            "viewBox": f"0 0 {_number(width)} {_number(height)}",
            "font-family": "Helvetica, Arial, 'DejaVu Sans', sans-serif",
            "font-size": "11",
            "role": "img",
        },
    )
    ET.SubElement(root, "title").text = f"The layers of {picture.stack}, and which waits for which"
    ET.SubElement(root, "style").text = _style(picture)
    _rect(root, (0, 0, width, height), css="ground", rx=8)
    _head(root, picture)
    for place in found.panels.values():
        _rect(root, place, css="panel", rx=8)
    for net in found.nets:
        _net(root, net, picture.layers[net.source].tier)
    for tier, place in found.panels.items():
        # Over the lines, with some of the ground around it: not every program that shows SVG knows `paint-order`.
        for css in ("panel strong label", f"{tier} strong"):
            _text(root, (place[0] + 8, place[1] + 14), tier.upper(), css=css, size=10)
    for name, corner in found.cards.items():
        _card(root, picture.layers[name], corner)
    for name in picture.last:
        _last(root, picture.layers[name], found)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _style(picture: Picture) -> str:
    """Return the colours of light pages, and those of dark ones for whoever prefers them."""
    colours = {tier: _COLOURS.get(tier, _OTHER) for tier in picture.tiers()}
    modes = []
    for mode in (0, 1):
        rules = [f".{name}{{fill:{inks[mode]}}}" for name, inks in _INKS.items()]
        for tier, inks in colours.items():
            rules += [f".{tier}{{fill:{inks[mode]}}}", f".net.{tier}{{stroke:{inks[mode]};fill:none}}"]
            rules.append(f".card.{tier}{{fill:{_INKS['card'][mode]};stroke:{inks[mode]}}}")
        rules.append(f".label{{stroke:{_INKS['panel'][mode]}}}")
        modes.append("".join(rules))
    return (
        f".strong{{font-weight:bold}}.net{{stroke-width:1.4;opacity:.85}}.card{{stroke-width:1}}.label{{stroke-width:5}}{modes[0]}"
        f"@media (prefers-color-scheme:dark){{{modes[1]}}}"
    )


def _head(root: ET.Element, picture: Picture) -> None:
    resources = sum(layer.aws + layer.kubernetes for layer in picture.layers.values())
    charts = sum(len(layer.charts) for layer in picture.layers.values())
    _text(root, (_MARGIN, 34), f"{picture.stack}: {len(picture.layers)} layers", css="ink strong", size=20)
    facts = (
        f"{resources} resources, among them releases of {charts} Helm charts. "
        "In each box: resources of AWS, objects of Kubernetes, and charts."
    )
    _text(root, (_MARGIN, 54), facts, css="grey", size=12)
    how = "A line leads from a layer to those that wait for it; what follows from other lines is left out."
    _text(root, (_MARGIN, 70), how, css="grey", size=12)


def _net(root: ET.Element, net: Net, tier: str) -> None:
    path = "".join(f"M{_number(a[0])} {_number(a[1])}L{_number(b[0])} {_number(b[1])}" for a, b in net.lines)
    ET.SubElement(root, "path", {"class": f"net {tier}", "d": path})
    heads = "".join(f"M{_number(x)} {_number(y)}l-7 -3.5v7z" for x, y in net.ends)
    ET.SubElement(root, "path", {"class": tier, "d": heads})


def _card(root: ET.Element, layer: Drawn, corner: tuple[float, float]) -> None:
    x, y = corner
    _rect(root, (x, y, *CARD), css=f"card {layer.tier}", rx=5)
    _rect(root, (x, y, 4, CARD[1]), css=layer.tier, rx=2)
    shift = 0 if layer.charts else 6
    _text(root, (x + 11, y + 15 + shift), layer.name, css="ink strong", size=12)
    _text(root, (x + 11, y + 28 + shift), counts(layer), css="grey", size=10)
    if layer.charts:
        _text(root, (x + 11, y + 40), _charts(layer), css=layer.tier, size=10)


def _last(root: ET.Element, layer: Drawn, found: Places) -> None:
    place = (_MARGIN, found.height + 6, found.width - 2 * _MARGIN, CARD[1])
    _rect(root, place, css=f"card {layer.tier}", rx=5)
    _rect(root, (*place[:2], 4, CARD[1]), css=layer.tier, rx=2)
    _text(root, (place[0] + 11, place[1] + 21), layer.name, css="ink strong", size=12)
    _text(
        root,
        (place[0] + 11, place[1] + 34),
        "after everything else: deleted first, and so it is what refuses a careless destroy",
        css="grey",
        size=10,
    )


def counts(layer: Drawn) -> str:
    """Return how much a layer holds, `12 AWS · 3 Kubernetes`."""
    told = [f"{count} {what}" for count, what in ((layer.aws, "AWS"), (layer.kubernetes, "Kubernetes")) if count]
    return " · ".join(told) or "holds nothing itself"


def _charts(layer: Drawn) -> str:
    text = ", ".join(layer.charts)
    more = f" +{len(layer.charts) - 1}" if len(layer.charts) > 1 else ""
    return text if len(text) <= _MOST_CHARTS else f"{layer.charts[0]}{more}"


def _rect(root: ET.Element, place: tuple[float, ...], *, css: str, rx: float) -> None:
    x, y, width, height = (_number(value) for value in place)
    given = {"class": css, "x": x, "y": y, "width": width, "height": height, "rx": _number(rx)}
    ET.SubElement(root, "rect", given)


def _text(root: ET.Element, place: tuple[float, float], text: str, *, css: str, size: float) -> None:
    given = {"class": css, "x": _number(place[0]), "y": _number(place[1]), "font-size": _number(size)}
    ET.SubElement(root, "text", given).text = text


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
