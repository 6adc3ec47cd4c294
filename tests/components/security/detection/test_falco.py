"""Falco watches every node, calls nobody but falcosidekick, and its alerts leave by the chosen ways, with no secret."""

import json
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from components.kit import placement
from components.kit.flows import PROMETHEUS, Cidr, Entity, Fqdn
from components.kit.monitoring import ALERTMANAGER
from components.security.detection import falco, falco_routes
from components.security.detection.falco import FALCO, Falco, FalcoSettings
from components.security.detection.falco_routes import SIDEKICK
from tests.components import examples
from tests.components.capacity.stage import RELEASE, refuse_wrong_values
from tests.components.recording import Recording, build

_TOPIC = "arn:aws:sns:eu-central-1:111122223333:security"
_EVERY_ROUTE: dict[str, Any] = {
    "alertmanager": {},
    "slack": {},
    "pagerduty": {"region": "eu"},
    "webhook": {"url": "https://alerts.example.com/falco"},
    "loki": {"url": "https://logs.example.com"},
    "cloudwatch_logs": {"retention_days": 90},
    "sns": {"topic_arn": _TOPIC, "minimum_priority": "error"},
    "secret_name": "falco-routes",
}


def _settings(**routes: Any) -> FalcoSettings:
    return examples.parsed(FalcoSettings, routes=routes)


def _values(**routes: Any) -> dict[str, Any]:
    return falco.values(
        _settings(**routes),
        region="eu-central-1",
        log_group_name="/aws/eks/platform-test/falco",
        namespaces=["vault", "falco"],
    )


def _built(**routes: Any) -> Recording:
    return build(
        lambda: Falco(
            "falco",
            _settings(**routes),
            account=examples.account(),
            cluster=examples.cluster(),
            cluster_name="platform-test",
            keys=examples.keys(),
        )
    )


def test_it_is_on_every_node_whatever_keeps_others_away() -> None:
    values = _values()

    assert values["tolerations"] == [*placement.EVERY_TAINT]
    assert values["podPriorityClassName"] == "system-node-critical"
    assert "nodeSelector" not in values


def test_nothing_is_built_for_or_loaded_into_a_nodes_kernel_but_falcos_own_program() -> None:
    assert _values()["driver"] == {"kind": "modern_ebpf"}


def test_what_decides_about_alerts_comes_with_the_image_and_from_no_registry() -> None:
    values = _values()

    assert values["falcoctl"]["artifact"] == {"install": {"enabled": False}, "follow": {"enabled": False}}
    # The plug-in would be loaded twice, and Falco stops at that.
    assert values["falco"]["config_files"] == []


def test_only_containerds_socket_is_mounted_into_it() -> None:
    engines = _values()["collectors"]["containerEngine"]["engines"]

    assert {name for name, engine in engines.items() if engine == {"enabled": False}} == {
        "docker",
        "podman",
        "lxc",
        "libvirt_lxc",
        "bpm",
    }
    assert engines["cri"] == {"sockets": ["/run/containerd/containerd.sock"]}


def test_the_platforms_rules_speak_even_where_one_of_falcos_own_fits_too() -> None:
    values = _values()

    assert values["falco"]["rule_matching"] == "all"
    (text,) = values["customRules"].values()
    named = {document.get("list"): document for document in yaml.safe_load(text)}
    assert named["platform_namespaces"]["items"] == ["vault", "falco"]


def test_events_are_json_and_below_the_threshold_nothing_is_told() -> None:
    chosen = falco.values(
        examples.parsed(FalcoSettings, priority="error"), region="", log_group_name="", namespaces=["a"]
    )

    assert (chosen["falco"]["priority"], chosen["falco"]["json_output"]) == ("error", True)
    assert FalcoSettings().priority == "notice"


def test_an_agent_calls_falcosidekick_and_nobody_else() -> None:
    flows = falco.connections(_settings(**_EVERY_ROUTE), examples.account())

    called = {(str(flow.server), flow.port) for flow in flows if flow.client == FALCO}
    assert called == {("kube-system/coredns", 53), (str(SIDEKICK), 2801)}
    assert {flow.client for flow in flows if flow.server == FALCO} == {Entity.HOST, PROMETHEUS}


def test_falcosidekick_reaches_where_its_routes_lead_and_nothing_else() -> None:
    flows = falco.connections(_settings(**_EVERY_ROUTE), examples.account())

    outside = [flow for flow in flows if flow.client == SIDEKICK]
    assert {flow.server.name for flow in outside if isinstance(flow.server, Fqdn)} == {
        "hooks.slack.com",
        "events.eu.pagerduty.com",
        "alerts.example.com",
        "logs.example.com",
        "sts.eu-central-1.amazonaws.com",
        "logs.eu-central-1.amazonaws.com",
        "sns.eu-central-1.amazonaws.com",
    }
    assert [flow.port for flow in outside if flow.server == ALERTMANAGER] == [9093]
    assert not [flow for flow in outside if isinstance(flow.server, Cidr)]
    quiet = falco.connections(_settings(), examples.account())
    assert {str(flow.server) for flow in quiet if flow.client == SIDEKICK} == {"kube-system/coredns"}


