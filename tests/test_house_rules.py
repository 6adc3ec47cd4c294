"""The conventions of docs/architecture.md, held by tests: a rule that only stands in prose is broken in code."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kinds import KINDS

PROJECT = Path(__file__).parent.parent
CODE = (
    "bench",
    "components",
    "cost",
    "disclosure",
    "operations",
    "policies",
    "rehearsal",
    "settings",
    "tests",
    "tools",
)

_FILE_LINES = 300
_FUNCTION_LINES = 50
_SETTINGS_FIELDS = 12

# Each tier may import what stands before it; tiers in one set know nothing of each other.
_TIERS = (
    {"kit"},
    {"foundation"},
    {"compute"},
    {"capacity", "networking", "observability", "resilience", "security"},
    {"assembly"},
)


def _files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (PROJECT / folder).rglob("*.py"))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(PROJECT)}:{getattr(node, 'lineno', 1)}"


def _dotted(node: ast.AST) -> str:
    """Return ``aws.ec2.Vpc`` for the expression that reads so; empty for any other."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, _dotted(node.func)


def _layers() -> Iterator[tuple[Path, ast.ClassDef]]:
    for path in _files("components"):
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.ClassDef) and any(_dotted(base) == "Layer" for base in node.bases):
                yield path, node


def _is_resource(name: str) -> bool:
    """Tell an SDK resource's constructor (``aws.ec2.Vpc``) from its argument types and its functions."""
    package, _, rest = name.partition(".")
    last = rest.rpartition(".")[2]
    return package in {"aws", "kubernetes", "random"} and last[:1].isupper() and not last.endswith("Args")


@pytest.mark.parametrize("path", _files(*CODE), ids=lambda path: str(path.relative_to(PROJECT)))
def test_a_file_and_its_functions_fit_on_a_few_screens(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= _FILE_LINES
    long = [
        f"{_where(path, node)} {node.name}"
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= _FUNCTION_LINES
        and not _is_layer_constructor(path, node)
    ]
    assert long == []


def _is_layer_constructor(path: Path, node: ast.AST) -> bool:
    """A layer is read top to bottom: its constructor, and the assembly's, may be as long as the layer is."""
    return path.is_relative_to(PROJECT / "components") and getattr(node, "name", "") == "__init__"


def test_every_module_says_what_it_is_for() -> None:
    assert [str(path.relative_to(PROJECT)) for path in _files(*CODE) if not ast.get_docstring(_tree(path))] == []


def test_no_module_is_a_drawer_for_leftovers() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "base", "core"}

    assert [str(path.relative_to(PROJECT)) for path in _files(*CODE) if path.stem in drawers] == []


def test_no_top_level_folder_shadows_the_standard_library() -> None:
    assert [folder for folder in CODE if folder in sys.stdlib_module_names] == []


def test_every_component_is_a_layer_of_a_known_kind() -> None:
    kinds: list[object] = []
    for path, layer in _layers():
        (keyword,) = [keyword for keyword in layer.keywords if keyword.arg == "kind"]
        assert isinstance(keyword.value, ast.Constant), f"{_where(path, layer)}: the kind must be a written constant"
        kinds.append(keyword.value.value)
    bare = [
        node.name
        for path in _files("components")
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ClassDef) and any("ComponentResource" in _dotted(base) for base in node.bases)
    ]

    assert sorted(map(str, kinds)) == sorted(KINDS)
    assert bare == ["Layer"]


def test_every_layer_ends_by_publishing_its_outputs() -> None:
    for path, layer in _layers():
        (constructor,) = [node for node in layer.body if isinstance(node, ast.FunctionDef) and node.name == "__init__"]
        last = constructor.body[-1]
        assert isinstance(last, ast.Assign), _where(path, layer)
        assert _dotted(last.targets[0]) == "self.outputs", _where(path, last)
        assert isinstance(last.value, ast.Call), _where(path, last)
        assert _dotted(last.value.func) == "self.publish", _where(path, last)


def test_every_resource_names_its_options() -> None:
    without = [
        _where(path, call)
        for path in _files("components")
        if path.name != "account.py"  # the AWS provider: the root that everything else hangs from
        for call, name in _calls(_tree(path))
        if _is_resource(name) and not any(keyword.arg == "opts" for keyword in call.keywords)
    ]

    assert without == []


