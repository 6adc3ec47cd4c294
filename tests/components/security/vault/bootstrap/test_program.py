"""The bootstrap reaches the wanted state whatever answer is lost, does nothing twice, and shows no secret."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.security.vault.bootstrap.failures import ASK_A_PERSON, TRY_AGAIN
from components.security.vault.bootstrap.wanted_state import RECORD
from tests.components.security.vault.bootstrap.stage import (
    CREDENTIALS,
    FIRST_PASSWORD,
    JWT,
    ROLES,
    SECRET,
    WHOLE,
    Stage,
    stage,
    wanted,
)
from tests.components.security.vault.bootstrap.vault_server import Fault

_POLICY = "sys/policies/acl"
_ROLE = "auth/kubernetes/role"


def _comparable(on: Stage) -> dict[str, Any]:
    """Return what two runs must agree on: passwords are random, and a root is one root whoever made it."""
    found = copy.deepcopy(on.state.configuration())
    found["documents"].get("database/config/orders", {}).pop("password", None)
    return found


def _reference(folder: Path) -> tuple[dict[str, Any], list[str]]:
    with stage(folder) as on:
        assert on.run(wanted(**WHOLE)) == 0
        return _comparable(on), list(on.servers.answered)


def _only(position: int, fault: Fault) -> Callable[[int], Fault | None]:
    return lambda number: fault if number == position else None


def _from(position: int, fault: Fault) -> Callable[[int], Fault | None]:
    return lambda number: fault if number >= position else None


def test_a_new_cluster_is_initialised_once_and_reaches_the_wanted_state(tmp_path: Path) -> None:
    state = wanted(**WHOLE)
    with stage(tmp_path, sealed_for=3, upgrading_for=2) as on:
        assert on.run(state) == 0, on.said

        assert on.servers.answered.count("PUT sys/init") == 1
        assert len(on.kept["recovery_keys"]) == 5
        assert on.state.mounted["sys/mounts"] == state["mounts"]
        assert on.state.mounted["sys/audit"] == state["audit"]
        for folder, documents in state["owned"].items():
            for name, document in documents.items():
                assert document.items() <= on.state.documents[f"{folder}/{name}"].items()
        for path, document in state["documents"].items():
            assert document.items() <= on.state.documents[path].items()


def test_the_audit_device_is_there_before_anything_else(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.run(wanted())
        assert on.state.writes[0] == "POST sys/audit/file"


def test_after_the_first_run_no_root_token_is_left_anywhere(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.run(wanted())
        assert "root_token" not in on.kept
        assert all("root" not in policies for policies in on.state.tokens.values())


def test_a_second_run_changes_nothing_and_needs_the_bootstraps_policy_only(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.run(wanted(**WHOLE))
        before, writes, kept = _comparable(on), len(on.state.writes), on.manager.writes
        on.said.clear()

        assert on.run(wanted(**WHOLE)) == 0, on.said

        assert on.state.writes[writes:] == []
        assert on.manager.writes == kept
        assert _comparable(on) == before
        assert on.said[-1] == "Vault is as wanted; 0 changes"


def test_a_later_run_can_make_every_engine_by_the_bootstraps_policy_alone(tmp_path: Path) -> None:
    reference, _ = _reference(tmp_path)
    with stage(tmp_path) as on:
        assert on.run(wanted()) == 0
        assert on.run(wanted(**WHOLE)) == 0, on.said
        assert _comparable(on) == reference


def test_what_is_wanted_no_more_is_deleted_and_what_others_made_stays(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.run(wanted(roles=ROLES))
        on.state.documents[f"{_POLICY}/somebodys"] = {"policy": ""}
        on.state.documents[f"{_ROLE}/somebodys"] = {"token_policies": ["somebodys"]}

        assert on.run(wanted()) == 0, on.said

        left = set(on.state.documents)
        assert f"{_POLICY}/checkout" not in left
        assert f"{_ROLE}/checkout" not in left
        assert {f"{_POLICY}/somebodys", f"{_ROLE}/somebodys"} <= left
        assert "checkout" not in str(on.state.documents[RECORD])
        # A role goes before the policy it names.
        deleted = [write for write in on.state.writes if write.startswith("DELETE")]
        assert deleted == [f"DELETE {_ROLE}/checkout", f"DELETE {_POLICY}/checkout"]


def test_what_somebody_changed_by_hand_is_put_right(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.run(wanted(roles=ROLES))
        before = _comparable(on)
        on.state.documents[f"{_ROLE}/checkout"]["bound_service_account_names"] = ["*"]
        on.state.documents[f"{_POLICY}/checkout"]["policy"] = 'path "*" {\n  capabilities = ["read"]\n}\n'

        assert on.run(wanted(roles=ROLES)) == 0
        assert _comparable(on) == before


@pytest.mark.parametrize("fault", Fault)
def test_whatever_single_request_is_lost_or_fails_the_end_is_the_same(tmp_path: Path, fault: Fault) -> None:
    reference, requests = _reference(tmp_path)
    for position, request in enumerate(requests):
        with stage(tmp_path) as on:
            on.servers.fault = _only(position, fault)
            status = on.run(wanted(**WHOLE))
            if request == "PUT sys/init" and fault in {Fault.LOST, Fault.FAILED_LATE}:
                assert status == ASK_A_PERSON
                assert "nobody has them" in " ".join(on.said)
                continue
            assert status == 0, (position, request, on.said)
            assert _comparable(on) == reference, (position, request)
            assert "root_token" not in on.kept


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.DROPPED])
def test_a_run_that_dies_anywhere_is_finished_by_the_next(tmp_path: Path, fault: Fault) -> None:
    reference, requests = _reference(tmp_path)
    begun = requests.index("PUT sys/init") + 1
    for position in range(begun, len(requests), 3):
        with stage(tmp_path) as on:
            on.servers.fault = _from(position, fault)
            assert on.run(wanted(**WHOLE)) == TRY_AGAIN, (position, on.said)
            on.servers.fault = lambda _: None
            assert on.run(wanted(**WHOLE)) == 0, (position, on.said)
            assert _comparable(on) == reference, position


def test_nothing_it_says_has_a_secret(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.run(wanted(**WHOLE))
        on.state.documents.pop("database/config/orders")
        assert on.run(wanted(**WHOLE)) == ASK_A_PERSON, "the first password serves no more"

        said = "\n".join(on.said)
        assert len(on.state.issued) > 6
        for secret in (*on.state.issued, *on.state.databases.values(), FIRST_PASSWORD, JWT):
            assert secret not in said


def test_a_databases_first_password_is_changed_and_not_sent_again(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.run(wanted(**WHOLE))
        rotated = on.state.databases["orders"]
        assert rotated != FIRST_PASSWORD

        other = copy.deepcopy(WHOLE)
        other["databases"]["orders"]["port"] = 6432
        assert on.run(wanted(**other)) == 0, on.said
        assert ":6432/" in on.state.documents["database/config/orders"]["connection_url"]
        assert on.state.databases["orders"] == rotated


def test_without_a_place_for_the_keys_nothing_is_initialised(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.manager.fails = ["", "AccessDeniedException"]
        assert on.run(wanted()) == TRY_AGAIN
        assert not on.state.initialised
        assert "PutSecretValue" in " ".join(on.said)


def test_keys_that_cannot_be_stored_after_all_are_said_to_be_lost_on_this_run_and_the_next(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.manager.fails = ["", "", "", *["InternalServiceError"] * 8]
        assert on.run(wanted()) == ASK_A_PERSON
        assert on.state.initialised
        assert "PersistentVolumeClaims" in " ".join(on.said)

        on.manager.fails = []
        on.said.clear()
        assert on.run(wanted()) == ASK_A_PERSON
        assert "nobody has them" in " ".join(on.said)


def test_a_first_server_that_lost_its_volume_does_not_become_a_second_cluster(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.run(wanted())
        on.servers.answered.clear()
        kept = on.kept
        on.state.initialised = False

        assert on.run(wanted()) == ASK_A_PERSON
        assert "PUT sys/init" not in on.servers.answered
        assert on.kept == kept


def test_the_others_know_of_a_cluster_that_the_first_server_has_lost(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.run(wanted())
        on.servers.answered.clear()
        on.servers.emptied = True

        assert on.run(wanted()) == 0, on.said
        assert "PUT sys/init" not in on.servers.answered


def test_a_cluster_that_somebody_else_initialised_is_taken_over_with_their_token_only(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        _, answer = on.state.answer("PUT", "sys/init", {"recovery_shares": 5, "recovery_threshold": 3}, "")
        assert on.run(wanted()) == ASK_A_PERSON
        assert "somebody else initialised it" in " ".join(on.said)

        on.manager.values[SECRET] = json.dumps({"root_token": answer["root_token"]})
        assert on.run(wanted()) == 0, on.said


def test_a_refusal_is_told_with_what_to_do(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.run(wanted())
        on.state.documents[f"{_POLICY}/bootstrap"]["policy"] = 'path "sys/audit" {\n  capabilities = ["deny"]\n}\n'
        assert on.run(wanted()) == ASK_A_PERSON
        assert "GET sys/audit" in " ".join(on.said)
        assert "docs/runbooks/vault-root-token.md" in " ".join(on.said)


def test_an_engine_of_another_version_is_not_replaced(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.run(wanted())
        on.state.mounted["sys/mounts"]["secret"]["options"] = {"version": "1"}
        assert on.run(wanted()) == ASK_A_PERSON
        assert "would delete what is in it" in " ".join(on.said)


def test_a_standby_is_followed_to_the_server_that_leads(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.run(wanted())
        on.place["servers"] = on.place["servers"][::-1]
        assert on.run(wanted()) == 0, on.said
        assert f"{on.servers.addresses[0]} leads" in on.said


def test_a_server_of_another_authority_is_not_believed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with stage(tmp_path) as on, stage(other) as elsewhere:
        on.place["ca"] = elsewhere.place["ca"]
        assert on.run(wanted()) == TRY_AGAIN
        assert on.servers.answered == []
        assert "SSLCertVerificationError" in " ".join(on.said)


def test_credentials_that_are_none_are_asked_for(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.manager.values[CREDENTIALS] = json.dumps({"user": "vault"})
        assert on.run(wanted(**WHOLE)) == ASK_A_PERSON
        assert CREDENTIALS in " ".join(on.said)
