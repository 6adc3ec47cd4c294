"""The engine's property values on the wire, as plain Python values and back."""

from collections.abc import Mapping
from typing import Any, Final, Self

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc


class Unknown:
    """A value the engine cannot know before the update runs; there is one, `UNKNOWN`, and copies are the same one."""

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __repr__(self) -> str:
        """Read like the placeholder that `pulumi preview` prints."""
        return "<known after up>"


UNKNOWN: Final = Unknown()

# The engine writes one of these strings where a value of that type is not known yet.
_UNKNOWN_STRINGS: Final = frozenset(
    {
        rpc.UNKNOWN,  # strings
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # booleans
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # numbers
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # arrays
        "030794c1-ac77-496b-92df-f27374a8bd58",  # assets
        "e48ece36-62e2-4504-bad9-02848725956a",  # archives
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # objects
    }
)


def decode(wire: struct_pb2.Struct) -> dict[str, Any]:
    """Return the plain mapping behind a wire struct; what is not known yet becomes `UNKNOWN`."""
    plain = _plain(json_format.MessageToDict(wire))
    assert isinstance(plain, dict)  # noqa: S101 - a struct is a mapping by its type
    return plain


def encode(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Return the wire struct for a plain mapping."""
    return json_format.ParseDict(_wire(values), struct_pb2.Struct())


def encode_like(values: Mapping[str, Any], wire: struct_pb2.Struct) -> struct_pb2.Struct:
    """Return the wire struct for a plain mapping in which everything is secret that is secret in another struct."""
    sealed = _sealed(_wire(values), json_format.MessageToDict(wire))
    return json_format.ParseDict(sealed, struct_pb2.Struct())


def is_known(value: Any) -> bool:
    """Tell whether a value holds no `UNKNOWN` at any depth."""
    if isinstance(value, Mapping):
        return all(is_known(item) for item in value.values())
    if isinstance(value, list):
        return all(is_known(item) for item in value)
    return value is not UNKNOWN


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        # Secrets and outputs arrive wrapped; the engine keeps its own record of what is secret.
        if rpc._special_sig_key in value:  # noqa: SLF001 - the SDK publishes the wire's constants nowhere else
            return _plain(value["value"]) if "value" in value else UNKNOWN
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return UNKNOWN if isinstance(value, str) and value in _UNKNOWN_STRINGS else value


def _sealed(value: Any, like: Any) -> Any:
    if isinstance(like, dict):
        if like.get(rpc._special_sig_key) == rpc._special_secret_sig:  # noqa: SLF001 - as above
            return {rpc._special_sig_key: rpc._special_secret_sig, "value": value}  # noqa: SLF001 - as above
        if isinstance(value, dict):
            return {key: _sealed(item, like.get(key)) for key, item in value.items()}
    if isinstance(like, list) and isinstance(value, list):
        return [_sealed(item, like[index] if index < len(like) else None) for index, item in enumerate(value)]
    return value


def _wire(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _wire(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_wire(item) for item in value]
    return rpc.UNKNOWN if value is UNKNOWN else value