def test_nothing_is_created_inside_apply_and_no_options_are_merged() -> None:
    faults = []
    for path in _files("components"):
        for call, _ in _calls(_tree(path)):
            method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            if method == "merge":
                faults.append(f"{_where(path, call)}: merge lets the caller's parent win")
            if method == "apply":
                faults += [
                    f"{_where(path, inner)}: {name} inside apply" for inner, name in _calls(call) if _is_resource(name)
                ]

    assert faults == []


def test_only_settings_reads_configuration() -> None:
    readers = {"pulumi.Config", "pulumi.get_stack", "os.environ", "os.getenv", "os.environ.get"}

    faults = [
        _where(path, node)
        for path in [*_files("components"), PROJECT / "__main__.py"]
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Attribute | ast.Name) and _dotted(node) in readers
    ]

    assert faults == []


def test_no_layer_looks_anything_up() -> None:
    lookups = [
        f"{_where(path, call)}: {name}"
        for path in _files("components")
        for call, name in _calls(_tree(path))
        if name.startswith(("aws.", "kubernetes.")) and name.rpartition(".")[2].startswith("get_")
    ]

    assert lookups == []


def test_helm_is_used_in_one_place_only() -> None:
    faults = [
        _where(path, call)
        for path in _files("components")
        if path != PROJECT / "components" / "kit" / "chart.py"
        for call, name in _calls(_tree(path))
        if ".helm." in name
    ]

    assert faults == []


def _imports(path: Path) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node, node.module
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def test_tiers_import_downwards_only() -> None:
    level = {tier: index for index, tiers in enumerate(_TIERS) for tier in tiers}
    faults = []
    for path in _files("components"):
        own = path.relative_to(PROJECT / "components").parts[0].removesuffix(".py")
        for node, module in _imports(path):
            _, _, rest = module.partition("components.")
            other = rest.split(".")[0] if module.startswith("components.") else own
            if other != own and level[other] >= level[own]:
                faults.append(f"{_where(path, node)} imports {module}")

    assert faults == []


def test_the_judges_know_nothing_of_what_they_judge() -> None:
    faults = [
        f"{_where(path, node)} imports {module}"
        for path in _files("policies", "rehearsal")
        for node, module in _imports(path)
        if module.split(".")[0] in {"components", "settings"}
    ]

    assert faults == []


def test_nothing_that_is_deployed_or_judges_knows_the_plans() -> None:
    faults = [
        f"{_where(path, node)} imports {module}"
        for path in _files(*(folder for folder in CODE if folder not in {"operations", "tests"}))
        for node, module in _imports(path)
        if module.split(".")[0] == "operations"
    ]

    assert faults == []


def test_settings_models_stay_small_and_every_field_is_described() -> None:
    for path in _files("components", "settings"):
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.ClassDef) and any(_dotted(base) == "Settings" for base in node.bases):
                fields = [item for item in node.body if _is_field(item)]
                described = [
                    item
                    for item, after in zip(node.body, node.body[1:], strict=False)
                    if _is_field(item) and isinstance(after, ast.Expr)
                ]
                assert len(fields) <= _SETTINGS_FIELDS, _where(path, node)
                assert described == fields, f"{_where(path, node)}: a field without its sentence"


def _is_field(item: ast.AST) -> bool:
    return isinstance(item, ast.AnnAssign) and "ClassVar" not in ast.unparse(item.annotation)


def test_every_test_is_collected() -> None:
    """A file with tests that pytest does not collect by name passes for ever."""
    lost = [
        str(path.relative_to(PROJECT))
        for path in _files("tests")
        if not path.name.startswith("test_")
        and any(isinstance(node, ast.FunctionDef) and node.name.startswith("test_") for node in ast.walk(_tree(path)))
    ]

    assert lost == []


def test_every_layer_has_its_tests() -> None:
    missing = [
        str(path.relative_to(PROJECT))
        for path, _ in _layers()
        if not (
            PROJECT / "tests" / "components" / path.relative_to(PROJECT / "components").parent / f"test_{path.name}"
        ).is_file()
    ]

    assert missing == []
