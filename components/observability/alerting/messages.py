"""What each receiver is sent: Alertmanager's configuration of its ways, credentials as names of files only."""

from typing import Any, Final
from urllib.parse import quote

from components.kit.monitoring import NAMESPACE
from components.observability.alerting.receivers import (
    EmailChannel,
    PagerDutyChannel,
    Receiver,
    ServiceNowChannel,
    SlackChannel,
    WebhookChannel,
)

SECRET: Final = "alertmanager-credentials"  # noqa: S105 - the name of a Secret, not what is in it
"""The Secret with all credentials; the operator mounts each of its keys as a file."""

FORWARDER: Final = "servicenow-forwarder"
FORWARDER_PORT: Final = 8080

# Where the operator mounts what `secrets` of an Alertmanager names:
# https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.AlertmanagerSpec
_MOUNTED: Final = "/etc/alertmanager/secrets"
# Less than the shortest interval of a group, within which Alertmanager tries again.
_FORWARDERS_TIME: Final = "50s"

_TITLE: Final = (
    '[{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ .Alerts.Firing | len }}{{ end }}] '
    "{{ .CommonLabels.alertname }}{{ with .CommonLabels.cluster }} in {{ . }}{{ end }}"
)
_TEXT: Final = (
    "{{ range .Alerts }}*{{ .Labels.severity }}* {{ .Annotations.summary }}"
    "{{ with .Labels.namespace }} ({{ . }}){{ end }}\n{{ .Annotations.description }}\n"
    "{{ with .Annotations.runbook_url }}<{{ . }}|Runbook>\n{{ end }}{{ end }}"
)
# https://developer.pagerduty.com/docs/send-alert-event: critical, error, warning or info.
_PAGES_SEVERITY: Final = (
    '{{ if eq .CommonLabels.severity "critical" "warning" "info" }}{{ .CommonLabels.severity }}{{ else }}error{{ end }}'
)


def file_of(key: str) -> str:
    """Return the file of a key of the Secret, as Alertmanager sees it."""
    return f"{_MOUNTED}/{SECRET}/{key}"


def receiver(name: str, told: Receiver) -> dict[str, Any]:
    """Return a receiver as Alertmanager reads it."""
    found: dict[str, Any] = {"name": name}
    if told.email:
        found["email_configs"] = _email(told.email)
    if told.slack:
        found["slack_configs"] = [_slack(told.slack)]
    if told.pagerduty:
        found["pagerduty_configs"] = [_pagerduty(told.pagerduty)]
    webhooks = [
        *([_webhook(told.webhook)] if told.webhook else []),
        *([_servicenow(told.servicenow)] if told.servicenow else []),
    ]
    return found | ({"webhook_configs": webhooks} if webhooks else {})


def heartbeat(name: str, key: str) -> dict[str, Any]:
    """Return the receiver of the dead man's switch; who knows its URL can keep it quiet, so that is in a file."""
    return {"name": name, "webhook_configs": [{"url_file": file_of(key), "send_resolved": False}]}


def _email(channel: EmailChannel) -> list[dict[str, Any]]:
    # One for each: with several addresses in one, one that bounces takes the others with it.
    return [{"to": address, "send_resolved": True, "headers": {"Subject": _TITLE}} for address in channel.to]


def _slack(channel: SlackChannel) -> dict[str, Any]:
    return {
        "api_url_file": file_of(channel.file),
        "channel": channel.channel,
        "send_resolved": True,
        "title": _TITLE,
        # Alertmanager's own address is of no use outside the cluster.
        "title_link": "{{ (index .Alerts 0).Annotations.runbook_url }}",
        "text": _TEXT,
    }


def _pagerduty(channel: PagerDutyChannel) -> dict[str, Any]:
    return {
        "routing_key_file": file_of(channel.file),
        "url": f"https://{channel.host}/v2/enqueue",
        "send_resolved": True,
        "description": _TITLE,
        "severity": _PAGES_SEVERITY,
        "class": "{{ .CommonLabels.alertname }}",
        "group": "{{ .CommonLabels.owner }}",
        "component": "{{ .CommonLabels.namespace }}",
        "details": {
            "summary": "{{ range .Alerts }}{{ .Annotations.summary }}\n{{ end }}",
            "description": "{{ range .Alerts }}{{ .Annotations.description }}\n{{ end }}",
            "runbook": "{{ (index .Alerts 0).Annotations.runbook_url }}",
        },
    }


def _webhook(channel: WebhookChannel) -> dict[str, Any]:
    if not channel.file:
        return {"url": channel.url, "send_resolved": True}
    authorization = {"type": "Bearer", "credentials_file": file_of(channel.file)}
    return {"url": channel.url, "send_resolved": True, "http_config": {"authorization": authorization}}


def _servicenow(channel: ServiceNowChannel) -> dict[str, Any]:
    address = f"http://{FORWARDER}.{NAMESPACE}.svc.cluster.local:{FORWARDER_PORT}/alerts"
    group = f"?assignment_group={quote(channel.assignment_group, safe='')}" if channel.assignment_group else ""
    # None is left out, however many there are: what is left out is lost.
    return {"url": address + group, "send_resolved": True, "max_alerts": 0, "timeout": _FORWARDERS_TIME}
