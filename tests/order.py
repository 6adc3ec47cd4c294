"""What must be there before what, proved on a recording: each theorem names whatever it does not hold for."""

from collections.abc import Iterator, Mapping
from typing import Final

from tests.components.recording import Recorded, Recording

RELEASE: Final = "kubernetes:helm.sh/v3:Release"
GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
_CILIUM: Final = "cilium-cilium"

# Kubernetes' own groups, as the SDK names them, and the SDK's two that install things.
_BUILT_IN: Final = frozenset(
    {
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "apps",
        "autoscaling",
        "batch",
        "core",
        "flowcontrol.apiserver.k8s.io",
        "helm.sh",
        "networking.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
        "yaml",
    }
)

OWNERS: Final[Mapping[str, str]] = {
    # Its operator makes them, and it runs from the first node on: the resolver is the first thing that waits for pods.
    "cilium.io": "pod-addons-coredns",
    "elbv2.k8s.aws": "load-balancers-aws-load-balancer-controller",
    "karpenter.k8s.aws": "karpenter-karpenter-crd",
    "karpenter.sh": "karpenter-karpenter-crd",
    "cert-manager.io": "certificates-cert-manager",
    # It waits for the definitions (tests/test_order.py), and makes the class that a Gateway names.
    "gateway.networking.k8s.io": _CILIUM,
    "secrets-store.csi.x-k8s.io": "secrets-store-secrets-store-csi-driver",
    "external-secrets.io": "external-secrets-external-secrets",
    "generators.external-secrets.io": "external-secrets-external-secrets",
    "snapshot.storage.k8s.io": "storage-addons-snapshot-controller",
    "monitoring.coreos.com": "monitoring-crds-prometheus-operator-crds",
    "velero.io": "velero-velero",
    # Its services make the kinds when they start, and the release waits for them.
    "config.kio.kasten.io": "kasten-k10",
    "chaos-mesh.org": "chaos-chaos-mesh",
    "policies.kyverno.io": "kyverno-kyverno",
    "templates.gatekeeper.sh": "gatekeeper-gatekeeper",
    # Gatekeeper defines each kind of these by the template that the object depends on.
    "constraints.gatekeeper.sh": "gatekeeper-gatekeeper",
}
"""For each API group that Kubernetes has not of itself, the resource that a custom resource of it must depend on."""


def group_of(made: Recorded) -> str:
    """Return the API group of a Kubernetes resource, ``cilium.io``; empty for everything else."""
    package, _, rest = made.type.partition(":")
    return rest.partition("/")[0] if package == "kubernetes" else ""


def nodes_before_the_network(recording: Recording) -> Iterator[str]:
    """Yield the node groups that may be made before Cilium's release is, or outlive it."""
    for group in recording.of(GROUP):
        if _CILIUM not in recording.before(group.name):
            yield group.name


def awaited_before_the_nodes(recording: Recording) -> Iterator[str]:
    """Yield the releases a node group waits for that themselves wait for pods, which no node runs yet."""
    awaited = {name for group in recording.of(GROUP) for name in recording.before(group.name)}
    for release in recording.of(RELEASE):
        if release.name in awaited and (release.inputs["skipAwait"], release.inputs["atomic"]) != (True, False):
            yield release.name


def custom_resources_before_their_definition(recording: Recording) -> Iterator[str]:
    """Yield the custom resources that do not depend on whatever brings their definition, or of whom nobody says it."""
    for made in recording.resources:
        group = group_of(made)
        if group and group not in _BUILT_IN and OWNERS.get(group, "?") not in recording.before(made.name):
            yield made.name


def pods_before_nodes(recording: Recording) -> Iterator[str]:
    """Yield the add-ons and releases that wait for pods without waiting for every node group."""
    groups = {group.name for group in recording.of(GROUP)}
    releases = [release for release in recording.of(RELEASE) if not release.inputs["skipAwait"]]
    resolvers = [addon for addon in recording.of("aws:eks/addon:Addon") if addon.inputs["addonName"] == "coredns"]
    for made in (*releases, *resolvers):
        if not groups <= recording.before(made.name):
            yield made.name
