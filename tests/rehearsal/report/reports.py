"""A report of a rehearsal in which nothing went wrong, small enough to read."""

from rehearsal.report.model import (
    AwsResources,
    BringUp,
    KubernetesObjects,
    Left,
    Phase,
    Policies,
    Report,
    Step,
)

CHAIN = (
    Step("network-vpc", "aws:ec2/vpc:Vpc", 12),
    Step("cluster", "aws:eks/cluster:Cluster", 606),
    Step("nodes-system", "aws:eks/nodeGroup:NodeGroup", 120),
)

PASSED = Report(
    stack="dev",
    engine_version="v3.256.0",
    kubernetes_version="v1.36.3",
    resources=12,
    phases=(
        Phase("preview", 1.84, create=12),
        Phase("up", 4.4, create=12),
        Phase("up-again", 2.1, same=12),
        Phase("destroy-refused", 1.0, same=12, note="1 resource is protected"),
        Phase("destroy", 5.7, delete=11),
    ),
    bring_up=BringUp(
        minutes=738 / 60,
        floor_minutes=823 / 60,
        path=CHAIN,
        estimated=10,
        defaulted={"aws:grafana/workspace:Workspace": 1},
    ),
    kubernetes_objects=KubernetesObjects(accepted=3),
    aws_resources=AwsResources(
        emulated={"aws:ec2/vpc:Vpc": 1, "aws:ec2/subnet:Subnet": 3},
        modelled={"aws:eks/podIdentityAssociation:PodIdentityAssociation": 2, "aws:ec2/flowLog:FlowLog": 1},
    ),
    policies=Policies(advisory=1, messages=("log-retention: cluster-logs keeps logs 30 days, 90 are advised",)),
    left_behind=(Left("aws:kms/key:Key encryption-logs", "AWS", "a key outlives what it encrypts"),),
    planted_secrets=2,
)
