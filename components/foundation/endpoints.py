"""VPC endpoints: the private ways to AWS's own services, each with who calls it and whom it lets through."""

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Network
from typing import Final

import pulumi
import pulumi_aws as aws

from components.foundation.account import AccountSettings
from components.kit import iam
from components.kit.layer import Layer

CALLERS: Final[Mapping[str, Mapping[str, str]]] = {
    "nodes": {
        "ec2": "a node asks for its own name before it registers",
        "ecr.api": "the kubelet gets its credentials for images",
        "ecr.dkr": "containerd reads what an image is made of (the layers come from S3)",
        "eks": "a node asks for its cluster's address and certificate",
    },
    "workloads": {"sts": "a pod assumes a role by web identity or in another account"},
    "cilium": {"ec2": "its operator attaches network interfaces and addresses for pods"},
    "eks-pod-identity-agent": {"eks-auth": "it exchanges a pod's token for the credentials of its role"},
    "aws-ebs-csi-driver": {"ec2": "it makes, attaches and grows volumes"},
    "cluster-autoscaler": {
        "autoscaling": "it reads and sizes the groups",
        "ec2": "it reads instance types and launch templates",
        "eks": "it reads labels and taints of groups without nodes",
    },
    "karpenter": {
        "ec2": "it launches and ends nodes",
        "eks": "it reads its cluster's address",
        "sqs": "it hears of interruptions",
        "ssm": "it reads which machine image a release is",
    },
    "aws-load-balancer-controller": {
        "ec2": "it finds subnets and nodes and makes security groups",
        "elasticloadbalancing": "it makes load balancers and tells them of nodes",
    },
    "falcosidekick": {
        "logs": "it keeps alerts in a log group",
        "sns": "it publishes alerts to a topic",
        "sts": "it asks who it is before it starts",
    },
    # Its list of prices has no endpoint, and is read over the way out that it needs.
    "opencost": {"ec2": "it reads what Spot nodes cost"},
    "trivy-operator": {
        "ecr.api": "its scans get credentials for images",
        "ecr.dkr": "its scans read what an image is made of",
    },
    "cert-manager": {},
    "external-dns": {},
    "kyverno": {
        "ecr.api": "it signs in to the registry that holds images' signatures",
        "ecr.dkr": "it fetches images' signatures",
    },
    "vault": {
        "kms": "its servers open their seal",
        "secretsmanager": "its bootstrap keeps the recovery keys",
    },
    "external-secrets": {"secretsmanager": "it reads what ExternalSecrets ask for"},
    "velero": {},
    "kasten": {"sts": "it takes its role by a token of its service account"},
    "coredns": {},
    "snapshot-controller": {},
}
"""What calls which AWS service and why, by the component that a stack deploys; whoever calls none is listed as well.

https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
"""

_SERVICE_PREFIXES: Final = {"ecr.api": "ecr", "ecr.dkr": "ecr"}

# Registries redirect a pull from inside AWS to a bucket of the same region, which the gateway endpoint then judges. The
# request is signed by the registry or not at all, so it is nobody's of this account.
_LAYER_BUCKETS: Final = {
    # https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms
    "prod-{region}-starport-layer-bucket": "ECR",
    # https://github.com/kubernetes/registry.k8s.io/issues/245
    "prod-registry-k8s-io-{region}": "registry.k8s.io",
    # https://docs.aws.amazon.com/linux/al2023/ug/managing-repos-os-updates.html
    "al2023-repos-{region}-de612dc2": "Amazon Linux 2023's packages",
}


