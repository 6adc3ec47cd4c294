"""A real API server with the very objects of a stack: who may do what, and that nobody may do what is dangerous."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from rehearsal.kubernetes.control_plane import ControlPlane
from rehearsal.kubernetes.rest import APPLY, JSON, Rest
from tests.access.questions import EVERYWHERE, Question, Rbac, ask, groups, objects, truth
from tests.environments import assembled

pytestmark = pytest.mark.tools

_EVERY_ROLE: Final = assembled("every-role")
_GROUPS: Final = groups(_EVERY_ROLE)
_MADE: Final = objects(_EVERY_ROLE)
_RBAC: Final = "/apis/rbac.authorization.k8s.io/v1"
_EXCEPTIONS: Final = Path(__file__).parent / "exceptions.yaml"

_OWN: Final = "payments"
_PLATFORM: Final = "vault"
_THREADS: Final = 8
_WRITES: Final = ("create", "update", "patch", "delete", "deletecollection")
# Beyond writing: what shows secrets, opens a way into pods, or gives rights.
_DANGEROUS: Final = tuple(
    (verb, resource, group, subresource)
    for verbs, resource, group, subresource in (
        (("get", "list", "watch"), "secrets", "", ""),
        (("get", "create"), "pods", "", "exec"),
        (("get", "create"), "pods", "", "attach"),
        (("get", "create"), "pods", "", "portforward"),
        (("get", "create", "update", "patch", "delete"), "pods", "", "proxy"),
        (("get", "create", "update", "patch", "delete"), "services", "", "proxy"),
        (("get", "create", "update", "patch", "delete"), "nodes", "", "proxy"),
        (("get",), "nodes", "", "configz"),
        (("get",), "nodes", "", "log"),
        (("bind", "escalate"), "roles", "rbac.authorization.k8s.io", ""),
        (("bind", "escalate"), "clusterroles", "rbac.authorization.k8s.io", ""),
        (("impersonate",), "users", "", ""),
        (("impersonate",), "groups", "", ""),
        (("impersonate",), "serviceaccounts", "", ""),
        (("impersonate",), "uids", "authentication.k8s.io", ""),
        (("impersonate",), "userextras", "authentication.k8s.io", ""),
        (("approve", "sign"), "signers", "certificates.k8s.io", ""),
    )
    for verb in verbs
)


@pytest.fixture(scope="module")
def rest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rest]:
    with ControlPlane(tmp_path_factory.mktemp("access")) as plane:
        rest = Rest(plane.api_client())
        for made in _EVERY_ROLE.of("kubernetes:core/v1:Namespace"):
            _apply(rest, "/api/v1/namespaces", "v1", "Namespace", {"metadata": made.inputs["metadata"]})
        for made in sorted(_MADE, key=lambda each: each.type.endswith("Binding")):
            kind = made.type.rpartition(":")[2]
            namespace = made.inputs["metadata"].get("namespace", "")
            place = f"/namespaces/{namespace}" if namespace else ""
            _apply(rest, f"{_RBAC}{place}/{kind.lower()}s", "rbac.authorization.k8s.io/v1", kind, made.inputs)
        yield rest


def _apply(rest: Rest, path: str, version: str, kind: str, inputs: dict[str, Any]) -> None:
    body = {**inputs, "apiVersion": version, "kind": kind}
    place = f"{path}/{inputs['metadata']['name']}"
    rest.request("PATCH", place, {"fieldManager": "test", "force": "true"}, body, content_type=APPLY)


def test_every_row_of_the_table_is_what_the_api_server_says(rest: Rest) -> None:
    wrong = [f"{question}: {not answer}" for question, answer in truth() if ask(rest, question, _GROUPS) is not answer]

    assert wrong == []


def _resources(rest: Rest) -> list[tuple[str, str, str]]:
    """Return resource, group and subresource of everything the API server serves."""
    versions = [("", "/api/v1")] + [
        (group["name"], f"/apis/{group['preferredVersion']['groupVersion']}") for group in rest.get("/apis")["groups"]
    ]
    return [
        (name, group, subresource)
        for group, path in versions
        for served in rest.get(path)["resources"]
        for name, _, subresource in [served["name"].partition("/")]
    ]


def _sweep(rest: Rest) -> list[Question]:
    served = {(verb, *resource) for resource in _resources(rest) for verb in _WRITES}
    return [
        Question(who, verb, resource, group, subresource, place)
        for who in _GROUPS
        for verb, resource, group, subresource in sorted({*served, *_DANGEROUS})
        for place in (_OWN, _PLATFORM, EVERYWHERE)
    ]


def test_nobody_may_do_what_is_dangerous_but_for_the_listed_exceptions(rest: Rest) -> None:
    questions = _sweep(rest)
    with ThreadPoolExecutor(_THREADS) as threads:
        answers = list(threads.map(lambda question: ask(rest, question, _GROUPS), questions))
    allowed = [question for question, answer in zip(questions, answers, strict=True) if answer]
    # Kubernetes lets everybody whom it knows ask about himself.
    theirs = {replace(question, who="") for question in allowed if question.who == "nobody"}
    assert all(question.resource.startswith("selfsubject") for question in theirs)
    allowed = [question for question in allowed if replace(question, who="") not in theirs]
    model = Rbac(_MADE)

    assert len(questions) > 5000
    # The test's own reading of the objects, by which rules are taken away elsewhere, is the API server's.
    assert [str(question) for question in questions if model.allows(question, _GROUPS)] == [
        str(each) for each in allowed
    ]
    found: dict[str, dict[str, list[str]]] = {}
    for question in allowed:
        what = f"{question.resource}.{question.group}".rstrip(".") + f"/{question.subresource}".rstrip("/")
        found.setdefault(question.who, {}).setdefault(what, []).append(question.verb)
    listed = yaml.safe_load(_EXCEPTIONS.read_text(encoding="utf-8"))
    told = {who: {what: " ".join(sorted(verbs)) for what, verbs in each.items()} for who, each in found.items()}
    assert told == listed
    assert {question.namespace for question in allowed} == {_OWN}


def test_what_a_chart_adds_to_kubernetes_own_view_reaches_no_role(rest: Rest) -> None:
    aggregated = {
        "metadata": {"name": "chart-view", "labels": {"rbac.authorization.k8s.io/aggregate-to-view": "true"}},
        "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list", "watch"]}],
    }
    _apply(rest, f"{_RBAC}/clusterroles", "rbac.authorization.k8s.io/v1", "ClusterRole", aggregated)

    assert not any(ask(rest, Question(who, "list", "secrets", namespace=_PLATFORM), _GROUPS) for who in _GROUPS)


@pytest.mark.parametrize(
    ("role", "answer"),
    [
        ("platform:developer:namespace", True),
        ("platform:ci-deployer:namespace", True),
        ("platform:power-user:cluster", False),
        ("view", False),
        ("edit", False),
        ("cluster-admin", False),
    ],
)
def test_a_namespace_admin_gives_what_it_holds_and_nothing_else(rest: Rest, role: str, answer: bool) -> None:  # noqa: FBT001 - a cell of the table
    body = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"generateName": "given-"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "friends"}],
    }

    assert _may(rest, "payments-leads", f"{_RBAC}/namespaces/{_OWN}/rolebindings", body) is answer


def _may(rest: Rest, who: str, path: str, body: dict[str, Any]) -> bool:
    """Tell whether somebody's request is taken; nothing is kept of it."""
    client = rest._client
    headers = {"Content-Type": JSON, "Impersonate-User": who, "Impersonate-Group": _GROUPS[who][0]}
    answer = client.call_api("POST", f"{client.configuration.host}{path}?dryRun=All", headers, body)
    assert answer.status in {HTTPStatus.CREATED, HTTPStatus.FORBIDDEN}
    return bool(answer.status == HTTPStatus.CREATED)
