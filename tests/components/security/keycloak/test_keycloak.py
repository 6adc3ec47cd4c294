"""Keycloak stays there when a node or a password goes, shows the network one realm only, and has no secret in state."""

import json
from typing import Any

import pulumi
import pytest
import yaml

from components.kit import postgres
from components.kit.postgres import Postgres
from components.security.keycloak import configuration as keycloak_configuration
from components.security.keycloak import realms as keycloak_realms
from components.security.keycloak import secrets as keycloak_secrets
from components.security.keycloak.flows import KEYCLOAK
from components.security.keycloak.keycloak import PATHS, Door, Keycloak
from components.security.keycloak.secrets import Secrets
from components.security.keycloak.settings import IdentitySettings
from tests.components import examples
from tests.components.recording import Recording, build
from tests.components.security.keycloak.examples import EXISTING, LDAP, OIDC, RDS

_SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:rds!db-1234"  # noqa: S105 - its name
_STORE = "kubernetes:external-secrets.io/v1:ClusterSecretStore"
_EXTERNAL = "kubernetes:external-secrets.io/v1:ExternalSecret"


def _settings(**settings: Any) -> IdentitySettings:
    brokers = {"oidc": {"corporate": OIDC}, "ldap": {"directory": LDAP}}
    return examples.parsed(
        IdentitySettings, **{"enabled": True, "brokers": brokers, "clients": ["grafana"], **settings}
    )


def _built(**settings: Any) -> Recording:
    chosen = _settings(**(settings or RDS))

    def program() -> None:
        made = Postgres(host=pulumi.Output.from_input("db.example.com"), secret_arn=pulumi.Output.from_input(_SECRET))
        Keycloak(
            "keycloak",
            chosen,
            account=examples.account(),
            door=Door(
                domain="internal.example.com",
                gateway="internal",
                namespace="internal-entry",
                api="gateway.networking.k8s.io/v1",
            ),
            secrets=Secrets(prefix="platform-test/", reader="reader", issuer="private"),
            database=made if chosen.database.rds else None,
        )

    return build(program)


def _values(**settings: Any) -> dict[str, Any]:
    values: dict[str, Any] = (
        _built(**settings).one("kubernetes:helm.sh/v3:Release", "keycloak-keycloakx").inputs["values"]
    )
    return values


def _environment(values: dict[str, Any]) -> dict[str, Any]:
    return {each["name"]: each.get("value", each.get("valueFrom")) for each in yaml.safe_load(values["extraEnv"])}


def test_one_of_them_may_always_be_gone() -> None:
    values = _values()

    assert values["replicas"] >= 2
    assert values["podDisruptionBudget"] == {"maxUnavailable": 1}
    zone, _ = yaml.safe_load(values["topologySpreadConstraints"])
    assert (zone["topologyKey"], zone["whenUnsatisfiable"]) == ("topology.kubernetes.io/zone", "DoNotSchedule")
    assert zone["labelSelector"]["matchLabels"] == KEYCLOAK.labels
    with pytest.raises(ValueError, match="replicas"):
        _settings(replicas=1)


def test_the_servers_find_each_other_where_pods_have_no_private_address() -> None:
    bound = _environment(_values())["KC_CACHE_EMBEDDED_NETWORK_BIND_ADDRESS"]

    assert bound == {"fieldRef": {"fieldPath": "status.podIP"}}


def test_pods_bear_the_restricted_level_and_have_no_token() -> None:
    values = _values()
    job = keycloak_configuration.pod("files")

    for pod, container in (
        (values["podSecurityContext"], values["securityContext"]),
        (job["securityContext"], job["containers"][0]["securityContext"]),
    ):
        assert pod["runAsNonRoot"] is True
        assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
        assert container["allowPrivilegeEscalation"] is False
        assert container["capabilities"] == {"drop": ["ALL"]}
    assert values["serviceAccount"] == {"automountServiceAccountToken": False}
    assert job["automountServiceAccountToken"] is False


def test_people_are_sent_to_the_one_name_whatever_name_a_request_has() -> None:
    values = _values()

    assert _environment(values)["KC_HOSTNAME"] == "https://sso.internal.example.com"
    assert values["proxy"] == {"mode": "xforwarded"}


