"""A release is installed, upgraded and uninstalled as by Helm: recorded on the API server, with its definitions."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from rehearsal.kubernetes.inventory import snapshot
from rehearsal.kubernetes.provider import KubernetesStandIn
from rehearsal.kubernetes.summary import ReleaseCounts
from rehearsal.providers.standin import Properties, RefusedError
from tests.rehearsal.charts.examples import definition
from tests.rehearsal.kubernetes.release import RESOURCE, create, inputs

if TYPE_CHECKING:
    from rehearsal.kubernetes.control_plane import ControlPlane
    from rehearsal.kubernetes.rest import Rest

pytestmark = pytest.mark.tools


def _records(rest: "Rest", namespace: str) -> dict[str, str]:
    items = rest.get(f"/api/v1/namespaces/{namespace}/secrets", {"labelSelector": "owner=helm"})["items"] or ()
    return {item["metadata"]["name"]: item["metadata"]["labels"]["status"] for item in items}


def _templated(tmp_path: Path, group: str) -> None:
    """Make `kite` a chart whose definitions are objects of the release, which go with it."""
    chart = tmp_path / "karpenter-crd"
    (tmp_path / "kite").rename(chart)
    index = json.loads((tmp_path / "index.json").read_text(encoding="utf-8"))
    index["karpenter-crd"] = index.pop("kite")
    (tmp_path / "index.json").write_text(json.dumps(index), encoding="utf-8")
    (chart / "Chart.yaml").write_text("name: karpenter-crd", encoding="utf-8")
    manifest = yaml.safe_dump(definition("kites", "Kite")).replace("example.com", group)
    (chart / "crds" / "all.yaml").write_text(manifest, encoding="utf-8")


def test_the_outputs_are_the_providers(helm: KubernetesStandIn, namespace: str, group: str) -> None:
    del group
    identifier, outputs = create(helm, inputs(namespace))

    assert identifier == f"{namespace}/kite"
    assert outputs["resourceNames"] == {}
    assert outputs["status"] == {
        "name": "kite",
        "namespace": namespace,
        "revision": 1,
        "status": "deployed",
        "chart": "kite",
        "version": "1.2.3",
        "appVersion": "7",
    }
    assert helm.read(RESOURCE, identifier, outputs, inputs(namespace)) == (outputs, inputs(namespace))
    assert helm.summary().releases == ReleaseCounts(judged=1)


def test_an_upgrade_supersedes_and_history_is_limited(
    helm: KubernetesStandIn, rest: "Rest", namespace: str, group: str
) -> None:
    del group
    identifier, state = create(helm, inputs(namespace, maxHistory=2))
    for replicas in (2, 3):
        state = helm.update(RESOURCE, identifier, state, inputs(namespace, maxHistory=2, values={"replicas": replicas}))

    assert state["status"]["revision"] == 3
    assert _records(rest, namespace) == {
        "sh.helm.release.v1.kite.v2": "superseded",
        "sh.helm.release.v1.kite.v3": "deployed",
    }


def test_an_uninstalled_release_leaves_only_what_helm_leaves_and_says_why(
    plane: "ControlPlane", helm: KubernetesStandIn, namespace: str, group: str
) -> None:
    before = snapshot(plane.api_client())
    identifier, state = create(helm, inputs(namespace))
    helm.delete(RESOURCE, identifier, state)

    left = {key.name for key in snapshot(plane.api_client()) - before}
    assert left == {f"kites.{group}", f"lines.{group}"} == set(helm.kept)
    assert "never changes or deletes it" in helm.kept[f"kites.{group}"]
    assert helm.read(RESOURCE, identifier, state, inputs(namespace)) is None


def test_definitions_that_are_objects_of_the_release_go_with_it(
    plane: "ControlPlane", helm: KubernetesStandIn, namespace: str, group: str, tmp_path: Path
) -> None:
    _templated(tmp_path, group)
    before = snapshot(plane.api_client())
    identifier, state = create(helm, inputs(namespace, chart="karpenter-crd"))
    assert len(snapshot(plane.api_client()) - before) == 2
    helm.delete(RESOURCE, identifier, state)

    assert snapshot(plane.api_client()) == before
    assert helm.kept == {}


@pytest.mark.parametrize(
    ("chart", "fault"),
    [
        ("karpenter-crd", r"would delete 1 objects of kind Kite still managed \(.*/red\), for it takes kites\..* away"),
        ("kite", r"would leave 1 objects of kind Kite still managed \(.*/red\) without what acts on them"),
    ],
)
def test_a_release_is_not_uninstalled_before_the_objects_of_its_kinds(
    helm: KubernetesStandIn, rest: "Rest", group: str, tmp_path: Path, chart: str, fault: str
) -> None:
    namespace = group.partition(".")[0]
    if chart != "kite":
        _templated(tmp_path, group)
    identifier, state = create(helm, inputs(namespace, chart=chart))
    path = f"/apis/{group}/v1/namespaces/{namespace}/kites"
    rest.request("POST", path, body={"apiVersion": f"{group}/v1", "kind": "Kite", "metadata": {"name": "red"}})

    with pytest.raises(RefusedError, match=rf"uninstalling {namespace}/kite {fault}: they must depend on the release"):
        helm.delete(RESOURCE, identifier, state)
    assert helm.read(RESOURCE, identifier, state, inputs(namespace)) is not None

    rest.request("DELETE", f"{path}/red")
    helm.delete(RESOURCE, identifier, state)


def test_an_upgrade_that_takes_a_definition_away_is_refused_while_it_has_objects(
    helm: KubernetesStandIn, rest: "Rest", namespace: str, group: str, tmp_path: Path
) -> None:
    _templated(tmp_path, group)
    given = inputs(namespace, chart="karpenter-crd")
    identifier, state = create(helm, given)
    path = f"/apis/{group}/v1/namespaces/{namespace}/kites"
    rest.request("POST", path, body={"apiVersion": f"{group}/v1", "kind": "Kite", "metadata": {"name": "red"}})
    none = {**given, "chart": "spare", "version": "2.0.0"}

    with pytest.raises(RefusedError, match="would delete 1 objects of kind Kite"):
        helm.update(RESOURCE, identifier, state, none)
    assert _records(rest, namespace) == {"sh.helm.release.v1.kite.v1": "deployed"}


def test_another_releases_definition_is_not_taken_over(
    helm: KubernetesStandIn, namespace: str, group: str, tmp_path: Path
) -> None:
    _templated(tmp_path, group)
    create(helm, inputs(namespace, chart="karpenter-crd"))

    with pytest.raises(RefusedError, match=r'"kites\..*exists and cannot be imported .* must equal "other"'):
        create(helm, inputs(namespace, chart="karpenter-crd", name="other"))


def test_a_name_in_use_is_refused_in_helms_words(
    helm: KubernetesStandIn, rest: "Rest", namespace: str, group: str
) -> None:
    del group
    create(helm, inputs(namespace))

    with pytest.raises(RefusedError, match="cannot re-use a name that is still in use"):
        create(helm, inputs(namespace))
    assert len(_records(rest, namespace)) == 1


def test_a_missing_namespace_is_refused_by_the_api_server(helm: KubernetesStandIn, namespace: str, group: str) -> None:
    del group
    with pytest.raises(RefusedError, match=f'namespaces "{namespace}-missing" not found'):
        create(helm, inputs(f"{namespace}-missing"))


def test_a_namespace_is_made_where_the_release_asks_for_it(
    helm: KubernetesStandIn, rest: "Rest", namespace: str, group: str
) -> None:
    del group
    create(helm, inputs(f"{namespace}-made", createNamespace=True))

    assert rest.find(f"/api/v1/namespaces/{namespace}-made") is not None


def test_what_is_gone_can_be_neither_upgraded_nor_uninstalled(
    helm: KubernetesStandIn, namespace: str, group: str
) -> None:
    del group
    identifier, state = create(helm, inputs(namespace))
    helm.delete(RESOURCE, identifier, state)

    with pytest.raises(RefusedError, match='"kite" has no deployed releases'):
        helm.update(RESOURCE, identifier, state, inputs(namespace))
    with pytest.raises(RefusedError, match="uninstall: Release not loaded: kite: release: not found"):
        helm.delete(RESOURCE, identifier, state)


def test_a_failed_installation_leaves_no_record(
    helm: KubernetesStandIn, rest: "Rest", namespace: str, tmp_path: Path
) -> None:
    bad = definition("kites", "Kite")
    bad["spec"]["scope"] = "Nowhere"
    (tmp_path / "kite" / "crds" / "all.yaml").write_text(yaml.safe_dump(bad), encoding="utf-8")

    with pytest.raises(RefusedError, match="Nowhere"):
        create(helm, inputs(namespace))
    assert _records(rest, namespace) == {}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"chart": "balloon"}, "balloon is not among the chart data"),
        ({"values": {"string": {"any": 1}}}, "the values below string are of a chart that is not among the chart data"),
    ],
)
def test_what_nothing_judged_is_named(
    helm: KubernetesStandIn, namespace: str, group: str, given: Properties, reason: str
) -> None:
    del group
    create(helm, inputs(namespace, **given))

    assert helm.summary().unvalidated == (f"Release {namespace}/kite: {reason}",)
    assert helm.summary().releases == ReleaseCounts(judged=0, unjudged=1)


def test_without_chart_data_every_release_is_named(
    plane: "ControlPlane", namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHART_DATA", "")
    helm = KubernetesStandIn(plane.api_client())
    create(helm, inputs(namespace, values={"replica": 1}))

    assert helm.summary().unvalidated == (f"Release {namespace}/kite: there is no chart data (CHART_DATA)",)
    assert helm.summary().releases == ReleaseCounts(unjudged=1, chart_data=False)


def test_a_release_that_exists_is_found_by_itsinputs(helm: KubernetesStandIn, namespace: str, group: str) -> None:
    del group
    given = inputs(namespace)
    assert helm.release(given) == ""
    _, outputs = create(helm, given)

    assert helm.release(given) == f"{namespace}/kite"
    # What was adopted after a kill has no outputs until it is read.
    found = helm.read(RESOURCE, f"{namespace}/kite", {}, given)
    assert found is not None
    assert found[0]["status"] == outputs["status"]
