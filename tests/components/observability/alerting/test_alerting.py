"""Alertmanager runs as Pod Security wants it, keeps silences as the settings have them, and calls whom it must."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
import yaml

from components.kit.flows import Flow, Fqdn
from components.observability.alerting import alerting, silences
from components.observability.alerting.alerting import Alerting
from components.observability.alerting.alertmanager import FORWARDERS
from components.observability.alerting.routes import Silence
from components.observability.alerting.settings import AlertingSettings
from components.observability.alerting.silencer.program import AUTHOR, reconcile
from tests.components import examples
from tests.components.recording import Recording, build

_SLACK: dict[str, Any] = {
    "credentials": {"key": "alerting"},
    "receivers": {"platform": {"slack": {"channel": "#platform"}}},
    "default_receiver": "platform",
}
_NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def _settings(**values: Any) -> AlertingSettings:
    return examples.parsed(AlertingSettings, **values)


def _built(**values: Any) -> Recording:
    return build(lambda: Alerting("alerting", _settings(**values), storage_class="gp3", zones=3))


def _servers(recording: Recording) -> dict[str, Any]:
    (made,) = recording.of("kubernetes:monitoring.coreos.com/v1:Alertmanager")
    assert made.inputs["metadata"] == {"name": "platform", "namespace": "monitoring"}
    spec: dict[str, Any] = made.inputs["spec"]
    return spec


def test_three_servers_stand_in_three_zones_and_a_drain_takes_one_at_a_time() -> None:
    recording = _built()

    spec = _servers(recording)
    assert spec["replicas"] == 3
    # Volumes stay where they are first made; nodes change.
    assert [(each["topologyKey"], each["whenUnsatisfiable"]) for each in spec["topologySpreadConstraints"]] == [
        ("topology.kubernetes.io/zone", "DoNotSchedule"),
        ("kubernetes.io/hostname", "ScheduleAnyway"),
    ]
    assert spec["topologySpreadConstraints"][0]["minDomains"] == 3
    (budget,) = recording.of("kubernetes:policy/v1:PodDisruptionBudget")
    assert budget.inputs["spec"] == {
        "minAvailable": 2,
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
        "selector": {"matchLabels": {"app.kubernetes.io/name": "alertmanager"}},
    }
    assert "alerting-servers" in budget.name


def test_one_server_has_no_budget_that_would_hold_up_every_drain() -> None:
    recording = _built(servers={"replicas": 1})

    assert _servers(recording)["replicas"] == 1
    assert recording.of("kubernetes:policy/v1:PodDisruptionBudget") == []


def test_pods_are_restricted_and_have_no_token() -> None:
    recording = _built()

    spec = _servers(recording)
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    (job,) = recording.of("kubernetes:batch/v1:CronJob")
    pod = job.inputs["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"] is True


def test_credentials_are_files_of_a_secret_that_is_there_before_the_servers() -> None:
    recording = _built(**_SLACK)

    (copied,) = recording.of("kubernetes:external-secrets.io/v1:ExternalSecret")
    assert copied.inputs["spec"]["secretStoreRef"] == {"kind": "ClusterSecretStore", "name": "aws"}
    assert copied.inputs["spec"]["dataFrom"] == [{"extract": {"key": "alerting"}}]
    assert _servers(recording)["secrets"] == [copied.inputs["metadata"]["name"]]
    assert {"alerting-credentials", "alerting-configuration"} <= recording.before("alerting-servers")


def test_without_credentials_none_is_asked_for() -> None:
    recording = _built()

    assert recording.of("kubernetes:external-secrets.io/v1:ExternalSecret") == []
    assert "secrets" not in _servers(recording)


def test_the_operator_finds_the_configuration_by_its_name() -> None:
    (secret,) = _built(**_SLACK).of("kubernetes:core/v1:Secret")

    assert secret.inputs["metadata"]["name"] == "alertmanager-platform"
    # A Secret's content is wrapped, as whatever the engine encrypts.
    content = secret.inputs["stringData"]["value"]
    assert set(content) == {"alertmanager.yaml"}
    assert yaml.safe_load(content["alertmanager.yaml"])["route"]["receiver"] == "platform"


def test_another_silence_is_another_config_map_that_the_job_reads() -> None:
    def found(**values: Any) -> tuple[str, str]:
        recording = _built(**values)
        (config_map,) = recording.of("kubernetes:core/v1:ConfigMap")
        (job,) = recording.of("kubernetes:batch/v1:CronJob")
        volumes = job.inputs["spec"]["jobTemplate"]["spec"]["template"]["spec"]["volumes"]
        assert {volume["configMap"]["name"] for volume in volumes} == {config_map.inputs["metadata"]["name"]}
        assert config_map.inputs["immutable"] is True
        return config_map.inputs["metadata"]["name"], config_map.inputs["data"]["silences.json"]

    silent = {"alerts": ["DiskFull"], "reason": "the disk is replaced", "owner": "storage", "until": "2026-12-01"}
    (before, nothing), (after, something) = found(), found(silences={"disk": silent})
    assert before != after
    assert json.loads(nothing) == []
    assert json.loads(something)[0]["endsAt"] == "2026-12-02T00:00:00+00:00"


class _Alertmanager:
    """Silences, as API v2 has them; what it was asked for, in order."""

    def __init__(self) -> None:
        self.silences: list[dict[str, Any]] = []
        self.asked: list[str] = []

    def call(self, method: str, path: str, body: Any) -> Any:
        self.asked.append(method)
        if method == "POST":
            id_ = f"id-{len(self.silences)}"
            self.silences.append({**body, "id": id_, "status": {"state": "active"}})
            return {"silenceID": id_}
        if method == "DELETE":
            (one,) = [each for each in self.silences if each["id"] == path.rpartition("/")[2]]
            one["status"] = {"state": "expired"}
            return None
        return [dict(each) for each in self.silences]

    @property
    def active(self) -> list[str]:
        return [each["comment"] for each in self.silences if each["status"]["state"] == "active"]


def _wanted(**until: str) -> list[dict[str, Any]]:
    return silences.wanted(
        {
            name: Silence(
                alerts=["DiskFull"], reason="the disk is replaced", owner="storage", until=date.fromisoformat(day)
            )
            for name, day in until.items()
        }
    )


def test_silences_are_made_once_however_often_the_job_runs() -> None:
    server = _Alertmanager()

    runs = [reconcile(_wanted(a="2026-12-01", b="2026-12-02"), server.call, _NOW) for _ in range(3)]

    assert runs == [(2, 0), (0, 0), (0, 0)]
    assert server.active == ["a: the disk is replaced (storage)", "b: the disk is replaced (storage)"]


def test_what_nobody_wants_any_more_is_ended_after_what_is_missing_was_made() -> None:
    server = _Alertmanager()
    reconcile(_wanted(a="2026-12-01"), server.call, _NOW)
    server.asked.clear()

    assert reconcile(_wanted(a="2026-12-05"), server.call, _NOW) == (1, 1)
    assert server.asked == ["GET", "POST", "DELETE"]
    assert [each["endsAt"] for each in server.silences if each["status"]["state"] == "active"] == [
        "2026-12-06T00:00:00+00:00"
    ]


def test_silences_of_people_are_left_alone_and_doubles_of_its_own_are_not() -> None:
    server = _Alertmanager()
    reconcile(_wanted(a="2026-12-01"), server.call, _NOW)
    server.silences += [
        {**server.silences[0], "id": "by-hand", "createdBy": "somebody"},
        {**server.silences[0], "id": "twice"},
    ]

    assert reconcile(_wanted(a="2026-12-01"), server.call, _NOW) == (0, 1)
    assert [each["id"] for each in server.silences if each["status"]["state"] == "active"] == ["id-0", "by-hand"]
    assert server.silences[0]["createdBy"] == AUTHOR


def test_a_silence_that_is_over_is_not_made_again() -> None:
    server = _Alertmanager()

    assert reconcile(_wanted(a="2026-11-20"), server.call, _NOW) == (0, 0)


def test_a_silence_is_about_exactly_what_it_names() -> None:
    (silence,) = silences.wanted(
        {
            "a": Silence(
                alerts=["DiskFull"],
                clusters=["eu.prod", "us.prod"],
                reason="the disk is replaced",
                owner="storage",
                until=date(2026, 12, 1),
            )
        }
    )

    assert silence["matchers"] == [
        {"name": "alertname", "value": "DiskFull", "isRegex": False, "isEqual": True},
        {"name": "cluster", "value": "eu[.]prod|us[.]prod", "isRegex": True, "isEqual": True},
    ]


def _called(**values: Any) -> set[tuple[str, int]]:
    flows: tuple[Flow, ...] = alerting.connections(_settings(**values))
    return {
        (str(flow.server), flow.port) for flow in flows if isinstance(flow.server, Fqdn) or flow.server == FORWARDERS
    }


@pytest.mark.parametrize(
    ("values", "called"),
    [
        ({}, set()),
        (_SLACK, {("hooks.slack.com", 443)}),
        (
            {
                "email": {"smarthost": "smtp.example.com", "port": 465, "sender": "a@example.com"},
                "receivers": {"a": {"email": {"to": ["b@example.com"]}}},
            },
            {("smtp.example.com", 465)},
        ),
        ({"receivers": {"a": {"pagerduty": {"eu": True}}}}, {("events.eu.pagerduty.com", 443)}),
        ({"receivers": {"a": {"pagerduty": {}}}}, {("events.pagerduty.com", 443)}),
        ({"receivers": {"a": {"webhook": {"url": "https://soar.example.com/a"}}}}, {("soar.example.com", 443)}),
        ({"heartbeat": {"host": "hc-ping.com"}}, {("hc-ping.com", 443)}),
        (
            {"servicenow": {"instance": "example"}, "receivers": {"a": {"servicenow": {}}}},
            {("monitoring/servicenow-forwarder", 8080)},
        ),
    ],
)
def test_alertmanager_calls_whom_its_receivers_need_and_nobody_else(
    values: dict[str, Any], called: set[tuple[str, int]]
) -> None:
    assert _called(**values) == called


@pytest.mark.parametrize(("replicas", "peers"), [(1, 0), (3, 2)])
def test_servers_tell_each_other_over_both_transports(replicas: int, peers: int) -> None:
    flows = alerting.connections(_settings(servers={"replicas": replicas}))

    assert len([flow for flow in flows if flow.client == flow.server]) == peers
