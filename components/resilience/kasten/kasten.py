"""Kasten: the classes of backup by another program, in the same bucket."""

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.compute.cluster import ClusterOutputs
from components.foundation.account import AccountSettings
from components.kit import chart, custom_object, iam, identity, object_clients
from components.kit.layer import Layer
from components.kit.object_clients import Access, Bucket
from components.resilience.backup import enrolment
from components.resilience.backup.settings import BackupSettings
from components.resilience.backup.store import BackupStoreOutputs
from components.resilience.kasten import policies, promises
from components.resilience.kasten import values as chart_values
from components.resilience.kasten.settings import ACCOUNT, CHART, CREDENTIALS, NAMESPACE, KastenSettings

# https://github.com/kanisterio/kanister/blob/master/pkg/aws/aws.go
_REASON: Final = "its library takes keys or a web identity token, and no other credentials"


@dataclass(frozen=True, slots=True, kw_only=True)
class KastenOutputs:
    """What whoever restores must know.

    Attributes:
        namespace: Where Kasten's objects are.
        policies: The Policies of the classes.

    """

    namespace: pulumi.Output[str]
    policies: pulumi.Output[list[str]]


class Kasten(Layer, kind="platform:resilience:Kasten"):
    """K10 with the bucket as its one location, and Policies for each class."""

    def __init__(
        self,
        name: str,
        settings: BackupSettings,
        kasten: KastenSettings,
        *,
        account: AccountSettings,
        cluster: ClusterOutputs,
        store: BackupStoreOutputs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        role = identity.irsa_role(
            self,
            CHART,
            account=account,
            provider=identity.oidc_provider(self, cluster.oidc_issuer),
            service_account=chart.service_account(CHART, cluster.name, ACCOUNT),
            permissions=identity.Permissions(statements=permissions(account, store.bucket)),
            reason=_REASON,
        )
        release = chart.install(
            self,
            CHART,
            chart_values.values(kasten, cluster=cluster.name, plans=settings.plans.values()),
            depends_on=[*role.complete, self._account(role.arn)],
        )
        location = custom_object.create(
            self,
            "location",
            policies.profile(store.bucket, account.region),
            depends_on=[release, self._credentials(role.arn)],
        )
        wanted = policies.of_classes(settings)
        for manifest in (*wanted, policies.catalogue()):
            custom_object.create(self, manifest["metadata"]["name"], manifest, depends_on=[release, location])
        if settings.storage_classes:
            custom_object.create(self, policies.TRANSFORMS, policies.transforms(settings), depends_on=[release])
        enrolment.judge(self)
        promises.create(self, settings)
        self.outputs = self.publish(
            KastenOutputs(
                namespace=pulumi.Output.from_input(NAMESPACE),
                policies=pulumi.Output.from_input([each["metadata"]["name"] for each in wanted]),
            )
        )

    def _account(self, role_arn: pulumi.Output[str]) -> pulumi.Resource:
        return kubernetes.core.v1.ServiceAccount(
            f"{self.pulumi_resource_name}-{ACCOUNT}",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=ACCOUNT,
                namespace=NAMESPACE,
                annotations={
                    "eks.amazonaws.com/role-arn": role_arn,
                    # The policy account-without-web-identity asks for it.
                    "platform/why-web-identity": "Kasten takes keys or a web identity token, and no other credentials",
                },
            ),
            opts=self.child(),
        )

    def _credentials(self, role_arn: pulumi.Output[str]) -> pulumi.Resource:
        return kubernetes.core.v1.Secret(
            f"{self.pulumi_resource_name}-{CREDENTIALS}",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=CREDENTIALS, namespace=NAMESPACE),
            type="secrets.kanister.io/aws",
            # The role that its pods have already: it is neither taken anew nor a secret.
            string_data={"role": role_arn},
            opts=self.child(),
        )


def permissions(account: AccountSettings, bucket: Bucket) -> list[iam.Statement]:
    """Let Kasten manage its own objects, and erase no version of them.

    It needs nothing of EC2: snapshots and volumes are made by the CSI driver. Kasten's own list has more, to read and
    write the bucket's policy, which is the platform's: https://docs.kasten.io/latest/install/aws/aws_permissions/
    """
    where = iam.Statement(sid="FindTheBucket", actions=["s3:GetBucketLocation"], resources=[bucket.arn])
    return [*object_clients.statements(account, bucket, Access.MANAGE), where]
