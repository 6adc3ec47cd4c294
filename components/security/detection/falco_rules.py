"""What Falco is told of this platform beyond its own rules: what its pods never do, and what they do of right."""

from collections.abc import Sequence
from typing import Final

from components.security.detection.falco_language import Known, Named, Priority, Rule, render

ENGINE: Final = "0.57.0"
"""The least version of the rule engine, that of the rules in Falco's image."""

UPSTREAM: Final = frozenset(
    {"user_known_contact_k8s_api_server_activities", "allowed_container_images_loading_kernel_module"}
)
"""The places that Falco's own rules leave for what is known.

They are those of falco-rules 5.1.0, which the image of Falco 0.44.1 brings:
https://github.com/falcosecurity/falco/blob/0.44.1/cmake/modules/rules.cmake,
https://github.com/falcosecurity/rules/blob/falco-rules-5.1.0/rules/falco_rules.yaml
"""

_VAULT: Final = "vault"

_MACROS: Final = (
    Named(name="platform_starts", condition="evt.type in (execve, execveat)"),
    Named(name="platform_container", condition="container.id != host"),
    Named(
        name="platform_reads",
        condition="evt.type in (open, openat, openat2) and evt.is_open_read = true and fd.typechar = f and fd.num >= 0",
    ),
    Named(
        name="platform_writes",
        condition="evt.type in (open, openat, openat2) and evt.is_open_write = true and fd.typechar = f "
        "and fd.num >= 0",
    ),
    Named(name="platform_connects", condition="evt.type = connect and (fd.typechar = 4 or fd.typechar = 6)"),
    Named(name="platform_pod", condition="platform_container and k8s.ns.name in (platform_namespaces)"),
)

_LISTS: Final = (
    Named(name="platform_shells", items=("ash", "bash", "csh", "dash", "ksh", "sh", "tcsh", "zsh")),
    Named(
        # What a person or a script prints and copies files with; programs read their own tokens themselves.
        name="platform_readers",
        items=(
            *("awk", "base64", "busybox", "cat", "cp", "curl", "dd", "grep", "head", "jq", "less", "more", "od", "sed"),
            *("strings", "tail", "tar", "vi", "vim", "wget", "xxd"),
        ),
    ),
    Named(
        name="platform_package_managers",
        items=("apk", "apt", "apt-get", "dnf", "dpkg", "microdnf", "npm", "pip", "pip3", "rpm", "yum"),
    ),
    Named(
        # The kernel keeps 15 characters of a program's name.
        name="platform_miners",
        items=(
            *("cgminer", "cpuminer", "ethminer", "kdevtmpfsi", "kinsing", "lolMiner", "minerd", "nbminer"),
            *("phoenixminer", "t-rex", "xmr-stak", "xmrig"),
        ),
    ),
    # DNS, EKS Pod Identity's agent, AWS and the API server, Vault's API and its replication: the layer's own flows.
    Named(name="platform_vault_ports", items=("53", "80", "443", "8200", "8201")),
)

