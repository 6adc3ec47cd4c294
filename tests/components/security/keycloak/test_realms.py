"""A realm trusts whom the settings name, sends codes back to our own addresses only, and holds no secret itself."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from components.security.keycloak import brokers as keycloak_brokers
from components.security.keycloak import realms as keycloak_realms
from components.security.keycloak.realms import CLAIM, INTERFACES, wanted
from components.security.keycloak.settings import Client, IdentitySettings, Role
from tests.components import examples

_DOMAIN = "internal.example.com"
_PEM = "-----BEGIN CERTIFICATE-----\nMIIDAAAA\nBBBB\n-----END CERTIFICATE-----\n"
_OIDC = {
    "issuer": "https://login.example.com",
    "authorization_url": "https://login.example.com/authorize",
    "token_url": "https://login.example.com/token",
    "jwks_url": "https://login.example.com/keys",
    "client_id": "platform",
}
_SAML = {
    "entity_id": "https://adfs.example.com",
    "single_sign_on_url": "https://adfs.example.com/adfs/ls",
    "signing_certificate": _PEM,
}
_LDAP = {
    "host": "directory.example.com",
    "bind_dn": "CN=keycloak,DC=example,DC=com",
    "users_dn": "OU=People,DC=example,DC=com",
    "groups_dn": "OU=Groups,DC=example,DC=com",
}


def _settings(**settings: Any) -> IdentitySettings:
    return examples.parsed(IdentitySettings, **{"clients": [*Client], **settings})


def _realm(**settings: Any) -> dict[str, Any]:
    return keycloak_realms.realm(_settings(**settings), domain=_DOMAIN)


def _every_broker() -> dict[str, Any]:
    return {
        "oidc": {"corporate": {**_OIDC, "groups": {"admin": ["admins"], "viewer": ["everyone"]}}},
        "saml": {"partner": {**_SAML, "groups": {"developer": ["devs"]}}},
        "ldap": {"directory": {**_LDAP, "groups": {"power_user": ["Power (EU)"], "viewer": ["Power (EU)", "Staff"]}}},
    }


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in _texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in _texts(part)]
    return [value] if isinstance(value, str) else []


def test_every_interface_has_a_row_and_a_name_of_its_own() -> None:
    assert set(INTERFACES) == set(Client)
    assert len({each.url(_DOMAIN) for each in INTERFACES.values()}) == len(Client)


def test_codes_come_back_to_one_exact_https_address_of_each_interface() -> None:
    for client in _realm()["clients"]:
        (address,) = client["redirectUris"]
        parts = urlsplit(address)

        assert parts.scheme == "https"
        assert parts.hostname == f"{client['clientId']}.{_DOMAIN}"
        assert parts.path not in {"", "/"}
        assert "*" not in address + client["rootUrl"] + client["attributes"]["post.logout.redirect.uris"]
        assert client["webOrigins"] == []


def test_interfaces_are_confidential_and_get_tokens_by_code_only() -> None:
    for client in _realm()["clients"]:
        assert client["publicClient"] is False
        assert client["standardFlowEnabled"] is True
        grants = ("implicitFlowEnabled", "directAccessGrantsEnabled", "serviceAccountsEnabled")
        assert [client[grant] for grant in grants] == [False, False, False]


def test_codes_are_bound_to_who_asked_unless_the_interface_cannot_and_says_why() -> None:
    methods = {each["clientId"]: each["attributes"].get("pkce.code.challenge.method") for each in _realm()["clients"]}

    without = {str(each.client) for each in INTERFACES.values() if each.without_pkce}
    assert without == {"argocd", "vault"}
    assert {name for name, method in methods.items() if method == "S256"} == set(methods) - without
    assert all("https://" in INTERFACES[Client(name)].without_pkce for name in without)


def test_tokens_say_the_platforms_roles_and_no_others() -> None:
    realm = _realm()
    roles = [role.claim for role in Role]

    assert [role["name"] for role in realm["roles"]["realm"]] == roles
    assert {mapping["client"]: mapping["roles"] for mapping in realm["scopeMappings"]} == {
        str(client): roles for client in Client
    }
    for client in realm["clients"]:
        assert client["fullScopeAllowed"] is False
        assert "roles" not in client["defaultClientScopes"]
        (mapper,) = client["protocolMappers"]
        assert mapper["config"]["claim.name"] == CLAIM


def test_roles_are_called_as_the_clusters_groups() -> None:
    assert [role.claim for role in Role] == [
        "platform:admin",
        "platform:power-user",
        "platform:namespace-admin",
        "platform:developer",
        "platform:viewer",
    ]


def test_whoever_loses_a_role_loses_it_within_minutes_and_sessions_end() -> None:
    realm = _realm(session_hours=8, idle_minutes=30)

    assert realm["accessTokenLifespan"] <= 300
    assert realm["accessCodeLifespan"] <= 60
    assert (realm["ssoSessionMaxLifespan"], realm["ssoSessionIdleTimeout"]) == (8 * 3600, 1800)
    assert realm["offlineSessionMaxLifespanEnabled"] is True
    assert realm["offlineSessionMaxLifespan"] == 8 * 3600
    assert (realm["revokeRefreshToken"], realm["refreshTokenMaxReuse"]) == (True, 0)


def test_no_session_idles_longer_than_it_lasts() -> None:
    realm = _realm(session_hours=1, idle_minutes=480)

    assert realm["ssoSessionIdleTimeout"] == realm["ssoSessionMaxLifespan"] == 3600


def test_there_is_no_way_in_but_the_brokers() -> None:
    realm = _realm(brokers=_every_broker())

    assert [realm[way] for way in ("registrationAllowed", "resetPasswordAllowed", "rememberMe")] == [False] * 3
    assert "users" not in realm
    assert realm["sslRequired"] == "all"
    assert realm["bruteForceProtected"] is True
    assert (realm["eventsEnabled"], realm["adminEventsEnabled"]) == (True, True)


def test_every_secret_is_a_reference_that_somebody_is_asked_for() -> None:
    settings = _settings(brokers=_every_broker())
    references = set(re.findall(r"\$\(env:(\w+)\)", json.dumps(keycloak_realms.realm(settings, domain=_DOMAIN))))

    assert references == {each.variable for each in wanted(settings)}
    assert {(each.name, each.key) for each in wanted(settings)} == {
        *((f"clients/{client}", "client_secret") for client in Client),
        ("brokers/corporate", "client_secret"),
        ("brokers/directory", "bind_password"),
    }
    secret = re.compile(r"secret|credential|password", re.IGNORECASE)
    realm = keycloak_realms.realm(settings, domain=_DOMAIN)
    (directory,) = realm["components"]["org.keycloak.storage.UserStorageProvider"]
    kept = [
        *(client["secret"] for client in realm["clients"]),
        *(value for each in realm["identityProviders"] for key, value in each["config"].items() if secret.search(key)),
        *(value for key, (value,) in directory["config"].items() if secret.search(key)),
    ]
    assert len(kept) == len(wanted(settings))
    assert all(re.fullmatch(r"\$\(env:\w+\)", value) for value in kept)


def test_what_brokers_say_is_signed_and_never_trusted_for_an_address() -> None:
    providers = {each["alias"]: each for each in _realm(brokers=_every_broker())["identityProviders"]}

    assert set(providers) == {"corporate", "partner"}
    for each in providers.values():
        assert each["config"]["validateSignature"] == "true"
        assert each["config"]["syncMode"] == "FORCE"
        assert each["trustEmail"] is False
        assert each["storeToken"] is False
    assert providers["corporate"]["config"]["pkceMethod"] == "S256"
    assert providers["partner"]["config"]["wantAssertionsSigned"] == "true"
    assert providers["partner"]["config"]["signingCertificate"] == "MIIDAAAABBBB"


def test_groups_of_brokers_become_roles_at_every_sign_in() -> None:
    mappers = _realm(brokers=_every_broker())["identityProviderMappers"]

    assert [(each["identityProviderAlias"], each["config"]["group"]) for each in mappers] == [
        ("corporate", "/platform:admin"),
        ("corporate", "/platform:viewer"),
        ("partner", "/platform:developer"),
    ]
    assert json.loads(mappers[0]["config"]["claims"]) == [{"key": "groups", "value": "admins"}]
    assert json.loads(mappers[2]["config"]["attributes"]) == [{"key": "groups", "value": "devs"}]
    assert {each["config"]["syncMode"] for each in mappers} == {"FORCE"}


def test_a_directory_is_read_over_tls_only_and_never_written_to() -> None:
    (directory,) = _realm(brokers=_every_broker())["components"]["org.keycloak.storage.UserStorageProvider"]
    config = directory["config"]

    assert config["connectionUrl"] == ["ldaps://directory.example.com:636"]
    assert config["editMode"] == ["READ_ONLY"]
    assert config["syncRegistrations"] == ["false"]
    assert config["useTruststoreSpi"] == ["always"]


def test_of_a_directory_only_groups_with_a_role_are_seen_and_their_names_are_taken_literally() -> None:
    realm = _realm(brokers=_every_broker())
    (directory,) = realm["components"]["org.keycloak.storage.UserStorageProvider"]
    (mapper,) = directory["subComponents"]["org.keycloak.storage.ldap.mappers.LDAPStorageMapper"]

    assert mapper["config"]["groups.ldap.filter"] == ["(|(cn=Power \\28EU\\29)(cn=Staff))"]
    below = next(group for group in realm["groups"] if group["name"] == keycloak_brokers.DIRECTORY)["subGroups"]
    assert {group["name"]: group["realmRoles"] for group in below} == {
        "Power (EU)": ["platform:power-user", "platform:viewer"],
        "Staff": ["platform:viewer"],
    }


def test_administrators_look_and_end_sessions_but_change_nothing_by_hand() -> None:
    admins = next(group for group in _realm()["groups"] if group["name"] == "platform:admin")
    others = [group for group in _realm()["groups"] if group["name"] != "platform:admin"]

    assert not {"realm-admin", "manage-realm", "manage-clients", "manage-identity-providers"} & {
        *admins["clientRoles"]["realm-management"]
    }
    assert all("clientRoles" not in group for group in others)


@pytest.mark.parametrize(
    "url",
    ["http://login.example.com", "https://user:pw@login.example.com", "https://login.example.com/*?x=1", "login"],
)
def test_no_broker_is_asked_without_tls_or_with_a_password_in_the_address(url: str) -> None:
    with pytest.raises(ValueError, match="token_url"):
        _settings(brokers={"oidc": {"corporate": {**_OIDC, "token_url": url}}})


def test_no_key_is_taken_for_a_certificate() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIID\n-----END PRIVATE KEY-----\n"
    with pytest.raises(ValueError, match="signing_certificate"):
        _settings(brokers={"saml": {"partner": {**_SAML, "signing_certificate": key}}})


def test_nothing_in_the_realm_is_a_wildcard() -> None:
    assert [text for text in _texts(_realm(brokers=_every_broker())) if "*" in text] == []
