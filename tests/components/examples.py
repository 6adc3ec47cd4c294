"""Literal settings and upstream outputs, so that a layer is tested without building another."""

import json
from typing import Any, TypeVar

import pulumi

from components.compute.cluster import ClusterOutputs
from components.foundation.account import AccountSettings
from components.foundation.encryption import EncryptionOutputs
from components.foundation.network import NetworkOutputs
from components.kit.settings import Settings

Model = TypeVar("Model", bound=Settings)

DEPLOYER = "arn:aws:iam::111122223333:role/deployer"
ADMIN = "arn:aws:iam::111122223333:role/admin"
ZONES = "ab"


def parsed(model: type[Model], **values: Any) -> Model:
    """Return settings read as from a stack file, where everything is JSON."""
    return model.model_validate_json(json.dumps(values))


def account() -> AccountSettings:
    return parsed(AccountSettings, id="111122223333", region="eu-central-1")


def network() -> NetworkOutputs:
    def ids(tier: str) -> dict[str, pulumi.Output[str]]:
        return {f"eu-central-1{zone}": pulumi.Output.from_input(f"subnet-{tier}-{zone}") for zone in ZONES}

    return NetworkOutputs(
        vpc_id=pulumi.Output.from_input("vpc-1"),
        public_subnet_ids=ids("public"),
        node_subnet_ids=ids("node"),
        pod_subnet_ids=ids("pod"),
        control_plane_subnet_ids=ids("control-plane"),
    )


def keys() -> EncryptionOutputs:
    return EncryptionOutputs(
        secrets_key_arn=pulumi.Output.from_input("arn:key/secrets"),
        volumes_key_arn=pulumi.Output.from_input("arn:key/volumes"),
        logs_key_arn=pulumi.Output.from_input("arn:key/logs"),
        flow_logs_key_arn=pulumi.Output.from_input("arn:key/flow-logs"),
    )


def cluster() -> ClusterOutputs:
    return ClusterOutputs(
        name=pulumi.Output.from_input("platform-test"),
        arn=pulumi.Output.from_input("arn:cluster"),
        endpoint=pulumi.Output.from_input("https://api.example.com"),
        certificate_authority=pulumi.Output.from_input("Q0E="),
        version=pulumi.Output.from_input("1.36"),
        security_group_id=pulumi.Output.from_input("sg-1"),
        oidc_issuer=pulumi.Output.from_input("https://issuer.example.com"),
    )
