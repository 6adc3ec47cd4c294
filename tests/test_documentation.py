"""Every layer has its page, every page its sections, and every test that a page names exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
_LAYERS = sorted((PROJECT / "docs" / "layers").glob("*.md"))
_PAGES = sorted([*(PROJECT / "docs").rglob("*.md"), *PROJECT.glob("*.md")])

_SECTIONS = [
    "Purpose",
    "What it makes",
    "Settings",
    "Outputs",
    "What protects it",
    "Verify",
    "Pitfalls",
    "How to undo it",
]
_NAMED_TEST = re.compile(r"`(test_\w+)`")
_CODE = re.compile(r"`[^`]*`|^```.*?^```", flags=re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


def _name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@cache
def _tests() -> set[str]:
    names = set()
    for path in (PROJECT / "tests").rglob("*.py"):
        names.add(path.stem)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return names


def _kinds() -> set[str]:
    return {
        str(keyword.value.value)
        for path in (PROJECT / "components").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        for keyword in node.keywords
        if keyword.arg == "kind" and isinstance(keyword.value, ast.Constant)
    }


@pytest.mark.parametrize("page", _LAYERS, ids=lambda page: page.stem)
def test_a_layers_page_has_all_sections_in_order(page: Path) -> None:
    found = re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert [section for section in found if section in _SECTIONS] == _SECTIONS


def test_every_layer_is_on_one_page() -> None:
    pages = {page.name: page.read_text(encoding="utf-8") for page in _LAYERS}
    on = {kind: [name for name, text in pages.items() if f"`{kind}`" in text] for kind in _kinds()}

    assert on
    assert {kind: names for kind, names in on.items() if len(names) != 1} == {}


@pytest.mark.parametrize("page", _PAGES, ids=_name)
def test_every_test_that_a_page_names_exists(page: Path) -> None:
    assert sorted(set(_NAMED_TEST.findall(page.read_text(encoding="utf-8"))) - _tests()) == []


@pytest.mark.parametrize("page", _PAGES, ids=_name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    targets = _LINK.findall(_CODE.sub("", page.read_text(encoding="utf-8")))

    assert [target for target in targets if not (page.parent / target).exists()] == []
