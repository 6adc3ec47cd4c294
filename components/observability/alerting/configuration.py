"""Alertmanager's configuration, made of the settings: the tree of routes, its receivers, its windows of quiet."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import yaml

from components.kit.maintenance import Weekday
from components.kit.monitoring import WATCHDOG, Severity
from components.observability.alerting import messages
from components.observability.alerting.inhibitions import inhibitions
from components.observability.alerting.routes import Route, Timing, Timings, Window
from components.observability.alerting.settings import AlertingSettings

NOBODY: Final = "nobody"
"""The receiver of what nobody is told of."""

HEARTBEAT: Final = "heartbeat"
"""The receiver of the dead man's switch."""

RESERVED: Final = frozenset({NOBODY, HEARTBEAT})
"""Names of receivers that no stack may give."""

GROUP_BY: Final = ("cluster", "alertname", "namespace")
"""What one notification has in common, unless a route says otherwise."""


def text(settings: AlertingSettings) -> str:
    """Return the configuration as a file. There is no credential in it: files are named, nothing else."""
    return yaml.safe_dump(configuration(settings), sort_keys=False, allow_unicode=True, width=1000)


def configuration(settings: AlertingSettings) -> dict[str, Any]:
    """Return the configuration as Alertmanager reads it.

    https://prometheus.io/docs/alerting/latest/configuration/
    """
    receivers = [{"name": NOBODY}]
    if settings.heartbeat:
        receivers.append(messages.heartbeat(HEARTBEAT, settings.heartbeat.file))
    receivers += [messages.receiver(name, told) for name, told in sorted(settings.receivers.items())]
    windows = [window(name, each) for name, each in sorted(settings.maintenance.items())]
    return {
        "global": _global(settings),
        "route": _tree(settings),
        "inhibit_rules": inhibitions(),
        **({"time_intervals": windows} if windows else {}),
        "receivers": receivers,
    }


def _global(settings: AlertingSettings) -> dict[str, Any]:
    if not settings.email:
        return {"resolve_timeout": "5m"}
    mail = settings.email
    signing_in = (
        {"smtp_auth_username": mail.username, "smtp_auth_password_file": messages.file_of(mail.file)}
        if mail.username
        else {}
    )
    return {
        "resolve_timeout": "5m",
        "smtp_smarthost": f"{mail.smarthost}:{mail.port}",
        "smtp_from": mail.sender,
        **signing_in,
        "smtp_require_tls": True,
    }


def _tree(settings: AlertingSettings) -> dict[str, Any]:
    timings = settings.timings
    fallback = settings.default_receiver or NOBODY
    last = [_by_severity(severity, timings) for severity in Severity]
    return {
        "receiver": fallback,
        "group_by": [*GROUP_BY],
        # What has no severity, or another, is a warning.
        **_times(timings.warning),
        "routes": [_watchdog(settings), *(_route(each, timings) for each in settings.routes), *last],
    }


def _watchdog(settings: AlertingSettings) -> dict[str, Any]:
    """Send what always fires to the dead man's switch, and to nobody else: it is no news."""
    every = settings.heartbeat.every_minutes if settings.heartbeat else 60
    return {
        "receiver": HEARTBEAT if settings.heartbeat else NOBODY,
        "matchers": [f'alertname="{WATCHDOG}"'],
        "group_by": ["cluster"],
        "group_wait": "0s",
        # What is repeated is repeated at the next tick of the group: a minute is how late it may be.
        "group_interval": "1m",
        "repeat_interval": f"{every}m",
    }


def _route(route: Route, timings: Timings) -> dict[str, Any]:
    """Return a route with a child for each severity, as each is repeated after a time of its own."""
    severities = sorted(route.severities, key=list(Severity).index) or list(Severity)
    # A child does not inherit when its parent is quiet:
    # https://github.com/prometheus/alertmanager/blob/v0.34.0/dispatch/route.go
    quiet = {"mute_time_intervals": [*route.quiet_in]} if route.quiet_in else {}
    matchers = {**route.matchers}
    own: dict[str, Any] = {
        "receiver": route.receiver,
        **({"matchers": [matcher(label, values) for label, values in matchers.items()]} if matchers else {}),
        **({"group_by": [*route.group_by]} if route.group_by else {}),
        **({"continue": True} if route.go_on else {}),
        **quiet,
    }
    if len(severities) == 1:
        return own | _times(timings.of(severities[0]))
    return own | {"routes": [_by_severity(severity, timings) | quiet for severity in severities]}


def _by_severity(severity: Severity, timings: Timings) -> dict[str, Any]:
    return {"matchers": [matcher("severity", [severity])], **_times(timings.of(severity))}


def _times(timing: Timing) -> dict[str, str]:
    return {
        "group_wait": f"{timing.wait_seconds}s",
        "group_interval": f"{timing.interval_minutes}m",
        "repeat_interval": f"{timing.repeat_minutes}m",
    }


def matcher(label: str, values: Sequence[str]) -> str:
    """Return the matcher of a label that has exactly one of some values."""
    if len(values) == 1:
        return f'{label}="{values[0]}"'
    # Of what a value may have, only the point means more than itself.
    return f'{label}=~"{"|".join(value.replace(".", "[.]") for value in values)}"'


def window(name: str, wanted: Window) -> dict[str, Any]:
    """Return a window as Alertmanager reads it, one over midnight as two: until the day's end, and from the next."""
    days = [str(day) for day in wanted.days]
    if wanted.start < wanted.end:
        parts = [_part(days, wanted.start, wanted.end, wanted)]
    else:
        following = [str(Weekday(day).following) for day in days]
        parts = [_part(days, wanted.start, "24:00", wanted)]
        if wanted.end != "00:00":
            parts.append(_part(following, "00:00", wanted.end, wanted))
    return {"name": name, "time_intervals": parts}


def _part(days: Sequence[str], start: str, end: str, wanted: Window) -> Mapping[str, Any]:
    return {
        "weekdays": [*days],
        "times": [{"start_time": start, "end_time": end}],
        "location": wanted.time_zone,
    }
