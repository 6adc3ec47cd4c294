"""Rules about the EKS control plane: who reaches it, who may enter, what it keeps and what it records."""

from collections.abc import Iterator
from typing import Final

from policies.expect import expect, on
from policies.rule import Finding, ResourceRule
from policies.rules.aws_baseline.network import is_everyone
from policies.values import Properties, Unknown, flag, read, split

_CLUSTER: Final = ("aws:eks/cluster:Cluster",)
# The three an investigation cannot do without: who asked, what was asked, which IAM identity it was.
_LOG_TYPES: Final = ("api", "audit", "authenticator")


def _endpoint(cluster: Properties) -> Iterator[Finding]:
    public = flag(read(cluster, "vpcConfig", "endpointPublicAccess", default=True))
    if public is False:
        return
    # EKS takes an empty list, like an absent one, for 0.0.0.0/0.
    cidrs, unknown = split(read(cluster, "vpcConfig", "publicAccessCidrs") or "0.0.0.0/0")
    everyone = [cidr for cidr in cidrs if is_everyone(cidr)]
    if isinstance(public, Unknown):
        yield public
    elif everyone:
        yield (
            f"the API server answers the whole internet ({', '.join(everyone)}, which is also what unset means); "
            "set vpcConfig.endpointPublicAccess to false, or name the networks that need it in publicAccessCidrs"
        )
    else:
        yield from unknown


def _secrets_encryption(cluster: Properties) -> Iterator[Finding]:
    resources, unknown = split(read(cluster, "encryptionConfig", "resources"))
    if "secrets" not in resources:
        yield from unknown
        if not unknown:
            yield (
                "Kubernetes Secrets are not encrypted with a key of this account; "
                'set encryptionConfig.resources to ["secrets"] and encryptionConfig.provider.keyArn to a KMS key'
            )
        return
    key = read(cluster, "encryptionConfig", "provider", "keyArn", default="")
    if isinstance(key, Unknown):
        yield key
    elif not key:
        yield "encryptionConfig names no KMS key; set encryptionConfig.provider.keyArn to the cluster's key"


def _authentication_mode(cluster: Properties) -> Iterator[Finding]:
    mode = read(cluster, "accessConfig", "authenticationMode", default="CONFIG_MAP")
    if isinstance(mode, Unknown):
        yield mode
    elif mode != "API":
        yield (
            f"the aws-auth ConfigMap decides who may enter (authenticationMode {mode}), unseen by AWS and by git; "
            "set accessConfig.authenticationMode to API and give access by access entries"
        )
    creator = flag(read(cluster, "accessConfig", "bootstrapClusterCreatorAdminPermissions", default=True))
    if isinstance(creator, Unknown):
        yield creator
    elif creator:
        yield (
            "whoever creates the cluster stays its administrator, with no access entry in git that says so; "
            "set accessConfig.bootstrapClusterCreatorAdminPermissions to false and add an access entry for the deployer"
        )


def _audit_logs(cluster: Properties) -> Iterator[Finding]:
    enabled, unknown = split(read(cluster, "enabledClusterLogTypes"))
    missing = [log_type for log_type in _LOG_TYPES if log_type not in enabled]
    if missing and unknown:
        yield from unknown
    elif missing:
        yield f"the control plane does not record: {', '.join(missing)}; add what is missing to enabledClusterLogTypes"


RULES: Final = (
    ResourceRule(
        name="eks-endpoint",
        why="An API server open to the internet is one leaked credential, or one flaw, away from a stranger.",
        types=_CLUSTER,
        check=_endpoint,
        references=(
            "CIS Amazon EKS Benchmark 1.8.0: 5.4.1, 5.4.2",
            "AWS Security Hub: EKS.1",
            "hardeneks: check_endpoint_public_access",
        ),
    ),
    ResourceRule(
        name="eks-secrets-encryption",
        why="Without a key of our own nobody here can say, or take back, who may decrypt the cluster's Secrets.",
        types=_CLUSTER,
        check=_secrets_encryption,
        references=("CIS Amazon EKS Benchmark 1.8.0: 5.3.1", "AWS Security Hub: EKS.3"),
    ),
    ResourceRule(
        name="eks-authentication-mode",
        why="Who may enter the cluster must stand in git and in CloudTrail, not in an object inside the cluster.",
        types=_CLUSTER,
        check=_authentication_mode,
        references=("CIS Amazon EKS Benchmark 1.8.0: 4.1.7, 5.5.1",),
    ),
    ResourceRule(
        name="eks-audit-logs",
        why="What the control plane did not record cannot be investigated afterwards.",
        types=_CLUSTER,
        check=_audit_logs,
        references=(
            "CIS Amazon EKS Benchmark 1.8.0: 2.1.1",
            "AWS Security Hub: EKS.8",
            "hardeneks: check_logs_are_enabled",
        ),
    ),
    ResourceRule(
        name="eks-private-endpoint",
        why="Without the private endpoint nodes reach their API server over the internet, and only while it is open.",
        types=_CLUSTER,
        check=on(
            "vpcConfig",
            "endpointPrivateAccess",
            default=False,
            fault="the API server has no address inside the VPC; set vpcConfig.endpointPrivateAccess to true",
        ),
        references=("CIS Amazon EKS Benchmark 1.8.0: 5.4.2",),
    ),
    ResourceRule(
        name="eks-upgrade-policy",
        why="Extended support lets a cluster grow old unnoticed, and costs several times as much while it does.",
        types=_CLUSTER,
        check=expect(
            "upgradePolicy",
            "supportType",
            default="EXTENDED",
            fault="the cluster would drift into extended support (supportType {value}); "
            "set upgradePolicy.supportType to STANDARD",
            accept=lambda value: value == "STANDARD",
        ),
        references=("AWS EKS User Guide: cluster upgrade policy",),
    ),
    ResourceRule(
        name="eks-deletion-protection",
        why="A cluster that one wrong command deletes takes everything in it along.",
        types=_CLUSTER,
        check=on(
            "deletionProtection",
            default=False,
            fault="one call deletes the cluster; set deletionProtection to true",
        ),
        references=("AWS EKS User Guide: protect clusters from accidental deletion",),
    ),
    ResourceRule(
        name="eks-zonal-shift",
        why="When a zone ails, traffic can be taken off it only where the cluster was allowed to beforehand.",
        types=_CLUSTER,
        check=on(
            "zonalShiftConfig",
            "enabled",
            default=False,
            fault="traffic cannot be shifted away from an ailing zone; set zonalShiftConfig.enabled to true",
        ),
        references=("AWS EKS User Guide: zonal shift",),
        level="advisory",
    ),
)
