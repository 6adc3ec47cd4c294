"""Questions of the form "may this one do that there", put to objects of RBAC or to a real API server."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from rehearsal.kubernetes.rest import Rest
from tests.components.recording import Recorded, Recording

TRUTH: Final = Path(__file__).parent / "truth.yaml"
EVERYWHERE: Final = "*"

_ROW: Final = re.compile(r"(\S+) ([a-z0-9]+)(?:\.([a-z0-9.-]+))?(?:/([a-z]+))?(?: (everywhere)| in (\S+))?")
_RBAC: Final = "kubernetes:rbac.authorization.k8s.io/v1:"


@dataclass(frozen=True, slots=True)
class Question:
    """May somebody do something; `namespace` is empty for what is of none, and `EVERYWHERE` for all of them."""

    who: str
    verb: str
    resource: str
    group: str = ""
    subresource: str = ""
    namespace: str = ""

    def __str__(self) -> str:
        """Say it as the table does."""
        what = self.resource + (f".{self.group}" if self.group else "")
        what += f"/{self.subresource}" if self.subresource else ""
        where = " everywhere" if self.namespace == EVERYWHERE else f" in {self.namespace}" if self.namespace else ""
        return f"{self.who}: {self.verb} {what}{where}"


def truth() -> list[tuple[Question, bool]]:
    """Return every row of the table with its answer."""
    table = yaml.safe_load(TRUTH.read_text(encoding="utf-8"))
    return [
        (_question(who, row), answer)
        for who, answers in table.items()
        for word, answer in (("may", True), ("may not", False))
        for row in answers.get(word, [])
    ]


def _question(who: str, row: str) -> Question:
    match = _ROW.fullmatch(row)
    assert match, f"{who}: {row}"
    verb, resource, group, subresource, everywhere, namespace = match.groups()
    place = EVERYWHERE if everywhere else namespace or ""
    return Question(who, verb, resource, group or "", subresource or "", place)


def groups(recording: Recording) -> dict[str, list[str]]:
    """Return the groups that access entries give, by the entry's name; nobody has none."""
    entries = recording.of("aws:eks/accessEntry:AccessEntry")
    given = {entry.name.removeprefix("cluster-"): entry.inputs.get("kubernetesGroups") or [] for entry in entries}
    return {**given, "nobody": []}


def objects(recording: Recording) -> list[Recorded]:
    """Return the roles and bindings a program makes."""
    return [made for made in recording.resources if made.type.startswith(_RBAC)]


def ask(rest: Rest, question: Question, groups_of: Mapping[str, list[str]]) -> bool:
    """Ask a real API server."""
    attributes = {
        "verb": question.verb,
        "group": question.group,
        "resource": question.resource,
        "subresource": question.subresource,
        # No name of a namespace is all of them: https://kubernetes.io/docs/reference/access-authn-authz/authorization/
        "namespace": "" if question.namespace == EVERYWHERE else question.namespace,
    }
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {
            "user": f"arn:aws:sts::111122223333:assumed-role/{question.who}/me",
            "groups": [*groups_of[question.who], "system:authenticated"],
            "resourceAttributes": attributes,
        },
    }
    status = rest.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", body=review).body["status"]
    return bool(status["allowed"])


class Rbac:
    """What roles and bindings allow, worked out from the objects alone."""

    def __init__(self, made: Iterable[Recorded]) -> None:
        made = list(made)
        roles = {each.inputs["metadata"]["name"]: each.inputs["rules"] for each in made if each.type.endswith("Role")}
        self._rules: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
        for binding in (each.inputs for each in made if each.type.endswith("Binding")):
            for subject in binding["subjects"]:
                place = (subject["name"], binding["metadata"].get("namespace", ""))
                self._rules.setdefault(place, []).extend(roles[binding["roleRef"]["name"]])

    def allows(self, question: Question, groups_of: Mapping[str, list[str]]) -> bool:
        """Answer a question."""
        return any(
            question.verb in rule["verbs"]
            and question.group in rule["apiGroups"]
            and question.resource + (f"/{question.subresource}" if question.subresource else "") in rule["resources"]
            for rule in self._of(question, groups_of)
        )

    def _of(self, question: Question, groups_of: Mapping[str, list[str]]) -> Iterator[Mapping[str, Any]]:
        for group in groups_of[question.who]:
            for namespace in {"", question.namespace}:
                yield from self._rules.get((group, namespace), [])
