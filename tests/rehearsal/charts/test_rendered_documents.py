"""What Helm renders is read as Kubernetes reads it."""

from rehearsal.charts.rendering import documents


def test_an_equals_sign_by_itself_is_text() -> None:
    """As in the operators that Alertmanager's matchers may have; YAML 1.1 has a type of its own for it."""
    assert list(documents("kind: Matcher\nenum: [=, =~]\n")) == [{"kind": "Matcher", "enum": ["=", "=~"]}]


def test_the_objects_of_a_list_come_one_by_one() -> None:
    assert list(documents("kind: KiteList\nitems: [{kind: Kite}, {kind: Kite}]\n---\nkind: Line\n")) == [
        {"kind": "Kite"},
        {"kind": "Kite"},
        {"kind": "Line"},
    ]
