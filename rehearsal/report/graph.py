"""The resources of a stack and what each waits for, read from the state the engine exports."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import networkx as nx

# The engine marks values that JSON has no word for with this key; its value says which kind it is.
# Both are constants of the engine's wire format (sdk/go/common/resource/sig).
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_KINDS: Final = {
    "1b47061264138c4ac30d75fd1eb44270": "[secret]",
    "c44067f5952c0a294b673a41bacd8c17": "[asset]",
    "0def7320c3a5731c473e5ecbe6d01bc7": "[archive]",
    "5cf8f73096256a8f31e491e813e4eb8e": "[resource]",
}
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the engine's name for secrets, not one of them

STACK: Final = "pulumi:pulumi:Stack"
"""The type of what every other resource is in the end a child of."""

# What AWS answers with another value at each creation, besides ids, and what inputs of others are then made of.
_MADE_UP: Final = frozenset({"address", "clusterSecurityGroupId", "endpoint", "issuer"})
# What the stack tells that a review compares.
_TOLD: Final = frozenset({"address_budget"})
_OPTIONS: Final = ("aliases", "ignoreChanges", "replaceOnChanges")

# A text this long does not turn up in a state by chance, in clear or as base64.
_RECOGNISABLE: Final = 12


@dataclass(frozen=True, slots=True)
class Node:
    """One resource.

    Attributes:
        urn: Pulumi's unique name.
        type: The type token.
        name: The logical name.
        custom: Whether a provider makes it; a component is only a name for its children.
        parent: The parent's URN, empty for the stack itself.
        provider: The URN of its provider, empty for components and providers.
        dependencies: The URNs it names itself, by an input or by `depends_on`; sorted.
        protect: Whether Pulumi refuses to delete it.
        inputs: As the engine holds them (camelCase), secrets masked.
        id: What its provider calls it; empty for components.
        outputs: Of what its provider told besides, the texts that are made up and that others refer to, by their paths;
            of the stack, what a review compares.
        options: How the program has the engine compare it: `aliases`, `ignoreChanges`, `replaceOnChanges`.

    """

    urn: str
    type: str
    name: str
    custom: bool = True
    parent: str = ""
    provider: str = ""
    dependencies: tuple[str, ...] = ()
    protect: bool = False
    inputs: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""
    outputs: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return this resource's entry of graph.json."""
        return {
            "urn": self.urn,
            "type": self.type,
            "name": self.name,
            "id": self.id,
            "parent": self.parent,
            "provider": self.provider,
            "dependencies": list(self.dependencies),
            "protect": self.protect,
            "inputs": dict(self.inputs),
            "outputs": dict(self.outputs),
            "options": dict(self.options),
        }


@dataclass(frozen=True, slots=True)
class Exposure:
    """A planted secret that stands in the state in clear.

    Attributes:
        key: Of the configuration value the secret was planted for.
        path: Where it stands, ``$.resources[12].inputs.values.password``.
        resource: The logical name of the resource there, empty outside the resources.

    """

    key: str
    path: str
    resource: str

    def __str__(self) -> str:
        """Say what and where, never the secret itself."""
        return f"{self.key} at {self.path}" + (f" ({self.resource})" if self.resource else "")


def nodes(deployment: Mapping[str, Any]) -> list[Node]:
    """Return the resources of an exported deployment, sorted by URN; old halves of replacements are left out."""
    live = [entry for entry in deployment.get("resources") or [] if not entry.get("delete")]
    return sorted((_node(entry) for entry in live), key=lambda node: node.urn)


