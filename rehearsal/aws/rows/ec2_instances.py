"""EC2's launch templates, and where instances stand."""

from typing import Final

from rehearsal.aws.table import AutomaticName, Call, Row

# Inputs of the Terraform resource that AWS calls otherwise; the rest of the template's data has AWS's names.
_DATA: Final = {
    "vpcSecurityGroupIds": "LaunchTemplateData.SecurityGroupIds",
    "securityGroupNames": "LaunchTemplateData.SecurityGroups",
    "tagSpecifications": "LaunchTemplateData.TagSpecifications",
    "description": "VersionDescription",
    "networkInterfaces.ipv4Addresses": "PrivateIpAddresses[*].PrivateIpAddress",
    "networkInterfaces.ipv4AddressCount": "SecondaryPrivateIpAddressCount",
    "networkInterfaces.ipv4Prefixes": "Ipv4Prefixes[*].Ipv4Prefix",
    "networkInterfaces.ipv6Addresses": "Ipv6Addresses[*].Ipv6Address",
    "networkInterfaces.ipv6Prefixes": "Ipv6Prefixes[*].Ipv6Prefix",
    "networkInterfaces.securityGroups": "Groups",
    "secondaryInterfaces.privateIpAddresses": "PrivateIpAddresses[*].PrivateIpAddress",
}

LAUNCH_TEMPLATE: Final = Row(
    type="aws:ec2/launchTemplate:LaunchTemplate",
    service="ec2",
    create=Call(
        operation="CreateLaunchTemplate",
        members={"name": "LaunchTemplateName", **_DATA},
        container="LaunchTemplateData",
        fixed={"LaunchTemplateData": {}},
        tagged="launch-template",
    ),
    identifier="LaunchTemplate.LaunchTemplateId",
    answer="LaunchTemplate",
    reads=(Call(named="template", operation="DescribeLaunchTemplates", fixed={"LaunchTemplateIds": ["{id}"]}),),
    attributes={
        "arn": "arn:{partition}:ec2:{region}:{account}:launch-template/{id}",
        "latestVersion": "=template.LaunchTemplates[0].LatestVersionNumber",
        "defaultVersion": "=template.LaunchTemplates[0].DefaultVersionNumber",
    },
    updates=(
        Call(
            operation="CreateLaunchTemplateVersion",
            takes=("*",),
            members=_DATA,
            container="LaunchTemplateData",
            fixed={"LaunchTemplateId": "{id}", "LaunchTemplateData": {}},
        ),
    ),
    delete=(Call(operation="DeleteLaunchTemplate", fixed={"LaunchTemplateId": "{id}"}),),
    own={
        "updateDefaultVersion": "the provider's own: it makes each new version the default",
        "defaultVersion": "the provider's own: it makes this version the default after an update",
    },
    immutable=("name", "namePrefix"),
    recomputed=("latestVersion", "defaultVersion"),
    name=AutomaticName(),
    references={"vpcSecurityGroupIds": "security group"},
)

# moto has no placement groups.
PLACEMENT_GROUP: Final = Row(
    type="aws:ec2/placementGroup:PlacementGroup",
    service="ec2",
    create=Call(operation="CreatePlacementGroup", members={"name": "GroupName"}, tagged="placement-group"),
    identifier="{name}",
    attributes={
        "arn": "arn:{partition}:ec2:{region}:{account}:placement-group/{name}",
        "placementGroupId": "pg-{logical}",
    },
    delete=(Call(operation="DeletePlacementGroup", fixed={"GroupName": "{id}"}),),
    immutable=("name", "strategy", "partitionCount", "spreadLevel"),
    name=AutomaticName(),
    emulated=False,
)

ROWS: Final = (LAUNCH_TEMPLATE, PLACEMENT_GROUP)
