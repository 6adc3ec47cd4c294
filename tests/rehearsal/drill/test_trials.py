"""The trials on the real engine: what recovers by itself, what does not, and that the runbook's steps do it."""

from pathlib import Path

import pytest

from rehearsal.drill.lost_cluster import give_up, rebuild
from rehearsal.drill.site import Site
from rehearsal.drill.trials import fail, fail_all, kill, lose_answer
from rehearsal.drill.world import World
from rehearsal.providers.standin import Resource

pytestmark = [
    pytest.mark.tools,
    # A killed engine's last event is half a line.
    pytest.mark.filterwarnings("ignore:Error in event stream"),
]


def _resource(token: str, name: str) -> Resource:
    return Resource(urn=f"urn:pulumi:test::platform::{token}::{name}", type=token, name=name)


_VPC = _resource("aws:ec2/vpc:Vpc", "vpc")
_ADDRESS = _resource("aws:ec2/eip:Eip", "address")
_CLUSTER = _resource("aws:eks/cluster:Cluster", "cluster")
_NAMESPACE = _resource("kubernetes:core/v1:Namespace", "namespace")


@pytest.mark.parametrize("resource", [_VPC, _NAMESPACE], ids=lambda resource: resource.name)
def test_a_creation_that_failed_is_made_up_for(site: Site, expected: World, resource: Resource) -> None:
    trial = fail(site, expected, resource)

    assert trial.converged, trial
    assert trial.updates == 1


def test_everything_may_fail_once_and_comes_up_all_the_same(site: Site, expected: World) -> None:
    told: list[str] = []
    trial = fail_all(site, expected, told.append)

    assert trial.converged, trial
    assert trial.what == "9 creations"
    assert len(told) == trial.updates > 1


@pytest.mark.parametrize(
    ("resource", "found"),
    [
        pytest.param(_ADDRESS, "made twice; deleted by hand", id="an address has no name"),
        pytest.param(_CLUSTER, "ResourceInUseException", id="a cluster has one"),
        pytest.param(_NAMESPACE, "taken over", id="an object is applied"),
    ],
)
def test_a_lost_answer_is_found_out_and_put_right(site: Site, expected: World, resource: Resource, found: str) -> None:
    trial = lose_answer(site, expected, resource)

    assert found in trial.found
    assert trial.converged, trial


@pytest.mark.parametrize("creations", [2, 7])
def test_nothing_is_lost_when_the_engine_is_killed(site: Site, expected: World, creations: int) -> None:
    trial = kill(site, expected, creations)

    assert trial.converged, trial


def test_an_update_after_a_kill_without_adoption_makes_something_twice(site: Site, expected: World) -> None:
    trial = kill(site, expected, 1, adopting=False)

    assert trial.differences.orphans


def test_a_lost_cluster_is_made_again(site: Site, expected: World, directory: Path) -> None:
    trial = rebuild(site, expected, directory)

    assert trial.converged, trial
    first, refused, *_ = trial.found.split("; ")
    assert "`pulumi up` succeeds" in first, "an update looks at the state only"
    assert "`pulumi refresh` fails" in refused
    assert "PULUMI_K8S_DELETE_UNREACHABLE" in refused


def test_what_is_left_of_a_lost_cluster_is_destroyed(site: Site, directory: Path) -> None:
    trial = give_up(site, directory)

    assert "`pulumi destroy` fails" in trial.found
    assert trial.converged, trial


def test_half_a_state_file_is_no_loss(site: Site) -> None:
    with site.stage() as stage:
        assert stage.up().errors == ()
        (checkpoint,) = site.backend.rglob("stacks/platform/test.json")
        checkpoint.write_text("", encoding="utf-8")
        stage.engine.unlock()
        held = {entry["urn"] for entry in stage.engine.state()["resources"]}
        again = stage.up()

    assert _VPC.urn in held
    assert again.errors == ()
