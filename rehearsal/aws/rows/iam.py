"""IAM: roles, their policies, instance profiles, identity providers."""

from typing import Final

from rehearsal.aws.table import AutomaticName, Call, Row

_TRUST: Final = Call(
    operation="UpdateAssumeRolePolicy",
    takes=("assumeRolePolicy",),
    # The emulator reads a trust policy only here.
    again=True,
    members={"assumeRolePolicy": "PolicyDocument"},
    fixed={"RoleName": "{id}"},
)

ROLE: Final = Row(
    type="aws:iam/role:Role",
    service="iam",
    create=Call(
        operation="CreateRole",
        members={"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument"},
    ),
    identifier="Role.RoleName",
    answer="Role",
    further=(
        _TRUST,
        Call(
            operation="PutRolePolicy",
            each="inlinePolicies",
            members={"inlinePolicies.name": "PolicyName", "inlinePolicies.policy": "PolicyDocument"},
            fixed={"RoleName": "{id}"},
        ),
        Call(
            operation="AttachRolePolicy",
            each="managedPolicyArns",
            members={"managedPolicyArns": "PolicyArn"},
            fixed={"RoleName": "{id}"},
        ),
    ),
    attributes={"uniqueId": "=create.Role.RoleId", "managedPolicyArns": "=`[]`", "inlinePolicies": "=`[]`"},
    updates=(Call(operation="UpdateRole", takes=("description", "maxSessionDuration"), fixed={"RoleName": "{id}"}),),
    delete=(
        Call(
            operation="DeleteRolePolicy",
            each="inlinePolicies",
            members={"inlinePolicies.name": "PolicyName"},
            fixed={"RoleName": "{id}"},
        ),
        Call(
            operation="DetachRolePolicy",
            each="managedPolicyArns",
            members={"managedPolicyArns": "PolicyArn"},
            fixed={"RoleName": "{id}"},
        ),
        Call(operation="DeleteRole", fixed={"RoleName": "{id}"}),
    ),
    own={"forceDetachPolicies": "the provider's own: it detaches what others attached before it deletes"},
    immutable=("name", "namePrefix", "path"),
    name=AutomaticName(),
)

ROLE_POLICY: Final = Row(
    type="aws:iam/rolePolicy:RolePolicy",
    service="iam",
    create=Call(
        operation="PutRolePolicy",
        members={"role": "RoleName", "name": "PolicyName", "policy": "PolicyDocument"},
    ),
    identifier="{role}:{name}",
    updates=(
        Call(
            operation="PutRolePolicy",
            takes=("policy",),
            members={"policy": "PolicyDocument"},
            fixed={"RoleName": "{role}", "PolicyName": "{name}"},
        ),
    ),
    delete=(Call(operation="DeleteRolePolicy", fixed={"RoleName": "{role}", "PolicyName": "{name}"}),),
    immutable=("role", "name", "namePrefix"),
    name=AutomaticName(),
)

POLICY: Final = Row(
    type="aws:iam/policy:Policy",
    service="iam",
    create=Call(operation="CreatePolicy", members={"name": "PolicyName", "policy": "PolicyDocument"}),
    identifier="Policy.Arn",
    answer="Policy",
    updates=(
        Call(
            operation="CreatePolicyVersion",
            takes=("policy",),
            members={"policy": "PolicyDocument"},
            fixed={"PolicyArn": "{id}", "SetAsDefault": True},
        ),
    ),
    delete=(Call(operation="DeletePolicy", fixed={"PolicyArn": "{id}"}),),
    own={"delayAfterPolicyCreationInMs": "the provider's own: it waits so long before it goes on"},
    immutable=("name", "namePrefix", "path", "description"),
    name=AutomaticName(),
)

ROLE_POLICY_ATTACHMENT: Final = Row(
    type="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    service="iam",
    create=Call(operation="AttachRolePolicy", members={"role": "RoleName"}),
    identifier="{role}/{policyArn}",
    delete=(Call(operation="DetachRolePolicy", fixed={"RoleName": "{role}", "PolicyArn": "{policyArn}"}),),
    immutable=("role", "policyArn"),
)

INSTANCE_PROFILE: Final = Row(
    type="aws:iam/instanceProfile:InstanceProfile",
    service="iam",
    create=Call(operation="CreateInstanceProfile", members={"name": "InstanceProfileName"}),
    identifier="InstanceProfile.InstanceProfileName",
    answer="InstanceProfile",
    further=(
        Call(
            operation="AddRoleToInstanceProfile",
            takes=("role",),
            members={"role": "RoleName"},
            fixed={"InstanceProfileName": "{id}"},
        ),
    ),
    attributes={"uniqueId": "=create.InstanceProfile.InstanceProfileId"},
    delete=(
        Call(
            operation="RemoveRoleFromInstanceProfile",
            takes=("role",),
            members={"role": "RoleName"},
            fixed={"InstanceProfileName": "{id}"},
        ),
        Call(operation="DeleteInstanceProfile", fixed={"InstanceProfileName": "{id}"}),
    ),
    immutable=("name", "namePrefix", "path"),
    name=AutomaticName(),
)

OPEN_ID_CONNECT_PROVIDER: Final = Row(
    type="aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    service="iam",
    create=Call(operation="CreateOpenIDConnectProvider", members={"clientIdLists": "ClientIDList"}),
    identifier="OpenIDConnectProviderArn",
    attributes={"arn": "{id}"},
    delete=(Call(operation="DeleteOpenIDConnectProvider", fixed={"OpenIDConnectProviderArn": "{id}"}),),
    immutable=("url",),
)

ROWS: Final = (ROLE, ROLE_POLICY, POLICY, ROLE_POLICY_ATTACHMENT, INSTANCE_PROFILE, OPEN_ID_CONNECT_PROVIDER)
