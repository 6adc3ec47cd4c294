"""Mending, over the protocol the engine speaks: what is mended, what is left alone, and what stays as it was."""

from collections.abc import Iterator
from concurrent import futures
from datetime import date
from typing import Any, Final

import grpc
import pytest
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from policies.configuration import Configuration, configured
from policies.exemptions import Exemption
from policies.judge import Judge
from policies.pack import Analyzer
from tests.policies.rows.row import UNKNOWN, UNKNOWN_NUMBER

_LOGS: Final = "aws:cloudwatch/logGroup:LogGroup"
_BUCKET: Final = "aws:s3/bucket:Bucket"
_PROVIDER: Final = "pulumi:providers:aws"
_MENDING: Final = {
    "rules": {
        "log-retention": {"level": "remediate", "parameters": {"minimum_days": 45}},
        "default-tags": {"level": "remediate", "parameters": {"values": {"owner": "a@example.com"}}},
        "resource-tags": {
            "level": "remediate",
            "parameters": {"required": ["cost-center"], "values": {"cost-center": "platform"}},
        },
    }
}
_FINDING: Final = {"rules": {"resource-tags": {"parameters": {"required": ["cost-center"]}}}}
_EXEMPT: Final = Exemption(
    rule="log-retention", resource="*::exempt", owner="a@example.com", reason="a reason", expires=date(2026, 12, 31)
)
# How Pulumi writes a secret on the wire (pulumi/sdk/go/common/resource/sig/sig.go).
_HIDDEN: Final = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "hidden"}


def _judge(stack: str) -> Judge:
    configuration = Configuration.model_validate(_MENDING if stack == "mending" else _FINDING)
    return Judge(configured(configuration), [_EXEMPT], date(2026, 6, 15))


@pytest.fixture(scope="module", params=["mending", "finding"])
def pack(request: pytest.FixtureRequest) -> Iterator[tuple[str, Any]]:
    """Serve the pack for a stack that mends and for one that only finds; yield which, and the engine's end."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=1))
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Analyzer(_judge), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = analyzer_pb2_grpc.AnalyzerStub(channel)
        stub.ConfigureStack(analyzer_pb2.AnalyzerStackConfigureRequest(stack=request.param))
        yield request.param, stub
    server.stop(None)


def _ask(pack: Any, kind: str, inputs: dict[str, Any], name: str = "x") -> tuple[dict[str, Any], list[str]]:
    """Return what becomes of a resource's inputs, and which rules object to that."""
    asked = json_format.ParseDict(inputs, struct_pb2.Struct())
    about: dict[str, Any] = {"urn": f"urn:pulumi:dev::platform::{kind}::{name}", "type": kind, "name": name}
    answer = pack.Remediate(analyzer_pb2.AnalyzeRequest(properties=asked, **about))
    final = answer.remediations[-1].properties if answer.remediations else asked
    judged = pack.Analyze(analyzer_pb2.AnalyzeRequest(properties=final, **about))
    return json_format.MessageToDict(final), [each.policyName for each in judged.diagnostics]


@pytest.mark.parametrize(
    ("kind", "inputs", "mended", "rule"),
    [
        pytest.param(_LOGS, {}, {"retentionInDays": 60}, "log-retention", id="for ever"),
        pytest.param(_LOGS, {"retentionInDays": 3}, {"retentionInDays": 60}, "log-retention", id="too short"),
        pytest.param(_LOGS, {"retentionInDays": 9999}, {"retentionInDays": 60}, "log-retention", id="too long"),
        pytest.param(_BUCKET, {}, {"tags": {"cost-center": "platform"}}, "resource-tags", id="no tags"),
        pytest.param(
            _BUCKET,
            {"tags": {"Name": "x"}, "secret": _HIDDEN},
            {"tags": {"Name": "x", "cost-center": "platform"}, "secret": _HIDDEN},
            "resource-tags",
            id="other tags, and a secret that stays one",
        ),
        pytest.param(
            _PROVIDER,
            {"defaultTags": '{"tags": {"environment": "dev", "managed-by": "pulumi"}}', "allowedAccountIds": '["1"]'},
            {
                "defaultTags": '{"tags": {"environment": "dev", "managed-by": "pulumi", "owner": "a@example.com"}}',
                "allowedAccountIds": '["1"]',
            },
            "default-tags",
            id="a provider's default tags",
        ),
    ],
)
def test_what_is_mended_is_no_fault_any_more_and_elsewhere_stays_one(
    pack: tuple[str, Any], kind: str, inputs: dict[str, Any], mended: dict[str, Any], rule: str
) -> None:
    which, stub = pack

    final, objections = _ask(stub, kind, inputs)

    if which == "mending":
        assert final == mended
        assert rule not in objections
    else:
        assert final == inputs
        assert rule in objections


@pytest.mark.parametrize(
    ("kind", "inputs", "name"),
    [
        pytest.param(_LOGS, {"retentionInDays": 90}, "x", id="good"),
        pytest.param(_LOGS, {"retentionInDays": UNKNOWN_NUMBER}, "x", id="not known yet"),
        pytest.param(_LOGS, {}, "exempt", id="exempt"),
        pytest.param(_BUCKET, {"tags": UNKNOWN}, "x", id="tags not known yet"),
        pytest.param(_BUCKET, {"tags": {"cost-center": "shop"}}, "x", id="somebody else's already"),
        pytest.param(_PROVIDER, {"defaultTags": UNKNOWN}, "x", id="default tags not known yet"),
        pytest.param(_PROVIDER, {"defaultTags": '{"tags": {"owner": "b"}}'}, "x", id="a key without a value to put"),
        pytest.param("aws:ec2/subnet:Subnet", {"mapPublicIpOnLaunch": True}, "x", id="what nobody can mend"),
    ],
)
def test_what_needs_no_mending_or_cannot_be_mended_is_left_as_it_is(
    pack: tuple[str, Any], kind: str, inputs: dict[str, Any], name: str
) -> None:
    assert _ask(pack[1], kind, inputs, name)[0] == inputs


def test_the_engine_is_told_which_rules_mend(pack: tuple[str, Any]) -> None:
    which, stub = pack
    levels = {each.name: each.enforcementLevel for each in stub.GetAnalyzerInfo(empty_pb2.Empty()).policies}

    expected = analyzer_pb2.REMEDIATE if which == "mending" else analyzer_pb2.MANDATORY
    assert {levels[name] for name in _MENDING["rules"]} == {expected}


def test_what_mending_leaves_wrong_still_stops_the_plan(pack: tuple[str, Any]) -> None:
    request = analyzer_pb2.AnalyzeRequest(
        urn=f"urn:pulumi:dev::platform::{_LOGS}::x", type=_LOGS, name="x", properties=struct_pb2.Struct()
    )

    faults = [each for each in pack[1].Analyze(request).diagnostics if each.policyName == "log-retention"]

    assert [each.enforcementLevel for each in faults] == [analyzer_pb2.MANDATORY]
