"""The platform's etcd outlives a zone, admits who has its own certificate, and is kept by jobs that can only add."""

import json
from typing import Any

import pytest

from components.foundation.encryption import EncryptionSettings
from components.kit.flows import PROMETHEUS, Fqdn, Workload
from components.kit.replication_alarms import Topics
from components.observability.etcd import certificates, flows, jobs, member
from components.observability.etcd.platform_etcd import PlatformEtcd
from components.observability.etcd.settings import EtcdSettings
from tests.components import examples
from tests.components.recording import Recording, build

_CERTIFICATE = "kubernetes:cert-manager.io/v1:Certificate"
_CLIENTS = [{"namespace": "shop", "app": "scheduler"}]


def _settings(**given: Any) -> EtcdSettings:
    return examples.parsed(EtcdSettings, enabled=True, **given)


def _built(*, retain_data: bool = True, copies_region: str | None = None, **given: Any) -> Recording:
    return build(
        lambda: PlatformEtcd(
            "platform-etcd",
            _settings(**given),
            account=examples.account(),
            encryption=EncryptionSettings(),
            cluster=examples.cluster(),
            storage_class="gp3",
            root="private-root",
            copies_region=copies_region,
            copies_topics=Topics(),
            retain_data=retain_data,
        )
    )


def _members(**given: Any) -> dict[str, Any]:
    spec: dict[str, Any] = _built(**given).one("kubernetes:apps/v1:StatefulSet", "platform-etcd-members").inputs["spec"]
    return spec


def test_it_is_there_only_where_a_stack_asks_for_it() -> None:
    assert EtcdSettings().enabled is False


@pytest.mark.parametrize("members", [3, 5])
def test_every_member_knows_every_member_by_a_name_that_its_certificate_has(members: int) -> None:
    arguments = dict(each.partition("=")[::2] for each in member.arguments(_settings(members=members)))
    known = dict(each.split("=") for each in arguments["--initial-cluster"].split(","))
    spec = _members(members=members)

    assert spec["replicas"] == members
    assert set(known) == {f"etcd-{number}" for number in range(members)}
    assert spec["serviceName"] == "etcd-members"
    for name, url in known.items():
        host = url.removeprefix("https://").removesuffix(":2380")
        assert host == f"{name}.etcd-members.platform-etcd.svc"
        assert host in certificates.member(members)["dnsNames"]


def test_members_find_each_other_before_they_are_ready() -> None:
    recording = _built()
    service = recording.one("kubernetes:core/v1:Service", "platform-etcd-etcd-members")

    assert service.inputs["spec"]["publishNotReadyAddresses"] is True
    assert service.inputs["spec"]["clusterIP"] == "None"
    assert _members()["podManagementPolicy"] == "Parallel"
    assert "platform-etcd-etcd-members" in recording.before("platform-etcd-members")


