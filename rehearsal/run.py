"""The rehearsal of one stack: plan, apply, apply again, a destroy that is refused, and a destroy."""

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from rehearsal.aws.provider import AwsStandIn
from rehearsal.engine import Engine, Outcome
from rehearsal.faults import FailOnce, KillAfter
from rehearsal.kubernetes.control_plane import ControlPlane, Detached
from rehearsal.kubernetes.inventory import ObjectKey, snapshot
from rehearsal.kubernetes.provider import KubernetesStandIn
from rehearsal.progress import Progress
from rehearsal.providers.random import RandomStandIn
from rehearsal.providers.server import serve
from rehearsal.reachability.summary import summary
from rehearsal.recovery import recover
from rehearsal.report import bring_up
from rehearsal.report.disclosed import exposed_secrets
from rehearsal.report.model import AwsResources, KubernetesObjects, Left, Phase, Policies, Report
from rehearsal.report.rendering import Releases, rendering
from rehearsal.survival.summary import survival
from rehearsal.workspace import PROJECT, Workspace, prepare
from tools.build import path_of

POLICY_PACK: Final = PROJECT / "policies" / "analyzer"
# The setting whose `false` an operator applies before a destroy; see docs/runbooks/destroy.md.
_RETAIN_DATA: Final = "platform:retain_data"
_CREATES: Final = ("create", "create-replacement", "read")


class RefusedError(Exception):
    """The program refused its settings before it registered anything; the text is its own report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What one rehearsal found.

    Attributes:
        report: The facts and the verdict.
        deployment: The exported state after `up`; empty if it never came to that.
        schedule: What is made when.
        control_plane: The API server that was kept, if one was.

    """

    report: Report
    deployment: Mapping[str, Any]
    schedule: bring_up.Schedule
    control_plane: Detached | None = None


def rehearse(
    stack: str,
    progress: Progress,
    *,
    control_plane_directory: Path,
    keep: bool = False,
    stacks: Path = PROJECT,
    fault: FailOnce | KillAfter | None = None,
) -> Rehearsal:
    """Take a stack through all phases.

    Args:
        stack: Its name, ``prod``.
        progress: Is told of every phase and resource.
        control_plane_directory: Where the API server keeps its data and logs; not removed here.
        keep: Stop after the second up and leave the API server running, with everything in it.
        stacks: Where the stack files lie; the program is always this project's.
        fault: What disturbs a first update, before the one that has to succeed.

    Raises:
        RefusedError: the settings are wrong; nothing was registered.
        rehearsal.workspace.UnknownStackError: there is no such stack.
        rehearsal.kubernetes.control_plane.ControlPlaneError: the API server did not start.
        tools.build.BuildError: a tool is missing.

    """
    with ExitStack() as resources:
        workspace = resources.enter_context(prepare(stack, stacks, checkpoints=fault is not None))
        pulumi = path_of("pulumi")
        progress.phase("API server")
        plane = resources.enter_context(ControlPlane(control_plane_directory))
        aws = resources.enter_context(AwsStandIn())
        kubernetes = KubernetesStandIn(plane.api_client(), addons=aws.ledger.addons)
        providers = resources.enter_context(serve(aws, kubernetes, RandomStandIn(), fault=fault))
        stage = _Stage(
            workspace=workspace,
            engine=Engine(workspace, pulumi, providers),
            progress=progress,
            plane=plane,
            aws=aws,
            kubernetes=kubernetes,
            objects_before=snapshot(plane.api_client()),
        )
        stage.play(destroy=not keep, fault=fault)
        return Rehearsal(
            report=stage.report(),
            deployment=stage.deployment,
            schedule=bring_up.schedule(stage.deployment),
            control_plane=plane.release() if keep else None,
        )


