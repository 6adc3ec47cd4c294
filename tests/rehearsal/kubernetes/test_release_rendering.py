"""A release whose chart's templates are at hand is rendered by Helm, and the API server judges what comes of it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from rehearsal.charts import rendering
from rehearsal.charts.library import Library
from rehearsal.kubernetes import release_rendering
from rehearsal.kubernetes.inventory import snapshot
from rehearsal.kubernetes.provider import KubernetesStandIn
from rehearsal.kubernetes.release_rendering import Rendering
from rehearsal.providers.standin import Properties, RefusedError
from tests.rehearsal.charts.archive_examples import NAME, VERSION, archives
from tests.rehearsal.charts.examples import definition
from tests.rehearsal.kubernetes.release import RESOURCE, create
from tools.build import BuildError

if TYPE_CHECKING:
    from rehearsal.kubernetes.control_plane import ControlPlane
    from rehearsal.kubernetes.rest import Rest

pytestmark = pytest.mark.tools

Start = Callable[..., KubernetesStandIn]


@pytest.fixture
def start(plane: "ControlPlane", tmp_path: Path, namespace: str) -> Start:
    """Return the stand-in with the chart `lantern`, whose definition is of a group of the test's own."""

    def begin(**chart: Any) -> KubernetesStandIn:
        kept = archives(tmp_path, **chart)
        wicks = tmp_path / NAME / "crds" / "wicks.yaml"
        wicks.write_text(wicks.read_text(encoding="utf-8").replace("example.com", _group(namespace)), encoding="utf-8")
        return KubernetesStandIn(plane.api_client(), library=Library(kept.unpacked(), of=kept), archives=kept)

    return begin


def _group(namespace: str) -> str:
    return f"{namespace}.example.com"


def _inputs(namespace: str, **values: Any) -> Properties:
    return {"chart": NAME, "version": VERSION, "name": "lamp", "namespace": namespace, "values": values}


def _facts(start: KubernetesStandIn, namespace: str) -> dict[str, str]:
    """Return what the chart's ConfigMap says of what it was rendered with."""
    seen = start._releases._rendering._seen[f"{namespace}/lamp"]
    (found,) = [each for each in seen.manifests if each["kind"] == "ConfigMap"]
    return dict(found["data"])


def _restricted(rest: "Rest", namespace: str) -> None:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}}
    rest.request("PUT", f"/api/v1/namespaces/{namespace}", body=body)


def test_a_release_is_rendered_and_nothing_of_it_is_kept(
    plane: "ControlPlane", rest: "Rest", start: Start, namespace: str
) -> None:
    _restricted(rest, namespace)
    helm = start()
    before = snapshot(plane.api_client())
    create(helm, _inputs(namespace, replicas=2))

    summary = helm.summary()
    assert summary.releases.rendered == 1
    assert summary.rendering.releases == (f"{namespace}/lamp",)
    # The Deployment, its Service, the ConfigMap and the hook; no test.
    assert summary.rendering.objects == 4
    assert summary.unvalidated == ()
    assert {key.kind for key in snapshot(plane.api_client()) - before} == {"CustomResourceDefinition", "Secret"}


def test_the_pods_of_a_release_are_known(start: Start, namespace: str) -> None:
    helm = start()
    create(helm, _inputs(namespace))

    lamp, oil = sorted(helm.summary().rendering.pods, key=lambda each: each.owner)

    assert (lamp.owner, oil.owner) == (f"Deployment {namespace}/lamp", f"Job {namespace}/lamp-oil")
    assert lamp.labels == {"app.kubernetes.io/name": "lantern"}
    assert lamp.sockets == {(8080, "TCP"), (8081, "TCP"), (9090, "TCP")}
    assert (lamp.images, lamp.without_requests) == (("example.com/lantern:7",), ("lantern",))
    assert (oil.images, oil.without_requests) == (("example.com/oil:1",), ())


