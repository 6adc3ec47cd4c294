"""Every alert leads to a page that says what to do, and no page is left behind by an alert that is gone."""

import re
from pathlib import Path
from typing import Final

import pytest

from components.observability.rules import drills, slo
from components.observability.rules.catalog import alerts, kebab

_PAGES: Final = Path(__file__).parents[4] / "docs" / "runbooks"
_SECTIONS: Final = ["Impact", "First", "Causes and mending", "Escalate"]

_ALERTS: Final = sorted({*(alert.name for alert in alerts()), *slo.ALERTS.values(), *drills.ALERTS})

_LINES: Final = range(15, 40)
"""As long as a page may be that somebody reads at night."""


def test_every_alert_has_its_page_and_every_page_of_that_form_an_alert() -> None:
    pages = {path.stem: path.read_text(encoding="utf-8") for path in _PAGES.glob("*.md")}
    of_alerts = {kebab(alert) for alert in _ALERTS}

    assert of_alerts - set(pages) == set()
    # The others are about a situation: a destroy, a restore, a cluster that is gone.
    assert {name for name, text in pages.items() if "## Escalate" in text} - of_alerts == set()


@pytest.mark.parametrize("alert", _ALERTS)
def test_a_page_says_what_it_means_and_what_to_do_first(alert: str) -> None:
    text = (_PAGES / f"{kebab(alert)}.md").read_text(encoding="utf-8")

    if alert == "VaultSealed":
        # Older than its alert, and longer: the table there is what one needs.
        assert "## Find out" in text
        return
    assert text.startswith(f"# {alert}\n")
    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == _SECTIONS
    assert len(text.splitlines()) in _LINES
    commands = re.findall(r"^```bash\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    assert commands
    assert len(commands[0].splitlines()) >= 2
    assert "\n* " in text


@pytest.mark.parametrize(
    ("alert", "page"),
    [
        ("KubePVCFull", "kube-pvc-full"),
        ("VaultSealed", "vault-sealed"),
        ("KubeAPIDown", "kube-api-down"),
        ("NodeDown", "node-down"),
    ],
)
def test_a_page_is_called_like_its_alert(alert: str, page: str) -> None:
    assert kebab(alert) == page
