"""Every policy document of every environment passes parliament, the lint that knows AWS's actions and resources.

https://github.com/duo-labs/parliament
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import parliament
import pytest

from tests.components.recording import Recording
from tests.environments import EVERY, assembled
from tests.identities import documents


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What parliament finds in one statement; `document` begins with the kind of its resource."""

    document: str
    sid: str
    issue: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A finding that is right to have. One that no longer occurs fails too."""

    document: str
    sid: str
    issue: str
    about: str
    reason: str

    def covers(self, finding: Finding) -> bool:
        """Tell whether this is the finding."""
        return (
            finding.document.startswith(self.document)
            and (finding.sid, finding.issue) == (self.sid, self.issue)
            and self.about in finding.detail
        )


_KNOWN: Final = (
    *(
        Known(
            document=document,
            sid="AccountPoliciesDecide",
            issue="RESOURCE_MISMATCH",
            about="kms:CreateKey",
            reason="kms:* also has actions that are no key's, and in a key's policy they mean nothing: "
            "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
        )
        for document in ("Key ", "ReplicaKey ")
    ),
    Known(
        document="Key encryption-logs",
        sid="LogGroups",
        issue="UNKNOWN_CONDITION_FOR_ACTION",
        about="kms:EncryptionContext:aws:logs:arn for action kms:DescribeKey",
        reason="as AWS writes it; describing a key has no encryption context, so the statement never allows it: "
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
    ),
    Known(
        document="Key encryption-logs",
        sid="LogGroups",
        issue="MISMATCHED_TYPE",
        about="ArnLike requires a value of type Arn but given String",
        reason="as AWS writes it; the encryption context is text, and here the text is an ARN",
    ),
    Known(
        document="RolePolicy load-balancers-",
        sid="MakeGroupsInTheVpc",
        issue="RESOURCE_MISMATCH",
        about="ec2:CreateSecurityGroup",
        reason="AWS asks for the VPC and for the group, and judges each alone; the group, which alone has a tag, is in "
        "the next statement: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html",
    ),
    Known(
        document="RolePolicy load-balancers-",
        sid="TagWhenMade",
        issue="UNKNOWN_CONDITION_FOR_ACTION",
        about="elasticloadbalancing:CreateAction",
        reason="younger than parliament's copy of AWS's list: "
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html",
    ),
    *(
        Known(
            document="Role kasten-k10",
            sid="ServiceAccountToken",
            issue=issue,
            about=about,
            reason="the issuer is the cluster's, whose name is known when it is made: "
            "https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html",
        )
        for issue, about in (
            ("UNKNOWN_FEDERATION_SOURCE", "kasten-issuer"),
            ("UNKNOWN_CONDITION_FOR_ACTION", ":sub for action sts:AssumeRoleWithWebIdentity"),
            ("UNKNOWN_CONDITION_FOR_ACTION", ":aud for action sts:AssumeRoleWithWebIdentity"),
        )
    ),
    Known(
        document="VpcEndpoint ",
        sid="OwnPrincipals",
        issue="RESOURCE_STAR",
        about="",
        reason="an endpoint's policy gives nobody anything; it says whose requests pass: the account's own",
    ),
    *(
        Known(
            document="RolePolicy cilium-operator",
            sid=sid,
            issue="RESOURCE_MISMATCH",
            about=f"arn:*:ec2:*:*:{other}/*",
            reason="the request's other resource has a statement, and conditions, of its own: "
            "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html",
        )
        for sid, other in (
            ("MakeInterfaces", "subnet"),
            ("MakeThemInTheVpc", "network-interface"),
            ("FillAttachAndRemoveItsOwn", "instance"),
            ("AttachToTheClustersMachines", "network-interface"),
        )
    ),
    *(
        Known(
            document="RolePolicy karpenter-controller",
            sid=sid,
            issue="RESOURCE_MISMATCH",
            about=f"arn:*:ec2:*:*:{other}/*",
            reason="a launch concerns many resources, each with a statement, and conditions, of its own: "
            "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html",
        )
        for sid, other in (
            ("LaunchWithWhatIsThere", "instance"),
            ("LaunchFromOwnTemplates", "instance"),
            ("LaunchTagged", "subnet"),
        )
    ),
    Known(
        document="RolePolicy karpenter-controller",
        sid="ReadImages",
        issue="RESOURCE_MISMATCH",
        about="ssm:GetParameter",
        reason="AWS's public parameters are of no account: "
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html",
    ),
)

# The ARNs AWS would give; parliament compares them with those an action takes.
_ARNS: Final = {
    "aws:kms/key:Key": "arn:aws:kms:eu-central-1:111122223333:key/{}",
    "aws:kms/replicaKey:ReplicaKey": "arn:aws:kms:eu-west-1:111122223333:key/{}",
    "aws:s3/bucket:Bucket": "arn:aws:s3:::{}",
    "aws:iam/role:Role": "arn:aws:iam::111122223333:role/{}",
    "aws:sqs/queue:Queue": "arn:aws:sqs:eu-central-1:111122223333:{}",
    "aws:secretsmanager/secret:Secret": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:{}",
    "aws:eks/cluster:Cluster": "arn:aws:eks:eu-central-1:111122223333:cluster/{}",
}

_SECRET_OF_RDS: Final = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:rds!db-{}"  # noqa: S105 - a name

# What `*`, or no resource at all, means in a document that belongs to one resource.
_ITSELF: Final = {
    "Key": _ARNS["aws:kms/key:Key"].format("itself"),
    "ReplicaKey": _ARNS["aws:kms/key:Key"].format("itself"),
    "Role": _ARNS["aws:iam/role:Role"].format("itself"),
}


def _findings(place: str, document: Mapping[str, Any], arns: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what parliament finds in a document, statement by statement."""
    itself = _ITSELF.get(place.partition(" ")[0])
    for statement in document["Statement"]:
        whole = dict(statement)
        if itself and whole.get("Resource", ["*"]) == ["*"]:
            whole["Resource"] = itself
        text = json.dumps(_scalar({"Version": document["Version"], "Statement": [whole]}))
        for placeholder, arn in arns.items():
            text = text.replace(placeholder, arn)
        for found in parliament.analyze_policy_string(text).findings:
            yield Finding(document=place, sid=statement["Sid"], issue=found.issue, detail=str(found.detail))


