"""Keys that a values.yaml shows commented out are known where whoever uncomments them would put them."""

import pytest

from rehearsal.charts.commented import commented
from rehearsal.charts.keys import Keys


def _paths(keys: Keys, above: str = "") -> set[str]:
    found = set()
    for name, below in keys.children.items():
        found |= {f"{above}{name}"} | _paths(below, f"{above}{name}.")
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("# a: 1\nb: 2\n", {"a"}, id="at the top"),
        pytest.param("b:\n  c: 1\n  # d: 2\n", {"b", "b.d"}, id="beside its siblings"),
        pytest.param("b:\n  c: 1\n  #d: 2\n", {"b", "b.d"}, id="without a space"),
        pytest.param("b:\n  c: 1\n#  d: 2\n", {"b", "b.d", "d"}, id="the mark before the indentation"),
        pytest.param("b: {}\n  # c:\n  #   d: 1\n", {"b", "b.c", "b.c.d"}, id="below an empty map"),
        pytest.param("# b:\n#   c: 1\n# d: 2\n", {"b", "b.c", "d"}, id="a block with levels"),
        pytest.param("b:\n  c:\n    d: 1\n# e: 2\n", {"e"}, id="back at the top"),
        pytest.param("# tolerations:\n#   - key: a\n#     effect: b\nc: 1\n", {"tolerations"}, id="no keys of items"),
        pytest.param("b:\n  - c: 1\n    # d: 2\n", set(), id="nothing within lists"),
        pytest.param("b: |\n  # c: 1\n  d: 2\n", set(), id="nothing within texts"),
        pytest.param("# Set the thing.\n# See https://example.com/a: b\nc: 1\n", set(), id="no prose"),
        pytest.param("# @schema\n# type: object\n# @schema\nb: 1\n", set(), id="no annotations of generators"),
        pytest.param("# server.replicas -- (int) How many\nb: 1\n", {"server", "server.replicas"}, id="helm-docs"),
        pytest.param("", set(), id="an empty file"),
        pytest.param("# a: 1\n", {"a"}, id="comments alone"),
    ],
)
def test_a_commented_key_is_known_where_it_belongs(text: str, expected: set[str]) -> None:
    assert _paths(commented(text)) == expected
