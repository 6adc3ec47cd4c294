"""Turns what the engine sends into plain values and back, with nothing of it lost."""

from typing import Any, Final

from google.protobuf import struct_pb2

# Pulumi marks values that are more than JSON by a key, and of what kind they are by its value
# (pulumi/sdk/go/common/resource/sig/sig.go).
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the mark of one, none itself


def plain(message: struct_pb2.Struct) -> dict[str, Any]:
    """Return properties as rules read them: a secret is what it hides, a whole number is no fraction."""
    return {key: _value(value) for key, value in message.fields.items()}


def put(message: struct_pb2.Struct, properties: dict[str, Any]) -> struct_pb2.Struct:
    """Return a copy of properties in which some, by name, are others; all others stay as they are, secrets too."""
    changed = struct_pb2.Struct()
    changed.CopyFrom(message)
    changed.update(properties)
    return changed


def _value(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        fields = value.struct_value.fields
        if _SIGNATURE in fields and fields[_SIGNATURE].string_value == _SECRET:
            return _value(fields["value"])
        return {key: _value(item) for key, item in fields.items()}
    if kind == "list_value":
        return [_value(item) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return None if kind in {None, "null_value"} else getattr(value, kind)
