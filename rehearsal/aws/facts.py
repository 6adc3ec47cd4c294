"""What the rules may ask about AWS: instance types, and what exists."""

import copy
import threading
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.aws.definitions import service_model
from rehearsal.aws.emulator import Emulator
from rehearsal.aws.ledger import Entry, Ledger
from rehearsal.providers.standin import RefusedError

_TEMPLATE_NAMES: Final = {"id": "LaunchTemplateId", "name": "LaunchTemplateName"}


class Facts:
    """Lookups for the rules; safe to use from many threads."""

    def __init__(self, emulator: Emulator, ledger: Ledger, region: str = "") -> None:
        self._emulator = emulator
        self._ledger = ledger
        self._region = region
        self.own = ""
        """The id of the resource that is being updated; empty for one that is to be made."""
        self._types: dict[str, Mapping[str, Any] | None] = {}
        self._lock = threading.Lock()

    @property
    def account(self) -> str:
        """Return the account the resources are made in."""
        return self._emulator.account

    @property
    def region(self) -> str:
        """Return the region asked about: the provider's, unless a resource has one of its own."""
        return self._region or self._emulator.region

    @property
    def home(self) -> str:
        """Return the provider's region."""
        return self._emulator.region

    def within(self, region: Any) -> "Facts":
        """Return the facts of the region a resource names; of the provider's if it names none."""
        other = copy.copy(self)
        other._region = region if isinstance(region, str) else ""  # noqa: SLF001 - a copy of this very object
        return other

    def about(self, identifier: str) -> "Facts":
        """Return the facts for the update of a resource, which is not in its own way."""
        other = copy.copy(self)
        other.own = identifier
        return other

    def instance_type(self, name: str) -> Mapping[str, Any] | None:
        """Return EC2's description of an instance type (as DescribeInstanceTypes has it), if the emulator knows it."""
        with self._lock:
            if name not in self._types:
                self._types[name] = self._described(name)
            return self._types[name]

    def instance_types(self) -> frozenset[str]:
        """Return every instance type in EC2's API definition."""
        return frozenset(service_model("ec2").shape_for("InstanceType").enum)

    def ask(self, service: str, operation: str, members: Mapping[str, Any]) -> dict[str, Any]:
        """Return AWS's answer.

        Raises:
            RefusedError: AWS has no such thing.

        """
        return self._emulator.call(service, operation, members, self.region)

    def template(self, template: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the data of the launch template (and version) that a node group names; nothing if there is none."""
        named = {key: template[name] for name, key in _TEMPLATE_NAMES.items() if template.get(name)}
        versions = [str(template.get("version", "$Default"))]
        try:
            found = self.ask("ec2", "DescribeLaunchTemplateVersions", {**named, "Versions": versions})
        except RefusedError:
            return {}
        data: list[dict[str, Any]] = [version["LaunchTemplateData"] for version in found["LaunchTemplateVersions"]]
        return data[0] if data else {}

    def existing(self, token: str) -> list[Entry]:
        """Return what was created of a type and still exists."""
        return self._ledger.of_type(token)

    def _described(self, name: str) -> Mapping[str, Any] | None:
        try:
            answer = self.ask("ec2", "DescribeInstanceTypes", {"InstanceTypes": [name]})
        except RefusedError:
            return None
        types: list[dict[str, Any]] = answer["InstanceTypes"]
        return types[0] if types else None
