"""The engine driver, on the real engine with the smallest of programs."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pulumi
import pulumi_random as random
import pytest

from rehearsal.engine import Engine
from rehearsal.providers.random import RandomStandIn
from rehearsal.providers.server import serve
from rehearsal.report.graph import planted_secrets
from rehearsal.workspace import Workspace, prepare
from tools.build import path_of

pytestmark = pytest.mark.tools

_ACCEPT_ALL = Path(__file__).parent.parent.parent / "policies" / "analyzer"


def _ignore(operation: str, urn: str) -> None:
    del operation, urn


@contextmanager
def _engine(project: Path, program: Callable[[], None]) -> Iterator[tuple[Engine, Workspace]]:
    (project / "Pulumi.test.yaml").write_text("config:\n  platform:token: {secure: AAAA}\n", encoding="utf-8")
    with ExitStack() as resources:
        workspace = resources.enter_context(prepare("test", project))
        providers = resources.enter_context(serve(RandomStandIn()))
        yield Engine(workspace, path_of("pulumi"), providers, program), workspace


def _pets(*, protect: bool = False) -> Callable[[], None]:
    def program() -> None:
        for name in ("cat", "dog"):
            random.RandomPet(name, length=2, opts=pulumi.ResourceOptions(protect=protect))

    return program


def test_a_program_is_planned_made_left_alone_and_removed(tmp_path: Path) -> None:
    with _engine(tmp_path, _pets()) as (engine, _):
        preview = engine.preview(_ignore, policy_pack=_ACCEPT_ALL)
        up = engine.up(_ignore)
        again = engine.up(_ignore)
        destroy = engine.destroy(_ignore)

    assert preview.errors == up.errors == again.errors == destroy.errors == ()
    assert preview.changes == up.changes
    assert again.changes == {"same": up.changes["create"]}
    assert destroy.changes["delete"] == up.changes["create"]


def test_every_finished_resource_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, str]] = []
    with _engine(tmp_path, _pets()) as (engine, _):
        engine.up(lambda operation, urn: told.append((operation, urn.rpartition("::")[2])))

    assert {("create", "cat"), ("create", "dog")} <= set(told)


def test_what_is_protected_is_not_destroyed_before_it_is_unprotected(tmp_path: Path) -> None:
    with _engine(tmp_path, _pets(protect=True)) as (engine, _):
        up = engine.up(_ignore)
        refused = engine.destroy(_ignore)
        engine.unprotect()
        destroyed = engine.destroy(_ignore)

    assert refused.errors
    assert all("protected" in error for error in refused.errors)
    assert refused.changes.get("delete", 0) == 0
    assert destroyed.changes["delete"] == up.changes["create"]


def test_protection_is_lifted_by_an_up_with_a_changed_setting(tmp_path: Path) -> None:
    def program() -> None:
        _pets(protect=pulumi.Config("platform").get("retain_data") != "false")()

    with _engine(tmp_path, program) as (engine, _):
        up = engine.up(_ignore)
        engine.configure("platform:retain_data", "false")
        lifted = engine.up(_ignore)
        destroyed = engine.destroy(_ignore)

    assert lifted.changes == {"same": up.changes["create"]}
    assert destroyed.errors == ()
    assert destroyed.changes["delete"] == up.changes["create"]


def test_a_refusal_reaches_the_user_in_the_providers_own_words(tmp_path: Path) -> None:
    def program() -> None:
        random.RandomPassword("door", length=2, min_upper=3)

    with _engine(tmp_path, program) as (engine, _):
        outcome = engine.preview(_ignore, policy_pack=_ACCEPT_ALL)

    assert any("length" in error for error in outcome.errors)


def test_a_program_that_is_refused_has_registered_nothing(tmp_path: Path) -> None:
    def refused() -> None:
        raise pulumi.RunError("Pulumi.test.yaml: 1 problem")

    with _engine(tmp_path, refused) as (engine, _):
        outcome = engine.preview(_ignore, policy_pack=_ACCEPT_ALL)

    assert outcome.errors == ("Pulumi.test.yaml: 1 problem",)
    assert outcome.steps == 0


def _keeper(token: pulumi.Output[str]) -> None:
    random.RandomPet("pet", keepers={"token": token})


def test_a_planted_secret_stays_encrypted_in_the_state(tmp_path: Path) -> None:
    with _engine(tmp_path, lambda: _keeper(pulumi.Config("platform").require_secret("token"))) as (engine, workspace):
        assert engine.up(_ignore).errors == ()
        exposed = planted_secrets(engine.state(), workspace.planted)

    assert exposed == []


def test_a_planted_secret_that_a_program_exposes_is_found(tmp_path: Path) -> None:
    def program() -> None:
        _keeper(pulumi.Output.unsecret(pulumi.Config("platform").require_secret("token")))

    with _engine(tmp_path, program) as (engine, workspace):
        assert engine.up(_ignore).errors == ()
        exposed = planted_secrets(engine.state(), workspace.planted)

    assert exposed