@dataclass(kw_only=True)
class _Stage:
    """One stack on the stage, and what was seen of it so far."""

    workspace: Workspace
    engine: Engine
    progress: Progress
    plane: ControlPlane
    aws: AwsStandIn
    kubernetes: KubernetesStandIn
    objects_before: frozenset[ObjectKey]
    deployment: Mapping[str, Any] = field(default_factory=dict)
    phases: list[Phase] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    policies: Policies = field(default_factory=Policies)

    def play(self, *, destroy: bool, fault: FailOnce | KillAfter | None = None) -> None:
        """Run the phases; a phase that fails ends the play, but what was made is still taken down if it can be."""
        self.progress.phase("preview")
        preview = self.engine.preview(self.progress.resource, policy_pack=POLICY_PACK)
        self.policies = _policies(preview)
        if preview.errors and not preview.steps:
            raise RefusedError("\n".join(preview.errors))
        if not self._succeeded("preview", preview):
            return
        total = sum(preview.changes.values())
        if fault is not None:
            self._disturbed(fault, total)
        self.progress.phase("up", total=total)
        up = self.engine.up(self.progress.resource, policy_pack=POLICY_PACK)
        # The preview's verdict stops a plan; this one has seen every value that the preview could not know.
        self.policies = _policies(up)
        applied = self._succeeded("up", up)
        self.deployment = self.engine.state()
        if applied and self._up_again(total) and destroy:
            self._destroy_refused()
        if destroy:
            self._destroy(total)

    def _disturbed(self, fault: FailOnce | KillAfter, total: int) -> None:
        """Update while the fault strikes, and put right what it leaves."""
        self.progress.phase("up-disturbed", total=total)
        if isinstance(fault, KillAfter):
            fault.arm(self.engine.kill)
        struck = 0
        outcome = self.engine.up(self.progress.resource)
        # What depends on a creation that failed comes, and fails, only with the next update.
        while isinstance(fault, FailOnce) and outcome.errors and len(fault.struck) > struck:
            struck = len(fault.struck)
            outcome = self.engine.up(self.progress.resource)
        note = fault.told()
        if isinstance(fault, KillAfter) and fault.struck:
            fault.wait_until_quiet()
            note += f"; {recover(self.engine, self.aws, self.kubernetes, self.progress.resource)}"
        self.phases.append(_phase("up-disturbed", outcome, note=note))
        if not fault.struck:
            self.failures.append(f"Nothing was disturbed: {note}.")

    def _up_again(self, total: int) -> bool:
        self.progress.phase("up-again", total=total)
        return self._succeeded("up-again", self.engine.up(self.progress.resource))

    def _destroy_refused(self) -> None:
        """See that a destroy is refused as a whole where anything is protected."""
        protected = [entry["urn"] for entry in self.deployment["resources"] if entry.get("protect")]
        if not protected:
            self.phases.append(Phase("destroy-refused", 0.0, note="nothing is protected: retain_data is false"))
            return
        self.progress.phase("destroy-refused")
        outcome = self.engine.destroy(self.progress.resource)
        self.phases.append(_phase("destroy-refused", outcome, note=f"{len(protected)} resources are protected"))
        if not any("protected" in error for error in outcome.errors):
            self.failures.append(f"A destroy was not refused although {len(protected)} resources are protected.")
        deleted = outcome.changes.get("delete", 0)
        if deleted:
            self.failures.append(f"The refused destroy deleted {deleted} resources before it was refused.")

    def _lift_protection(self, total: int) -> str | None:
        """Lift it as an operator does who means to destroy; return what that did, or nothing if it failed.

        `pulumi state unprotect` would leave on what protects a resource in AWS itself.
        """
        if not any(entry.get("protect") for entry in self.deployment.get("resources", [])):
            return ""
        self.progress.phase("unprotect", total=total)
        self.engine.configure(_RETAIN_DATA, "false")
        outcome = self._noted("unprotect", self.engine.up(self.progress.resource))
        if outcome.errors:
            return None
        lifted = _phase("unprotect", outcome)
        if lifted.create or lifted.replace or lifted.delete:
            self.failures.append(
                f"To lift the protection, {_RETAIN_DATA}: false created {lifted.create}, replaced {lifted.replace} and "
                f"deleted {lifted.delete} resources."
            )
        return (
            f"after an up with retain_data: false: {lifted.update} updated, {lifted.same} same, {lifted.seconds:.1f} s"
        )

    def _destroy(self, total: int) -> None:
        lifted = self._lift_protection(total)
        if lifted is None:
            return
        self.progress.phase("destroy", total=total)
        outcome = self._noted("destroy", self.engine.destroy(self.progress.resource))
        self.phases.append(_phase("destroy", outcome, note=lifted))
        self.left += [_left_in_state(entry) for entry in self.engine.state().get("resources", [])]
        self.left += [Left(what=line, where="AWS") for line in self.aws.left_in_aws()]
        self.left += [
            Left(
                what=f"{entry.type} {entry.urn.rpartition('::')[2]}",
                where="AWS",
                why=entry.note if entry.deleted else "",
            )
            for entry in self.aws.ledger
            if entry.note or (not entry.deleted and entry.how != "emulated")
        ]
        after = snapshot(self.plane.api_client())
        self.left += [
            Left(what=str(key), where="Kubernetes", why=self.kubernetes.kept.get(key.name, ""))
            for key in sorted(after - self.objects_before)
        ]

    def _succeeded(self, name: str, outcome: Outcome) -> bool:
        self.phases.append(_phase(name, self._noted(name, outcome)))
        return not outcome.errors

    def _noted(self, name: str, outcome: Outcome) -> Outcome:
        self.failures += [f"{name}: {error}" for error in outcome.errors]
        return outcome

    def report(self) -> Report:
        """Return the facts so far."""
        kubernetes = self.kubernetes.summary()
        resources = self.deployment.get("resources", [])
        return Report(
            stack=self.workspace.stack,
            engine_version=f"v{self.engine.version}",
            kubernetes_version=self.plane.version,
            resources=len(resources),
            phases=tuple(self.phases),
            bring_up=bring_up.schedule(self.deployment).estimate,
            kubernetes_objects=KubernetesObjects(
                kubernetes.accepted, kubernetes.unvalidated, Releases(**asdict(kubernetes.releases))
            ),
            aws_resources=AwsResources(
                emulated=Counter(entry.type for entry in self.aws.ledger if entry.how == "emulated"),
                modelled=Counter(entry.type for entry in self.aws.ledger if entry.how == "modelled"),
                invented=self.aws.summary().invented,
            ),
            policies=self.policies,
            left_behind=tuple(self.left),
            failures=tuple(self.failures),
            reachability=summary(resources),
            rendering=rendering(kubernetes.rendering, resources),
            survival=survival(resources, kubernetes.rendering.manifests, kubernetes.rendering.releases),
            planted_secrets=len(self.workspace.planted),
            exposed_secrets=exposed_secrets(self.deployment, self.workspace.planted),
        )


def _phase(name: str, outcome: Outcome, note: str = "") -> Phase:
    def count(operations: Iterable[str]) -> int:
        return sum(outcome.changes.get(operation, 0) for operation in operations)

    return Phase(
        name=name,
        seconds=outcome.seconds,
        create=count(_CREATES),
        update=count(["update"]),
        replace=count(["replace"]),
        delete=count(["delete", "delete-replaced"]),
        same=count(["same"]),
        note=note,
    )


def _policies(preview: Outcome) -> Policies:
    levels = Counter(violation.level for violation in preview.violations)
    return Policies(
        mandatory=levels["mandatory"],
        advisory=len(preview.violations) - levels["mandatory"],
        messages=tuple(
            f"{violation.rule} ({violation.urn.rpartition('::')[2]}): {violation.message}"
            for violation in preview.violations
        ),
    )


def _left_in_state(entry: Mapping[str, Any]) -> Left:
    return Left(what=f"{entry['type']} {entry['urn'].rpartition('::')[2]}", where="state")
