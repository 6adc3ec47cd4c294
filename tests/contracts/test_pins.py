"""Every entry of charts.toml is used, exact, from where the chart is published, and kept up to date by a robot."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from rehearsal.charts.library import Library
from tests.contracts.unjudged import UNJUDGED

PROJECT = Path(__file__).parent.parent.parent
FILE = PROJECT / "components" / "charts.toml"
TEXT = FILE.read_text(encoding="utf-8")
CHARTS: Mapping[str, Mapping[str, str]] = tomllib.loads(TEXT)["charts"]
MANIFESTS: Mapping[str, Mapping[str, str]] = tomllib.loads(TEXT)["manifests"]

_EXACT = re.compile(r"v?\d+\.\d+\.\d+")
_JUDGED = sorted(set(CHARTS) - set(UNJUDGED))


@pytest.mark.parametrize("name", UNJUDGED)
def test_a_chart_that_nothing_judges_is_not_among_the_chart_data(library: Library, name: str) -> None:
    chart = CHARTS[name]

    assert _EXACT.fullmatch(chart["version"])
    assert library.find(chart.get("chart", name), chart["version"], chart["repository"]) is None


@pytest.mark.parametrize("name", _JUDGED)
def test_a_chart_is_pinned_to_the_version_that_it_is_judged_by(library: Library, name: str) -> None:
    chart = CHARTS[name]

    assert _EXACT.fullmatch(chart["version"])
    found = library.find(chart.get("chart", name), chart["version"], chart["repository"])
    assert found is not None
    assert found.version == chart["version"]


@pytest.mark.parametrize("name", _JUDGED)
def test_a_chart_comes_from_where_it_is_published(library: Library, name: str) -> None:
    repository, chart = CHARTS[name]["repository"], CHARTS[name].get("chart", name)
    folder = library.find(chart, CHARTS[name]["version"], repository)
    assert folder is not None
    entry = library.index[folder.folder.name]
    published = f"{entry['url']} {entry['oci']}"

    assert repository.startswith(("https://", "oci://"))
    if repository.startswith("oci://"):
        assert f"{repository.rstrip('/')}/{chart}" in published
    else:
        assert entry["url"].rstrip("/") == repository.rstrip("/")


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_is_pinned_to_the_version_that_it_is_judged_by(library: Library, name: str) -> None:
    refs = {entry["ref"] for entry in library.index.values() if entry["oci"] == "manifest"}

    assert MANIFESTS[name]["version"] in refs
    assert "{version}" in MANIFESTS[name]["url"]


@pytest.mark.parametrize(
    "table", [*(f"charts.{name}" for name in CHARTS), *(f"manifests.{name}" for name in MANIFESTS)]
)
def test_an_entry_is_marked_for_renovate_with_its_own_source(table: str) -> None:
    kind, _, name = table.partition(".")
    marker = re.search(rf"^# renovate: (?P<marker>.*)\n\[{re.escape(table)}\]$", TEXT, re.MULTILINE)
    assert marker, f"[{table}] has no line above it that renovate reads"

    told = dict(part.split("=", 1) for part in marker["marker"].split())
    if kind == "manifests":
        repository = "/".join(MANIFESTS[name]["url"].removeprefix("https://github.com/").split("/")[:2])
        expected = {"datasource": "github-releases", "depName": repository}
    else:
        repository, chart = CHARTS[name]["repository"], CHARTS[name].get("chart", name)
        oci = repository.startswith("oci://")
        expected = {
            "datasource": "docker" if oci else "helm",
            "depName": f"{repository.removeprefix('oci://')}/{chart}" if oci else chart,
        }
    assert {key: told.get(key) for key in expected} == expected


def _installed() -> Iterator[str]:
    """Yield what each call of an `install` installs."""
    for path in sorted((PROJECT / "components").rglob("*.py")):
        for call in ast.walk(_tree(path)):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in {"chart.install", "manifest.install"}:
                yield from _named(path, call.args[1])


def _named(path: Path, expression: ast.expr) -> Iterator[str]:
    """Yield the entries that an expression stands for; a variable stands for all those its module names."""
    match expression:
        case ast.Constant(value=str(name)):
            yield name
        case ast.Name(id=constant) if constant.isupper():
            yield _constant(_where(path, constant), constant)
        case ast.Attribute(value=ast.Name(id=module), attr=constant):
            yield _constant(_imported(path, module), constant)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=module))):
            yield from _entries(_imported(path, module))
        case _:
            yield from _entries(path)


def _entries(path: Path) -> list[str]:
    """Return the entries that a file names."""
    constants = (node.value for node in ast.walk(_tree(path)) if isinstance(node, ast.Constant))
    return sorted({*CHARTS, *MANIFESTS} & {each for each in constants if isinstance(each, str)})


def _imported(path: Path, name: str) -> Path:
    """Return the file of the module that another file knows by a name."""
    (module,) = [
        f"{node.module}.{alias.name}"
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if name == (alias.asname or alias.name)
    ]
    return (PROJECT / module.replace(".", "/")).with_suffix(".py")


def _where(path: Path, constant: str) -> Path:
    """Return the file that says what a constant is, which another may take over."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom) and constant in {alias.name for alias in node.names}:
            return (PROJECT / str(node.module).replace(".", "/")).with_suffix(".py")
    return path


def _constant(path: Path, name: str) -> str:
    (value,) = [
        node.value.value
        for node in _tree(path).body
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name and isinstance(node.value, ast.Constant)
    ]
    return str(value)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_every_entry_is_installed_in_exactly_one_place() -> None:
    assert Counter(_installed()) == Counter([*CHARTS, *MANIFESTS])
