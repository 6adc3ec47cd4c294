"""Rows for the rules about the EKS control plane."""

from typing import Any, Final

from tests.policies.rows.row import UNKNOWN, UNKNOWN_BOOLEAN, UNKNOWN_LIST, UNKNOWN_OBJECT, Row

_KEY: Final = "arn:aws:kms:eu-central-1:111122223333:key/6f1c2f6e-0000-4000-8000-000000000000"


def _vpc(**config: Any) -> dict[str, Any]:
    return {"vpcConfig": config}


def _access(**config: Any) -> dict[str, Any]:
    return {"accessConfig": config}


ROWS: Final = (
    Row("eks-endpoint", "good", "no public endpoint", _vpc(endpointPublicAccess=False)),
    Row("eks-endpoint", "good", "named networks", _vpc(endpointPublicAccess=True, publicAccessCidrs=["192.0.2.0/24"])),
    Row(
        "eks-endpoint",
        "good",
        "a closed endpoint's list does not matter",
        _vpc(endpointPublicAccess=False, publicAccessCidrs=["::/0"]),
    ),
    Row(
        "eks-endpoint",
        "bad",
        "open over IPv4",
        _vpc(endpointPublicAccess=True, publicAccessCidrs=["192.0.2.0/24", "0.0.0.0/0"]),
        ["0.0.0.0/0"],
    ),
    Row("eks-endpoint", "bad", "open over IPv6", _vpc(endpointPublicAccess=True, publicAccessCidrs=["::/0"]), ["::/0"]),
    Row(
        "eks-endpoint",
        "bad",
        "open beside an unknown network",
        _vpc(endpointPublicAccess=True, publicAccessCidrs=[UNKNOWN, "0.0.0.0/0"]),
        ["0.0.0.0/0"],
    ),
    Row(
        "eks-endpoint",
        "bad",
        "an empty list is 0.0.0.0/0",
        _vpc(endpointPublicAccess=True, publicAccessCidrs=[]),
        ["0.0.0.0/0"],
    ),
    Row("eks-endpoint", "absent", "both unset is open to all", {}, ["0.0.0.0/0"]),
    Row("eks-endpoint", "absent", "a public endpoint with no list", _vpc(endpointPublicAccess=True), ["0.0.0.0/0"]),
    Row(
        "eks-endpoint",
        "absent",
        "the endpoint is public when unset",
        _vpc(publicAccessCidrs=["0.0.0.0/0"]),
        ["0.0.0.0/0"],
    ),
    Row(
        "eks-endpoint",
        "absent",
        "null is absent",
        _vpc(endpointPublicAccess=None, publicAccessCidrs=None),
        ["0.0.0.0/0"],
    ),
    Row(
        "eks-endpoint",
        "unknown",
        "whether it is public",
        _vpc(endpointPublicAccess=UNKNOWN_BOOLEAN),
        unknown=["vpcConfig.endpointPublicAccess"],
    ),
    Row(
        "eks-endpoint",
        "unknown",
        "one network",
        _vpc(publicAccessCidrs=["192.0.2.0/24", UNKNOWN]),
        unknown=["vpcConfig.publicAccessCidrs[1]"],
    ),
    Row("eks-endpoint", "unknown", "all of it", {"vpcConfig": UNKNOWN_OBJECT}, unknown=["vpcConfig"]),
    Row(
        "eks-secrets-encryption",
        "good",
        "Secrets with a key",
        {"encryptionConfig": {"resources": ["secrets"], "provider": {"keyArn": _KEY}}},
    ),
    Row(
        "eks-secrets-encryption",
        "bad",
        "nothing encrypted",
        {"encryptionConfig": {"resources": [], "provider": {"keyArn": _KEY}}},
        ["not encrypted"],
    ),
    Row(
        "eks-secrets-encryption",
        "bad",
        "an empty key",
        {"encryptionConfig": {"resources": ["secrets"], "provider": {"keyArn": ""}}},
        ["names no KMS key"],
    ),
    Row("eks-secrets-encryption", "absent", "nothing given", {}, ["not encrypted"]),
    Row(
        "eks-secrets-encryption",
        "absent",
        "no key",
        {"encryptionConfig": {"resources": ["secrets"]}},
        ["names no KMS key"],
    ),
    Row(
        "eks-secrets-encryption",
        "unknown",
        "a key made in the same update",
        {"encryptionConfig": {"resources": ["secrets"], "provider": {"keyArn": UNKNOWN}}},
        unknown=["encryptionConfig.provider.keyArn"],
    ),
    Row(
        "eks-secrets-encryption",
        "unknown",
        "what is encrypted",
        {"encryptionConfig": {"resources": UNKNOWN_LIST}},
        unknown=["encryptionConfig.resources"],
    ),
    Row(
        "eks-authentication-mode",
        "good",
        "access entries only",
        _access(authenticationMode="API", bootstrapClusterCreatorAdminPermissions=False),
    ),
    Row(
        "eks-authentication-mode",
        "bad",
        "the ConfigMap beside access entries",
        _access(authenticationMode="API_AND_CONFIG_MAP", bootstrapClusterCreatorAdminPermissions=False),
        ["API_AND_CONFIG_MAP"],
    ),
    Row(
        "eks-authentication-mode",
        "bad",
        "the creator is administrator",
        _access(authenticationMode="API", bootstrapClusterCreatorAdminPermissions=True),
        ["whoever creates"],
    ),
    Row(
        "eks-authentication-mode",
        "absent",
        "unset is the ConfigMap and the creator",
        {},
        ["authenticationMode CONFIG_MAP", "whoever creates"],
    ),
    Row(
        "eks-authentication-mode",
        "absent",
        "unset is the creator",
        _access(authenticationMode="API"),
        ["whoever creates"],
    ),
    Row(
        "eks-authentication-mode",
        "unknown",
        "one unknown does not hide the other's fault",
        _access(authenticationMode=UNKNOWN, bootstrapClusterCreatorAdminPermissions=True),
        ["whoever creates"],
        ["accessConfig.authenticationMode"],
    ),
    Row(
        "eks-authentication-mode",
        "unknown",
        "whether the creator stays",
        _access(authenticationMode="API", bootstrapClusterCreatorAdminPermissions=UNKNOWN_BOOLEAN),
        unknown=["accessConfig.bootstrapClusterCreatorAdminPermissions"],
    ),
    Row(
        "eks-audit-logs", "good", "the three that matter", {"enabledClusterLogTypes": ["api", "audit", "authenticator"]}
    ),
    Row(
        "eks-audit-logs",
        "good",
        "all five",
        {"enabledClusterLogTypes": ["scheduler", "controllerManager", "authenticator", "audit", "api"]},
    ),
    Row(
        "eks-audit-logs",
        "good",
        "an unknown beside the three",
        {"enabledClusterLogTypes": ["api", "audit", "authenticator", UNKNOWN]},
    ),
    Row(
        "eks-audit-logs", "bad", "one missing", {"enabledClusterLogTypes": ["api", "authenticator"]}, ["record: audit;"]
    ),
    Row("eks-audit-logs", "absent", "unset records nothing", {}, ["record: api, audit, authenticator;"]),
    Row(
        "eks-audit-logs",
        "unknown",
        "one of them",
        {"enabledClusterLogTypes": ["api", UNKNOWN]},
        unknown=["enabledClusterLogTypes[1]"],
    ),
)
