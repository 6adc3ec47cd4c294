"""What policies mean: native ones as Kubernetes documents them, the others as Cilium does."""

from ipaddress import ip_address
from typing import Any

import pytest

from rehearsal.reachability.evaluate import Evaluation
from rehearsal.reachability.manifests import read
from rehearsal.reachability.model import External, Party, Pod, PortAtoms, Reserved, Socket

WEB = Pod(namespace="shop", labels={"app": "web", "tier": "front"}, name="web")
DB = Pod(namespace="shop", labels={"app": "db"}, name="db", named_ports={"sql": ((5432, "TCP"),)})
SPY = Pod(namespace="other", labels={"app": "web"}, name="spy", namespace_labels={"team": "red"})
HOST, NODE, HEALTH = Reserved("host"), Reserved("remote-node"), Reserved("health")
API = External(address=ip_address("10.0.0.9"), api_server=True)
WORLD = External(address=ip_address("198.51.100.7"))
NAMED = External(name="api.eu.example.com")
SQL: Socket = (5432, "TCP")

_PORTS = PortAtoms({"SCTP": (1,), "TCP": (1, 80, 81, 90, 91, 5432, 5433), "UDP": (1, 53, 54)})
_DB = {"matchLabels": {"app": "db"}}
_WEB = {"matchLabels": {"app": "web"}}


def _native(**spec: Any) -> dict[str, Any]:
    return _policy("NetworkPolicy", {"podSelector": _DB, **spec}, "networking.k8s.io/v1")


def _cilium(**spec: Any) -> dict[str, Any]:
    return _policy("CiliumNetworkPolicy", {"endpointSelector": _DB, **spec})


def _clusterwide(**spec: Any) -> dict[str, Any]:
    return _policy("CiliumClusterwideNetworkPolicy", {"endpointSelector": {}, **spec})


def _policy(kind: str, spec: dict[str, Any], version: str = "cilium.io/v2") -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "p", "namespace": "shop"}, "spec": spec}


def _tcp(*ports: str, **more: Any) -> dict[str, Any]:
    return {"toPorts": [{"ports": [{"port": port, "protocol": "TCP", **more} for port in ports]}]}


_LISTENS = {
    "toEntities": ["health"],
    "toPorts": [{"ports": [{"port": "53", "protocol": "ANY"}], "rules": {"dns": [{"matchPattern": "*"}]}}],
}
_NAME = {"kubernetes.io/metadata.name": "other"}
_RED = {"namespaceSelector": {"matchLabels": {"team": "red"}}}
_EXPRESSION = {"key": "tier", "operator": "In", "values": ["front"]}

