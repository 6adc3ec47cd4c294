"""The pack as the engine meets it: a process, started by its executable, that answers over gRPC."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from policies import pack
from policies.evaluate import EXPIRED, UNUSED
from policies.exemptions import Exemption
from policies.judge import Judge
from policies.rule import ResourceRule
from policies.rules import RULES
from tests.policies.rows.all import ROWS
from tests.policies.rows.row import Row

_ANALYZER = Path(pack.__file__).with_name("analyzer")
_PYTHON = Path(sys.executable)
_BY_NAME = {rule.name: rule for rule in RULES}
_LATER = " is not known yet; the update will judge it"


@pytest.fixture(scope="module")
def analyzer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Start the executable elsewhere, with nothing but a Python on PATH, as its worst caller would."""
    command = [str(_ANALYZER), "127.0.0.1:0"]
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "policies.py").write_text("raise AssertionError('the working directory was imported')")
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=elsewhere, env={"PATH": str(_PYTHON.parent)}
    ) as process:
        assert process.stdout is not None
        try:
            port = process.stdout.readline().strip()
            assert port.isdecimal(), port
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                yield analyzer_pb2_grpc.AnalyzerStub(channel)
        finally:
            process.kill()


def _wire(inputs: Any) -> struct_pb2.Struct:
    return json_format.ParseDict(inputs, struct_pb2.Struct())


def _ask(analyzer: Any, row: Row) -> list[Any]:
    """Return the diagnostics of the row's rule."""
    answers = []
    if isinstance(_BY_NAME[row.rule], ResourceRule):
        answers += [
            analyzer.Analyze(
                analyzer_pb2.AnalyzeRequest(
                    urn=each["urn"], type=each["type"], name=each["name"], properties=_wire(each["inputs"])
                )
            )
            for each in row.resources
        ]
    else:
        resources = [
            analyzer_pb2.AnalyzerResource(
                urn=each["urn"],
                type=each["type"],
                name=each["name"],
                properties=_wire(each["inputs"]),
                parent=each.get("parent", ""),
                dependencies=each.get("dependencies", []),
                options=analyzer_pb2.AnalyzerResourceOptions(protect=each.get("protect", False)),
            )
            for each in row.resources
        ]
        answers.append(analyzer.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=resources)))
    return [diagnostic for answer in answers for diagnostic in answer.diagnostics if diagnostic.policyName == row.rule]


def test_every_rule_is_in_the_pack_with_its_level_and_reason(analyzer: Any) -> None:
    info = analyzer.GetAnalyzerInfo(empty_pb2.Empty())

    assert info.name == "platform"
    assert [(policy.name, policy.description, list(policy.tags)) for policy in info.policies] == [
        (rule.name, rule.why, list(rule.references)) for rule in RULES
    ]
    assert [_level(policy) for policy in info.policies] == [rule.level for rule in RULES]


@pytest.mark.parametrize("row", [row for row in ROWS if not row.parameters], ids=str)
def test_a_rule_says_over_the_wire_what_it_says_of_plain_inputs(analyzer: Any, row: Row) -> None:
    rule = _BY_NAME[row.rule]

    diagnostics = _ask(analyzer, row)

    unknown = [each for each in diagnostics if each.message.endswith(_LATER)]
    faults = [each for each in diagnostics if each not in unknown]
    assert len(faults) == len(row.faults), faults
    assert all(piece in fault.message for piece, fault in zip(row.faults, faults, strict=True)), faults
    assert {_level(each) for each in faults} <= {rule.level}
    assert {_level(each) for each in unknown} <= {"advisory"}
    assert [each.message.removesuffix(_LATER).removeprefix(f"{rule.why}\n") for each in unknown] == list(row.unknown)


@pytest.mark.parametrize("venv", [True, False], ids=["its own environment", "the Python on PATH"])
def test_the_executable_finds_a_python_and_the_folder_it_stands_in(tmp_path: Path, *, venv: bool) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "__main__.py").write_text("import sys; print(sys.path[0], sys.argv[1])")
    shutil.copy(_ANALYZER, folder)
    if venv:
        (tmp_path / ".venv" / "bin").mkdir(parents=True)
        (tmp_path / ".venv" / "bin" / "python").symlink_to(_PYTHON)
    environment = {"PATH": "/nonexistent" if venv else str(_PYTHON.parent), "PYTHONPATH": os.pathsep.join(sys.path)}

    # As the engine does when the pack is named from its own folder.
    started = subprocess.run(
        ["./analyzer", "127.0.0.1:1"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )

    assert (started.stdout.split(), started.stderr) == ([str(folder), "127.0.0.1:1"], "")


def test_the_executable_says_what_to_do_where_there_is_no_python(tmp_path: Path) -> None:
    shutil.copy(_ANALYZER, tmp_path)

    started = subprocess.run(
        [tmp_path / "analyzer", "x"], env={"PATH": "/nonexistent"}, capture_output=True, text=True, check=False
    )

    assert started.returncode == 1
    assert "run `make test` once" in started.stderr


def test_a_rule_is_silent_about_types_that_are_not_its_own(analyzer: Any) -> None:
    request = analyzer_pb2.AnalyzeRequest(
        urn="urn:pulumi:dev::platform::aws:s3/bucket:Bucket::logs", type="aws:s3/bucket:Bucket"
    )

    assert list(analyzer.Analyze(request).diagnostics) == []


def _exemption(rule: str, expires: date) -> Exemption:
    return Exemption(rule=rule, resource="*::encryption-*", owner="a@example.com", reason="a reason", expires=expires)


def _reports(*exemptions: Exemption) -> set[tuple[str, str]]:
    """Return rule and level of what a pack with exemptions reports of a stack with one key that never rotates."""
    # The server without its process, which would block.
    server = pack.Analyzer(lambda _: Judge(RULES, exemptions, date(2026, 6, 15)))
    token = "aws:kms/key:Key"  # noqa: S105 - a type token
    key: dict[str, Any] = {
        "urn": f"urn:pulumi:dev::platform::{token}::encryption-secrets",
        "type": token,
        "name": "encryption-secrets",
    }
    stack = analyzer_pb2.AnalyzeStackRequest(resources=[analyzer_pb2.AnalyzerResource(**key)])
    answers = (server.Analyze(analyzer_pb2.AnalyzeRequest(**key), None), server.AnalyzeStack(stack, None))
    return {(each.policyName, _level(each)) for answer in answers for each in answer.diagnostics}


def _level(message: Any) -> str:
    return str(analyzer_pb2.EnforcementLevel.Name(message.enforcementLevel).lower())


def test_the_pack_keeps_exemptions_and_reports_those_that_ended_or_are_not_needed() -> None:
    fault = ("key-rotation", "mandatory")

    assert _reports() == {fault}
    assert _reports(_exemption("key-rotation", date(2026, 6, 15))) == set()
    assert _reports(_exemption("key-rotation", date(2026, 6, 14))) == {fault, (EXPIRED, "mandatory")}
    assert _reports(_exemption("public-subnets", date(2026, 6, 15))) == {fault, (UNUSED, "advisory")}
