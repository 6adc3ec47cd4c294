"""Which alerts nobody needs to be told of while another fires that explains them."""

from typing import Any, Final

from components.kit.monitoring import Owner, Severity

NODE_DOWN: Final = ("KubeNodeNotReady", "KubeNodeUnreachable", "NodeDown")
"""The alerts that say that a node is gone, with its name in the label `node`."""

CLUSTER_DOWN: Final = ("KubeAPIDown",)
"""The alerts that say that a whole cluster cannot be judged."""

# What tells two alerts of a name apart. A label that neither has counts as equal, so the list may be long; one that
# is missing here would let one disk's critical alert hide another's warning.
SAME_THING: Final = (
    "cluster",
    "alertname",
    "namespace",
    "node",
    "instance",
    "device",
    "mountpoint",
    "job",
    "service",
    "pod",
    "container",
    "deployment",
    "statefulset",
    "daemonset",
    "persistentvolumeclaim",
    "name",
    "slo",
)

# An attack is told of whatever else happens; it may be what happens.
_NOT_SECURITY: Final = f'owner!="{Owner.SECURITY}"'


def inhibitions() -> list[dict[str, Any]]:
    """Return the rules as Alertmanager reads them."""
    lesser = f'severity=~"{Severity.WARNING}|{Severity.INFO}"'
    return [
        {
            "source_matchers": [f'severity="{Severity.CRITICAL}"'],
            "target_matchers": [lesser],
            "equal": [*SAME_THING],
        },
        {
            "source_matchers": [f'severity="{Severity.WARNING}"'],
            "target_matchers": [f'severity="{Severity.INFO}"'],
            "equal": [*SAME_THING],
        },
        {
            "source_matchers": [f'alertname=~"{"|".join(NODE_DOWN)}"'],
            # Without a node's name both would be equal, and every pod's alert would be silent.
            "target_matchers": ['node!=""', 'pod!=""', f'alertname!~"{"|".join(NODE_DOWN)}"', _NOT_SECURITY],
            "equal": ["cluster", "node"],
        },
        {
            "source_matchers": [f'alertname=~"{"|".join(CLUSTER_DOWN)}"'],
            "target_matchers": [lesser, _NOT_SECURITY],
            "equal": ["cluster"],
        },
    ]
