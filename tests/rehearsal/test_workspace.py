"""A rehearsal works on a copy: the stack file stays as it is, and its secrets are replaced."""

from pathlib import Path

import pytest
import yaml

from rehearsal.workspace import UnknownStackError, prepare

_STACK = """\
encryptionsalt: v1:salt
secretsprovider: awskms://alias/stacks
config:
  platform:account: {id: "111122223333"}
  platform:token: {secure: AAAA}
  platform:alerts:
    channel: ops
    webhook: {secure: BBBB}
    hooks: [{secure: CCCC}, plain]
"""


@pytest.fixture
def stacks(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.test.yaml").write_text(_STACK, encoding="utf-8")
    return tmp_path


def test_every_encrypted_value_gets_a_recognisable_secret(stacks: Path) -> None:
    with prepare("test", stacks) as workspace:
        planted = dict(workspace.planted)

    assert sorted(planted) == ["platform:alerts.hooks[0]", "platform:alerts.webhook", "platform:token"]
    assert len(set(planted.values())) == 3
    assert all(secret.startswith("planted-secret-") for secret in planted.values())


def test_the_copy_holds_what_is_plain_and_nothing_of_the_real_encryption(stacks: Path) -> None:
    with prepare("test", stacks) as workspace:
        copy = yaml.safe_load((workspace.directory / "Pulumi.test.yaml").read_text(encoding="utf-8"))

    assert set(copy) == {"config"}
    assert copy["config"]["platform:account"] == {"id": "111122223333"}
    assert copy["config"]["platform:alerts"]["channel"] == "ops"
    assert "AAAA" not in str(copy)


def test_the_stack_file_itself_is_not_touched(stacks: Path) -> None:
    with prepare("test", stacks):
        pass

    assert (stacks / "Pulumi.test.yaml").read_text(encoding="utf-8") == _STACK


def test_the_engine_is_kept_inside_the_workspace_and_nothing_of_it_remains(stacks: Path) -> None:
    with prepare("test", stacks) as workspace:
        directory = workspace.directory
        places = (
            workspace.environment["PULUMI_BACKEND_URL"].removeprefix("file://"),
            workspace.environment["PULUMI_HOME"],
        )
        assert all(Path(place).is_relative_to(directory) for place in places)

    assert not directory.exists()


def test_a_missing_stack_is_told_with_those_there_are(stacks: Path) -> None:
    with (
        pytest.raises(
            UnknownStackError, match=r"there is no stack 'prd' \(Pulumi.prd.yaml is missing\); there are: test"
        ),
        prepare("prd", stacks),
    ):
        pass
