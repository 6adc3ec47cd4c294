"""Thanos: one answer from all Prometheus instances and the bucket, rules over all of them, a way in for others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.compute.cluster import ClusterOutputs
from components.foundation.account import AccountSettings
from components.kit import chart, object_clients, placement
from components.kit.layer import Layer
from components.kit.monitoring import Instance, watched_by
from components.kit.object_clients import Access
from components.observability.thanos import compactors, parts
from components.observability.thanos.metrics_store import MetricsStoreOutputs
from components.observability.thanos.settings import CHART, FRONTEND_URL, NAMESPACE, REMOTE_WRITE_URL, ThanosSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ThanosOutputs:
    """Where Thanos is asked, and where it is written to.

    Attributes:
        query_url: Of the Query Frontend.
        remote_write_url: Of the router of Receive; empty without.

    """

    query_url: pulumi.Output[str]
    remote_write_url: pulumi.Output[str]


class Thanos(Layer, kind="platform:observability:Thanos"):
    """The parts that a stack asks for, each with a role of its own where it uses the bucket, and the compactors."""

    def __init__(
        self,
        name: str,
        settings: ThanosSettings,
        *,
        rules: Mapping[str, str],
        account: AccountSettings,
        cluster: ClusterOutputs,
        store: MetricsStoreOutputs,
        storage_class: pulumi.Input[str],
        zones: int,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        associated = {
            service_account: object_clients.pod_role(
                self,
                service_account,
                account=account,
                service_account=chart.service_account(CHART, cluster.name, service_account),
                bucket=store.bucket,
                access=access,
            ).complete
            for service_account, access in clients(settings).items()
        }
        files = [self._rules(rules)] if settings.ruler else []
        chart.install(
            self,
            CHART,
            values(settings, rules=rules, storage_class=storage_class, zones=zones),
            depends_on=[
                *files,
                *(made for client, role in associated.items() if client != compactors.ACCOUNT for made in role),
            ],
            # The store reads the whole bucket's headers before it is ready.
            minutes=15,
        )
        compactors.create(self, settings, storage_class=storage_class, depends_on=associated[compactors.ACCOUNT])
        self.outputs = self.publish(
            ThanosOutputs(
                query_url=pulumi.Output.from_input(FRONTEND_URL),
                remote_write_url=pulumi.Output.from_input(REMOTE_WRITE_URL if settings.receive else ""),
            )
        )

    def _rules(self, rules: Mapping[str, str]) -> pulumi.Resource:
        return kubernetes.core.v1.ConfigMap(
            f"{self.pulumi_resource_name}-rules",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=parts.RULES, namespace=NAMESPACE),
            data=dict(rules),
            opts=self.child(),
        )


def clients(settings: ThanosSettings) -> dict[str, Access]:
    """Return the service accounts that use the bucket, as the chart calls them, and what each does there."""
    return {
        "thanos-storegateway": Access.READ,
        compactors.ACCOUNT: Access.MANAGE,
        **({"thanos-receive-ingester": Access.WRITE} if settings.receive else {}),
        **({"thanos-ruler": Access.WRITE} if settings.ruler else {}),
    }


def values(
    settings: ThanosSettings, *, rules: Mapping[str, str], storage_class: pulumi.Input[str], zones: int
) -> dict[str, Any]:
    """Return what differs from the chart's own values.

    Args:
        settings: What the stack decides.
        rules: The files of rules that the Ruler evaluates, by name: a change of them is a change of its pods.
        storage_class: Of every volume.
        zones: How many zones the nodes are in.

    """
    return {
        "global": {
            "nodeSelector": {**placement.GENERAL_NODES},
            "storageClass": storage_class,
            "podSecurityContext": {**placement.RESTRICTED_POD},
            # A role for each, and so an account for each.
            "serviceAccount": {"create": False, "perComponent": True, "automountServiceAccountToken": False},
            # The platform's own rules judge Thanos too.
            "thanosRules": {"enabled": False},
            "serviceMonitor": {"enabled": True, "labels": {**watched_by(Instance.PLATFORM)}},
            "pdb": {"enabled": True, "maxUnavailable": 1},
        },
        # One for each tenant is beyond the chart: `compactors` makes them.
        "compactor": {"enabled": False},
        "query": parts.query(settings),
        "queryFrontend": parts.query_frontend(settings),
        "storegateway": parts.store(settings, zones=zones),
        "receive": parts.receive(settings.receive, replicas=settings.replicas, zones=zones),
        "ruler": parts.ruler(settings, rules, zones=zones) if settings.ruler else {},
    }