def test_probes_and_prometheus_speak_http_although_the_main_port_does_not() -> None:
    assert _environment(_values())["KC_HTTP_MANAGEMENT_SCHEME"] == "http"


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        (RDS, ("db.example.com", 5432, "keycloak")),
        (EXISTING, ("postgres.example.com", 6432, "people")),
    ],
)
def test_the_database_is_who_it_says_it_is(settings: dict[str, Any], place: tuple[str, int, str]) -> None:
    values = _values(**settings)
    database = values["database"]

    assert (database["hostname"], database["port"], database["database"]) == place
    properties = _environment(values)["KC_DB_URL_PROPERTIES"]
    assert properties == "?sslmode=verify-full&sslrootcert=/opt/keycloak/conf/truststores/database.pem"
    (trusted,) = [mount for mount in yaml.safe_load(values["extraVolumeMounts"]) if mount["name"] == "trusted"]
    assert trusted["mountPath"] in properties


def test_whom_keycloak_trusts_is_the_regions_authority_unless_a_setting_says_otherwise() -> None:
    pem = "-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----\n"

    def trusted(**settings: Any) -> dict[str, str]:
        found: dict[str, str] = (
            _built(**settings).one("kubernetes:core/v1:ConfigMap", "keycloak-authorities").inputs["data"]
        )
        return found

    assert trusted(**RDS) == {"database.pem": postgres.authorities()["eu-central-1"]}
    assert trusted(database={"rds": {}, "authority": pem}) == {"database.pem": pem}
    assert trusted(**RDS, brokers={"ldap": {"directory": LDAP}, "authorities": pem})["brokers.pem"] == pem


def test_no_secret_is_in_values_or_state() -> None:
    recording = _built()
    values = json.dumps(recording.one("kubernetes:helm.sh/v3:Release", "keycloak-keycloakx").inputs["values"])

    assert recording.of("kubernetes:core/v1:Secret") == []
    assert "secretKeyRef" in values
    assert "password" not in json.loads(values)["database"]
    environment = _environment(json.loads(values))
    assert environment["KC_DB_USERNAME"] == {"secretKeyRef": {"name": "keycloak-database", "key": "username"}}
    assert environment["KC_BOOTSTRAP_ADMIN_CLIENT_SECRET"] == {
        "secretKeyRef": {"name": "keycloak-admin", "key": "client_secret"}
    }


def test_only_keycloak_may_ask_for_its_secrets_and_for_nothing_beside() -> None:
    stores = {made.name: made.inputs["spec"] for made in _built().of(_STORE)}

    assert set(stores) == {"keycloak-store", "keycloak-database-store"}
    assert all(spec["conditions"] == [{"namespaces": ["keycloak"]}] for spec in stores.values())
    assert stores["keycloak-store"]["provider"]["aws"]["prefix"] == "platform-test/keycloak/"


def test_the_operator_may_read_the_one_secret_that_rds_made() -> None:
    policy = _built().one("aws:iam/rolePolicy:RolePolicy", "keycloak-database").inputs

    (statement,) = json.loads(policy["policy"])["Statement"]
    assert policy["role"] == "reader"
    assert statement["Resource"] == [_SECRET]
    assert _built(**EXISTING).of("aws:iam/rolePolicy:RolePolicy") == []


@pytest.mark.parametrize(
    ("settings", "store", "secret"),
    [(RDS, "keycloak-database", _SECRET), (EXISTING, "keycloak", "database")],
)
def test_the_databases_password_is_looked_at_every_minute(settings: dict[str, Any], store: str, secret: str) -> None:
    spec = _built(**settings).one(_EXTERNAL, "keycloak-database").inputs["spec"]

    assert spec["refreshInterval"] == "1m"
    assert spec["secretStoreRef"] == {"kind": "ClusterSecretStore", "name": store}
    assert spec["dataFrom"] == [{"extract": {"key": secret}}]


def test_what_people_must_keep_is_told() -> None:
    recording = _built(**EXISTING)
    asked = {
        f"platform-test/keycloak/{each['extract']['key']}"
        for made in recording.of(_EXTERNAL)
        for each in made.inputs["spec"]["dataFrom"]
    }

    told = keycloak_secrets.required(_settings(**EXISTING), "platform-test/keycloak/")
    assert set(told) == asked
    assert told["platform-test/keycloak/database"] == ["username", "password"]


