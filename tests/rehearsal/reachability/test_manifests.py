"""What the proof does not understand it refuses, naming the policy and the field."""

from typing import Any

import pytest

from rehearsal.reachability.manifests import read
from rehearsal.reachability.model import UnsupportedError


def _cilium(spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "cilium.io/v2",
        "kind": "CiliumNetworkPolicy",
        "metadata": {"name": "p", "namespace": "shop"},
        "spec": {"endpointSelector": {}, **spec},
    }


_PORT = {"port": "80", "protocol": "TCP"}
REFUSED: dict[str, dict[str, Any]] = {
    "toServices": {"egress": [{"toServices": [{"k8sService": {"serviceName": "web"}}]}]},
    "toGroups": {"egress": [{"toGroups": [{"aws": {"securityGroupsIds": ["sg-1"]}}]}]},
    "toNodes": {"egress": [{"toNodes": [{}]}]},
    "fromNodes": {"ingress": [{"fromNodes": [{}]}]},
    "fromRequires": {"ingress": [{"fromRequires": [{}]}]},
    "icmps": {"ingress": [{"icmps": [{"fields": [{"type": 8}]}]}]},
    "authentication": {"ingress": [{"authentication": {"mode": "required"}}]},
    "cidrGroupRef": {"ingress": [{"fromCIDRSet": [{"cidrGroupRef": "office"}]}]},
    "toFQDNs": {"egressDeny": [{"toFQDNs": [{"matchName": "example.com"}]}]},
    "listener": {"egress": [{"toPorts": [{"ports": [_PORT], "listener": {"name": "envoy"}}]}]},
    "serverNames": {"egress": [{"toPorts": [{"ports": [_PORT], "serverNames": ["example.com"]}]}]},
    "rules of layer 7 (http)": {"ingress": [{"toPorts": [{"ports": [_PORT], "rules": {"http": [{}]}}]}]},
    "rules of layer 7 (dns)": {"egress": [{"toPorts": [{"ports": [_PORT], "rules": {"dns": [{"matchName": "a.b"}]}}]}]},
    "toPorts without ports": {"ingress": [{"toPorts": [{}]}]},
    "fromEndpoints with fromEntities in one rule": {"ingress": [{"fromEndpoints": [{}], "fromEntities": ["host"]}]},
    "the entity neighbours": {"ingress": [{"fromEntities": ["neighbours"]}]},
    "the label io.cilium.k8s.policy.serviceaccount": {
        "ingress": [{"fromEndpoints": [{"matchLabels": {"io.cilium.k8s.policy.serviceaccount": "web"}}]}]
    },
    "the label container:app": {"ingress": [{"fromEndpoints": [{"matchLabels": {"container:app": "web"}}]}]},
    "the operator Gt": {"ingress": [{"fromEndpoints": [{"matchExpressions": [{"key": "a", "operator": "Gt"}]}]}]},
    "endpointSelector in another namespace": {
        "endpointSelector": {"matchLabels": {"k8s:io.kubernetes.pod.namespace": "other"}},
        "ingress": [{}],
    },
    "nodeSelector": {"nodeSelector": {}, "ingress": [{}]},
    "'10.0.0.0/33'": {"ingress": [{"fromCIDR": ["10.0.0.0/33"]}]},
}


@pytest.mark.parametrize("part", REFUSED)
def test_what_is_not_understood_is_refused_by_name(part: str) -> None:
    with pytest.raises(UnsupportedError) as refused:
        read([_cilium(REFUSED[part])])

    assert "CiliumNetworkPolicy shop/p" in str(refused.value)
    assert part in str(refused.value)


def test_other_kinds_are_passed_over() -> None:
    assert read([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "p"}}]) == ()
