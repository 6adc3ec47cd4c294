"""What holds a stack's cost: its budget, the prices of what runs, and what each namespace for users may take."""

from typing import TYPE_CHECKING

from components.assembly import cost_flows
from components.assembly.ground import Ground
from components.assembly.security import Security
from components.assembly.systems import Systems
from components.capacity.cost.anomalies import Anomalies
from components.capacity.cost.budgets import Budgets
from components.capacity.cost.namespace_quotas import NamespaceQuotas
from components.capacity.cost.opencost import OpenCost
from components.networking import example_app
from components.security.secrets import example as secrets_example
from components.security.secrets.example import SecretsExample
from settings import PlatformSettings

if TYPE_CHECKING:
    from components.kit.layer import Layer


def layers(settings: PlatformSettings, ground: Ground, systems: Systems, security: Security) -> "list[Layer]":
    """Return the layers of the stack's cost, as far as the settings ask for them."""
    chosen = settings.cost
    made: list[Layer] = []
    # Who is told of money needs nothing of the stack.
    if chosen.budget:
        made.append(
            Budgets(
                "budgets",
                chosen.budget,
                cluster_name=settings.cluster.name,
                account=settings.account,
                subscribers=chosen.subscribers,
                opts=ground.after(),
            )
        )
    if chosen.anomalies:
        made.append(
            Anomalies(
                "anomalies",
                chosen.anomalies,
                cluster_name=settings.cluster.name,
                subscribers=chosen.subscribers,
                opts=ground.after(),
            )
        )
    if chosen.opencost.enabled:
        made.append(
            OpenCost(
                "opencost",
                cluster_name=settings.cluster.name,
                source=cost_flows.source(settings),
                account=settings.account,
                cluster=ground.cluster.outputs,
                opts=ground.after(systems.policies),
            )
        )
    made += _quotas(settings, ground, systems, security)
    return made


def _quotas(settings: PlatformSettings, ground: Ground, systems: Systems, security: Security) -> "list[Layer]":
    """Return the quotas of the namespaces of grants, and those of the example apps, which come with the entry."""
    examples: dict[str, Layer] = {}
    if systems.example:
        examples[example_app.NAMESPACE] = systems.example
    for layer in security.layers:
        if isinstance(layer, SecretsExample):
            examples[secrets_example.NAMESPACE] = layer
    granted = settings.cluster.access.namespaces
    sets = {
        "namespace-quotas": (granted, (security.rights,)),
        "example-quotas": (tuple(examples), tuple(examples.values())),
    }
    return [
        NamespaceQuotas(name, settings.cost.quotas, namespaces=namespaces, opts=ground.after(*homes))
        for name, (namespaces, homes) in sets.items()
        if namespaces
    ]
