"""Reckons what a stack costs in a month: by type of resource, and of every type that it is priced, free or neither."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any, Final

from cost import network, nodes, services, volumes
from cost.lines import Estimate, Line, Unpriced, Unread
from cost.stack import Entry, Found, NotKnownError, Stack
from cost.tables import Assumptions, assumptions, free, prices, unpriced

Reckoning = Callable[[Stack, Entry], Iterator[Found]]

_MONITORING: Final = "kubernetes:monitoring.coreos.com/v1"


def _release(stack: Stack, entry: Entry) -> Iterator[Found]:
    return chain(volumes.release(stack, entry), network.controller(stack, entry))


BY_TYPE: Final[Mapping[str, Reckoning]] = {
    "aws:cloudwatch/logGroup:LogGroup": services.log_group,
    "aws:ec2/eip:Eip": network.address,
    "aws:ec2/flowLog:FlowLog": services.flow_log,
    "aws:ec2/natGateway:NatGateway": network.nat_gateway,
    "aws:ec2/vpc:Vpc": network.vpc,
    "aws:ec2/vpcEndpoint:VpcEndpoint": network.endpoint,
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment": network.attachment,
    "aws:cloudwatch/metricAlarm:MetricAlarm": services.alarm,
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": services.image_scanning,
    "aws:eks/cluster:Cluster": services.cluster,
    "aws:eks/nodeGroup:NodeGroup": nodes.node_group,
    "aws:guardduty/detector:Detector": services.detector,
    "aws:guardduty/detectorFeature:DetectorFeature": services.detector_feature,
    "aws:kms/key:Key": services.key,
    "aws:kms/replicaKey:ReplicaKey": services.replica_key,
    "aws:rds/instance:Instance": services.database,
    "aws:route53/zone:Zone": services.zone,
    "aws:s3/bucket:Bucket": services.bucket,
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": services.replication,
    "aws:secretsmanager/secret:Secret": services.secret,
    "aws:sqs/queue:Queue": services.queue,
    "kubernetes:apps/v1:StatefulSet": volumes.stateful_set,
    "kubernetes:core/v1:PersistentVolumeClaim": volumes.claim,
    "kubernetes:core/v1:Service": network.service,
    "kubernetes:elbv2.k8s.aws/v1beta1:IngressClassParams": network.ingress_class,
    "kubernetes:gateway.networking.k8s.io/v1:Gateway": network.gateway,
    "kubernetes:helm.sh/v3:Release": _release,
    f"{_MONITORING}:Alertmanager": volumes.operated,
    f"{_MONITORING}:Prometheus": volumes.operated,
}
"""How a type's cost is reckoned. Other Kubernetes types cost nothing but the nodes they run on."""


def estimate(
    resources: Iterable[Mapping[str, Any]],
    *,
    today: date | None = None,
    support: Mapping[str, date] | None = None,
    assumed: Assumptions | None = None,
    region: str = "",
) -> Estimate:
    """Return what a stack costs in a month, in US dollars at list prices.

    Args:
        resources: The entries of its graph.
        today: The day it is for; today unless given.
        support: The day from which EKS charges a Kubernetes minor as extended support, by minor; of a minor that is
            not there, standard support is assumed.
        assumed: What is assumed of usage; the assumptions of this package unless given.
        region: The region to take prices for where neither a provider nor a subnet among the resources says it.

    """
    stack = Stack(
        resources=list(resources),
        prices=prices(),
        assumed=assumed or assumptions(),
        today=today or datetime.now(tz=UTC).date(),
        support=support or {},
        chosen=region,
    )
    found = [each for entry in stack.resources for each in _reckoned(stack, entry)]
    return Estimate(
        lines=[each for each in found if isinstance(each, Line)],
        unpriced=[each for each in found if isinstance(each, Unpriced)],
        unread=[each for each in found if isinstance(each, Unread)],
        region=stack.region,
    )


def _reckoned(stack: Stack, entry: Entry) -> Iterator[Found | Unread]:
    token = entry["type"]
    if reckoning := BY_TYPE.get(token):
        try:
            # Nothing is taken of what is not known whole: half of a sum would look like one.
            found = list(reckoning(stack, entry))
        except NotKnownError as error:
            yield Unread(entry["urn"], str(error))
        else:
            yield from (each for each in found if isinstance(each, Unpriced) or each.usd)
    elif token in unpriced():
        yield stack.without(entry, unpriced()[token])
    elif token.startswith("aws:") and token not in free():
        yield stack.without(entry, "nothing is known of what this type costs")
