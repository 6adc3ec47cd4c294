"""Exporters that could ask nobody, or as nobody, are refused when the settings are loaded."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from settings import SettingsError
from settings.load import parse
from tests.environments import content_of
from tests.settings import refusals

_PREFIX = "platform:"
Edit = Callable[[dict[str, Any]], object]


def _blocks(edit: Edit, stores: dict[str, Any] | None = None) -> dict[str, Any]:
    config = copy.deepcopy(content_of("exporters")["config"])
    blocks = {key.removeprefix(_PREFIX): value for key, value in config.items() if key.startswith(_PREFIX)}
    edit(blocks["observability"]["exporters"])
    if stores is not None:
        blocks["secrets"]["stores"] = stores
    return blocks


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (lambda e: e["databases"]["orders"]["credentials"].update(store="gcp"), "the stack has no such store"),
        (lambda e: e["databases"]["orders"].pop("credentials"), "as other databases of the kind postgres do"),
        (lambda e: e["documents"]["targets"]["bmc-1"].update(module="ipmi"), "is ipmi, which is not in modules"),
        (lambda e: e["documents"].update(targets={}), "reads no target's documents"),
        (lambda e: e["documents"]["modules"].update(redfish=[]), "reads nothing: name a metric"),
        (lambda e: e["jvm"].update(namespaces=["vault"]), "is vault, which is the platform's own"),
        (lambda e: e["probes"].update(plain={"url": "http://shop.example.com"}), "url"),
    ],
)
def test_what_could_not_be_asked_is_refused_with_the_reason(edit: Edit, why: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse(_blocks(edit), stack="exporters")

    assert why in " ".join(str(refused.value).split())


def test_a_store_that_leaves_monitoring_out_is_mended() -> None:
    blocks = _blocks(lambda _: None, {"aws": {"namespaces": ["apps"]}})
    found = [each for each in refusals.problems(blocks) if "the user of the exporter of" in each.says]

    assert len(found) == 3
    mended = refusals.mended(blocks, found[0])
    assert mended.secrets.stores.aws
    assert "monitoring" in mended.secrets.stores.aws.namespaces
