"""Rules about what a node is told when it boots: the kubelet's settings, and nothing secret."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Final

from policies.rule import Finding, ResourceRule
from policies.values import Properties, Unknown, read

_LAUNCH_TEMPLATE: Final = ("aws:ec2/launchTemplate:LaunchTemplate",)
# A key as a flag of the kubelet, in its own configuration (JSON or YAML) and in Bottlerocket's settings (TOML):
# https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/,
# https://bottlerocket.dev/en/os/1.44.x/api/settings/kubernetes/.
_ASSIGNED: Final = r"""["']?\s*(?:[:=]|\s)\s*["']?"""
_SETTINGS: Final[Mapping[str, tuple[str, str]]] = {
    rf"anonymous-auth{_ASSIGNED}true|anonymous{_ASSIGNED}[{{\s\"']*enabled{_ASSIGNED}true": (
        "the kubelet answers anybody",
        "remove the setting that lets anonymous requests in",
    ),
    rf"authorization-mode{_ASSIGNED}AlwaysAllow|mode{_ASSIGNED}AlwaysAllow": (
        "the kubelet lets everybody do everything",
        "set the authorization mode to Webhook",
    ),
    rf"(?:read-only-port|readOnlyPort){_ASSIGNED}[1-9]": (
        "the kubelet shows every pod's spec on a port that asks nobody",
        "set the read-only port to 0",
    ),
    rf"(?:streaming-connection-idle-timeout|streamingConnectionIdleTimeout){_ASSIGNED}0[smh]?\b": (
        "idle connections to containers stay open for ever",
        "set the streaming connection's idle timeout to hours",
    ),
    rf"(?:make-iptables-util-chains|makeIPTablesUtilChains){_ASSIGNED}false": (
        "the kubelet leaves its firewall chains out",
        "remove the setting that turns iptables' utility chains off",
    ),
    rf"(?:rotate-certificates|rotateCertificates){_ASSIGNED}false": (
        "the kubelet's client certificate is never renewed",
        "remove the setting that turns its rotation off",
    ),
    rf"(?:server-tls-bootstrap|serverTLSBootstrap|rotate-server-certificates){_ASSIGNED}false": (
        "the kubelet's serving certificate is its own and never renewed",
        "set server-tls-bootstrap to true",
    ),
    rf"(?:protect-kernel-defaults|protectKernelDefaults){_ASSIGNED}false": (
        "the kubelet changes the kernel's settings as it likes",
        "remove the setting that lets it",
    ),
}
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html: how access keys begin.
_KEY: Final = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")
_PRIVATE: Final = re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----")
_PASSWORD: Final = re.compile(r"(?i)\b(?:password|secret|token|api[_-]?key)\b[\"']?\s*[:=]\s*[\"']?[^\s\"'$<{]{8,}")


def _text(template: Properties) -> str | Unknown:
    """Return the user data as the node reads it; the template holds it in base64."""
    data = read(template, "userData", default="")
    if isinstance(data, Unknown):
        return data
    try:
        return base64.b64decode(str(data), validate=True).decode(errors="replace")
    except (binascii.Error, ValueError):
        return str(data)


def _kubelet(template: Properties) -> Iterator[Finding]:
    text = _text(template)
    if isinstance(text, Unknown):
        yield text
        return
    for pattern, (fault, remedy) in _SETTINGS.items():
        if re.search(pattern, text):
            yield f"{fault}; {remedy} from the user data" if remedy.startswith("remove") else f"{fault}; {remedy}"


def _admin_container(template: Properties) -> Iterator[Finding]:
    text = _text(template)
    if isinstance(text, Unknown):
        yield text
    elif re.search(r"\[settings\.host-containers\.admin\][^\[]*?enabled\s*=\s*true", text):
        yield (
            "Bottlerocket's admin container gives a root shell on the node; "
            "set settings.host-containers.admin.enabled to false"
        )


def _secrets(template: Properties) -> Iterator[Finding]:
    text = _text(template)
    if isinstance(text, Unknown):
        yield text
        return
    for pattern, what in ((_KEY, "an access key"), (_PRIVATE, "a private key"), (_PASSWORD, "what reads as a secret")):
        if pattern.search(text):
            yield f"the user data holds {what}, which every pod and every reader of the template can see; remove it"


RULES: Final = (
    ResourceRule(
        name="kubelet-settings",
        why="The kubelet runs every pod of its node, so whoever may command it commands all of them.",
        types=_LAUNCH_TEMPLATE,
        check=_kubelet,
        references=("CIS Amazon EKS Benchmark 1.8.0: 3.2.1, 3.2.2, 3.2.4, 3.2.5, 3.2.6, 3.2.8, 3.2.9",),
    ),
    ResourceRule(
        name="node-admin-container",
        why="A shell that is root on every node is a door for whoever finds it, and records nothing.",
        types=_LAUNCH_TEMPLATE,
        check=_admin_container,
        references=("Bottlerocket documentation: host containers, admin",),
    ),
    ResourceRule(
        name="user-data-secrets",
        why="User data is readable from every process on the node and by everybody who may describe the template.",
        types=_LAUNCH_TEMPLATE,
        check=_secrets,
        references=("AWS EC2 User Guide: user data is not protected",),
    ),
)