ROWS: dict[str, tuple[list[dict[str, Any]], Party, Party, Socket, bool]] = {
    "without policies everything passes": ([], WEB, DB, SQL, True),
    "a native policy without rules closes ingress": ([_native()], WEB, DB, SQL, False),
    "and leaves egress open": ([_native()], DB, WEB, SQL, True),
    "a type closes its direction": ([_native(policyTypes=["Egress"])], DB, WEB, SQL, False),
    "and only that": ([_native(policyTypes=["Egress"])], WEB, DB, SQL, True),
    "egress rules close egress without a type": (
        [_native(egress=[{"to": [{"podSelector": _DB}]}])],
        DB, WEB, SQL, False,
    ),
    "an empty native rule allows everything": ([_native(ingress=[{}])], WORLD, DB, SQL, True),
    "an empty native list of peers allows everyone": ([_native(ingress=[{"from": []}])], WORLD, DB, SQL, True),
    "a native pod selector": ([_native(ingress=[{"from": [{"podSelector": _WEB}]}])], WEB, DB, SQL, True),
    "stays in its namespace": ([_native(ingress=[{"from": [{"podSelector": _WEB}]}])], SPY, DB, SQL, False),
    "a namespace selector": ([_native(ingress=[{"from": [_RED]}])], SPY, DB, SQL, True),
    "selects no other namespace": ([_native(ingress=[{"from": [_RED]}])], WEB, DB, SQL, False),
    "selects no address": ([_native(ingress=[{"from": [{"namespaceSelector": {}}]}])], WORLD, DB, SQL, False),
    "both selectors must hold": (
        [_native(ingress=[{"from": [{**_RED, "podSelector": {"matchLabels": {"tier": "front"}}}]}])],
        SPY, DB, SQL, False,
    ),
    "a namespace goes by its name too": (
        [_native(ingress=[{"from": [{"namespaceSelector": {"matchLabels": _NAME}}]}])],
        SPY, DB, SQL, True,
    ),
    "an address block": (
        [_native(ingress=[{"from": [{"ipBlock": {"cidr": "198.51.100.0/24"}}]}])],
        WORLD, DB, SQL, True,
    ),
    "what is taken out of a block": (
        [_native(ingress=[{"from": [{"ipBlock": {"cidr": "198.51.100.0/24", "except": ["198.51.100.0/28"]}}]}])],
        WORLD, DB, SQL, False,
    ),
    "no block holds a pod": ([_native(ingress=[{"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}])], WEB, DB, SQL, False),
    "no block holds a node": (
        [_native(ingress=[{"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}])],
        NODE, DB, SQL, False,
    ),
    "a native port": ([_native(ingress=[{"ports": [{"port": 5432}]}])], WEB, DB, SQL, True),
    "is TCP unless it says so": ([_native(ingress=[{"ports": [{"port": 53}]}])], WEB, DB, (53, "UDP"), False),
    "a native range": ([_native(ingress=[{"ports": [{"port": 80, "endPort": 90}]}])], WEB, DB, (81, "TCP"), True),
    "ends where it says": ([_native(ingress=[{"ports": [{"port": 80, "endPort": 90}]}])], WEB, DB, (91, "TCP"), False),
    "a port by the server's name for it": ([_native(ingress=[{"ports": [{"port": "sql"}]}])], WEB, DB, SQL, True),
    "a name the server does not know": ([_native(ingress=[{"ports": [{"port": "http"}]}])], WEB, DB, SQL, False),
    "two policies add up": ([_native(), _cilium(ingress=[{"fromEndpoints": [_WEB]}])], WEB, DB, SQL, True),
    "both sides have a say": (
        [_cilium(ingress=[{"fromEndpoints": [_WEB]}]), _native(podSelector=_WEB, policyTypes=["Egress"])],
        WEB, DB, SQL, False,
    ),
    "an empty rule of Cilium allows nothing": ([_cilium(ingress=[{}])], WEB, DB, SQL, False),
    "an empty list of Cilium closes nothing": ([_cilium(ingress=[], egress=[{}])], WEB, DB, SQL, True),
    "an empty selector of Cilium is its namespace": ([_cilium(ingress=[{"fromEndpoints": [{}]}])], WEB, DB, SQL, True),
    "and no other": ([_cilium(ingress=[{"fromEndpoints": [{}]}])], SPY, DB, SQL, False),
    "clusterwide it is every pod": ([_clusterwide(ingress=[{"fromEndpoints": [{}]}])], SPY, DB, SQL, True),
    "but nothing that is no pod": ([_clusterwide(ingress=[{"fromEndpoints": [{}]}])], WORLD, DB, SQL, False),
    "an empty list of selectors is nobody": (
        [_cilium(ingress=[{"fromEndpoints": [], **_tcp("5432")}])],
        WEB, DB, SQL, False,
    ),
    "ports alone are for everyone": ([_cilium(ingress=[_tcp("5432")])], WORLD, DB, SQL, True),
    "a namespace among the labels": (
        [_cilium(ingress=[{"fromEndpoints": [{"matchLabels": {"k8s:io.kubernetes.pod.namespace": "other"}}]}])],
        SPY, DB, SQL, True,
    ),
    "an expression": (
        [_cilium(ingress=[{"fromEndpoints": [{"matchExpressions": [_EXPRESSION]}]}])],
        WEB, DB, SQL, True,
    ),
    "a label that is not there is not in": (
        [_cilium(ingress=[{"fromEndpoints": [{"matchExpressions": [_EXPRESSION]}]}])], DB, DB, SQL, False
    ),
    "but it is not not in": (
        [_cilium(ingress=[{"fromEndpoints": [{"matchExpressions": [{**_EXPRESSION, "operator": "NotIn"}]}]}])],
        DB, DB, SQL, True,
    ),
    "the API server": ([_cilium(ingress=[{"fromEntities": ["kube-apiserver"]}])], API, DB, SQL, True),
    "is not the world": ([_cilium(ingress=[{"fromEntities": ["kube-apiserver"]}])], WORLD, DB, SQL, False),
    "but the world is the API server too": ([_cilium(egress=[{"toEntities": ["world"]}])], DB, API, SQL, True),
    "and its addresses are": ([_cilium(egress=[{"toCIDR": ["10.0.0.0/28"]}])], DB, API, SQL, True),
    "the host is no remote node": ([_cilium(egress=[{"toEntities": ["host"]}])], DB, NODE, SQL, False),
    "the cluster is every pod": ([_cilium(egress=[{"toEntities": ["cluster"]}])], DB, SPY, SQL, True),
    "and every node": ([_cilium(egress=[{"toEntities": ["cluster"]}])], DB, HOST, SQL, True),
    "and not the world": ([_cilium(egress=[{"toEntities": ["cluster"]}])], DB, WORLD, SQL, False),
    "nor the API server of EKS": ([_cilium(egress=[{"toEntities": ["cluster"]}])], DB, API, SQL, False),
    "all is everything": ([_cilium(egress=[{"toEntities": ["all"]}])], DB, HEALTH, SQL, True),
    "none is nothing": ([_cilium(egress=[{"toEntities": ["none"]}])], DB, HEALTH, SQL, False),
    "a reserved label is its entity": (
        [_cilium(egress=[{"toEndpoints": [{"matchLabels": {"reserved:host": ""}}]}])], DB, HOST, SQL, True
    ),
    "a node reaches its own pods whatever policies say": ([_native()], HOST, DB, SQL, True),
    "another node does not": ([_native()], NODE, DB, SQL, False),
    "a pod does not reach its node": ([_native(policyTypes=["Egress"])], DB, HOST, SQL, False),
    "a name is known where DNS is listened to": (
        [_cilium(egress=[_LISTENS, {"toFQDNs": [{"matchName": "api.eu.example.com"}]}])], DB, NAMED, SQL, True
    ),
    "and nowhere else": ([_cilium(egress=[{"toFQDNs": [{"matchName": "api.eu.example.com"}]}])], DB, NAMED, SQL, False),
    "one star is one label": (
        [_cilium(egress=[_LISTENS, {"toFQDNs": [{"matchPattern": "*.example.com"}]}])], DB, NAMED, SQL, False
    ),
    "two are any number": (
        [_cilium(egress=[_LISTENS, {"toFQDNs": [{"matchPattern": "**.example.com"}]}])], DB, NAMED, SQL, True
    ),
    "a name is in the world": ([_cilium(egress=[{"toEntities": ["world"]}])], DB, NAMED, SQL, True),
    "a denial wins": (
        [_cilium(ingress=[{"fromEndpoints": [_WEB]}]), _cilium(ingressDeny=[{"fromEndpoints": [_WEB]}])],
        WEB, DB, SQL, False,
    ),
    "a denial of a port leaves the others": (
        [_cilium(ingress=[{"fromEndpoints": [_WEB]}]), _cilium(ingressDeny=[{"fromEntities": ["all"], **_tcp("80")}])],
        WEB, DB, SQL, True,
    ),
    "a policy that only denies closes the direction": (
        [_cilium(egressDeny=[{"toEntities": ["host"]}])],
        DB, WEB, SQL, False,
    ),
    "unless it says that it does not": (
        [_cilium(egressDeny=[{"toEntities": ["host"]}], enableDefaultDeny={"egress": False})], DB, WEB, SQL, True
    ),
    "and denies all the same": (
        [_cilium(egressDeny=[{"toEntities": ["host"]}], enableDefaultDeny={"egress": False})], DB, HOST, SQL, False
    ),
    "it leaves the other direction open": ([_cilium(egressDeny=[{"toEntities": ["host"]}])], WEB, DB, SQL, True),
    "rules that close nothing allow all the same": (
        [_cilium(ingress=[{"fromEndpoints": [_WEB]}], enableDefaultDeny={"ingress": False})], SPY, DB, SQL, True
    ),
    "another policy may close it": (
        [_cilium(ingress=[{"fromEndpoints": [_WEB]}], enableDefaultDeny={"ingress": False}), _native()],
        SPY, DB, SQL, False,
    ),
    "a direction can be closed without rules": (
        [_cilium(egress=[{"toEntities": ["all"]}], enableDefaultDeny={"ingress": True})], WEB, DB, SQL, False
    ),
    "port 0 is every port": ([_cilium(ingress=[_tcp("0")])], WEB, DB, SQL, True),
    "of its protocol": ([_cilium(ingress=[_tcp("0")])], WEB, DB, (53, "UDP"), False),
    "no protocol is every protocol": (
        [_cilium(ingress=[{"toPorts": [{"ports": [{"port": "53"}]}]}])], WEB, DB, (53, "UDP"), True
    ),
    "a range of Cilium": ([_cilium(ingress=[_tcp("80", endPort=90)])], WEB, DB, (81, "TCP"), True),
    "several specs in one object": (
        [{**_cilium(), "spec": None, "specs": [{"endpointSelector": _DB, "ingress": [{}]}]}], WEB, DB, SQL, False
    ),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_policies_mean_what_their_engines_document(row: str) -> None:
    manifests, client, server, (number, protocol), passes = ROWS[row]
    evaluation = Evaluation(read(manifests), _PORTS, own_node_passes=True)

    assert bool(evaluation.reaches(client, server) & _PORTS.bits(number, number, protocol)) is passes


def test_a_node_is_stopped_too_where_cilium_is_told_to_ask_policies() -> None:
    evaluation = Evaluation(read([_native()]), _PORTS, own_node_passes=False)

    assert evaluation.reaches(HOST, DB) == 0


def test_parts_of_the_ports_are_told_as_ranges() -> None:
    bits = _PORTS.bits(81, 5432, "TCP") | _PORTS.bits(53, 53, "UDP")

    assert _PORTS.told(bits) == ["81-89/TCP", "90/TCP", "91-5431/TCP", "5432/TCP", "53/UDP"]
    assert _PORTS.told(_PORTS.everything) == ["all ports"]
