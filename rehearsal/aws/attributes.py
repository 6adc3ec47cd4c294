"""All outputs of a resource: what was asked for, what AWS answered, and recognisable inventions for the rest."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, get_args, get_origin

from rehearsal.aws.names import counterpart
from rehearsal.aws.sdk import Declared, nested, properties, unwrapped
from rehearsal.providers.properties import UNKNOWN
from rehearsal.providers.standin import Properties

_PLAIN: Final[Mapping[type, Any]] = {bool: False, int: 0, float: 0.0}


def fill(name: str, declared: Declared, inputs: Mapping[str, Any], answered: Mapping[str, Any]) -> Properties:
    """Return every output the SDK declares.

    An input keeps its value; an output it was not asked for takes AWS's answer; what must be there and nobody
    answered is invented, with text such as ``<network-vpc.ownerId>``, so that a wrong use of it can be recognised.
    An optional output that nobody gave stays absent.

    Args:
        name: The resource's logical name, for the inventions.
        declared: What the SDK declares of its type.
        inputs: Its inputs.
        answered: From an output's name to AWS's answer, whose fields go by AWS's names.

    """
    outputs: Properties = {key: value for key, value in inputs.items() if value is not None}
    for key, hint in declared.outputs.items():
        path = f"{name}.{key}"
        if key in outputs:
            outputs[key] = _completed(outputs[key], hint, answered.get(key), path)
        elif answered.get(key) is not None:
            outputs[key] = _answer(answered[key], hint, path)
        elif key not in declared.optional:
            outputs[key] = _invented(hint, path)
    return outputs


def foreseen(declared: Declared, inputs: Mapping[str, Any], state: Mapping[str, Any]) -> Properties:
    """Return the inputs as a preview shows them: what a nested one was not given is as it was, or still unknown.

    The SDK takes a nested input for the whole output, so that ``vpcConfig.clusterSecurityGroupId`` would be none.

    Args:
        declared: What the SDK declares of the type.
        inputs: The inputs to come.
        state: The outputs so far; empty before the resource is there.

    """
    shown = dict(inputs)
    for key, value in inputs.items():
        structure = nested(unwrapped(declared.outputs[key])) if key in declared.outputs else None
        if structure is not None and isinstance(value, Mapping):
            was = state.get(key)
            known = was if isinstance(was, Mapping) else {}
            shown[key] = {**{own: known.get(own, UNKNOWN) for own, _ in properties(structure)}, **value}
    return shown


def answers_by_name(declared: Declared, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of AWS's answer under the names of the outputs they are."""
    found = {key: counterpart(key, answer) for key in declared.outputs}
    return {key: answer[field] for key, field in found.items() if field is not None}


def _completed(value: Any, hint: Any, answer: Any, path: str) -> Any:
    """Add to a nested input the fields that only AWS knows, ``vpcConfig.clusterSecurityGroupId``."""
    structure = nested(unwrapped(hint))
    if structure is None or not isinstance(value, Mapping):
        return value
    told = answer if isinstance(answer, Mapping) else {}
    return {**_structure(structure, told, path), **{key: item for key, item in value.items() if item is not None}}


def _answer(answer: Any, hint: Any, path: str) -> Any:
    """Return AWS's answer in the form that the SDK declares."""
    wanted = unwrapped(hint)
    structure = nested(wanted)
    if structure is not None and isinstance(answer, Mapping):
        value: Any = _structure(structure, answer, path)
        return [value] if _is_list(wanted) else value
    if structure is not None and isinstance(answer, list):
        return [_structure(structure, item, f"{path}[{n}]") for n, item in enumerate(answer)]
    if isinstance(answer, datetime):
        return answer.isoformat()
    if wanted is str and isinstance(answer, int):
        return str(answer)
    if _is_mapping(wanted) and isinstance(answer, list):
        return {item.get("Key", item.get("TagKey")): item.get("Value", item.get("TagValue")) for item in answer}
    return answer


def _structure(structure: type, answer: Mapping[str, Any], path: str) -> dict[str, Any]:
    result = {}
    for key, hint in properties(structure):
        field = counterpart(key, answer)
        if field is not None and answer[field] is not None:
            result[key] = _answer(answer[field], hint, f"{path}.{key}")
        elif type(None) not in get_args(hint):
            result[key] = _invented(hint, f"{path}.{key}")
    return result


def _invented(hint: Any, path: str) -> Any:
    wanted = unwrapped(hint)
    structure = nested(wanted)
    if structure is not None:
        value: Any = _structure(structure, {}, path)
        return [value] if _is_list(wanted) else value
    if _is_list(wanted):
        return [_invented(get_args(wanted)[0], f"{path}[0]")]
    if _is_mapping(wanted):
        return {}
    return _PLAIN.get(wanted, f"<{path}>")


def _is_list(hint: Any) -> bool:
    origin = get_origin(hint)
    return isinstance(origin, type) and not issubclass(origin, Mapping)


def _is_mapping(hint: Any) -> bool:
    origin = get_origin(hint)
    return isinstance(origin, type) and issubclass(origin, Mapping)
