"""An archive is found by name and exact version, whether packed or not, and serves as chart data too."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.charts import archives, library
from rehearsal.charts.archives import Archives, OtherVersionError
from rehearsal.charts.definitions import Way, definitions
from tests.rehearsal.charts.archive_examples import lantern, packed


@pytest.mark.parametrize("reference", ["lantern", "oci://registry.example.com/charts/lantern", "example/lantern/"])
@pytest.mark.parametrize("write", [packed, lantern])
def test_an_archive_is_found_by_the_last_part_of_a_reference(
    tmp_path: Path, reference: str, write: Callable[[Path], Path]
) -> None:
    path = write(tmp_path)

    found = Archives(tmp_path).find(reference, "1.2.3")

    assert found is not None
    assert (found.name, found.version, found.app_version, found.path) == ("lantern", "1.2.3", "7", path)


def test_a_chart_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    assert Archives(tmp_path).find("lantern", "1.2.3") is None


def test_another_version_is_told(tmp_path: Path) -> None:
    packed(tmp_path)

    with pytest.raises(OtherVersionError, match=r"the archive at hand is of version 1\.2\.3"):
        Archives(tmp_path).find("lantern", "1.2.4")


def test_of_two_versions_the_exact_one_is_taken(tmp_path: Path) -> None:
    older = packed(tmp_path / "older", version="1.0.0")
    older.rename(tmp_path / older.name)
    packed(tmp_path)

    found = Archives(tmp_path).find("lantern", "1.0.0")

    assert found is not None
    assert found.version == "1.0.0"


def test_of_two_versions_both_are_chart_data(tmp_path: Path) -> None:
    older = packed(tmp_path / "older", version="1.0.0")
    older.rename(tmp_path / older.name)
    packed(tmp_path)
    kept = Archives(tmp_path)
    data = library.Library(kept.unpacked(), of=kept)

    found = [data.find("lantern", version) for version in ("1.0.0", "1.2.3")]

    assert [chart and chart.version for chart in found] == ["1.0.0", "1.2.3"]


def test_what_a_broken_download_left_is_no_chart(tmp_path: Path) -> None:
    path = packed(tmp_path)
    path.write_bytes(path.read_bytes()[:100])

    assert Archives(tmp_path).all == ()


def test_a_digest_tells_every_change(tmp_path: Path) -> None:
    chart = lantern(tmp_path)
    before = Archives(tmp_path).all[0].digest
    assert Archives(tmp_path).all[0].digest == before

    (chart / "templates" / "test.yaml").rename(chart / "templates" / "other.yaml")

    assert Archives(tmp_path).all[0].digest != before


@pytest.mark.parametrize("write", [packed, lantern])
def test_archives_serve_as_chart_data_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path], Path]
) -> None:
    write(tmp_path)
    monkeypatch.setenv("CHART_ARCHIVES", str(tmp_path))
    monkeypatch.delenv("CHART_DATA", raising=False)
    monkeypatch.setattr(library, "_beside", list)

    found = library.at_hand()

    assert found is not None
    chart = found.find("lantern", "1.2.3", "https://charts.example.com")
    assert chart is not None
    assert chart.defaults["replicas"] == 1
    assert chart.schema is not None
    assert [each.way for each in definitions(chart, {})] == [Way.FOLDER]


def test_definitions_that_no_chart_holds_lie_beside_the_chart_that_brings_them(tmp_path: Path) -> None:
    packed(tmp_path)
    (tmp_path / "lantern-1.2.3").mkdir()
    (tmp_path / "lantern-1.2.3" / "shades.yaml").write_text("kind: CustomResourceDefinition", encoding="utf-8")
    note = '{"definitions": {"lantern": {"version": "1.2.3", "files": ["lantern-1.2.3/shades.yaml"]}}}'
    (tmp_path / "pulled.json").write_text(note, encoding="utf-8")
    kept = Archives(tmp_path)

    folder = kept.unpacked() / "lantern" / "crds"

    assert {path.name for path in folder.iterdir()} == {"wicks.yaml", "shades.yaml"}


@pytest.mark.parametrize(("named", "there"), [("", False), ("/nowhere", False), ("HERE", True)])
def test_the_variable_names_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, *, there: bool
) -> None:
    monkeypatch.setenv("CHART_ARCHIVES", str(tmp_path) if named == "HERE" else named)

    assert (archives.at_hand() is not None) == there


def test_unset_it_is_what_was_pulled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHART_ARCHIVES", raising=False)
    monkeypatch.setattr(archives, "PULLED", tmp_path / "none")
    assert archives.at_hand() is None

    monkeypatch.setattr(archives, "PULLED", tmp_path)
    assert archives.at_hand() == Archives(tmp_path)
