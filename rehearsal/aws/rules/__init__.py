"""What AWS would refuse and neither its definitions nor the emulator know; every rule names its source."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from rehearsal.aws.facts import Facts
from rehearsal.aws.rules import access, buckets, clusters, documents, names, network, node_groups, queues, trust, ways
from rehearsal.providers.standin import Failure

Rule = Callable[[Mapping[str, Any], Facts], Iterator[Failure]]
"""Inputs, in which `UNKNOWN` may stand, to the faults found in them."""

_MODULES: Final = (access, buckets, clusters, documents, names, network, node_groups, queues, trust, ways)


def _gathered(which: str) -> dict[str, tuple[Rule, ...]]:
    gathered: dict[str, tuple[Rule, ...]] = {}
    for module in _MODULES:
        for token, rules in getattr(module, which, {}).items():
            gathered[token] = (*gathered.get(token, ()), *rules)
    return gathered


OF_INPUTS: Final[Mapping[str, tuple[Rule, ...]]] = _gathered("OF_INPUTS")
"""From a type token to what can be judged from the inputs alone, in a preview already."""

OF_STATE: Final[Mapping[str, tuple[Rule, ...]]] = _gathered("OF_STATE")
"""From a type token to what can be judged only against what exists in AWS."""
