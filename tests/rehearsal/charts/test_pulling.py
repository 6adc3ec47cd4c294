"""`make charts` fetches just what is pinned and missing, and tells all that could not be had."""

import functools
import http.server
import subprocess
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.charts import pulling
from rehearsal.charts.archives import Archives
from rehearsal.charts.definitions import Way, definitions
from rehearsal.charts.library import Library
from rehearsal.charts.pulling import Puller, Wanted, wanted
from tests.rehearsal.charts.archive_examples import packed
from tools.build import path_of

pytestmark = pytest.mark.tools


class _Quiet(http.server.SimpleHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012 - one list for all requests is what is wanted

    def log_message(self, *arguments: object) -> None:
        del arguments
        self.asked.append(self.path)


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[str]:
    """Return the address of a Helm repository with the chart `lantern`, and a release file beside it."""
    folder = tmp_path / "repository"
    folder.mkdir()
    for version in ("1.2.3", "1.3.0"):
        archive = packed(tmp_path / version, version=version)
        archive.rename(folder / archive.name)
    (folder / "kites.yaml").write_text("kind: CustomResourceDefinition\n", encoding="utf-8")
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        address = f"http://127.0.0.1:{server.server_address[1]}"
        subprocess.run([path_of("helm"), "repo", "index", str(folder), "--url", address], check=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        _Quiet.asked.clear()
        yield address
        server.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "charts"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def puller(folder: Path, said: list[str]) -> Puller:
    return Puller(folder, path_of("helm"), said.append)


def _chart(repository: str, version: str = "1.2.3", name: str = "lantern") -> Wanted:
    return Wanted(name=name, version=version, repository=repository)


def _kites(repository: str, file: str = "kites") -> Wanted:
    return Wanted(name="kite-crds", version="v1", addresses=(f"{repository}/{file}.yaml",))


def test_charts_and_definitions_are_fetched_and_usable(
    puller: Puller, folder: Path, repository: str, said: list[str]
) -> None:
    assert puller.pull([_chart(repository), _kites(repository)]) == []

    kept = Archives(folder)
    chart = Library(kept.unpacked()).find("lantern", "1.2.3", repository)
    assert chart is not None
    assert [each.way for each in definitions(chart, {})] == [Way.FOLDER]
    assert (kept.unpacked() / "kite-crds" / "crds" / "kites.yaml").is_file()
    assert said[0] == "0 of 2 are there already"
    assert sorted(said[1:]) == [f"kite-crds v1: from {repository}", f"lantern 1.2.3: from {repository}"]


def test_a_second_run_asks_nobody(folder: Path, repository: str, puller: Puller, said: list[str]) -> None:
    things = [_chart(repository), _kites(repository)]
    puller.pull(things)
    _Quiet.asked.clear()
    said.clear()

    assert Puller(folder, Path("/nowhere"), said.append).pull(things) == []
    assert said == ["2 of 2 are there already"]
    assert _Quiet.asked == []


@pytest.mark.parametrize("how", ["removed", "changed"])
def test_what_is_missing_or_was_changed_is_fetched_again(
    folder: Path, repository: str, puller: Puller, said: list[str], how: str
) -> None:
    puller.pull([_chart(repository)])
    archive = folder / "lantern-1.2.3.tgz"
    content = archive.read_bytes()
    archive.unlink() if how == "removed" else archive.write_bytes(content[:-1])

    assert Puller(folder, path_of("helm"), said.append).pull([_chart(repository)]) == []
    assert archive.read_bytes() == content


def test_another_version_takes_the_place_of_the_one_before(
    folder: Path, repository: str, puller: Puller, said: list[str]
) -> None:
    (folder).mkdir()
    (folder / "own-1.0.0.tgz").write_bytes(b"put there by hand")
    puller.pull([_chart(repository)])
    Puller(folder, path_of("helm"), said.append).pull([_chart(repository, "1.3.0")])

    assert {path.name for path in folder.iterdir()} == {"lantern-1.3.0.tgz", "own-1.0.0.tgz", "pulled.json"}


def test_all_problems_are_told_and_the_rest_is_there(folder: Path, repository: str, puller: Puller) -> None:
    things = [
        _chart(repository, "9.9.9"),
        _chart(repository, name="balloon"),
        _kites(repository, "missing"),
        _kites(repository, "index"),
        _chart("http://127.0.0.1:9"),
        _chart(repository),
    ]

    problems = puller.pull(things)

    assert [problem.partition(": ")[0] for problem in problems] == [
        "lantern 9.9.9",
        "balloon 1.2.3",
        "kite-crds v1",
        "kite-crds v1",
        "lantern 1.2.3",
    ]
    assert "HTTP Error 404" in problems[2]
    assert "holds no CustomResourceDefinition" in problems[3]
    assert "connection refused" in problems[4]
    assert [archive.version for archive in Archives(folder).all] == ["1.2.3"]


def test_a_repository_that_answers_with_another_version_is_not_believed(
    tmp_path: Path, repository: str, puller: Puller
) -> None:
    index = tmp_path / "repository" / "index.yaml"
    index.write_text(index.read_text(encoding="utf-8").replace("lantern-1.3.0", "lantern-1.2.3"), encoding="utf-8")

    (problem,) = puller.pull([_chart(repository, "1.3.0")])

    assert "sent is lantern 1.2.3" in problem


def test_everything_pinned_is_wanted_with_what_its_programs_register() -> None:
    pins = tomllib.loads(pulling.PINS.read_text(encoding="utf-8"))
    charts = {(each.name, each.version, each.repository) for each in wanted() if each.repository}
    files = {(each.name, each.version): each for each in wanted() if each.addresses}

    assert charts == {
        (chart.get("chart", name), chart["version"], chart["repository"]) for name, chart in pins["charts"].items()
    }
    assert len(wanted()) == len({*wanted()})
    (gateway,) = files["gateway-api-crds", pins["manifests"]["gateway-api"]["version"]].addresses
    assert gateway.endswith(f"{pins['manifests']['gateway-api']['version']}/standard-install.yaml")
    # What Cilium registers is of the version that is installed.
    registered = files["cilium", pins["charts"]["cilium"]["version"]]
    assert all(f"/v{registered.version}/" in address for address in registered.addresses)
    assert not [each for each in wanted() if "{" in "".join(each.addresses)]


def test_the_command_says_what_is_missing_by_its_status(
    folder: Path, repository: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHART_ARCHIVES", str(folder))
    monkeypatch.setattr(pulling, "wanted", lambda: (_chart(repository), _chart(repository, "9.9.9")))
    assert pulling.main() == 1
    assert "1 of 2 could not be had" in capsys.readouterr().err

    monkeypatch.setattr(pulling, "wanted", lambda: (_chart(repository),))
    assert pulling.main() == 0
