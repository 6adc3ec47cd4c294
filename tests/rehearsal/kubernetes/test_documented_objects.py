"""What the documentation shows as an object, the API server takes."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.charts.library import Library, at_hand
from rehearsal.kubernetes.control_plane import ControlPlane
from rehearsal.kubernetes.objects import Objects
from rehearsal.kubernetes.rest import ApiError, Rest

pytestmark = pytest.mark.tools

PROJECT = Path(__file__).parents[3]
_BLOCK = re.compile(r"^( *)```yaml\n(.*?)^ *```", flags=re.MULTILINE | re.DOTALL)
_SECONDS = 15


def _documented() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for page in sorted((PROJECT / "docs").rglob("*.md")):
        for indentation, text in _BLOCK.findall(page.read_text(encoding="utf-8")):
            block = re.sub(rf"^{indentation}", "", text, flags=re.MULTILINE)
            for document in yaml.safe_load_all(block):
                if isinstance(document, Mapping) and {"apiVersion", "kind"} <= document.keys():
                    yield f"{page.stem}: {document['kind']} {document['metadata']['name']}", document


_OBJECTS = dict(_documented())


def _definition(library: Library, manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    group = manifest["apiVersion"].partition("/")[0]
    rows = json.loads((library.folder / "crd-index.json").read_text(encoding="utf-8"))
    row = next(row for row in rows if (row["group"], row["kind"]) == (group, manifest["kind"]))
    found = yaml.safe_load_all((library.folder / row["file"]).read_text(encoding="utf-8"))
    return next(each for each in found if each and each["spec"]["names"]["kind"] == manifest["kind"])


@pytest.fixture
def objects(plane: ControlPlane) -> Objects:
    return Objects(Rest(plane.api_client()))


def test_the_pages_show_objects() -> None:
    assert len(_OBJECTS) > 1


@pytest.mark.parametrize("shown", _OBJECTS)
def test_the_api_server_takes_what_a_page_shows(shown: str, objects: Objects, namespace: str) -> None:
    manifest = _OBJECTS[shown]
    target = objects.target(manifest)
    if target is None:
        library = at_hand()
        if library is None:
            pytest.skip("there is no chart data, and so no definition of its kind")
        definition = _definition(library, manifest)
        made = objects.target(definition)
        assert made is not None
        objects.create(made, definition)
        assert objects.await_kind(manifest, _SECONDS)
    local = {**manifest, "metadata": {**manifest["metadata"]}}
    if "namespace" in local["metadata"]:
        local["metadata"]["namespace"] = namespace
    target = objects.target(local)
    assert target is not None

    objects.try_out(target, local)


def test_a_page_that_shows_nonsense_would_be_told(objects: Objects, namespace: str) -> None:
    (name,) = (each for each in _OBJECTS if "HorizontalPodAutoscaler" in each)
    manifest = _OBJECTS[name]
    wrong = {**manifest, "metadata": {"name": "shop", "namespace": namespace}, "spec": {"maxReplicas": 0}}
    target = objects.target(wrong)
    assert target is not None

    with pytest.raises(ApiError, match="maxReplicas"):
        objects.try_out(target, wrong)
