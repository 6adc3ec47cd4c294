"""Add-ons come in two steps, with what their pods need to work, and hand-made changes to them yield to git."""

import json
from typing import Any, Final

import jsonschema
import pulumi
import pytest

from components.compute.addons import ADDONS, AFTER_NODES, BEFORE_NODES, STORAGE, Addons
from components.foundation.account import AccountSettings
from components.kit import versions
from tests.components import examples
from tests.components.recording import Recorded, Recording, build

_TOLERATIONS: Final = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"operator": {"enum": ["Exists", "Equal"]}, "key": {}, "value": {}, "effect": {}},
    },
}
_TAG_TEXT: Final = {"type": "string", "pattern": r"^[a-zA-Z0-9 _.:/=+\-@]*$"}

# The parts of the add-ons' configuration schemas that are used here. AWS gives the whole of one only by a call:
# aws eks describe-addon-configuration --addon-name coredns --addon-version ... --query configurationSchema
# An unknown key makes EKS refuse the add-on.
_SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    # https://github.com/aws/eks-pod-identity-agent/blob/main/charts/eks-pod-identity-agent/values.yaml
    "eks-pod-identity-agent": {"tolerations": _TOLERATIONS},
    # https://docs.aws.amazon.com/eks/latest/userguide/managing-coredns.html
    "coredns": {
        "replicaCount": {"type": "integer", "minimum": 1},
        "tolerations": _TOLERATIONS,
        "podDisruptionBudget": {"type": "object"},
        "topologySpreadConstraints": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["maxSkew", "topologyKey", "whenUnsatisfiable", "labelSelector"],
                "properties": {
                    "maxSkew": {"type": "integer"},
                    "topologyKey": {"enum": ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]},
                    "whenUnsatisfiable": {"enum": ["DoNotSchedule", "ScheduleAnyway"]},
                    "nodeTaintsPolicy": {"enum": ["Honor", "Ignore"]},
                    "matchLabelKeys": {"type": "array", "items": {"type": "string"}},
                    "labelSelector": {"const": {"matchLabels": {"k8s-app": "kube-dns"}}},
                },
            },
        },
    },
    # https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/charts/aws-ebs-csi-driver/values.yaml
    "aws-ebs-csi-driver": {
        "controller": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "extraVolumeTags": {
                    "type": "object",
                    "propertyNames": {**_TAG_TEXT, "maxLength": 128},
                    "additionalProperties": {**_TAG_TEXT, "maxLength": 256},
                }
            },
        },
        "node": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"tolerateAllTaints": {"type": "boolean"}},
        },
    },
}


def _account() -> AccountSettings:
    return examples.parsed(AccountSettings, id="111122223333", region="eu-central-1", tags={"owner": "storage"})


def _built(minor: str = "1.36") -> Recording:
    def program() -> None:
        upstream: dict[str, Any] = {
            "minor": minor,
            "account": _account(),
            "keys": examples.keys(),
            "cluster": examples.cluster(),
        }
        first = Addons("first", BEFORE_NODES, **upstream)
        Addons("then", (*AFTER_NODES, *STORAGE), **upstream, opts=pulumi.ResourceOptions(depends_on=[first]))

    return build(program)


def _addon(name: str) -> Recorded:
    step = "first" if name in BEFORE_NODES else "then"
    return _built().one("aws:eks/addon:Addon", f"{step}-{name}")


def test_pods_have_credentials_before_there_are_nodes_and_a_resolver_after() -> None:
    addons = {made.name: made.inputs["addonName"] for made in _built().of("aws:eks/addon:Addon")}

    assert addons == {
        "first-eks-pod-identity-agent": "eks-pod-identity-agent",
        "then-coredns": "coredns",
        "then-snapshot-controller": "snapshot-controller",
        "then-aws-ebs-csi-driver": "aws-ebs-csi-driver",
    }


def test_every_add_on_has_its_step_and_says_what_fails_without_it() -> None:
    assert sorted((*BEFORE_NODES, *AFTER_NODES, *STORAGE)) == sorted(ADDONS)
    assert all(addon.why.startswith("without ") for addon in ADDONS.values())


