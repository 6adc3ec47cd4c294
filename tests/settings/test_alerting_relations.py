"""Alerting that could reach nobody, or say nothing for ever, is refused when it is loaded."""

import copy
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from settings import SettingsError
from settings.alerting_relations import silenced_until
from settings.load import parse
from settings.model import PlatformSettings
from tests.environments import content_of, settings_of

_PREFIX = "platform:"
Edit = Callable[[dict[str, Any]], object]


def _refused(edit: Edit) -> str:
    config = copy.deepcopy(content_of("alerting")["config"])
    edit(config[f"{_PREFIX}observability"]["alerting"])
    blocks = {key.removeprefix(_PREFIX): value for key, value in config.items() if key.startswith(_PREFIX)}
    with pytest.raises(SettingsError) as refused:
        parse(blocks, stack="alerting")
    return " ".join(str(refused.value).split())


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (lambda a: a["routes"][0].update(receiver="nobody-known"), "names the receiver nobody-known"),
        (lambda a: a.update(default_receiver="gone"), "names the receiver gone"),
        (lambda a: a.pop("default_receiver"), "what fits no route would reach nobody"),
        (lambda a: a["receivers"].update(lonely={"pagerduty": {}}), "no route leads to it"),
        (lambda a: a["receivers"].update(shop={}), "has no way to be told"),
        (lambda a: a["receivers"].update(nobody={"pagerduty": {}}), "has a name that the platform itself uses"),
        (lambda a: a.pop("email"), "cannot be told without a smarthost"),
        (lambda a: a.pop("servicenow"), "cannot be told without the instance"),
        (lambda a: a["receivers"]["service-desk"].update(servicenow=None, pagerduty={}), "is used by no receiver"),
        (lambda a: a["routes"][0].update(owners=["securty"]), "whom no alert has as its owner"),
        (lambda a: a["routes"][0].update(severities=["page"]), "severities"),
        (lambda a: a["routes"].append(a["routes"][-1]), "says what another route says already"),
        (lambda a: a["routes"].insert(0, {"receiver": "platform"}), "is never asked"),
        (lambda a: a["routes"][0].update(quiet_in=["lunch"]), "names the window lunch"),
        (lambda a: a["routes"][5].update(quiet_in=["release-night"]), "keeps nobody quiet"),
        (lambda a: a["maintenance"]["release-night"].update(time_zone="Europe/Berln"), "is no time zone"),
        (lambda a: a["silences"]["disk-of-the-archive"].pop("until"), "until"),
        (lambda a: a["silences"]["disk-of-the-archive"].pop("owner"), "owner"),
        (lambda a: a["silences"]["disk-of-the-archive"].update(reason="why"), "reason"),
        (lambda a: a["silences"]["disk-of-the-archive"].update(alerts=[]), "is about everything that may ever happen"),
        (lambda a: a.pop("credentials"), "must say in which store they are"),
        (lambda a: a["credentials"].update(store="vault"), "the stack has no such store"),
        (lambda a: a["receivers"]["on-call"]["pagerduty"].update(routing_key="abc"), "routing_key"),
    ],
)
def test_what_could_not_work_is_refused_with_the_reason(edit: Edit, why: str) -> None:
    assert why in _refused(edit)


def test_everything_wrong_is_said_at_once() -> None:
    def edit(alerting: dict[str, Any]) -> None:
        alerting["routes"][0]["receiver"] = "gone"
        alerting["maintenance"]["release-night"]["time_zone"] = "Europe/Berln"
        del alerting["email"]

    said = _refused(edit)
    assert all(why in said for why in ("names the receiver gone", "is no time zone", "without a smarthost"))


@pytest.mark.parametrize(
    ("days_after_its_end", "why"),
    [
        (1, "is over: storage silenced it until then"),
        (-93, "is more than 92 days away"),
        (0, ""),
        (-92, ""),
    ],
)
def test_a_silence_ends_and_does_not_last_for_ever(days_after_its_end: int, why: str) -> None:
    observability = settings_of("alerting").observability
    today = observability.alerting.silences["disk-of-the-archive"].until + timedelta(days=days_after_its_end)

    found = [conflict.why for conflict in silenced_until(today)(observability)]

    assert [why in each for each in found] == ([True] if why else [])


def test_the_day_is_asked_for_when_a_stack_is_loaded() -> None:
    names = {relation.__name__ for relation in PlatformSettings.as_of(date(2026, 11, 21)).relations}

    assert "no_silence_is_over" in names
