"""Whoever asks for a metric learns whether anybody exports it."""

import pytest

from tests.components.observability.metrics import LISTS, exported, exporters, known, source, unknown_metrics, used


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("up", {"up"}),
        ('sum by (a) (rate(x_total{code="up"}[5m]))', {"x_total"}),
        ("a / on (x) group_left () topk(scalar(b), c) > bool 3 and absent(-d offset 5m)", {"a", "b", "c", "d"}),
        ("max_over_time((e)[5m:1m]) unless f:g:h", {"e", "f:g:h"}),
        ("histogram_quantile(0.9, sum by (le) (rate(h_bucket[5m])))", {"h_bucket"}),
        ("vector(1)", set()),
    ],
)
def test_the_metrics_of_an_expression_are_those_it_selects(expression: str, names: set[str]) -> None:
    assert used(expression) == names


def test_what_is_no_promql_is_refused() -> None:
    with pytest.raises(ValueError, match="unclosed"):
        used("sum(up")


def test_a_histogram_is_its_three_series_and_not_its_name() -> None:
    assert {"probe_success", "etcd_disk_wal_fsync_duration_seconds_bucket"} <= known()
    assert "etcd_disk_wal_fsync_duration_seconds" not in exported("etcd")


def test_what_nobody_exports_is_named() -> None:
    assert unknown_metrics("up and nobody_total and a:recorded:one", ["a:recorded:one"]) == ["nobody_total"]


@pytest.mark.parametrize("exporter", exporters())
def test_a_list_says_where_its_names_are_from_and_has_each_once(exporter: str) -> None:
    lines = (LISTS / f"{exporter}.txt").read_text(encoding="utf-8").splitlines()[1:]

    assert ": https://" in source(exporter)
    assert lines == sorted(set(lines))
    assert exported(exporter)
