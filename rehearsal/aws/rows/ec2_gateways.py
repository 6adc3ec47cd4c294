"""EC2's ways in and out of a network: gateways, addresses, route tables, endpoints of services."""

from typing import Final

from rehearsal.aws.table import Call, Row

_ARN: Final = "arn:{partition}:ec2:{region}:{account}"

INTERNET_GATEWAY: Final = Row(
    type="aws:ec2/internetGateway:InternetGateway",
    service="ec2",
    create=Call(operation="CreateInternetGateway", tagged="internet-gateway"),
    identifier="InternetGateway.InternetGatewayId",
    answer="InternetGateway",
    further=(Call(operation="AttachInternetGateway", takes=("vpcId",), fixed={"InternetGatewayId": "{id}"}),),
    attributes={"arn": f"{_ARN}:internet-gateway/{{id}}", "ownerId": "{account}"},
    delete=(
        Call(operation="DetachInternetGateway", takes=("vpcId",), fixed={"InternetGatewayId": "{id}"}),
        Call(operation="DeleteInternetGateway", fixed={"InternetGatewayId": "{id}"}),
    ),
)

ELASTIC_IP: Final = Row(
    type="aws:ec2/eip:Eip",
    service="ec2",
    create=Call(operation="AllocateAddress", tagged="elastic-ip"),
    identifier="AllocationId",
    answer="@",
    further=(
        Call(
            operation="AssociateAddress",
            takes=("instance", "networkInterface", "associateWithPrivateIp"),
            members={
                "instance": "InstanceId",
                "networkInterface": "NetworkInterfaceId",
                "associateWithPrivateIp": "PrivateIpAddress",
            },
            fixed={"AllocationId": "{id}"},
        ),
    ),
    attributes={"arn": f"{_ARN}:elastic-ip/{{id}}"},
    delete=(Call(operation="ReleaseAddress", fixed={"AllocationId": "{id}"}),),
    immutable=("domain", "address", "customerOwnedIpv4Pool", "ipamPoolId", "networkBorderGroup", "publicIpv4Pool"),
)

NAT_GATEWAY: Final = Row(
    type="aws:ec2/natGateway:NatGateway",
    service="ec2",
    create=Call(
        operation="CreateNatGateway",
        members={"privateIp": "PrivateIpAddress"},
        tagged="natgateway",
    ),
    identifier="NatGateway.NatGatewayId",
    answer="NatGateway",
    attributes={
        "publicIp": "=create.NatGateway.NatGatewayAddresses[0].PublicIp",
        "privateIp": "=create.NatGateway.NatGatewayAddresses[0].PrivateIp",
        "networkInterfaceId": "=create.NatGateway.NatGatewayAddresses[0].NetworkInterfaceId",
        "associationId": "=create.NatGateway.NatGatewayAddresses[0].AssociationId",
    },
    delete=(
        Call(operation="DeleteNatGateway", fixed={"NatGatewayId": "{id}"}),
        # AWS frees the address by itself; the emulator would keep it from the next gateway.
        Call(
            operation="DisassociateAddress",
            fixed={"AssociationId": "=inputs.associationId"},
            needs="inputs.associationId",
        ),
    ),
    immutable=("allocationId", "subnetId", "connectivityType", "privateIp", "availabilityMode", "vpcId"),
)

ROUTE_TABLE: Final = Row(
    type="aws:ec2/routeTable:RouteTable",
    service="ec2",
    create=Call(operation="CreateRouteTable", tagged="route-table"),
    identifier="RouteTable.RouteTableId",
    answer="RouteTable",
    further=(
        Call(
            operation="CreateRoute",
            each="routes",
            members={
                "routes.cidrBlock": "DestinationCidrBlock",
                "routes.ipv6CidrBlock": "DestinationIpv6CidrBlock",
                "routes.egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
            },
            fixed={"RouteTableId": "{id}"},
        ),
    ),
    attributes={
        "arn": f"{_ARN}:route-table/{{id}}",
        "ownerId": "{account}",
        "routes": "=`[]`",
        "propagatingVgws": "=`[]`",
    },
    delete=(Call(operation="DeleteRouteTable", fixed={"RouteTableId": "{id}"}),),
    not_rehearsed={"propagatingVgws": "no VPN gateway is in the tables"},
    references={"routes.natGatewayId": "nat gateway"},
    immutable=("vpcId",),
)

ROUTE: Final = Row(
    type="aws:ec2/route:Route",
    service="ec2",
    create=Call(
        operation="CreateRoute",
        members={"egressOnlyGatewayId": "EgressOnlyInternetGatewayId"},
    ),
    identifier="r-{routeTableId}-{destinationCidrBlock}{destinationIpv6CidrBlock}{destinationPrefixListId}",
    attributes={"origin": "CreateRoute", "state": "active"},
    delete=(
        Call(
            operation="DeleteRoute",
            takes=("routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"),
        ),
    ),
    immutable=("routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"),
    references={"natGatewayId": "nat gateway"},
)

ROUTE_TABLE_ASSOCIATION: Final = Row(
    type="aws:ec2/routeTableAssociation:RouteTableAssociation",
    service="ec2",
    create=Call(operation="AssociateRouteTable"),
    identifier="AssociationId",
    delete=(Call(operation="DisassociateRouteTable", fixed={"AssociationId": "{id}"}),),
    immutable=("subnetId", "gatewayId"),
    references={"subnetId": "subnet"},
)

VPC_ENDPOINT: Final = Row(
    type="aws:ec2/vpcEndpoint:VpcEndpoint",
    service="ec2",
    create=Call(
        operation="CreateVpcEndpoint",
        members={"policy": "PolicyDocument"},
        # AWS's default; the emulator falters over an endpoint that leaves it out.
        fixed={"VpcEndpointType": "Gateway"},
        tagged="vpc-endpoint",
    ),
    identifier="VpcEndpoint.VpcEndpointId",
    answer="VpcEndpoint",
    attributes={"arn": f"{_ARN}:vpc-endpoint/{{id}}", "ownerId": "{account}"},
    delete=(Call(operation="DeleteVpcEndpoints", fixed={"VpcEndpointIds": ["{id}"]}),),
    own={"autoAccept": "the provider's own: it accepts the connection on the service's side"},
    immutable=(
        "vpcId",
        "serviceName",
        "vpcEndpointType",
        "serviceRegion",
        "resourceConfigurationArn",
        "serviceNetworkArn",
    ),
    references={"subnetIds": "subnet", "securityGroupIds": "security group", "routeTableIds": "route table"},
)

ROWS: Final = (INTERNET_GATEWAY, ELASTIC_IP, NAT_GATEWAY, ROUTE_TABLE, ROUTE, ROUTE_TABLE_ASSOCIATION, VPC_ENDPOINT)
