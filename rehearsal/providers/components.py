"""Makes a remote component, as a provider does: registers it and its children through the engine's own interface."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import grpc
from pulumi.runtime.proto import provider_pb2, resource_pb2, resource_pb2_grpc

from rehearsal.providers.properties import encode
from rehearsal.providers.standin import Child

# Children are registered side by side, as the provider's own SDK does; each occupies a thread of the stand-in's 32.
_AT_ONCE: Final = 8


def construct(request: Any, children: Sequence[Child], message_bytes: int) -> Any:
    """Register a component and its children; return the answer to the engine's ConstructRequest.

    The children get their parent's provider and no dependency of their own, as from the provider itself.

    Args:
        request: The engine's request.
        children: What the component consists of.
        message_bytes: The longest message.

    Raises:
        grpc.RpcError: the engine refused one of them, and has said so itself.

    """
    options = [("grpc.max_receive_message_length", message_bytes), ("grpc.max_send_message_length", message_bytes)]
    with grpc.insecure_channel(request.monitorEndpoint, options=options) as channel:
        monitor = resource_pb2_grpc.ResourceMonitorStub(channel)
        urn = monitor.RegisterResource(_component(request)).urn
        _register(monitor, request, urn, children)
        # The provider itself refers to the children in an output `resources`, which nobody reads. The SDK may look such
        # references up, and then a provider of the engine's own comes into the state that no later update declares.
        monitor.RegisterResourceOutputs(resource_pb2.RegisterResourceOutputsRequest(urn=urn))
    return provider_pb2.ConstructResponse(urn=urn)


def _component(request: Any) -> Any:
    return resource_pb2.RegisterResourceRequest(
        type=request.type,
        name=request.name,
        parent=request.parent,
        custom=False,
        object=request.inputs,
        dependencies=request.dependencies,
        providers=request.providers,
        protect=request.protect,
        aliases=request.aliases,
        retainOnDelete=request.retainOnDelete,
        deletedWith=request.deletedWith,
        acceptSecrets=True,
        acceptResources=True,
    )


def _register(monitor: Any, request: Any, parent: str, children: Sequence[Child]) -> None:
    package = request.type.partition(":")[0]

    def register(child: Child) -> Any:
        return monitor.RegisterResource(
            resource_pb2.RegisterResourceRequest(
                type=child.type,
                name=child.name,
                parent=parent,
                custom=True,
                object=encode(child.inputs),
                provider=request.providers.get(package, ""),
                acceptSecrets=True,
                acceptResources=True,
                supportsPartialValues=True,
            )
        )

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        # Asking for each answer raises what the engine refused.
        list(pool.map(register, children))
