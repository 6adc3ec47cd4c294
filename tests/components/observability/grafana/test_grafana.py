"""Grafanas show what is written here, keep what they must, and have no secret in a state."""

import json
import re
from typing import Any

import pytest
import yaml

from components.kit.monitoring import Instance
from components.observability.dashboards.catalog import DASHBOARDS, shown_in
from components.observability.dashboards.panels import Grafana
from components.observability.grafana import datasources, instances
from components.observability.grafana.values import FOLDER, configuration, values
from components.security.keycloak.realms import INTERFACES
from components.security.keycloak.settings import Client
from tests.components.observability.grafana.examples import (
    EVERY,
    EXISTING,
    RDS,
    SECRET_ARN,
    built,
    provider,
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


def test_the_stack_has_the_grafanas_that_are_named() -> None:
    recording = built(instances=["main", "read"])

    assert {made.inputs["name"] for made in recording.of(_RELEASE)} == {"grafana-main", "grafana-read"}
    assert built(instances=[]).of(_RELEASE) == []


@pytest.mark.parametrize("given", [{}, RDS, EXISTING])
def test_no_secret_is_in_values_or_state(given: dict[str, Any]) -> None:
    recording = built(by=provider(private=True), instances=EVERY, **given)
    ini = _values(recording)["grafana.ini"]

    assert "assertNoLeakedSecrets" not in _values(recording), "the chart's own check stays on"
    for section, key in (("security", "secret_key"), ("auth.generic_oauth", "client_secret")):
        assert re.fullmatch(r"\$__file\{/etc/grafana-[a-z]+/[a-z_-]+\}", ini[section][key])
    if given:
        assert ini["database"]["password"] == "$__file{/etc/grafana-keys/database-password}"  # noqa: S105 - a path
    for made in recording.of(_EXTERNAL):
        assert "data" not in made.inputs["spec"], "it would name keys as if they were secrets"
    assert recording.of("kubernetes:core/v1:Secret") == []
    assert recording.of("random:index/randomPassword:RandomPassword") == []


def test_what_nobody_need_know_is_made_once_in_the_cluster() -> None:
    recording = built(instances=EVERY)
    made = [each for each in recording.of(_EXTERNAL) if each.name.endswith("-keys")]

    assert len(made) == len(EVERY)
    for each in made:
        assert each.inputs["spec"]["refreshPolicy"] == "CreatedOnce"
        (source,) = each.inputs["spec"]["dataFrom"]
        assert source["sourceRef"]["generatorRef"]["kind"] == "Password"
    (generator,) = recording.of("kubernetes:generators.external-secrets.io/v1alpha1:Password")
    assert generator.inputs["spec"]["secretKeys"] == ["secret-key", "admin-password", "database-password"]
    assert generator.inputs["spec"]["length"] >= 32


def test_grafanas_namespace_asks_for_its_own_secrets_and_for_clients_only() -> None:
    stores = {each.inputs["metadata"]["name"]: each.inputs["spec"] for each in built(by=provider(), **RDS).of(_STORE)}
    with_existing = {
        each.inputs["metadata"]["name"]: each.inputs["spec"] for each in built(by=provider(), **EXISTING).of(_STORE)
    }

    assert set(stores) == {"grafana-clients", "grafana-database"}
    assert all(spec["conditions"] == [{"namespaces": ["grafana"]}] for spec in stores.values())
    assert stores["grafana-clients"]["provider"]["aws"]["prefix"] == "platform-test/keycloak/clients/"
    assert with_existing["grafana"]["provider"]["aws"]["prefix"] == "platform-test/grafana/"


def test_the_operator_reads_the_secret_of_rds_and_no_other_besides_its_own() -> None:
    policy = built(**RDS).one("aws:iam/rolePolicy:RolePolicy", "grafana-secrets-database").inputs
    (statement,) = json.loads(policy["policy"])["Statement"]

    assert policy["role"] == "reader"
    assert statement["Resource"] == [SECRET_ARN]
    assert all("Put" not in action and "*" not in action for action in statement["Action"])


def test_people_are_told_which_secrets_they_must_keep() -> None:
    told = built(by=provider(), instances=["main", "read"], **EXISTING).exports["secrets"]

    assert told == {
        "platform-test/grafana/database": ["username", "password"],
        "platform-test/keycloak/clients/secret-main": ["client_secret"],
        "platform-test/keycloak/clients/secret-read": ["client_secret"],
    }
    assert built(**RDS).exports["secrets"] == {}


def test_one_of_a_pair_may_always_be_gone() -> None:
    pair, single = values(Grafana.MAIN, surroundings()), values(Grafana.MAIN, surroundings(replicas=1, database=None))

    assert pair["podDisruptionBudget"] == {"maxUnavailable": 1}
    assert {each["topologyKey"] for each in pair["topologySpreadConstraints"]} == {
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
    }
    selected = pair["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"]
    assert selected == instances.workload(Grafana.MAIN).labels
    # A budget for one pod would hold every drain up.
    assert "podDisruptionBudget" not in single


def test_sqlite_is_one_pod_with_a_volume_and_a_database_needs_none() -> None:
    with_volume = values(Grafana.MAIN, surroundings(replicas=1, database=None, volume_gib=7))
    with_database = values(Grafana.MAIN, surroundings())

    assert with_volume["persistence"] == {"enabled": True, "size": "7Gi"}
    assert with_volume["deploymentStrategy"] == {"type": "Recreate"}
    assert "database" not in with_volume["grafana.ini"]
    assert "persistence" not in with_database
    assert with_database["grafana.ini"]["database"]["ssl_mode"] == "verify-full"


def test_each_grafana_has_a_database_and_a_user_of_its_own() -> None:
    recording = built(instances=EVERY, **RDS)
    users = {_values(recording, each)["grafana.ini"]["database"]["user"] for each in Grafana}

    assert users == {f"grafana_{each}" for each in Grafana}
    (job,) = recording.of("kubernetes:batch/v1:Job")
    (container,) = job.inputs["spec"]["template"]["spec"]["containers"]
    told = {each["name"]: each.get("value") for each in container["env"]}
    assert told["ROLES"].split() == sorted(users, key=[f"grafana_{each}" for each in Grafana].index)
    assert told["PGSSLMODE"] == "verify-full"
    mounted = {each["mountPath"] for each in container["volumeMounts"]}
    assert {f"/passwords/{user}" for user in users} <= mounted
    for each in Grafana:
        assert "grafana-databases" in recording.before(f"grafana-{instances.release(each)}")


def test_a_database_that_is_there_is_used_as_it_is() -> None:
    recording = built(**EXISTING)

    assert _values(recording)["grafana.ini"]["database"]["host"] == "pg.example.com:6432"
    spec = recording.one(_EXTERNAL, "grafana-secrets-database").inputs["spec"]
    assert spec["secretStoreRef"]["name"] == "grafana"
    assert spec["dataFrom"] == [{"extract": {"key": "database"}}]


def test_sidecars_read_configmaps_and_no_secret() -> None:
    recording = built(instances=["main", "read"])
    (role,) = recording.of("kubernetes:rbac.authorization.k8s.io/v1:Role")
    (binding,) = recording.of("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding")

    assert [rule["resources"] for rule in role.inputs["rules"]] == [["configmaps"]]
    assert {verb for rule in role.inputs["rules"] for verb in rule["verbs"]} == {"get", "list", "watch"}
    assert {subject["name"] for subject in binding.inputs["subjects"]} == {"grafana-main", "grafana-read"}
    assert _values(recording)["rbac"] == {"create": False}
    assert _values(recording)["sidecar"]["dashboards"]["resource"] == "configmap"


def test_a_dashboard_appears_without_an_administrators_password() -> None:
    dashboards = _values(built())["sidecar"]["dashboards"]

    assert dashboards["skipReload"] is True
    assert dashboards["provider"]["foldersFromFilesStructure"] is True
    assert dashboards["folderAnnotation"] == FOLDER


@every
def test_a_grafana_gets_the_dashboards_that_are_for_it(grafana: Grafana) -> None:
    recording = built(instances=EVERY)
    sidecar = _values(recording, grafana)["sidecar"]["dashboards"]
    taken = {
        next(iter(made.inputs["data"]))
        for made in recording.of(_CONFIG_MAP)
        if sidecar["label"] in made.inputs["metadata"].get("labels", {})
    }

    assert taken == {f"{each.uid}.json" for each in DASHBOARDS if grafana in each.shown_in}


def test_dashboards_that_nobody_would_see_are_not_made() -> None:
    made = built(instances=["pyroscope"]).of(_CONFIG_MAP)
    labels = {label for each in made for label in each.inputs["metadata"].get("labels", {})}

    assert len(made) == len(shown_in(frozenset({Grafana.PYROSCOPE})))
    assert labels == {"platform/grafana-pyroscope"}
    assert {each.inputs["metadata"]["annotations"][FOLDER] for each in made} <= {each.folder for each in DASHBOARDS}


@every
def test_grafana_watches_itself_by_the_prometheus_of_tools(grafana: Grafana) -> None:
    assert values(grafana, surroundings())["serviceMonitor"] == {"enabled": True, "labels": {"prometheus": "tooling"}}


def test_pods_bear_the_restricted_level() -> None:
    chosen = values(Grafana.MAIN, surroundings())

    assert chosen["containerSecurityContext"] == {"readOnlyRootFilesystem": True}
    assert chosen["sidecar"]["securityContext"] == {"readOnlyRootFilesystem": True}
    # It would run as root.
    assert chosen["initChownData"] == {"enabled": False}
    assert chosen["testFramework"] == {"enabled": False}


def test_no_plugin_is_fetched_and_nothing_is_told_to_anybody_outside() -> None:
    told = configuration(Grafana.MAIN, surroundings())

    assert told["plugins"]["preinstall_disabled"] is True
    assert told["plugins"]["plugin_admin_enabled"] is False
    assert told["analytics"]["reporting_enabled"] is False
    assert told["snapshots"]["external_enabled"] is False
    assert told["public_dashboards"]["enabled"] is False


@every
def test_each_is_reached_by_the_name_that_keycloak_sends_people_back_to(grafana: Grafana) -> None:
    recording = built(instances=[grafana.value])
    spec = recording.one(_ROUTE, f"grafana-{grafana}-route").inputs["spec"]
    (host,) = spec["hostnames"]
    interface = INTERFACES[Client(instances.client(grafana))]

    assert interface.url("internal.example.com") == f"https://{host}"
    assert _values(recording, grafana)["grafana.ini"]["server"]["root_url"] == f"https://{host}/"
    assert recording.exports["urls"] == {grafana.value: f"https://{host}"}
    assert built(door=False).of(_ROUTE) == []


def test_the_network_does_not_read_grafanas_own_metrics() -> None:
    recording = built()
    spec = recording.one(_ROUTE, "grafana-main-route").inputs["spec"]
    (closed,) = [rule for rule in spec["rules"] if rule["matches"][0]["path"]["value"] == "/metrics"]

    assert "backendRefs" not in closed
    assert closed["filters"][0]["type"] == "RequestRedirect"


@pytest.mark.parametrize("thanos", [True, False])
def test_datasources_have_the_uids_that_are_relied_on(*, thanos: bool) -> None:
    found = datasources.datasources([*Instance], thanos=thanos)
    uids = [each["uid"] for each in found]

    assert len(set(uids)) == len(uids)
    assert {*uids} == {
        *(["thanos"] if thanos else []),
        *(f"prometheus-{each}" for each in Instance),
        "alertmanager",
    }
    assert [each["uid"] for each in found if each.get("isDefault")] == ["thanos" if thanos else "prometheus-platform"]
    assert all(each["editable"] is False for each in found)
    assert datasources.provisioned(found)["prune"] is True


def test_every_release_is_of_the_same_version() -> None:
    recording = built(instances=EVERY)

    assert len({(made.inputs["chart"], made.inputs["version"]) for made in recording.of(_RELEASE)}) == 1
    assert yaml.safe_load(yaml.safe_dump(_values(recording))) == _values(recording)
