"""What a stack decides about detection: at runtime, in what runs, and by AWS itself."""

from components.kit.settings import Settings
from components.security.detection.aws_baseline import AwsBaselineSettings
from components.security.detection.falco import FalcoSettings
from components.security.detection.trivy_operator import TrivySettings


class DetectionSettings(Settings):
    """What tells of attacks and of what invites them."""

    falco: FalcoSettings = FalcoSettings()
    """Detection of what should not happen while it happens."""

    trivy: TrivySettings = TrivySettings()
    """Reports on what is vulnerable, misconfigured or exposed."""

    aws_baseline: AwsBaselineSettings = AwsBaselineSettings()
    """AWS's own detection, for a stack that owns its account."""