def test_the_realm_finds_its_secrets_under_the_names_it_refers_to() -> None:
    settings = _settings(**RDS)
    called = {
        each["extract"]["key"]: [rewrite["regexp"] for rewrite in each["rewrite"]]
        for each in _built().one(_EXTERNAL, "keycloak-configuration").inputs["spec"]["dataFrom"]
    }

    assert called == {
        each.name: [{"source": f"^{each.key}$", "target": each.variable}] for each in keycloak_realms.wanted(settings)
    }


def test_the_network_sees_the_realm_and_never_keycloaks_own() -> None:
    spec = _built().one("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", "keycloak-route").inputs["spec"]

    assert spec["hostnames"] == ["sso.internal.example.com"]
    assert spec["parentRefs"] == [{"name": "internal", "namespace": "internal-entry", "sectionName": "https"}]
    (rule,) = spec["rules"]
    assert [match["path"]["value"] for match in rule["matches"]] == [*PATHS]
    assert rule["backendRefs"] == [{"name": "keycloak-http", "port": 80}]
    hidden = ("/realms/master", "/admin/realms/master", "/admin/master/console", "/metrics", "/health", "/")
    assert [path for path in hidden for open_ in PATHS if f"{path}/".startswith(f"{open_}/")] == []


def test_the_realm_is_configured_over_tls_by_the_name_its_certificate_has() -> None:
    certificate = _built().one("kubernetes:cert-manager.io/v1:Certificate", "keycloak-certificate").inputs["spec"]
    told = keycloak_configuration.environment()

    host = told["KEYCLOAK_URL"].removeprefix("https://").removesuffix(":8443")
    assert host in certificate["dnsNames"]
    assert told["KEYCLOAK_SSLVERIFY"] == "true"
    pod = keycloak_configuration.pod("files")
    (trust,) = pod["initContainers"]
    assert told["JAVA_OPTS"].endswith(f"trustStore={trust['command'][trust['command'].index('-keystore') + 1]}")
    volumes = {each["name"]: each for each in pod["volumes"]}
    assert [item["key"] for item in volumes["authority"]["secret"]["items"]] == ["ca.crt"]


def test_another_realm_is_another_run_and_the_same_is_none() -> None:
    def run(**settings: Any) -> str:
        return str(
            _built(**RDS, **settings)
            .one("kubernetes:batch/v1:Job", "keycloak-configuration")
            .inputs["metadata"]["name"]
        )

    assert run() == run()
    assert run() != run(session_hours=3)


def test_what_was_changed_by_hand_is_undone_within_the_hour() -> None:
    spec = _built().one("kubernetes:batch/v1:CronJob", "keycloak-every-hour").inputs["spec"]

    assert spec["schedule"] == "17 * * * *"
    assert spec["concurrencyPolicy"] == "Forbid"
    assert keycloak_configuration.environment()["IMPORT_CACHE_ENABLED"] == "false"


def test_a_run_deletes_neither_the_realms_keys_nor_a_directorys_people() -> None:
    told = keycloak_configuration.environment()

    assert (told["IMPORT_MANAGED_COMPONENT"], told["IMPORT_MANAGED_SUBCOMPONENT"]) == ("no-delete", "no-delete")


def test_a_run_without_a_secret_fails_instead_of_setting_the_reference_as_one() -> None:
    told = keycloak_configuration.environment()

    assert told["IMPORT_VARSUBSTITUTION_ENABLED"] == "true"
    assert told["IMPORT_VARSUBSTITUTION_UNDEFINEDISERROR"] == "true"


def test_the_pods_listen_where_the_flows_say() -> None:
    extra = {(port["name"], port["containerPort"]) for port in _values()["extraPorts"]}

    # The chart's own three: charts/keycloakx/templates/statefulset.yaml.
    own = {("http", 8080), ("https", 8443), ("http-internal", 9000)}
    assert {(port.name, port.number) for port in KEYCLOAK.ports} == own | extra
