"""Pods on their node's network: for what EKS's API server calls where pods have no addresses of the VPC."""

from collections.abc import Mapping
from typing import Any, Final

ROLLING: Final[Mapping[str, Any]] = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}
"""How such pods are updated: the old one makes room first, for the new one listens on the same ports of a node."""

DNS_POLICY: Final = "ClusterFirstWithHostNet"
"""How they look names up: without it they would ask the VPC's resolver, which knows no Service.

https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy
"""

TAKEN: Final[Mapping[int, str]] = {
    80: "EKS Pod Identity agent",
    2703: "EKS Pod Identity agent, probes",
    4240: "Cilium, health of nodes",
    4244: "Hubble",
    4250: "Cilium, mutual authentication",
    4251: "Cilium, mutual authentication",
    6060: "Cilium, profiles",
    6061: "Cilium's operator, profiles",
    6942: "Cilium's operator, metrics",
    9234: "Cilium's operator",
    9878: "Cilium's Envoy, health",
    9879: "Cilium, health",
    9890: "Cilium, gops",
    9891: "Cilium's operator, gops",
    9901: "Cilium's Envoy, admin",
    9962: "Cilium, metrics",
    9963: "Cilium's operator, metrics",
    9964: "Cilium's Envoy, metrics",
    10248: "kubelet, health",
    10249: "kube-proxy, metrics",
    10250: "kubelet",
    10256: "kube-proxy, health",
}
"""Who listens on a node already.

https://docs.cilium.io/en/stable/operations/system_requirements/#firewall-rules,
https://kubernetes.io/docs/reference/networking/ports-and-protocols/,
https://github.com/aws/eks-pod-identity-agent
"""
