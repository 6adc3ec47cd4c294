"""Cilium's release: complete before there is a node, and told where pods' addresses are and who they are for."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from components.foundation.network_settings import NetworkSettings
from components.networking.cilium import Cilium, CiliumSettings, values
from tests.components import examples
from tests.components.recording import Recording, build

_RELEASE = "kubernetes:helm.sh/v3:Release"
_ZONES = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
_GATEWAY = {"id": "tgw-0123456789abcdef0", "cidrs": ["10.0.0.0/8"]}


def _plan(**changes: Any) -> NetworkSettings:
    return examples.parsed(NetworkSettings, **{"cidr": "10.20.0.0/16", "zones": _ZONES, **changes})


def _values(plan: NetworkSettings | None = None, **settings: Any) -> dict[str, Any]:
    return values(
        examples.parsed(CiliumSettings, **settings),
        api="api.example.com",
        cluster_name="platform-test",
        plan=plan or _plan(),
    )


def _built(**settings: Any) -> Recording:
    return build(
        lambda: Cilium(
            "cilium",
            examples.parsed(CiliumSettings, **settings),
            account=examples.account(),
            plan=_plan(),
            network=examples.network(),
            cluster_name="platform-test",
            cluster=examples.cluster(),
        )
    )


def test_nothing_is_waited_for_as_there_is_no_node_yet() -> None:
    release = _built().one(_RELEASE, "cilium-cilium").inputs

    assert release["skipAwait"] is True
    assert (release["atomic"], release["waitForJobs"]) == (False, False)


def test_the_operator_has_its_role_when_its_pods_are_made() -> None:
    """EKS gives credentials to a pod when the pod is made; the operator's are made with the release."""
    recording = _built()

    association = recording.one("aws:eks/podIdentityAssociation:PodIdentityAssociation", "cilium-operator")
    assert (association.inputs["namespace"], association.inputs["serviceAccount"]) == ("kube-system", "cilium-operator")
    assert association.inputs["roleArn"] == "<cilium-operator.arn>"
    assert {"cilium-operator"} <= set(recording.one(_RELEASE, "cilium-cilium").dependencies)
    policy = json.loads(recording.one("aws:iam/rolePolicy:RolePolicy", "cilium-operator").inputs["policy"])
    assert "ec2:CreateNetworkInterface" in json.dumps(policy)


def test_an_overlay_calls_nothing_in_aws() -> None:
    recording = _built(routing="overlay")

    assert recording.of("aws:iam/role:Role") == []
    assert recording.of("aws:eks/podIdentityAssociation:PodIdentityAssociation") == []


def test_cilium_reaches_the_api_server_without_a_service() -> None:
    chosen = _built().one(_RELEASE, "cilium-cilium").inputs["values"]

    assert (chosen["k8sServiceHost"], chosen["k8sServicePort"]) == ("api.example.com", 443)
    assert chosen["kubeProxyReplacement"] == "true"


def test_pods_have_addresses_of_the_pod_subnets_in_prefixes() -> None:
    chosen = _values()

    assert (chosen["routingMode"], chosen["ipam"]) == ("native", {"mode": "eni"})
    assert chosen["eni"] == {
        "enabled": True,
        "awsEnablePrefixDelegation": True,
        "nodeSpec": {
            "firstInterfaceIndex": 1,
            "subnetTags": ["cilium.io/pod-subnet=true"],
            "excludeInterfaceTags": ["platform/network-interface=node"],
        },
    }


def test_pods_keep_their_addresses_unless_networks_are_reached_that_have_no_way_back() -> None:
    alone, connected = _values(), _values(_plan(transit_gateway=_GATEWAY, cidr="192.168.0.0/16"))

    assert not {"enableIPv4Masquerade", "ipMasqAgent", "bpf"} & set(alone)
    assert (connected["enableIPv4Masquerade"], connected["bpf"]) == (True, {"masquerade": True})
    assert connected["ipMasqAgent"] == {
        "enabled": True,
        "config": {"nonMasqueradeCIDRs": ["192.168.0.0/16", "100.64.0.0/16"]},
    }


def test_an_overlay_has_a_block_of_its_own() -> None:
    chosen = _values(routing="overlay", overlay_cidr="100.80.0.0/16")

    assert chosen["routingMode"] == "tunnel"
    assert chosen["ipam"] == {"operator": {"clusterPoolIPv4PodCIDRList": ["100.80.0.0/16"]}}
    assert "eni" not in chosen


@pytest.mark.parametrize(
    ("encryption", "expected"),
    [
        ("pods", {"enabled": True, "type": "wireguard"}),
        ("nodes", {"enabled": True, "type": "wireguard", "nodeEncryption": True}),
        ("none", None),
    ],
)
def test_traffic_between_nodes_is_encrypted_as_far_as_asked(encryption: str, expected: dict[str, Any] | None) -> None:
    assert _values(encryption=encryption).get("encryption") == expected


def test_hubbles_certificates_are_not_made_while_a_chart_is_rendered() -> None:
    """Helm's own method makes new ones each time, and each preview would then show a change."""
    assert _values()["hubble"]["tls"]["auto"]["method"] == "cronJob"


def test_the_gateway_class_does_not_depend_on_what_helm_can_see() -> None:
    assert _values()["gatewayAPI"] == {"enabled": True, "gatewayClass": {"create": "true"}}


def test_the_namespace_of_certificates_has_what_admission_asks_of_all() -> None:
    """The chart makes it, and the platform's own admission lets no namespace in without a level and an owner."""
    assert _values()["secretsNamespaceLabels"] == {
        "pod-security.kubernetes.io/enforce": "restricted",
        "owner": "platform",
    }


def test_nothing_asks_for_a_kind_that_comes_with_monitoring() -> None:
    assert "serviceMonitor" not in json.dumps(_values())


def test_the_operators_interfaces_carry_the_name_its_permissions_ask_for() -> None:
    """Without a name of its own Cilium would tag them with another, and could not touch them."""
    assert _values()["cluster"] == {"name": "platform-test"}


def test_images_come_from_another_registry_if_one_is_named() -> None:
    assert "image" not in _values()
    assert _values(image_registry="registry.example.com/quay")["image"] == {
        "repository": "registry.example.com/quay/cilium/cilium"
    }


@pytest.mark.parametrize("registry", ["https://registry.example.com", "registry.example.com/", "localhost", "quay io"])
def test_what_is_no_registry_is_refused(registry: str) -> None:
    with pytest.raises(ValidationError, match="image_registry"):
        examples.parsed(CiliumSettings, image_registry=registry)


@pytest.mark.parametrize(
    ("block", "says"), [("10.128.0.0/12", "must lie inside 100.64.0.0/10"), ("100.96.0.0/24", "/11 to /20")]
)
def test_an_overlay_keeps_to_the_space_nobody_routes(block: str, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        examples.parsed(CiliumSettings, overlay_cidr=block)
