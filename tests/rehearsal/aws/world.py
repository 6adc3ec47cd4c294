"""A small platform in AWS, built through the stand-in alone, for tests to lean on."""

import json
from typing import Any

from rehearsal.aws.emulator import Emulator
from rehearsal.aws.provider import AwsStandIn
from rehearsal.providers.standin import Failure, Properties, Resource

ASSOCIATION = "ec2/routeTableAssociation:RouteTableAssociation"
REGION = "eu-central-1"
ZONES = ("eu-central-1a", "eu-central-1b")


def trust(*services: str, actions: tuple[str, ...] = ("sts:AssumeRole", "sts:TagSession")) -> str:
    """Return a role's trust policy."""
    return policy(*({"Principal": {"Service": service}, "Action": list(actions)} for service in services))


def policy(*statements: dict[str, Any]) -> str:
    """Return a policy document that allows what the statements say."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **item} for item in statements]})


class World:
    """One account, and what was made in it, by logical name."""

    def __init__(self, emulator: Emulator, account: str) -> None:
        self.account = account
        self.aws = AwsStandIn(emulator)
        self.made: dict[str, tuple[Resource, str, Properties]] = {}

    def configure(self, **settings: Any) -> None:
        """Make this account the provider's."""
        self.aws.configure({"region": REGION, "allowedAccountIds": json.dumps([self.account]), **settings})

    def check(self, token: str, name: str = "thing", /, **inputs: Any) -> tuple[Properties, list[Failure]]:
        """Judge as the engine would in a preview."""
        return self.aws.check(self.resource(token, name), inputs, olds={}, seed=b"")

    def create(self, token: str, name: str = "thing", /, **inputs: Any) -> tuple[str, Properties]:
        """Check and create as the engine would; a fault of the inputs fails the test."""
        checked, failures = self.check(token, name, **inputs)
        assert failures == []
        made, outputs = self.aws.create(self.resource(token, name), checked, preview=False)
        return made, outputs

    def make(self, token: str, name: str, /, **inputs: Any) -> str:
        """Create, remember and return the id."""
        identifier, outputs = self.create(token, name, **inputs)
        self.made[name] = (self.resource(token, name), identifier, outputs)
        return identifier

    def outputs(self, name: str) -> Properties:
        """Return all outputs of something made."""
        return self.made[name][2]

    def delete(self, name: str) -> None:
        """Delete one thing."""
        resource, identifier, outputs = self.made[name]
        self.aws.delete(resource, identifier, outputs)
        del self.made[name]

    def delete_all(self) -> None:
        """Delete everything, the last made first."""
        for name in reversed(list(self.made)):
            self.delete(name)

    @staticmethod
    def resource(token: str, name: str) -> Resource:
        """Return the resource of a token without the package's name and a logical name."""
        return Resource(urn=f"urn:pulumi:test::platform::aws:{token}::{name}", type=f"aws:{token}", name=name)

    def build(self) -> None:
        """Make a network, roles, a key, a cluster and a node group."""
        self.configure()
        self.network()
        self.identities()
        self.cluster()

    def network(self) -> None:
        """Make a VPC with a public and a private subnet in each of two zones, and the ways out."""
        vpc = self.make("ec2/vpc:Vpc", "vpc", cidrBlock="10.0.0.0/16", enableDnsHostnames=True)
        self.make(
            "ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", "pods", vpcId=vpc, cidrBlock="100.64.0.0/16"
        )
        gateway = self.make("ec2/internetGateway:InternetGateway", "igw", vpcId=vpc)
        for number, zone in enumerate(ZONES):
            for kind, block in (("public", number), ("private", number + 16)):
                cidr = f"10.0.{block}.0/24"
                self.make("ec2/subnet:Subnet", f"{kind}-{zone}", vpcId=vpc, cidrBlock=cidr, availabilityZone=zone)
        address = self.make("ec2/eip:Eip", "eip", domain="vpc")
        public = self.identifier(f"public-{ZONES[0]}")
        nat = self.make("ec2/natGateway:NatGateway", "nat", allocationId=address, subnetId=public)
        routes = [{"cidrBlock": "0.0.0.0/0", "gatewayId": gateway}]
        table = self.make("ec2/routeTable:RouteTable", "public", vpcId=vpc, routes=routes)
        private = self.make("ec2/routeTable:RouteTable", "private", vpcId=vpc)
        self.make("ec2/route:Route", "out", routeTableId=private, destinationCidrBlock="0.0.0.0/0", natGatewayId=nat)
        for zone in ZONES:
            for kind, chosen in (("public", table), ("private", private)):
                subnet = self.identifier(f"{kind}-{zone}")
                self.make(ASSOCIATION, f"{kind}-{zone}-table", routeTableId=chosen, subnetId=subnet)
        self.make("ec2/securityGroup:SecurityGroup", "group", vpcId=vpc, description="endpoints")

    def identities(self) -> None:
        """Make a role that EKS, its nodes and its pods may assume, and a key."""
        document = trust("eks.amazonaws.com", "ec2.amazonaws.com", "pods.eks.amazonaws.com")
        self.make("iam/role:Role", "role", name="platform", assumeRolePolicy=document)
        self.make("kms/key:Key", "key", description="state", enableKeyRotation=True, deletionWindowInDays=7)

    def cluster(self) -> None:
        """Make a cluster with a launch template and a node group."""
        self.make("ec2/launchTemplate:LaunchTemplate", "template", metadataOptions={"httpTokens": "required"})
        self.make("eks/cluster:Cluster", "cluster", **self.cluster_inputs("platform"))
        self.make("eks/nodeGroup:NodeGroup", "nodes", **self.node_group_inputs())

    def identifier(self, name: str) -> str:
        """Return the id of something made."""
        return self.made[name][1]

    @property
    def subnets(self) -> list[str]:
        """Return the private subnets."""
        return [self.identifier(f"private-{zone}") for zone in ZONES]

    @property
    def role(self) -> str:
        """Return the ARN of the role."""
        return str(self.outputs("role")["arn"])

    def cluster_inputs(self, name: str, **others: Any) -> Properties:
        """Return the inputs of a good cluster."""
        return {
            "name": name,
            "roleArn": self.role,
            "version": "1.34",
            "vpcConfig": {"subnetIds": self.subnets, "endpointPrivateAccess": True},
            "accessConfig": {"authenticationMode": "API"},
            **others,
        }

    def node_group_inputs(self, **others: Any) -> Properties:
        """Return the inputs of a good node group."""
        return {
            "clusterName": "platform",
            "nodeRoleArn": self.role,
            "subnetIds": self.subnets,
            "scalingConfig": {"minSize": 1, "maxSize": 3, "desiredSize": 2},
            "instanceTypes": ["m7g.large"],
            "amiType": "BOTTLEROCKET_ARM_64",
            **others,
        }
