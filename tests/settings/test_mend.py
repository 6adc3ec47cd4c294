"""Key paths, commands and edits, apart from any model."""

import pytest

from settings.mend import Drop, Edit, Put, applied, commands, holds, put, replace, shown
from settings.shape import Path


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), "platform"),
        (("nodes",), "platform:nodes"),
        (("nodes", "spot", "min_size"), "platform:nodes.spot.min_size"),
        (("network", "zones", 0), "platform:network.zones[0]"),
        (("account", "tags", "a.b/c"), 'platform:account.tags["a.b/c"]'),
        (("account", "tags", 'q"q'), 'platform:account.tags["q\\"q"]'),
        (("account", "tags", "1st"), 'platform:account.tags["1st"]'),
        (("account", "tags", "cost-center"), "platform:account.tags.cost-center"),
    ],
)
def test_a_key_path_is_written_as_pulumi_reads_it(path: Path, expected: str) -> None:
    assert shown(path) == expected


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (Put(("a", "b"), 2), "pulumi config set --path 'platform:a.b' 2 --stack dev"),
        (Put(("a", "b"), "x y"), "pulumi config set --path 'platform:a.b' 'x y' --stack dev"),
        (Put(("a", "b"), ""), "pulumi config set --path 'platform:a.b' '' --stack dev"),
        (Put(("a", "b"), "007"), "pulumi config set --path 'platform:a.b' 007 --type string --stack dev"),
        (Put(("a", "b"), "true"), "pulumi config set --path 'platform:a.b' true --type string --stack dev"),
        (Put(("a", "b"), True), "pulumi config set --path 'platform:a.b' true --stack dev"),
        (Put(("a", "b"), 0.5), "pulumi config set --path 'platform:a.b' 0.5 --type float --stack dev"),
        (Put(("a", "b"), -5), "pulumi config set --path 'platform:a.b' --stack dev -- -5"),
        (Put(("a",), "007"), "pulumi config set 'platform:a' 007 --stack dev"),
        (Put(("it's",), 1), "pulumi config set 'platform:it'\"'\"'s' 1 --stack dev"),
        (Drop(("a",)), "pulumi config rm 'platform:a' --stack dev"),
        (Drop(("a", "b", 1)), "pulumi config rm --path 'platform:a.b[1]' --stack dev"),
    ],
    ids=str,
)
def test_an_edit_is_written_as_a_command(edit: Edit, expected: str) -> None:
    assert commands(edit, "dev") == expected


def test_a_stacks_name_is_quoted_where_a_shell_needs_it() -> None:
    assert commands(Drop(("a",)), "my stack").endswith("--stack 'my stack'")


def test_edits_leave_the_original_alone() -> None:
    data = {"a": {"b": [1, 2]}}
    after = applied(data, (Drop(("a", "b", 0)), Put(("a", "c", "d"), 3), Put(("a", "b", 1), 4), Put(("e", 0, "f"), 5)))
    assert after == {"a": {"b": [2, 4], "c": {"d": 3}}, "e": [{"f": 5}]}
    assert data == {"a": {"b": [1, 2]}}


def test_a_value_is_put_leaf_by_leaf() -> None:
    assert list(put(("a",), {"b": [1, {"c": 2}]})) == [Put(("a", "b", 0), 1), Put(("a", "b", 1, "c"), 2)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(None, 1, (Put(("a", "b"), 1),), id="nothing"),
        pytest.param(1, 2, (Put(("a", "b"), 2),), id="a number for a number"),
        pytest.param("x", "y", (Put(("a", "b"), "y"),), id="text for text"),
        pytest.param(1, "y", (Put(("a", "b"), "y"),), id="text for a number"),
        pytest.param("x", 1, (Drop(("a", "b")), Put(("a", "b"), 1)), id="a number for text"),
        pytest.param([1], 1, (Drop(("a", "b")), Put(("a", "b"), 1)), id="a number for a list"),
        pytest.param(1, [2], (Drop(("a", "b")), Put(("a", "b", 0), 2)), id="a list for a number"),
    ],
)
def test_a_value_of_another_kind_goes_first(old: object, new: object, expected: tuple[Edit, ...]) -> None:
    assert replace({"a": {"b": old}}, ("a", "b"), new) == expected


@pytest.mark.parametrize("index", [0, 1])
def test_an_item_that_must_go_first_does_not_move_the_others(index: int) -> None:
    data = {"a": ["x", "y"]}
    after = applied(data, replace(data, ("a", index), 5))
    assert after["a"] == [5 if place == index else item for place, item in enumerate(data["a"])]


@pytest.mark.parametrize(
    ("path", "expected"),
    [(("a",), True), (("n",), True), (("l", 0), True), (("l", 1), False), (("z",), False), (("z", "y"), False)],
)
def test_null_is_a_value_that_is_held(path: Path, *, expected: bool) -> None:
    assert holds({"a": 1, "n": None, "l": [1]}, path) is expected