def graph(deployment: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return graph.json for an exported deployment: one entry per resource, sorted by URN."""
    return [node.to_json() for node in nodes(deployment)]


def outermost_layer(entry: Mapping[str, Any], by_urn: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the entry of the outermost layer that holds a resource of graph.json, or that it is; None without one."""
    found = None
    each: Mapping[str, Any] | None = entry
    while each:
        if each["type"].startswith("platform:"):
            found = each
        each = by_urn.get(each["parent"])
    return found


def waits(resources: list[Node]) -> "nx.DiGraph[str]":
    """Return who waits for whom: an edge from every resource to each that cannot begin before it is there.

    A resource waits for what its inputs and `depends_on` name, for its provider, and for a parent that a provider
    makes. A component is there at once, but its children wait for what the component itself depends on; who depends
    on a component waits for everything in it.

    Raises:
        ValueError: the state is not acyclic, which the engine would never write.

    """
    known = {node.urn: node for node in resources}
    inside = _descendants(resources)
    waiting: nx.DiGraph[str] = nx.DiGraph()
    waiting.add_nodes_from(known)
    for node in resources:
        for urn in (*node.dependencies, node.provider, node.parent):
            if urn in known:
                waiting.add_edge(urn, node.urn)
        for urn in node.dependencies:
            # A child that names its own component does not wait for itself and its siblings.
            if urn in known and not known[urn].custom and node.urn not in inside[urn]:
                waiting.add_edges_from((child, node.urn) for child in sorted(inside[urn]))
    if not nx.is_directed_acyclic_graph(waiting):
        circle = " -> ".join(known[source].name for source, _ in nx.find_cycle(waiting))
        raise ValueError(f"The exported state has resources that wait for each other: {circle}.")
    return waiting


def planted_secrets(deployment: Mapping[str, Any], planted: Mapping[str, str]) -> list[Exposure]:
    """Search an exported state for planted secrets outside values the engine keeps encrypted.

    They are found inside longer texts too, and as base64, which is how a Kubernetes Secret or a registry's
    credentials would show them.

    Args:
        deployment: As `stack.export_stack().deployment` gives it.
        planted: Configuration key to the text planted for it.

    Raises:
        ValueError: a planted text is so short that it could stand in the state by chance.

    """
    if short := sorted(key for key, secret in planted.items() if len(secret) < _RECOGNISABLE):
        raise ValueError(
            f"The secrets planted for {', '.join(short)} need {_RECOGNISABLE} characters to be recognised."
        )
    forms = {key: _forms(secret) for key, secret in planted.items()}
    resources = deployment.get("resources") or []
    named = [(f"$.resources[{index}]", name_of(entry["urn"]), entry) for index, entry in enumerate(resources)]
    rest = {key: value for key, value in deployment.items() if key != "resources"}
    found = {
        Exposure(key=key, path=path, resource=name): None
        for start, name, value in [("$", "", rest), *named]
        for path, text in _texts(value, start)
        for key, shapes in forms.items()
        if any(shape in text for shape in shapes)
    }
    return list(found)


def masked(value: Any) -> Any:
    """Return a value of the state with what is secret, or no JSON at all, replaced by a word in brackets."""
    if isinstance(value, Mapping):
        if _SIGNATURE in value:
            return _KINDS.get(str(value[_SIGNATURE]), "[unknown]")
        return {key: masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item) for item in value]
    return value


def is_encrypted(value: Mapping[str, Any]) -> bool:
    """Tell whether the engine keeps a value of the state encrypted."""
    return value.get(_SIGNATURE) == _SECRET


def _node(entry: Mapping[str, Any]) -> Node:
    named = {urn for urns in (entry.get("propertyDependencies") or {}).values() for urn in urns or []}
    return Node(
        urn=entry["urn"],
        type=entry["type"],
        name=name_of(entry["urn"]),
        custom=bool(entry.get("custom")),
        parent=entry.get("parent") or "",
        # The state writes a provider as its URN and its id.
        provider=(entry.get("provider") or "").rpartition("::")[0],
        dependencies=tuple(sorted(named | set(entry.get("dependencies") or []))),
        protect=bool(entry.get("protect")),
        inputs=masked(entry.get("inputs") or {}),
        id=entry.get("id") or "",
        outputs=_outputs(entry["type"], entry.get("outputs") or {}),
        options={name: entry[name] for name in _OPTIONS if entry.get(name)},
    )


def _outputs(kind: str, outputs: Mapping[str, Any]) -> dict[str, Any]:
    if kind == STACK:
        return {name: masked(value) for name, value in outputs.items() if name in _TOLD}
    return dict(_made_up(outputs, "")) if kind.startswith("aws:") else {}


def _made_up(outputs: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    for name, value in outputs.items():
        if isinstance(value, str) and name in _MADE_UP:
            yield f"{path}{name}", value
        elif isinstance(value, Mapping) and _SIGNATURE not in value:
            yield from _made_up(value, f"{path}{name}.")


def name_of(urn: str) -> str:
    """Return the logical name in a URN."""
    # urn:pulumi:<stack>::<project>::<types>::<name>; a name may itself hold "::".
    return urn.split("::", 3)[-1]


def _descendants(resources: list[Node]) -> dict[str, set[str]]:
    parents = {node.urn: node.parent for node in resources}
    inside: dict[str, set[str]] = {node.urn: set() for node in resources}
    for urn, parent in parents.items():
        ancestor = parent
        while ancestor in inside:
            inside[ancestor].add(urn)
            ancestor = parents[ancestor]
    return inside


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield every text of a value with its path, keys included, save what the engine encrypts."""
    if isinstance(value, Mapping):
        if is_encrypted(value):
            return
        for key, item in value.items():
            yield f"{path}.{key}", str(key)
            yield from _texts(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}[{index}]")
    elif isinstance(value, str):
        yield path, value


def _forms(secret: str) -> tuple[str, ...]:
    """Return the text itself and the part of its base64 form that is the same at each of the three alignments."""
    encoded = []
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + secret.encode()).decode().rstrip("=")
        # The first and last characters of the form also hold bits of the secret's neighbours.
        encoded.append(whole[(shift * 8 + 5) // 6 : -1])
    return (secret, *encoded)
