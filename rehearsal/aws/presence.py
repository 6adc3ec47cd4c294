"""Whether a resource exists in AWS, and which one a killed engine has made: by what AWS itself describes."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import jmespath

from rehearsal.aws.emulator import Emulator
from rehearsal.aws.looks import LOOKS, Look
from rehearsal.aws.table import Row
from rehearsal.aws.templates import render
from rehearsal.providers.standin import RefusedError

# What the codes have in common by which AWS says that there is no such thing: InvalidVpcID.NotFound, NoSuchEntity,
# ResourceNotFoundException, 404 of HeadBucket, AWS.SimpleQueueService.NonExistentQueue, NatGatewayNotFound.
_ABSENT: Final = re.compile(r" refused: \S*(NotFound|NoSuch|NonExistent|404)\S*:")

_CLUSTER: Final = "aws:eks/cluster:Cluster"

# Whose id is AWS's answer in the table, and their name all the same.
_NAMED: Final[Mapping[str, str]] = {
    _CLUSTER: "{name}",
    "aws:iam/instanceProfile:InstanceProfile": "{name}",
    "aws:iam/policy:Policy": "arn:{partition}:iam::{account}:policy/{name}",
    "aws:iam/role:Role": "{name}",
}

_KEYS: Final = frozenset({"aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey"})
"""What is known by its description, where it is not by its id."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Looks into one region of one account.

    Attributes:
        emulator: AWS.
        row: The row of the resource type asked about.
        context: What templates may name: the resource's inputs, region, account.

    """

    emulator: Emulator
    row: Row
    context: Mapping[str, Any]

    def exists(self, identifier: str) -> bool | None:
        """Tell whether the resource is there; None where AWS was not asked, because nothing is known to ask it by.

        Raises:
            RefusedError: AWS refuses to say.

        """
        cluster = self.context.get("clusterName")
        if cluster and not self._described(_CLUSTER, {**self.context, "id": cluster}):
            # What belongs to a cluster ends with it.
            return False
        look = LOOKS.get(self.row.type)
        if look is None or not self.row.emulated:
            return None
        return identifier in self._described(self.row.type, {**self.context, "id": identifier})

    def search(self) -> tuple[str, ...]:
        """Return the ids of what has these inputs, as far as AWS describes it.

        Where the id follows from the inputs that id is returned only if the resource exists.
        """
        if "{" in self.row.identifier or self.row.type in _NAMED:
            identifier = str(render(_NAMED.get(self.row.type, self.row.identifier), self.context))
            return (identifier,) if self.exists(identifier) is not False else ()
        if self.row.type in _KEYS:
            return self._keys()
        look = LOOKS.get(self.row.type)
        return self._filtered(look) if look is not None and look.filtering else ()

    def _described(self, token: str, context: Mapping[str, Any]) -> list[str]:
        look = LOOKS[token]
        return self._ask(look, render(look.members, context), context)

    def _filtered(self, look: Look) -> tuple[str, ...]:
        values = {name: self.context.get(given) for name, given in look.filters.items()}
        values |= {f"tag:{key}": value for key, value in (self.context.get("tags") or {}).items()}
        filters = [{"Name": name, "Values": [str(value)]} for name, value in values.items() if value]
        return tuple(self._ask(look, {look.filtering: filters}, self.context))

    def _keys(self) -> tuple[str, ...]:
        """Return the keys with the description that the inputs give."""
        described = (
            self._call("kms", "DescribeKey", {"KeyId": key["KeyId"]})["KeyMetadata"]
            for key in self._call("kms", "ListKeys", {})["Keys"]
        )
        return tuple(
            key["KeyId"]
            for key in described
            if key["KeyState"] != "PendingDeletion" and key["Description"] == self.context.get("description")
        )

    def _ask(self, look: Look, members: Mapping[str, Any], context: Mapping[str, Any]) -> list[str]:
        answer: dict[str, Any] = {}
        with absence_forgiven():
            answer = self._call(look.service, look.operation, members)
        return jmespath.search(str(render(look.found, context)), answer) or []

    def _call(self, service: str, operation: str, members: Mapping[str, Any]) -> dict[str, Any]:
        return self.emulator.call(service, operation, members, str(self.context["region"]))


@contextmanager
def absence_forgiven() -> Iterator[None]:
    """Let pass that AWS refuses because there is no such thing."""
    try:
        yield
    except RefusedError as refusal:
        if not _ABSENT.search(str(refusal)):
            raise
