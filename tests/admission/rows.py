"""The table of objects that are tried, and what is wrong with each."""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from components.security.admission.settings import AdmissionSettings
from tests.components import examples

_FOLDER: Final = Path(__file__).parent
_REMOVED: Final = "REMOVED"

CLUSTER_SCOPED: Final = frozenset({"ClusterRole", "ClusterRoleBinding", "Namespace"})

PLATFORM: Final = ("cert-manager", "kube-node-lease", "kube-public", "kube-system")
"""The namespaces that rules leave alone, as far as rows need them."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """An object, what it was before if it is an update, and the names of the rules it breaks."""

    what: str
    kind: str
    manifest: Mapping[str, Any]
    before: Mapping[str, Any] | None
    broken: frozenset[str]


def settings(**changes: Any) -> AdmissionSettings:
    """Return settings under which every rule has a say."""
    return examples.parsed(
        AdmissionSettings,
        **{
            "mode": "enforce",
            "registries": ["public.ecr.aws", "registry.example.com:5000", "quay.io/example"],
            "load_balancer_classes": ["service.k8s.aws/nlb"],
            "owner_label": "owner",
            **changes,
        },
    )


@cache
def rows() -> tuple[Row, ...]:
    """Return every row."""
    return tuple(_row(entry) for entry in _read("rows.yaml"))


def sound(kind: str, edit: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return an object that breaks no rule, edited."""
    # Through JSON: what the file says once for two containers is an object of each.
    made: dict[str, Any] = json.loads(json.dumps(_read("objects.yaml")[kind]))
    for path, value in (edit or {}).items():
        _set(made, path.split("."), copy.deepcopy(value))
    return made


def _row(entry: Mapping[str, Any]) -> Row:
    kind = entry["of"]
    return Row(
        what=entry["what"],
        kind=kind,
        manifest=sound(kind, entry.get("edit")),
        before=sound(kind, entry["update"]) if "update" in entry else None,
        broken=frozenset(entry.get("broken", ())),
    )


@cache
def _read(file: str) -> Any:
    return yaml.safe_load((_FOLDER / file).read_text(encoding="utf-8"))


def _set(place: Any, path: list[str], value: Any) -> None:
    step: Any = int(path[0]) if isinstance(place, list) else path[0]
    if len(path) > 1:
        if not isinstance(place, list) and step not in place:
            place[step] = {}
        _set(place[step], path[1:], value)
    elif value == _REMOVED:
        del place[step]
    elif isinstance(place, list) and step == len(place):
        place.append(value)
    else:
        place[step] = value
