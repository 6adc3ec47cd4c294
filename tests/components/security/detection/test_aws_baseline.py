"""AWS's own detection is made only where it is asked for, and each part says whether it is on."""

from typing import Any

import pytest

from components.security.detection.aws_baseline import AwsBaseline, AwsBaselineSettings
from tests.components import examples
from tests.components.recording import Recording, build

_DETECTOR = "aws:guardduty/detector:Detector"
_FEATURE = "aws:guardduty/detectorFeature:DetectorFeature"
_REGISTRY = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"


def _built(**settings: Any) -> Recording:
    return build(
        lambda: AwsBaseline(
            "aws-baseline", examples.parsed(AwsBaselineSettings, **settings), account=examples.account()
        )
    )


def test_a_stack_that_does_not_own_its_account_touches_none_of_it() -> None:
    assert not AwsBaselineSettings().enabled
    recording = _built()

    assert [made.type for made in recording.resources if made.custom] == []


@pytest.mark.parametrize(("watched", "runtime"), [("audit_logs", "DISABLED"), ("runtime", "ENABLED")])
def test_guardduty_watches_audit_logs_and_nodes_only_when_asked(watched: str, runtime: str) -> None:
    recording = _built(guardduty=watched)
    features = {made.inputs["name"]: made for made in recording.of(_FEATURE)}

    assert recording.one(_DETECTOR, "aws-baseline-detector").inputs["enable"] is True
    assert features["EKS_AUDIT_LOGS"].inputs["status"] == "ENABLED"
    agent = features["RUNTIME_MONITORING"].inputs
    assert agent["status"] == runtime
    assert agent["additionalConfigurations"] == [{"name": "EKS_ADDON_MANAGEMENT", "status": runtime}]
    assert recording.of(_REGISTRY) == []


def test_two_features_of_one_detector_are_not_changed_at_once() -> None:
    recording = _built(guardduty="runtime")

    assert "aws-baseline-eks-audit-logs" in recording.one(_FEATURE, "aws-baseline-runtime-monitoring").dependencies


def test_basic_scans_look_at_what_is_pushed_and_need_no_inspector() -> None:
    recording = _built(ecr_scanning="basic")

    registry = recording.one(_REGISTRY, "aws-baseline-registry").inputs
    assert registry["scanType"] == "BASIC"
    assert registry["rules"] == [
        {"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}]}
    ]
    assert recording.of("aws:inspector2/enabler:Enabler") == []


def test_enhanced_scans_come_after_inspector_is_switched_on() -> None:
    recording = _built(ecr_scanning="enhanced")

    enabler = recording.one("aws:inspector2/enabler:Enabler", "aws-baseline-inspector").inputs
    registry = recording.one(_REGISTRY, "aws-baseline-registry")
    assert (enabler["accountIds"], enabler["resourceTypes"]) == (["111122223333"], ["ECR"])
    assert registry.inputs["rules"][0]["scanFrequency"] == "CONTINUOUS_SCAN"
    assert "aws-baseline-inspector" in registry.dependencies
    assert recording.of(_DETECTOR) == []
