"""Rules about containers: which image, from where, with how much of the node, and how it is known to work."""

import re
from collections.abc import Iterator
from typing import Any, Final

from policies.rule import Finding, Parameters, ResourceRule
from policies.rules.kubernetes.disclosed import disclosed
from policies.rules.kubernetes.pods import EVERY, WORKLOADS, Container, containers, is_operated, spec
from policies.values import Properties, Unknown, flag, read, split

# Tags that are moved with every build or release.
FLOATING: Final = frozenset(
    {"canary", "dev", "develop", "edge", "head", "latest", "lts", "main", "master", "nightly", "snapshot", "stable"}
)
_ECR: Final = re.compile(r"\d{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.(amazonaws\.com(\.cn)?|on\.aws)")
_SERVING: Final = (
    "kubernetes:apps/v1:DaemonSet",
    "kubernetes:apps/v1:Deployment",
    "kubernetes:apps/v1:StatefulSet",
)


class Registries(Parameters):
    """From where images may come."""

    hosts: tuple[str, ...] = (
        "docker.io",
        "ghcr.io",
        "mirror.gcr.io",
        "nvcr.io",
        "public.ecr.aws",
        "quay.io",
        "reg.kyverno.io",
        "registry.k8s.io",
    )
    """The registries of the projects whose images run here; an account's own in ECR is known by its name."""


def tag_fault(image: str) -> str | None:
    """Return what is wrong with the tag of an image; None if it names one version."""
    if "@sha256:" in image:
        return None
    tag = image.rpartition("/")[2].partition(":")[2]
    if not tag:
        return "names no version, which is latest"
    return f"has the tag {tag}, which moves" if tag.lower() in FLOATING else None


def registry_of(image: str) -> str:
    """Return the registry that an image names, empty where the node's runtime chooses one."""
    first, slash, _ = image.partition("/")
    return first if slash and ("." in first or ":" in first or first == "localhost") else ""


def _images(workload: Properties) -> Iterator[tuple[Container, Any]]:
    found, unknown = containers(workload)
    yield from ((Container("", {}), each) for each in unknown)
    # What an operator makes, or whoever sets its image, is known when it is there.
    yield from ((each, read(each.given, "image")) for each in found if each.whole or read(each.given, "image"))


def _pinned(workload: Properties) -> Iterator[Finding]:
    for container, image in _images(workload):
        if isinstance(image, Unknown):
            yield image
        elif image is None:
            yield f"container {container.name} has no image; set its image"
        elif fault := tag_fault(str(image)):
            yield f"container {container.name}'s image {image} {fault}; write the version, or a digest, into image"


def _registry(workload: Properties, registries: Registries) -> Iterator[Finding]:
    for container, image in _images(workload):
        if isinstance(image, Unknown):
            yield image
        elif image is not None and not _is_known(registry_of(str(image)), registries):
            where = registry_of(str(image)) or "no registry, so that the node chooses one"
            yield (
                f"container {container.name}'s image {image} comes from {where}; "
                f"name one of {', '.join(sorted(registries.hosts))}, or a registry of your own in ECR"
            )


def _is_known(registry: str, registries: Registries) -> bool:
    return registry in registries.hosts or _ECR.fullmatch(registry) is not None


def _resource(workload: Properties, *fields: tuple[str, str]) -> Iterator[Finding]:
    found, unknown = containers(workload)
    yield from unknown
    for container in found:
        if not container.whole and read(container.given, "image") is None:
            continue
        limits = read(container.given, "resources", "limits", default={})
        for part, name in fields:
            # A limit alone is a request of as much.
            given = read(container.given, "resources", part, name, default=read(limits, name))
            if isinstance(given, Unknown):
                yield given
            elif given is None:
                yield f"container {container.name} has no {name} in {part}; set resources.{part}.{name}"


def _requests(workload: Properties) -> Iterator[Finding]:
    yield from _resource(workload, ("requests", "cpu"), ("requests", "memory"))


def _memory_limit(workload: Properties) -> Iterator[Finding]:
    yield from _resource(workload, ("limits", "memory"))


def _probes(workload: Properties) -> Iterator[Finding]:
    found, unknown = containers(workload)
    yield from unknown
    for container in found:
        # Nobody sends anything to what listens nowhere.
        ports = read(container.given, "ports")
        if container.init or not ports:
            continue
        probe = read(container.given, "readinessProbe")
        if isinstance(probe, Unknown):
            yield probe
        elif not probe:
            yield f"container {container.name} gets requests before it can answer them; add a readinessProbe"


