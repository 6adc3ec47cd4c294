"""What is vulnerable, misconfigured or exposed in the cluster: the Trivy operator, which reports on every workload."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Final

import pulumi
from pydantic import Field

from components.compute.cluster import ClusterOutputs
from components.foundation.account import AccountSettings
from components.kit import chart, flows, iam, identity, placement
from components.kit.flows import Flow, Fqdn, Port, Workload
from components.kit.layer import Layer
from components.kit.settings import Settings

CHART: Final = "trivy-operator"
_NAMESPACE: Final = chart.pinned()[CHART].namespace
_HTTPS: Final = 443

_SERVER_PORT: Final = 4954
_METRICS_PORT: Final = 8080
_PROBES_PORT: Final = 9090

# The labels by which policies know a scan's pod: those the operator gives it differ from scan to scan.
_SCAN: Final = {"platform/agent": "trivy-scan"}

OPERATOR: Final = Workload(
    namespace=_NAMESPACE,
    name="trivy-operator",
    labels={"app.kubernetes.io/instance": CHART, "app.kubernetes.io/name": CHART},
    ports=(Port(name="metrics", number=_METRICS_PORT), Port(name="probes", number=_PROBES_PORT)),
)
SERVER: Final = Workload(
    namespace=_NAMESPACE,
    name="trivy-server",
    labels={"app.kubernetes.io/instance": "trivy-server", "app.kubernetes.io/name": "trivy-server"},
    ports=(Port(name="trivy-http", number=_SERVER_PORT),),
)
SCAN: Final = Workload(namespace=_NAMESPACE, name="trivy-scan", labels=_SCAN)

_GITHUB: Final = "ghcr.io"
# GitHub keeps what its registry serves under a second name.
# https://docs.github.com/en/packages/working-with-a-github-packages-registry/working-with-the-container-registry
_STORES: Final = {_GITHUB: ("pkg-containers.githubusercontent.com",)}

_SCANNER_USER: Final = 65534
# Of the operator's image: https://github.com/aquasecurity/trivy-operator/blob/v0.32.0/build/trivy-operator/Dockerfile
_OPERATOR_USER: Final = 10000


class Compliance(StrEnum):
    """The benchmarks of the chart that fit EKS, by its names for them."""

    NSA = "k8s-nsa-1.0"
    PSS_BASELINE = "k8s-pss-baseline-0.1"
    PSS_RESTRICTED = "k8s-pss-restricted-0.1"
    CIS = "k8s-cis-1.23"
    EKS_CIS = "eks-cis-1.4"


Glob = Annotated[str, Field(pattern=r"^[a-z0-9*?]([a-z0-9*?-]*[a-z0-9*?])?$", max_length=63, examples=["sandbox-*"])]
"""The name of a namespace, with `*` for any part of it."""


class TrivySettings(Settings):
    """Reports on what is vulnerable, misconfigured or exposed."""

    enabled: bool = True
    """Whether the Trivy operator runs."""

    vulnerabilities: bool = True
    """Whether images are searched for known vulnerabilities."""

    exposed_secrets: bool = True
    """Whether images are searched for keys and passwords."""

    sbom: bool = True
    """Whether the list of what is in an image is kept with its report; a repeated scan reads it, not the image."""

    config_audit: bool = True
    """Whether workloads and roles are judged by their manifests."""

    compliance: tuple[Compliance, ...] = (Compliance.NSA, Compliance.PSS_BASELINE, Compliance.PSS_RESTRICTED)
    """The benchmarks that are reported on every six hours. Of the two CIS benchmarks only what manifests say is judged:
    what they ask of nodes and of EKS's control plane counts as passed."""

    ignore_unfixed: bool = False
    """Whether vulnerabilities without a fix are left out of reports."""

    exclude_namespaces: Annotated[tuple[Glob, ...], Field(max_length=50)] = ()
    """Namespaces that nothing is reported on."""

    concurrent_scans: Annotated[int, Field(ge=1, le=20)] = 3
    """How many images are scanned at a time, 1 to 20. Each takes a tenth of a vCPU and up to 1 GiB."""

    report_hours: Annotated[int, Field(ge=6, le=168)] = 24
    """After how many hours a report is made anew, for the vulnerabilities that have become known since."""

    databases: Annotated[
        str,
        Field(
            pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.[a-z]+(/[a-z0-9._-]+)+$",
            examples=["111122223333.dkr.ecr.eu-central-1.amazonaws.com/aquasecurity"],
        ),
    ] = "ghcr.io/aquasecurity"
    """The registry and folder that hold the databases `trivy-db` and `trivy-java-db`. A network without a way out needs
    copies in ECR."""

    @property
    def scans(self) -> bool:
        """Whether any image is read at all."""
        return self.vulnerabilities or self.exposed_secrets

    @property
    def registry(self) -> str:
        """The registry that holds the databases, by its name."""
        return self.databases.partition("/")[0]

    @property
    def in_ecr(self) -> bool:
        """Whether the databases are copies in ECR, which a network without a way out reaches too."""
        return ".dkr.ecr." in self.registry


