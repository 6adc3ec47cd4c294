"""What a stand-in provider must be able to do, in plain Python: no gRPC, no protobuf."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

Properties = dict[str, Any]


class RefusedError(Exception):
    """The provider refuses an operation; the text is the API's own reason and reaches the user as it is."""


@dataclass(frozen=True, slots=True)
class Resource:
    """The resource an operation is about.

    Attributes:
        urn: Pulumi's unique name, ``urn:pulumi:prod::platform::…::network-vpc``.
        type: The type token, ``aws:ec2/vpc:Vpc``.
        name: The logical name, ``network-vpc``.

    """

    urn: str
    type: str
    name: str


@dataclass(frozen=True, slots=True)
class Failure:
    """One fault of one input: the property's path (``vpcConfig.subnetIds[0]``, may be empty) and the reason."""

    property: str
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between the inputs a resource has and the inputs it should have.

    Attributes:
        properties: The top-level input properties that differ; empty when nothing does.
        replaces: Those among them that cannot be changed in place.
        delete_before_replace: Whether the old one must be gone before its successor comes, for they share a name.

    """

    properties: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    delete_before_replace: bool = False


@dataclass(frozen=True, slots=True)
class Child:
    """A resource that belongs to a remote component: type token, logical name and inputs."""

    type: str
    name: str
    inputs: Mapping[str, Any]


def changed_inputs(olds: Mapping[str, Any], news: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the top-level properties whose values differ, sorted."""
    absent = object()
    return tuple(sorted(key for key in {*olds, *news} if olds.get(key, absent) != news.get(key, absent)))


class StandIn(ABC):
    """One Pulumi package's provider, played on this machine.

    Methods are called from many threads at once. Every mapping handed in is plain data in which `UNKNOWN` marks what
    a preview cannot know; every mapping handed back must be plain JSON data.
    """

    package: ClassVar[str]
    """The Pulumi package, ``aws``; its Python SDK is the distribution ``pulumi-<package>``."""

    previews: ClassVar[bool] = False
    """Whether `create` is also called at preview (then with ``preview=True``), to refuse earlier."""

    components: ClassVar[bool] = False
    """Whether the package has remote components, which `children` then tells the parts of."""

    def configure(self, inputs: Properties) -> None:  # noqa: B027 - most stand-ins need nothing of the configuration
        """Take the provider's own configuration."""

    @abstractmethod
    def check(
        self, resource: Resource, inputs: Properties, *, olds: Properties, seed: bytes
    ) -> tuple[Properties, list[Failure]]:
        """Judge inputs; return them (with defaults and automatic names filled in) and every fault found.

        `olds` are the inputs of the last update (empty for a new resource); `seed` makes automatic names repeatable.
        """

    def diff(self, resource: Resource, olds: Properties, news: Properties) -> Change:
        """Compare the inputs of the last update with the new ones."""
        del resource
        return Change(properties=changed_inputs(olds, news))

    def outdated(self, resource: Resource, state: Properties, inputs: Properties) -> tuple[str, ...]:
        """Return the outputs that differ from what the provider's own configuration now makes of the same inputs."""
        del resource, state, inputs
        return ()

    def planned(self, resource: Resource, state: Properties, olds: Properties, news: Properties) -> Properties:
        """Return what a preview can say of the outputs; what the creation or update computes is `UNKNOWN`.

        Before a creation `state` and `olds` are empty.
        """
        del resource, olds
        return {**state, **news}

    @abstractmethod
    def create(self, resource: Resource, inputs: Properties, *, preview: bool) -> tuple[str, Properties]:
        """Create; return the id and all outputs.

        Raises:
            RefusedError: the API refuses.

        """

    @abstractmethod
    def update(self, resource: Resource, identifier: str, state: Properties, inputs: Properties) -> Properties:
        """Change in place from `state` (the outputs so far) to `inputs`; return all outputs.

        Raises:
            RefusedError: the API refuses.

        """

    @abstractmethod
    def delete(self, resource: Resource, identifier: str, state: Properties) -> None:
        """Delete.

        Raises:
            RefusedError: the API refuses.

        """

    def read(
        self, resource: Resource, identifier: str, state: Properties, inputs: Properties
    ) -> tuple[Properties, Properties] | None:
        """Look at what is there now; return its outputs and its inputs, or None if it is gone.

        Unless a stand-in can look, all is as it was: `state` and `inputs`.

        Raises:
            RefusedError: the API refuses, or does not answer.

        """
        del resource, identifier
        return state, inputs

    def children(self, token: str, name: str, inputs: Properties) -> Sequence[Child]:
        """Return what a remote component such as ``kubernetes:yaml/v2:ConfigFile`` consists of.

        Raises:
            RefusedError: the component is not one this stand-in can make.

        """
        del inputs
        raise RefusedError(f"{token} {name} is not rehearsed: the {self.package} stand-in cannot tell what it makes")

    def invoke(self, token: str, arguments: Properties) -> Properties:
        """Answer a function such as ``aws:index/getCallerIdentity:getCallerIdentity``.

        Raises:
            RefusedError: the function is not one this stand-in can answer truthfully.

        """
        raise RefusedError(f"{token} cannot be rehearsed: the {self.package} stand-in has no answer for {arguments}")
