"""Metrics live long enough to be thinned, and every copy of a series has somebody to keep it."""

from typing import Any

import pytest

from settings.load import parse
from tests.settings import refusals

_RETENTION = ("observability", "thanos", "retention")
_TENANT = ("observability", "thanos", "receive", "tenants", "audit")


@pytest.mark.parametrize(
    ("retention", "field", "says", "remedy"),
    [
        ({"raw_days": 1}, "raw_days", "is shorter than the 40 hours after which samples of 5 minutes", 2),
        ({"five_minutes_days": 9}, "five_minutes_days", "is shorter than the 10 days after which samples of one", 10),
    ],
)
@pytest.mark.parametrize("where", [_RETENTION, _TENANT])
def test_a_retention_below_an_age_of_downsampling_is_refused(
    data: dict[str, Any], where: tuple[str, ...], retention: dict[str, int], field: str, says: str, remedy: int
) -> None:
    tenant = where == _TENANT
    data["observability"] = {
        "thanos": {"receive": {"tenants": {"audit": retention}}} if tenant else {"retention": retention}
    }
    (problem,) = refusals.problems(data)

    assert problem.path == (*where, field)
    assert problem.says.startswith(says)
    found = refusals.mended(data, problem).observability.thanos
    mended = found.retentions["audit"] if tenant else found.retention
    assert getattr(mended, field) == remedy


@pytest.mark.parametrize("retention", [{"raw_days": 2}, {"five_minutes_days": 10}, {"raw_days": 2, "one_hour_days": 1}])
def test_a_retention_of_just_that_age_is_taken(data: dict[str, Any], retention: dict[str, int]) -> None:
    data["observability"] = {"thanos": {"retention": retention}}

    parse(data, stack="prod")


def test_without_thanos_nobody_thins_anything(data: dict[str, Any]) -> None:
    data["observability"] = {"thanos": {"enabled": False, "retention": {"raw_days": 1}}}

    assert parse(data, stack="prod").observability.thanos.retention.raw_days == 1


def test_copies_without_ingestors_to_keep_them_are_refused(data: dict[str, Any]) -> None:
    data["observability"] = {"thanos": {"receive": {"ingestors": 2}}}
    (problem,) = refusals.problems(data)

    assert problem.path == ("observability", "thanos", "receive", "ingestors")
    assert "fewer than the 3 copies" in problem.says
    receive = refusals.mended(data, problem).observability.thanos.receive
    assert receive
    assert receive.ingestors == 3


def test_one_copy_needs_one_ingestor(data: dict[str, Any]) -> None:
    data["observability"] = {"thanos": {"receive": {"ingestors": 1, "copies": 1}}}

    assert parse(data, stack="prod").observability.thanos.receive


def test_a_volume_that_does_not_hold_the_data_twice_is_refused(data: dict[str, Any]) -> None:
    data["observability"] = {"etcd": {"enabled": True, "volume_gib": 16, "quota_gib": 8}}
    (problem,) = refusals.problems(data)

    assert problem.path == ("observability", "etcd", "volume_gib")
    assert "defragmented" in problem.says
    assert refusals.mended(data, problem).observability.etcd.volume_gib == 17


def test_a_zone_without_a_node_for_a_member_is_refused_and_mended(data: dict[str, Any]) -> None:
    data["vault"] = {"enabled": False}
    data["observability"] = {"etcd": {"enabled": True}}
    data["nodes"]["general"]["min_size"] = 2
    (problem,) = refusals.problems(data)

    assert problem.path == ("nodes", "general", "min_size")
    assert problem.says.startswith("leaves a zone without a node for etcd")
    assert refusals.mended(data, problem).nodes.general.min_size == 3


def test_without_etcd_nobody_needs_its_volume_or_its_nodes(data: dict[str, Any]) -> None:
    data["vault"] = {"enabled": False}
    data["observability"] = {"etcd": {"volume_gib": 4, "quota_gib": 8}}
    data["nodes"]["general"]["min_size"] = 2

    parse(data, stack="prod")
