"""Silences as code: the job in the cluster that keeps Alertmanager's as the settings have them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from components.kit import flows, placement, python_program
from components.kit.flows import Flow, Workload
from components.kit.monitoring import ALERTMANAGER, ALERTMANAGER_URL, NAMESPACE
from components.observability.alerting.routes import Silence

NAME: Final = "alertmanager-silences"
SILENCER: Final = Workload(namespace=NAMESPACE, name=NAME, labels={"app.kubernetes.io/name": NAME})
"""The job's pods."""

_PROGRAM: Final = Path(__file__).parent / "silencer"
_FILE: Final = "silences.json"
# A silence that a restart without its volume lost is back before anybody has answered the page.
_SCHEDULE: Final = "*/5 * * * *"
_DEADLINE_SECONDS: Final = 120


def connections() -> tuple[Flow, ...]:
    """Return the connections of the job."""
    port = ALERTMANAGER.ports[0].number
    return (
        *flows.dns(SILENCER),
        Flow(client=SILENCER, server=ALERTMANAGER, port=port, why="keeps silences as the settings have them"),
    )


def files(silences: Mapping[str, Silence]) -> dict[str, str]:
    """Return what the job's ConfigMap has: the program, and what it is to do."""
    return python_program.files(_PROGRAM) | {_FILE: json.dumps(wanted(silences), indent=1)}


def wanted(silences: Mapping[str, Silence]) -> list[dict[str, Any]]:
    """Return the silences as Alertmanager takes them; the last day is whole, in UTC."""
    return [
        {
            "matchers": [_matcher(label, values) for label, values in silence.matchers.items()],
            "endsAt": datetime.combine(silence.until + timedelta(days=1), time(), UTC).isoformat(),
            "comment": f"{name}: {silence.reason} ({silence.owner})",
        }
        for name, silence in sorted(silences.items())
    ]


def _matcher(label: str, values: list[str]) -> dict[str, Any]:
    # Of what a value may have, only the point means more than itself.
    several = len(values) > 1
    value = "|".join(each.replace(".", "[.]") for each in values) if several else values[0]
    return {"name": label, "value": value, "isRegex": several, "isEqual": True}


def job(config_map: Any) -> dict[str, Any]:
    """Return the spec of the CronJob, in the API's own form.

    Args:
        config_map: The name of what `files` is in.

    """
    modules = [{"key": name, "path": f"silencer/{name}"} for name in python_program.files(_PROGRAM)]
    volumes: dict[str, dict[str, Any]] = {
        "program": {"configMap": {"name": config_map, "items": modules}},
        "wanted": {"configMap": {"name": config_map, "items": [{"key": _FILE, "path": _FILE}]}},
    }
    container = {
        "name": "silencer",
        "image": python_program.IMAGE,
        "command": ["python3", "-m", "silencer", f"/wanted/{_FILE}", ALERTMANAGER_URL],
        "env": [{"name": "PYTHONPATH", "value": "/program"}, {"name": "PYTHONDONTWRITEBYTECODE", "value": "1"}],
        "workingDir": "/program",
        "securityContext": {**placement.RESTRICTED_CONTAINER},
        "resources": placement.resources("10m", "64Mi"),
        "volumeMounts": [{"name": volume, "mountPath": f"/{volume}", "readOnly": True} for volume in volumes],
    }
    pod = {
        "automountServiceAccountToken": False,
        "restartPolicy": "Never",
        "nodeSelector": {**placement.GENERAL_NODES},
        "securityContext": {**placement.RESTRICTED_POD},
        "containers": [container],
        "volumes": [{"name": volume, **source} for volume, source in volumes.items()],
    }
    return {
        "schedule": _SCHEDULE,
        "timeZone": "Etc/UTC",
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": _DEADLINE_SECONDS,
        "successfulJobsHistoryLimit": 1,
        "failedJobsHistoryLimit": 1,
        "jobTemplate": {
            "spec": {
                "backoffLimit": 1,
                "activeDeadlineSeconds": _DEADLINE_SECONDS,
                "template": {"metadata": {"labels": {**SILENCER.labels}}, "spec": pod},
            }
        },
    }
