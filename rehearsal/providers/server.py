"""Serves a stand-in to the engine: Pulumi's provider protocol over gRPC, on a free loopback port."""

import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any, Final, TypeVar

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from rehearsal.faults import Fault, NoFault
from rehearsal.providers.components import construct
from rehearsal.providers.properties import decode, encode, encode_like
from rehearsal.providers.standin import Properties, RefusedError, Resource, StandIn

_THREADS: Final = 32
# The engine's own limit for one message (400 MiB); a dashboard bundle passes gRPC's default of 4 MiB.
_MESSAGE_BYTES: Final = 400 * 1024 * 1024

_Answer = TypeVar("_Answer")


@contextmanager
def serve(*standins: StandIn, fault: Fault | None = None) -> Iterator[str]:
    """Serve each stand-in until the block ends; yield the value for ``PULUMI_DEBUG_PROVIDERS``.

    Args:
        standins: One for each package.
        fault: What comes between the engine and every creation.

    """
    servers = []
    addresses = []
    try:
        for standin in standins:
            options = [
                ("grpc.max_receive_message_length", _MESSAGE_BYTES),
                ("grpc.max_send_message_length", _MESSAGE_BYTES),
            ]
            server = grpc.server(ThreadPoolExecutor(max_workers=_THREADS), options=options)
            provider_pb2_grpc.add_ResourceProviderServicer_to_server(_Servicer(standin, fault or NoFault()), server)
            port = server.add_insecure_port("127.0.0.1:0")
            server.start()
            servers.append(server)
            addresses.append(f"{standin.package}:{port}")
        yield ",".join(addresses)
    finally:
        for server in servers:
            server.stop(grace=None)


class _Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Translates the protocol's messages into calls of one stand-in."""

    def __init__(self, standin: StandIn, fault: Fault) -> None:
        self._standin = standin
        self._fault = fault

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        # The engine asks no provider for components that does not take secrets, and marks none for one that does.
        del request, context
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=self._standin.components)

    def Attach(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        del request, context
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        # Any other version than the SDK's makes the engine warn at every run.
        del request, context
        return plugin_pb2.PluginInfo(version=version(f"pulumi-{self._standin.package}"))

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        del context
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        del context
        differs = decode(request.old_inputs) != decode(request.news)
        return provider_pb2.DiffResponse(changes=_verdict(differs))

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        self._answer(context, lambda: self._standin.configure(decode(request.args)))
        return provider_pb2.ConfigureResponse(
            supportsPreview=self._standin.previews, acceptSecrets=self._standin.components
        )

    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        inputs, failures = self._answer(
            context,
            lambda: self._standin.check(
                _resource(request), decode(request.news), olds=decode(request.olds), seed=request.randomSeed
            ),
        )
        return provider_pb2.CheckResponse(
            inputs=encode_like(inputs, request.news),
            failures=[provider_pb2.CheckFailure(property=fault.property, reason=fault.reason) for fault in failures],
        )

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        olds = decode(request.old_inputs)
        # What is to be ignored the engine has set back already.
        news = decode(request.news)
        state = decode(request.olds)
        change = self._answer(context, lambda: self._standin.diff(_resource(request), olds, news))
        outdated = self._answer(context, lambda: self._standin.outdated(_resource(request), state, news))
        return provider_pb2.DiffResponse(
            changes=_verdict(bool(change.properties or outdated)),
            diffs=[*change.properties, *outdated],
            replaces=change.replaces,
            deleteBeforeReplace=change.delete_before_replace,
        )

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        if request.preview and not self._standin.previews:
            # What is missing here the SDK treats as known after up.
            planned = self._standin.planned(_resource(request), {}, {}, decode(request.properties))
            return provider_pb2.CreateResponse(properties=encode_like(planned, request.properties))
        resource = _resource(request)

        def create() -> tuple[str, Properties]:
            return self._standin.create(resource, decode(request.properties), preview=request.preview)

        identifier, outputs = self._answer(
            context, create if request.preview else lambda: self._fault.around(resource, create)
        )
        return provider_pb2.CreateResponse(id=identifier, properties=encode_like(outputs, request.properties))

    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        found = self._answer(
            context,
            lambda: self._standin.read(
                _resource(request), request.id, decode(request.properties), decode(request.inputs)
            ),
        )
        if found is None:
            # No id: the engine takes the resource out of the state.
            return provider_pb2.ReadResponse()
        outputs, inputs = found
        return provider_pb2.ReadResponse(
            id=request.id,
            properties=encode_like(outputs, request.properties),
            inputs=encode_like(inputs, request.inputs),
        )

    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        if request.preview:
            planned = self._answer(
                context,
                lambda: self._standin.planned(
                    _resource(request), decode(request.olds), decode(request.old_inputs), decode(request.news)
                ),
            )
            return provider_pb2.UpdateResponse(properties=encode_like(planned, request.news))
        outputs = self._answer(
            context,
            lambda: self._standin.update(_resource(request), request.id, decode(request.olds), decode(request.news)),
        )
        return provider_pb2.UpdateResponse(properties=encode_like(outputs, request.news))

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        self._answer(context, lambda: self._standin.delete(_resource(request), request.id, decode(request.properties)))
        return empty_pb2.Empty()

    def Construct(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        children = self._answer(
            context, lambda: self._standin.children(request.type, request.name, decode(request.inputs))
        )
        try:
            return construct(request, children, _MESSAGE_BYTES)
        except grpc.RpcError as refusal:
            # The engine refused a child and has said why.
            context.abort(grpc.StatusCode.ABORTED, f"{request.name}: {refusal.details()}")
            raise

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        outputs = self._answer(context, lambda: self._standin.invoke(request.tok, decode(request.args)))
        # "return" is the field's name in the protocol and a keyword here.
        answer: Any = {"return": encode(outputs)}
        return provider_pb2.InvokeResponse(**answer)

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        del request, context
        return empty_pb2.Empty()

    def _answer(self, context: Any, call: Callable[[], _Answer]) -> _Answer:
        """Run `call`; a refusal becomes the engine's error line, a fault of the stand-in itself says that it is one."""
        try:
            return call()
        except RefusedError as refusal:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(refusal))
        except Exception:  # noqa: BLE001 - whatever breaks here must reach the user and not hang the engine
            context.abort(
                grpc.StatusCode.INTERNAL,
                f"the {self._standin.package} stand-in failed, a defect of the rehearsal:\n{traceback.format_exc()}",
            )
        raise AssertionError  # context.abort always raises


def _verdict(differs: bool) -> Any:  # noqa: FBT001 - the verdict is about this one fact
    changes = provider_pb2.DiffResponse
    return changes.DIFF_SOME if differs else changes.DIFF_NONE


def _resource(request: Any) -> Resource:
    return Resource(urn=request.urn, type=request.type, name=request.name)
