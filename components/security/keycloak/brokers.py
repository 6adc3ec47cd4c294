"""Who vouches for people, as Keycloak reads it: identity providers, directories, and whose groups have which role."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from components.security.keycloak.settings import (
    BrokersSettings,
    GroupsSettings,
    LdapSettings,
    OidcSettings,
    Role,
    SamlSettings,
)

DIRECTORY: Final = "directory"
"""The group below which directories' groups appear, under their own names."""

# A person's roles follow their groups at every sign-in, not at the first only.
_ALWAYS: Final = {"syncMode": "FORCE"}
# How often the groups and the people of a directory are looked at again, in seconds.
_FULL_SYNC: Final = 86_400
_CHANGED_SYNC: Final = 900

_ATTRIBUTES: Final[Mapping[str, Mapping[str, str]]] = {
    # https://www.keycloak.org/docs/latest/server_admin/#_ldap
    "ad": {
        "usernameLDAPAttribute": "sAMAccountName",
        "rdnLDAPAttribute": "cn",
        "uuidLDAPAttribute": "objectGUID",
        "userObjectClasses": "person, organizationalPerson, user",
    },
    "other": {
        "usernameLDAPAttribute": "uid",
        "rdnLDAPAttribute": "uid",
        "uuidLDAPAttribute": "entryUUID",
        "userObjectClasses": "inetOrgPerson, organizationalPerson",
    },
}
_GROUP_CLASS: Final = {"ad": "group", "other": "groupOfNames"}


def variable(folder: str, name: str) -> str:
    """Return what the secret of a client or a broker is called in the environment of whoever applies the realm."""
    return f"{folder}_{name}".upper().replace("-", "_")


def reference(folder: str, name: str) -> str:
    """Return the reference to a secret, as keycloak-config-cli resolves it."""
    return f"$(env:{variable(folder, name)})"


def groups(settings: BrokersSettings, by_hand: Mapping[Role, Mapping[str, list[str]]]) -> list[dict[str, Any]]:
    """Return the realm's groups: one for each role, and those of directories, whose names are not ours to choose.

    Args:
        settings: The brokers.
        by_hand: What members may do in Keycloak itself: for each role, roles of its own clients.

    """
    made: list[dict[str, Any]] = [_group(role.claim, [role], by_hand) for role in Role]
    found: dict[str, list[Role]] = {}
    for directory in settings.ldap.values():
        for role, name in directory.groups.chosen:
            found.setdefault(name, []).append(role)
    if found:
        below = [_group(name, [*dict.fromkeys(roles)], by_hand) for name, roles in found.items()]
        made.append({"name": DIRECTORY, "subGroups": below})
    return made


def _group(name: str, roles: Sequence[Role], by_hand: Mapping[Role, Mapping[str, list[str]]]) -> dict[str, Any]:
    own = {client: [*granted] for role in roles for client, granted in by_hand.get(role, {}).items()}
    return {"name": name, "realmRoles": [role.claim for role in roles], **({"clientRoles": own} if own else {})}


def brokers(settings: BrokersSettings) -> dict[str, Any]:
    """Return the part of the realm that says who vouches for people."""
    providers = [
        *(_oidc(alias, each) for alias, each in settings.oidc.items()),
        *(_saml(alias, each) for alias, each in settings.saml.items()),
    ]
    mappers = [
        *(
            mapper
            for alias, oidc in settings.oidc.items()
            for mapper in _mappers(alias, oidc.groups, kind="oidc", lists="claims", key=oidc.groups_claim)
        ),
        *(
            mapper
            for alias, saml in settings.saml.items()
            for mapper in _mappers(alias, saml.groups, kind="saml", lists="attributes", key=saml.groups_attribute)
        ),
    ]
    directories = [_directory(alias, each) for alias, each in settings.ldap.items()]
    return {
        "identityProviders": providers,
        "identityProviderMappers": mappers,
        **({"components": {"org.keycloak.storage.UserStorageProvider": directories}} if directories else {}),
    }


def _provider(alias: str, kind: str, config: Mapping[str, str]) -> dict[str, Any]:
    return {
        "alias": alias,
        "displayName": alias.replace("-", " ").title(),
        "providerId": kind,
        "enabled": True,
        # An address that the broker has not checked would open somebody else's account.
        "trustEmail": False,
        "storeToken": False,
        "addReadTokenRoleOnCreate": False,
        "linkOnly": False,
        "firstBrokerLoginFlowAlias": "first broker login",
        "config": {**_ALWAYS, **config},
    }