def test_templates_see_what_the_api_server_is_and_holds(rest: "Rest", start: Start, namespace: str) -> None:
    palette = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "palette"}, "data": {"colour": "red"}}
    rest.request("POST", f"/api/v1/namespaces/{namespace}/configmaps", body=palette)
    helm = start()
    identifier, state = create(helm, _inputs(namespace))
    assert _facts(helm, namespace) == {"upgrade": "false", "serves": "true", "dropped": "false", "found": "red"}

    helm.update(RESOURCE, identifier, state, _inputs(namespace, replicas=3))
    assert _facts(helm, namespace)["upgrade"] == "true"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"refuse": True}, "helm: execution error at (lantern/templates/deployment.yaml:1:27): a lantern needs oil"),
        (
            {"replicas": 70000000000},
            'Deployment lamp: Deployment in version "v1" cannot be handled as a Deployment',
        ),
        ({"replicas": -1}, 'Deployment lamp: Deployment.apps "lamp" is invalid: spec.replicas: Invalid value: -1'),
        ({"image": ""}, "spec.template.spec.containers[0].image: Required value"),
        (
            {"extra": {"apiVersion": "apps/v1beta1", "kind": "Deployment", "metadata": {"name": "a"}}},
            'Deployment a: no matches for kind "Deployment" in version "apps/v1beta1"; it is served in v1',
        ),
    ],
)
def test_a_refusal_is_helms_or_the_api_servers_own(
    start: Start, namespace: str, values: dict[str, Any], reason: str
) -> None:
    helm = start()
    with pytest.raises(RefusedError) as refusal:
        create(helm, _inputs(namespace, **values))

    assert reason in str(refusal.value)
    assert helm.release(_inputs(namespace)) == ""


def test_an_object_of_a_kind_that_nothing_defines_is_named(start: Start, namespace: str) -> None:
    extra = {"apiVersion": "example.org/v1", "kind": "Moth", "metadata": {"name": "a"}}
    helm = start()
    create(helm, _inputs(namespace, extra=extra))

    assert helm.summary().unvalidated == (f"example.org/v1 Moth a of release {namespace}/lamp",)


def test_every_refusal_of_a_release_is_told_at_once(start: Start, namespace: str) -> None:
    bad = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "bad"}, "spec": {"ports": [{"port": 0}]}}

    with pytest.raises(RefusedError) as refusal:
        create(start(), _inputs(namespace, replicas=-1, extra=bad))

    assert "spec.replicas" in str(refusal.value)
    assert "spec.ports[0].port" in str(refusal.value)


def test_values_that_the_schema_refuses_stop_helm_too(start: Start, namespace: str) -> None:
    # Judged before, at its path; here the judgement of values is passed by.
    with pytest.raises(RefusedError, match="values don't meet the specifications of the schema"):
        start().create(RESOURCE, _inputs(namespace, replicas="two"), preview=False)


def test_a_chart_for_other_versions_of_kubernetes_is_refused(start: Start, namespace: str) -> None:
    with pytest.raises(RefusedError, match=r"chart requires kubeVersion: < 1\.30\.0 which is incompatible with"):
        create(start(kubeVersion="< 1.30.0"), _inputs(namespace))


def test_a_pod_that_its_namespace_would_refuse_is_told(rest: "Rest", start: Start, namespace: str) -> None:
    _restricted(rest, namespace)

    with pytest.raises(RefusedError, match=r"Deployment lamp: its pods would be refused.*violates PodSecurity"):
        create(start(), _inputs(namespace, privileged=True))


def test_what_the_api_server_only_warns_of_is_listed(start: Start, namespace: str) -> None:
    extra = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "odd"}, "dada": {}}
    helm = start()
    create(helm, _inputs(namespace, extra=extra))

    assert helm.summary().rendering.warnings == ('ConfigMap odd: unknown field "dada"',)


def test_an_object_that_is_there_and_belongs_to_nobody_is_not_taken_over(
    rest: "Rest", start: Start, namespace: str
) -> None:
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "lamp"}, "spec": {"ports": [{"port": 80}]}}
    rest.request("POST", f"/api/v1/namespaces/{namespace}/services", body=service)

    with pytest.raises(RefusedError, match=r'Service "lamp" in namespace .* cannot be imported .* must equal "lamp"'):
        create(start(), _inputs(namespace))


def test_an_object_in_a_namespace_that_comes_with_it_is_judged(start: Start, namespace: str) -> None:
    helm = start()
    extra = _several(
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"{namespace}-own"}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": f"{namespace}-own"}},
    )
    create(helm, _inputs(namespace, extra=extra))

    assert helm.summary().rendering.objects == 6


