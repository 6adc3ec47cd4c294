"""What can lock a cluster out of itself: webhooks that refuse everything while nobody answers them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from rehearsal.charts.pods import Manifest, template_of
from rehearsal.reachability.selectors import kubernetes

_CONFIGURATIONS: Final = frozenset({"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"})
_FEWEST: Final = 2
_NAME: Final = "kubernetes.io/metadata.name"
# The groups of what Kubernetes' own namespace is repaired with. A webhook about a chart's own kinds locks nobody out.
_OWN_GROUPS: Final = frozenset({"", "*", "apps", "batch", "coordination.k8s.io", "discovery.k8s.io", "policy"})


def faults(manifests: Sequence[Manifest]) -> tuple[str, ...]:
    """Return why a webhook could lock a cluster out, one sentence each.

    A webhook that fails closed must have two pods that a drain leaves one of, and must not be asked about kube-system,
    without which nothing could be repaired.
    https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/

    Args:
        manifests: Everything that is in the cluster, with the namespace in each object that has one.

    """
    return tuple(
        f"{configuration['kind']} {configuration['metadata']['name']}: {hook['name']} fails closed, and {fault}"
        for configuration in manifests
        if configuration.get("kind") in _CONFIGURATIONS
        for hook in configuration.get("webhooks") or ()
        # `Fail` is what the API defaults to.
        if hook.get("failurePolicy", "Fail") == "Fail"
        for fault in _faults(hook, manifests)
    )


def _faults(hook: Mapping[str, Any], manifests: Sequence[Manifest]) -> Iterator[str]:
    service = hook["clientConfig"].get("service")
    if service is None:
        yield "is answered outside the cluster, where nothing here knows what keeps it up"
        return
    where = f"{service['namespace']}/{service['name']}"
    workloads = list(_behind(service, manifests))
    if not workloads:
        yield f"no workload is behind its Service {where}"
    for workload in workloads:
        # Every node has a pod of a DaemonSet, and a drain leaves them alone.
        if workload["kind"] == "DaemonSet":
            continue
        name = f"{workload['kind']} {workload['metadata']['name']}"
        replicas = workload["spec"].get("replicas", 1)
        if replicas < _FEWEST:
            yield f"{name} behind it has {replicas} of the {_FEWEST} replicas that one loss leaves one of"
        if not any(_protects(each, workload) for each in manifests):
            yield f"no PodDisruptionBudget keeps a pod of {name} during a drain"
    if _about_kubernetes(hook) and not _spares(hook):
        yield "it is asked about kube-system too, where it could keep its own cluster from being repaired"


def _behind(service: Mapping[str, Any], manifests: Iterable[Manifest]) -> Iterator[Manifest]:
    selectors = [
        each["spec"]["selector"]
        for each in manifests
        if each.get("kind") == "Service" and each["metadata"].get("namespace") == service["namespace"]
        if each["metadata"]["name"] == service["name"] and each["spec"].get("selector")
    ]
    for each in manifests:
        template = template_of(each) if each.get("kind") in {"DaemonSet", "Deployment", "StatefulSet"} else None
        if template is None or each["metadata"].get("namespace") != service["namespace"]:
            continue
        labels = template["metadata"].get("labels") or {}
        if any(selector.items() <= labels.items() for selector in selectors):
            yield each


def _protects(budget: Manifest, workload: Manifest) -> bool:
    if budget.get("kind") != "PodDisruptionBudget":
        return False
    if budget["metadata"].get("namespace") != workload["metadata"].get("namespace"):
        return False
    labels = workload["spec"]["template"]["metadata"].get("labels") or {}
    return kubernetes(budget["spec"].get("selector")).holds(labels)


def _about_kubernetes(hook: Mapping[str, Any]) -> bool:
    return any(
        _OWN_GROUPS & set(rule.get("apiGroups") or ()) and rule.get("scope", "*") != "Cluster"
        for rule in hook.get("rules") or ()
    )


def _spares(hook: Mapping[str, Any]) -> bool:
    """Tell whether kube-system is left out, which the API server labels with its name, or whatever asks for nothing."""
    namespace = kubernetes(hook.get("namespaceSelector")).holds({_NAME: "kube-system"})
    return not (namespace and kubernetes(hook.get("objectSelector")).holds({}))