def _scalar(value: Any) -> Any:
    """Write a list of one text as the text: IAM reads both alike, parliament stumbles over the list in conditions."""
    if isinstance(value, Mapping):
        return {key: _scalar(item) for key, item in value.items()}
    if isinstance(value, list):
        return value[0] if len(value) == 1 and isinstance(value[0], str) else [_scalar(item) for item in value]
    return value


def _found(recording: Recording) -> list[Finding]:
    arns = {
        f"<{made.name}.arn>": _ARNS[made.type].format(made.name) for made in recording.resources if made.type in _ARNS
    }
    arns |= {
        f"<{made.name}.masterUserSecrets.secretArn>": _SECRET_OF_RDS.format(made.name)
        for made in recording.of("aws:rds/instance:Instance")
    }
    return [finding for place, document in documents(recording) for finding in _findings(place, document, arns)]


@pytest.mark.parametrize("stack", EVERY)
def test_every_policy_document_is_clean(stack: str) -> None:
    unexpected = [finding for finding in _found(assembled(stack)) if not any(known.covers(finding) for known in _KNOWN)]

    assert unexpected == []


def test_every_known_finding_still_occurs() -> None:
    found = [finding for stack in EVERY for finding in _found(assembled(stack))]

    assert [known for known in _KNOWN if not any(known.covers(finding) for finding in found)] == []


@pytest.mark.parametrize("stack", EVERY)
def test_there_is_something_to_lint(stack: str) -> None:
    assert {place.partition(" ")[0] for place, _ in documents(assembled(stack))} >= {"Role", "RolePolicy", "Key"}


@pytest.mark.parametrize(
    ("place", "statement", "finding"),
    [
        ("RolePolicy x", {"Action": ["s3:GetObjects"], "Resource": ["arn:aws:s3:::x/*"]}, "UNKNOWN_ACTION"),
        ("RolePolicy x", {"Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::x"]}, "RESOURCE_MISMATCH"),
        ("RolePolicy x", {"Action": ["s3:GetObject"], "Resource": ["*"]}, "RESOURCE_STAR"),
        ("RolePolicy x", {"Action": ["kms:Decrypt"], "Resource": ["<key.id>"]}, "INVALID_ARN"),
        (
            "RolePolicy x",
            {
                "Action": ["kms:CreateGrant"],
                "Resource": ["<key.arn>"],
                "Condition": {"Bool": {"kms:GrantIsForAwsResources": ["true"]}},
            },
            "UNKNOWN_CONDITION_FOR_ACTION",
        ),
        ("Role x.assumeRolePolicy", {"Action": ["sts:AsumeRole"], "Principal": {"Service": ["x"]}}, "UNKNOWN_ACTION"),
        ("Key x.policy", {"Action": ["kms:Decript"], "Resource": ["*"], "Principal": {"AWS": ["*"]}}, "UNKNOWN_ACTION"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_mistake_is_found(place: str, statement: Mapping[str, Any], finding: str) -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Sid": "Mistake", "Effect": "Allow", **statement}]}
    arns = {"<key.arn>": _ARNS["aws:kms/key:Key"].format("key")}

    assert finding in {found.issue for found in _findings(place, document, arns)}
