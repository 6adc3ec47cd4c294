"""Vault: servers that agree on every secret, open their own seal, and outlive any one zone."""

from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from components.compute.access import AccessSettings
from components.compute.cluster import ClusterOutputs
from components.foundation.account import AccountSettings
from components.foundation.encryption import EncryptionSettings
from components.kit import chart, identity, snapshot_store
from components.kit.layer import Layer
from components.kit.replication_alarms import Topics
from components.security.vault import access as vault_access
from components.security.vault import permissions as vault_permissions
from components.security.vault import server as vault_server
from components.security.vault import settings as vault_settings
from components.security.vault import snapshots as vault_snapshots
from components.security.vault.settings import (
    ADDRESS,
    BOOTSTRAP_ACCOUNT,
    CA_SECRET,
    NAMESPACE,
    SNAPSHOT_ACCOUNT,
    VaultSettings,
)

# cert-manager's kind: https://cert-manager.io/docs/reference/api-docs/
_CERTIFICATES: Final = "cert-manager.io/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultOutputs:
    """Where Vault is, and who is who.

    Attributes:
        address: Of the server that leads, ``https://vault-active.vault.svc:8200``.
        ca_secret: The Secret in Vault's namespace whose key ``ca.crt`` has the authority that callers trust.
        init_secret_arn: The secret that the bootstrap writes the initial root token and the recovery keys to.
        unseal_key_arn: The KMS key that opens the seal. Without it nothing can ever be read again.
        unseal_replica_arn: Its copy in another region; empty where there is none.
        snapshot_bucket: The bucket with the snapshots.
        snapshot_replica_bucket: Its copy in another region; empty where there is none.
        bootstrap_account: The service account in Vault's namespace that may read and write the secret.
        snapshot_account: The service account that stores snapshots.

    """

    address: pulumi.Output[str]
    ca_secret: pulumi.Output[str]
    init_secret_arn: pulumi.Output[str]
    unseal_key_arn: pulumi.Output[str]
    unseal_replica_arn: pulumi.Output[str]
    snapshot_bucket: pulumi.Output[str]
    snapshot_replica_bucket: pulumi.Output[str]
    bootstrap_account: pulumi.Output[str]
    snapshot_account: pulumi.Output[str]