def services(callers: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the services that need an interface endpoint, each with who calls it and why.

    Args:
        callers: What a stack deploys, by its name in `CALLERS`.

    Raises:
        ValueError: nobody has said yet what a caller calls.

    """
    needed: dict[str, dict[str, str]] = {}
    for caller in callers:
        if caller not in CALLERS:
            raise ValueError(f"which AWS services {caller} calls is not known; add it to CALLERS in endpoints.py")
        for service, why in CALLERS[caller].items():
            needed.setdefault(service, {})[caller] = why
    return dict(sorted(needed.items()))


def gateway(layer: Layer, vpc: aws.ec2.Vpc, *, account: AccountSettings, tables: Sequence[aws.ec2.RouteTable]) -> None:
    """Reach S3, where ECR keeps image layers, without passing (and paying) a NAT gateway."""
    name = layer.pulumi_resource_name
    aws.ec2.VpcEndpoint(
        f"{name}-s3",
        vpc_id=vpc.id,
        service_name=f"com.amazonaws.{account.region}.s3",
        vpc_endpoint_type="Gateway",
        route_table_ids=[table.id for table in tables],
        policy=iam.document([own_principals(account, "s3"), image_layers(account)]),
        tags={"Name": f"{name}-s3"},
        opts=layer.child(),
    )


def interfaces(
    layer: Layer,
    vpc: aws.ec2.Vpc,
    *,
    account: AccountSettings,
    callers: Iterable[str],
    subnets: Sequence[aws.ec2.Subnet],
    clients: Mapping[str, IPv4Network],
) -> None:
    """Reach the services a stack's components call from a VPC that has no way out.

    Args:
        layer: The layer the endpoints belong to.
        vpc: Where they are made.
        account: Whose principals may use them, and the region whose services they reach.
        callers: What the stack deploys, by its name in `CALLERS`.
        subnets: Where their network interfaces live, one subnet for each zone.
        clients: The VPC's address blocks that may call them, by who lives there.

    """
    name = layer.pulumi_resource_name
    group = _reachable_from(layer, vpc, clients)
    for service, whose in services(callers).items():
        aws.ec2.VpcEndpoint(
            f"{name}-{service.replace('.', '-')}",
            vpc_id=vpc.id,
            service_name=f"com.amazonaws.{account.region}.{service}",
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=[subnet.id for subnet in subnets],
            security_group_ids=[group.id],
            policy=policy(account, service),
            tags={"Name": f"{name}-{service}", "platform/callers": " ".join(sorted(whose))},
            opts=layer.child(),
        )


def _reachable_from(layer: Layer, vpc: aws.ec2.Vpc, clients: Mapping[str, IPv4Network]) -> aws.ec2.SecurityGroup:
    name = layer.pulumi_resource_name
    group = aws.ec2.SecurityGroup(
        f"{name}-endpoints",
        description="Interface endpoints: HTTPS from inside the VPC",
        vpc_id=vpc.id,
        tags={"Name": f"{name}-endpoints"},
        opts=layer.child(),
    )
    for who, block in clients.items():
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-endpoints-{who}",
            security_group_id=group.id,
            description=f"HTTPS from {who}",
            cidr_ipv4=str(block),
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            opts=layer.child(),
        )
    return group


def policy(account: AccountSettings, service: str) -> pulumi.Output[str]:
    """Return the policy of a service's interface endpoint."""
    statements = [own_principals(account, _SERVICE_PREFIXES.get(service, service))]
    if service == "sts":
        statements.append(web_identity(account))
    return iam.document(statements)


def own_principals(account: AccountSettings, prefix: str) -> iam.Statement:
    """Let the account's own principals through, so that stolen data cannot leave with another account's credentials.

    What each of them may do is up to its IAM policies; an endpoint's policy grants nothing.
    """
    return iam.Statement(
        sid="OwnPrincipals",
        actions=[f"{prefix}:*"],
        resources=["*"],
        principals={"AWS": ["*"]},
        conditions={"StringEquals": {"aws:PrincipalAccount": [account.id]}},
        wildcard_reason="the condition narrows who may call; on what is for the caller's own policies to say",
    )


def web_identity(account: AccountSettings) -> iam.Statement:
    """Let pods exchange a token for a role of the account: such a request is not signed, it has no principal yet."""
    return iam.Statement(
        sid="WebIdentity",
        actions=["sts:AssumeRoleWithWebIdentity"],
        resources=[f"arn:{account.partition}:iam::{account.id}:role/*"],
        principals={"AWS": ["*"]},
    )


def image_layers(account: AccountSettings) -> iam.Statement:
    """Let nodes read the buckets to which registries redirect them."""
    buckets = (bucket.format(region=account.region) for bucket in _LAYER_BUCKETS)
    return iam.Statement(
        sid="ImageLayers",
        actions=["s3:GetObject"],
        resources=[f"arn:{account.partition}:s3:::{bucket}/*" for bucket in buckets],
        principals={"AWS": ["*"]},
    )