def test_an_add_on_waits_for_every_resource_of_the_layer_it_comes_after() -> None:
    made = _built().one("aws:eks/addon:Addon", "then-coredns")

    assert "first-eks-pod-identity-agent" in made.dependencies


def test_the_driver_finds_the_snapshots_crds_and_its_permissions_when_it_starts() -> None:
    assert {
        "then-snapshot-controller",
        "then-aws-ebs-csi-driver",
        "then-aws-ebs-csi-driver-AmazonEBSCSIDriverPolicyV2",
    } <= set(_addon("aws-ebs-csi-driver").dependencies)


def test_what_was_changed_by_hand_yields() -> None:
    for made in _built().of("aws:eks/addon:Addon"):
        assert made.inputs["resolveConflictsOnCreate"] == made.inputs["resolveConflictsOnUpdate"] == "OVERWRITE"


@pytest.mark.parametrize("minor", ["1.36", "1.35", "1.0"])
def test_an_add_on_has_the_version_pinned_for_the_clusters_minor_or_none(minor: str) -> None:
    chosen = {
        made.inputs["addonName"]: made.inputs.get("addonVersion") for made in _built(minor).of("aws:eks/addon:Addon")
    }

    assert chosen == {name: versions.pinned().addons.get(minor, {}).get(name) for name in ADDONS}
    assert any(chosen.values()) == (minor != "1.0")


@pytest.mark.parametrize("name", ADDONS)
def test_an_add_ons_configuration_has_only_keys_its_schema_knows(name: str) -> None:
    values = _addon(name).inputs.get("configurationValues")

    assert (values is not None) == (name in _SCHEMAS)
    if values is not None:
        schema = {"type": "object", "additionalProperties": False, "properties": _SCHEMAS[name]}
        jsonschema.validate(json.loads(values), schema)


def test_names_are_resolved_in_every_zone_and_on_more_than_one_node() -> None:
    values = json.loads(_addon("coredns").inputs["configurationValues"])

    assert values["replicaCount"] == 3
    assert [spread["topologyKey"] for spread in values["topologySpreadConstraints"]] == [
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
    ]


def test_pods_on_tainted_nodes_get_credentials_and_volumes() -> None:
    agent = json.loads(_addon("eks-pod-identity-agent").inputs["configurationValues"])
    driver = json.loads(_addon("aws-ebs-csi-driver").inputs["configurationValues"])

    assert agent["tolerations"] == [{"operator": "Exists"}]
    assert driver["node"] == {"tolerateAllTaints": True}


def test_volumes_carry_the_accounts_tags() -> None:
    values = json.loads(_addon("aws-ebs-csi-driver").inputs["configurationValues"])

    assert values["controller"]["extraVolumeTags"] == {"owner": "storage", "managed-by": "aws-ebs-csi-driver"}


def test_only_the_driver_calls_aws_and_it_has_a_role_of_its_own() -> None:
    associated = {
        made.inputs["addonName"]: made.inputs["podIdentityAssociations"]
        for made in _built().of("aws:eks/addon:Addon")
        if "podIdentityAssociations" in made.inputs
    }

    assert associated == {
        "aws-ebs-csi-driver": [{"serviceAccount": "ebs-csi-controller-sa", "roleArn": "<then-aws-ebs-csi-driver.arn>"}]
    }


def test_the_driver_may_use_the_volumes_key_only_and_grant_it_to_aws_only() -> None:
    policy = _built().one("aws:iam/rolePolicy:RolePolicy", "then-aws-ebs-csi-driver")
    grant, use = json.loads(policy.inputs["policy"])["Statement"]

    assert grant["Resource"] == use["Resource"] == ["arn:key/volumes"]
    assert grant["Action"] == ["kms:CreateGrant"]
    assert grant["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": ["true"]}}
    assert sorted(use["Action"]) == [
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey*",
        "kms:ReEncrypt*",
    ]
