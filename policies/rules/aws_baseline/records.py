"""Rules about records and about what faces the internet: log groups' keys, trails and load balancers."""

from collections.abc import Iterator
from typing import Final

from policies.expect import given, on
from policies.rule import Finding, ResourceRule
from policies.values import Properties, Unknown, read

_TRAIL: Final = ("aws:cloudtrail/trail:Trail",)
_LOAD_BALANCER: Final = ("aws:lb/loadBalancer:LoadBalancer",)
_LISTENER: Final = ("aws:lb/listener:Listener",)


def _listener(listener: Properties) -> Iterator[Finding]:
    protocol = read(listener, "protocol", default="HTTP")
    if isinstance(protocol, Unknown):
        yield protocol
    elif protocol == "HTTP":
        actions = read(listener, "defaultActions", default=[])
        if isinstance(actions, Unknown):
            yield actions
        elif not any(read(action, "redirect", "protocol") == "HTTPS" for action in actions):
            yield "what is sent here can be read on the way; set defaultActions to a redirect to HTTPS"


def _ciphers(listener: Properties) -> Iterator[Finding]:
    protocol = read(listener, "protocol", default="HTTP")
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html: the API's default.
    policy = read(listener, "sslPolicy", default="ELBSecurityPolicy-2016-08")
    unknown = [each for each in (protocol, policy) if isinstance(each, Unknown)]
    if unknown:
        yield from unknown
    elif protocol in {"HTTPS", "TLS"} and not str(policy).startswith("ELBSecurityPolicy-TLS13"):
        yield f"clients may use TLS 1.0 or 1.1 ({policy}); set sslPolicy to one of ELBSecurityPolicy-TLS13"


RULES: Final = (
    ResourceRule(
        name="log-encrypted",
        why="Logs repeat what the programs handle, and a key of our own says who may read them.",
        types=("aws:cloudwatch/logGroup:LogGroup",),
        check=given("kmsKeyId", fault="the logs are encrypted with no key of ours; set kmsKeyId"),
        references=("Amazon CloudWatch Logs User Guide: encrypt log data with KMS",),
    ),
    ResourceRule(
        name="trail-validated",
        why="A trail that can be edited unnoticed proves nothing.",
        types=_TRAIL,
        check=on(
            "enableLogFileValidation",
            default=False,
            fault="nobody can tell whether the trail was edited; set enableLogFileValidation to true",
        ),
        references=("AWS Security Hub: CloudTrail.4",),
    ),
    ResourceRule(
        name="trail-encrypted",
        why="A trail tells an intruder what is where and what was noticed.",
        types=_TRAIL,
        check=given("kmsKeyId", fault="the trail is encrypted with a key of Amazon's; set kmsKeyId"),
        references=("AWS Security Hub: CloudTrail.2",),
    ),
    ResourceRule(
        name="trail-everywhere",
        why="What an intruder does in a region that nobody uses is seen by nobody.",
        types=_TRAIL,
        check=on(
            "isMultiRegionTrail",
            default=False,
            fault="the trail sees one region only; set isMultiRegionTrail to true",
        ),
        references=("AWS Security Hub: CloudTrail.1",),
    ),
    ResourceRule(
        name="listener-redirects",
        why="A password that was sent once without TLS is known on the way.",
        types=_LISTENER,
        check=_listener,
        references=("AWS Security Hub: ELB.1",),
    ),
    ResourceRule(
        name="listener-ciphers",
        why="A load balancer that takes old versions of TLS can be talked down to them.",
        types=_LISTENER,
        check=_ciphers,
        references=("CIS Amazon EKS Benchmark 1.8.0: 5.4.5",),
    ),
    ResourceRule(
        name="load-balancer-headers",
        why="Headers that no standard allows are how requests are smuggled past a proxy.",
        types=_LOAD_BALANCER,
        check=on(
            "dropInvalidHeaderFields",
            default=False,
            fault="malformed headers reach the pods; set dropInvalidHeaderFields to true",
        ),
        references=("AWS Security Hub: ELB.4",),
    ),
    ResourceRule(
        name="load-balancer-protected",
        why="With its load balancer an entrance's address is gone, and names still point to it.",
        types=_LOAD_BALANCER,
        check=on(
            "enableDeletionProtection",
            default=False,
            fault="one call deletes the load balancer; set enableDeletionProtection to true",
        ),
        references=("AWS Security Hub: ELB.6",),
    ),
)
