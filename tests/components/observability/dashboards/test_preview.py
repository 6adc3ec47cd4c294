"""The page of dashboards shows what Grafana gets today."""

import html
import re

import pytest

from components.observability.dashboards.catalog import DASHBOARDS
from components.observability.dashboards.panels import Dashboard
from tests.components.observability.dashboards import preview

# A page with pictures is read over a slow line too.
_MOST_BYTES = 20_000


def test_the_page_is_of_today() -> None:
    assert preview.PAGE.read_text(encoding="utf-8") == preview.page(), "run: make dashboards"


def test_there_is_a_picture_of_every_dashboard_and_of_no_other() -> None:
    assert {path.stem for path in preview.PICTURES.glob("*.svg")} == {dashboard.uid for dashboard in DASHBOARDS}


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.uid)
def test_a_picture_is_of_today_small_and_names_every_panel(dashboard: Dashboard) -> None:
    text = (preview.PICTURES / f"{dashboard.uid}.svg").read_text(encoding="utf-8")
    shown = [html.unescape(each) for each in re.findall(r"<text[^>]*>([^<]*)</text>", text)]

    assert text == preview.picture(dashboard), "run: make dashboards"
    assert len(text.encode()) <= _MOST_BYTES
    for panel in dashboard.panels:
        assert any(panel.title.startswith(each.rstrip("…")) for each in shown if each), panel.title
