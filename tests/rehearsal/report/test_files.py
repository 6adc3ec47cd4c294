"""A rehearsal leaves exactly its four files, each readable by what reads it."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

from rehearsal.report.bring_up import schedule
from rehearsal.report.files import write
from rehearsal.report.markdown import markdown
from tests.rehearsal.report.reports import PASSED
from tests.rehearsal.report.states import resource, secret, state

DEPLOYMENT = state(resource("grafana", inputs={"password": secret("s3cret"), "title": "Übersicht"}))


def test_a_rehearsal_writes_its_four_files(tmp_path: Path) -> None:
    folder = tmp_path / ".rehearsal" / "dev"

    write(folder, PASSED, DEPLOYMENT, schedule(DEPLOYMENT))

    files = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert set(files) == {"report.json", "report.md", "graph.json", "bring-up.svg"}
    assert json.loads(files["report.json"]) == PASSED.to_json()
    assert files["report.md"] == markdown(PASSED)
    assert json.loads(files["graph.json"])[0]["inputs"] == {"password": "[secret]", "title": "Übersicht"}
    assert ET.fromstring(files["bring-up.svg"]).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 - our own output
    assert not any("s3cret" in text for text in files.values())


def test_an_earlier_rehearsal_is_replaced_also_by_one_that_made_nothing(tmp_path: Path) -> None:
    write(tmp_path, PASSED, DEPLOYMENT, schedule(DEPLOYMENT))
    write(tmp_path, PASSED, {}, schedule({}))

    assert json.loads((tmp_path / "graph.json").read_text(encoding="utf-8")) == []
