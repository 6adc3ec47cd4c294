"""A running environment on the real engine, against the stand-ins, whose stack file can be edited."""

import importlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from unittest import mock

import yaml

from components.kit import chart, versions
from rehearsal.aws.provider import AwsStandIn
from rehearsal.charts import library
from rehearsal.engine import Engine, Outcome, project_program
from rehearsal.kubernetes.control_plane import ControlPlane
from rehearsal.kubernetes.provider import KubernetesStandIn
from rehearsal.providers.random import RandomStandIn
from rehearsal.providers.server import serve
from rehearsal.workspace import Workspace, prepare
from tests.changes.table import Base
from tools.build import path_of

# What AWS supports is judged by the day; what a change does must not depend on when the tests run.
_DAY: Final = datetime(2026, 11, 1, tzinfo=UTC)


class Running:
    """One environment; `plan` and `apply` bring it to what a stack file and the pins say."""

    def __init__(self, engine: Engine, workspace: Workspace) -> None:
        self._engine = engine
        self._workspace = workspace

    def plan(self, wanted: Base) -> Outcome:
        """Preview."""
        with self._edited(wanted):
            return self._engine.preview(_ignore)

    def apply(self, wanted: Base) -> Outcome:
        """Update."""
        with self._edited(wanted):
            return self._engine.up(_ignore)

    @contextmanager
    def _edited(self, wanted: Base) -> Iterator[None]:
        file = self._workspace.directory / f"Pulumi.{wanted.stack}.yaml"
        # The salt of the stack's encryption, which the engine has written there.
        kept = yaml.safe_load(file.read_text(encoding="utf-8"))
        file.write_text(yaml.safe_dump({**kept, "config": wanted.content()["config"]}), encoding="utf-8")
        pins = self._workspace.directory / "versions.toml"
        pins.write_text(wanted.versions(), encoding="utf-8")
        charts = self._workspace.directory / "charts.toml"
        charts.write_text(wanted.pinned(), encoding="utf-8")
        load = importlib.import_module("settings.load")
        with (
            mock.patch.object(versions, "_FILE", pins),
            mock.patch.object(chart, "FILE", charts),
            mock.patch.object(load, "datetime", mock.Mock(now=lambda _: _DAY)),
        ):
            chart.pinned.cache_clear()
            try:
                yield
            finally:
                chart.pinned.cache_clear()


@contextmanager
def running(base: Base) -> Iterator[Running]:
    """Make an environment; everything of it is gone after the block."""
    with ExitStack() as resources:
        stacks = Path(resources.enter_context(tempfile.TemporaryDirectory()))
        (stacks / f"Pulumi.{base.stack}.yaml").write_text(yaml.safe_dump(base.content()), encoding="utf-8")
        resources.enter_context(_charts_at_hand(base, stacks / "charts"))
        workspace = resources.enter_context(prepare(base.stack, stacks))
        plane = resources.enter_context(ControlPlane(stacks / "control-plane"))
        aws = resources.enter_context(AwsStandIn())
        providers = resources.enter_context(serve(aws, KubernetesStandIn(plane.api_client()), RandomStandIn()))
        stage = Running(Engine(workspace, path_of("pulumi"), providers, project_program), workspace)
        made = stage.apply(base)
        assert not made.errors, made.errors
        yield stage


@contextmanager
def _charts_at_hand(base: Base, folder: Path) -> Iterator[None]:
    """Have an earlier version of a chart judged by the files of the one at hand, which is the only one there is."""
    found = library.at_hand() if base.charts else None
    if found is None:
        yield
        return
    folder.mkdir()
    index = dict(found.index)
    for entry in found.folder.iterdir():
        (folder / entry.name).symlink_to(entry)
    for name, version in base.charts.items():
        known = f"{name}-{version}"
        index[known] = {**found.index[name], "version": version}
        (folder / known).symlink_to(found.folder / name)
    (folder / "index.json").unlink()
    (folder / "index.json").write_text(json.dumps(index), encoding="utf-8")
    with mock.patch.dict(os.environ, {library.VARIABLE: str(folder)}):
        yield


def _ignore(operation: str, urn: str) -> None:
    del operation, urn
