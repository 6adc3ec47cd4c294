"""EC2's networks: the VPC, its address ranges, its subnets, and the logs of their traffic."""

from collections.abc import Mapping
from typing import Final

from rehearsal.aws.table import Call, Row

_ARN: Final = "arn:{partition}:ec2:{region}:{account}"


def _attribute(name: str, unless: Mapping[str, bool]) -> Call:
    """Return the call for one attribute of a VPC; AWS takes one in each request."""
    member = name[:1].upper() + name[1:]
    return Call(
        operation="ModifyVpcAttribute",
        takes=(name,),
        members={name: f"{member}.Value"},
        fixed={"VpcId": "{id}"},
        unless=unless,
    )


# With AWS's defaults, which a new network has already.
_ATTRIBUTES: Final = {
    "enableDnsHostnames": False,
    "enableDnsSupport": True,
    "enableNetworkAddressUsageMetrics": False,
}


def _subnet_attribute(name: str, member: str, *, emulated: bool = False) -> Call:
    return Call(
        operation="ModifySubnetAttribute",
        takes=(name,),
        members={name: member},
        fixed={"SubnetId": "{id}"},
        emulated=emulated,
    )


VPC: Final = Row(
    type="aws:ec2/vpc:Vpc",
    service="ec2",
    create=Call(
        operation="CreateVpc",
        members={"assignGeneratedIpv6CidrBlock": "AmazonProvidedIpv6CidrBlock"},
        tagged="vpc",
    ),
    identifier="Vpc.VpcId",
    answer="Vpc",
    further=tuple(_attribute(name, {name: default}) for name, default in _ATTRIBUTES.items()),
    updates=tuple(_attribute(name, {}) for name in _ATTRIBUTES),
    reads=(
        Call(
            named="tables",
            operation="DescribeRouteTables",
            fixed={
                "Filters": [{"Name": "vpc-id", "Values": ["{id}"]}, {"Name": "association.main", "Values": ["true"]}]
            },
        ),
        Call(
            named="groups",
            operation="DescribeSecurityGroups",
            fixed={"Filters": [{"Name": "vpc-id", "Values": ["{id}"]}, {"Name": "group-name", "Values": ["default"]}]},
        ),
        Call(
            named="acls",
            operation="DescribeNetworkAcls",
            fixed={"Filters": [{"Name": "vpc-id", "Values": ["{id}"]}, {"Name": "default", "Values": ["true"]}]},
        ),
    ),
    attributes={
        "arn": f"{_ARN}:vpc/{{id}}",
        "mainRouteTableId": "=tables.RouteTables[0].RouteTableId",
        "defaultRouteTableId": "=tables.RouteTables[0].RouteTableId",
        "defaultSecurityGroupId": "=groups.SecurityGroups[0].GroupId",
        "defaultNetworkAclId": "=acls.NetworkAcls[0].NetworkAclId",
    },
    delete=(Call(operation="DeleteVpc", fixed={"VpcId": "{id}"}),),
    immutable=("cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"),
)

CIDR_BLOCK_ASSOCIATION: Final = Row(
    type="aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
    service="ec2",
    create=Call(operation="AssociateVpcCidrBlock"),
    identifier="CidrBlockAssociation.AssociationId",
    delete=(Call(operation="DisassociateVpcCidrBlock", fixed={"AssociationId": "{id}"}),),
    immutable=("vpcId", "cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"),
    references={"vpcId": "vpc"},
)

SUBNET: Final = Row(
    type="aws:ec2/subnet:Subnet",
    service="ec2",
    create=Call(operation="CreateSubnet", tagged="subnet"),
    identifier="Subnet.SubnetId",
    answer="Subnet",
    further=(
        _subnet_attribute("mapPublicIpOnLaunch", "MapPublicIpOnLaunch.Value", emulated=True),
        _subnet_attribute("assignIpv6AddressOnCreation", "AssignIpv6AddressOnCreation.Value", emulated=True),
        _subnet_attribute("enableDns64", "EnableDns64.Value"),
        _subnet_attribute("enableResourceNameDnsARecordOnLaunch", "EnableResourceNameDnsARecordOnLaunch.Value"),
        _subnet_attribute("enableResourceNameDnsAaaaRecordOnLaunch", "EnableResourceNameDnsAAAARecordOnLaunch.Value"),
        _subnet_attribute("enableLniAtDeviceIndex", "EnableLniAtDeviceIndex"),
        _subnet_attribute("privateDnsHostnameTypeOnLaunch", "PrivateDnsHostnameTypeOnLaunch"),
        Call(
            operation="ModifySubnetAttribute",
            takes=("customerOwnedIpv4Pool", "mapCustomerOwnedIpOnLaunch"),
            members={"mapCustomerOwnedIpOnLaunch": "MapCustomerOwnedIpOnLaunch.Value"},
            fixed={"SubnetId": "{id}"},
            emulated=False,
        ),
    ),
    attributes={"arn": f"{_ARN}:subnet/{{id}}"},
    delete=(Call(operation="DeleteSubnet", fixed={"SubnetId": "{id}"}),),
    immutable=(
        "vpcId",
        "cidrBlock",
        "availabilityZone",
        "availabilityZoneId",
        "outpostArn",
        "ipv6Native",
        "ipv4IpamPoolId",
        "ipv4NetmaskLength",
        "ipv6IpamPoolId",
        "ipv6NetmaskLength",
    ),
)

FLOW_LOG: Final = Row(
    type="aws:ec2/flowLog:FlowLog",
    service="ec2",
    create=Call(
        operation="CreateFlowLogs",
        members={
            "vpcId": "ResourceIds[]",
            "subnetId": "ResourceIds[]",
            "eniId": "ResourceIds[]",
            "transitGatewayId": "ResourceIds[]",
            "transitGatewayAttachmentId": "ResourceIds[]",
            "regionalNatGatewayId": "ResourceIds[]",
            "iamRoleArn": "DeliverLogsPermissionArn",
        },
        implied={
            "vpcId": {"ResourceType": "VPC"},
            "subnetId": {"ResourceType": "Subnet"},
            "eniId": {"ResourceType": "NetworkInterface"},
            "transitGatewayId": {"ResourceType": "TransitGateway"},
            "transitGatewayAttachmentId": {"ResourceType": "TransitGatewayAttachment"},
            "regionalNatGatewayId": {"ResourceType": "RegionalNatGateway"},
        },
        tagged="vpc-flow-log",
    ),
    identifier="FlowLogIds[0]",
    attributes={"arn": f"{_ARN}:vpc-flow-log/{{id}}", "logDestinationType": "cloud-watch-logs"},
    delete=(Call(operation="DeleteFlowLogs", fixed={"FlowLogIds": ["{id}"]}),),
    immutable=(
        "vpcId",
        "subnetId",
        "eniId",
        "transitGatewayId",
        "transitGatewayAttachmentId",
        "regionalNatGatewayId",
        "trafficType",
        "logDestination",
        "logDestinationType",
        "logFormat",
        "iamRoleArn",
        "deliverCrossAccountRole",
        "destinationOptions",
        "maxAggregationInterval",
        "tagFieldSpecifications",
    ),
)

ROWS: Final = (VPC, CIDR_BLOCK_ASSOCIATION, SUBNET, FLOW_LOG)
