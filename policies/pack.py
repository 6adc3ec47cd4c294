"""Makes the rules a policy pack: a process that answers the engine; the only module that knows its protocol.

Pulumi's SDK for policies reads every resource anew for every policy, which a hundred rules over a thousand resources
cannot afford; here each is read once, and shown only to the rules about its type.
Protocol: https://github.com/pulumi/pulumi/blob/v3.256.0/proto/pulumi/analyzer.proto.
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent import futures
from contextlib import suppress
from typing import Any, Final, NoReturn, cast

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2

from policies import wire
from policies.configuration import DEFAULT
from policies.evaluate import Violation
from policies.judge import EXEMPTION_RULES, Judge
from policies.rule import ResourceRule, Rule
from policies.values import located

NAME: Final = "platform"
VERSION: Final = "2.0.0"
"""Used where the pack is started without its PulumiPolicy.yaml, which says the same."""

# The engine's own limit (pulumi/sdk/go/common/util/rpcutil): 400 MB; a stack is one message.
_LIMIT: Final = 400 * 1024 * 1024
_LEVELS: Final = {
    "advisory": analyzer_pb2.ADVISORY,
    "mandatory": analyzer_pb2.MANDATORY,
    "remediate": analyzer_pb2.REMEDIATE,
}


def serve() -> None:
    """Serve the pack to the engine that started this process, until it ends it."""
    options = [("grpc.max_receive_message_length", _LIMIT), ("grpc.max_send_message_length", _LIMIT)]
    # The engine asks one thing after another; more threads only take turns.
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=1), options=options)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Analyzer(Judge.of), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    # The engine reads the port from here and nothing else.
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    # So the engine ends it.
    with suppress(KeyboardInterrupt):
        server.wait_for_termination()


class Analyzer(analyzer_pb2_grpc.AnalyzerServicer):
    """The engine's side of the pack: it names the stack first, then asks about its resources."""

    def __init__(self, judge_of: Callable[[str], Judge]) -> None:
        """Take what makes the judge of a stack."""
        self._judge_of = judge_of
        self._chosen: Judge | None = None
        self._asked: dict[str, Any] = {}

    def ConfigureStack(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name, as below
        """Choose the rules of the stack; a configuration that cannot be read ends the run before it begins."""
        try:
            self._chosen = self._judge_of(request.stack)
        except ValueError as error:
            _refuse(context, str(error))
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def Analyze(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Judge one resource."""
        judge = self._judge(context)
        self._asked[request.urn] = request.properties
        return _answer(judge, judge.resource(request.type, lambda: _entry(request)))

    def AnalyzeStack(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Judge all resources together, as they are at the end of the plan or of the update."""
        judge = self._judge(context)
        return _answer(judge, judge.stack([self._known(each) for each in request.resources]))

    def Remediate(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Mend one resource before it is planned."""
        judge = self._judge(context)
        response = analyzer_pb2.RemediateResponse()
        properties = request.properties
        for rule in judge.mended(request.type):
            if judge.exempt(rule.name, request.urn):
                continue
            changes = _changes(rule, located(wire.plain(properties)))
            if changes:
                properties = wire.put(properties, changes)
                response.remediations.add(
                    policyName=rule.name,
                    policyPackName=NAME,
                    policyPackVersion=VERSION,
                    description=rule.why,
                    properties=properties,
                )
        return response

    def GetAnalyzerInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Name the rules that hold in the stack."""
        del request
        judge = self._judge(context)
        infos = [_info(rule) for rule in judge.rules]
        if judge.exemptions:
            infos += [
                analyzer_pb2.PolicyInfo(name=name, description=why, enforcementLevel=analyzer_pb2.MANDATORY)
                for name, why in EXEMPTION_RULES.items()
            ]
        # What an environment may set stands in policies/config, where it is reviewed.
        return analyzer_pb2.AnalyzerInfo(name=NAME, version=VERSION, supportsConfig=False, policies=infos)

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Say which version this is."""
        del request, context
        return plugin_pb2.PluginInfo(version=VERSION)

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Take nothing: the engine has nothing to configure where `supportsConfig` is false."""
        del request, context
        return empty_pb2.Empty()

    def _known(self, resource: Any) -> dict[str, Any]:
        """Return a resource as it is in the end.

        A provider that is not configured yet, as that of a cluster still to be made, is not asked by a preview, and the
        engine has nothing of its resources but what the program asked for.
        """
        entry = _whole(resource)
        asked = self._asked.get(resource.urn)
        return entry if entry["inputs"] or asked is None else {**entry, "inputs": wire.plain(asked)}

    def _judge(self, context: Any) -> Judge:
        # Without a stack, as in `pulumi policy publish`, nobody names one.
        if self._chosen is None:
            try:
                self._chosen = self._judge_of(DEFAULT)
            except ValueError as error:
                _refuse(context, str(error))
        return self._chosen


def _refuse(context: Any, why: str) -> NoReturn:
    context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"the policies cannot be used: {why}")
    raise AssertionError("abort raises")


def _changes(rule: ResourceRule, inputs: Mapping[str, Any]) -> dict[str, Any]:
    changes = cast("Callable[..., Mapping[str, Any]]", rule.mend)(inputs, *rule.arguments)
    return dict(changes)


def _entry(request: Any) -> dict[str, Any]:
    return {"urn": request.urn, "type": request.type, "name": request.name, "inputs": wire.plain(request.properties)}


def _whole(resource: Any) -> dict[str, Any]:
    return {
        **_entry(resource),
        "dependencies": list(resource.dependencies),
        "parent": resource.parent,
        "protect": resource.options.protect,
    }


def _answer(judge: Judge, violations: Iterable[Violation]) -> Any:
    return analyzer_pb2.AnalyzeResponse(diagnostics=[_diagnostic(judge, each) for each in violations])


def _diagnostic(judge: Judge, violation: Violation) -> Any:
    rule = judge.by_name.get(violation.rule)
    why = EXEMPTION_RULES[violation.rule] if rule is None else rule.why
    return analyzer_pb2.AnalyzeDiagnostic(
        policyName=violation.rule,
        policyPackName=NAME,
        policyPackVersion=VERSION,
        description=why,
        message=f"{why}\n{violation.message}",
        urn=violation.urn,
        enforcementLevel=_LEVELS[violation.level],
    )


def _info(rule: Rule) -> Any:
    kind = analyzer_pb2.POLICY_TYPE_RESOURCE if isinstance(rule, ResourceRule) else analyzer_pb2.POLICY_TYPE_STACK
    return analyzer_pb2.PolicyInfo(
        name=rule.name,
        description=rule.why,
        enforcementLevel=_LEVELS[rule.level],
        policy_type=kind,
        tags=list(rule.references),
    )
