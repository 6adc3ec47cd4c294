"""What the API server itself lets in: the rules that hold whatever becomes of any webhook."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.kit import custom_object
from components.kit.layer import Layer
from components.security.admission import policies as admission_policies
from components.security.admission.settings import AdmissionSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionOutputs:
    """The names of the rules the API server holds."""

    rules: pulumi.Output[list[str]]


class Admission(Layer, kind="platform:security:Admission"):
    """A ValidatingAdmissionPolicy and its binding for each rule that must hold when no engine answers."""

    def __init__(
        self,
        name: str,
        settings: AdmissionSettings,
        *,
        platform: Sequence[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        held = [*admission_policies.held_natively(settings, platform)]
        for judgement in held:
            rule = judgement.rule.name
            policy = custom_object.create(self, rule, admission_policies.policy(judgement), depends_on=())
            custom_object.create(
                self,
                f"{rule}-binding",
                admission_policies.binding(judgement, settings, platform),
                depends_on=[policy],
            )
        self.outputs = self.publish(
            AdmissionOutputs(rules=pulumi.Output.from_input([judgement.rule.name for judgement in held]))
        )