def test_every_route_is_configured_with_its_least_priority_and_no_credential() -> None:
    config = _values(**_EVERY_ROUTE)["falcosidekick"]["config"]

    assert config == {
        "existingSecret": "falco-routes",
        "aws": {
            "useirsa": False,
            "region": "eu-central-1",
            "cloudwatchlogs": {"loggroup": "/aws/eks/platform-test/falco", "minimumpriority": "notice"},
            "sns": {"topicarn": _TOPIC, "minimumpriority": "error"},
        },
        "alertmanager": {
            "hostport": "http://alertmanager-operated.monitoring.svc.cluster.local:9093",
            "endpoint": "/api/v2/alerts",
            "extralabels": "owner:security",
            "customseveritymap": "notice:info,informational:info,debug:info",
            "minimumpriority": "warning",
        },
        "slack": {"minimumpriority": "warning"},
        "pagerduty": {"region": "eu", "minimumpriority": "critical"},
        "webhook": {"address": "https://alerts.example.com/falco", "minimumpriority": "warning"},
        "loki": {"hostport": "https://logs.example.com", "minimumpriority": "warning"},
    }


def test_without_a_route_nothing_is_sent_and_no_role_is_made() -> None:
    recording = _built()

    assert recording.of("aws:iam/role:Role") == []
    assert recording.of("aws:cloudwatch/logGroup:LogGroup") == []
    assert recording.one(RELEASE, "falco-falco").inputs["values"]["falcosidekick"]["config"] == {}


def test_alerts_are_kept_encrypted_for_as_long_as_was_asked() -> None:
    group = _built(**_EVERY_ROUTE).one("aws:cloudwatch/logGroup:LogGroup", "falco-alerts").inputs

    assert group["name"] == "/aws/eks/platform-test/falco"
    assert (group["retentionInDays"], group["kmsKeyId"]) == (90, "arn:key/logs")


def test_it_may_write_to_its_log_group_and_publish_to_its_topic_and_nothing_else() -> None:
    policy = _built(**_EVERY_ROUTE).one("aws:iam/rolePolicy:RolePolicy", "falco-falcosidekick")
    keep, publish = json.loads(policy.inputs["policy"])["Statement"]

    assert keep["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert keep["Resource"] == ["arn:aws:logs:eu-central-1:111122223333:log-group:/aws/eks/platform-test/falco:*"]
    assert (publish["Action"], publish["Resource"]) == (["sns:Publish"], [_TOPIC])


def test_falcosidekick_has_its_credentials_when_it_starts_and_its_budget_before_a_drain() -> None:
    recording = _built(**_EVERY_ROUTE)
    association = recording.one("aws:eks/podIdentityAssociation:PodIdentityAssociation", "falco-falcosidekick").inputs
    release = recording.one(RELEASE, "falco-falco")
    budget = recording.one("kubernetes:policy/v1:PodDisruptionBudget", "falco-falcosidekick").inputs

    assert (association["namespace"], association["serviceAccount"]) == ("falco", "falco-falcosidekick")
    assert {"falco-falcosidekick", "falco-alerts"} <= {*release.dependencies}
    assert budget["spec"] == {
        "minAvailable": 1,
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
        "selector": {"matchLabels": {**SIDEKICK.labels}},
    }


def test_falcosidekick_is_of_a_version_that_uses_the_role_it_has() -> None:
    """2.32.0, the chart's own, calls AWS without credentials: falcosecurity/falcosidekick#1191."""
    major, minor, _ = _values()["falcosidekick"]["image"]["tag"].split(".")

    assert (int(major), int(minor)) >= (2, 33)


def test_falcosidekick_has_no_privileges() -> None:
    values = _values()["falcosidekick"]

    assert values["podSecurityContext"]["runAsNonRoot"] is True
    assert values["podSecurityContext"]["runAsUser"] == values["podSecurityContext"]["fsGroup"] == 1234
    assert values["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_it_tells_of_itself_and_leaves_it_to_the_platform_to_ask() -> None:
    values = _values()

    assert values["metrics"] == {"enabled": True}
    assert "serviceMonitor" not in {*values, *values["falcosidekick"]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"webhook": {"url": "http://alerts.example.com"}},
        {"webhook": {"url": "https://user:pass@alerts.example.com"}},
        {"webhook": {"url": "https://alerts.example.com/?token=1"}},
        {"loki": {"url": "https://logs.example.com:3100"}},
        {"sns": {"topic_arn": "security"}},
        {"slack": {"minimum_priority": "loud"}},
        {"cloudwatch_logs": {"retention_days": 100}},
        {"secret_name": "Falco Routes"},
    ],
    ids=str,
)
def test_an_address_with_a_secret_in_it_or_none_at_all_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        _settings(**wrong)


def test_the_chart_knows_every_value() -> None:
    refuse_wrong_values("falco", _values(**_EVERY_ROUTE))


def test_every_route_says_where_it_leads() -> None:
    routes = _settings(**_EVERY_ROUTE).routes

    assert set(routes.chosen) == set(_EVERY_ROUTE) - {"secret_name"}
    for route in routes.chosen.values():
        assert route.server() is not None or route.output[0] == "aws"
    assert falco_routes.FalcoRoutes().chosen == {}
