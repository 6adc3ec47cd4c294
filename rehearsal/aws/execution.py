"""Carrying a resource's calls out in the emulator: its creation, its change, its deletion."""

from collections.abc import Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import Any

from rehearsal.aws.calls import changes, creation, requests
from rehearsal.aws.emulator import Emulator
from rehearsal.aws.mapping import Request
from rehearsal.aws.table import Call, Row
from rehearsal.aws.templates import look_up
from rehearsal.providers.properties import is_known
from rehearsal.providers.standin import RefusedError

Answers = dict[str, Any]
"""What AWS answered, by the names of the table; besides, ``inputs``."""


@dataclass(frozen=True, slots=True)
class Execution:
    """One resource's calls.

    Attributes:
        emulator: Where they go.
        row: The resource type's row.
        inputs: The resource's inputs, with the provider's default tags.
        context: What templates may name; holds `id` once there is one.

    """

    emulator: Emulator
    row: Row
    inputs: Mapping[str, Any]
    context: Mapping[str, Any]

    def make(self) -> tuple[str, Answers]:
        """Create; return the id and the answers. What is refused half-way is undone.

        Raises:
            RefusedError: with AWS's own text.

        """
        first = self._send(creation(self.row, self.inputs, self.context))
        identifier = str(look_up(self.row.identifier, self.context, first))
        made = Execution(self.emulator, self.row, self.inputs, {**self.context, "id": identifier})
        answers = {"inputs": self.inputs, "create": first}
        try:
            made._follow((*self.row.further, *self.row.reads), answers)
        except RefusedError:
            # The engine never learns of it, so nobody else would delete it.
            made.unmake(partly=True)
            raise
        return identifier, answers

    def change(self, changed: frozenset[str], answers: Answers) -> Answers:
        """Bring changed inputs to AWS, by the calls that take them; return the answers as they are now.

        Raises:
            RefusedError: with AWS's own text.

        """
        now = {**answers, "inputs": self.inputs}
        # A call for each element would repeat those that are there already; they are changed in the model alone.
        calls = (call for call in (*self.row.further, *self.row.updates) if not call.each and changes(call, changed))
        self._follow((*calls, *self.row.reads), now)
        return now

    def unmake(self, *, partly: bool = False) -> None:
        """Delete; `partly` of something that was not made completely, where some of it cannot be undone.

        Raises:
            RefusedError: with AWS's own text, unless `partly`.

        """
        for call in self.row.delete:
            for request in requests(self.row, call, self.inputs, self.context, {"inputs": self.inputs}):
                with suppress(RefusedError) if partly else nullcontext():
                    self._send(request)

    def _follow(self, calls: tuple[Call, ...], answers: Answers) -> None:
        for call in calls:
            if not call.emulated:
                continue
            for request in requests(self.row, call, self.inputs, self.context, answers):
                answer = self._send(request)
                if call.named:
                    answers[call.named] = answer

    def _send(self, request: Request) -> dict[str, Any]:
        if not is_known(request.members):
            raise RefusedError(f"{request.title} lacks a value that is not known: {request.members}")
        members, region = request.members, str(self.context["region"])
        if request.call.asked_where:
            arn = str(self.inputs[request.call.asked_where])
            # arn:<partition>:<service>:<region>:<account>:<kind>/<id>
            region = arn.split(":")[3]
            members = {name: arn.rpartition("/")[2] if value == arn else value for name, value in members.items()}
        return self.emulator.call(request.service, request.call.operation, members, region)
