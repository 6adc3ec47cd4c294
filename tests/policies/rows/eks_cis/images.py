"""Rows for the rules about images in ECR and about GuardDuty."""

from typing import Any, Final

from tests.policies.rows.making import NOTHING, four
from tests.policies.rows.row import UNKNOWN, UNKNOWN_LIST, Row

_SCANNING: Final = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"


def _rules(frequency: str = "SCAN_ON_PUSH", pattern: str = "*") -> dict[str, Any]:
    filters = [{"filter": pattern, "filterType": "WILDCARD"}]
    return {"scanType": "BASIC", "rules": [{"scanFrequency": frequency, "repositoryFilters": filters}]}


def _policy(principal: Any, **more: Any) -> dict[str, Any]:
    return {"policy": {"Statement": [{"Effect": "Allow", "Action": "ecr:*", "Principal": principal, **more}]}}


ROWS: Final = (
    *four("ecr-scan", "imageScanningConfiguration.scanOnPush", True, False, fault="not scanned when pushed"),
    Row("ecr-scan", "good", "a registry that scans", _rules(), type=_SCANNING),
    Row("ecr-scan", "bad", "a registry that waits", _rules("MANUAL"), ["by itself"], type=_SCANNING),
    Row("ecr-scan", "absent", "a registry with no rule", {"scanType": "BASIC"}, ["by itself"], type=_SCANNING),
    Row(
        "ecr-scan",
        "unknown",
        "a registry's rules",
        {"scanType": "BASIC", "rules": UNKNOWN_LIST},
        unknown=["rules"],
        type=_SCANNING,
    ),
    Row("ecr-scan-everything", "good", "all", _rules()),
    Row("ecr-scan-everything", "bad", "some", _rules(pattern="team-*"), ["in no rule"]),
    Row("ecr-scan-everything", "absent", "no rules", {"scanType": "BASIC"}, ["in no rule"]),
    Row("ecr-scan-everything", "unknown", "rules", {"rules": UNKNOWN_LIST}, unknown=["rules"]),
    *four("ecr-immutable-tags", "imageTagMutability", "IMMUTABLE", "MUTABLE", fault="(MUTABLE)"),
    Row("ecr-public-policy", "good", "an account", _policy({"AWS": "111122223333"})),
    Row(
        "ecr-public-policy",
        "good",
        "everybody of an organization",
        _policy("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
    ),
    Row("ecr-public-policy", "bad", "everybody", _policy("*"), ["anybody"]),
    Row("ecr-public-policy", "absent", "no policy", {}),
    Row("ecr-public-policy", "unknown", "policy", {"policy": UNKNOWN}, unknown=["policy"]),
    *four("guardduty-detector", "enable", True, False, fault="looks at nothing", absent=NOTHING),
    *four("guardduty-eks", "status", "ENABLED", "DISABLED", fault="EKS_AUDIT_LOGS", base={"name": "EKS_AUDIT_LOGS"}),
    Row("guardduty-eks", "good", "another that is off", {"name": "RUNTIME_MONITORING", "status": "DISABLED"}),
    Row(
        "guardduty-eks",
        "bad",
        "another that an environment wants",
        {"name": "RUNTIME_MONITORING", "status": "DISABLED"},
        ["RUNTIME_MONITORING"],
        parameters={"features": ["RUNTIME_MONITORING"]},
    ),
)