def test_an_object_in_a_namespace_that_nobody_makes_is_refused(start: Start, namespace: str) -> None:
    extra = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": f"{namespace}-none"}}

    with pytest.raises(RefusedError, match=f'namespaces "{namespace}-none" not found'):
        create(start(), _inputs(namespace, extra=extra))


def test_definitions_among_the_templates_come_and_go_with_the_release(
    plane: "ControlPlane", start: Start, namespace: str
) -> None:
    kite = yaml.safe_load(yaml.safe_dump(definition("kites", "Kite")).replace("example.com", _group(namespace)))
    helm = start()
    before = snapshot(plane.api_client())
    identifier, state = create(helm, _inputs(namespace, extra=kite))
    assert f"kites.{_group(namespace)}" in {key.name for key in snapshot(plane.api_client()) - before}

    helm.delete(RESOURCE, identifier, state)
    assert {key.name for key in snapshot(plane.api_client()) - before} == {f"wicks.{_group(namespace)}"}


def test_an_object_of_a_kind_that_its_own_release_defines_is_refused_as_by_helm(start: Start, namespace: str) -> None:
    kite = yaml.safe_load(yaml.safe_dump(definition("kites", "Kite")).replace("example.com", _group(namespace)))
    red = {"apiVersion": f"{_group(namespace)}/v1", "kind": "Kite", "metadata": {"name": "red"}}

    with pytest.raises(RefusedError, match=r'no matches for kind "Kite" in version .*\nensure CRDs are installed'):
        create(start(), _inputs(namespace, extra=_several(kite, red)))


def test_an_object_of_a_kind_in_the_folder_crds_is_judged_by_it(start: Start, namespace: str) -> None:
    wick = {"apiVersion": f"{_group(namespace)}/v1", "kind": "Wick", "metadata": {"name": "a"}, "spec": {"size": "x"}}

    with pytest.raises(RefusedError, match=r"Wick a: .*spec\.size: Invalid value"):
        create(start(), _inputs(namespace, extra=wick))


def test_the_same_release_is_rendered_once(start: Start, namespace: str, monkeypatch: pytest.MonkeyPatch) -> None:
    helm = start()
    identifier, state = create(helm, _inputs(namespace))
    helm.delete(RESOURCE, identifier, state)
    monkeypatch.setattr(helm._releases._rendering._helm, "_program", Path("/nowhere"))

    create(helm, _inputs(namespace))

    with pytest.raises(FileNotFoundError):
        create(helm, {**_inputs(namespace, replicas=2), "name": "other"})


def test_another_version_at_hand_is_told_and_not_rendered(start: Start, namespace: str) -> None:
    helm = start(version="1.2.4")
    helm._releases._library = None
    helm.create(RESOURCE, _inputs(namespace), preview=False)

    assert helm.summary().rendering == Rendering(
        not_rendered={f"{namespace}/lamp": "the archive at hand is of version 1.2.4"}
    )


@pytest.mark.parametrize(
    ("kept", "reason"),
    [
        (True, "its chart's archive is not at hand"),
        (False, "there are no archives of charts (make charts, or CHART_ARCHIVES)"),
    ],
)
def test_without_an_archive_the_report_says_so(
    plane: "ControlPlane", namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, kept: bool, reason: str
) -> None:
    monkeypatch.setenv("CHART_ARCHIVES", str(tmp_path) if kept else "")
    helm = KubernetesStandIn(plane.api_client())
    helm.create(RESOURCE, _inputs(namespace), preview=False)

    assert helm.summary().rendering == Rendering(not_rendered={f"{namespace}/lamp": reason})
    assert helm.summary().releases.rendered == 0


def test_a_helm_that_does_not_end_is_told_and_tried_again(
    start: Start, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    helm = start()
    with monkeypatch.context() as patched:
        patched.setattr(rendering, "_SECONDS", 0.001)
        with pytest.raises(RefusedError, match=r"helm template did not end within 0\.001 s"):
            create(helm, _inputs(namespace))

    create(helm, _inputs(namespace))


def test_archives_without_a_helm_say_what_to_do(start: Start, namespace: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Path:
        raise BuildError(f"{name} is not built: run `make tools`")

    monkeypatch.setattr(release_rendering, "path_of", missing)

    with pytest.raises(RefusedError, match="helm is not built: run `make tools`"):
        create(start(), _inputs(namespace))


def _several(*manifests: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "List", "items": list(manifests)}
