"""On the real engine the random stand-in settles, keeps its secrets, and leaves a state the report can read."""

import os
from pathlib import Path
from typing import Any

import pulumi
import pulumi_random as random
import pytest
from pulumi import automation

from rehearsal.providers.random import RandomStandIn
from rehearsal.providers.server import serve
from rehearsal.report.graph import graph, planted_secrets

TOOLS = Path(".tools/bin").resolve()
PLANTED = "planted-for-the-rehearsal"


class Layer(pulumi.ComponentResource):
    """A component to be waited for."""

    def __init__(self, name: str) -> None:
        super().__init__("platform:test:Layer", name)


def program() -> None:
    layer = Layer("layer")
    password = random.RandomPassword("admin", length=24, opts=pulumi.ResourceOptions(parent=layer, protect=True))
    random.RandomId(
        "suffix",
        byte_length=4,
        keepers={"password": password.result, "closed": pulumi.Output.secret(PLANTED), "open": PLANTED},
    )
    random.RandomPet("pet", opts=pulumi.ResourceOptions(depends_on=[layer]))


@pytest.mark.tools
def test_a_program_settles_and_its_state_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{TOOLS}{os.pathsep}{os.environ['PATH']}")
    with serve(RandomStandIn()) as providers:
        monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", providers)
        stack = automation.create_or_select_stack("test", "platform", program, opts=_options(tmp_path))
        first = stack.up().summary.resource_changes
        again = stack.up().summary.resource_changes
        deployment = stack.export_stack().deployment or {}
    entries = {entry["name"]: entry for entry in graph(deployment)}

    assert first == {"create": 5}
    assert again == {"same": 5}
    assert entries["suffix"]["inputs"]["keepers"] == {"password": "[secret]", "closed": "[secret]", "open": PLANTED}
    assert entries["pet"]["dependencies"] == [entries["admin"]["urn"]]
    assert entries["admin"]["parent"] == entries["layer"]["urn"]
    assert entries["admin"]["protect"] is True
    assert entries["admin"]["provider"].startswith("urn:pulumi:test::platform::pulumi:providers:random::default_")
    assert entries["admin"]["provider"] in {entry["urn"] for entry in entries.values()}
    assert _places(deployment) == {("suffix", "inputs.keepers.open"), ("suffix", "outputs.keepers.open")}


def _places(deployment: Any) -> set[tuple[str, str]]:
    found = planted_secrets(deployment, {"key": PLANTED})
    return {(exposure.resource, exposure.path.partition("].")[2]) for exposure in found}


def _options(folder: Path) -> automation.LocalWorkspaceOptions:
    return automation.LocalWorkspaceOptions(
        work_dir=str(folder),
        project_settings=automation.ProjectSettings(name="platform", runtime="python"),
        env_vars={
            "PULUMI_BACKEND_URL": f"file://{folder}",
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_CONFIG_PASSPHRASE": "rehearsal",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        },
    )
