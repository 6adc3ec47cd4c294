"""Alerts become incidents or events of ServiceNow: the program that sees to it, twice, and what it may do."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.kit import custom_object, flows, placement, python_program, rights
from components.kit.flows import Flow, Fqdn
from components.kit.layer import Layer
from components.kit.monitoring import NAMESPACE
from components.kit.spec import as_given
from components.observability.alerting.alertmanager import FORWARDERS, monitor
from components.observability.alerting.messages import FORWARDER, FORWARDER_PORT, SECRET
from components.observability.alerting.settings import ServiceNowSettings, Target

_PROGRAM: Final = Path(__file__).parent / "servicenow_forwarder"
_SETTINGS: Final = "settings.json"
_CREDENTIALS: Final = "/credentials"
_HASH_DIGITS: Final = 10
# What was begun is given its answer: the program leaves after five seconds and works on a notification for fifty.
_GRACE_SECONDS: Final = 75


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceNowForwarderOutputs:
    """The Service that Alertmanager hands alerts to."""

    service: pulumi.Output[str]


class ServiceNowForwarder(Layer, kind="platform:observability:ServiceNowForwarder"):
    """Two forwarders, of which any may do the work: who writes of an alert is settled by a Lease for each alert."""

    def __init__(
        self,
        name: str,
        settings: ServiceNowSettings,
        *,
        cluster_name: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        content = python_program.files(_PROGRAM) | {
            _SETTINGS: json.dumps(place(settings, cluster_name=cluster_name), indent=1)
        }
        digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:_HASH_DIGITS]
        program = kubernetes.core.v1.ConfigMap(
            f"{name}-program",
            # Another content is another name, and so other pods; those that run keep what they started with.
            metadata=_metadata(f"{FORWARDER}-{digest}"),
            data=content,
            immutable=True,
            opts=self.child(),
        )
        account = kubernetes.core.v1.ServiceAccount(
            f"{name}-account", metadata=_metadata(FORWARDER), automount_service_account_token=False, opts=self.child()
        )
        before: list[pulumi.Resource] = [account]
        if settings.target is Target.INCIDENTS:
            before += self._claims()
        kubernetes.policy.v1.PodDisruptionBudget(
            f"{name}-budget",
            metadata=_metadata(FORWARDER),
            spec=kubernetes.policy.v1.PodDisruptionBudgetSpecArgs(
                min_available=1,
                unhealthy_pod_eviction_policy=placement.UNREADY_MAY_GO,
                selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels={**FORWARDERS.labels}),
            ),
            opts=self.child(),
        )
        deployment = kubernetes.apps.v1.Deployment(
            f"{name}-deployment",
            metadata=_metadata(FORWARDER),
            spec=as_given(deployed(settings, program.metadata.name)),
            opts=self.child(depends_on=before),
        )
        service = kubernetes.core.v1.Service(
            f"{name}-service",
            metadata=_metadata(FORWARDER),
            spec=kubernetes.core.v1.ServiceSpecArgs(
                selector={**FORWARDERS.labels},
                ports=[kubernetes.core.v1.ServicePortArgs(name="http", port=FORWARDER_PORT, target_port="http")],
            ),
            opts=self.child(depends_on=[deployment]),
        )
        custom_object.create(self, "monitor", monitor(FORWARDER, {**FORWARDERS.labels}, "http"), depends_on=[])
        self.outputs = self.publish(ServiceNowForwarderOutputs(service=service.metadata.name))

    def _claims(self) -> list[pulumi.Resource]:
        """Let the forwarders claim alerts: make a Lease, look at it and delete it, in this namespace only."""
        leases = kubernetes.rbac.v1.PolicyRuleArgs(
            api_groups=["coordination.k8s.io"], resources=["leases"], verbs=["create", "get", "delete"]
        )
        return rights.in_namespace(
            self, "claims", name=FORWARDER, namespace=NAMESPACE, rules=[leases], accounts=[(NAMESPACE, FORWARDER)]
        )


def place(settings: ServiceNowSettings, *, cluster_name: str) -> dict[str, Any]:
    """Return what the program is told."""
    return {
        "host": settings.host,
        "port": FORWARDER_PORT,
        "cluster": cluster_name,
        "namespace": NAMESPACE,
        "target": str(settings.target),
        "authentication": settings.authentication,
        "files": _CREDENTIALS,
        "caller": settings.caller or "",
        "close_code": settings.close_code,
    }


def connections(settings: ServiceNowSettings) -> tuple[Flow, ...]:
    """Return the connections of the forwarders."""
    return (
        *flows.dns(FORWARDERS),
        *(flows.kube_api(FORWARDERS) if settings.target is Target.INCIDENTS else ()),
        Flow(client=FORWARDERS, server=Fqdn(settings.host), port=443, why="writes to ServiceNow"),
        *flows.probes(FORWARDERS, FORWARDER_PORT),
        *flows.scrape(FORWARDERS, FORWARDER_PORT),
    )


def deployed(settings: ServiceNowSettings, config_map: pulumi.Input[str]) -> dict[str, Any]:
    """Return the spec of the Deployment, in the API's own form."""
    return {
        "replicas": placement.REPLICAS,
        "selector": {"matchLabels": {**FORWARDERS.labels}},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
        "template": {"metadata": {"labels": {**FORWARDERS.labels}}, "spec": _pod(settings, config_map)},
    }


def _pod(settings: ServiceNowSettings, config_map: pulumi.Input[str]) -> dict[str, Any]:
    modules = [{"key": name, "path": f"servicenow_forwarder/{name}"} for name in python_program.files(_PROGRAM)]
    keys = [{"key": key, "path": key} for key in settings.credentials]
    volumes: dict[str, dict[str, Any]] = {
        "program": {"configMap": {"name": config_map, "items": modules}},
        "settings": {"configMap": {"name": config_map, "items": [{"key": _SETTINGS, "path": _SETTINGS}]}},
        # Its own keys of the Secret, no others.
        "credentials": {"secret": {"secretName": SECRET, "items": keys}},
    }
    return {
        "serviceAccountName": FORWARDER,
        "automountServiceAccountToken": settings.target is Target.INCIDENTS,
        "terminationGracePeriodSeconds": _GRACE_SECONDS,
        "nodeSelector": {**placement.GENERAL_NODES},
        "topologySpreadConstraints": placement.apart(name=FORWARDER),
        "securityContext": {**placement.RESTRICTED_POD},
        "containers": [
            {
                "name": "forwarder",
                "image": python_program.IMAGE,
                "command": ["python3", "-m", "servicenow_forwarder", "/settings"],
                "env": [
                    {"name": "PYTHONPATH", "value": "/program"},
                    {"name": "PYTHONDONTWRITEBYTECODE", "value": "1"},
                ],
                "workingDir": "/program",
                "ports": [{"name": "http", "containerPort": FORWARDER_PORT}],
                "readinessProbe": {"httpGet": {"path": "/-/ready", "port": "http"}, "periodSeconds": 5},
                "livenessProbe": {"httpGet": {"path": "/-/healthy", "port": "http"}, "initialDelaySeconds": 10},
                "securityContext": {**placement.RESTRICTED_CONTAINER},
                "resources": placement.resources("20m", "64Mi", memory_limit="256Mi"),
                "volumeMounts": [{"name": volume, "mountPath": f"/{volume}", "readOnly": True} for volume in volumes],
            }
        ],
        "volumes": [{"name": volume, **source} for volume, source in volumes.items()],
    }


def _metadata(name: str) -> Any:
    return kubernetes.meta.v1.ObjectMetaArgs(name=name, namespace=NAMESPACE)
