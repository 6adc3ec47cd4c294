"""Dashboards of what keeps secrets: Vault, what copies secrets, and certificates."""

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

VAULT: Final = Dashboard(
    uid="vault",
    title="Vault",
    purpose="Whether Vault is open, who leads, how fast it answers, and what it has given out.",
    folder=Folder.SECURITY,
    watched_by=Instance.PLATFORM,
    runbook="vault-sealed",
    rows=[
        Row(
            title="Is it open?",
            panels=[
                led_by(
                    number(
                        "Open servers",
                        "Servers that are unsealed.",
                        Unit.COUNT,
                        "sum(vault_core_unsealed{@})",
                        limits=(3, 2),
                    ),
                    "vault-sealed",
                ),
                number(
                    "Leaders",
                    "Servers that lead. It is one: none serves nobody, two cannot be.",
                    Unit.COUNT,
                    "sum(vault_core_active{@})",
                    limits=(1, 0),
                ),
                number(
                    "Failures that may be borne",
                    "Servers that may be lost before the others can agree no more.",
                    Unit.COUNT,
                    "min(vault_autopilot_failure_tolerance{@})",
                    limits=(1, 0),
                ),
                number(
                    "Healthy",
                    "Whether autopilot finds every server well.",
                    Unit.YES_NO,
                    "min(vault_autopilot_healthy{@})",
                    limits=(1, 0),
                ),
                limited(
                    graph(
                        "Last contact with the leader",
                        "How long a follower has heard nothing of the leader, in milliseconds; from 500 on they vote.",
                        Unit.COUNT,
                        ('vault_raft_leader_lastContact{@,quantile="0.99"}', "{{pod}}"),
                    ),
                    200,
                    500,
                ),
            ],
        ),
        Row(
            title="What does it do?",
            panels=[
                graph(
                    "Requests",
                    "Requests a second, by server.",
                    Unit.REQUESTS,
                    (f"sum by (pod) (rate(vault_core_handle_request_count{{@}}{RATE}))", "{{pod}}"),
                ),
                graph(
                    "Latency",
                    "How long requests take, all but one of a hundred, in milliseconds.",
                    Unit.COUNT,
                    ('max by (pod) (vault_core_handle_request{@,quantile="0.99"})', "{{pod}}"),
                ),
                graph(
                    "Tokens by how they were got",
                    "Tokens that are valid, by the method of authentication.",
                    Unit.COUNT,
                    ("sum by (auth_method) (vault_token_count_by_auth{@})", "{{auth_method}}"),
                ),
                graph(
                    "Leases",
                    "Secrets that were given out for a time. A number that only grows is somebody who never gives "
                    "back.",
                    Unit.COUNT,
                    ("sum(vault_expire_num_leases{@})", "leases"),
                ),
                led_by(
                    graph(
                        "Failed entries in the audit log",
                        "Entries a second that could not be written. Vault answers nobody while its audit log fails.",
                        Unit.PER_SECOND,
                        (f"sum(rate(vault_audit_log_request_failure{{@}}{RATE}))", "requests"),
                        (f"sum(rate(vault_audit_log_response_failure{{@}}{RATE}))", "answers"),
                    ),
                    "vault-sealed",
                ),
                graph(
                    "Memory of Vault",
                    "What Vault's program has in use.",
                    Unit.BYTES,
                    ("vault_runtime_alloc_bytes{@}", "{{pod}}"),
                ),
            ],
        ),
    ],
)

SECRETS: Final = Dashboard(
    uid="secrets-and-certificates",
    title="Secrets and certificates",
    purpose="Which certificate ends when, and which secret is not copied as it should be.",
    folder=Folder.SECURITY,
    watched_by=Instance.PLATFORM,
    rows=[
        Row(
            title="Certificates",
            panels=[
                number(
                    "Not ready",
                    "Certificates that cert-manager has not got.",
                    Unit.COUNT,
                    'sum(certmanager_certificate_ready_status{@,condition!="True"})',
                    limits=(1, 3),
                ),
                number(
                    "The next to end",
                    "How long the certificate still lives that ends first. They are renewed with a third of their "
                    "life left.",
                    Unit.SECONDS,
                    "min(certmanager_certificate_expiration_timestamp_seconds{@}) - time()",
                    limits=(1209600, 259200),
                ),
                table(
                    "The next ten to end",
                    "Certificates with how long they still live, the shortest first.",
                    Unit.SECONDS,
                    "bottomk(10, min by (cluster, exported_namespace, name, issuer_name) "
                    "(certmanager_certificate_expiration_timestamp_seconds{@})) - time()",
                ),
                graph(
                    "Requests to certificate authorities",
                    "Requests a second to ACME, by the answer. 429 is a limit that was reached.",
                    Unit.REQUESTS,
                    (
                        f"sum by (status, host) (rate(certmanager_http_acme_client_request_count{{@}}{RATE}))",
                        "{{host}} {{status}}",
                    ),
                ),
                graph(
                    "Attempts of cert-manager",
                    "How often a second cert-manager looks at something, by what.",
                    Unit.PER_SECOND,
                    (
                        f"sum by (controller) (rate(certmanager_controller_sync_call_count{{@}}{RATE}))",
                        "{{controller}}",
                    ),
                ),
            ],
        ),
        Row(
            title="Secrets that are copied",
            panels=[
                number(
                    "Not copied",
                    "ExternalSecrets whose Secret is not as in the store.",
                    Unit.COUNT,
                    'sum(externalsecret_status_condition{@,condition="Ready",status="False"}) or vector(0)',
                    limits=(1, 3),
                ),
                table(
                    "Which are not copied",
                    "ExternalSecrets that are not ready.",
                    Unit.COUNT,
                    "sum by (cluster, exported_namespace, name) "
                    '(externalsecret_status_condition{@,condition="Ready",status="False"}) > 0',
                ),
                graph(
                    "Failed copies",
                    "Attempts a second that failed.",
                    Unit.PER_SECOND,
                    (
                        f"sum by (exported_namespace, name) (rate(externalsecret_sync_calls_error{{@}}{RATE}))",
                        "{{exported_namespace}}/{{name}}",
                    ),
                ),
                graph(
                    "Calls to stores",
                    "Calls a second to the stores behind, by the answer.",
                    Unit.REQUESTS,
                    (
                        f"sum by (provider, call, status) (rate(externalsecret_provider_api_calls_count{{@}}{RATE}))",
                        "{{provider}} {{call}} {{status}}",
                    ),
                ),
            ],
        ),
    ],
)
