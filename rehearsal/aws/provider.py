"""The stand-in for Pulumi's AWS provider: AWS's definitions judge, moto holds, a ledger remembers."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, ClassVar, Self

from rehearsal.aws.attributes import answers_by_name, fill, foreseen
from rehearsal.aws.calls import creation, requests
from rehearsal.aws.emulator import Emulator
from rehearsal.aws.execution import Answers, Execution
from rehearsal.aws.facts import Facts
from rehearsal.aws.functions import answer
from rehearsal.aws.inventory import existing
from rehearsal.aws.judge import judge
from rehearsal.aws.ledger import AwsSummary, Ledger
from rehearsal.aws.naming import with_automatic_name
from rehearsal.aws.presence import Presence, absence_forgiven
from rehearsal.aws.rows import ROWS
from rehearsal.aws.rules import OF_INPUTS, OF_STATE
from rehearsal.aws.rules.dependents import dependents
from rehearsal.aws.rules.quotas import over_quota
from rehearsal.aws.rules.references import dangling
from rehearsal.aws.sdk import Declared, declared
from rehearsal.aws.table import Row
from rehearsal.aws.templates import look_up, render
from rehearsal.providers.properties import UNKNOWN
from rehearsal.providers.standin import Change, Failure, Properties, RefusedError, Resource, StandIn, changed_inputs


class AwsStandIn(StandIn):
    """The package ``aws``; use it inside its `with` block, which starts and stops the emulator.

    Given an emulator that runs already, it uses that one and leaves it running.

    Attributes:
        ledger: Everything that was created.

    """

    package: ClassVar[str] = "aws"

    def __init__(self, emulator: Emulator | None = None) -> None:
        self.ledger = Ledger()
        self._owned = emulator is None
        self._emulator = emulator or Emulator()
        self._facts = Facts(self._emulator, self.ledger)
        self._default_tags: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Start the emulator."""
        if self._owned:
            self._emulator.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the emulator; all that AWS held is gone."""
        if self._owned:
            self._emulator.__exit__(kind, error, trace)

    def configure(self, inputs: Properties) -> None:
        """Take region, account (the first of `allowedAccountIds`) and default tags; structures may be JSON texts."""
        settings = {name: _structure(value) for name, value in inputs.items()}
        if settings.get("region"):
            self._emulator.region = settings["region"]
        if settings.get("allowedAccountIds"):
            self._emulator.account = str(settings["allowedAccountIds"][0])
        self._default_tags = dict((settings.get("defaultTags") or {}).get("tags") or {})

    def check(
        self, resource: Resource, inputs: Properties, *, olds: Properties, seed: bytes
    ) -> tuple[Properties, list[Failure]]:
        """Judge by the SDK's declaration, by AWS's definitions of every operation concerned, and by the rules."""
        known = declared(resource.type)
        if known is None:
            return inputs, [Failure("", f"the SDK of pulumi-aws declares no type {resource.type}")]
        row = ROWS.get(resource.type)
        if row is None:
            return inputs, [
                Failure(name, f"the SDK of pulumi-aws declares no such input of {resource.type}")
                for name in inputs
                if name not in known.inputs
            ]
        named = with_automatic_name(row, resource, inputs, olds, seed)
        return named, self._judged(resource, row, known, named)

    def diff(self, resource: Resource, olds: Properties, news: Properties) -> Change:
        """Compare, and replace where the row says that AWS cannot change it in place."""
        properties = changed_inputs(olds, news)
        row = ROWS.get(resource.type)
        return Change(properties=properties, replaces=row.replacing(olds, news) if row is not None else ())

    def outdated(self, resource: Resource, state: Properties, inputs: Properties) -> tuple[str, ...]:
        """Tell whether the provider's default tags have changed under the resource."""
        known = declared(resource.type)
        if known is None or "tagsAll" not in known.outputs or "tags" not in known.inputs:
            return ()
        wanted = self._asked(known, inputs).get("tags") or {}
        return () if wanted is UNKNOWN or wanted == (state.get("tagsAll") or {}) else ("tagsAll",)

    def planned(self, resource: Resource, state: Properties, olds: Properties, news: Properties) -> Properties:
        """Say what AWS will compute, as the row tells; within nested inputs, all they were not given."""
        row = ROWS.get(resource.type)
        anew = row.recomputed if row is not None and {*changed_inputs(olds, news)} - {"tags"} else ()
        return {**state, **foreseen(_declared(resource), news, state), **dict.fromkeys(anew, UNKNOWN)}

    def create(self, resource: Resource, inputs: Properties, *, preview: bool) -> tuple[str, Properties]:
        """Create in the emulator, or in the model where it does not serve the type."""
        del preview
        known = _declared(resource)
        row = ROWS.get(resource.type)
        if row is None:
            identifier = f"<{resource.name}.id>"
            self.ledger.created(resource, "invented", identifier, inputs, {})
            return identifier, fill(resource.name, known, inputs, {})
        self._refuse_by_state(resource, row, inputs, "")
        context = self._context(resource, known, inputs)
        answers: Answers
        if row.emulated:
            with _titled(resource):
                identifier, answers = Execution(self._emulator, row, self._asked(known, inputs), context).make()
        else:
            identifier, answers = str(look_up(row.identifier, context, {})), {}
            if self.ledger.find(resource.type, identifier) is not None:
                raise RefusedError(
                    f"{_title(resource)}: {row.service} {row.create.operation} refused: ResourceInUseException: "
                    f"{identifier} already exists"
                )
        self.ledger.created(resource, "emulated" if row.emulated else "modelled", identifier, inputs, answers)
        return identifier, self._outputs(resource, known, inputs, {**context, "id": identifier}, answers)

    def update(self, resource: Resource, identifier: str, state: Properties, inputs: Properties) -> Properties:
        """Bring the changed inputs to the emulator by the row's calls; what no call takes is changed in the model."""
        known = _declared(resource)
        row = ROWS.get(resource.type)
        kept = {name: value for name, value in state.items() if name not in known.inputs or name not in known.optional}
        if row is None:
            self.ledger.changed(resource.type, identifier, inputs, {})
            return {**kept, **fill(resource.name, known, inputs, kept)}
        self._refuse_by_state(resource, row, inputs, identifier)
        context = {**self._context(resource, known, inputs), "id": identifier}
        entry = self.ledger.find(resource.type, identifier)
        answers = dict(entry.answers) if entry is not None else {}
        if row.emulated:
            olds = entry.inputs if entry is not None else {name: state.get(name) for name in inputs}
            changed = frozenset(changed_inputs(olds, inputs))
            with _titled(resource):
                execution = Execution(self._emulator, row, self._asked(known, inputs), context)
                answers = execution.change(changed, answers)
        self.ledger.changed(resource.type, identifier, inputs, answers)
        return {**kept, **self._outputs(resource, known, inputs, context, answers)}

    def delete(self, resource: Resource, identifier: str, state: Properties) -> None:
        """Delete in the emulator; AWS's order of deletions holds."""
        row = ROWS.get(resource.type)
        context = {**self._context(resource, _declared(resource), state), "id": identifier}
        _refuse(resource, dependents(resource, identifier, state, self._facts.within(context["region"])))
        if row is not None and row.emulated:
            # Like the provider: what is gone need not be deleted.
            with _titled(resource), absence_forgiven():
                Execution(self._emulator, row, state, context).unmake()
        self.ledger.deleted(resource.type, identifier, row.remains if row is not None else "")

    def read(
        self, resource: Resource, identifier: str, state: Properties, inputs: Properties
    ) -> tuple[Properties, Properties] | None:
        """Look in the emulator whether it is there; what it was made with, the ledger knows."""
        row = ROWS.get(resource.type)
        entry = self.ledger.find(resource.type, identifier)
        if row is None:
            return (state, inputs) if entry is not None else None
        known = _declared(resource)
        asked = entry.inputs if entry is not None else inputs
        context = {**self._context(resource, known, asked), "id": identifier}
        there = Presence(self._emulator, row, context).exists(identifier)
        if there is False or (there is None and entry is None):
            self.ledger.deleted(resource.type, identifier)
            return None
        if state or entry is None:
            return state, asked
        return self._outputs(resource, known, asked, context, dict(entry.answers)), asked

    def search(self, resource: Resource, inputs: Properties) -> tuple[str, ...]:
        """Return the ids of what has these inputs, as an operator finds what a killed engine has made."""
        row = ROWS[resource.type]
        context = self._context(resource, _declared(resource), inputs)
        found = Presence(self._emulator, row, context).search()
        return found if row.emulated else tuple(each for each in found if self.ledger.find(resource.type, each))

    def invoke(self, token: str, arguments: Properties) -> Properties:
        """Answer the few functions that look AWS up."""
        return answer(token, arguments, self._emulator)

    def summary(self) -> AwsSummary:
        """Return the figures for the report."""
        return self.ledger.summary()

    def left_in_aws(self) -> tuple[str, ...]:
        """Return what exists according to the emulator itself, without what AWS puts into every account."""
        return existing(self._emulator)

    def _judged(self, resource: Resource, row: Row, known: Declared, inputs: Properties) -> list[Failure]:
        context = self._context(resource, known, inputs)
        asked = self._asked(known, inputs)
        made = [creation(row, asked, context)]
        for call in row.further:
            made += requests(row, call, asked, context)
        failures = [failure for request in made for failure in judge(request)]
        # What is malformed cannot be judged further, and would only be named a second time.
        malformed = {re.split(r"[.\[]", failure.property)[0] for failure in failures}
        sound = {name: UNKNOWN if name in malformed else value for name, value in inputs.items()}
        for rule in OF_INPUTS.get(resource.type, ()):
            failures += rule(sound, self._facts.within(inputs.get("region")))
        return list(dict.fromkeys(failures))

    def _refuse_by_state(self, resource: Resource, row: Row, inputs: Properties, identifier: str) -> None:
        facts = self._facts.within(inputs.get("region")).about(identifier)
        # The rules may take it for granted that what is named exists.
        _refuse(resource, dangling(row, inputs, facts))
        faults = list(over_quota(resource.type, identifier, inputs, facts))
        for rule in OF_STATE.get(resource.type, ()):
            faults += rule(inputs, facts)
        _refuse(resource, faults)

    def _context(self, resource: Resource, known: Declared, inputs: Mapping[str, Any]) -> dict[str, Any]:
        region = inputs.get("region") or self._emulator.region
        return {
            **dict.fromkeys(known.inputs, ""),
            **inputs,
            "account": self._emulator.account,
            "partition": self._emulator.partition,
            "region": region,
            "logical": resource.name,
            "suffix": self._emulator.dns_suffix,
            # S3's name for the place of a bucket: no name at all for the oldest region.
            "location": None if region == "us-east-1" else {"LocationConstraint": region},
        }

    def _asked(self, known: Declared, inputs: Properties) -> Properties:
        """Return the inputs with the provider's default tags, as they go to AWS."""
        tags = inputs.get("tags")
        if "tags" not in known.inputs or tags is UNKNOWN or not (self._default_tags or tags):
            return {name: value for name, value in inputs.items() if name != "tags" or tags is UNKNOWN}
        return {**inputs, "tags": {**self._default_tags, **(tags or {})}}

    def _outputs(
        self,
        resource: Resource,
        known: Declared,
        inputs: Properties,
        context: Mapping[str, Any],
        answers: dict[str, Any],
    ) -> Properties:
        row = ROWS[resource.type]
        first = answers.get("create", {})
        told = look_up(row.answer, context, first) if row.answer else {}
        answered = answers_by_name(known, told or {})
        answered |= {name: render(template, context, answers) for name, template in row.attributes.items()}
        answered |= {"region": context["region"], "tags": None, "tagsAll": self._asked(known, inputs).get("tags") or {}}
        if row.name is not None:
            answered[f"{row.name.property}Prefix"] = ""
        return fill(resource.name, known, inputs, {k: v for k, v in answered.items() if v is not UNKNOWN})


def _declared(resource: Resource) -> Declared:
    known = declared(resource.type)
    if known is None:
        raise RefusedError(f"{_title(resource)}: the SDK of pulumi-aws declares no such type")
    return known


def _refuse(resource: Resource, faults: Iterable[Failure]) -> None:
    reasons = [f"{fault.property}: {fault.reason}" if fault.property else fault.reason for fault in faults]
    if reasons:
        raise RefusedError(f"{_title(resource)}: {'; '.join(reasons)}")


@contextmanager
def _titled(resource: Resource) -> Iterator[None]:
    """Say of every refusal which resource it is about."""
    try:
        yield
    except RefusedError as refusal:
        raise RefusedError(f"{_title(resource)}: {refusal}") from refusal


def _title(resource: Resource) -> str:
    return f"{resource.type} {resource.name}"


def _structure(value: Any) -> Any:
    """Return a provider setting; the engine hands structures over as JSON texts."""
    if isinstance(value, str) and value[:1] in {"[", "{"}:
        return json.loads(value)
    return value
