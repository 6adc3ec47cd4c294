"""Label selectors, as Kubernetes and Cilium read them, with examples of the pods they select."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final, TypeAlias

from rehearsal.reachability.model import NAMESPACE_LABEL, Block, Group, Named, Party, Pod, UnsupportedError

ELSEWHERE: Final = "elsewhere"
"""A namespace that no policy and no flow names."""

_NAMESPACE_NAME: Final = "kubernetes.io/metadata.name"
_RESERVED: Final = "reserved:"
# Where a label comes from, as Cilium writes it; what a pod carries comes from Kubernetes.
_SOURCES: Final = ("k8s:", "any:")
# Labels Cilium makes of a pod's cluster, service account and namespace; nothing here knows them.
_DERIVED: Final = ("io.cilium.", "io.kubernetes.pod.")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition on labels; `operator` is ``In``, ``NotIn``, ``Exists`` or ``DoesNotExist``."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.operator not in {"In", "NotIn", "Exists", "DoesNotExist"}:
            raise UnsupportedError(f"the operator {self.operator}")

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Tell whether labels meet it; a label that is not there meets ``NotIn``."""
        match self.operator:
            case "In":
                return labels.get(self.key) in self.values
            case "NotIn":
                return labels.get(self.key) not in self.values
            case "Exists":
                return self.key in labels
            case _:
                return self.key not in labels


@dataclass(frozen=True, slots=True)
class Labels:
    """A selector over one set of labels; without requirements it selects everything."""

    requirements: tuple[Requirement, ...] = ()

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Tell whether labels meet every requirement."""
        return all(requirement.holds(labels) for requirement in self.requirements)

    def examples(self) -> Iterator[dict[str, str]]:
        """Yield the smallest sets of labels that meet it, one for each combination of values it lists."""
        keys = [each.key for each in self.requirements if each.operator in {"In", "Exists"}]
        choices = [each.values or ("any",) for each in self.requirements if each.operator in {"In", "Exists"}]
        for values in product(*choices):
            labels = dict(zip(keys, values, strict=True))
            if self.holds(labels):
                yield labels


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Pods by their labels, among which Cilium counts the namespace."""

    labels: Labels

    def matches(self, party: Party) -> bool:
        """Tell whether it selects a party; never anything but a pod."""
        return isinstance(party, Pod) and self.labels.holds(party.identity)

    def examples(self) -> Iterator[Pod]:
        """Yield pods it selects that carry no label more than it asks for."""
        for labels in self.labels.examples():
            namespace = labels.pop(NAMESPACE_LABEL, "any")
            yield Pod(namespace=ELSEWHERE if namespace == "any" else namespace, labels=labels, name=shown(labels))


@dataclass(frozen=True, slots=True)
class Pods:
    """Pods by their own labels and those of their namespace, as Kubernetes selects them.

    Attributes:
        pods: Over the pod's labels.
        namespace: The one namespace it selects in; None where `namespaces` selects them.
        namespaces: Over the namespace's labels.

    """

    pods: Labels
    namespace: str | None = None
    namespaces: Labels = field(default_factory=Labels)

    def matches(self, party: Party) -> bool:
        """Tell whether it selects a party; never anything but a pod."""
        if not isinstance(party, Pod) or self.namespace not in {None, party.namespace}:
            return False
        named = {_NAMESPACE_NAME: party.namespace, **party.namespace_labels}
        return self.pods.holds(party.labels) and self.namespaces.holds(named)

    def examples(self) -> Iterator[Pod]:
        """Yield pods it selects that carry no label more than it asks for."""
        for labels, around in product(self.pods.examples(), self.namespaces.examples()):
            name = around.pop(_NAMESPACE_NAME, None) or self.namespace or ELSEWHERE
            yield Pod(namespace=name, labels=labels, name=shown(labels), namespace_labels=around)


Matcher: TypeAlias = Endpoints | Pods | Group | Block | Named


def kubernetes(selector: Mapping[str, Any] | None) -> Labels:
    """Return a Kubernetes label selector; None and an empty one select everything.

    Raises:
        UnsupportedError: it holds something that is no part of a label selector.

    """
    selector = selector or {}
    _refuse_others(selector, "matchLabels", "matchExpressions")
    return Labels(
        (
            *(Requirement(key, "In", (value,)) for key, value in (selector.get("matchLabels") or {}).items()),
            *(
                Requirement(each["key"], each["operator"], tuple(each.get("values") or ()))
                for each in selector.get("matchExpressions") or ()
            ),
        )
    )


def cilium(selector: Mapping[str, Any], namespace: str | None) -> Endpoints | Group:
    """Return a selector of endpoints in a policy of Cilium.

    Without a namespace among its labels it stays in that of the policy; in a clusterwide one it selects pods anywhere,
    but nothing else. https://docs.cilium.io/en/stable/security/policy/kubernetes/

    Args:
        selector: As the policy writes it.
        namespace: The policy's; None in a clusterwide one.

    Raises:
        UnsupportedError: it asks for labels nothing here knows.

    """
    requirements = kubernetes(selector).requirements
    reserved = [each for each in requirements if each.key.startswith(_RESERVED)]
    if reserved:
        if len(requirements) > 1 or reserved[0].operator not in {"In", "Exists"}:
            raise UnsupportedError(f"{reserved[0].key} beside other conditions")
        return Group(reserved[0].key.removeprefix(_RESERVED))
    plain = [Requirement(_plain(each.key), each.operator, each.values) for each in requirements]
    if not any(each.key == NAMESPACE_LABEL for each in plain):
        plain.append(
            Requirement(NAMESPACE_LABEL, "Exists")
            if namespace is None
            else Requirement(NAMESPACE_LABEL, "In", (namespace,))
        )
    return Endpoints(Labels(tuple(plain)))


def shown(labels: Mapping[str, str]) -> str:
    """Return how the report names a pod nobody declared, by the labels it would carry."""
    listed = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
    return f"[{listed or 'no labels'}]"


def _plain(key: str) -> str:
    for source in _SOURCES:
        if key.startswith(source):
            key = key.removeprefix(source)
            break
    else:
        if ":" in key:
            raise UnsupportedError(f"the label {key}, which no pod carries")
    if key != NAMESPACE_LABEL and key.startswith(_DERIVED):
        raise UnsupportedError(f"the label {key}")
    return key


def _refuse_others(selector: Mapping[str, Any], *known: str) -> None:
    for field_name in selector:
        if field_name not in known:
            raise UnsupportedError(f"{field_name} in a selector")
