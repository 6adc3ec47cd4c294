"""EC2's ways to other networks, and what the whole account keeps from the internet."""

from typing import Final

from rehearsal.aws.table import Call, Row

_ASSOCIATION: Final = "the provider's own: it moves the attachment between the gateway's route tables"

VPC_ATTACHMENT: Final = Row(
    type="aws:ec2transitgateway/vpcAttachment:VpcAttachment",
    service="ec2",
    create=Call(
        operation="CreateTransitGatewayVpcAttachment",
        members={
            "applianceModeSupport": "Options.ApplianceModeSupport",
            "dnsSupport": "Options.DnsSupport",
            "ipv6Support": "Options.Ipv6Support",
            "securityGroupReferencingSupport": "Options.SecurityGroupReferencingSupport",
        },
        tagged="transit-gateway-attachment",
    ),
    identifier="TransitGatewayVpcAttachment.TransitGatewayAttachmentId",
    answer="TransitGatewayVpcAttachment",
    attributes={"arn": "arn:{partition}:ec2:{region}:{account}:transit-gateway-attachment/{id}"},
    delete=(Call(operation="DeleteTransitGatewayVpcAttachment", fixed={"TransitGatewayAttachmentId": "{id}"}),),
    own={
        "transitGatewayDefaultRouteTableAssociation": _ASSOCIATION,
        "transitGatewayDefaultRouteTablePropagation": _ASSOCIATION,
    },
    immutable=("transitGatewayId", "vpcId"),
    references={"subnetIds": "subnet", "vpcId": "vpc"},
    # The gateway is another team's: the emulator would miss it.
    emulated=False,
)

PUBLIC_ACCESS_BLOCK: Final = Row(
    type="aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions",
    service="ec2",
    create=Call(operation="ModifyVpcBlockPublicAccessOptions", emulated=False),
    # There is one for each account and region; the provider names it by the account's and the region's.
    identifier="{region}",
    attributes={"awsAccountId": "{account}", "awsRegion": "{region}"},
    delete=(
        Call(operation="ModifyVpcBlockPublicAccessOptions", fixed={"InternetGatewayBlockMode": "off"}, emulated=False),
    ),
    emulated=False,
)

ROWS: Final = (VPC_ATTACHMENT, PUBLIC_ACCESS_BLOCK)
