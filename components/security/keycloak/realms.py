"""The realm as data: which interfaces may ask it, what tokens say, for how long, and who gets which role."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from components.security.keycloak import brokers as keycloak_brokers
from components.security.keycloak.settings import Client, IdentitySettings, Role

REALM: Final = "platform"
"""The realm of people. Keycloak's own, `master`, has nobody in it but the account that configures this one."""

CLAIM: Final = "groups"
"""The claim with a person's roles, by the names of their groups in Kubernetes."""

# Minutes are enough: whoever loses a role loses it with the next token.
_ACCESS_TOKEN_SECONDS: Final = 300
_CODE_SECONDS: Final = 60
_EVENTS_DAYS: Final = 90
_DAY: Final = 86_400

# What an administrator may do by hand: look at everything and end sessions. Changes come from here.
_BY_HAND: Final = ("manage-users", "query-groups", "query-users", "view-clients", "view-events", "view-realm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """An interface that people sign in to.

    Attributes:
        client: What it is called in the realm.
        callback: The path that people come back to with a code. One, for whoever may add another gets the codes.
        without_pkce: Why it proves by its secret alone that the code was meant for it; empty where it proves both ways.

    """

    client: Client
    callback: str
    without_pkce: str = ""

    def url(self, domain: str) -> str:
        """Return where it is."""
        return f"https://{self.client}.{domain}"


_GRAFANA: Final = "/login/generic_oauth"
_PROXY: Final = "/oauth2/callback"

INTERFACES: Final[Mapping[Client, Interface]] = {
    each.client: each
    for each in (
        # https://grafana.com/docs/grafana/latest/setup-grafana/configure-access/configure-authentication/keycloak/
        Interface(client=Client.GRAFANA, callback=_GRAFANA),
        Interface(client=Client.GRAFANA_READ, callback=_GRAFANA),
        Interface(client=Client.GRAFANA_ALLOY, callback=_GRAFANA),
        Interface(client=Client.GRAFANA_PYROSCOPE, callback=_GRAFANA),
        Interface(
            client=Client.ARGOCD,
            callback="/auth/callback",
            without_pkce="with PKCE it leaves its secret out: https://github.com/argoproj/argo-cd/issues/23773",
        ),
        Interface(
            client=Client.VAULT,
            callback="/ui/vault/auth/oidc/oidc/callback",
            without_pkce="it sends no challenge: "
            "https://github.com/hashicorp/vault-plugin-auth-jwt/blob/main/path_oidc.go",
        ),
        # None of these knows people; oauth2-proxy stands before them.
        # https://oauth2-proxy.github.io/oauth2-proxy/configuration/providers/keycloak_oidc
        Interface(client=Client.HUBBLE, callback=_PROXY),
        Interface(client=Client.KUBECOST, callback=_PROXY),
        Interface(client=Client.OPENCOST, callback=_PROXY),
    )
}
"""What is known of each interface; a setting says which of them there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A secret that must be in Secrets Manager, behind the prefix of Keycloak's store.

    Attributes:
        variable: What it is called where the realm refers to it.
        name: The secret.
        key: The key in it.

    """

    variable: str
    name: str
    key: str


def wanted(settings: IdentitySettings) -> tuple[Wanted, ...]:
    """Return the secrets that the realm refers to."""
    secret = "client_secret"  # noqa: S105 - a key's name
    brokers = settings.brokers
    return (
        *(_wanted("clients", client, secret) for client in settings.clients),
        *(_wanted("brokers", alias, secret) for alias in brokers.oidc),
        *(_wanted("brokers", alias, "bind_password") for alias in brokers.ldap),
    )


def _wanted(folder: str, name: str, key: str) -> Wanted:
    return Wanted(variable=keycloak_brokers.variable(folder, name), name=f"{folder}/{name}", key=key)


def realm(settings: IdentitySettings, *, domain: str) -> dict[str, Any]:
    """Return the realm, in which secrets are references that are resolved inside the cluster.

    https://www.keycloak.org/docs-api/latest/rest-api/index.html#RealmRepresentation

    Args:
        settings: What the stack decides.
        domain: The internal entry's, below which the interfaces are.

    """
    interfaces = [INTERFACES[client] for client in settings.clients]
    return {
        "realm": REALM,
        "enabled": True,
        "displayName": "Platform",
        **_sessions(settings),
        **_closed(),
        "roles": {"realm": [{"name": role.claim, "description": f"{role} of the platform"} for role in Role]},
        "groups": keycloak_brokers.groups(settings.brokers, {Role.ADMIN: {"realm-management": [*_BY_HAND]}}),
        "clients": [client(interface, domain=domain) for interface in interfaces],
        # Of all roles that a person has, these and no others are in tokens.
        "scopeMappings": [
            {"client": str(interface.client), "roles": [role.claim for role in Role]} for interface in interfaces
        ],
        **keycloak_brokers.brokers(settings.brokers),
    }


def _sessions(settings: IdentitySettings) -> dict[str, Any]:
    whole, idle = settings.session_hours * 3600, settings.idle_minutes * 60
    return {
        "accessTokenLifespan": _ACCESS_TOKEN_SECONDS,
        "accessCodeLifespan": _CODE_SECONDS,
        "ssoSessionMaxLifespan": whole,
        "ssoSessionIdleTimeout": min(idle, whole),
        "offlineSessionMaxLifespanEnabled": True,
        "offlineSessionMaxLifespan": whole,
        "offlineSessionIdleTimeout": min(idle, whole),
        # A refresh token that is used twice was stolen once.
        "revokeRefreshToken": True,
        "refreshTokenMaxReuse": 0,
        "rememberMe": False,
        "defaultSignatureAlgorithm": "RS256",
    }


def _closed() -> dict[str, Any]:
    return {
        # "external" would take pods for outside only where their addresses are not those of RFC 1918.
        "sslRequired": "all",
        "registrationAllowed": False,
        "resetPasswordAllowed": False,
        "verifyEmail": False,
        "loginWithEmailAllowed": True,
        "duplicateEmailsAllowed": False,
        "editUsernameAllowed": False,
        "bruteForceProtected": True,
        "permanentLockout": False,
        "failureFactor": 5,
        "eventsEnabled": True,
        "eventsExpiration": _EVENTS_DAYS * _DAY,
        "adminEventsEnabled": True,
        "adminEventsDetailsEnabled": True,
        "browserSecurityHeaders": {
            "contentSecurityPolicy": "frame-src 'self'; frame-ancestors 'self'; object-src 'none';",
            "contentSecurityPolicyReportOnly": "",
            "referrerPolicy": "no-referrer",
            "strictTransportSecurity": "max-age=31536000; includeSubDomains",
            "xContentTypeOptions": "nosniff",
            "xFrameOptions": "SAMEORIGIN",
            "xRobotsTag": "none",
        },
    }


def client(interface: Interface, *, domain: str) -> dict[str, Any]:
    """Return a client: confidential, by code only, back to one address only."""
    url = interface.url(domain)
    attributes = {"post.logout.redirect.uris": f"{url}/", "use.refresh.tokens": "true"}
    if not interface.without_pkce:
        attributes["pkce.code.challenge.method"] = "S256"
    return {
        "clientId": str(interface.client),
        "enabled": True,
        "protocol": "openid-connect",
        "publicClient": False,
        "clientAuthenticatorType": "client-secret",
        "secret": keycloak_brokers.reference("clients", interface.client),
        "standardFlowEnabled": True,
        "implicitFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        "serviceAccountsEnabled": False,
        "authorizationServicesEnabled": False,
        "frontchannelLogout": False,
        "rootUrl": url,
        "baseUrl": "/",
        "redirectUris": [f"{url}{interface.callback}"],
        "webOrigins": [],
        "fullScopeAllowed": False,
        # `roles` would put Keycloak's own into tokens.
        "defaultClientScopes": ["basic", "email", "profile"],
        "optionalClientScopes": [],
        "attributes": attributes,
        "protocolMappers": [_roles_as_groups()],
    }


def _roles_as_groups() -> dict[str, Any]:
    return {
        "name": CLAIM,
        "protocol": "openid-connect",
        "protocolMapper": "oidc-usermodel-realm-role-mapper",
        "config": {
            "claim.name": CLAIM,
            "jsonType.label": "String",
            "multivalued": "true",
            "access.token.claim": "true",
            "id.token.claim": "true",
            "userinfo.token.claim": "true",
        },
    }
