"""Objects of an API that ends are found by what the API server's own data say, with what to write instead."""

from pathlib import Path

import pytest

from operations.upgrade import apis
from operations.upgrade.findings import Weight
from tests.operations import stage
from tests.operations.stage import entry
from tools.api_lifecycles import TABLE, render

_CLASS = "kubernetes:storage.k8s.io/v1beta1:VolumeAttributesClass"


@pytest.mark.parametrize(
    ("target", "weight"),
    [
        # https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/api/storage/v1beta1/types.go
        ("1.33", None),
        ("1.34", Weight.OPEN),
        ("1.36", Weight.OPEN),
        ("1.37", Weight.AGAINST),
        ("1.38", Weight.AGAINST),
    ],
)
def test_an_api_that_ends_is_named_with_whose_it_is(tmp_path: Path, target: str, weight: Weight | None) -> None:
    found = list(apis.findings(stage.rehearsed(tmp_path, entry(_CLASS, "fast")), target))

    named = [finding for finding in found if "`fast`" in finding.text]
    assert [finding.weight for finding in named] == ([weight] if weight else [])
    assert all("write `storage.k8s.io/v1 VolumeAttributesClass`" in finding.text for finding in named)


def test_objects_of_apis_that_stay_are_only_counted(tmp_path: Path) -> None:
    stack = stage.rehearsed(tmp_path, entry("service", "one"), entry("service", "two"), entry("class", "gp3"))

    (counted,) = apis.findings(stack, "1.37")

    assert counted.weight is Weight.FINE
    assert counted.text.startswith("3 objects of 2 kinds were held against k8s.io/api v0.")
    assert set(apis.objects(stack)) == {"v1 Service", "storage.k8s.io/v1 StorageClass"}


def test_what_releases_make_is_said_to_be_unknown(tmp_path: Path) -> None:
    *_, unknown = apis.findings(stage.rehearsed(tmp_path, entry("release", "cilium", {"chart": "cilium"})), "1.37")

    assert unknown.weight is Weight.OPEN
    assert "1 release make" in unknown.text or "apiserver_requested_deprecated_apis" in unknown.text


def test_the_newest_minor_is_that_of_the_module() -> None:
    assert apis.source().removeprefix("k8s.io/api v0.").startswith(apis.newest().removeprefix("1.") + ".")


@pytest.mark.tools
def test_the_table_is_what_kubernetes_own_module_says() -> None:
    assert TABLE.read_text(encoding="utf-8") == render(), "stale: run `make data`"
