"""What differs from K10's chart's own values."""

from collections.abc import Iterable
from typing import Any, Final

import pulumi

from components.kit import placement
from components.resilience.backup.classes import Plan
from components.resilience.kasten.flows import LABELS
from components.resilience.kasten.settings import ACCOUNT, KastenSettings

# Of the pods that carry a volume's data: chunks are compared and compressed in memory.
_MOVER: Final = placement.resources("100m", "512Mi", memory_limit="2Gi")


def values(settings: KastenSettings, *, cluster: pulumi.Input[str], plans: Iterable[Plan]) -> dict[str, Any]:
    """Return what differs from the chart's own values.

    The chart is read where it is published, and is not among the data by which other charts' values are judged:
    https://github.com/rancher/partner-charts/tree/main-source/charts/kasten/k10
    """
    return {
        "eula": {"accept": settings.accept_eula, "company": settings.company, "email": settings.email},
        "clusterName": cluster,
        # The role is named by an annotation, for which the chart has no value.
        "serviceAccount": {"create": False, "name": ACCOUNT},
        # The platform's policies say who talks to whom. The chart's own would open more.
        "networkPolicy": {"create": False},
        "global": {
            "resourceLabels": {**LABELS},
            # Requests are the chart's, service by service.
            "resources": {"limits": {"memory": "1Gi"}},
        },
        "genericVolumeSnapshot": {"resources": _MOVER},
        "auth": {"tokenAuth": {"enabled": True}},
        # The platform's Prometheus asks Kasten's services itself.
        "prometheus": {"server": {"enabled": False}},
        "multicluster": {"enabled": False},
        "optionalColocatedServices": {"vbrintegrationapi": {"enabled": False}},
        # It calls nobody outside; a licence of one's own takes the place of the free one.
        "metering": {"mode": "airgap", "skipFreeLicenses": settings.own_license},
        # Kasten has one limit for all policies: the shortest, so that no class loses more than it says.
        "timeout": {"jobWait": f"{min(plan.timeout_hours for plan in plans)}h"},
    }
