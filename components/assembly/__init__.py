"""The only wiring: makes each layer once and passes its outputs on."""

from typing import Any

import pulumi

from components.assembly import cost, recovery
from components.assembly.ground import Ground
from components.assembly.observability import Observability
from components.assembly.resilience import Resilience
from components.assembly.security import Security
from components.assembly.systems import Systems
from components.compute import address_budget, kubeconfig
from components.resilience.destroy_guard import DestroyGuard
from settings import PlatformSettings


class Platform:
    """One environment's platform, from the network up.

    Attributes:
        outputs: What the stack exports, by name; names are a contract with scripts and other stacks.

    """

    def __init__(self, settings: PlatformSettings) -> None:
        ground = Ground(settings)
        systems = Systems(settings, ground)
        security = Security(settings, ground, systems)
        observability = Observability(settings, ground, systems, security)
        resilience = Resilience(settings, ground, systems, security)
        held = cost.layers(settings, ground, systems, security)
        DestroyGuard(
            "destroy-guard",
            retain_data=settings.retain_data,
            guards=[
                *(layer for tier in (ground, systems, security, observability, resilience) for layer in tier.layers),
                *held,
            ],
        )
        self.outputs: dict[str, Any] = {
            "vpc_id": ground.network.outputs.vpc_id,
            "public_subnet_ids": ground.network.outputs.public_subnet_ids,
            "node_subnet_ids": ground.network.outputs.node_subnet_ids,
            "pod_subnet_ids": ground.network.outputs.pod_subnet_ids,
            "flow_logs_bucket": ground.flow_logs.outputs.bucket_name,
            "cluster_name": ground.cluster.outputs.name,
            "cluster_arn": ground.cluster.outputs.arn,
            "cluster_endpoint": ground.cluster.outputs.endpoint,
            "cluster_version": ground.cluster.outputs.version,
            "cluster_security_group_id": ground.cluster.outputs.security_group_id,
            "oidc_issuer": ground.cluster.outputs.oidc_issuer,
            "node_role_arn": ground.nodes.outputs.role_arn,
            "address_budget": [
                each.told for each in address_budget.demands(settings.network, settings.nodes, settings.cilium.routing)
            ],
            "entry_domains": systems.entry.outputs.domains,
            **({"example_app_url": systems.example.outputs.url} if systems.example else {}),
            **(
                {
                    "vault_address": security.vault.outputs.address,
                    "vault_init_secret_arn": security.vault.outputs.init_secret_arn,
                    "vault_snapshots_bucket": security.vault.outputs.snapshot_bucket,
                }
                if security.vault
                else {}
            ),
            **({"grafana_urls": observability.grafana.outputs.urls} if observability.grafana else {}),
            **({"backup_bucket": resilience.backup_store.outputs.bucket_name} if resilience.backup_store else {}),
            **({"recovery": told} if (told := recovery.told(settings, security, observability, resilience)) else {}),
            "kubeconfig": kubeconfig.render(ground.cluster.outputs, settings.account.region),
            "update_kubeconfig_command": pulumi.Output.concat(
                "aws eks update-kubeconfig --region ", settings.account.region, " --name ", ground.cluster.outputs.name
            ),
        }
