"""A chart is found by name, version and repository, and never taken for another version."""

from pathlib import Path

import pytest

from rehearsal.charts import library
from rehearsal.charts.archives import OtherVersionError
from rehearsal.charts.library import Library, at_hand
from tests.rehearsal.charts.examples import REPOSITORY, data


@pytest.mark.parametrize("reference", ["kite", "oci://registry.example.com/charts/kite", "example/kite/"])
def test_a_chart_is_found_by_the_last_part_of_its_reference(tmp_path: Path, reference: str) -> None:
    found = data(tmp_path).find(reference, "1.2.3")

    assert found is not None
    assert (found.name, found.version, found.app_version) == ("kite", "1.2.3", "7")


def test_a_chart_that_is_not_at_hand_is_not_found(tmp_path: Path) -> None:
    assert data(tmp_path).find("balloon", "1.0.0") is None


def test_another_version_is_refused_naming_both(tmp_path: Path) -> None:
    with pytest.raises(OtherVersionError, match=r"kite 1\.2\.4 cannot be judged: .* are of 1\.2\.3"):
        data(tmp_path).find("kite", "1.2.4")


@pytest.mark.parametrize(("version", "folder"), [("2.0.0", "spare"), ("1.9.0", "spare-1")])
def test_a_chart_in_two_versions_is_found_by_its_version(tmp_path: Path, version: str, folder: str) -> None:
    found = data(tmp_path).find("spare", version, f"{REPOSITORY}/")

    assert found is not None
    assert found.folder.name == folder


def test_a_chart_of_the_same_name_from_elsewhere_is_another(tmp_path: Path) -> None:
    with pytest.raises(OtherVersionError):
        data(tmp_path).find("spare", "1.9.0", "https://elsewhere.example.com")


def test_the_variable_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHART_DATA", str(data(tmp_path).folder))

    assert at_hand() == Library(tmp_path)


@pytest.mark.parametrize("named", ["", "/nowhere"])
def test_a_variable_that_names_no_chart_data_means_none(monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.setenv("CHART_DATA", named)

    assert at_hand() is None


@pytest.mark.parametrize("origin", ["", "https://git.example.com/platform.git", "../other/platform"])
def test_without_the_variable_the_data_lies_beside_the_project_or_beside_its_origin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, origin: str
) -> None:
    project = tmp_path / "work" / "platform"
    (project / ".git").mkdir(parents=True)
    remote = f'[remote "origin"]\nurl = {origin}\n' if origin else ""
    (project / ".git" / "config").write_text(f"[core]\nrepositoryformatversion = 0\n{remote}", encoding="utf-8")
    (project / ".git" / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    for folder in ("objects", "refs"):
        (project / ".git" / folder).mkdir()
    monkeypatch.delenv("CHART_DATA", raising=False)
    monkeypatch.setenv("CHART_ARCHIVES", "")
    monkeypatch.setattr(library, "PROJECT", project)
    where = tmp_path / "work" / ("other/" if origin.startswith("..") else "") / "shared" / "charts"
    assert at_hand() is None

    data(where)

    found = at_hand()
    assert found is not None
    assert found.folder == where.resolve()
