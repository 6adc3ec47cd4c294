"""AWS's own detection for a stack that owns its account: GuardDuty for the cluster, and scans of images in ECR."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import pulumi
import pulumi_aws as aws

from components.foundation.account import AccountSettings
from components.kit.layer import Layer
from components.kit.settings import Settings

_ON: Final = "ENABLED"
_OFF: Final = "DISABLED"


class GuardDuty(StrEnum):
    """What GuardDuty watches."""

    NONE = "none"
    AUDIT_LOGS = "audit_logs"
    RUNTIME = "runtime"


class EcrScanning(StrEnum):
    """How ECR looks for vulnerabilities in the account's images."""

    NONE = "none"
    BASIC = "basic"
    ENHANCED = "enhanced"


class AwsBaselineSettings(Settings):
    """AWS's own detection. All of it is one for each account and region, whatever stacks live there."""

    guardduty: GuardDuty = GuardDuty.NONE
    """What GuardDuty watches: `audit_logs` of all clusters of the account and region, `runtime` with an agent of AWS's
    on every node besides, which is billed by vCPU and sees much of what Falco sees. `none` where the account has a
    detector already, or its organization manages it."""

    ecr_scanning: EcrScanning = EcrScanning.NONE
    """How the account's images in ECR are scanned: `basic` when they are pushed, free of charge; `enhanced` by
    Inspector whenever a vulnerability becomes known, billed by image; `none` leaves the registry as it is."""

    @property
    def enabled(self) -> bool:
        """Whether there is anything to make."""
        return self.guardduty is not GuardDuty.NONE or self.ecr_scanning is not EcrScanning.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsBaselineOutputs:
    """The detector, if there is one."""

    detector_id: pulumi.Output[str | None]


class AwsBaseline(Layer, kind="platform:security:AwsBaseline"):
    """The account's GuardDuty detector with what concerns EKS, and the scans of its registry."""

    def __init__(
        self,
        name: str,
        settings: AwsBaselineSettings,
        *,
        account: AccountSettings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        detector = None
        if settings.guardduty is not GuardDuty.NONE:
            detector = aws.guardduty.Detector(
                f"{name}-detector",
                enable=True,
                # The soonest; later ones save nothing.
                finding_publishing_frequency="FIFTEEN_MINUTES",
                tags={"Name": name},
                opts=self.child(),
            )
            logs = aws.guardduty.DetectorFeature(
                f"{name}-eks-audit-logs",
                detector_id=detector.id,
                name="EKS_AUDIT_LOGS",
                status=_ON,
                opts=self.child(),
            )
            runtime = settings.guardduty is GuardDuty.RUNTIME
            aws.guardduty.DetectorFeature(
                f"{name}-runtime-monitoring",
                detector_id=detector.id,
                name="RUNTIME_MONITORING",
                status=_ON if runtime else _OFF,
                additional_configurations=[
                    # GuardDuty brings its agent and its VPC endpoint itself, and both go with the feature.
                    aws.guardduty.DetectorFeatureAdditionalConfigurationArgs(
                        name="EKS_ADDON_MANAGEMENT", status=_ON if runtime else _OFF
                    )
                ],
                # One call changes one detector: of two at a time the second may undo the first.
                opts=self.child(depends_on=[logs]),
            )
        if settings.ecr_scanning is not EcrScanning.NONE:
            enhanced = settings.ecr_scanning is EcrScanning.ENHANCED
            inspector = (
                aws.inspector2.Enabler(
                    f"{name}-inspector", account_ids=[account.id], resource_types=["ECR"], opts=self.child()
                )
                if enhanced
                else None
            )
            aws.ecr.RegistryScanningConfiguration(
                f"{name}-registry",
                scan_type="ENHANCED" if enhanced else "BASIC",
                rules=[
                    aws.ecr.RegistryScanningConfigurationRuleArgs(
                        scan_frequency="CONTINUOUS_SCAN" if enhanced else "SCAN_ON_PUSH",
                        repository_filters=[
                            aws.ecr.RegistryScanningConfigurationRuleRepositoryFilterArgs(
                                filter="*", filter_type="WILDCARD"
                            )
                        ],
                    )
                ],
                opts=self.child(depends_on=[inspector] if inspector else ()),
            )
        self.outputs = self.publish(
            AwsBaselineOutputs(detector_id=pulumi.Output.from_input(detector.id if detector else None))
        )
