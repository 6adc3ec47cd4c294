"""Makes the rules a Pulumi policy pack; the only module that knows Pulumi's policy SDK."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyPack,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.deserialize import serialize_properties
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError

from policies.evaluate import EXPIRED, UNUSED, evaluate, findings
from policies.exemptions import FILE, Exemption, load
from policies.rule import Level, ResourceRule, Rule, StackRule
from policies.rules import RULES
from policies.values import Unknown

NAME: Final = "platform"
_EXEMPTION_RULES: Final[Mapping[str, tuple[Level, str]]] = {
    EXPIRED: ("mandatory", "An exemption ends on the day its owner set, or it is a hole nobody remembers."),
    UNUSED: ("advisory", "An exemption nothing needs hides the next fault it happens to match."),
}


def serve() -> None:
    """Serve the pack to the engine that started this process, until it ends it."""
    exemptions = load(FILE, {rule.name for rule in RULES})
    PolicyPack(NAME, policies(RULES, exemptions, today=datetime.now(tz=UTC).date()))


def policies(rules: Sequence[Rule], exemptions: Sequence[Exemption], *, today: date) -> list[Policy]:
    """Return rules as policies of the SDK, and two that judge the exemptions where there are any."""
    in_force = [exemption for exemption in exemptions if today <= exemption.expires]
    return [
        *(_resource(rule, in_force) if isinstance(rule, ResourceRule) else _stack(rule, in_force) for rule in rules),
        *(_exemptions(name, rules, exemptions, today=today) for name in _EXEMPTION_RULES if exemptions),
    ]


def _resource(rule: ResourceRule, exemptions: Sequence[Exemption]) -> Policy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        _report(rule, [args], exemptions, report)

    return ResourceValidationPolicy(
        rule.name, rule.why, validate, EnforcementLevel(rule.level), tags=[*rule.references]
    )


def _stack(rule: StackRule, exemptions: Sequence[Exemption]) -> Policy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        _report(rule, args.resources, exemptions, report)

    return StackValidationPolicy(rule.name, rule.why, validate, EnforcementLevel(rule.level), tags=[*rule.references])


def _exemptions(name: str, rules: Sequence[Rule], exemptions: Sequence[Exemption], *, today: date) -> Policy:
    level, why = _EXEMPTION_RULES[name]

    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        for violation in evaluate(rules, map(_entry, args.resources), exemptions, today=today):
            if violation.rule == name:
                report(violation.message, None)

    return StackValidationPolicy(name, why, validate, EnforcementLevel(level))


def _report(
    rule: Rule,
    resources: Iterable[ResourceValidationArgs | PolicyResource],
    exemptions: Sequence[Exemption],
    report: ReportViolation,
) -> None:
    unknown = []
    for urn, finding in findings(rule, [_entry(each) for each in resources if each.resource_type in rule.types]):
        if any(exemption.covers(rule.name, urn) for exemption in exemptions):
            continue
        if isinstance(finding, Unknown):
            unknown.append(finding.path)
        else:
            report(finding, urn)
    if unknown:
        # The SDK makes of this exception an advisory that names the place, whatever the rule's own level.
        raise UnknownValueError(UNKNOWN_STRING_VALUE, [", ".join(unknown)])


def _entry(resource: ResourceValidationArgs | PolicyResource) -> dict[str, Any]:
    # The SDK hands out proxies that raise on the first unknown value touched, which would hide every fault behind it.
    inputs = serialize_properties(resource.props)
    return {"urn": resource.urn, "type": resource.resource_type, "inputs": inputs}
