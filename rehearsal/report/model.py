"""The facts of one rehearsal, and the judgement whether it passed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from rehearsal.reachability.matrix import Reachability
from rehearsal.report import unjudged
from rehearsal.report.rendering import Releases, Rendering
from rehearsal.report.words import count
from rehearsal.survival.summary import Survival

PHASES: Final = ("preview", "up", "up-again", "destroy-refused", "destroy")
"""The phases of a full rehearsal, in order."""


@dataclass(frozen=True, slots=True)
class Phase:
    """One run of the engine.

    Attributes:
        name: One of `PHASES`.
        seconds: Wall-clock time.
        create: Resources the engine created, or planned to; `update`, `replace`, `delete` and `same` likewise.
        note: What a reader should know beside the numbers; may be empty.

    """

    name: str
    seconds: float
    create: int = 0
    update: int = 0
    replace: int = 0
    delete: int = 0
    same: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """One thing still there after the destroy.

    Attributes:
        what: Its type and name, ``aws:s3/bucket:Bucket metrics-store``.
        where: What still holds it: ``AWS``, ``Kubernetes``, ``state``.
        why: The design's reason for keeping it; empty when there is none, which is a defect.

    """

    what: str
    where: str
    why: str = ""

    @property
    def explained(self) -> bool:
        """Whether it stays by design."""
        return bool(self.why.strip())


@dataclass(frozen=True, slots=True)
class KubernetesObjects:
    """What the API server made of the objects.

    Attributes:
        accepted: How many objects it accepted.
        unvalidated: What was accepted though nothing judged it (``kind namespace/name``), releases among it.
        releases: What judged the Helm releases.

    """

    accepted: int = 0
    unvalidated: tuple[str, ...] = ()
    releases: Releases = field(default_factory=Releases)


@dataclass(frozen=True, slots=True)
class AwsResources:
    """What judged the AWS resources.

    Attributes:
        emulated: Type token to the number of resources of it that were really created in moto.
        modelled: The same for those judged by AWS's published API definition alone.
        invented: Types that neither judged, so that every attribute of theirs is made up; there should be none.

    """

    emulated: Mapping[str, int] = field(default_factory=dict)
    modelled: Mapping[str, int] = field(default_factory=dict)
    invented: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policies:
    """Numbers of violations by level, and the text of each."""

    mandatory: int = 0
    advisory: int = 0
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One resource on the critical path; `seconds` is the typical time its creation takes."""

    name: str
    type: str
    seconds: float


