"""The pack on the real engine: what a mandatory rule refuses is not planned, and nothing more is."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pulumi
import pulumi_aws as aws
import pytest
from pulumi import automation

from policies import pack
from rehearsal.providers.server import serve
from rehearsal.providers.standin import Failure, Properties, Resource, StandIn

pytestmark = pytest.mark.tools

_ANALYZER = Path(pack.__file__).with_name("analyzer")
_TOOLS = _ANALYZER.parents[1] / ".tools"
# Where the command-line tool is not on PATH, tools/ has built it.
_PULUMI = shutil.which("pulumi") or shutil.which("pulumi", path=_TOOLS / "bin") or str(_TOOLS / "bin" / "pulumi")


class _Anything(StandIn):
    """An AWS that takes everything, and answers with the inputs and one output that only the update knows."""

    package: ClassVar[str] = "aws"

    def check(
        self, resource: Resource, inputs: Properties, *, olds: Properties, seed: bytes
    ) -> tuple[Properties, list[Failure]]:
        del resource, olds, seed
        return inputs, []

    def create(self, resource: Resource, inputs: Properties, *, preview: bool) -> tuple[str, Properties]:
        return resource.name, inputs if preview else {**inputs, "multiRegion": False}

    def update(self, resource: Resource, identifier: str, state: Properties, inputs: Properties) -> Properties:
        raise NotImplementedError

    def delete(self, resource: Resource, identifier: str, state: Properties) -> None:
        raise NotImplementedError


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Callable[[Callable[[], None]], automation.Stack]]:
    """Make stacks of inline programs on a throw-away backend, with a stand-in for AWS."""
    for name in ("home", "state", "work"):
        (tmp_path / name).mkdir()
    with serve(_Anything()) as address:
        environment = {
            "PATH": f"{Path(_PULUMI).parent}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "passphrase",
            "PULUMI_DEBUG_PROVIDERS": address,
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_HOME": str(tmp_path / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }
        options = automation.LocalWorkspaceOptions(
            work_dir=str(tmp_path / "work"),
            env_vars=environment,
            pulumi_command=automation.PulumiCommand(root=str(Path(_PULUMI).parents[1])),
        )
        yield lambda program: automation.create_or_select_stack("dev", "policies", program, opts=options)


def _preview(stack: automation.Stack) -> Any:
    return stack.preview(policy_packs=[str(_ANALYZER)])


def test_a_preview_is_refused_by_the_rule_it_breaks_and_passes_when_mended(
    stack: Callable[[Callable[[], None]], automation.Stack],
) -> None:
    def bad() -> None:
        aws.kms.Key("secrets")
        aws.ec2.Subnet("public", vpc_id="vpc-1", map_public_ip_on_launch=True)

    def mended() -> None:
        aws.kms.Key("secrets", enable_key_rotation=True)
        aws.ec2.Subnet("public", vpc_id="vpc-1", map_public_ip_on_launch=True)

    with pytest.raises(automation.CommandError) as refusal:
        _preview(stack(bad))
    assert "[mandatory]  key-rotation  (aws:kms:Key: secrets)" in str(refusal.value)
    assert "the key is never rotated; set enableKeyRotation to true" in str(refusal.value)

    preview = _preview(stack(mended))
    assert preview.change_summary == {"create": 3}
    assert "[advisory]  public-subnets  (aws:ec2:Subnet: public)" in preview.stdout
    assert "[mandatory]" not in preview.stdout


def test_what_the_preview_cannot_know_is_said_by_it_and_judged_by_the_update(
    stack: Callable[[Callable[[], None]], automation.Stack],
) -> None:
    def program() -> None:
        first = aws.kms.Key("first", enable_key_rotation=True)
        rotated: pulumi.Output[bool] = first.multi_region
        aws.kms.Key("second", enable_key_rotation=rotated)

    made = stack(program)
    assert ".enableKeyRotation can't be known during preview" in _preview(made).stdout

    with pytest.raises(automation.CommandError) as refusal:
        made.up(policy_packs=[str(_ANALYZER)])
    assert "the key is never rotated; set enableKeyRotation to true" in str(refusal.value)
