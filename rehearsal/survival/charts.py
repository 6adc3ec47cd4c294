"""The workloads of releases whose templates are not at hand, by what their values say: as `charts.toml` has it."""

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from rehearsal.charts.chart import laid_over
from rehearsal.survival.workloads import Budget, Workload, zonal

TABLE: Final = Path(__file__).with_name("charts.toml")

_RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_ADDON: Final = "aws:eks/addon:Addon"
_PLACED: Final = ("affinity", "nodeSelector", "tolerations", "topologySpreadConstraints")
_NUMBERS: Final = ("maxUnavailable", "minAvailable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What values tell.

    Attributes:
        workloads: Those that are made.
        budgets: The budgets the charts make for them.
        unknown: The releases and add-ons of which nothing here tells what they make.

    """

    workloads: tuple[Workload, ...] = ()
    budgets: tuple[Budget, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Release:
    name: str
    namespace: str
    values: Mapping[str, Any]
    storage: Mapping[str, str]
    addon: bool = False


@cache
def table() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """Return the table: ``chart`` and ``addon``, each by name."""
    text = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {sort: {row["name"]: row for row in text[sort]} for sort in ("chart", "addon")}


def told(resources: Sequence[Mapping[str, Any]], storage: Mapping[str, str]) -> Told:
    """Return what the values of releases and add-ons tell.

    Args:
        resources: Of an exported deployment.
        storage: Of each StorageClass who makes its volumes.

    """
    found: list[tuple[Workload, Budget | None]] = []
    unknown = []
    for entry in resources:
        inputs = entry.get("inputs") or {}
        if entry.get("type") == _RELEASE:
            label = f"{inputs['namespace']}/{inputs['name']}"
            row = table()["chart"].get(inputs["chart"].rstrip("/").rpartition("/")[2])
            release = _Release(
                name=inputs["name"], namespace=inputs["namespace"], values=inputs.get("values") or {}, storage=storage
            )
        elif entry.get("type") == _ADDON:
            label = f"add-on {inputs['addonName']}"
            row = table()["addon"].get(inputs["addonName"])
            values = json.loads(inputs.get("configurationValues") or "{}")
            release = _Release(name="", namespace="kube-system", values=values, storage=storage, addon=True)
        else:
            continue
        if row is None:
            unknown.append(label)
        else:
            found += _made(row, release)
    return Told(
        workloads=tuple(workload for workload, _ in found),
        budgets=tuple(budget for _, budget in found if budget),
        unknown=tuple(sorted(unknown)),
    )


def at(values: Mapping[str, Any], path: str) -> Any:
    """Return what is at a dotted path of values, None where there is nothing."""
    place: Any = values
    for step in filter(None, path.split(".")):
        place = place.get(step) if isinstance(place, Mapping) else None
    return place


def _made(row: Mapping[str, Any], release: _Release) -> Iterator[tuple[Workload, Budget | None]]:
    values = laid_over(row.get("defaults") or {}, release.values)
    for made in row.get("workload") or ():
        if not all(at(values, path) for path in made.get("when") or ()):
            continue
        parts = made.get("parts")
        if parts and at(values, parts["when"]):
            for part in range(int(at(values, parts["number"]))):
                yield _one(made, values, release, suffix=f"-{part}", label={parts["label"]: str(part)})
        else:
            yield _one(made, values, release)


def _one(
    made: Mapping[str, Any],
    values: Mapping[str, Any],
    release: _Release,
    *,
    suffix: str = "",
    label: Mapping[str, str] | None = None,
) -> tuple[Workload, Budget | None]:
    named = {"release": release.name, "name": values.get("fullnameOverride") or release.name}
    labels = {**{key: value.format(**named) for key, value in made["labels"].items()}, **(label or {})}
    wanted = made["replicas"]
    replicas = at(values, wanted) if isinstance(wanted, str) else wanted
    workload = Workload(
        kind=made["kind"],
        namespace=release.namespace,
        name=made["name"].format(**named) + suffix,
        labels=labels,
        # A chart that says nothing leaves it to Kubernetes.
        replicas=1 if replicas is None else int(replicas),
        pod=_pod(values, made["levels"], labels),
        zonal=any(
            zonal(at(values, volume["class"]) or "", release.storage)
            for volume in made.get("volumes") or ()
            if at(values, volume["when"])
        ),
        release="" if release.addon else f"{release.namespace}/{release.name}",
        copies=int(at(values, made["copies"])) if "copies" in made else 0,
        read_from="add-on" if release.addon else "values",
    )
    return workload, _budget(made, values, workload)


def _pod(values: Mapping[str, Any], levels: Sequence[str], labels: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in _PLACED:
        said = (_read((at(values, level) or {}).get(key)) for level in levels)
        found[key] = next((each for each in said if each), [] if key in {"tolerations", _PLACED[-1]} else {})
    # Charts complete a constraint that selects nothing with their own pods' labels.
    own = {"labelSelector": {"matchLabels": dict(labels)}}
    found[_PLACED[-1]] = [{**own, **each} for each in found[_PLACED[-1]]]
    return found


def _read(value: Any) -> Any:
    """Return what text says that a chart completes and reads as YAML; nothing where only the chart can complete it."""
    if not isinstance(value, str):
        return value
    return None if "{{" in value else yaml.safe_load(value)


def _budget(made: Mapping[str, Any], values: Mapping[str, Any], workload: Workload) -> Budget | None:
    if workload.replicas < made.get("budget_from", 0):
        return None
    for path in made.get("budgets") or ():
        found = at(values, path)
        if not found or found.get("enabled") is False:
            continue
        numbers = {key: found[key] for key in _NUMBERS if found.get(key) not in {None, ""}}
        return Budget(
            namespace=workload.namespace,
            name=workload.name,
            of=str(workload),
            spec={
                **(numbers or made.get("budget_otherwise") or {}),
                "selector": {"matchLabels": dict(workload.labels)},
            },
        )
    return None
