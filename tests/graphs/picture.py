"""Draws an environment as text, so that a review sees in one diff what a change does to each environment."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.components.recording import Recorded, Recording

# What a reviewer wants to see of a resource beside its name.
_FACTS: Mapping[str, Callable[[Mapping[str, Any]], list[Any]]] = {
    "aws:ec2/vpc:Vpc": lambda vpc: [vpc["cidrBlock"]],
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": lambda block: [block["cidrBlock"]],
    "aws:ec2/subnet:Subnet": lambda subnet: [subnet["cidrBlock"], subnet["availabilityZone"]],
    "aws:ec2/route:Route": lambda route: [
        route["destinationCidrBlock"],
        "->",
        route.get("gatewayId") or route.get("natGatewayId") or route.get("transitGatewayId"),
    ],
    "aws:ec2/routeTableAssociation:RouteTableAssociation": lambda link: [link["subnetId"], "->", link["routeTableId"]],
    "aws:ec2/vpcEndpoint:VpcEndpoint": lambda endpoint: [endpoint["vpcEndpointType"], endpoint["serviceName"]],
    "aws:ec2/flowLog:FlowLog": lambda log: [log["trafficType"], "->", log["logDestination"]],
    "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions": lambda block: [
        block["internetGatewayBlockMode"]
    ],
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": lambda lifetimes: [
        f"{rule['expiration']['days']} days" if "days" in rule["expiration"] else "no end"
        for rule in lifetimes["rules"]
    ],
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": lambda rule: [
        rule.get("cidrIpv4") or rule["referencedSecurityGroupId"],
        rule["ipProtocol"],
        rule["fromPort"],
    ],
    "aws:kms/key:Key": lambda key: [
        "rotates" if key["enableKeyRotation"] else "",
        f"{key['deletionWindowInDays']} days",
    ],
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": lambda link: [link["policyArn"]],
    "aws:cloudwatch/logGroup:LogGroup": lambda group: [group["name"], f"{group['retentionInDays']} days"],
    "aws:eks/cluster:Cluster": lambda cluster: [
        cluster["name"],
        cluster["version"],
        "public " + ",".join(cluster["vpcConfig"]["publicAccessCidrs"])
        if cluster["vpcConfig"]["endpointPublicAccess"]
        else "private",
    ],
    "aws:eks/addon:Addon": lambda addon: [
        addon.get("addonVersion"),
        *(f"as {given['serviceAccount']}" for given in addon.get("podIdentityAssociations") or []),
    ],
    "aws:eks/accessEntry:AccessEntry": lambda entry: [entry["principalArn"]],
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": lambda link: [link["policyArn"].rpartition("/")[2]],
    "aws:eks/nodeGroup:NodeGroup": lambda group: [
        group["capacityType"],
        group["amiType"],
        f"{group['scalingConfig']['minSize']}..{group['scalingConfig']['maxSize']}",
        ",".join(group["instanceTypes"]),
        *(f"taint {taint['key']}={taint['value']}" for taint in group.get("taints") or []),
    ],
    "aws:ec2/launchTemplate:LaunchTemplate": lambda template: [
        f"{mapping['deviceName']} {mapping['ebs']['volumeSize']} GiB" for mapping in template["blockDeviceMappings"]
    ],
    "kubernetes:core/v1:Namespace": lambda made: [made["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]],
    "kubernetes:storage.k8s.io/v1:StorageClass": lambda made: [
        made["reclaimPolicy"],
        *(key for key, value in made["metadata"]["annotations"].items() if value == "true"),
    ],
}


def draw(recording: Recording) -> str:
    """Return one line for each resource, below its parent, sorted by type and name."""
    children: dict[str, list[Recorded]] = {}
    for made in recording.resources:
        if made.type != "pulumi:pulumi:Stack":
            children.setdefault(made.parent, []).append(made)
    top = next(made.name for made in recording.resources if made.type == "pulumi:pulumi:Stack")
    return "".join(_lines(children, top, ""))


def _lines(children: Mapping[str, list[Recorded]], parent: str, indent: str) -> list[str]:
    lines = []
    for made in sorted(children.get(parent, []), key=lambda each: (each.type, each.name)):
        describe = _FACTS.get(made.type)
        facts = [str(fact) for fact in describe(made.inputs) if fact] if describe else []
        marks = ["[protected]"] if made.protect else []
        lines.append(" ".join([f"{indent}{made.type}", made.name, *facts, *marks]) + "\n")
        if not made.custom:
            lines += _lines(children, made.name, indent + "  ")
    return lines
