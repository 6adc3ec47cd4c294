"""The platform's rules are whole by Falco's language, tell what they are for, and leave alone what is known."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.kit import chart
from components.security.detection import falco_rules
from components.security.detection.falco_language import Known, Named, Priority, Rule
from components.security.detection.falco_routes import SIDEKICK
from components.security.namespaces import PLATFORM
from tests.components.security.detection import falco_conditions

_NAMESPACES = [namespace.name for namespace in PLATFORM]
_PARTS = falco_rules.parts(_NAMESPACES)
_FIELDS = frozenset(
    line
    for line in (Path(__file__).parent / "falco_fields.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
)

_IN_VAULT = {"container.id": "4f3c2b1a0d9e", "k8s.ns.name": "vault"}
_IN_INGRESS = {**_IN_VAULT, "k8s.ns.name": "ingress"}
_IN_APP = {**_IN_VAULT, "k8s.ns.name": "apps"}
_ON_NODE = {"container.id": "host"}
_START = {"evt.type": "execve", "proc.tty": 0, "proc.vpid": 17, "proc.cmdline": ""}
_SHELL = {**_START, "proc.name": "sh", "proc.cmdline": "sh"}
_CALL = {"evt.type": "connect", "fd.typechar": "4", "fd.net": "10.20.1.1", "fd.sip": "10.20.1.1"}
_FILE = {"evt.type": "openat", "fd.typechar": "f", "fd.num": 4}
_READ = {**_FILE, "evt.is_open_read": "true"}
_WRITE = {**_FILE, "evt.is_open_write": "true"}
_TOKEN = {"fd.name": "/var/run/secrets/kubernetes.io/serviceaccount/token", "fd.filename": "token"}
_SOCKET = {"evt.type": "connect", "fd.typechar": "u", "fd.name": "0->ffff9c1 /host/run/containerd/containerd.sock"}
_PROBE = {**_SHELL, "proc.cmdline": "sh -ec vault status -tls-skip-verify"}
_DAEMON = {**_START, "proc.name": "cert-manager"}

_FIRES: list[tuple[str, dict[str, Any], set[str]]] = [
    ("a shell by exec in Vault", {**_IN_VAULT, **_SHELL}, {"Shell in a Vault pod"}),
    ("a terminal in Vault", {**_IN_VAULT, **_SHELL, "proc.tty": 34816}, {"Shell in a Vault pod"}),
    ("Vault's readiness probe", {**_IN_VAULT, **_PROBE}, set()),
    ("Vault's own start", {**_IN_VAULT, **_SHELL, "proc.vpid": 1}, set()),
    ("a shell elsewhere", {**_IN_APP, **_SHELL}, set()),
    ("a terminal in an app", {**_IN_APP, **_SHELL, "proc.tty": 34816}, set()),
    (
        "a terminal in the platform",
        {**_IN_INGRESS, **_SHELL, "proc.tty": 34816},
        {"Interactive shell in a platform pod"},
    ),
    ("a script in the platform", {**_IN_INGRESS, **_SHELL}, set()),
    ("Vault calls AWS", {**_IN_VAULT, **_CALL, "fd.sport": 443}, set()),
    ("Vault calls itself", {**_IN_VAULT, **_CALL, "fd.sport": 9999, "fd.net": "127.0.0.1"}, set()),
    ("Vault calls SSH", {**_IN_VAULT, **_CALL, "fd.sport": 22}, {"Undeclared port called from a Vault pod"}),
    ("an app calls SSH", {**_IN_APP, **_CALL, "fd.sport": 22}, set()),
    ("cat reads a token", {**_IN_APP, **_READ, **_TOKEN, "proc.name": "cat"}, {"Credentials of a pod read by hand"}),
    ("a program reads its token", {**_IN_APP, **_READ, **_TOKEN, "proc.name": "cert-manager"}, set()),
    (
        "cat reads the token for AWS",
        {
            **_IN_APP,
            **_READ,
            "proc.name": "cat",
            "fd.name": "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token",
            "fd.filename": "eks-pod-identity-token",
        },
        {"Credentials of a pod read by hand"},
    ),
    ("a write below /etc", {**_IN_INGRESS, **_WRITE, "fd.name": "/etc/passwd"}, {"Write below /etc in a platform pod"}),
    ("a read below /etc", {**_IN_INGRESS, **_READ, "fd.name": "/etc/passwd", "fd.filename": "passwd"}, set()),
    ("an app's write below /etc", {**_IN_APP, **_WRITE, "fd.name": "/etc/passwd"}, set()),
    ("NVIDIA's linker", {**_IN_APP, "k8s.ns.name": "gpu", **_WRITE, "fd.name": "/etc/ld.so.cache~"}, set()),
    ("apk in the platform", {**_IN_INGRESS, **_START, "proc.name": "apk"}, {"Package manager in a platform pod"}),
    ("apk in an app", {**_IN_APP, **_START, "proc.name": "apk"}, set()),
    (
        "an app asks for the node's role",
        {**_IN_APP, **_CALL, "fd.sip": "169.254.169.254", "fd.sport": 80},
        {"Instance metadata asked for by a pod"},
    ),
    ("the node asks", {**_ON_NODE, **_CALL, "fd.sip": "169.254.169.254", "fd.sport": 80}, set()),
    ("a node's agent asks", {**_IN_APP, "k8s.ns.name": "kube-system", **_CALL, "fd.sip": "169.254.169.254"}, set()),
    ("an app asks containerd", {**_IN_APP, **_SOCKET}, {"Container runtime called by a container"}),
    ("Falco asks containerd", {**_IN_APP, "k8s.ns.name": "falco", **_SOCKET}, set()),
    (
        "Chaos Mesh asks containerd",
        {**_IN_APP, "k8s.ns.name": "chaos-mesh", "proc.name": "chaos-daemon", **_SOCKET},
        set(),
    ),
    (
        "somebody in Chaos Mesh's agent asks containerd",
        {**_IN_APP, "k8s.ns.name": "chaos-mesh", "proc.name": "ctr", **_SOCKET},
        {"Container runtime called by a container"},
    ),
    ("the kubelet asks containerd", {**_ON_NODE, **_SOCKET}, set()),
    ("a miner by name", {**_IN_APP, **_START, "proc.name": "xmrig"}, {"Cryptocurrency miner"}),
    (
        "a miner by its pool",
        {**_IN_APP, **_START, "proc.name": "a", "proc.cmdline": "a -o stratum+tcp://pool.example.com:3333"},
        {"Cryptocurrency miner"},
    ),
    ("a daemon of the platform", {**_IN_INGRESS, **_DAEMON}, set()),
]


@pytest.mark.parametrize(("event", "rules"), [row[1:] for row in _FIRES], ids=[row[0] for row in _FIRES])
def test_a_rule_tells_what_it_is_for_and_nothing_that_is_known(event: dict[str, Any], rules: set[str]) -> None:
    language = falco_conditions.of(_PARTS)

    assert {rule.name for rule in falco_rules.RULES if language.holds(rule.whole, event)} == rules


def test_every_rule_is_told_by_some_event_here() -> None:
    assert set().union(*(rules for *_, rules in _FIRES)) == {rule.name for rule in falco_rules.RULES}


def test_whatever_a_condition_refers_to_is_defined_and_whatever_is_defined_is_referred_to() -> None:
    language = falco_conditions.of(_PARTS)
    for part in _PARTS:
        language.holds(part.whole if isinstance(part, Rule) else part.condition or "evt.type exists", {})

    own = {part.name for part in _PARTS if isinstance(part, Named) and not part.override}
    assert language.used == own
    assert language.fields <= _FIELDS, language.fields - _FIELDS


@pytest.mark.parametrize(
    "condition",
    ["platform_missing", "evt.type in (platform_missing)", "evt.type =", "(evt.type = a", "evt.type = a b", "evt = a"],
)
def test_a_condition_that_is_none_is_noticed(condition: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        falco_conditions.of(_PARTS).holds(condition, {})


def test_only_places_that_falcos_own_rules_leave_for_it_are_changed_each_with_a_reason() -> None:
    changed = [part for part in _PARTS if isinstance(part, Named) and part.override]

    assert {part.name for part in changed} == falco_rules.UPSTREAM
    assert all(part.reason and part.override in {"append", "replace"} for part in changed)
    # What UPSTREAM says is true of the image that this version of the chart brings: read it again for another.
    assert chart.pinned()["falco"].version == "9.1.0"


def test_controllers_of_the_platform_may_call_the_api_and_apps_are_still_told() -> None:
    language = falco_conditions.of(_PARTS)
    known = language.macros["user_known_contact_k8s_api_server_activities"]

    assert language.holds(known, _IN_INGRESS)
    assert not language.holds(known, _IN_APP)


def test_the_file_is_one_that_falco_reads() -> None:
    head, *documents = yaml.safe_load(falco_rules.text(_NAMESPACES))

    assert head == {"required_engine_version": falco_rules.ENGINE}
    kinds = [next(iter(document)) for document in documents]
    assert set(kinds) == {"list", "macro", "rule"}
    assert len({document[kind] for document, kind in zip(documents, kinds, strict=True)}) == len(documents)
    for rule in (document for document in documents if "rule" in document):
        assert rule.keys() == {"rule", "desc", "condition", "output", "priority", "tags"}
        assert rule["priority"].lower() in set(Priority)
        assert rule["output"].startswith(rule["rule"])
        told = {word.partition("%")[2] for word in rule["output"].split() if "%" in word}
        assert told <= _FIELDS
    watched = next(document for document in documents if document.get("list") == "platform_namespaces")
    assert watched["items"] == _NAMESPACES
    assert SIDEKICK.namespace in watched["items"]


def test_what_is_known_is_said_in_the_rules_description() -> None:
    rendered = {rule.name: rule.render() for rule in falco_rules.RULES}

    assert "the readiness probe asks the server for its state" in rendered["Shell in a Vault pod"]["desc"]


def test_falco_itself_accepts_the_rules(tmp_path: Path) -> None:
    falco = shutil.which("falco")
    if falco is None:
        pytest.skip("falco is not on the PATH: its own compiler has not judged the rules, the parser beside this has")
    # Places that Falco's own rules define stand in their places.
    stub = [
        {"macro": "user_known_contact_k8s_api_server_activities", "condition": "(evt.num=0)"},
        {"list": "allowed_container_images_loading_kernel_module", "items": []},
    ]
    upstream, own = tmp_path / "falco_rules.yaml", tmp_path / "platform-rules.yaml"
    upstream.write_text(yaml.safe_dump(stub), encoding="utf-8")
    own.write_text(falco_rules.text(_NAMESPACES), encoding="utf-8")

    told = subprocess.run(
        [falco, "--validate", str(upstream), "--validate", str(own)], capture_output=True, text=True, check=False
    )

    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "both", "items": ("a",), "condition": "evt.type = a"},
        {"name": "neither"},
        {"name": "without reason", "items": ("a",), "override": "append"},
        {"name": "reason for nothing", "items": ("a",), "reason": "because"},
    ],
    ids=lambda wrong: wrong["name"],
)
def test_a_part_that_is_none_cannot_be_written(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=wrong["name"]):
        Named(**wrong)


def test_what_is_known_stays_out_of_the_condition_it_limits() -> None:
    rule = Rule(
        name="r",
        meaning="m",
        condition="evt.type = a",
        priority=Priority.NOTICE,
        tags=(),
        known=(Known(reason="of right", condition="proc.name = b or proc.name = c"),),
    )
    language = falco_conditions.of(())

    assert language.holds(rule.whole, {"evt.type": "a", "proc.name": "d"})
    assert not language.holds(rule.whole, {"evt.type": "a", "proc.name": "c"})
