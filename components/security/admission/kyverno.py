"""Kyverno: judges what enters by every rule, reports what is there already, and verifies who signed an image."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.compute.cluster import ClusterOutputs
from components.foundation.account import AccountSettings
from components.kit import chart, custom_object, flows, iam, identity, placement
from components.kit.flows import Flow, Fqdn, Port, Workload
from components.kit.layer import Layer
from components.security.admission import kyverno_policies
from components.security.admission import policies as admission_policies
from components.security.admission.settings import AdmissionSettings

CHART: Final = "kyverno"
ACCOUNT: Final = "kyverno-admission-controller"
"""The service account of who fetches signatures."""

_NAMESPACE: Final = chart.pinned()[CHART].namespace
_NAME: Final = "kubernetes.io/metadata.name"
_REPLICAS: Final = 3


def _controller(component: str, *ports: Port) -> Workload:
    labels = {"app.kubernetes.io/part-of": CHART, "app.kubernetes.io/component": component}
    return Workload(namespace=_NAMESPACE, name=f"{CHART}-{component}", labels=labels, ports=ports)


def _hook(job: str) -> Workload:
    # The chart gives a hook's pods no labels: https://kubernetes.io/docs/reference/labels-annotations-taints/#batchkubernetesio-job-name
    labels = {"batch.kubernetes.io/job-name": job}
    return Workload(namespace=_NAMESPACE, name=job, labels=labels)


_METRICS: Final = Port(name="metrics", number=8000)
_WEBHOOK: Final = Port(name="https", number=9443)
CONTROLLER: Final = _controller("admission-controller", _WEBHOOK, _METRICS)
REPORTS: Final = _controller("reports-controller", _METRICS)
HOOKS: Final = tuple(_hook(f"{CHART}-{job}") for job in ("rm-webhooks", "migrate-resources", "scale-to-zero"))


@dataclass(frozen=True, slots=True, kw_only=True)
class KyvernoOutputs:
    """The names of the policies it judges by."""

    policies: pulumi.Output[list[str]]


class Kyverno(Layer, kind="platform:security:Kyverno"):
    """Kyverno with a ValidatingPolicy for each rule, and an ImageValidatingPolicy for each signature."""

    def __init__(
        self,
        name: str,
        settings: AdmissionSettings,
        *,
        platform: Sequence[str],
        account: AccountSettings,
        cluster: ClusterOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        role = (
            identity.pod_role(
                self,
                CHART,
                account=account,
                service_account=chart.service_account(CHART, cluster.name, ACCOUNT),
                permissions=identity.Permissions(statements=permissions(account)),
            )
            if settings.signatures
            else None
        )
        engine = chart.install(self, CHART, values(platform), depends_on=role.complete if role else ())
        made: list[str] = []
        for judgement in admission_policies.held_by_an_engine(settings, platform):
            manifest = kyverno_policies.policy(judgement, settings, platform)
            custom_object.create(self, judgement.rule.name, manifest, depends_on=[engine])
            made.append(manifest["metadata"]["name"])
        for index, signature in enumerate(settings.signatures):
            manifest = kyverno_policies.signed(index, signature, settings, platform)
            custom_object.create(self, f"signature-{index}", manifest, depends_on=[engine])
            made.append(manifest["metadata"]["name"])
        self.outputs = self.publish(KyvernoOutputs(policies=pulumi.Output.from_input(made)))


def permissions(account: AccountSettings) -> list[iam.Statement]:
    """Let Kyverno fetch images' signatures from the account's own registry.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/security_iam_id-based-policy-examples.html
    """
    return [
        iam.Statement(
            sid="SignIn",
            actions=["ecr:GetAuthorizationToken"],
            resources=["*"],
            wildcard_reason="a token is the registry's, which is no resource",
        ),
        iam.Statement(
            sid="ReadImagesAndSignatures",
            actions=["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            resources=[f"arn:{account.partition}:ecr:{account.region}:{account.id}:repository/*"],
        ),
    ]


def connections(settings: AdmissionSettings, account: AccountSettings) -> tuple[Flow, ...]:
    """Return the connections that Kyverno needs."""
    outside: list[Flow] = []
    if settings.signatures:
        hosts = {image.split("/")[0] for each in settings.signatures for image in each.images if "." in image}
        if any(each.keyless for each in settings.signatures):
            hosts |= {"tuf-repo-cdn.sigstore.dev", "rekor.sigstore.dev"}
        outside = [
            *flows.pod_identity(CONTROLLER),
            *flows.aws_api(CONTROLLER, account.region, "api.ecr", "s3"),
            *(
                Flow(client=CONTROLLER, server=Fqdn(host), port=443, why="fetches images' signatures")
                for host in sorted(hosts)
            ),
        ]
    return (
        *(flow for pod in (CONTROLLER, REPORTS, *HOOKS) for flow in (*flows.dns(pod), *flows.kube_api(pod))),
        *flows.webhook(CONTROLLER, _WEBHOOK.number),
        *flows.probes(CONTROLLER, _WEBHOOK.number),
        *(flow for pod in (CONTROLLER, REPORTS) for flow in flows.scrape(pod, _METRICS.number)),
        *outside,
    )


def values(platform: Sequence[str]) -> dict[str, Any]:
    """Return what differs from the chart's own values."""
    out = {"matchExpressions": [{"key": _NAME, "operator": "NotIn", "values": sorted(platform)}]}
    return {
        "admissionController": {
            # One that is drained and one that is rolled leave one that answers.
            "replicas": _REPLICAS,
            "podDisruptionBudget": {"enabled": True, "minAvailable": 2},
            "topologySpreadConstraints": placement.apart_for_sure(
                placement.recommended(component="admission-controller")
            ),
            "priorityClassName": "system-cluster-critical",
        },
        "reportsController": {
            "replicas": 2,
            "podDisruptionBudget": {"enabled": True},
            "topologySpreadConstraints": placement.apart(component="reports-controller"),
            # The chart's own, 128Mi, is for a cluster of a few hundred pods.
            "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "512Mi"}},
        },
        # They serve policies that make, change or clean up objects: the platform has none, and each has a webhook or
        # rights over everything.
        "backgroundController": {"enabled": False},
        "cleanupController": {"enabled": False},
        "config": {
            # No webhook of Kyverno's is asked about what the cluster and the platform run by: without its pods it
            # could not be mended.
            "webhooks": {"namespaceSelector": out},
            # Nothing stays in the namespace when the release goes.
            "preserve": False,
        },
        "features": {
            # The platform makes the native policies itself.
            "generateValidatingAdmissionPolicy": {"enabled": False},
            "validatingAdmissionPolicyReports": {"enabled": False},
        },
    }
