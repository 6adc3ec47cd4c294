"""Rules about objects beside each other: each in a namespace that is there, small enough, under a name of its own."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from policies.rule import Finding, GraphRule, Parameters, Resource, ResourceRule
from policies.rules.kubernetes.levels import NAMESPACE
from policies.rules.platform import graph
from policies.values import Properties, Unknown, read

_OWNER: Final = "owner"
# Made by the cluster itself.
_GIVEN: Final = frozenset({"default", "kube-node-lease", "kube-public", "kube-system"})
_LOAD_BALANCER_NAME: Final = "service.beta.kubernetes.io/aws-load-balancer-name"
_SERVICE: Final = "kubernetes:core/v1:Service"
_GATEWAY: Final = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
_INGRESS: Final = "kubernetes:networking.k8s.io/v1:Ingress"
_ALB: Final = "alb.ingress.kubernetes.io"
_CONFIG_MAP: Final = "kubernetes:core/v1:ConfigMap"
_SECRET: Final = "kubernetes:core/v1:Secret"  # noqa: S105 - a type token
_QUOTA: Final = "kubernetes:core/v1:ResourceQuota"
_LIMITS: Final = "kubernetes:core/v1:LimitRange"
_BINDING: Final = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"
# https://kubernetes.io/docs/concepts/configuration/configmap/#motivation: 1 MiB
_MOST_BYTES: Final = 1024 * 1024


class Size(Parameters):
    """How large a stack may be."""

    resources: int = 2000
    """At most so many resources; a larger one is slow to preview, and its plan is read by nobody."""
    mib: int = 32
    """At most so many MiB of inputs: the whole state is read and written with every update."""


def _own_place(resources: Sequence[Resource]) -> Iterator[tuple[str, Finding]]:
    declared = {str(read(each.inputs, "metadata", "name")): each for each in graph.of(resources, NAMESPACE)}
    hidden = any(isinstance(read(each.inputs, "metadata", "name"), Unknown) for each in graph.of(resources, NAMESPACE))
    for resource in resources:
        home = read(resource.inputs, "metadata", "namespace")
        if not resource.type.startswith("kubernetes:") or home is None or home in _GIVEN:
            continue
        if isinstance(home, Unknown):
            yield resource.urn, home
        elif home not in declared and not hidden:
            yield (
                resource.urn,
                f"no resource of the stack is its namespace {home}; add the Namespace, or name one that is there",
            )
        elif home in declared and declared[home].urn not in graph.before(resources, resource.urn):
            yield (
                resource.urn,
                f"it may be made before its namespace {home} is there; add the Namespace to what it depends on",
            )


def _owned(namespace: Properties) -> Iterator[Finding]:
    owner = read(namespace, "metadata", "labels", _OWNER)
    if isinstance(owner, Unknown):
        yield owner
    elif not owner:
        yield f"nobody is told what goes wrong or what it costs; set the label {_OWNER}"


def _quotas(resources: Sequence[Resource]) -> Iterator[tuple[str, Finding]]:
    """Where people have rights, what they take is held; a quota refuses whoever names no limit, and comes with some."""
    homes: dict[str, set[str]] = {_QUOTA: set(), _LIMITS: set(), _BINDING: set()}
    for each in graph.of(resources, *homes):
        home = read(each.inputs, "metadata", "namespace", default="default")
        if isinstance(home, Unknown):
            yield each.urn, home
        elif each.type != _BINDING or _of_people(each):
            homes[each.type].add(str(home))
    for namespace in graph.of(resources, NAMESPACE):
        name = read(namespace.inputs, "metadata", "name")
        if isinstance(name, Unknown):
            continue
        if name in homes[_BINDING] and name not in homes[_QUOTA]:
            yield namespace.urn, f"people have rights in {name}, and nothing holds what they take; add a ResourceQuota"
        if name in homes[_BINDING] | homes[_QUOTA] and name not in homes[_LIMITS]:
            why = "that names no requests and limits gets none, and a quota refuses it for that"
            yield namespace.urn, f"a container in {name} {why}; add a LimitRange"


def _of_people(binding: Resource) -> bool:
    subjects = read(binding.inputs, "subjects", default=[])
    kinds = [read(each, "kind") for each in subjects] if isinstance(subjects, list) else []
    return any(kind in {"Group", "User"} for kind in kinds)


def _small_enough(resource: Properties) -> Iterator[Finding]:
    total = 0
    for field in ("data", "binaryData", "stringData"):
        held = read(resource, field, default={})
        if isinstance(held, Unknown):
            yield held
        elif isinstance(held, dict):
            yield from (each for each in held.values() if isinstance(each, Unknown))
            total += sum(len(str(each).encode()) for each in held.values() if not isinstance(each, Unknown))
    if total > _MOST_BYTES:
        yield f"it holds {total // 1024} KiB, and the API server takes 1024; write what is large into several"


def _balancer(resource: Resource) -> Any:
    if resource.type == _INGRESS:
        # Those of a group share one on purpose.
        group = read(resource.inputs, "metadata", "annotations", f"{_ALB}/group.name")
        return None if group else read(resource.inputs, "metadata", "annotations", f"{_ALB}/load-balancer-name")
    place = ("spec", "infrastructure", "annotations") if resource.type == _GATEWAY else ("metadata", "annotations")
    return read(resource.inputs, *place, _LOAD_BALANCER_NAME)


def _balancers(resources: Sequence[Resource]) -> Iterator[tuple[str, Finding]]:
    seen: dict[Any, str] = {}
    for resource in graph.of(resources, _INGRESS, _SERVICE, _GATEWAY):
        name = _balancer(resource)
        if isinstance(name, Unknown):
            yield resource.urn, name
        elif name is not None:
            if name in seen:
                yield (
                    resource.urn,
                    f"{seen[name]} has a load balancer {name} too, and each takes it from the other; name it otherwise",
                )
            seen.setdefault(name, resource.name)


def _names(resources: Sequence[Resource]) -> Iterator[tuple[str, Finding]]:
    seen: dict[tuple[Any, ...], str] = {}
    for resource in resources:
        name = read(resource.inputs, "metadata", "name")
        if not resource.type.startswith("kubernetes:") or not isinstance(name, str):
            continue
        namespace = read(resource.inputs, "metadata", "namespace", default="")
        # Two that are not known yet are not the same for that.
        if isinstance(namespace, Unknown):
            continue
        key = (resource.type, str(namespace), name)
        if key in seen:
            yield (
                resource.urn,
                f"{seen[key]} is the same object of the cluster, and each undoes what the other did; name it otherwise",
            )
        seen.setdefault(key, resource.name)


def _few(resources: Sequence[Resource], size: Size) -> Iterator[tuple[str, Finding]]:
    if len(resources) > size.resources:
        yield (
            resources[-1].urn,
            (
                f"the stack has {len(resources)} resources, more than {size.resources}; "
                "write part of them into a stack of their own"
            ),
        )
    weights = {each.urn: len(repr(each.inputs)) for each in resources}
    mib = sum(weights.values()) // (1024 * 1024)
    if mib >= size.mib:
        heaviest = max(weights, key=lambda urn: weights[urn])
        yield heaviest, f"the stack's inputs are {mib} MiB, and this is the largest; keep them below {size.mib} MiB"


RULES: Final = (
    GraphRule(
        name="namespace-declared",
        why="An object whose namespace comes from nowhere fails the update, on the first day of a new cluster only.",
        types=(NAMESPACE, _CONFIG_MAP, _SECRET, _SERVICE),
        check=_own_place,
        references=("Kubernetes documentation: Namespaces",),
    ),
    ResourceRule(
        name="namespace-owner",
        why="What belongs to nobody is mended, paid and cleaned up by nobody.",
        types=(NAMESPACE,),
        check=_owned,
        references=("AWS EKS Best Practices Guide: Cost Optimization, awareness",),
    ),
    GraphRule(
        name="namespace-quota",
        why="Where people have rights and no quota, one mistake takes what all need, and is paid until it is seen.",
        types=(NAMESPACE, _QUOTA, _LIMITS, _BINDING),
        check=_quotas,
        references=("hardeneks: ensure_namespace_quotas_exist", "Kubernetes documentation: Resource Quotas"),
    ),
    ResourceRule(
        name="object-size",
        why="An object above the API server's limit is refused in the middle of an update.",
        types=(_CONFIG_MAP, _SECRET),
        check=_small_enough,
        references=("Kubernetes documentation: ConfigMaps, size limit",),
    ),
    GraphRule(
        name="load-balancer-names",
        why="Two Services with a load balancer of one name take it from each other for ever.",
        types=(_INGRESS, _SERVICE, _GATEWAY),
        check=_balancers,
        references=("AWS Load Balancer Controller documentation: Service annotations, load balancer name",),
    ),
    GraphRule(
        name="object-names",
        why="Two resources that are one object overwrite each other with every update.",
        types=(_CONFIG_MAP, _SECRET, _SERVICE, NAMESPACE),
        check=_names,
        references=("Kubernetes documentation: Object Names and IDs",),
    ),
    GraphRule(
        name="stack-size",
        why="A stack that takes minutes to preview is changed without one.",
        types=("pulumi:pulumi:Stack",),
        check=_few,
        parameters=Size(),
        references=("Pulumi documentation: Organizing projects and stacks",),
    ),
)
