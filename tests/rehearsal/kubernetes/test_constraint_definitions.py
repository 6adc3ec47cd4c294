"""Constraints are judged by the schema that Gatekeeper's controller makes of their template."""

from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.charts.definitions import manifests
from rehearsal.charts.library import at_hand
from rehearsal.kubernetes.control_plane import ControlPlane
from rehearsal.kubernetes.provider import KubernetesStandIn
from rehearsal.kubernetes.rest import Rest
from rehearsal.providers.standin import RefusedError
from tests.rehearsal.kubernetes.conftest import Engine

pytestmark = pytest.mark.tools

_TEMPLATE: dict[str, Any] = {
    "apiVersion": "templates.gatekeeper.sh/v1",
    "kind": "ConstraintTemplate",
    "metadata": {"name": "owners"},
    "spec": {
        "crd": {
            "spec": {
                "names": {"kind": "Owners"},
                "validation": {
                    "openAPIV3Schema": {"type": "object", "properties": {"label": {"type": "string", "maxLength": 5}}}
                },
            }
        },
        "targets": [{"target": "admission.k8s.gatekeeper.sh", "rego": "package owners"}],
    },
}


def _constraint(name: str = "owners", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "constraints.gatekeeper.sh/v1beta1",
        "kind": "Owners",
        "metadata": {"name": name},
        "spec": {"match": {"kinds": [{"apiGroups": [""], "kinds": ["Pod"]}]}, **spec},
    }


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Return a cluster with the definitions of Gatekeeper's chart and one template."""
    library = at_hand()
    if library is None:
        pytest.skip("the definitions are not at hand: set CHART_DATA")
    with ControlPlane(tmp_path_factory.mktemp("plane")) as running:
        engine = Engine(KubernetesStandIn(running.api_client()))
        for definition in manifests(library.folder / "gatekeeper" / "crds"):
            engine.create(dict(definition))
        with pytest.raises(RefusedError, match="no ConstraintTemplate named owners defines it"):
            engine.create(_constraint())
        identifier, outputs = engine.create(_TEMPLATE)
        yield engine
        engine.delete(identifier, outputs)
        definitions = Rest(running.api_client()).get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {})
        assert "owners.constraints.gatekeeper.sh" not in {each["metadata"]["name"] for each in definitions["items"]}


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"parameters": {"label": "too long"}}, r"spec\.parameters\.label: Too long"),
        ({"parameters": {"labels": "owner"}}, r"spec\.parameters\.labels"),
        ({"match": {"kind": []}}, r"spec\.match\.kind"),
        ({"match": {"scope": ["Everywhere"]}}, r"spec\.match\.scope"),
        ({"enforcementAction": 1}, r"spec\.enforcementAction"),
        ({"enforcement": "warn"}, r"spec\.enforcement\b"),
    ],
)
def test_what_the_controllers_schema_does_not_know_is_refused(engine: Engine, spec: dict[str, Any], words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        engine.create(_constraint(**spec))


def test_a_name_longer_than_a_label_may_be_is_refused(engine: Engine) -> None:
    with pytest.raises(RefusedError, match=r"metadata\.name"):
        engine.create(_constraint("o" * 64))


def test_a_constraint_of_its_templates_schema_is_judged_and_accepted(engine: Engine) -> None:
    identifier, outputs = engine.create(_constraint(parameters={"label": "owner"}))

    assert engine.standin.summary().unvalidated == ()
    assert outputs["spec"]["enforcementAction"] == "deny"
    engine.delete(identifier, outputs)
