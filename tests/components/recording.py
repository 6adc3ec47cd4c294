"""An engine for unit tests that records what a program registers and invents every output a provider would compute.

An echoing mock hides holes: a computed attribute stays `None` and vanishes from whatever it is wired into. Here each
declared output of the SDK's class is filled with `<name.property>`, so wiring is asserted by equality.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import UnionType
from typing import Any, NoReturn, Union, get_args, get_origin

import pulumi

# The SDK loads it when a Job's type is first looked at, which two threads may do at once and one of them too early.
import pulumi_kubernetes.scheduling.v1alpha3  # noqa: F401 - for its effect
from pulumi import _types
from pulumi.runtime import mocks, settings, stack

# Nothing the platform reads lies deeper; some Kubernetes types contain themselves.
_DEPTH = 5
_SCALARS: dict[Any, Any] = {bool: False, int: 1, float: 1}


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One registered resource; `parent`, `provider` and `dependencies` are logical names.

    `aliases` are former type, name and parent, the last empty for none.
    """

    type: str
    name: str
    custom: bool
    inputs: dict[str, Any]
    parent: str
    provider: str
    protect: bool
    dependencies: tuple[str, ...]
    ignore_changes: tuple[str, ...]
    aliases: tuple[tuple[str, str, str], ...] = ()


@dataclass
class Recording:
    """Everything one program registered; in no order, for registrations run side by side."""

    resources: list[Recorded] = field(default_factory=list)
    exports: dict[str, Any] = field(default_factory=dict)

    def one(self, type_: str, name: str) -> Recorded:
        """Return the resource of a type and logical name, or fail naming those of its type."""
        found = [made for made in self.of(type_) if made.name == name]
        assert len(found) == 1, f"{type_} {name}: found {len(found)} among {[made.name for made in self.of(type_)]}"
        return found[0]

    def of(self, type_: str) -> list[Recorded]:
        """Return all resources of a type."""
        return [made for made in self.resources if made.type == type_]

    def before(self, name: str) -> frozenset[str]:
        """Return the names of everything that is there before any resource of a name, directly or through others."""
        direct: dict[str, set[str]] = {}
        for made in self.resources:
            direct.setdefault(made.name, set()).update(made.dependencies)
        found: set[str] = set()
        pending = [name]
        while pending:
            further = direct.get(pending.pop(), set()) - found
            found |= further
            pending += further
        return frozenset(found)


def build(program: Callable[[], object]) -> Recording:
    """Run a program, wait for all it registers, and return the recording."""
    recording = Recording()
    monitor = _Monitor(recording)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        settings.reset_options(project="platform", stack="test")
        mocks.set_mocks(_Inventor(), project="platform", stack="test", monitor=monitor)

        def silent() -> None:
            root = settings.get_root_resource()
            assert isinstance(root, stack.Stack)
            root.outputs = {}
            program()
            root.register_outputs(root.outputs)

        async def run() -> None:
            await stack.run_pulumi_func(silent)

        loop.run_until_complete(run())
    finally:
        loop.close()
        settings.reset_options()
        asyncio.set_event_loop(None)
    return recording


class _Inventor(pulumi.runtime.Mocks):
    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        declared = next((cls for cls in _resource_classes() if getattr(cls, "pulumi_type", None) == args.typ), None)
        invented = (
            {}
            if declared is None
            else {name: _invent(kind, f"{args.name}.{name}") for name, kind in _types.resource_types(declared).items()}
        )
        return f"<{args.name}.id>", _overlay(invented, args.inputs)

    def call(self, args: pulumi.runtime.MockCallArgs) -> NoReturn:
        raise AssertionError(f"no layer may look anything up, but {args.token} was called")


class _Monitor(mocks.MockMonitor):
    def __init__(self, recording: Recording) -> None:
        super().__init__(_Inventor())
        self._recording = recording
        self._waits: dict[str, tuple[str, ...]] = {}

    def _awaited(self, urn: str, request: Any) -> tuple[str, ...]:
        """Return what a resource waits for: its own dependencies and those of the components it belongs to.

        The engine deletes a resource before its parent, and the parent before what that depends on.
        """
        own = {_name(dependency) for dependency in request.dependencies}
        self._waits[urn] = tuple(sorted(own | set(self._waits.get(request.parent, ()))))
        return self._waits[urn]

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]  # the SDK's own base is untyped
        self._recording.resources.append(
            Recorded(
                type=request.type,
                name=request.name,
                custom=request.custom,
                inputs=_whole(pulumi.runtime.rpc.deserialize_properties(request.object)),
                parent=_name(request.parent),
                provider=_name(request.provider.rpartition("::")[0]),
                protect=request.protect,
                dependencies=self._awaited(response.urn, request),
                ignore_changes=tuple(request.ignoreChanges),
                aliases=tuple(_former(alias.spec, request) for alias in request.aliases),
            )
        )
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        if "pulumi:pulumi:Stack" in request.urn:
            self._recording.exports.update(pulumi.runtime.rpc.deserialize_properties(request.outputs))
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]  # as above


def _former(alias: Any, request: Any) -> tuple[str, str, str]:
    """Return what an alias says a resource was; what it leaves out is as it is now."""
    parent = "" if alias.noParent else _name(alias.parentUrn or request.parent)
    return alias.type or request.type, alias.name or request.name, parent


def _whole(value: Any) -> Any:
    """Undo the wire's only number type, the float."""
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _resource_classes() -> Iterator[type]:
    pending: list[type] = [pulumi.CustomResource]
    while pending:
        cls = pending.pop()
        yield cls
        pending += cls.__subclasses__()


def _invent(kind: Any, path: str, depth: int = 0) -> Any:
    kind = _unwrapped(kind)
    if kind in _SCALARS:
        return _SCALARS[kind]
    if get_origin(kind) in {dict, Mapping}:
        return {}
    if get_origin(kind) in {list, Sequence}:
        return [_invent(get_args(kind)[0], path, depth + 1)] if depth < _DEPTH else []
    if _types.is_output_type(kind) and depth < _DEPTH:
        nested = _types.output_type_types(kind)
        return {name: _invent(inner, f"{path}.{name}", depth + 1) for name, inner in nested.items()}
    return f"<{path}>"


def _unwrapped(kind: Any) -> Any:
    if get_origin(kind) in {Union, UnionType}:
        return next(choice for choice in get_args(kind) if choice is not type(None))
    return kind


def _overlay(invented: Any, given: Any) -> Any:
    if isinstance(invented, dict) and isinstance(given, dict):
        return {key: _overlay(invented.get(key), given.get(key)) for key in {**invented, **given}}
    return invented if given is None else given
