"""A database is asked as its own user, whose password no setting and no state has and nothing on its way changes."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from components.kit import postgres
from components.observability.exporters import databases
from components.observability.exporters.settings import DatabaseKind
from tests.components.observability.exporters.stage import EVERYTHING, RELEASE, built, named, settings

_PROJECT = Path(__file__).parents[4]


def test_each_database_is_asked_as_its_own_user_of_the_exporter_of_its_kind() -> None:
    made = named(built(**EVERYTHING))

    asked = {
        name: (made[name]["spec"]["prober"]["url"], made[name]["spec"]["params"]) for name in made if "base" in name
    }
    assert asked == {
        "database-orders": (
            "prometheus-postgres-exporter.monitoring.svc.cluster.local:80",
            [{"name": "auth_module", "values": ["orders"]}],
        ),
        "database-shop": (
            "prometheus-mysql-exporter.monitoring.svc.cluster.local:9104",
            [{"name": "auth_module", "values": ["client.shop"]}],
        ),
    }


def test_users_come_from_the_store_that_is_named_before_the_exporter_starts() -> None:
    recording = built(**EVERYTHING)

    made = {each.name: each for each in recording.of("kubernetes:external-secrets.io/v1:ExternalSecret")}
    assert {name: each.inputs["spec"]["dataFrom"] for name, each in made.items()} == {
        "exporters-postgres-users": [
            {
                "extract": {"key": "orders-monitoring"},
                "rewrite": [{"regexp": {"source": "^(.+)$", "target": "orders-$1"}}],
                "sourceRef": {"storeRef": {"kind": "ClusterSecretStore", "name": "aws"}},
            }
        ],
        "exporters-mysql-users": [
            {
                "extract": {"key": "shop/monitoring"},
                "rewrite": [{"regexp": {"source": "^(.+)$", "target": "shop-$1"}}],
                "sourceRef": {"storeRef": {"kind": "ClusterSecretStore", "name": "vault"}},
            }
        ],
    }
    for kind in DatabaseKind:
        release = recording.one(RELEASE, f"exporters-{databases.CHARTS[kind]}")
        assert {f"exporters-{kind}-users", "exporters-authorities"} <= {*release.dependencies}


def test_without_a_store_the_exporter_takes_the_secret_that_somebody_made() -> None:
    orders = {"kind": "postgres", "host": "orders.example.com"}
    recording = built(databases={"orders": orders})

    assert recording.of("kubernetes:external-secrets.io/v1:ExternalSecret") == []
    (release,) = recording.of(RELEASE)
    assert release.inputs["values"]["config"]["existingSecret"] == {
        "enabled": True,
        "name": "prometheus-postgres-exporter-users",
    }


# Each would end a value, a line, a template or a variable somewhere on its way.
_AWKWARD = ("plain", 'a"b', "a'b", "a#b;c", "$HOME", "${X}", "p$$w", "a: b", "<&>", "`", "end\\", 'quote"')


def _rendered(text: str, secrets: dict[str, str], folder: Path) -> str:
    """Return a template as Go's own engine fills it in, with the functions that Helm and the operator share."""
    helm = _PROJECT / ".tools" / "bin" / "helm"
    if not helm.exists():
        pytest.skip("helm is not at hand: make tools")
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("{apiVersion: v2, name: form, version: 1.0.0}", encoding="utf-8")
    (folder / "values.yaml").write_text(json.dumps({"secrets": secrets}), encoding="utf-8")
    inner = f'{{{{ define "form" }}}}{text}{{{{ end }}}}data: {{{{ include "form" .Values.secrets | toJson }}}}\n'
    (folder / "templates" / "form.yaml").write_text(inner, encoding="utf-8")
    done = subprocess.run(
        [str(helm), "template", "form", str(folder)],
        capture_output=True,
        text=True,
        check=True,
        env={"HOME": str(folder)},
    )
    shutil.rmtree(folder)
    data: str = yaml.safe_load(done.stdout)["data"]
    return data


def _template(kind: DatabaseKind) -> str:
    made = databases.users(kind, settings(**EVERYTHING).of(kind))
    assert made
    (text,) = made["spec"]["target"]["template"]["data"].values()
    return str(text)


@pytest.mark.parametrize("password", _AWKWARD)
def test_a_password_of_any_characters_reaches_postgres_as_it_is(password: str, tmp_path: Path) -> None:
    secrets = {"orders-username": "monitor", "orders-password": password}

    written = yaml.safe_load(_rendered(_template(DatabaseKind.POSTGRES), secrets, tmp_path / "form"))

    assert written["auth_modules"]["orders"] == {
        "type": "userpass",
        "userpass": {"username": "monitor", "password": password},
        "options": {"sslmode": "verify-full", "sslrootcert": "/etc/authorities/rds.pem"},
    }


@pytest.mark.parametrize("password", _AWKWARD)
def test_a_password_of_any_characters_reaches_mysql_as_it_is(password: str, tmp_path: Path) -> None:
    secrets = {"shop-username": "monitor", "shop-password": password}

    lines = _rendered(_template(DatabaseKind.MYSQL), secrets, tmp_path / "form").splitlines()

    assert lines[0] == "[client.shop]"
    read = {key: _as_the_exporter_reads(value) for key, _, value in (line.partition(" = ") for line in lines[1:])}
    assert read == {"user": "monitor", "password": password, "tls": "skip-verify"}
    assert databases.values(DatabaseKind.MYSQL)["extraEnvs"] == [{"name": "DOLLAR", "value": "$"}]


def _as_the_exporter_reads(value: str) -> str:
    """Return a value up to the last three quotation marks, once over expanded: ini.v1 and `os.ExpandEnv`."""
    if value.startswith('"""'):
        value = value[3 : value.rindex('"""')]
    assert value.count("$") == value.count("${DOLLAR}")
    return value.replace("${DOLLAR}", "$")


@pytest.mark.parametrize(
    ("tls", "postgres_has", "mysql_has"),
    [
        ("rds", "sslmode: verify-full", "ssl-ca = /etc/authorities/rds.pem"),
        ("unverified", "sslmode: require", "tls = skip-verify"),
        ("none", "sslmode: disable", "tls = false"),
    ],
)
def test_tls_is_what_the_settings_say(tls: str, postgres_has: str, mysql_has: str) -> None:
    for kind, expected in ((DatabaseKind.POSTGRES, postgres_has), (DatabaseKind.MYSQL, mysql_has)):
        database = {"kind": kind.value, "host": "a.example.com", "tls": tls, "credentials": {"key": "a"}}
        made = databases.users(kind, settings(databases={"a": database}).databases)
        assert made
        assert expected in next(iter(made["spec"]["target"]["template"]["data"].values()))


def test_the_authorities_of_every_region_are_trusted() -> None:
    (text,) = databases.authorities(postgres.authorities()).values()

    assert text.count("BEGIN CERTIFICATE") == sum(
        pem.count("BEGIN CERTIFICATE") for pem in postgres.authorities().values()
    )
    assert len(text) < 1024 * 1024


@pytest.mark.parametrize("host", ["orders", "orders.shop.svc", "orders.shop.svc.cluster.local", "ORDERS.example.com"])
def test_a_database_is_outside_the_cluster(host: str) -> None:
    with pytest.raises(ValidationError, match="host"):
        settings(databases={"orders": {"kind": "mysql", "host": host}})
