"""Rules about the values of Helm releases, where a chart is told what its objects will be."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.rule import Finding, ResourceRule, StackRule
from policies.rules.kubernetes.containers import FLOATING
from policies.rules.kubernetes.disclosed import disclosed
from policies.rules.kubernetes.levels import NAMESPACE, declared, enforced
from policies.values import Properties, Unknown, flag, read, split

RELEASE: Final = "kubernetes:helm.sh/v3:Release"

# Which standard forbids a value, and what it may be instead; None where the key is to go.
_FORBIDDEN: Final[Mapping[str, tuple[frozenset[str], bool, str]]] = {
    "privileged": (frozenset({"baseline", "restricted"}), True, "set {} to false"),
    "hostNetwork": (frozenset({"baseline", "restricted"}), True, "set {} to false"),
    "hostPID": (frozenset({"baseline", "restricted"}), True, "set {} to false"),
    "hostIPC": (frozenset({"baseline", "restricted"}), True, "set {} to false"),
    "allowPrivilegeEscalation": (frozenset({"restricted"}), True, "set {} to false"),
    "runAsNonRoot": (frozenset({"restricted"}), False, "set {} to true"),
}
_INTERNAL: Final = ("internal", "true")


def walk(value: Any, path: str = "values") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every mapping among values with its place."""
    if isinstance(value, Mapping):
        yield path, value
        for key, item in value.items():
            yield from walk(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from walk(item, f"{path}[{index}]")


def _values(release: Properties) -> Any:
    return read(release, "values", default={})


def _privileges(resources: Mapping[str, Properties]) -> Iterator[tuple[str, Finding]]:
    levels = declared(resources)
    for urn, release in sorted(resources.items()):
        if release.get("kind") == "Namespace":
            continue
        values = _values(release)
        if isinstance(values, Unknown):
            yield urn, values
            continue
        level = enforced(levels, read(release, "namespace", default="default"))
        for path, given in walk(values):
            yield from ((urn, finding) for finding in _of_pods(path, given, level))


def _of_pods(path: str, given: Mapping[str, Any], level: Any) -> Iterator[Finding]:
    for key, (standards, bad, remedy) in _FORBIDDEN.items():
        if key not in given:
            continue
        value = given[key]
        if isinstance(value, Unknown):
            yield value
        elif value is None or flag(value) is not bad:
            continue
        elif isinstance(level, Unknown):
            yield level
        elif level in standards:
            yield (
                f"{path}.{key} asks for what pods of a {level} namespace may not have; {remedy.format(f'{path}.{key}')}"
            )
    if isinstance(given.get("hostPath"), Mapping) and level in ("baseline", "restricted"):
        yield (
            f"{path} is a volume of the node's own path, which pods of a {level} namespace may not have; "
            "remove its hostPath"
        )


def _tags(release: Properties) -> Iterator[Finding]:
    values = _values(release)
    if isinstance(values, Unknown):
        yield values
        return
    for path, given in walk(values):
        tag, image = given.get("tag"), given.get("image")
        if isinstance(tag, Unknown):
            yield tag
        elif tag is not None and str(tag).lower() in FLOATING:
            yield f"{path}.tag is {tag}, which moves; write a version into it"
        if isinstance(image, str) and image.rpartition("/")[2].partition(":")[2].lower() in FLOATING:
            yield f"{path}.image is {image}, which moves; write a version into it"


def _secrets(release: Properties) -> Iterator[Finding]:
    values = _values(release)
    if isinstance(values, Unknown):
        yield values
        return
    for path, given in walk(values):
        for key, value in given.items():
            texts = value if isinstance(value, list) else [value]
            for text in texts:
                if isinstance(text, str) and (what := disclosed(text, str(key))):
                    yield f"{path}.{key} looks like {what}, and values are in the clear; name a Secret in its place"


def _exposure(release: Properties) -> Iterator[Finding]:
    values = _values(release)
    if isinstance(values, Unknown):
        yield values
        return
    for path, given in walk(values):
        kind = given.get("type")
        if isinstance(kind, Unknown):
            yield kind
        elif kind == "NodePort":
            yield f"{path} opens a port on every node; set {path}.type to ClusterIP"
        elif kind == "LoadBalancer" and not _narrowed(given):
            yield (
                f"everybody in the world can reach {path}; "
                "add the annotation of an internal scheme, or loadBalancerSourceRanges"
            )
        if split(given.get("externalIPs"))[0]:
            yield f"{path} takes the traffic of addresses it does not own; remove {path}.externalIPs"


def _narrowed(service: Mapping[str, Any]) -> bool:
    annotations = service.get("annotations")
    given = annotations if isinstance(annotations, Mapping) else {}
    scheme = any(str(value).lower() in _INTERNAL for key, value in given.items() if "aws-load-balancer" in str(key))
    ranges = set(split(service.get("loadBalancerSourceRanges"))[0])
    return scheme or bool(ranges and "0.0.0.0/0" not in ranges)


def _wildcards(release: Properties) -> Iterator[Finding]:
    values = _values(release)
    if isinstance(values, Unknown):
        yield values
        return
    for path, given in walk(values):
        for name in ("apiGroups", "resources", "verbs"):
            known, unknown = split(given.get(name)) if "verbs" in given else ([], [])
            yield from unknown
            if "*" in known:
                yield f"{path}.{name} grants whatever there is or will be; list the {name} that are used"


RULES: Final = (
    StackRule(
        name="release-privileges",
        why="A chart that is told to make a privileged pod where none is admitted makes no pod at all.",
        types=(RELEASE, NAMESPACE),
        check=_privileges,
        references=(
            "Kubernetes Pod Security Standards: Privileged Containers, Host Namespaces, HostPath Volumes",
            "Kubernetes Pod Security Standards: Privilege Escalation, Running as Non-root",
            "CIS Amazon EKS Benchmark 1.8.0: 4.2.1 to 4.2.5",
        ),
    ),
    ResourceRule(
        name="release-image-pinned",
        why="What a chart runs behind a moving tag changes with the next node.",
        types=(RELEASE,),
        check=_tags,
        references=("AWS EKS Best Practices Guide: Image Security",),
    ),
    ResourceRule(
        name="release-secret-literals",
        why="Values are kept in the state, in every version of the release, and in what a preview prints.",
        types=(RELEASE,),
        check=_secrets,
        references=("CIS Amazon EKS Benchmark 1.8.0: 4.4.2",),
    ),
    ResourceRule(
        name="release-exposure",
        why="A chart's Service is as public as any other, and is seen by nobody who reads the program.",
        types=(RELEASE,),
        check=_exposure,
        references=("AWS EKS Best Practices Guide: Load Balancing",),
    ),
    ResourceRule(
        name="release-wildcards",
        why="A role that a chart makes from values is a role like any other.",
        types=(RELEASE,),
        check=_wildcards,
        references=("CIS Amazon EKS Benchmark 1.8.0: 4.1.3",),
    ),
)
