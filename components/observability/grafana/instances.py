"""The Grafanas as data: what each is called, where it is reached, and how far people may go in it."""

from enum import StrEnum
from typing import Final

from components.kit import chart
from components.kit.flows import Port, Workload
from components.observability.dashboards.panels import Grafana

HTTP: Final = Port(name="grafana", number=3000)
_CHART: Final = "grafana"


class Role(StrEnum):
    """Grafana's roles, the widest first: https://grafana.com/docs/grafana/latest/administration/roles-and-permissions."""

    ADMIN = "Admin"
    EDITOR = "Editor"
    VIEWER = "Viewer"


_CALLED: Final = {
    Grafana.MAIN: "Main",
    Grafana.READ: "Read only",
    Grafana.ALLOY: "Alloy",
    Grafana.PYROSCOPE: "Pyroscope",
}


_RELEASES: Final = {
    Grafana.MAIN: "grafana-main",
    Grafana.READ: "grafana-read",
    Grafana.ALLOY: "grafana-alloy",
    Grafana.PYROSCOPE: "grafana-pyroscope",
}


def release(grafana: Grafana) -> str:
    """Return the name of its entry in `charts.toml`, its release, its Service and its account."""
    return _RELEASES[grafana]


def host(grafana: Grafana, domain: str) -> str:
    """Return its name in DNS. It is the name of its client too: what people come back to is derived from it."""
    return f"{client(grafana)}.{domain}"


def client(grafana: Grafana) -> str:
    """Return what it is called where people sign in."""
    return _CHART if grafana is Grafana.MAIN else release(grafana)


def title(grafana: Grafana) -> str:
    """Return what people call it."""
    return f"Grafana ({_CALLED[grafana]})"


def highest(grafana: Grafana) -> Role:
    """Return the widest role that anybody has in it."""
    return Role.VIEWER if grafana is Grafana.READ else Role.ADMIN


def label(grafana: Grafana) -> str:
    """Return the label of the ConfigMaps whose dashboards it shows."""
    return f"platform/{release(grafana)}"


def workload(grafana: Grafana) -> Workload:
    """Return its pods."""
    return Workload(
        namespace=NAMESPACE,
        name=release(grafana),
        labels={"app.kubernetes.io/name": _CHART, "app.kubernetes.io/instance": release(grafana)},
        ports=(HTTP,),
    )


NAMESPACE: Final = chart.pinned()[release(Grafana.MAIN)].namespace