class Vault(Layer, kind="platform:security:Vault"):
    """The servers with their certificate, the key of their seal, the place for their recovery keys, their snapshots."""

    def __init__(
        self,
        name: str,
        settings: VaultSettings,
        *,
        account: AccountSettings,
        encryption: EncryptionSettings,
        access: AccessSettings,
        zones: int,
        cluster: ClusterOutputs,
        storage_class: pulumi.Input[str],
        issuer: pulumi.Input[str],
        copies_region: str | None,
        copies_topics: Topics,
        retain_data: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)

        def key(role: str, description: str, *, multi_region: bool = False) -> pulumi.Output[str]:
            made = aws.kms.Key(
                f"{name}-{role}",
                description=description,
                enable_key_rotation=True,
                multi_region=multi_region,
                deletion_window_in_days=encryption.deletion_window_days,
                policy=vault_permissions.key_policy(account, retain_data=retain_data),
                tags={"Name": f"{name}-{role}"},
                opts=self.child(protect=retain_data),
            )
            aws.kms.Alias(f"{name}-{role}", target_key_id=made.key_id, opts=self.child())
            return made.arn

        unseal_key = (
            pulumi.Output.from_input(settings.seal_key_arn)
            if settings.seal_key_arn
            # Only a key made so can ever have a replica, by which a snapshot could be read in another region.
            else key("unseal", "The seal of Vault", multi_region=True)
        )
        safe_key = key("safe", "Vault's recovery keys and snapshots")
        kept = snapshot_store.create(
            self,
            key_arn=safe_key,
            days=settings.snapshots.retention_days,
            mode=settings.snapshots.lock,
            retain_data=retain_data,
        )
        copy = (
            kept.copied(
                self,
                copies_region,
                account=account,
                description="Vault's recovery keys and snapshots, copied from another region",
                key_policy=vault_permissions.key_policy(account, retain_data=retain_data),
                deletion_window_days=encryption.deletion_window_days,
                topics=copies_topics,
            )
            if copies_region
            else None
        )

        replica = (
            aws.kms.ReplicaKey(
                f"{name}-unseal-replica",
                region=copies_region,
                primary_key_arn=unseal_key,
                description="The seal of Vault, copied from another region",
                deletion_window_in_days=encryption.deletion_window_days,
                policy=vault_permissions.key_policy(account, retain_data=retain_data),
                tags={"Name": f"{name}-unseal-replica"},
                opts=self.child(protect=retain_data),
            )
            # A copy has no copies: KMS makes them where the key itself is.
            if copies_region and not settings.seal_key_arn
            else None
        )

        server = identity.pod_role(
            self,
            vault_settings.CHART,
            account=account,
            service_account=chart.service_account(vault_settings.CHART, cluster.name),
            permissions=identity.Permissions(statements=vault_permissions.unsealing(unseal_key)),
        )
        secret = aws.secretsmanager.Secret(
            f"{name}-init",
            description="Vault's recovery keys and initial root token; Vault's bootstrap writes it",
            kms_key_id=safe_key,
            # As long as the key that it is encrypted under, and whatever is retained: without it no snapshot is ever
            # opened, and the `up` before a destroy must not give it up. Its name is nobody else's, so nothing waits.
            recovery_window_in_days=encryption.deletion_window_days,
            # Who restores a snapshot elsewhere needs the keys of the Vault that it was taken of.
            replicas=[aws.secretsmanager.SecretReplicaArgs(region=copy.region, kms_key_id=copy.key_arn)]
            if copy
            else None,
            tags={"Name": f"{name}-init"},
            opts=self.child(protect=retain_data),
        )
        bootstrap = identity.pod_role(
            self,
            BOOTSTRAP_ACCOUNT,
            account=account,
            service_account=chart.service_account(vault_settings.CHART, cluster.name, BOOTSTRAP_ACCOUNT),
            permissions=identity.Permissions(
                statements=[
                    *vault_permissions.keeping_keys(account, secret.arn, key=safe_key),
                    *vault_access.first_credentials(settings.access),
                ]
            ),
        )
        aws.secretsmanager.SecretPolicy(
            f"{name}-init",
            secret_arn=secret.arn,
            policy=vault_permissions.secret_policy(access, bootstrap.arn),
            block_public_policy=True,
            opts=self.child(),
        )
        certificate = kubernetes.apiextensions.CustomResource(
            f"{name}-certificate",
            api_version=_CERTIFICATES,
            kind="Certificate",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=CA_SECRET, namespace=NAMESPACE),
            spec=vault_server.certificate(issuer),
            opts=self.child(),
        )
        chart.install(
            self,
            vault_settings.CHART,
            values(
                settings,
                region=account.region,
                zones=zones,
                unseal_key=unseal_key,
                storage_class=storage_class,
                retain_data=retain_data,
            ),
            depends_on=[*server.complete, certificate],
            # Nobody is ready before Vault is initialised, which happens after the release.
            wait=False,
        )
        vault_snapshots.fill(self, settings, kept.bucket, account=account, cluster=cluster, key_arn=safe_key)
        none = pulumi.Output.from_input("")
        self.outputs = self.publish(
            VaultOutputs(
                address=pulumi.Output.from_input(ADDRESS),
                ca_secret=pulumi.Output.from_input(CA_SECRET),
                init_secret_arn=secret.arn,
                unseal_key_arn=unseal_key,
                unseal_replica_arn=replica.arn if replica else none,
                snapshot_bucket=kept.bucket.name,
                snapshot_replica_bucket=copy.store.name if copy else none,
                bootstrap_account=pulumi.Output.from_input(BOOTSTRAP_ACCOUNT),
                snapshot_account=pulumi.Output.from_input(SNAPSHOT_ACCOUNT),
            )
        )


def values(
    settings: VaultSettings,
    *,
    region: str,
    zones: int,
    unseal_key: pulumi.Input[str],
    storage_class: pulumi.Input[str],
    retain_data: bool,
) -> dict[str, Any]:
    """Return what differs from the chart's own values."""
    keep = "Retain" if retain_data else "Delete"
    return {
        "global": {"tlsDisable": False},
        "injector": {"enabled": False},
        "server": {
            # From AWS: Docker Hub counts the pulls of a NAT gateway's address.
            "image": {"repository": vault_server.IMAGE},
            "resources": {"requests": {"cpu": "250m", "memory": "512Mi"}, "limits": {"memory": "1Gi"}},
            **vault_server.placement(settings.replicas, zones),
            **vault_server.pod(),
            "extraEnvironmentVars": {
                "VAULT_AWSKMS_SEAL_KEY_ID": unseal_key,
                "AWS_REGION": region,
                # For people in the pod: `vault status`.
                "VAULT_CACERT": f"{vault_server.TLS}/ca.crt",
            },
            # A server that is sealed or not initialised has no address but its own.
            "service": {"publishNotReadyAddresses": False},
            "dataStorage": {"size": f"{settings.data_gib}Gi", "storageClass": storage_class},
            "auditStorage": {"enabled": True, "size": f"{settings.audit_gib}Gi", "storageClass": storage_class},
            "persistentVolumeClaimRetentionPolicy": {"whenDeleted": keep, "whenScaled": "Retain"},
            "extraContainers": [vault_server.keeper(audit_mib=settings.audit_gib * 1024 // 3)],
            "standalone": {"enabled": False},
            "ha": {
                "enabled": True,
                "replicas": settings.replicas,
                # A name, for whoever is sent to the leader: the chart's choice is an address, which no certificate has.
                "apiAddr": vault_server.OWN_ADDRESS,
                "raft": {"enabled": True, "setNodeId": True, "config": vault_server.configuration(settings.replicas)},
                # The chart lets two of five go at once: a third that fails would take the quorum.
                "disruptionBudget": {"maxUnavailable": 1},
            },
        },
    }
