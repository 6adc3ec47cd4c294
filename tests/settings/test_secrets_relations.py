"""What could never reach its store is refused before anything is planned, with the key to change."""

from typing import Any

import pytest

from components.foundation.network_settings import NetworkSettings
from components.security.secrets.settings import SecretsSettings
from components.security.vault.settings import VaultSettings
from settings.secrets_relations import (
    other_clouds_are_reached,
    stores_serve_nobody_of_the_platform,
    what_reads_from_vault_has_one,
)
from tests.components import examples

_APPS = {"namespaces": ["apps"]}
_GUID = "5a02a20e-0000-4000-8000-0ad5b634c5d8"
_AZURE = {**_APPS, "vault_url": "https://shop.vault.azure.net", "tenant_id": _GUID, "client_id": _GUID}


def _secrets(**settings: Any) -> SecretsSettings:
    return examples.parsed(SecretsSettings, **settings)


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"stores": {"vault": _APPS}}, ("secrets", "stores", "vault")),
        ({"sync": {"reason": "an operator reads Secrets only"}}, ("secrets", "sync")),
        ({"example": True}, ("secrets", "example")),
    ],
)
def test_a_stack_without_vault_refuses_what_needs_it(asked: dict[str, Any], key: tuple[str, ...]) -> None:
    (conflict,) = what_reads_from_vault_has_one(_secrets(**asked), examples.parsed(VaultSettings, enabled=False))

    assert conflict.keys == (key, ("vault", "enabled"))
    assert "enable it" in conflict.why
    assert list(what_reads_from_vault_has_one(_secrets(**asked), VaultSettings())) == []


def test_without_vault_the_other_stores_stay() -> None:
    asked = _secrets(stores={"aws": _APPS, "azure": _AZURE})

    assert list(what_reads_from_vault_has_one(asked, examples.parsed(VaultSettings, enabled=False))) == []


def test_no_store_serves_a_namespace_of_the_platform_but_those_whose_charts_read_secrets_only() -> None:
    asked = _secrets(stores={"aws": {"namespaces": ["apps", "vault", "monitoring"]}})

    (conflict,) = stores_serve_nobody_of_the_platform(asked)
    assert conflict.keys == (("secrets", "stores", "aws", "namespaces", 1),)
    assert "vault" in conflict.why


@pytest.mark.parametrize(("nat", "refused"), [("none", 1), ("single", 0)])
def test_a_vpc_without_a_way_out_reaches_no_other_cloud(nat: str, refused: int) -> None:
    network = examples.parsed(
        NetworkSettings,
        cidr="10.22.0.0/18",
        zones=["eu-central-1a", "eu-central-1b", "eu-central-1c"],
        nat=nat,
    )

    found = list(other_clouds_are_reached(_secrets(stores={"azure": _AZURE, "aws": _APPS}), network))

    assert [conflict.keys[0] for conflict in found] == [("secrets", "stores", "azure")] * refused
