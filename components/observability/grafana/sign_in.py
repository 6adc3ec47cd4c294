"""How people come in: whom a Grafana asks who they are, and which role they have in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from components.observability.dashboards.panels import Grafana
from components.observability.grafana.instances import Role, highest
from components.observability.grafana.settings import OidcSettings

AUTHORITY: Final = "/etc/grafana-authority/ca.crt"
"""Where the authority of certificates inside the cluster is, where the provider has one of them."""

CLIENT_SECRET: Final = "/etc/grafana-client/client_secret"  # noqa: S105 - a path
ADMIN_PASSWORD: Final = "/etc/grafana-keys/admin-password"  # noqa: S105 - a path


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who vouches for people.

    Attributes:
        name: What people read on the way in.
        authorization_url: Where their browsers are sent to.
        token_url: Where codes are redeemed.
        userinfo_url: Where Grafana asks who somebody is.
        sign_out_url: Where browsers are sent at the end; empty to stay.
        groups_claim: The claim with a person's groups.
        roles: Which groups have which role, the widest first.
        clients: As whom each Grafana is known.
        secrets: Of each client the secret in Secrets Manager with the key ``client_secret``, behind `store`.
        store: What the names of those secrets begin with.
        private: Whether its certificate is signed inside the cluster.

    """

    name: str
    authorization_url: str
    token_url: str
    userinfo_url: str
    sign_out_url: str
    groups_claim: str
    roles: Mapping[Role, Sequence[str]]
    clients: Mapping[Grafana, str]
    secrets: Mapping[Grafana, str]
    store: str
    private: bool


def of_settings(settings: OidcSettings, *, prefix: str) -> Provider:
    """Return the provider that a stack names; `prefix` is what the names of Grafana's own secrets begin with."""
    roles = settings.roles
    return Provider(
        name=settings.name,
        authorization_url=settings.authorization_url,
        token_url=settings.token_url,
        userinfo_url=settings.userinfo_url,
        sign_out_url="",
        groups_claim=settings.groups_claim,
        roles={Role.ADMIN: roles.admins, Role.EDITOR: roles.editors, Role.VIEWER: roles.viewers},
        clients=dict.fromkeys(Grafana, settings.client_id),
        secrets=dict.fromkeys(Grafana, "oidc"),
        store=prefix,
        private=False,
    )


def role(provider: Provider, grafana: Grafana) -> str:
    """Return the JMESPath that gives a person's role, of a user's claims; nothing for whoever has none.

    https://grafana.com/docs/grafana/latest/setup-grafana/configure-access/configure-authentication/generic-oauth/
    """
    allowed = [*Role][[*Role].index(highest(grafana)) :]
    cases = [
        f"contains(\"{provider.groups_claim}\"[*], '{group}') && '{each if each in allowed else allowed[0]}'"
        for each in Role
        for group in provider.roles[each]
    ]
    return " || ".join(cases)


def configuration(provider: Provider | None, grafana: Grafana) -> dict[str, Any]:
    """Return the sections of Grafana's configuration that say who comes in; without a provider, by password."""
    closed = {
        "auth.anonymous": {"enabled": False},
        "users": {"allow_sign_up": False, "allow_org_create": False, "auto_assign_org_role": Role.VIEWER.value},
    }
    if not provider:
        return closed
    return {
        **closed,
        "auth": {"disable_login_form": True},
        "auth.basic": {"enabled": False},
        "auth.generic_oauth": {
            "enabled": True,
            "name": provider.name,
            # Whoever has a role is known from the first time on; whoever has none is turned away.
            "allow_sign_up": True,
            "role_attribute_path": role(provider, grafana),
            "role_attribute_strict": True,
            "allow_assign_grafana_admin": False,
            "skip_org_role_sync": False,
            "client_id": provider.clients[grafana],
            "client_secret": f"$__file{{{CLIENT_SECRET}}}",
            "scopes": "openid profile email",
            "auth_url": provider.authorization_url,
            "token_url": provider.token_url,
            "api_url": provider.userinfo_url,
            "use_pkce": True,
            "use_refresh_token": True,
            "login_attribute_path": "preferred_username || email",
            **({"signout_redirect_url": provider.sign_out_url} if provider.sign_out_url else {}),
            **({"tls_client_ca": AUTHORITY} if provider.private else {}),
        },
    }


def environment(provider: Provider | None) -> dict[str, str]:
    """Return who there is before anyone has come: nobody, or one administrator."""
    if provider:
        return {"GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION": "true"}
    return {"GF_SECURITY_ADMIN_USER": "admin", "GF_SECURITY_ADMIN_PASSWORD__FILE": ADMIN_PASSWORD}
