"""The proof as the report shows it, read from a state."""

from typing import Any

from components.kit import flows
from components.kit.flows import Workload
from rehearsal.reachability.summary import markdown, summary
from tests.flows import API_SERVER, WEBHOOK, manifests, outputs, platform

_FLOWS = (*flows.webhook(WEBHOOK, 10250), *flows.dns(WEBHOOK))
_JUDGED = "Judged: 99 pairs on all ports, under 3 policies."
_STANDING = "a node reaches the pods on it on every port: Cilium exempts it from policies (allow-localhost)"


def _state(declared: Any = _FLOWS, policies: Any = None) -> list[dict[str, Any]]:
    closed = ("cert-manager", "vault")
    made = manifests(declared, closed) if policies is None else policies
    return [
        {"type": "platform:any:Component", "outputs": outputs(declared, closed, API_SERVER)},
        *({"type": "kubernetes:any:Policy", "inputs": each} for each in made),
    ]


def test_the_report_shows_who_reaches_whom_in_every_closed_namespace() -> None:
    assert list(markdown(summary(_state()))) == [
        "## Who reaches whom",
        "",
        f"3 of 3 declared flows are allowed; undeclared and allowed: 0. {_JUDGED}",
        f"Allowed without being declared, 3 pairs: {_STANDING}.",
        "",
        "| `cert-manager`: from \\ to | kube-system/coredns | webhook |",
        "| --- | --- | --- |",
        "| kube-apiserver |  | 10250 |",
        "| webhook | 53/UDP, 53 |  |",
        "",
        "`vault`: closed, with no flow at all.",
    ]


def test_what_is_missing_stands_in_the_table_and_above_it() -> None:
    lines = list(markdown(summary(_state(policies=manifests(_FLOWS, ("cert-manager", "vault"))[:2]))))

    assert "| kube-apiserver |  | 10250 **missing** |" in lines
    assert "- A declared flow is not allowed: kube-apiserver -> cert-manager/webhook 10250/TCP" in "\n".join(lines)


def test_the_facts_for_the_report() -> None:
    facts = summary(_state()).to_json()

    assert facts == {
        "namespaces": ["cert-manager", "vault"],
        "declared": 3,
        "allowed": 3,
        "missing": [],
        "undeclared": [],
        "accepted": [{"why": _STANDING, "pairs": 3}],
        "closed_unsaid": [],
        "unread": [],
        "pairs": 99,
        "policies": 3,
    }


def test_a_stack_without_declared_flows_has_nothing_to_prove() -> None:
    proof = summary([{"type": "aws:ec2/vpc:Vpc", "outputs": {"id": "vpc-1"}}, {"type": "pulumi:pulumi:Stack"}])

    assert (list(markdown(proof)), proof.objections) == ([], ())


def test_a_policy_that_is_not_understood_is_an_objection() -> None:
    policy = manifests(_FLOWS, ("cert-manager",))[1]
    policy["spec"]["egress"] = [{"toServices": [{}]}]

    (objection,) = summary(_state(policies=[policy])).objections
    assert "CiliumNetworkPolicy cert-manager/webhook: toServices is not understood by this proof" in objection


def test_what_two_components_declare_is_proved_together() -> None:
    webhook, dns = (_state(flows_, ()) for flows_ in (_FLOWS[:1], _FLOWS[1:]))

    proof = summary([*webhook, *dns, *_state()[1:]])

    assert (len(proof.flows), proof.objections) == (3, ())


def test_one_name_for_different_pods_is_an_objection() -> None:
    other = Workload(namespace=WEBHOOK.namespace, name=WEBHOOK.name, labels={"any": "other"}, ports=WEBHOOK.ports)

    (objection,) = summary([*_state(), *_state(flows.webhook(other, 10250))]).objections
    assert "cert-manager/webhook is declared twice, as different pods" in objection


def test_a_policy_about_to_be_deleted_by_a_replacement_does_not_count() -> None:
    state = _state(platform())
    for entry in state[1:]:
        entry["delete"] = True

    assert summary(state).policies == 0
