"""Grafanas let in whom they know, with the role that is theirs."""

from typing import Any

import jmespath
import pytest

from components.observability.dashboards.panels import Grafana
from components.observability.grafana import instances, sign_in
from components.observability.grafana.values import configuration, values
from tests.components.observability.grafana.examples import (
    built,
    provider,
    settings,
    surroundings,
)
from tests.components.recording import Recording

_RELEASE = "kubernetes:helm.sh/v3:Release"
_CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
_EXTERNAL = "kubernetes:external-secrets.io/v1:ExternalSecret"
_STORE = "kubernetes:external-secrets.io/v1:ClusterSecretStore"
_ROUTE = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute"

every = pytest.mark.parametrize("grafana", [*Grafana])


def _values(recording: Recording, grafana: Grafana = Grafana.MAIN) -> dict[str, Any]:
    release = instances.release(grafana)
    found: dict[str, Any] = recording.one(_RELEASE, f"grafana-{release}").inputs["values"]
    return found


def _role(grafana: Grafana, *groups: str) -> object:
    return jmespath.search(sign_in.role(provider(), grafana), {"groups": [*groups]})


@pytest.mark.parametrize(
    ("groups", "main", "read"),
    [
        (["platform:admin"], "Admin", "Viewer"),
        (["platform:power-user"], "Editor", "Viewer"),
        (["platform:developer"], "Viewer", "Viewer"),
        (["platform:viewer", "platform:admin"], "Admin", "Viewer"),
        (["platform:administrator", "admin", ""], False, False),
        ([], False, False),
    ],
)
def test_a_role_is_that_of_the_widest_group_and_who_has_none_stays_outside(
    groups: list[str], main: object, read: object
) -> None:
    assert _role(Grafana.MAIN, *groups) == main
    assert _role(Grafana.READ, *groups) == read
    assert configuration(Grafana.MAIN, surroundings())["auth.generic_oauth"]["role_attribute_strict"] is True


@every
def test_nobody_comes_in_unknown_or_with_a_password_where_people_sign_in_elsewhere(grafana: Grafana) -> None:
    told = configuration(grafana, surroundings())

    assert told["auth.anonymous"] == {"enabled": False}
    assert told["auth.basic"] == {"enabled": False}
    assert told["auth"]["disable_login_form"] is True
    assert told["users"]["allow_sign_up"] is False
    oauth = told["auth.generic_oauth"]
    assert oauth["use_pkce"] is True
    assert oauth["client_id"] == f"client-{grafana}"
    assert oauth["allow_assign_grafana_admin"] is False
    assert sign_in.environment(provider()) == {"GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION": "true"}


def test_without_anybody_who_vouches_there_is_one_administrator_whose_password_the_cluster_made() -> None:
    chosen = values(Grafana.MAIN, surroundings(provider=None))

    assert chosen["env"] == {
        "GF_SECURITY_ADMIN_USER": "admin",
        "GF_SECURITY_ADMIN_PASSWORD__FILE": "/etc/grafana-keys/admin-password",
    }
    assert "auth.generic_oauth" not in chosen["grafana.ini"]
    assert chosen["grafana.ini"]["auth.anonymous"] == {"enabled": False}
    assert "/etc/grafana-keys" in {mount["mountPath"] for mount in chosen["extraSecretMounts"]}


def test_a_certificate_of_the_cluster_is_believed_only_where_the_provider_has_one() -> None:
    inside, outside = built(by=provider(private=True)), built(by=provider())

    assert _values(inside)["grafana.ini"]["auth.generic_oauth"]["tls_client_ca"] == sign_in.AUTHORITY
    certificate = inside.one("kubernetes:cert-manager.io/v1:Certificate", "grafana-secrets-authority").inputs["spec"]
    assert certificate["issuerRef"]["name"] == "private"
    (mounted,) = [each for each in _values(inside)["extraSecretMounts"] if each["name"] == "authority"]
    assert mounted["items"] == [{"key": "ca.crt", "path": "ca.crt"}]
    assert "tls_client_ca" not in _values(outside)["grafana.ini"]["auth.generic_oauth"]
    assert outside.of("kubernetes:cert-manager.io/v1:Certificate") == []


@pytest.mark.parametrize(
    "group", ["o'clock", "a;b", "a#b", "{{ .Values }}", "$__file{/etc/passwd}", "line\nbreak", "back`tick", "%(x)s"]
)
def test_a_group_cannot_say_more_than_its_name(group: str) -> None:
    urls = dict.fromkeys(("authorization_url", "token_url", "userinfo_url"), "https://login.example.com/x")
    with pytest.raises(ValueError, match="pattern"):
        settings(oidc={**urls, "client_id": "grafana", "roles": {"admins": [group]}})
