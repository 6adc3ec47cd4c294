"""An entry that could not work, or would work against its owner, is refused before anything is planned."""

import copy
from typing import Any, Final

import pytest

from settings.entry_relations import RELATIONS
from settings.load import blocks_of, parse
from settings.report import SettingsError
from tests.environments import PROJECT

_ARN: Final = "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"
_PUBLIC: Final[dict[str, Any]] = {"domain": "prod.example.com"}
_INTERNAL: Final[dict[str, Any]] = {"domain": "internal.prod.example.com"}
_BOTH: Final[dict[str, Any]] = {"public": _PUBLIC, "internal": _INTERNAL}

# Blocks in the place of prod's, the key that the report names, and a part of the reason.
_REFUSED: Final[dict[str, tuple[dict[str, Any], str, str]]] = {
    "nginx in a new stack without accepting the deprecation": (
        {"entry": {"mode": "nginx", "public": _PUBLIC}},
        "entry.mode",
        "no more releases, not even for security",
    ),
    "nginx for both entries": (
        {"entry": {"mode": "nginx", "accept_nginx_retirement": True, **_BOTH}},
        "entry.mode",
        "serves one entry only",
    ),
    "a public entry without a domain": ({"entry": {"public": {}}}, "entry.public.domain", "is missing"),
    "an entry whose zone is not named": (
        {"dns": {"zones": {}}},
        "entry.public.domain",
        "none of the stack's DNS zones",
    ),
    "an entry beside its zone": (
        {"dns": {"zones": {"xprod.example.com": "Z0EXAMPLE"}}},
        "entry.public.domain",
        "none of the stack's DNS zones",
    ),
    "a zone without an id": ({"dns": {"zones": {"prod.example.com": ""}}}, "dns.zones.prod.example.com", "text"),
    "an internal entry signed by Let's Encrypt without a zone": (
        {
            "dns": {"zones": {}},
            "entry": {"internal": {"domain": "internal.example.net", "issuer": "letsencrypt_staging"}},
        },
        "entry.internal.domain",
        "private",
    ),
    "one domain for both entries": (
        {"entry": {"public": _PUBLIC, "internal": _PUBLIC}},
        "entry.internal.domain",
        "one of the two only",
    ),
    "an ALB without a certificate": (
        {"entry": {"mode": "alb", "public": _PUBLIC}},
        "entry.public.certificate_arn",
        "would speak HTTP",
    ),
    "a certificate of ACM that nobody uses": (
        {"entry": {"public": {**_PUBLIC, "certificate_arn": _ARN}}},
        "entry.public.certificate_arn",
        "is for mode alb only",
    ),
    "a certificate of another region": (
        {"entry": {"mode": "alb", "public": {**_PUBLIC, "certificate_arn": _ARN.replace("eu-central", "us-east")}}},
        "entry.public.certificate_arn",
        "of its own account and region only",
    ),
    "an example app behind no entry": (
        {"entry": {"internal": _INTERNAL, "example_app": "public"}},
        "entry.example_app",
        "an entry that this stack does not have",
    ),
    "zones that cannot be reached": ({"network.nat": "none"}, "dns.zones", "nat none cuts off"),
    "a CA that cannot be reached": ({"network.nat": "none"}, "entry.public.issuer", "nat none cuts off"),
    "gateways without encryption between nodes": (
        {"cilium": {"encryption": "none"}},
        "cilium.encryption",
        "cilium/cilium#43493",
    ),
}

_ACCEPTED: Final[dict[str, dict[str, Any]]] = {
    "nginx, knowingly": {"entry": {"mode": "nginx", "accept_nginx_retirement": True, "public": _PUBLIC}},
    "acceptance that is of no use": {"entry": {**_BOTH, "accept_nginx_retirement": True}},
    "ALBs": {"dns": {"zones": {}}, "entry": {"mode": "alb", "public": {**_PUBLIC, "certificate_arn": _ARN}}},
    "names signed by the private CA without a zone": {"dns": {"zones": {}}, "entry": {"internal": _INTERNAL}},
    "no entry": {"dns": {"zones": {}}, "entry": {}},
    "no entry and no encryption": {"entry": {}, "cilium": {"encryption": "none"}},
    "an internal entry in a closed network": {
        "network.nat": "none",
        "detection": {"trivy": {"enabled": False}},
        "dns": {"zones": {}},
        "entry": {"internal": _INTERNAL},
    },
}


def _blocks(changes: dict[str, Any]) -> dict[str, Any]:
    blocks: dict[str, Any] = copy.deepcopy(blocks_of(PROJECT / "Pulumi.prod.yaml"))
    for key, value in changes.items():
        block, _, field = key.partition(".")
        if field:
            blocks[block][field] = value
        else:
            blocks[block] = value
    return blocks


@pytest.mark.parametrize("fault", _REFUSED)
def test_an_entry_that_could_not_work_is_refused_with_the_reason(fault: str) -> None:
    changes, key, why = _REFUSED[fault]

    with pytest.raises(SettingsError) as caught:
        parse(_blocks(changes), stack="prod")

    named = {".".join(map(str, problem.path)): str(problem) for problem in caught.value.problems}
    assert key in named
    assert why in " ".join(str(caught.value).split())


@pytest.mark.parametrize("choice", _ACCEPTED)
def test_what_can_work_is_left_to_the_stack(choice: str) -> None:
    problems: list[str] = []
    try:
        parse(_blocks(_ACCEPTED[choice]), stack="prod")
    except SettingsError as error:
        problems = [".".join(map(str, problem.path)) for problem in error.problems]

    # What else a closed network lacks is not the entry's business.
    assert [path for path in problems if path.partition(".")[0] in {"entry", "dns", "certificates"}] == []


def test_every_relation_refuses_something() -> None:
    """One that is never seen to refuse may never do so."""
    silent = {relation.__name__ for relation in RELATIONS}
    for changes, _, _ in _REFUSED.values():
        try:
            parse(_blocks(changes), stack="prod")
        except SettingsError as error:
            text = " ".join(str(error).split())
            silent -= {name for name, part in _SAYS.items() if part in text}

    assert silent == set()


_SAYS: Final = {
    "nginx_is_not_chosen_unawares": "not even for security",
    "nginx_serves_one_entry": "serves one entry only",
    "entries_have_names_of_their_own": "one of the two only",
    "certificates_can_be_proved": "none of the stack's DNS zones",
    "albs_have_certificates": "would speak HTTP",
    "the_example_app_has_its_entry": "this stack does not have",
    "a_closed_network_needs_nobody_outside": "nat none cuts off",
    "gateways_reach_the_pods_of_other_nodes": "cilium/cilium#43493",
}
