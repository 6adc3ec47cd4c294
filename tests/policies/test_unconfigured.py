"""What a provider cannot say yet, for its cluster is still to be made, is judged by what the program asked for."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

import pytest
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2

from policies.judge import Judge
from policies.pack import Analyzer
from policies.rules import RULES

_TOKEN: Final = "kubernetes:core/v1:Namespace"  # noqa: S105 - a type token
_URN: Final = f"urn:pulumi:dev::platform::{_TOKEN}::apps"
_INPUTS: Final = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "apps"}}


def _wire(inputs: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(dict(inputs), struct_pb2.Struct())


@pytest.fixture
def found() -> Callable[[Mapping[str, Any]], set[str]]:
    """Return what asks about one Namespace, first alone and then in a stack where it has some outputs."""
    server: Any = Analyzer(lambda _: Judge(RULES, (), date(2026, 6, 15)))

    def ask(outputs: Mapping[str, Any]) -> set[str]:
        server.Analyze(analyzer_pb2.AnalyzeRequest(urn=_URN, type=_TOKEN, name="apps", properties=_wire(_INPUTS)), None)
        resource = analyzer_pb2.AnalyzerResource(urn=_URN, type=_TOKEN, name="apps", properties=_wire(outputs))
        answer = server.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=[resource]), None)
        return {each.policyName for each in answer.diagnostics}

    return ask


def test_a_resource_without_outputs_is_as_it_was_asked_for(found: Callable[[Mapping[str, Any]], set[str]]) -> None:
    assert "namespace-closed" in found({})


def test_outputs_say_more_than_what_was_asked_for(found: Callable[[Mapping[str, Any]], set[str]]) -> None:
    assert "namespace-closed" not in found({**_INPUTS, "metadata": {"name": "ingress-nginx"}})