@dataclass(frozen=True, slots=True)
class BringUp:
    """How long a person will wait for the first `pulumi up`.

    Attributes:
        minutes: Length of the critical path.
        floor_minutes: The same for the least that can be called a cluster (see `bring_up.FLOOR`).
        path: The resources that make up the critical path, in order.
        estimated: How many resources the estimate covers.
        defaulted: Type token to number, for the resources whose type has no latency of its own.

    """

    minutes: float
    floor_minutes: float
    path: tuple[Step, ...] = ()
    estimated: int = 0
    defaulted: Mapping[str, int] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Minutes over those of the floor."""
        return self.minutes / self.floor_minutes


@dataclass(frozen=True, slots=True)
class Report:
    """One rehearsal of one stack.

    Attributes:
        stack: The stack's name, ``prod``.
        engine_version: Of the Pulumi CLI, ``v3.256.0``.
        kubernetes_version: Of the API server, ``v1.36.3``.
        resources: How many the state held after `up`, as the engine counts them.
        phases: In the order they ran.
        failures: What went wrong, one sentence each, in the engine's or the provider's own words.
        planted_secrets: How many recognisable secrets stood in for the encrypted values of the stack file.
        exposed_secrets: Where one of them, or what looks like a secret, was found unencrypted in the exported state.
        reachability: What network policies let through, against what was declared.
        rendering: What rendered charts told.
        survival: What a lost node group, zone or region leaves.

    """

    stack: str
    engine_version: str
    kubernetes_version: str
    resources: int
    phases: tuple[Phase, ...]
    bring_up: BringUp
    kubernetes_objects: KubernetesObjects = field(default_factory=KubernetesObjects)
    aws_resources: AwsResources = field(default_factory=AwsResources)
    policies: Policies = field(default_factory=Policies)
    left_behind: tuple[Left, ...] = ()
    failures: tuple[str, ...] = ()
    planted_secrets: int = 0
    exposed_secrets: tuple[str, ...] = ()
    reachability: Reachability = field(default_factory=Reachability)
    rendering: Rendering = field(default_factory=Rendering)
    survival: Survival = field(default_factory=Survival)
    unjudged_by_design: tuple[str, ...] = ()

    def phase(self, name: str) -> Phase | None:
        """Return the phase of that name, if it ran."""
        return next((phase for phase in self.phases if phase.name == name), None)

    @property
    def seconds(self) -> float:
        """Wall-clock time of all phases."""
        return sum(phase.seconds for phase in self.phases)

    @property
    def objections(self) -> tuple[str, ...]:
        """Everything that keeps this rehearsal from having passed, one sentence each."""
        return (*self.failures, *self._unrepeatable(), *self._unjudged(), *self._faults_left())

    @property
    def passed(self) -> bool:
        """Whether nothing objects."""
        return not self.objections

    def _unrepeatable(self) -> list[str]:
        again = self.phase("up-again")
        if again is None:
            return ["The second up did not run, so nothing shows that the program settles."]
        changes = again.create + again.update + again.replace + again.delete
        if changes or again.same != self.resources or not self.resources:
            return [
                f"The second up left {again.same} of {self.resources} resources as they were and changed {changes}."
            ]
        return []

    def _unjudged(self) -> list[str]:
        objects = self.kubernetes_objects
        # Without any chart's files the verdict itself says what is missing: that is about this machine, not the stack.
        known = objects.releases.chart_data
        objections = [*unjudged.objections(objects.unvalidated, self.unjudged_by_design)] if known else []
        objections += [f"Nothing judged resources of type {token}." for token in self.aws_resources.invented]
        if self.policies.mandatory:
            objections.append(f"Mandatory policies found {count(self.policies.mandatory, 'violation')}.")
        return objections

    def _faults_left(self) -> list[str]:
        objections = [f"A secret stands unencrypted in the state: {place}." for place in self.exposed_secrets]
        objections += [*self.reachability.objections, *self.rendering.objections, *self.survival.objections]
        objections += [
            f"{left.what} is still in {left.where} after the destroy, and no design says why."
            for left in self.left_behind
            if not left.explained
        ]
        return objections

    def to_json(self) -> dict[str, Any]:
        """Return report.json, of the shape that docs/reference/report.schema.json states."""
        return {
            "stack": self.stack,
            "verdict": "passed" if self.passed else "failed",
            "objections": list(self.objections),
            "engine_version": self.engine_version,
            "kubernetes_version": self.kubernetes_version,
            "resources": self.resources,
            "seconds": round(self.seconds, 1),
            "phases": [_phase(phase) for phase in self.phases],
            "kubernetes_objects": _kubernetes_objects(self.kubernetes_objects),
            "aws_resources": _aws_resources(self.aws_resources),
            "policies": {
                "mandatory": self.policies.mandatory,
                "advisory": self.policies.advisory,
                "messages": list(self.policies.messages),
            },
            "bring_up": _bring_up(self.bring_up),
            "reachability": self.reachability.to_json(),
            "rendering": self.rendering.to_json(),
            "survival": self.survival.to_json(),
            "secrets": {"planted": self.planted_secrets, "exposed": list(self.exposed_secrets)},
            "left_behind": [
                {"what": left.what, "where": left.where, "why": left.why, "explained": left.explained}
                for left in self.left_behind
            ],
            "failures": list(self.failures),
        }


def _phase(phase: Phase) -> dict[str, Any]:
    return {
        "name": phase.name,
        "seconds": round(phase.seconds, 1),
        "create": phase.create,
        "update": phase.update,
        "replace": phase.replace,
        "delete": phase.delete,
        "same": phase.same,
        "note": phase.note,
    }


def _kubernetes_objects(objects: KubernetesObjects) -> dict[str, Any]:
    return {
        "accepted": objects.accepted,
        "unvalidated": list(objects.unvalidated),
        "releases": asdict(objects.releases),
    }


def _aws_resources(aws: AwsResources) -> dict[str, Any]:
    return {
        "emulated": sum(aws.emulated.values()),
        "modelled": sum(aws.modelled.values()),
        "invented": list(aws.invented),
        "emulated_types": dict(sorted(aws.emulated.items())),
        "modelled_types": dict(sorted(aws.modelled.items())),
    }


def _bring_up(bring_up: BringUp) -> dict[str, Any]:
    return {
        "minutes": round(bring_up.minutes, 1),
        "floor_minutes": round(bring_up.floor_minutes, 1),
        "ratio": round(bring_up.ratio, 2),
        "path": [{"name": step.name, "type": step.type, "seconds": step.seconds} for step in bring_up.path],
        "estimated": bring_up.estimated,
        "defaulted": dict(sorted(bring_up.defaulted.items())),
    }