@dataclass(frozen=True, slots=True, kw_only=True)
class TrivyOperatorOutputs:
    """What whoever reads reports waits for."""

    release_id: pulumi.Output[str]


class TrivyOperator(Layer, kind="platform:security:TrivyOperator"):
    """The operator, and a server with the databases, which the scans ask."""

    def __init__(
        self,
        name: str,
        settings: TrivySettings,
        *,
        account: AccountSettings,
        cluster: ClusterOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        # Operator, server and scans have one service account, which is the operator's own.
        role = identity.pod_role(
            self,
            "scans",
            account=account,
            service_account=chart.service_account(CHART, cluster.name),
            permissions=identity.Permissions(statements=permissions(account)),
        )
        release = chart.install(self, CHART, values(settings), depends_on=role.complete)
        self.outputs = self.publish(TrivyOperatorOutputs(release_id=release.id))


def permissions(account: AccountSettings) -> list[iam.Statement]:
    """Let scans read the account's own images in the region, and write nothing.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html
    """
    return [
        iam.Statement(
            sid="LogInToTheRegistry",
            actions=["ecr:GetAuthorizationToken"],
            resources=["*"],
            wildcard_reason="the token is the registry's, and there is no narrower resource",
        ),
        iam.Statement(
            sid="ReadImages",
            actions=["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            resources=[f"arn:{account.partition}:ecr:{account.region}:{account.id}:repository/*"],
        ),
    ]


def connections(settings: TrivySettings, account: AccountSettings) -> tuple[Flow, ...]:
    """Return the connections of the operator, of its server and of the scans."""
    server = _server(settings, account) if settings.scans else ()
    return (
        *flows.dns(OPERATOR),
        *flows.kube_api(OPERATOR),
        *flows.probes(OPERATOR, _PROBES_PORT),
        *flows.scrape(OPERATOR, _METRICS_PORT),
        *server,
    )


def _server(settings: TrivySettings, account: AccountSettings) -> tuple[Flow, ...]:
    databases = (settings.registry, *_STORES.get(settings.registry, ()))
    return (
        Flow(client=OPERATOR, server=SERVER, port=_SERVER_PORT, why="asks whether the server is up before it scans"),
        *flows.dns(SERVER),
        *flows.probes(SERVER, _SERVER_PORT),
        *flows.pod_identity(SERVER),
        *(flows.aws_api(SERVER, account.region, "api.ecr", "s3") if settings.in_ecr else ()),
        *(Flow(client=SERVER, server=Fqdn(name), port=_HTTPS, why="fetches the databases") for name in databases),
        *flows.dns(SCAN),
        *flows.pod_identity(SCAN),
        Flow(client=SCAN, server=SERVER, port=_SERVER_PORT, why="asks what is vulnerable in what it has found"),
        # The images are the applications', and no list of registries would stay true.
        Flow(client=SCAN, server=flows.INTERNET, port=_HTTPS, why="reads images from whatever registry they are in"),
    )


def values(settings: TrivySettings) -> dict[str, Any]:
    """Return what differs from the chart's own values."""
    return {
        "operator": _operator(settings),
        "excludeNamespaces": ",".join(settings.exclude_namespaces),
        "compliance": {"specs": [str(each) for each in settings.compliance]},
        "trivyOperator": {
            "scanJobPodTemplateLabels": ",".join(f"{key}={value}" for key, value in _SCAN.items()),
            "scanJobPodTemplatePodSecurityContext": _restricted(_SCANNER_USER),
            "scanJobPodTemplateContainerSecurityContext": {**placement.RESTRICTED_CONTAINER},
            # Google's, which asks an instance metadata service that no pod reaches here.
            "useGCRServiceAccount": False,
        },
        "trivy": _trivy(settings),
        "nodeSelector": {**placement.GENERAL_NODES},
        "podSecurityContext": _restricted(_OPERATOR_USER),
        # An estimate: it keeps the cluster's workloads and its checks in memory.
        "resources": placement.resources("100m", "256Mi", memory_limit="1Gi"),
    }


def _operator(settings: TrivySettings) -> dict[str, Any]:
    return {
        "builtInTrivyServer": settings.scans,
        "vulnerabilityScannerEnabled": settings.vulnerabilities,
        "exposedSecretScannerEnabled": settings.exposed_secrets,
        "sbomGenerationEnabled": settings.sbom and settings.vulnerabilities,
        "configAuditScannerEnabled": settings.config_audit,
        "rbacAssessmentScannerEnabled": settings.config_audit,
        "clusterComplianceEnabled": bool(settings.compliance),
        # Its collector mounts a node's file system and sees all its processes, for which the namespace would have
        # to be privileged, to look for files of a kubeadm node: EKS's control plane has none, Bottlerocket few.
        "infraAssessmentScannerEnabled": False,
        # It would read every Secret of the cluster for the sake of registries' passwords; ECR's come by its role.
        "accessGlobalSecretsAndServiceAccount": False,
        "scanJobsConcurrentLimit": settings.concurrent_scans,
        # A scan that failed is kept for as long as somebody would look at it.
        "scanJobTTL": "1h",
        "scanJobTimeout": "15m",
        "scannerReportTTL": f"{settings.report_hours}h",
    }


def _trivy(settings: TrivySettings) -> dict[str, Any]:
    folder = settings.databases.partition("/")[2]
    return {
        "dbRegistry": settings.registry,
        "dbRepository": f"{folder}/trivy-db",
        "javaDbRegistry": settings.registry,
        "javaDbRepository": f"{folder}/trivy-java-db",
        "ignoreUnfixed": settings.ignore_unfixed,
        "timeout": "10m0s",
        # The databases are fetched anew in a minute: a volume would tie the server to a zone.
        "storageClassEnabled": False,
        # An estimate: images with many Java archives take the chart's 500M and are killed.
        "resources": {
            "requests": {"memory": "256M", "ephemeralStorage": "1Gi"},
            "limits": {"memory": "1G", "ephemeralStorage": "5Gi"},
        },
        "server": {
            "podSecurityContext": _restricted(_SCANNER_USER),
            "securityContext": {**placement.RESTRICTED_CONTAINER},
            # The database unpacked is about 1 GiB, and there are two while it is renewed; an estimate.
            "resources": {"requests": {"ephemeral-storage": "2Gi"}, "limits": {"ephemeral-storage": "5Gi"}},
        },
    }


def _restricted(user: int) -> dict[str, Any]:
    return {**placement.RESTRICTED_POD, **dict.fromkeys(("runAsUser", "runAsGroup", "fsGroup"), user)}
