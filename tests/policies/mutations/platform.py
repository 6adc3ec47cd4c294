"""What a careless change does to the platform as a whole, and which rule must object."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.policies.mutations.mutation import REMOVED, Mutation

_NODES: Final = "aws:eks/nodeGroup:NodeGroup"
_RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_NAMESPACE: Final = "kubernetes:core/v1:Namespace"
_ACCOUNT: Final = "kubernetes:core/v1:ServiceAccount"
_SERVICE: Final = "kubernetes:core/v1:Service"
_CONFIG_MAP: Final = "kubernetes:core/v1:ConfigMap"
_GATEWAY: Final = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
_SETS: Final = "kubernetes:apps/v1:StatefulSet"
_ASSOCIATION: Final = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
_API: Final = "kubernetes:monitoring.coreos.com/v1"
_PROMETHEUS: Final = f"{_API}:Prometheus"
_RULE: Final = f"{_API}:PrometheusRule"
_CLAIM: Final = "kubernetes:core/v1:PersistentVolumeClaim"
_SCHEDULE: Final = "kubernetes:velero.io/v1:Schedule"
_ROLE_ARN: Final = "arn:aws:iam::111122223333:role/shop"
_ROLE: Final = {"eks.amazonaws.com/role-arn": _ROLE_ARN}
_KEY: Final = {"name": "AWS_ACCESS_KEY_ID", "value": "a"}
_ALERT: Final = "spec.groups.*.rules.*"


class OfTheGraph(Mutation):
    """A change of what the engine knows of a resource beside its inputs; `value` has what becomes another."""

    def applied(self, entry: Mapping[str, Any]) -> Iterator[dict[str, Any] | None]:
        """Yield the entry with what has changed."""
        yield {**entry, **self.value}


_QUOTA: Final = {"type": "kubernetes:core/v1:ResourceQuota"}
_RESOURCE_QUOTA: Final = "kubernetes:core/v1:ResourceQuota"
_LIMIT_RANGE: Final = "kubernetes:core/v1:LimitRange"
_MANY: Final = 40 * 1024 * 1024
_ALONE: Final = {"dependencies": [], "parent": ""}

_NODES_AND_CHARTS: Final = (
    OfTheGraph("nodes before the network", _NODES, "dependencies", _ALONE, "cilium-before-nodes"),
    Mutation("no startup taint", _NODES, "taints", REMOVED, "node-startup-taint"),
    Mutation("all nodes at once", _NODES, "updateConfig.maxUnavailablePercentage", 100, "node-update-share"),
    Mutation("a range of versions", _RELEASE, "version", "^1.0.0", "chart-pinned"),
    Mutation("whichever is newest", _RELEASE, "version", REMOVED, "chart-pinned"),
    Mutation("over HTTP", _RELEASE, "repositoryOpts.repo", "http://charts.example.com", "chart-source"),
    Mutation("from wherever", _RELEASE, "repositoryOpts", REMOVED, "chart-source"),
    Mutation("promtail", _RELEASE, "chart", "promtail", "chart-maintained"),
    Mutation("of Bitnami", _RELEASE, "repositoryOpts.repo", "https://charts.bitnami.com/bitnami", "chart-maintained"),
    Mutation("not rolled back", _RELEASE, "atomic", False, "release-atomic", "certificates-cert-manager"),
    Mutation("for hours", _RELEASE, "timeout", 14400, "release-atomic"),
    Mutation("every version there was", _RELEASE, "maxHistory", REMOVED, "release-atomic"),
    Mutation("a megabyte of values", _RELEASE, "values.text", "a" * 1024 * 1024, "release-size"),
    Mutation("a namespace from nowhere", _RELEASE, "namespace", "misspelt", "release-namespace"),
    OfTheGraph("before its namespace", _RELEASE, "dependencies", _ALONE, "release-namespace", "vault-vault"),
    Mutation("a second engine", _RELEASE, "chart", "gatekeeper", "one-admission-engine", "metrics-server-*"),
)

_IDENTITY: Final = (
    Mutation("a role by web identity", _ACCOUNT, "metadata.annotations", _ROLE, "account-without-web-identity"),
    Mutation("a role by values", _RELEASE, "values.serviceAccount", {"annotations": _ROLE}, "release-without-keys"),
    Mutation("a key by values", _RELEASE, "values.extraEnv", [_KEY], "release-without-keys"),
    Mutation("a key", _SETS, "spec.template.spec.containers.*.env", [_KEY], "pod-without-keys"),
    Mutation("for the default account", _ASSOCIATION, "serviceAccount", "default", "pod-identity-own"),
    Mutation("in a namespace from nowhere", _ASSOCIATION, "namespace", "misspelt", "pod-identity-own"),
)

_OBJECTS: Final = (
    Mutation("nobody's", _NAMESPACE, "metadata.labels.owner", REMOVED, "namespace-owner"),
    Mutation("in a namespace from nowhere", _CONFIG_MAP, "metadata.namespace", "misspelt", "namespace-declared"),
    Mutation("the namespace is gone", _NAMESPACE, "", REMOVED, "namespace-declared", "namespaces-*"),
    OfTheGraph("before its namespace", _SERVICE, "dependencies", _ALONE, "namespace-declared"),
    OfTheGraph("a quota without defaults", _CONFIG_MAP, "type", _QUOTA, "namespace-quota", "alerting-*"),
    Mutation("people without a quota", _RESOURCE_QUOTA, "", REMOVED, "namespace-quota", "namespace-quotas-apps"),
    Mutation("without defaults", _LIMIT_RANGE, "", REMOVED, "namespace-quota", "namespace-quotas-apps-*"),
    Mutation("a state of many megabytes", _CONFIG_MAP, "data", {"text": "a" * _MANY}, "stack-size", "alerting-*"),
    Mutation("a megabyte", _CONFIG_MAP, "data", {"text": "a" * 1024 * 1024 * 2}, "object-size"),
    Mutation(
        "one object twice",
        _SERVICE,
        "metadata",
        {"name": "thanos-compactor", "namespace": "thanos"},
        "object-names",
        "prometheus-*",
    ),
)

_MONITORING: Final = (
    Mutation("no runbook", _RULE, f"{_ALERT}.annotations.runbook_url", REMOVED, "alert-explained", "rules-grafana"),
    Mutation("no owner", _RULE, f"{_ALERT}.labels.owner", REMOVED, "alert-explained", "rules-grafana"),
    Mutation("a severity of its own", _RULE, f"{_ALERT}.labels.severity", "page", "alert-explained", "rules-grafana"),
    Mutation("no summary", _RULE, f"{_ALERT}.annotations.summary", "", "alert-explained", "rules-grafana"),
    Mutation("every alert twice", _RULE, "spec.groups", lambda old: [*old, *old], "alert-once", "rules-grafana"),
    Mutation(
        "one Prometheus takes all",
        _PROMETHEUS,
        "spec.podMonitorSelector",
        {},
        "monitor-selected-once",
        "prometheus-system",
    ),
    Mutation(
        "one Prometheus takes none",
        _PROMETHEUS,
        "spec.serviceMonitorSelector",
        REMOVED,
        "monitor-selected-once",
        "prometheus-system",
    ),
    Mutation(
        "rules of nobody",
        _PROMETHEUS,
        "spec.ruleSelector",
        {"matchLabels": {"a": "b"}},
        "monitor-selected-once",
        "prometheus-platform",
    ),
    Mutation(
        "labels of another",
        _PROMETHEUS,
        "spec.externalLabels.prometheus",
        "platform",
        "external-labels-unique",
        "prometheus-system",
    ),
    Mutation("no labels", _PROMETHEUS, "spec.externalLabels", REMOVED, "external-labels-unique"),
    Mutation("alerts for nobody", _PROMETHEUS, "spec.alerting", REMOVED, "alerts-reach-somebody", "prometheus-*"),
    Mutation("two compactors", _SETS, "spec.replicas", 2, "one-compactor", "thanos-compactor"),
    Mutation(
        "the chart's compactor beside it", _RELEASE, "values.compactor.enabled", True, "one-compactor", "thanos-thanos"
    ),
)

_MONEY: Final = (
    Mutation("forty nodes of each", _NODES, "scalingConfig.desiredSize", 40, "monthly-budget"),
    Mutation(
        "large disks",
        "aws:ec2/launchTemplate:LaunchTemplate",
        "blockDeviceMappings.1.ebs.volumeSize",
        16000,
        "monthly-budget",
        "nodes-general",
    ),
)

_DATA: Final = (
    Mutation("a namespace that nobody enrolled", _CLAIM, "metadata.namespace", "misspelt", "volumes-backed-up"),
    Mutation(
        "no backups of etcd", _SETS, "metadata.namespace", "misspelt", "volumes-backed-up", "platform-etcd-members"
    ),
    Mutation("a schedule that is paused", _SCHEDULE, "spec.paused", True, "schedule-keeps"),
    Mutation("nobody knows how long", _SCHEDULE, "spec.template.ttl", REMOVED, "schedule-keeps"),
    Mutation("snapshots that stay", _SCHEDULE, "spec.template.snapshotMoveData", False, "backups-in-another-region"),
    Mutation(
        "no copy elsewhere",
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        "",
        REMOVED,
        "backups-in-another-region",
        "backup-store-*",
    ),
    OfTheGraph(
        "a key that may be deleted",
        "aws:kms/key:Key",
        "protect",
        {"protect": False},
        "data-protected",
        "platform-etcd-key",
    ),
    OfTheGraph(
        "a database that may be deleted", "aws:rds/instance:Instance", "protect", {"protect": False}, "data-protected"
    ),
)

MUTATIONS: Final[tuple[Mutation, ...]] = (
    *_NODES_AND_CHARTS,
    *_IDENTITY,
    *_OBJECTS,
    *_MONITORING,
    *_DATA,
    *_MONEY,
)
