"""The pack on the real engine: what a mandatory rule refuses is not planned, and nothing more is."""

import os
import shutil
import sys
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


def _account() -> pulumi.ResourceOptions:
    """Return the options of what is made in an account, as the rules about providers ask for it."""
    tags = {"environment": "dev", "owner": "a@example.com", "managed-by": "pulumi"}
    provider = aws.Provider(
        "aws",
        region="eu-central-1",
        allowed_account_ids=["111122223333"],
        default_tags=aws.ProviderDefaultTagsArgs(tags=tags),
    )
    return pulumi.ResourceOptions(provider=provider)


def _preview(stack: automation.Stack) -> Any:
    return stack.preview(policy_packs=[str(_ANALYZER)])


def test_a_preview_is_refused_by_the_rule_it_breaks_and_passes_when_mended(
    stack: Callable[[Callable[[], None]], automation.Stack],
) -> None:
    def bad() -> None:
        account = _account()
        aws.kms.Key("secrets", opts=account)
        aws.ec2.Subnet("public", vpc_id="vpc-1", map_public_ip_on_launch=True, opts=account)

    def mended() -> None:
        account = _account()
        aws.kms.Key("secrets", enable_key_rotation=True, opts=account)
        aws.ec2.Subnet("public", vpc_id="vpc-1", map_public_ip_on_launch=True, opts=account)

    with pytest.raises(automation.CommandError) as refusal:
        _preview(stack(bad))
    assert "[mandatory]  key-rotation  (aws:kms:Key: secrets)" in str(refusal.value)
    assert "the key is never rotated; set enableKeyRotation to true" in str(refusal.value)

    preview = _preview(stack(mended))
    assert preview.change_summary == {"create": 4}
    assert "[advisory]  public-subnets  (aws:ec2:Subnet: public)" in preview.stdout
    assert "[mandatory]" not in preview.stdout


def test_what_the_preview_cannot_know_is_said_by_it_and_judged_by_the_update(
    stack: Callable[[Callable[[], None]], automation.Stack],
) -> None:
    def program() -> None:
        account = _account()
        first = aws.kms.Key("first", enable_key_rotation=True, opts=account)
        rotated: pulumi.Output[bool] = first.multi_region
        aws.kms.Key("second", enable_key_rotation=rotated, opts=account)

    made = stack(program)
    assert "enableKeyRotation is not known yet; the update will judge it" in _preview(made).stdout

    with pytest.raises(automation.CommandError) as refusal:
        made.up(policy_packs=[str(_ANALYZER)])
    assert "the key is never rotated; set enableKeyRotation to true" in str(refusal.value)


@pytest.fixture
def configured(tmp_path: Path) -> Callable[[str], str]:
    """Return what makes a copy of the pack with another configuration of its stack, and names its executable."""

    def copied(configuration: str) -> str:
        folder = tmp_path / "checkout" / "policies"
        shutil.copytree(_ANALYZER.parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
        (folder.parent / ".venv").symlink_to(Path(sys.prefix))
        for shared in ("cost", "disclosure"):
            (folder.parent / shared).symlink_to(_ANALYZER.parents[1] / shared)
        (folder / "config" / "dev.json").write_text(configuration, encoding="utf-8")
        return str(folder / "analyzer")

    return copied


def _logs() -> None:
    key = "arn:aws:kms:eu-central-1:111122223333:key/1"
    aws.cloudwatch.LogGroup("logs", kms_key_id=key, opts=_account())


def test_the_engine_plans_what_a_stack_s_configuration_has_mended(
    stack: Callable[[Callable[[], None]], automation.Stack], configured: Callable[[str], str]
) -> None:
    analyzer = configured('{"rules": {"log-retention": {"level": "remediate", "parameters": {"minimum_days": 90}}}}')
    made = stack(_logs)

    with pytest.raises(automation.CommandError) as refusal:
        _preview(made)
    assert "[mandatory]  log-retention  (aws:cloudwatch:LogGroup: logs)" in str(refusal.value)

    made.up(policy_packs=[analyzer])
    deployment: Any = made.export_stack().deployment
    resources = deployment["resources"]
    (group,) = [each for each in resources if each["type"] == "aws:cloudwatch/logGroup:LogGroup"]
    assert group["inputs"]["retentionInDays"] == 90


def test_a_configuration_that_cannot_be_read_lets_nothing_be_planned(
    stack: Callable[[Callable[[], None]], automation.Stack], configured: Callable[[str], str]
) -> None:
    analyzer = configured('{"rules": {"log-retentions": {"level": "off"}}}')

    with pytest.raises(automation.CommandError) as refusal:
        stack(_logs).preview(policy_packs=[analyzer])

    assert "the policies cannot be used: dev.json: there is no rule log-retentions; use one of" in str(refusal.value)