def test_no_zone_has_two_of_three_and_a_drain_takes_one_at_a_time() -> None:
    spreads = {each["topologyKey"]: each for each in _members()["template"]["spec"]["topologySpreadConstraints"]}
    (budget,) = _built().of("kubernetes:policy/v1:PodDisruptionBudget")
    zone = spreads["topology.kubernetes.io/zone"]

    assert (zone["whenUnsatisfiable"], zone["maxSkew"], zone["minDomains"]) == ("DoNotSchedule", 1, 3)
    assert "kubernetes.io/hostname" in spreads
    for selector in (zone["labelSelector"], budget.inputs["spec"]["selector"]):
        assert selector["matchLabels"].items() <= _members()["template"]["metadata"]["labels"].items()
    assert budget.inputs["spec"]["maxUnavailable"] == 1
    assert budget.inputs["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


def test_its_authority_signs_for_nothing_else_and_keeps_its_key() -> None:
    recording = _built(clients=_CLIENTS)
    specs = {made.inputs["metadata"]["name"]: made.inputs["spec"] for made in recording.of(_CERTIFICATE)}
    (issuer,) = recording.of("kubernetes:cert-manager.io/v1:Issuer")

    assert issuer.inputs["metadata"]["namespace"] == "platform-etcd"
    assert issuer.inputs["spec"] == {"ca": {"secretName": specs["etcd-ca"]["secretName"]}}
    assert specs["etcd-ca"]["issuerRef"]["name"] == "private-root"
    assert specs["etcd-ca"]["privateKey"]["rotationPolicy"] == "Never"
    assert {name: spec["issuerRef"]["kind"] for name, spec in specs.items() if name != "etcd-ca"} == {
        "etcd-member": "Issuer",
        "etcd-maintenance": "Issuer",
        "etcd-client-scheduler": "Issuer",
    }


def test_no_key_is_in_the_state() -> None:
    assert _built(clients=_CLIENTS).of("kubernetes:core/v1:Secret") == []


@pytest.mark.parametrize("task", ["snapshot", "defragmentation"])
def test_a_jobs_pod_reaches_every_member_with_its_own_certificate_and_writes_to_its_scratch_only(task: str) -> None:
    job = _built(members=5).one("kubernetes:batch/v1:CronJob", f"platform-etcd-{task}").inputs["spec"]
    pod = job["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    volumes = {each["name"]: each for each in pod["volumes"]}

    assert job["concurrencyPolicy"] == "Forbid"
    assert container["command"].count("--member") == 5
    assert volumes["tls"]["secret"]["secretName"] == "etcd-maintenance-tls"
    assert [each["name"] for each in container["volumeMounts"] if not each["readOnly"]] == ["tmp"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert job["jobTemplate"]["spec"]["template"]["metadata"]["labels"] == dict(flows.MAINTENANCE.labels)


def test_the_program_that_jobs_run_is_the_one_that_is_tested() -> None:
    data = _built().one("kubernetes:core/v1:ConfigMap", "platform-etcd-maintenance").inputs["data"]
    pod = _built().one("kubernetes:batch/v1:CronJob", "platform-etcd-snapshot").inputs["spec"]
    (program,) = (
        each for each in pod["jobTemplate"]["spec"]["template"]["spec"]["volumes"] if each["name"] == "program"
    )

    assert data == jobs.program()
    assert {each["key"] for each in program["configMap"]["items"]} == set(data) >= {"__main__.py", "gateway.py"}


def test_the_jobs_can_add_snapshots_and_neither_read_nor_delete_any() -> None:
    policy = json.loads(_built().one("aws:iam/rolePolicy:RolePolicy", "platform-etcd-maintenance").inputs["policy"])
    actions = {action for each in policy["Statement"] for action in each["Action"]}

    assert actions == {"s3:PutObject", "s3:AbortMultipartUpload", "kms:GenerateDataKey", "kms:Decrypt"}


@pytest.mark.parametrize(("lock", "mode"), [("governance", "GOVERNANCE"), ("compliance", "COMPLIANCE")])
def test_a_snapshot_is_locked_for_as_long_as_it_is_kept(lock: str, mode: str) -> None:
    made = _built(snapshots={"retention_days": 45, "lock": lock}).one(
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "platform-etcd-snapshots"
    )

    assert made.inputs["rule"] == {"defaultRetention": {"mode": mode, "days": 45}}


@pytest.mark.parametrize("retain_data", [True, False])
def test_data_outlives_the_members_where_it_is_retained(retain_data: bool) -> None:  # noqa: FBT001 - a column of the table
    recording = _built(retain_data=retain_data)
    members = recording.one("kubernetes:apps/v1:StatefulSet", "platform-etcd-members")
    kept = members.inputs["spec"]["persistentVolumeClaimRetentionPolicy"]["whenDeleted"]

    assert bool(members.protect) is retain_data
    assert kept == ("Retain" if retain_data else "Delete")
    assert recording.one("aws:s3/bucket:Bucket", "platform-etcd-snapshots").protect is retain_data


def test_the_prometheus_of_databases_watches_every_member_on_a_port_without_certificates() -> None:
    (monitor,) = _built().of("kubernetes:monitoring.coreos.com/v1:PodMonitor")
    labels = _members()["template"]["metadata"]["labels"]
    (container,) = _members()["template"]["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}

    assert monitor.inputs["metadata"]["labels"] == {"prometheus": "database"}
    assert monitor.inputs["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert [ports[each["port"]] for each in monitor.inputs["spec"]["podMetricsEndpoints"]] == [2381]
    assert "--listen-metrics-urls=http://0.0.0.0:2381" in container["command"]


def test_only_clients_that_a_stack_names_the_jobs_and_members_reach_it() -> None:
    found = flows.connections(_settings(clients=_CLIENTS), examples.account())
    callers = {
        (flow.client, flow.port) for flow in found if flow.server == flows.MEMBER and isinstance(flow.client, Workload)
    }

    assert callers == {
        (flows.MEMBER, 2380),
        (flows.MAINTENANCE, 2379),
        (PROMETHEUS, 2381),
        (Workload(namespace="shop", name="scheduler", labels={"app.kubernetes.io/name": "scheduler"}), 2379),
    }
    assert {flow.client for flow in found if isinstance(flow.server, Fqdn)} == {flows.MAINTENANCE}


def test_memory_holds_the_data_and_leaves_room_to_work() -> None:
    (container,) = _members(quota_gib=8)["template"]["spec"]["containers"]

    assert f"--quota-backend-bytes={8 * 1024**3}" in container["command"]
    assert container["resources"]["limits"]["memory"] == "10Gi"