RULES: Final = (
    Rule(
        name="Shell in a Vault pod",
        meaning="Somebody or something runs commands where the keys of all secrets are in memory.",
        condition=f"platform_starts and platform_container and k8s.ns.name = {_VAULT} "
        "and proc.name in (platform_shells) and proc.vpid != 1",
        known=(
            Known(
                reason="the readiness probe asks the server for its state",
                condition='proc.cmdline contains "vault status"',
            ),
            Known(reason="the preStop hook ends the server", condition='proc.cmdline contains "pidof vault"'),
            Known(
                reason="the image's entrypoint is a script",
                condition='proc.cmdline contains "docker-entrypoint.sh"',
            ),
        ),
        priority=Priority.CRITICAL,
        tags=("mitre_credential_access", "T1059", "T1555"),
    ),
    Rule(
        name="Undeclared port called from a Vault pod",
        meaning="Vault tries to reach something that it has no business with; network policies refuse it.",
        condition=f"platform_connects and platform_container and k8s.ns.name = {_VAULT} "
        'and fd.net != "127.0.0.0/8" and not fd.sport in (platform_vault_ports)',
        priority=Priority.WARNING,
        tags=("mitre_exfiltration", "T1041"),
    ),
    Rule(
        name="Interactive shell in a platform pod",
        meaning="Somebody works in a pod of the platform by hand; the audit log of the API server says who.",
        condition=f"platform_starts and platform_pod and k8s.ns.name != {_VAULT} "
        "and proc.name in (platform_shells) and proc.tty != 0",
        priority=Priority.WARNING,
        tags=("mitre_execution", "T1609"),
    ),
    Rule(
        name="Credentials of a pod read by hand",
        meaning="A tool, not the pod's own program, reads the token by which the pod is known to Kubernetes or AWS.",
        condition="platform_reads and platform_container "
        "and (fd.name startswith /var/run/secrets/ or fd.name startswith /run/secrets/) "
        "and fd.filename in (token, eks-pod-identity-token) and proc.name in (platform_readers)",
        priority=Priority.WARNING,
        tags=("mitre_credential_access", "T1528"),
    ),
    Rule(
        name="Write below /etc in a platform pod",
        meaning="The platform's pods have their configuration from their image and from Kubernetes.",
        condition="platform_writes and platform_pod and fd.name startswith /etc/",
        known=(
            Known(
                reason="NVIDIA's containers tell the linker of the driver's libraries",
                condition="k8s.ns.name = gpu and fd.name startswith /etc/ld.so",
            ),
        ),
        priority=Priority.ERROR,
        tags=("mitre_persistence", "T1543"),
    ),
    Rule(
        name="Package manager in a platform pod",
        meaning="What runs there comes with its image; a package that is added is a tool that somebody misses.",
        condition="platform_starts and platform_pod and proc.name in (platform_package_managers)",
        priority=Priority.ERROR,
        tags=("mitre_persistence", "T1072"),
    ),
    Rule(
        name="Instance metadata asked for by a pod",
        meaning="Whoever gets an answer has the node's AWS role. The hop limit keeps it from pods; one tries.",
        condition='platform_connects and platform_container and fd.sip = "169.254.169.254"',
        known=(
            Known(reason="agents on the node's network learn their node's name", condition="k8s.ns.name = kube-system"),
        ),
        priority=Priority.WARNING,
        tags=("mitre_credential_access", "T1552.005"),
    ),
    Rule(
        name="Container runtime called by a container",
        meaning="Whoever talks to containerd starts privileged containers that Kubernetes never sees.",
        condition="evt.type = connect and platform_container and fd.typechar = u and fd.name endswith containerd.sock",
        known=(
            Known(reason="Falco asks to which pod a process belongs", condition="k8s.ns.name = falco"),
            Known(
                reason="Chaos Mesh's agent looks for the processes of a container",
                condition="k8s.ns.name = chaos-mesh and proc.name = chaos-daemon",
            ),
        ),
        priority=Priority.CRITICAL,
        tags=("mitre_privilege_escalation", "T1611"),
    ),
    Rule(
        name="Cryptocurrency miner",
        meaning="The usual aim of who gets into a cluster by chance: look for how, the miner is the smallest harm.",
        condition="platform_starts and platform_container and (proc.name in (platform_miners) "
        'or proc.cmdline contains "stratum+tcp" or proc.cmdline contains "stratum+ssl" '
        'or proc.cmdline contains "--donate-level")',
        priority=Priority.CRITICAL,
        tags=("mitre_impact", "T1496"),
    ),
)

_KNOWN_TO_UPSTREAM: Final = (
    Named(
        name="user_known_contact_k8s_api_server_activities",
        condition="k8s.ns.name in (platform_namespaces)",
        override="replace",
        reason="controllers live by calling the API; which of them may is in the network policies",
    ),
    Named(
        name="allowed_container_images_loading_kernel_module",
        items=("quay.io/cilium/cilium",),
        override="append",
        reason="Cilium's agent loads the kernel's modules for packet filtering",
    ),
)


def parts(namespaces: Sequence[str]) -> tuple[Named | Rule, ...]:
    """Return the rules and what they refer to, in the order of the file.

    Args:
        namespaces: The platform's own.

    """
    own = Named(name="platform_namespaces", items=tuple(namespaces))
    return (own, *_LISTS, *_MACROS, *_KNOWN_TO_UPSTREAM, *RULES)


def text(namespaces: Sequence[str]) -> str:
    """Return the rules file for a platform with these namespaces."""
    return render(ENGINE, parts(namespaces))