def _oidc(alias: str, broker: OidcSettings) -> dict[str, Any]:
    return _provider(
        alias,
        "oidc",
        {
            "issuer": broker.issuer,
            "authorizationUrl": broker.authorization_url,
            "tokenUrl": broker.token_url,
            "jwksUrl": broker.jwks_url,
            "useJwksUrl": "true",
            "validateSignature": "true",
            # Everything is in the token: without, Keycloak would ask a third address.
            "disableUserInfo": "true",
            "clientId": broker.client_id,
            "clientSecret": reference("brokers", alias),
            "clientAuthMethod": "client_secret_post",
            "defaultScope": "openid profile email",
            "pkceEnabled": "true",
            "pkceMethod": "S256",
        },
    )


def _saml(alias: str, broker: SamlSettings) -> dict[str, Any]:
    return _provider(
        alias,
        "saml",
        {
            "idpEntityId": broker.entity_id,
            "singleSignOnServiceUrl": broker.single_sign_on_url,
            "postBindingAuthnRequest": "true",
            "postBindingResponse": "true",
            "wantAuthnRequestsSigned": "true",
            "signatureAlgorithm": "RSA_SHA256",
            "wantAssertionsSigned": "true",
            "validateSignature": "true",
            "signingCertificate": _bare(broker.signing_certificate),
            "nameIDPolicyFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
            "principalType": "SUBJECT",
            "allowedClockSkew": "30",
        },
    )


def _bare(pem: str) -> str:
    """Return certificates as Keycloak takes them: without their frames, one after a comma."""
    inner = (each.partition("-----END")[0] for each in pem.split("-----BEGIN CERTIFICATE-----")[1:])
    return ",".join("".join(each.split()) for each in inner)


def _mappers(alias: str, chosen: GroupsSettings, *, kind: str, lists: str, key: str) -> list[dict[str, Any]]:
    singular = lists.removesuffix("s")
    return [
        {
            "name": f"{role} of {group}",
            "identityProviderAlias": alias,
            "identityProviderMapper": f"{kind}-advanced-group-idp-mapper",
            "config": {
                **_ALWAYS,
                lists: json.dumps([{"key": key, "value": group}]),
                f"are.{singular}.values.regex": "false",
                "group": f"/{role.claim}",
            },
        }
        for role, group in chosen.chosen
    ]


def _directory(alias: str, broker: LdapSettings) -> dict[str, Any]:
    own = {
        "enabled": "true",
        "vendor": broker.vendor,
        "editMode": "READ_ONLY",
        "importEnabled": "true",
        "syncRegistrations": "false",
        "connectionUrl": f"ldaps://{broker.host}:{broker.port}",
        "useTruststoreSpi": "always",
        "startTls": "false",
        "connectionTimeout": "5000",
        "readTimeout": "5000",
        "authType": "simple",
        "bindDn": broker.bind_dn,
        "bindCredential": reference("brokers", alias),
        "usersDn": broker.users_dn,
        # Below it, however deep.
        "searchScope": "2",
        "pagination": "true",
        "trustEmail": "false",
        "fullSyncPeriod": str(_FULL_SYNC),
        "changedSyncPeriod": str(_CHANGED_SYNC),
        **_ATTRIBUTES[broker.vendor],
    }
    return {
        "name": alias,
        "providerId": "ldap",
        "config": _listed(own),
        "subComponents": {"org.keycloak.storage.ldap.mappers.LDAPStorageMapper": [_directory_groups(broker)]},
    }


def _directory_groups(broker: LdapSettings) -> dict[str, Any]:
    # Only those with a role: the directory's others are nobody's business here.
    names = "".join(f"(cn={_escaped(group)})" for group in dict.fromkeys(name for _, name in broker.groups.chosen))
    return {
        "name": "groups",
        "providerId": "group-ldap-mapper",
        "config": _listed(
            {
                "mode": "READ_ONLY",
                "groups.dn": broker.groups_dn,
                "groups.path": f"/{DIRECTORY}",
                "group.name.ldap.attribute": "cn",
                "group.object.classes": _GROUP_CLASS[broker.vendor],
                "groups.ldap.filter": f"(|{names})" if names else "(!(cn=*))",
                "membership.ldap.attribute": "member",
                "membership.attribute.type": "DN",
                "membership.user.ldap.attribute": _ATTRIBUTES[broker.vendor]["usernameLDAPAttribute"],
                "user.roles.retrieve.strategy": "LOAD_GROUPS_BY_MEMBER_ATTRIBUTE",
                "preserve.group.inheritance": "false",
                "ignore.missing.groups": "false",
                "drop.non.existing.groups.during.sync": "false",
            }
        ),
    }


def _escaped(value: str) -> str:
    """Return a value as a filter takes it literally: https://www.rfc-editor.org/rfc/rfc4515#section-3."""
    return "".join(f"\\{ord(char):02x}" if char in "\\*()\0" else char for char in value)


def _listed(config: Mapping[str, str]) -> dict[str, list[str]]:
    """Return a component's configuration as Keycloak takes it: every value in a list."""
    return {key: [value] for key, value in config.items()}
