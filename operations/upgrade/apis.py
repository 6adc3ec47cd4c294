"""Which of a stack's objects are of APIs that end: the API server's own data, against what a rehearsal made."""

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from operations.rehearsed import Rehearsed
from operations.upgrade.findings import Finding, against, fine, to_look_at
from operations.upgrade.minors import number
from rehearsal.report.words import count

_TABLE: Final = Path(__file__).parent / "api_lifecycles.toml"
_RELEASE: Final = "kubernetes:helm.sh/v3:Release"


@cache
def _content() -> Mapping[str, Any]:
    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))


def source() -> str:
    """Return the module that the table was read from, ``k8s.io/api v0.37.0``."""
    return str(_content()["source"])


def newest() -> str:
    """Return the newest minor of which the table knows what ended, ``1.37``."""
    _, _, version = source().partition(" v0.")
    return f"1.{version.partition('.')[0]}"


def objects(rehearsed: Rehearsed) -> dict[str, list[str]]:
    """Return the objects of a stack by API and kind, ``policy/v1 PodDisruptionBudget``; releases are none."""
    found = defaultdict(list)
    for node in rehearsed.made:
        if node.type.startswith("kubernetes:") and node.type != _RELEASE:
            _, api, kind = node.type.split(":")
            found[f"{node.inputs.get('apiVersion') or api.removeprefix('core/')} {kind}"].append(node.name)
    return dict(found)


def findings(rehearsed: Rehearsed, target: str) -> Iterator[Finding]:
    """Yield what the stack's objects are of that a minor does not serve any more, or will not serve for ever."""
    made = objects(rehearsed)
    ends: Mapping[str, Mapping[str, str]] = _content()["ends"]
    for api in sorted(set(made) & set(ends)):
        facts = ends[api]
        whose = ", ".join(f"`{name}`" for name in made[api])
        instead = f"; write `{facts['instead']}`" if "instead" in facts else ""
        if number(facts["removed"]) <= number(target):
            yield against(f"`{api}` is gone in {facts['removed']}: {whose}{instead}.")
        elif number(facts.get("deprecated", facts["removed"])) <= number(target):
            yield to_look_at(f"`{api}` ends with {facts['removed']}: {whose}{instead}.")
    total = sum(map(len, made.values()))
    yield fine(f"{count(total, 'object')} of {count(len(made), 'kind')} were held against {source()}.")
    releases = rehearsed.of("helm.sh/v3:Release")
    if releases:
        yield to_look_at(
            f"What {count(len(releases), 'release')} make is not in the graph. The running cluster tells who asks "
            "for an API that ends: `kubectl get --raw /metrics | grep apiserver_requested_deprecated_apis`, and the "
            "runbook `docs/runbooks/kube-deprecated-api-used.md`."
        )
