"""An object that cannot be changed in place makes room for its successor, for both have the same name."""

from contextlib import ExitStack
from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from rehearsal.engine import Engine
from rehearsal.kubernetes.control_plane import ControlPlane
from rehearsal.kubernetes.provider import KubernetesStandIn
from rehearsal.providers.server import serve
from rehearsal.workspace import prepare
from tools.build import path_of

pytestmark = pytest.mark.tools


def test_a_storage_class_with_other_parameters_takes_the_place_of_the_old_one(
    plane: ControlPlane, tmp_path: Path
) -> None:
    kind = iter(["gp2", "gp3"])

    def program() -> None:
        kubernetes.storage.v1.StorageClass(
            "fast",
            metadata={"name": "replaced-on-the-engine"},
            provisioner="ebs.csi.aws.com",
            parameters={"type": next(kind)},
            opts=pulumi.ResourceOptions(provider=kubernetes.Provider("api", kubeconfig="{}")),
        )

    (tmp_path / "Pulumi.test.yaml").write_text("config: {}\n", encoding="utf-8")
    with ExitStack() as resources:
        workspace = resources.enter_context(prepare("test", tmp_path))
        providers = resources.enter_context(serve(KubernetesStandIn(plane.api_client())))
        engine = Engine(workspace, path_of("pulumi"), providers, program)
        first = engine.up(lambda *_: None)
        second = engine.up(lambda *_: None)
        engine.destroy(lambda *_: None)

    assert first.errors == second.errors == ()
    assert second.changes["replace"] == 1
