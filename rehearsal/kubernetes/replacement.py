"""Which changes of an object's inputs the provider answers by replacing the object instead of updating it."""

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.kubernetes.inputs import AUTONAMED

_Path = tuple[str, ...]

_ALWAYS: Final[tuple[_Path, ...]] = (("metadata", "name"), ("metadata", "namespace"))

# The provider's own table: https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/diff.go
# A field that is immutable but not in it is updated in place there too, which the API server then refuses.
_BY_KIND: Final[Mapping[tuple[str, str], tuple[_Path, ...]]] = {
    ("apps", "DaemonSet"): (("spec", "selector"),),
    ("apps", "Deployment"): (("spec", "selector"),),
    ("apps", "StatefulSet"): tuple(
        ("spec", field)
        for field in ("podManagementPolicy", "revisionHistoryLimit", "selector", "serviceName", "volumeClaimTemplates")
    ),
    ("batch", "Job"): tuple(("spec", field) for field in ("completions", "parallelism", "selector", "template")),
    ("", "PersistentVolume"): tuple(
        # Of its two dozen volume sources those that EKS has drivers for.
        ("spec", field)
        for field in ("awsElasticBlockStore", "csi", "hostPath", "local", "nfs")
    ),
    ("", "PersistentVolumeClaim"): (("spec",),),
    ("", "Pod"): (("spec",),),
    ("", "ResourceQuota"): (("spec", "scopes"),),
    ("", "Service"): (("spec", "clusterIP"),),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): (("roleRef",),),
    ("rbac.authorization.k8s.io", "RoleBinding"): (("roleRef",),),
    ("storage.k8s.io", "StorageClass"): (("parameters",), ("provisioner",)),
}

# Replaced unless the provider is told that they are mutable, and always when they say themselves that they are not.
_UNLESS_MUTABLE: Final[Mapping[tuple[str, str], tuple[str, tuple[_Path, ...]]]] = {
    ("", "ConfigMap"): ("enableConfigMapMutable", (("data",), ("binaryData",))),
    ("", "Secret"): ("enableSecretMutable", (("type",), ("stringData",), ("data",))),
}


def replacing(group: str, olds: Mapping[str, Any], news: Mapping[str, Any], options: frozenset[str]) -> tuple[str, ...]:
    """Return the top-level properties whose change replaces the object, sorted.

    `options` are the provider's options that are on, such as ``enableConfigMapMutable``.
    """
    key = (group, str(news.get("kind")))
    paths = (*_ALWAYS, *_BY_KIND.get(key, ()))
    if key in _UNLESS_MUTABLE:
        option, immutable = _UNLESS_MUTABLE[key]
        if option not in options or olds.get("immutable"):
            paths += immutable
    return tuple(sorted({path[0] for path in paths if _at(olds, path) != _at(news, path)}))


def deletes_first(olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    """Tell whether a replaced object must be gone before its successor comes, because both have the same name."""
    autonamed = _at(news, ("metadata", "annotations", AUTONAMED)) == "true"
    generated = _at(news, ("metadata", "generateName")) is not None
    return not autonamed and not generated and all(_at(olds, path) == _at(news, path) for path in _ALWAYS)


def _at(values: Any, path: _Path) -> Any:
    for step in path:
        values = values.get(step) if isinstance(values, Mapping) else None
    return values
