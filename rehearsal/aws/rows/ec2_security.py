"""EC2's security groups and their rules."""

from typing import Final

from rehearsal.aws.table import AutomaticName, Call, Row

_ARN: Final = "arn:{partition}:ec2:{region}:{account}"
_GROUP: Final = {"GroupId": "{id}"}
_DESCRIPTION: Final = "the provider's own: it repeats the text on every range of the rule"


def _inline(direction: str, operation: str) -> Call:
    """Return the calls for the rules written inside a group."""
    return Call(
        operation=operation,
        each=direction,
        members={
            f"{direction}.protocol": "IpPermissions[].IpProtocol",
            f"{direction}.fromPort": "IpPermissions[].FromPort",
            f"{direction}.toPort": "IpPermissions[].ToPort",
            f"{direction}.cidrBlocks": "IpPermissions[].IpRanges[*].CidrIp",
            f"{direction}.ipv6CidrBlocks": "IpPermissions[].Ipv6Ranges[*].CidrIpv6",
            f"{direction}.prefixListIds": "IpPermissions[].PrefixListIds[*].PrefixListId",
            f"{direction}.securityGroups": "IpPermissions[].UserIdGroupPairs[*].GroupId",
        },
        fixed=_GROUP,
    )


_INLINE: Final = (
    _inline("ingress", "AuthorizeSecurityGroupIngress"),
    _inline("egress", "AuthorizeSecurityGroupEgress"),
)
_INLINE_OWN: Final = {
    "ingress.description": _DESCRIPTION,
    "egress.description": _DESCRIPTION,
    "revokeRulesOnDelete": "the provider's own: it revokes the rules before it deletes the group",
}
_INLINE_NOT_REHEARSED: Final = {
    f"{direction}.self": "use a rule of its own, whose referencedSecurityGroupId is the group"
    for direction in ("ingress", "egress")
}

SECURITY_GROUP: Final = Row(
    type="aws:ec2/securityGroup:SecurityGroup",
    service="ec2",
    create=Call(
        operation="CreateSecurityGroup",
        members={"name": "GroupName"},
        # pulumi-aws gives this text when the program gives none.
        fixed={"Description": "Managed by Pulumi"},
        tagged="security-group",
    ),
    identifier="GroupId",
    further=(
        # AWS lets everything out of a new group; the provider revokes that, so that only the program's rules hold.
        Call(
            operation="RevokeSecurityGroupEgress",
            fixed={**_GROUP, "IpPermissions": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]},
        ),
        *_INLINE,
    ),
    attributes={
        "arn": f"{_ARN}:security-group/{{id}}",
        "ownerId": "{account}",
        "description": "Managed by Pulumi",
        "ingress": "=`[]`",
        "egress": "=`[]`",
    },
    delete=(Call(operation="DeleteSecurityGroup", fixed=_GROUP),),
    own=_INLINE_OWN,
    not_rehearsed=_INLINE_NOT_REHEARSED,
    immutable=("name", "namePrefix", "description", "vpcId"),
    name=AutomaticName(),
    references={"vpcId": "vpc"},
)

DEFAULT_SECURITY_GROUP: Final = Row(
    type="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    service="ec2",
    # The provider adopts the group that came with the VPC, and takes its rules away.
    create=Call(
        operation="DescribeSecurityGroups",
        fixed={
            "Filters": [{"Name": "vpc-id", "Values": ["{vpcId}"]}, {"Name": "group-name", "Values": ["default"]}],
        },
    ),
    identifier="SecurityGroups[0].GroupId",
    answer="SecurityGroups[0]",
    further=(
        Call(
            operation="RevokeSecurityGroupIngress",
            fixed={**_GROUP, "IpPermissions": "=create.SecurityGroups[0].IpPermissions"},
            needs="create.SecurityGroups[0].IpPermissions",
        ),
        Call(
            operation="RevokeSecurityGroupEgress",
            fixed={**_GROUP, "IpPermissions": "=create.SecurityGroups[0].IpPermissionsEgress"},
            needs="create.SecurityGroups[0].IpPermissionsEgress",
        ),
        Call(
            operation="CreateTags",
            takes=("tags",),
            fixed={"Resources": ["{id}"]},
        ),
        *_INLINE,
    ),
    attributes={
        "arn": f"{_ARN}:security-group/{{id}}",
        "ownerId": "{account}",
        "name": "default",
        "namePrefix": "",
        "ingress": "=`[]`",
        "egress": "=`[]`",
    },
    own={**_INLINE_OWN, "vpcId": "the provider's own: it looks the group up by it"},
    not_rehearsed=_INLINE_NOT_REHEARSED,
    immutable=("vpcId",),
    references={"vpcId": "vpc"},
)


def _rule(kind: str, create: str, delete: str) -> Row:
    return Row(
        type=f"aws:vpc/securityGroup{kind}Rule:SecurityGroup{kind}Rule",
        service="ec2",
        create=Call(
            operation=create,
            members={
                "securityGroupId": "GroupId",
                "ipProtocol": "IpPermissions[].IpProtocol",
                "fromPort": "IpPermissions[].FromPort",
                "toPort": "IpPermissions[].ToPort",
                "cidrIpv4": "IpPermissions[].IpRanges[].CidrIp",
                "cidrIpv6": "IpPermissions[].Ipv6Ranges[].CidrIpv6",
                "prefixListId": "IpPermissions[].PrefixListIds[].PrefixListId",
                "referencedSecurityGroupId": "IpPermissions[].UserIdGroupPairs[].GroupId",
            },
            tagged="security-group-rule",
        ),
        identifier="SecurityGroupRules[0].SecurityGroupRuleId",
        answer="SecurityGroupRules[0]",
        attributes={
            "arn": f"{_ARN}:security-group-rule/{{id}}",
            "securityGroupRuleId": "{id}",
        },
        delete=(
            Call(
                operation=delete,
                takes=("securityGroupId",),
                members={"securityGroupId": "GroupId"},
                fixed={"SecurityGroupRuleIds": ["{id}"]},
            ),
        ),
        own={"description": "the provider's own: it is put on the one range of the rule"},
        immutable=("securityGroupId",),
        references={"referencedSecurityGroupId": "security group"},
    )


INGRESS_RULE: Final = _rule("Ingress", "AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress")
EGRESS_RULE: Final = _rule("Egress", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupEgress")

ROWS: Final = (SECURITY_GROUP, DEFAULT_SECURITY_GROUP, INGRESS_RULE, EGRESS_RULE)
