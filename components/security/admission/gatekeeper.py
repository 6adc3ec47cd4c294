"""Gatekeeper: judges what enters by every rule, and audits what is there already."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.kit import chart, custom_object, flows, placement
from components.kit.flows import Flow, Port, Workload
from components.kit.layer import Layer
from components.security.admission import gatekeeper_policies
from components.security.admission import policies as admission_policies
from components.security.admission.catalog import catalog
from components.security.admission.settings import AdmissionSettings

CHART: Final = "gatekeeper"
_NAMESPACE: Final = chart.pinned()[CHART].namespace
_REPLICAS: Final = 3

_METRICS: Final = Port(name="metrics", number=8888)
_HEALTH: Final = Port(name="healthz", number=9090)
_WEBHOOK: Final = Port(name="webhook-server", number=8443)


def _deployment(name: str, component: str, *ports: Port) -> Workload:
    return Workload(namespace=_NAMESPACE, name=name, labels={"control-plane": component}, ports=ports)


CONTROLLER: Final = _deployment("gatekeeper-controller-manager", "controller-manager", _WEBHOOK, _METRICS, _HEALTH)
AUDIT: Final = _deployment("gatekeeper-audit", "audit-controller", _METRICS, _HEALTH)
# Its labels are those of all of Gatekeeper's pods but one, which Kubernetes adds.
DEFINITIONS: Final = Workload(
    namespace=_NAMESPACE,
    name="gatekeeper-update-crds-hook",
    labels={"batch.kubernetes.io/job-name": "gatekeeper-update-crds-hook"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GatekeeperOutputs:
    """The kinds of the constraints it judges by."""

    constraints: pulumi.Output[list[str]]


class Gatekeeper(Layer, kind="platform:security:Gatekeeper"):
    """Gatekeeper with a ConstraintTemplate and a Constraint for each rule."""

    def __init__(
        self,
        name: str,
        settings: AdmissionSettings,
        *,
        platform: Sequence[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        engine = chart.install(self, CHART, values(platform))
        made: list[str] = []
        for judgement in admission_policies.held_by_an_engine(settings, platform):
            rule = judgement.rule.name
            template = custom_object.create(
                self, f"{rule}-template", gatekeeper_policies.template(judgement), depends_on=[engine]
            )
            constraint = gatekeeper_policies.constraint(judgement, settings, platform)
            custom_object.create(self, rule, constraint, depends_on=[template])
            made.append(constraint["kind"])
        self.outputs = self.publish(GatekeeperOutputs(constraints=pulumi.Output.from_input(made)))


def connections() -> tuple[Flow, ...]:
    """Return the connections that Gatekeeper needs."""
    running = (CONTROLLER, AUDIT)
    return (
        *(flow for pod in (*running, DEFINITIONS) for flow in (*flows.dns(pod), *flows.kube_api(pod))),
        *flows.webhook(CONTROLLER, _WEBHOOK.number),
        *(flow for pod in running for flow in flows.probes(pod, _HEALTH.number)),
        *(flow for pod in running for flow in flows.scrape(pod, _METRICS.number)),
    )


def values(platform: Sequence[str]) -> dict[str, Any]:
    """Return what differs from the chart's own values."""
    small = {"requests": {"cpu": "10m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}}
    return {
        "replicas": _REPLICAS,
        "pdb": {"controllerManager": {"minAvailable": 2}},
        "controllerManager": {
            "topologySpreadConstraints": placement.apart_for_sure({"control-plane": "controller-manager"})
        },
        # The chart's only webhook that fails closed: it would let no namespace be made while Gatekeeper is down. The
        # API server guards the label it is about.
        "validatingWebhookCheckIgnoreFailurePolicy": "Ignore",
        # It is not asked about what the cluster and the platform run by, and about nothing no rule is about.
        "validatingWebhookExemptNamespacesLabels": {"kubernetes.io/metadata.name": sorted(platform)},
        "validatingWebhookCustomRules": asked_about(),
        # No rule changes objects or asks anybody outside.
        "disableMutation": True,
        "enableExternalData": False,
        "crds": {"resources": small},
        # The namespace has its labels; and the probe's image comes from a registry of its own.
        "postInstall": {"labelNamespace": {"enabled": False}, "probeWebhook": {"enabled": False}},
    }


def asked_about() -> list[dict[str, list[str]]]:
    """Return what the webhook is called for: the objects of the rules that an engine holds."""
    rules = [match.resource_rule for rule in catalog().values() if not rule.only_native for match in rule.group.match]
    return [each for index, each in enumerate(rules) if each not in rules[:index]]
