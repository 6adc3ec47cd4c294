"""The dashboard of what was refused, what was noticed, and what is vulnerable."""

from typing import Final

from components.kit.monitoring import Instance
from components.observability.dashboards.panels import (
    RATE,
    Dashboard,
    Folder,
    Row,
    Unit,
    graph,
    led_by,
    limited,
    number,
    table,
)

SECURITY: Final = Dashboard(
    uid="security",
    title="Admission and security",
    purpose="What the API server refused or would have, what Falco saw that should not happen, and what Trivy found.",
    folder=Folder.SECURITY,
    watched_by=Instance.PLATFORM,
    rows=[
        Row(
            title="Admission (Kyverno)",
            panels=[
                graph(
                    "Results",
                    "Judgements a second, by rule and result.",
                    Unit.PER_SECOND,
                    (
                        (
                            "sum by (policy_name, rule_result) "
                            f'(rate(kyverno_policy_results_total{{@,rule_result!="pass"}}{RATE}))'
                        ),
                        "{{policy_name}} {{rule_result}}",
                    ),
                ),
                limited(
                    graph(
                        "Latency of admission",
                        "Within which time all but one of a hundred requests are judged; the API server waits so "
                        "long, 10 s at most.",
                        Unit.SECONDS,
                        (
                            (
                                "histogram_quantile(0.99, sum by (le) "
                                f"(rate(kyverno_admission_review_duration_seconds_bucket{{@}}{RATE})))"
                            ),
                            "p99",
                        ),
                    ),
                    1,
                    5,
                ),
                graph(
                    "Requests refused by webhooks",
                    "Requests a second that a webhook refused, by webhook, whoever runs it.",
                    Unit.REQUESTS,
                    (
                        f"sum by (name) (rate(apiserver_admission_webhook_rejection_count{{@}}{RATE}))",
                        "{{name}}",
                    ),
                ),
            ],
        ),
        Row(
            title="Detection (Falco)",
            panels=[
                led_by(
                    graph(
                        "Events",
                        "Events a minute that match a rule, by rule and priority.",
                        Unit.COUNT,
                        (
                            "sum by (rule_name, priority) (increase(falcosecurity_falco_rules_matches_total{@}[1m]))",
                            "{{priority}} {{rule_name}}",
                        ),
                    ),
                    "falco-alert",
                ),
                graph(
                    "Events lost",
                    "System calls a second that Falco could not look at: what it does not see it cannot tell.",
                    Unit.PER_SECOND,
                    (f"sum by (instance) (rate(falcosecurity_scap_n_drops_total{{@}}{RATE}))", "{{instance}}"),
                ),
            ],
        ),
        Row(
            title="Vulnerabilities (Trivy)",
            panels=[
                led_by(
                    number(
                        "Critical vulnerabilities",
                        "Vulnerabilities of severity Critical in images that run.",
                        Unit.COUNT,
                        'sum(trivy_image_vulnerabilities{@,severity="Critical"})',
                        limits=(1, 10),
                    ),
                    "vulnerability",
                ),
                number(
                    "Secrets in images",
                    "Secrets that lie open in images.",
                    Unit.COUNT,
                    "sum(trivy_image_exposedsecrets{@})",
                    limits=(1, 2),
                ),
                number(
                    "Failed checks of configuration",
                    "Failed checks of severity Critical or High.",
                    Unit.COUNT,
                    'sum(trivy_resource_configaudits{@,severity=~"Critical|High"})',
                    limits=(1, 50),
                ),
                led_by(
                    table(
                        "Images with the most",
                        "The ten images with the most critical vulnerabilities.",
                        Unit.COUNT,
                        "topk(10, sum by (cluster, namespace, image_repository, image_tag) "
                        '(trivy_image_vulnerabilities{@,severity="Critical"}) > 0)',
                    ),
                    "vulnerability",
                ),
                graph(
                    "Vulnerabilities by severity",
                    "Vulnerabilities in images that run.",
                    Unit.COUNT,
                    ("sum by (severity) (trivy_image_vulnerabilities{@})", "{{severity}}"),
                ),
            ],
        ),
    ],
)
