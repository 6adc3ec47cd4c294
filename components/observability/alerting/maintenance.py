"""The platform's own window of maintenance, as one of those in which routes may be quiet."""

from typing import Final

from components.kit.maintenance import MaintenanceWindow
from components.observability.alerting.routes import Window
from components.observability.alerting.settings import AlertingSettings

PLATFORM: Final = "platform-maintenance"
"""The name by which routes know the platform's own window, which stands in `platform:maintenance`."""


def within(settings: AlertingSettings, window: MaintenanceWindow | None) -> AlertingSettings:
    """Return the settings with the platform's own window among the others, if there is one."""
    if window is None:
        return settings
    own = Window(
        reason="what the platform does by itself and may interrupt",
        days=[*window.days],
        start=window.start,
        end=window.end,
    )
    return settings.model_copy(update={"maintenance": {**settings.maintenance, PLATFORM: own}})
