"""Makes objects of the cluster for rows, each in as few words as its rule needs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from policies.rules.kubernetes.levels import ENFORCE
from policies.rules.kubernetes.pods import EVERY, OPERATED, WORKLOADS
from tests.policies.rows.row import Kind, Row

APP: Final = {"name": "app"}
"""A container that says nothing of itself."""

_PREFIX: Final = {
    "CronJob": "spec.jobTemplate.spec.template.spec",
    "Pod": "spec",
    **{token.rpartition(":")[2]: "spec" for token in OPERATED},
}


def made(token: str, name: str = "it", namespace: str = "apps", **fields: Any) -> dict[str, Any]:
    """Return an object of a type, with fields beside its metadata."""
    version, kind = token.removeprefix("kubernetes:").rsplit(":", 1)
    metadata = {"name": name, "namespace": namespace}
    if kind in {"ClusterRole", "ClusterRoleBinding", "Namespace", "StorageClass"}:
        metadata.pop("namespace")
    return {"apiVersion": version.removeprefix("core/"), "kind": kind, "metadata": metadata} | fields


def namespace(level: Any, name: str = "apps", **annotations: str) -> dict[str, Any]:
    """Return a Namespace that enforces a level."""
    found = made("kubernetes:core/v1:Namespace", name)
    return found | {"metadata": {"name": name, "labels": {ENFORCE: level}, "annotations": annotations}}


def workload(token: str, pod: Mapping[str, Any], **spec: Any) -> dict[str, Any]:
    """Return an object of a type of workload with pods of a spec."""
    kind = token.rpartition(":")[2]
    if token in OPERATED or kind == "Pod":
        return made(token, spec={**pod, **spec})
    if kind == "CronJob":
        return made(token, spec={"jobTemplate": {"spec": {"template": {"spec": pod}}}, **spec})
    return made(token, spec={"template": {"metadata": {"labels": {"app": "it"}}, "spec": pod}, **spec})


def place(token: str, path: str) -> str:
    """Return where something of the pods' spec stands in an object of a type."""
    return f"{_PREFIX.get(token.rpartition(':')[2], 'spec.template.spec')}.{path}"


def of_every_type(  # noqa: PLR0913 - the columns of a row
    rule: str,
    kind: Kind,
    says: str,
    pod: Mapping[str, Any],
    *,
    faults: Sequence[str] = (),
    operated: Sequence[str] | None = None,
    unknown: Sequence[str] = (),
    beside: Sequence[Mapping[str, Any]] = (),
    types: Sequence[str] = EVERY,
) -> Iterator[Row]:
    """Yield a row for each type of workload.

    Args:
        rule: The rule's name.
        kind: The row's kind.
        says: What the row shows.
        pod: The spec of the pods.
        faults: As of a row.
        operated: The faults where an operator makes the pods, if they are others.
        unknown: As of a row, each as a path within the pods' spec.
        beside: Further objects of the stack.
        types: The types.

    """
    for token in types:
        own = faults if operated is None or token in WORKLOADS else operated
        yield Row(
            rule,
            kind,
            f"{says}, {token.rpartition(':')[2]}",
            [workload(token, pod), *beside] if beside else workload(token, pod),
            faults=own,
            unknown=[place(token, each) for each in unknown],
        )