def _read_only(workload: Properties) -> Iterator[Finding]:
    found, unknown = containers(workload)
    yield from unknown
    for container in found:
        given = read(container.given, "securityContext", "readOnlyRootFilesystem", default=not container.whole)
        if isinstance(given, Unknown):
            yield given
        elif not flag(given):
            yield (
                f"container {container.name} can change its own programs; "
                "set securityContext.readOnlyRootFilesystem to true, with an emptyDir where it writes"
            )


def _literals(workload: Properties) -> Iterator[Finding]:
    found, unknown = containers(workload)
    yield from unknown
    for container in found:
        variables, hidden = split(read(container.given, "env"))
        yield from hidden
        for variable in variables:
            name, value = read(variable, "name", default=""), read(variable, "value", default="")
            if isinstance(value, Unknown):
                # What another resource tells is no literal, but whether it is a secret nobody can say yet.
                continue
            what = disclosed(str(value), str(name))
            if what:
                yield (
                    f"variable {name} of container {container.name} looks like {what}; "
                    "write a file of a Secret or of Vault's in its place"
                )
        for part in ("args", "command"):
            texts, hidden = split(read(container.given, part))
            yield from hidden
            for text in texts:
                if what := disclosed(*_flag(str(text))):
                    yield (
                        f"{part} of container {container.name} has what looks like {what}; "
                        "write a file of a Secret in its place"
                    )


def _flag(text: str) -> tuple[str, str]:
    """Return value and name of an option of a command."""
    name, equals, value = text.partition("=")
    return (value, name.lstrip("-")) if equals and name.startswith("-") else (text, "")


def _token(workload: Properties) -> Iterator[Finding]:
    if is_operated(workload):
        return
    pod = spec(workload)
    account = read(pod, "serviceAccountName", default=read(pod, "serviceAccount", default="default"))
    mounted = read(pod, "automountServiceAccountToken", default=True)
    for value in (account, mounted):
        if isinstance(value, Unknown):
            yield value
            return
    if account == "default" and flag(mounted):
        yield (
            "its pods hold a token of the account that every pod of the namespace shares; "
            "set automountServiceAccountToken to false, or serviceAccountName to an account of their own"
        )


RULES: Final = (
    ResourceRule(
        name="image-pinned",
        why="What runs behind a moving tag changes with the next node, and nobody can say what ran before.",
        types=EVERY,
        check=_pinned,
        references=(
            "AWS EKS Best Practices Guide: Image Security",
            "Kubernetes documentation: Images, image pull policy",
        ),
    ),
    ResourceRule(
        name="image-registry",
        why="Whoever may publish in a registry decides what runs, and a name without registry is whatever "
        "the node makes of it.",
        types=EVERY,
        check=_registry,
        parameters=Registries(),
        references=("CIS Amazon EKS Benchmark 1.8.0: 5.1.4", "AWS EKS Best Practices Guide: Image Security"),
    ),
    ResourceRule(
        name="container-requests",
        why="The scheduler and every autoscaler see only requests, and a pod without them is the first to be evicted.",
        types=EVERY,
        check=_requests,
        references=("hardeneks: set_requests_limits_for_containers",),
    ),
    ResourceRule(
        name="container-memory-limit",
        why="One leak without a limit takes the memory of every pod of its node.",
        types=EVERY,
        check=_memory_limit,
        references=("hardeneks: set_requests_limits_for_containers",),
    ),
    ResourceRule(
        name="container-readiness",
        why="A rollout without a probe takes away the pods that work for ones that do not.",
        types=_SERVING,
        check=_probes,
        references=("Kubernetes documentation: Liveness, Readiness, and Startup Probes",),
    ),
    ResourceRule(
        name="container-read-only-root",
        why="Whoever breaks into a container writes tools into it, unless nothing can be written.",
        types=EVERY,
        check=_read_only,
        references=("hardeneks: check_read_only_root_file_system",),
    ),
    ResourceRule(
        name="container-secret-literals",
        why="A secret that stands in a workload is read by everyone who may see workloads, and stays in "
        "every state file.",
        types=EVERY,
        check=_literals,
        references=("CIS Amazon EKS Benchmark 1.8.0: 4.4.1, 4.4.2", "hardeneks: disallow_secrets_from_env_vars"),
    ),
    ResourceRule(
        name="default-account-token",
        why="A right given to the default account is one of every pod of the namespace that nobody thought of.",
        types=WORKLOADS,
        check=_token,
        references=(
            "CIS Amazon EKS Benchmark 1.8.0: 4.1.5, 4.1.6",
            "hardeneks: disable_service_account_token_mounts",
        ),
    ),
)
