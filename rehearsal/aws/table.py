"""The vocabulary of the tables: how one Pulumi resource type is made of calls to AWS's API."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.providers.properties import UNKNOWN

# Every resource of the package has these, and no operation knows them.
OWN_EVERYWHERE: Mapping[str, str] = {
    "region": "the provider's own: it picks the endpoint",
    "timeouts": "the provider's own: how long it waits",
    "namePrefix": "the provider's own: it becomes the beginning of the name",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of an operation, and where its members come from.

    An input finds its member by its name (case, underscores and plural do not matter), at any depth; `members` holds
    only what does not. A member path descends by dots; ``Pairs[]`` wraps the value into a list of one, ``Pairs[*].Id``
    makes one element of every element of a list: ``{"cidrBlocks": "IpPermissions[].IpRanges[*].CidrIp"}``.

    Attributes:
        operation: AWS's name of it, ``CreateVpc``.
        service: botocore's name of the service, where it is not the row's.
        named: The name under which its answer is kept for `Row.attributes` and later calls; the first is ``create``.
        takes: The inputs that go here; only the calls after the first need to say so, the first takes the rest.
        again: Whether the first call takes these inputs as well.
        members: From an input's path (``vpcConfig.subnetIds``) to the member it becomes.
        container: A structure that takes the inputs which the top level does not know (``LaunchTemplateData``).
        fixed: Members that no input gives: templates such as ``{id}`` or ``{clusterName}`` inside any structure, or
            ``=<JMESPath>`` into the answers so far (``create`` and what is `named`; besides, ``inputs``).
            Overridden by an input that becomes the same member.
        implied: Members that come with an input: ``{"vpcId": {"ResourceType": "VPC"}}``.
        beside: Members that stand in each element which a path with ``[*]`` makes, by the input's path.
        each: The list-valued input for whose every element this call is made once.
        tagged: The resource type in ``TagSpecifications``, where the operation wants tags so.
        unless: Values of inputs with which the call is not made, because AWS's default is that already.
        only: Values of inputs without which the call is not made.
        needs: A JMESPath into the answers so far; without a result the call is not made.
        always: Whether the call is made even when none of its `takes` is given.
        emulated: Whether moto serves it; if not, its members are judged all the same.
        asked_where: The input that is the ARN of something in another region: that region is asked, and by the id at
            the ARN's end, as moto knows no other.

    """

    operation: str
    service: str = ""
    named: str = ""
    takes: tuple[str, ...] = ()
    again: bool = False
    members: Mapping[str, str] = field(default_factory=dict)
    container: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    implied: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    beside: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    each: str = ""
    tagged: str = ""
    unless: Mapping[str, Any] = field(default_factory=dict)
    only: Mapping[str, Any] = field(default_factory=dict)
    needs: str = ""
    always: bool = False
    emulated: bool = True
    asked_where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomaticName:
    """The physical name pulumi-aws gives when the program gives none: ``<prefix><logical name>-<7 hex digits>``.

    Source: https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming

    Attributes:
        property: The input that is the name.
        before: What stands before the logical name.
        after: What stands at the end when an input is given and true: ``{"fifoQueue": ".fifo"}``.
        lowercase: Whether AWS wants it in lower case.
    """

    property: str = "name"
    before: str = ""
    after: Mapping[str, str] = field(default_factory=dict)
    lowercase: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One resource type.

    Attributes:
        type: Pulumi's type token, ``aws:ec2/vpc:Vpc``.
        service: botocore's name of the service, ``ec2``.
        create: The call that makes it.
        identifier: The Pulumi id: a JMESPath into the answer of `create`, or a template
            (``{clusterName}:{addonName}``).
        answer: A JMESPath to the structure in that answer whose fields are the resource's attributes.
        further: The calls after the first.
        reads: Lookups for `attributes`, made after creation and after every update; each is `named`.
        attributes: Outputs that do not find their field by name, as templates like `Call.fixed`.
        updates: Calls that bring a change of their `takes` to AWS, besides those in `further`.
        delete: The calls that end it, in order.
        own: Inputs that belong to the provider itself and reach no operation, with the reason.
        not_rehearsed: Inputs that are refused when used, with the reason: the table does not know what AWS makes of
            them.
        immutable: Inputs, or paths inside them, whose change replaces the resource.
        recomputed: Outputs that every update of an input other than tags computes anew.
        name: The automatic name, where pulumi-aws gives one.
        references: From an input's path to the kind of thing that must exist in AWS already (see rules/references.py).
        emulated: Whether moto holds it; otherwise it is judged and modelled.
        remains: Why AWS itself keeps it after its deletion, if it does.

    """

    type: str
    service: str
    create: Call
    identifier: str
    answer: str = ""
    further: tuple[Call, ...] = ()
    reads: tuple[Call, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    updates: tuple[Call, ...] = ()
    delete: tuple[Call, ...] = ()
    own: Mapping[str, str] = field(default_factory=dict)
    not_rehearsed: Mapping[str, str] = field(default_factory=dict)
    immutable: tuple[str, ...] = ()
    recomputed: tuple[str, ...] = ()
    name: AutomaticName | None = None
    references: Mapping[str, str] = field(default_factory=dict)
    emulated: bool = True
    remains: str = ""

    @property
    def kind(self) -> str:
        """The short name of the type, ``Vpc``."""
        return self.type.rpartition(":")[2]

    def replacing(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the inputs whose change AWS cannot make in place, sorted.

        A nested value that the new inputs leave out keeps what AWS chose.
        """
        found = set()
        for path in self.immutable:
            top, _, inner = path.partition(".")
            before, after = olds.get(top), news.get(top)
            if inner:
                before, after = (value_at(structure, inner) for structure in (before, after))
            if before != after and not (inner and after is None):
                found.add(top)
        return tuple(sorted(found))

    def explained(self, path: str) -> bool:
        """Tell whether an input is the provider's own."""
        return path in self.own or path in OWN_EVERYWHERE

    def routed(self) -> frozenset[str]:
        """Return the inputs that go to a call after the first, and not to the first."""
        return frozenset(name for call in self.further if not call.again for name in (*call.takes, call.each) if name)


def value_at(structure: Any, path: str) -> Any:
    """Return what lies at a path of mappings; nothing where there is none, and the unknown of whatever is unknown."""
    for name in path.split("."):
        if structure is UNKNOWN:
            return UNKNOWN
        structure = structure.get(name) if isinstance(structure, Mapping) else None
    return structure
