"""One row of the table every rule is held against: some inputs and what the rule must say of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from policies.configuration import Configuration, configured
from policies.rule import Rule
from policies.rules import RULES

# What the engine writes for a string it cannot know yet.
UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN_BOOLEAN: Final = "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7"
UNKNOWN_NUMBER: Final = "3eeb2bf0-c639-47a8-9e75-3b44932eb421"
UNKNOWN_LIST: Final = "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"
UNKNOWN_OBJECT: Final = "dd056dcd-154b-4c76-9bd3-c8f88648b5ff"

ENTRY: Final = "@"
"""The key under which a row gives what an entry of a graph has beside its inputs: type, name, parent and so on."""

Kind = Literal["good", "bad", "absent", "unknown"]


@dataclass(frozen=True, slots=True)
class Row:
    """What a rule must say of some inputs.

    Attributes:
        rule: The rule's name.
        kind: ``absent`` leaves out what the rule asks for, ``unknown`` has the engine's placeholder there.
        says: What the row shows, in a few words.
        inputs: The resource's inputs, or for a rule over several those of each of its resources; a Kubernetes object
            says its type by ``apiVersion`` and ``kind``, and what else a graph's entry has stands under `ENTRY`.
        faults: A piece of the text of each fault, in order.
        unknown: The places the rule must name as not known yet, in order.
        type: The resource's type; the first of the rule's types when empty.
        parameters: What the environment sets of the rule; where any, the row is not asked of the default pack.

    """

    rule: str
    kind: Kind
    says: str
    inputs: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    faults: Sequence[str] = ()
    unknown: Sequence[str] = ()
    type: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def about(self) -> Rule:
        """The rule, with the row's parameters."""
        configuration = {"rules": {self.rule: {"parameters": dict(self.parameters)}}}
        held = configured(Configuration.model_validate(configuration)) if self.parameters else RULES
        return next(rule for rule in held if rule.name == self.rule)

    @property
    def resources(self) -> list[dict[str, Any]]:
        """The inputs as entries of a resource graph."""
        each = [self.inputs] if isinstance(self.inputs, Mapping) else self.inputs
        return [self._entry(number, dict(inputs)) for number, inputs in enumerate(each)]

    def _entry(self, number: int, inputs: dict[str, Any]) -> dict[str, Any]:
        given = inputs.pop(ENTRY, {})
        token = given.get("type") or _kubernetes(inputs) or self.type or self.about.types[0]
        name = given.get("name", f"row-{number}")
        urn = f"urn:pulumi:dev::platform::{token}::{name}"
        entry: dict[str, Any] = {"urn": urn, "type": token, "name": name, "inputs": inputs}
        return {**entry, **given}

    def __str__(self) -> str:
        return f"{self.rule}: {self.kind}: {self.says}"


def _kubernetes(inputs: Mapping[str, Any]) -> str:
    version, kind = inputs.get("apiVersion"), inputs.get("kind")
    if not isinstance(version, str) or not isinstance(kind, str):
        return ""
    return f"kubernetes:{version if '/' in version else f'core/{version}'}:{kind}"
